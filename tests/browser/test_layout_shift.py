"""What is redrawn by a click stays where it is: the sum of the browser's layout shifts, with those after input."""

import pytest

from bench.click import toggled
from tests.browser.app import App

MOST = 0.02
CLICKS = 6
_WATCH = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) {
      window.shifts.push([value, sources.map(({ node }) => node?.className)]);
    }
  }).observe({ type: "layout-shift" });
}"""


@pytest.mark.parametrize("width", [1440, 820])
@pytest.mark.parametrize("title", ["Explore", "Survival", "Hazard ratios", "Toxicity", "Response"])
def test_a_click_moves_nothing(app: App, title: str, width: int):
    app.page.set_viewport_size({"width": width, "height": 900})
    if title != "Explore":
        app.go(title)
    pills = app.settled().open_sidebar()
    app.settled().page.evaluate(_WATCH)
    for i in range(CLICKS):
        app.page.evaluate("() => { window.shifts = []; }")
        key, level = toggled(i)
        if title == "Explore" and width > 820:  # there the sidebar lies over the bars
            app.click_bar(key, level).settled()
        else:
            pills.get_by_role("button", name=f"{level} ·").click()
            app.settled()
        _is_still(app)


@pytest.mark.parametrize("width", [1440, 820])
@pytest.mark.parametrize("title", ["Explore", "Survival", "Hazard ratios", "Toxicity", "Response"])
def test_a_step_back_moves_nothing(app: App, title: str, width: int):
    app.page.set_viewport_size({"width": width, "height": 900})
    for i in range(3):
        app.click_bar(*toggled(i)).settled()
    if title != "Explore":
        app.go(title).settled()
    app.settled().page.evaluate(_WATCH)
    for button in ("Undo", "Undo", "Redo", "Reset", "Undo"):
        app.page.evaluate("() => { window.shifts = []; }")
        app.page.get_by_role("button", name=button).click()
        _is_still(app.settled())


def _is_still(app: App) -> None:
    shifts = app.page.evaluate("() => window.shifts")
    assert sum(value for value, _ in shifts) < MOST, shifts
