"""The Hazard ratios page in a real Chromium: the forest filters the app, the model follows, figures are saved."""

import io

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.browser.test_survival import pick


@pytest.fixture
def page(app):
    app.go("Hazard ratios")
    expect(app.page.get_by_text("The treatment within subgroups")).to_be_visible()
    expect(app.page.locator(".st-key-forest svg.marks")).to_be_visible()
    return app.settled()


def forest(app):
    return app.page.locator(".st-key-forest svg.marks")


def model(app):
    return app.page.locator(".st-key-model svg.marks").text_content()


def test_a_click_on_a_row_goes_to_the_subgroup_and_back(page):
    before = model(page)
    page.page.mouse.click(*page.row(forest(page), "Vp3"))
    page.expect_n(38)
    assert page.chips() == ["PVTT grade Vp3"] and model(page) != before
    page.page.mouse.click(*page.row(forest(page), "Vp3"))
    page.expect_n(82)
    assert model(page) == before
    page.page.mouse.click(*page.row(forest(page), "> 400"))
    page.expect_n(35).go("Survival")
    expect(page.page.get_by_text("Survival at chosen times")).to_be_visible()
    page.expect_n(35)


def test_the_twin_of_a_row_does_the_same_from_the_keyboard(page):
    pick(page, "Go to a subgroup", "HVTT: yes")
    page.page.get_by_role("button", name="Filter the app to it").press("Enter")
    page.expect_n(16)
    assert page.chips() == ["HVTT yes"]


def test_a_model_is_chosen_and_its_table_saved(page):
    page.page.get_by_role("button", name="Model options").click()
    page.page.get_by_role("radio", name="spline").click()
    page.settled()
    assert "see its curve" in model(page)
    expect(page.page.locator(".st-key-spline-afp svg.marks")).to_be_visible()
    page.page.keyboard.press("Escape")
    book = load_workbook(io.BytesIO(page.download("OS: hazard ratios", "Excel")))
    texts = [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row]
    assert any("TACE+IMRT+sorafenib" in t for t in texts)
    assert "Traceback" not in page.page.inner_text("body")


def test_the_weighted_comparison_is_drawn_and_saved(page):
    page.page.get_by_text("Weight the arms by the propensity to be treated").click()
    expect(page.page.locator(".st-key-weighted-curves svg.marks")).to_be_visible()
    expect(page.page.locator(".st-key-love svg.marks")).to_contain_text("Age")
    page.page.get_by_role("radio", name="overlap").click()
    expect(page.page.get_by_text("0.00 after")).to_be_visible()
    page.settled()
    book = load_workbook(io.BytesIO(page.download("Balance of the arms before and after weighting", "Excel")))
    assert any("smd_after" in str(c.value) for sheet in book for row in sheet.iter_rows() for c in row)
