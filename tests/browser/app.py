"""The app as a person meets it: what the browser tests and the benchmark click and read."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

_IDLE = """() => {
  const app = document.querySelector('[data-testid=stApp]');
  const busy = app.getAttribute('data-test-script-state') !== 'notRunning'
    || document.querySelector('[data-stale=true], [aria-busy=true]');
  if (busy) window.busy = performance.now();
  return performance.now() - window.busy > 400;
}"""


class App:
    """Drive an opened page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url

    def open(self, path: str = "") -> App:
        self.page.goto(self.url + path)
        return self.ready()

    def ready(self) -> App:
        """Wait until the board stands."""
        expect(self.page.locator(".st-key-curves svg.marks")).to_be_visible()
        self.settled()
        return self

    def settled(self) -> App:
        """Wait until no script has run, nothing was out of date and no click waited for the server for a while.

        A moment without a script is not enough: the one that a click asks for may not have begun.
        """
        self.page.evaluate("() => { window.busy = performance.now(); }")
        self.page.wait_for_function(_IDLE)
        return self

    @property
    def summary(self) -> str:
        return self.page.get_by_test_id("summary").inner_text()

    def n(self) -> int:
        return int(self.summary.split()[0].replace(",", ""))

    def expect_n(self, n: int) -> App:
        expect(self.page.get_by_test_id("summary")).to_contain_text(re.compile(rf"^{n:,} of "))
        return self.settled()

    def chart(self, key: str) -> Locator:
        return self.page.locator(f".cs-chart[data-key='{key}']")

    def level(self, key: str, level: str) -> Locator:
        """Return the button of a level's bar."""
        return self.chart(key).locator(".cs-level").filter(has=self.page.get_by_text(level, exact=True))

    def counts(self, key: str) -> list[str]:
        """Return what stands beside the bars of a variable: selected / all."""
        return self.chart(key).locator(".cs-count").all_inner_texts()

    def row(self, chart: Locator, text: str) -> tuple[float, float]:
        """Return where a row of a drawing can be clicked; there need be no bar."""
        label = chart.get_by_text(text, exact=True).first
        label.scroll_into_view_if_needed()
        row, box = label.bounding_box(), chart.bounding_box()
        assert row and box
        return box["x"] + box["width"] * 0.6, row["y"] + row["height"] / 2

    def click_bar(self, key: str, level: str) -> App:
        self.level(key, level).click()
        return self

    def drag(self, key: str, start: float, stop: float, *, steps: int = 8) -> App:
        """Press on a histogram at a share of its width and move to another, without letting go."""
        plot = self.chart(key).locator(".cs-plot")
        plot.scroll_into_view_if_needed()
        box = plot.bounding_box()
        assert box
        y = box["y"] + box["height"] * 0.45
        self.page.mouse.move(box["x"] + box["width"] * start, y)
        self.page.mouse.down()
        for i in range(1, steps + 1):
            self.page.mouse.move(box["x"] + box["width"] * (start + (stop - start) * i / steps), y)
        return self

    def brush(self, key: str, start: float, stop: float) -> App:
        """Drag over a histogram, from one share of its width to another."""
        self.drag(key, start, stop).page.mouse.up()
        return self

    def chips(self) -> list[str]:
        return self.page.locator(".cs-chip").evaluate_all("chips => chips.map(c => c.dataset.words)")

    def numbers(self) -> str:
        """The table under the curves, as text."""
        return self.page.locator("table.cs-table").first.inner_text()

    def curve(self) -> str:
        """The drawn curves' path data: equal text for an equal picture."""
        return "|".join(self.page.locator(".st-key-curves svg.marks path").evaluate_all(
            "paths => paths.map(p => p.getAttribute('d') || '')"))

    def go(self, page: str) -> App:
        self.page.locator(".st-key-menu").get_by_role("link", name=page).click()
        return self

    def open_sidebar(self) -> Locator:
        self.page.get_by_test_id("stExpandSidebarButton").click()
        return self.sidebar()

    def sidebar(self) -> Locator:
        sidebar = self.page.get_by_test_id("stSidebar")
        expect(sidebar.get_by_text("Filters")).to_be_visible()
        return sidebar

    def upload(self, file: Path | dict) -> App:
        """Give a file to the Cohort page."""
        self.page.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(file)
        return self

    def choose(self, box: Locator, option: str | re.Pattern[str], *, typed: str = "") -> App:
        """Choose an option of a select box; one out of sight in a long list is there once its name is `typed`."""
        wanted = self.page.get_by_role("option", name=option, exact=True)
        box.scroll_into_view_if_needed()
        self.settled()
        for _ in range(30):  # a list that opens while the page still moves closes again
            if wanted.is_visible():
                break
            box.click()
            if typed:
                box.fill(typed)
            self.settled()
        expect(wanted).to_be_visible()
        while wanted.is_visible():  # and a click on an entry that still moves is none
            wanted.click()
            self.settled()
        return self

    def download(self, figure: str, button: str) -> bytes:
        """Save a figure from the Export dialog and return the file's bytes."""
        dialog = self.page.get_by_role("dialog")
        if not dialog.is_visible():
            self.page.get_by_role("button", name="Export").click()
            expect(dialog).to_be_visible()
        chosen = dialog.locator(".st-key-export-figure").get_by_role("combobox")
        if chosen.input_value() != figure:
            self.choose(chosen, figure)
        with self.page.expect_download() as waiting:
            dialog.get_by_role("button", name=button, exact=True).click()
        return Path(waiting.value.path()).read_bytes()
