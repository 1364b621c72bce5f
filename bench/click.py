"""From a click to the last visible chart redrawn, in a real Chromium: a bar on Explore, a filter on Survival.

    python -m bench.click [PATIENTS]

On the sample cohort, or on a simulated one of so many patients that is uploaded first. Every drawing in the
window is watched; the time runs from the mouse button to the last of their changes, after which nothing moves
for half a second.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Locator, sync_playwright

from bench.simulate import simulate
from tests.browser.app import App
from tests.browser.chromium import FLAGS, chromium
from tests.browser.server import running_server

CLICKS = 20
_WATCH = """() => {
  window.changes = [];
  const seen = new MutationObserver(() => window.changes.push(performance.now()));
  const visible = [...document.querySelectorAll('[data-testid=stVegaLiteChart]')].filter(
    chart => chart.getBoundingClientRect().top < innerHeight);
  visible.forEach(chart => seen.observe(chart, {subtree: true, childList: true, attributes: true}));
  document.addEventListener('mousedown', () => { window.pressed = performance.now(); }, true);
  return visible.length;
}"""
_DRAWN = "() => document.querySelectorAll('.st-key-curves svg.marks path').length"


def main(patients: int) -> None:
    path = chromium()
    if path is None:
        raise SystemExit("No Chromium: see README for how to install one.")
    with running_server() as url, sync_playwright() as playwright, tempfile.TemporaryDirectory() as scratch:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(url)
        page.wait_for_selector(".st-key-curves svg.marks")
        print(f"first visit, first curve drawn: {page.evaluate('() => performance.now()') / 1000:.2f} s")
        app = App(page, url).ready()
        if patients:
            _load(app, simulate(patients, Path(scratch)))
        print(f"{app.n():,} patients")
        said("Explore", app, lambda i: app.click_bar("pvtt", ("Vp3", "Vp4")[i // 2 % 2]))
        app.go("Survival")
        page.get_by_text("Survival at chosen times").wait_for()
        pills = app.ready().open_sidebar()
        said("Survival", app, lambda i: _pill(pills, ("Vp3", "Vp4")[i // 2 % 2]).click())
        print(f"elements of the curves' drawing: {page.evaluate(_DRAWN)}")
        app.go("Hazard ratios")
        page.get_by_text("The treatment within subgroups").wait_for()
        page.set_viewport_size({"width": 1440, "height": 2000})  # the model and the forest of subgroups
        pills = app.settled().sidebar()
        said("Hazard ratios", app, lambda i: _pill(pills, ("Vp3", "Vp4")[i // 2 % 2]).click())
        app.go("Toxicity")
        page.get_by_text("One term: who had it").wait_for()
        page.set_viewport_size({"width": 1440, "height": 1400})  # the rates, differences, grades and the volcano
        pills = app.settled().sidebar()
        said("Toxicity", app, lambda i: _pill(pills, ("Vp3", "Vp4")[i // 2 % 2]).click())
        browser.close()


def _load(app: App, file: Path) -> None:
    app.go("Cohort")
    app.page.get_by_text("Load a cohort").wait_for()
    app.upload(file).page.get_by_role("button", name="Explore this cohort").click(timeout=120_000)
    app.ready()


def _pill(sidebar: Locator, level: str) -> Locator:
    return sidebar.get_by_role("button", name=f"{level} ·")


def said(where: str, app: App, click: Callable[[int], None]) -> None:
    """Time some clicks and say how long they took."""
    page, times = app.settled().page, []
    charts = page.evaluate(_WATCH)
    for i in range(CLICKS):
        page.evaluate("() => { window.changes = []; }")
        click(i)
        page.wait_for_function("() => window.changes.length && performance.now() - window.changes.at(-1) > 500")
        times.append(page.evaluate("() => window.changes.at(-1) - window.pressed"))
    print(f"{where}: click to last of {charts} visible charts redrawn, {CLICKS} clicks: median {median(times):.0f} ms, "
          f"95th percentile {quantiles(times, n=20)[-1]:.0f} ms, longest {max(times):.0f} ms", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
