"""The Published page in a real Chromium: filtered, followed to its panel, audited, saved; a reader's own table."""

import io

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect
from pptx import Presentation

from tests.browser.test_survival import pick


@pytest.fixture
def page(app):
    app.go("Published")
    expect(app.page.locator(".st-key-published svg.marks")).to_be_visible()
    expect(app.page.locator(".st-key-widths svg.marks")).to_be_visible()
    return app.settled()


def listed(app):
    return app.page.locator(".st-key-published svg.marks")


def test_it_is_filtered_and_a_click_opens_the_panel(page):
    page.page.get_by_role("radio", name="does not agree · 55").click()
    pick(page, "Place", "Table 4, labels corrected")
    expect(listed(page)).to_contain_text("Fatigue, 1-2: %")
    page.settled()
    page.page.mouse.click(*page.row(listed(page), "Fatigue, 1-2: %"))
    expect(page.page.get_by_text("One term: who had it")).to_be_visible()
    assert page.page.get_by_role("radio", name="Grade 1–2").is_checked()


def test_the_twin_opens_survival_of_the_endpoint(page):
    pick(page, "Go to the panel that recomputes", "Figure 1: PFS , TACE+IMRT+sorafenib, median 17.2")
    page.page.get_by_role("button", name="Open it").click()
    expect(page.page.get_by_text("Progression-free survival by arm").first).to_be_visible()


def test_a_ratio_of_the_model_opens_the_model_with_its_covariates(page):
    pick(page, "Place", "Table 3")
    expect(listed(page)).to_contain_text("pvtt, Vp4 against Vp2: hazard ratio")
    page.settled()
    page.page.mouse.click(*page.row(listed(page), "pvtt, Vp4 against Vp2: hazard ratio"))
    model = page.page.locator(".st-key-model svg.marks")
    expect(model).to_contain_text("PVTT grade")
    page.settled()
    texts = model.locator("text").all_text_contents()
    assert {"T stage", "N stage", "HVTT", "> 400"} <= set(texts) and "per unit" not in texts
    assert "Traceback" not in page.page.inner_text("body")


def test_the_audit_is_saved_as_workbook_and_slide(page):
    name = "Audit of a published table: yang2023_audit.csv"
    book = load_workbook(io.BytesIO(page.download(name, "Excel")))
    assert book["Table"].max_row > 50 and [c.value for c in book["Table"][1]][-1] == "In words"
    slides = Presentation(io.BytesIO(page.download(name, "Slide (PPTX)"))).slides
    texts = [shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame]
    assert any("10 of 42" in text for text in texts)


def test_a_reader_s_own_table(page):
    pick(page, "Table", "a table of my own")
    box = page.page.locator("[data-testid=stFileUploaderDropzoneInput]")
    head = "label,events_1,n_1,events_2,n_2,p\n"
    box.set_input_files({"name": "bad.csv", "mimeType": "text/csv",
                         "buffer": f"{head}Rash,12,40,five,42,.06\nFever,3,40,3,42,1.0\n".encode()})
    expect(page.page.get_by_text("line 2, column events_2: 'five' is not a count")).to_be_visible()
    box.set_input_files({"name": "good.csv", "mimeType": "text/csv",
                         "buffer": f"{head}Rash,12,40,5,42,.06\nFever,3,40,3,42,1.0\n".encode()})
    expect(page.page.get_by_role("alert").filter(has_text="of 2 recomputable p-values by Fisher exact")).to_be_visible()
    assert "Traceback" not in page.page.inner_text("body")
