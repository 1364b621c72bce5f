"""For those who do not see the page or have no mouse: axe-core on every page, the Tab key, what is read aloud."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.app import App

_AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
_PAGES = ("Cohort", "Survival", "Hazard ratios", "Toxicity", "Response", "Published", "Slides")
# Streamlit's upload widget is a section with a role and a name at once.
_STREAMLIT = "[data-testid=stFileUploaderDropzone]"


@pytest.fixture(params=["light", "dark"])
def themed(request, browser: Browser, server: str):
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme=request.param)
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield App(page, server).open()
    context.close()


def violations(page: Page) -> list[str]:
    page.wait_for_timeout(1500)  # wide tables are looked for each second
    page.evaluate(_AXE)
    result = page.evaluate("""async (left_out) =>
      await axe.run({ exclude: [[left_out]] }, { resultTypes: ["violations"] })""", _STREAMLIT)
    return [f"{v['id']}: {n['html'][:160]}" for v in result["violations"] for n in v["nodes"]]


def test_no_page_has_a_violation(themed: App):
    assert violations(themed.page) == []
    themed.click_bar("pvtt", "Vp3").expect_n(38)
    themed.page.get_by_role("button", name="Save as group").click()
    themed.settled().click_bar("pvtt", "Vp4")
    themed.settled().open_sidebar()
    themed.settled()
    assert violations(themed.page) == []
    themed.page.locator(".st-key-edit-pvtt button").first.click()
    expect(themed.settled().page.get_by_test_id("stPopoverBody").locator(".cs-pill").first).to_be_visible()
    assert violations(themed.page) == []
    themed.page.keyboard.press("Escape")
    for page in _PAGES:
        themed.go(page)
        themed.settled()
        assert violations(themed.page) == [], page
        assert themed.page.get_by_role("heading", level=1).count() == 1


def test_the_tab_key_goes_from_the_skip_link_to_menu_bar_and_charts(app: App):
    """A closed sidebar takes no focus, and the first link leads past menu and bar."""
    app.click_bar("pvtt", "Vp3").expect_n(38)
    assert app.page.evaluate("() => document.body.firstElementChild.matches('.cs-skip')")
    app.page.locator(".cs-skip").focus()
    order = [0]
    for _ in range(50):
        app.page.keyboard.press("Tab")
        order.append(app.page.evaluate("""() => {
          const focused = document.activeElement;
          const place = [".cs-skip", "[data-testid=stSidebar]", ".st-key-menu", ".st-key-bar", ".cs-composition"]
            .findIndex((one) => focused.closest(one));
          return place;
        }"""))
    places = [p for p in order if p >= 0]
    assert places[0] == 0
    assert 1 not in places
    assert list(dict.fromkeys(places)) == [0, 2, 3, 4]
    app.page.locator(".cs-skip").focus()
    app.page.keyboard.press("Enter")
    app.page.keyboard.press("Tab")
    assert app.page.evaluate("() => Boolean(document.activeElement.closest('.st-key-composition'))")


def test_a_change_of_the_selection_is_read_aloud(app: App):
    told = app.page.locator("body > [role=status]")
    expect(told).to_have_text("")
    app.click_bar("pvtt", "Vp3").expect_n(38)
    expect(told).to_contain_text("38 of 82 patients")
    expect(app.page.get_by_role("button", name="Remove PVTT grade Vp3")).to_have_count(1)
