"""Curves and figures that follow a range while it moves: by mouse, keys and finger; and the search for a cut."""

import re

import pytest
from playwright.sync_api import expect

from core import Filters, kaplan_meier, treatment_effect
from core.cohort import SELECTION
from core.survival import search_cut, survival_at
from tests.browser.app import App


@pytest.fixture
def live(app: App) -> App:
    """The app with the counts of AFP at hand: the mouse was there."""
    app.chart("afp").locator(".cs-plot").hover()
    app.page.wait_for_function("() => window.cohortscope?.live?.index?.key === 'afp'")
    return app


def figures(app: App) -> list[list[str]]:
    """Return the live table's rows."""
    return [row.split("\t") for row in app.page.locator(".cs-live tbody tr").all_inner_texts()]


def range_of(app: App) -> str:
    return app.chart("afp").locator(".cs-reading").inner_text()


def test_what_moves_is_what_comes_when_it_is_let_go(live, sample):
    live.drag("afp", 0.3, 0.7)
    view = live.page.locator(".cs-live")
    expect(view).to_be_visible()
    words, rows, counts = range_of(live), figures(live), live.counts("pvtt")
    assert "Exploratory" in view.inner_text() and "ends of bins" in view.inner_text()
    assert live.n() == 82  # the server has not been asked
    live.page.mouse.up()
    expect(live.page.locator(".st-key-chip-afp")).to_contain_text(words)
    live.settled()
    expect(view).to_be_hidden()
    assert live.counts("pvtt") == counts and sum(int(row[1]) for row in rows) == live.n()
    low, high = (float(v.replace(",", "")) for v in re.findall(r"[\d,.]+", words))
    kept = sample.filter(Filters.from_json({"afp": {"ge": low, "lt": high}}))
    medians = kaplan_meier(kept, endpoint="OS", by="arm").medians
    for row, median in zip(rows, medians.itertuples(), strict=True):
        assert [*row[:3], row[4]] == [median.strata, str(median.n), str(median.n_event), f"{median.median:.1f}"]
    ratio = treatment_effect(kept, endpoint="OS", by="arm").terms.hazard_ratio[0]
    assert rows[1][5].startswith(f"{ratio:.2f} (") and f"{ratio:.2f} (" in live.numbers()


_PRESS = """([key, name, alt]) => {
  const chart = document.querySelector(`.cs-chart[data-key="${key}"]`);
  const button = [...chart.querySelectorAll(".cs-level")].find((b) => b.querySelector(".cs-name").textContent === name);
  button.dispatchEvent(new MouseEvent("click", { bubbles: true, altKey: alt }));
  const live = document.querySelector(".cs-live");
  const cells = (row) => [...row.children].map((cell) => cell.textContent);
  return live.hidden ? null : [...live.querySelectorAll("tbody tr")].map(cells);
}"""


@pytest.mark.parametrize("excluded", [False, True])
def test_a_click_on_a_level_is_answered_before_the_server_has_heard_of_it(app, sample, excluded):
    app.chart("pvtt").locator(".cs-levels").hover()
    app.page.wait_for_function("() => window.cohortscope?.live?.index?.key === 'pvtt'")
    rows = app.page.evaluate(_PRESS, ["pvtt", "Vp3", excluded])  # in the very task of the click
    counts = app.counts("hvtt")
    app.settled()
    expect(app.page.locator(".cs-live")).to_be_hidden()
    condition = {"in": ["Vp3"]}
    kept = sample.filter(Filters.from_json({"pvtt": {"not": condition} if excluded else condition}))
    medians = kaplan_meier(kept, endpoint="OS", by="arm").medians
    for row, median in zip(rows, medians.itertuples(), strict=True):
        assert [*row[:3], row[4]] == [median.strata, str(median.n), str(median.n_event), f"{median.median:.1f}"]
    year = survival_at(kept, endpoint="OS", by="arm", times=(12,)).estimate
    assert [row[3] for row in rows] == [f"{100 * s:.0f}%" for s in year]
    assert app.n() == kept.n and app.counts("hvtt") == counts
    assert rows[1][5].split(" (")[0] in app.numbers()


def test_a_range_is_moved_as_a_whole_and_by_its_ends(live):
    live.brush("afp", 0.3, 0.5).settled()
    first = live.chips()
    live.brush("afp", 0.4, 0.6).settled()  # inside: the whole moves
    moved = live.chips()
    assert moved != first and len(moved) == 1
    live.brush("afp", 0.7, 0.9).settled()  # at its upper end
    assert live.chips()[0].split("<")[0] == moved[0].split("<")[0] and live.chips() != moved
    live.brush("afp", 0.97, 0.97).settled()  # a click beside it
    assert live.chips() == []


def test_keys_move_the_ends(live):
    end = live.page.get_by_role("slider", name="AFP, ng/mL, from")
    end.focus()
    for _ in range(30):
        live.page.keyboard.press("ArrowRight")
    expect(live.page.locator(".cs-live")).to_be_visible()
    said = end.get_attribute("aria-valuetext")
    expect(live.page.locator(".st-key-chip-afp")).to_contain_text(said)
    live.settled().page.keyboard.press("ArrowRight")
    live.page.keyboard.press("Escape")
    live.settled()
    assert live.chips() == [f"AFP {said}"] and end.get_attribute("aria-valuetext") == said


