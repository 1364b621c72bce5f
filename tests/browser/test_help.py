"""Help that teaches: the tour, a term that is explained where it stands, the glossary."""

import pytest
from playwright.sync_api import expect

from tests.browser.app import App
from tests.browser.test_accessible import violations

TOUR = ("Click a bar", "Drag over a histogram", "Read the curves", "Know who is selected", "Go deeper",
        "Take it with you")


@pytest.mark.parametrize("width", [1440, 820])
def test_the_tour_has_six_steps_that_stand_in_sight(app: App, width):
    page = app.page
    page.set_viewport_size({"width": width, "height": 900})
    page.get_by_role("button", name="Show me around").click()
    tour = page.get_by_role("dialog", name="A tour of the page")
    for i, title in enumerate(TOUR):
        expect(tour.get_by_role("heading")).to_have_text(f"{i + 1} of 6: {title}")
        expect(tour).to_be_in_viewport(ratio=1)
        expect(page.locator(".cs-shade")).to_be_in_viewport()
        if i == 2:
            assert violations(page) == []
        page.keyboard.press("Enter")  # the button that goes on has the focus
    expect(tour).to_have_count(0)
    expect(page.get_by_role("button", name="Show me around")).to_be_focused()


def test_the_tour_goes_back_and_ends_by_the_keyboard(app: App):
    app.page.get_by_role("button", name="Show me around").click()
    tour = app.page.get_by_role("dialog", name="A tour of the page")
    app.page.keyboard.press("ArrowRight")
    expect(tour.get_by_role("heading")).to_contain_text("2 of 6")
    app.page.keyboard.press("ArrowLeft")
    expect(tour.get_by_role("heading")).to_contain_text("1 of 6")
    app.page.keyboard.press("Escape")
    expect(tour).to_have_count(0)
    app.click_bar("pvtt", "Vp3").expect_n(38)  # nothing is left in the way


def test_a_term_is_explained_where_it_stands(app: App):
    term = app.page.locator(".cs-term", has_text="HR").first
    term.focus()
    app.page.keyboard.press("Enter")
    card = app.page.locator(".cs-card")
    expect(card).to_contain_text("How many times higher the rate of events is")
    expect(card).to_contain_text("Cox DR. J R Stat Soc B 1972")
    expect(card).to_be_in_viewport(ratio=1)
    assert violations(app.page) == []
    app.page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(term).to_be_focused()


def test_the_glossary_is_searched(app: App):
    app.go("Survival").settled().page.get_by_role("button", name="Glossary").click()
    dialog = app.page.get_by_role("dialog", name="Glossary")
    search = dialog.get_by_role("searchbox", name="Find a term")
    expect(search).to_be_focused()
    assert violations(app.page) == []
    search.fill("restricted MEAN")
    expect(dialog.locator(".cs-entry:visible")).to_have_count(1)
    expect(dialog.locator(".cs-entry:visible")).to_contain_text("Royston P, Parmar MK")
    search.fill("xyz")
    expect(dialog.get_by_text("No such term.")).to_be_visible()
    app.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
