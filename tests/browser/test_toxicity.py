"""Toxicity, Response and the baseline table in a real Chromium: clicks, filters, files."""

import io

from docx import Document
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.browser.cohort_page import to_cohort
from tests.browser.test_survival import pick

TERM = "One term: who had it"


def toxicity(app):
    app.go("Toxicity")
    expect(app.page.get_by_text(TERM)).to_be_visible()
    expect(app.page.locator(".st-key-toxicity svg.marks").first).to_be_visible()
    return app.settled()


def _place(chart, text):
    """How far down a chart a text stands."""
    return chart.get_by_text(text, exact=True).first.bounding_box()["y"]


def rates(app):
    return app.page.locator(".st-key-toxicity svg.marks").first


def test_a_click_on_a_term_shows_who_had_it_and_filters(app):
    toxicity(app).page.mouse.click(*app.row(rates(app), "Leukopenia"))
    expect(app.page.get_by_text("Leukopenia: worst CTCAE grade by arm")).to_be_visible()
    expect(app.page.locator(".st-key-term")).to_contain_text("immortal time")
    app.settled()
    panel = app.page.get_by_text("Leukopenia: worst CTCAE grade by arm")
    expect(panel).to_be_in_viewport()  # it came
    app.page.mouse.move(10, 10)
    app.page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    expect(panel).not_to_be_in_viewport()
    app.page.get_by_role("link", name="Leukopenia: who had it").first.press("Enter")
    expect(panel).to_be_in_viewport()
    assert "P001" not in app.page.inner_text("body")
    app.page.get_by_role("button", name="Filter to those who had it, grade ≥ 3").click()
    app.expect_n(13)
    assert app.chips() == ["Leukopenia grade ≥ 3"]


def test_the_list_of_terms_is_the_twin_of_the_chart(app):
    pick(toxicity(app), "Term", "Diarrhea")
    expect(app.page.get_by_text("Diarrhea: worst CTCAE grade by arm")).to_be_visible()
    expect(app.page.get_by_role("link", name="Diarrhea: who had it").first).to_be_attached()


def test_rates_and_differences_stand_in_one_order_and_are_saved(app):
    toxicity(app)
    pick(app, "Sorted by", "difference")
    app.settled()
    charts = app.page.locator(".st-key-toxicity svg.marks")
    places = [_place(charts.nth(i), "Diarrhea") for i in (0, 1)]
    others = [min(_place(charts.nth(i), term) for term in ("Other skin reaction", "Leukopenia")) for i in (0, 1)]
    assert abs(places[0] - places[1]) < 2 and all(a < b for a, b in zip(places, others, strict=True))
    book = load_workbook(io.BytesIO(app.download("Any grade: risk difference against TACE+IMRT", "Excel")))
    assert [c.value for c in book["Table"][2]][-1] == "Test" and book["Table"].max_row == 19


def test_the_baseline_table_is_saved_as_a_document(app):
    to_cohort(app)
    expect(app.page.get_by_text("Baseline").first).to_be_visible()
    app.page.get_by_text("p-values").click()
    expect(app.page.get_by_text("Fisher-Freeman-Halton exact").first).to_be_visible()
    app.page.get_by_text("Overall column").click()
    expect(app.page.get_by_text("All patients (n = 82)").first).to_be_visible()
    app.settled()
    table = Document(io.BytesIO(app.download("Baseline by arm", "Word"))).tables[0]
    names = [c.text for c in table.rows[0].cells]
    assert names[:2] == ["Variable", "All patients (n = 82)"] and names[-2:] == ["p", "Test"]


def test_responses_are_drawn_and_survival_by_them_starts_at_a_landmark(app):
    app.go("Response")
    expect(app.page.locator(".st-key-best-response svg.marks")).to_contain_text("PR 21")
    expect(app.page.locator(".st-key-failure svg.marks")).to_contain_text("Failure local (11)")
    app.settled()
    box = app.page.get_by_role("spinbutton", name="Landmark, month")
    box.fill("3")
    box.press("Enter")
    expect(app.page.get_by_text("Overall survival by Response")).to_be_visible()
    expect(app.page.locator(".st-key-curves svg.marks")).to_be_visible()
    assert "Traceback" not in app.page.inner_text("body")