def test_levels_are_reached_by_keys(live):
    live.level("pvtt", "none").focus()
    live.page.keyboard.press("ArrowDown")
    live.page.keyboard.press("ArrowDown")
    live.page.keyboard.press("Enter")
    live.expect_n(38)
    expect(live.level("pvtt", "Vp3")).to_be_focused()
    expect(live.level("pvtt", "Vp3")).to_have_attribute("aria-pressed", "true")


def touched(app: App, moves: list[tuple[float, float]]) -> None:
    """Put a finger on AFP's histogram and move it to shares of its width and height."""
    box = app.chart("afp").locator(".cs-plot").bounding_box()
    client = app.page.context.new_cdp_session(app.page)
    for i, (x, y) in enumerate(moves):
        point = {"x": box["x"] + box["width"] * x, "y": box["y"] + box["height"] * y}
        client.send("Input.dispatchTouchEvent", {"type": "touchMove" if i else "touchStart", "touchPoints": [point]})
        app.page.wait_for_timeout(30)
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_brushes_along_and_scrolls_across(browser, server):
    page = browser.new_page(viewport={"width": 820, "height": 1180}, has_touch=True)
    app = App(page, server).open()
    app.chart("afp").scroll_into_view_if_needed()
    touched(app, [(0.3, 0.5), (0.35, 0.5), (0.5, 0.5), (0.7, 0.5)])
    expect(page.locator(".st-key-chip-afp")).to_be_visible()
    chips = app.settled().chips()
    scrolled = "() => document.querySelector('[data-testid=stMain]').scrollTop"
    before = page.evaluate(scrolled)
    touched(app, [(0.5, 0.9), (0.5, 0.2), (0.5, -1.5), (0.5, -3)])
    app.settled()
    assert app.chips() == chips and page.evaluate(scrolled) > before
    page.close()


def test_the_selection_against_all_others_follows_too(live):
    live.choose(live.page.locator(".st-key-by").get_by_role("combobox"), "The selection against all others")
    live.settled().chart("age").locator(".cs-plot").hover()
    live.page.wait_for_function("() => window.cohortscope?.live?.index?.key === 'age'")
    live.drag("age", 0.1, 0.5)
    rows = figures(live)
    assert [row[0] for row in rows] == ["All others", "The selection"] and sum(int(row[1]) for row in rows) == 82
    live.page.mouse.up()
    live.settled()
    assert f"\t{rows[0][1]}\t{rows[0][2]}\t" in live.numbers() and SELECTION not in live.summary


def test_a_cut_is_searched_and_its_p_corrected(live, sample):
    chart = live.chart("tumor_size")
    chart.hover()
    chart.get_by_role("button", name="look for a single cut").click()
    search = search_cut(sample, "tumor_size", endpoint="OS")
    view = live.page.locator(".cs-live")
    expect(view).to_contain_text(f"The largest statistic is {search.statistic[search.best]:.2f}")
    expect(view).to_contain_text("corrected for having searched")
    expect(view).to_contain_text(f"{search.edges.size} cuts p = .07")
    assert chart.locator(".cs-search polyline").get_attribute("points").count(",") == search.edges.size
    rows = figures(live)
    assert [int(row[1]) for row in rows] == [search.below[search.best], 82 - search.below[search.best]]
    live.drag("tumor_size", 0.2, 0.3)
    live.page.mouse.up()
    assert figures(live) != rows and live.n() == 82 and live.chips() == []
    view.get_by_role("button", name="close").click()
    expect(view).to_be_hidden()


def test_a_sweep_plays_the_range_and_changes_nothing(live):
    live.chart("age").hover()
    live.chart("age").get_by_role("button", name="sweep the range").click()
    expect(live.page.locator(".cs-live")).to_be_visible()
    seen = set()
    for _ in range(8):
        seen.add(live.chart("age").locator(".cs-reading").inner_text())
        live.page.wait_for_timeout(120)
    assert len(seen) > 2
    expect(live.page.locator(".cs-live")).to_be_hidden(timeout=60_000)
    assert live.chips() == [] and live.n() == 82


def test_an_open_cut_speaks_of_the_patients_who_are_left(live, sample):
    """A bar clicked beside an open cut: the search and both curves are those of the patients who pass."""
    chart = live.chart("tumor_size")
    chart.hover()
    chart.get_by_role("button", name="look for a single cut").click()
    view = live.page.locator(".cs-live")
    expect(view).to_contain_text("The largest statistic is")
    live.click_bar("pvtt", "Vp3").expect_n(38)
    search = search_cut(sample.filter({"pvtt": {"in": ["Vp3"]}}), "tumor_size", endpoint="OS")
    expect(view).to_contain_text(f"The largest statistic is {search.statistic[search.best]:.2f}")
    assert sum(int(row[1]) for row in figures(live)) == 38
    view.get_by_role("button", name="close").click()
    live.drag("tumor_size", 0.2, 0.3)  # by arm again
    live.page.wait_for_function("() => !window.cohortscope.live.index.view.endsWith('-cut')")
    live.drag("tumor_size", 0.3, 0.6)
    assert [row[0] for row in figures(live)] == ["TACE+IMRT", "TACE+IMRT+sorafenib"]
    live.page.mouse.up()
