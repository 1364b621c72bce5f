"""The main job in a real Chromium: click, brush, chips, undo, reset, pages, downloads, network."""

import io
import re
import zipfile

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import expect
from pptx import Presentation
from pypdf import PdfReader

from core import Filters
from tests.browser.app import App
from tests.browser.server import running_server


def test_the_first_visitor_of_a_fresh_server(page):
    """Nobody has been there before; how fast it is `make bench` measures."""
    with running_server() as url:
        page.goto(url)
        page.wait_for_selector(".st-key-curves svg.marks")


def test_opens_on_a_living_board(page, server):
    """Synthetic and saying so; the curve in sight."""
    app = App(page, server).open()
    assert "Synthetic patients" in page.locator(".cs-banner").inner_text()
    assert page.get_by_role("link", name="Upload your own").is_visible()
    assert app.summary.startswith("82 of 82 patients")
    assert "17.3 (15.5–18.5)" in app.numbers()
    assert "24.1 (15.9–32.1)" in app.numbers()
    box = page.locator(".st-key-curves svg.marks").bounding_box()
    assert box["width"] >= 600
    assert box["y"] + 330 < 900  # down to the time axis


def test_click_changes_n_curve_and_hazard_ratio(app, sample):
    before = app.curve(), app.numbers()
    app.page.evaluate("document.querySelectorAll('svg.marks').forEach(svg => { svg.kept = true; })")
    app.click_bar("pvtt", "Vp3").expect_n(38)
    assert app.curve() != before[0]
    assert app.numbers() != before[1]
    # Data are swapped in the drawings that stand: building them anew takes twice as long.
    assert app.page.evaluate("[...document.querySelectorAll('svg.marks')].every(svg => svg.kept)")
    app.click_bar("pvtt", "Vp4").expect_n(65)
    assert app.chips() == ["PVTT grade Vp3, Vp4"]
    app.click_bar("pvtt", "Vp3").expect_n(27)
    sub = sample.filter(Filters.from_json({"pvtt": {"in": ["Vp4"]}}))
    assert f"OS: {int(sub.patients['OS event'].sum())} events" in app.summary


def test_rapid_clicks_are_all_kept(app):
    for level in ("Vp2", "Vp3", "Vp4"):
        app.click_bar("pvtt", level)
        app.page.wait_for_timeout(60)
    app.expect_n(70)
    assert app.chips() == ["PVTT grade Vp2, Vp3, Vp4"]


def test_clicks_count_in_the_session_that_begins_when_data_are_cleared(app):
    app.click_bar("pvtt", "Vp3").expect_n(38)
    app.click_bar("pvtt", "Vp4").expect_n(65)
    app.go("Cohort")
    app.page.get_by_role("button", name="Clear my data").click()
    app.expect_n(82)
    app.go("Explore").ready().expect_n(82)
    app.click_bar("pvtt", "Vp2").expect_n(5)
    app.click_bar("pvtt", "Vp3").expect_n(43)


def test_brush_chip_undo_reset(app):
    app.brush("afp", 0.55, 0.95)
    expect(app.page.locator(".st-key-chip-afp")).to_contain_text("AFP ≥")
    app.settled()
    few = app.n()
    assert 0 < few < 82
    chip = app.chips()
    app.page.mouse.wheel(0, 300)  # with the mouse still over the brush
    assert app.settled().chips() == chip
    app.page.mouse.wheel(0, -300)
    app.click_bar("hvtt", "yes")
    expect(app.page.locator("[class*=st-key-chip-hvtt]")).to_be_visible()
    app.settled().page.locator(".st-key-remove-afp button").click()
    app.expect_n(16)
    app.page.get_by_role("button", name="Undo").click()
    app.settled()
    assert any(chip.startswith("AFP") for chip in app.chips())
    app.page.get_by_role("button", name="Reset").click()
    app.expect_n(82)
    assert app.chips() == []


def test_filter_survives_a_page_switch(app):
    app.click_bar("pvtt", "Vp3").expect_n(38)
    app.go("Cohort")
    expect(app.page.get_by_text("Load a cohort")).to_be_visible()
    assert app.chips() == ["PVTT grade Vp3"]
    app.go("Explore").ready().expect_n(38)
    app.click_bar("pvtt", "Vp4").expect_n(65)


def test_nothing_jumps_when_a_filter_changes(app):
    def places():
        return {place: app.page.locator(place).first.bounding_box()
                for place in (".st-key-curves svg.marks", "[class*=st-key-ae-] svg.marks", ".cs-chart[data-key=afp]")}
    before = places()
    app.click_bar("pvtt", "Vp3").expect_n(38)
    app.page.evaluate("window.scrollTo(0, 0)")
    assert places() == before


@pytest.mark.parametrize(("level", "reason"), [("CR", "no patient in TACE+IMRT")])
def test_an_emptied_arm_has_no_hazard_ratio(app, level, reason):
    """Response CR leaves no patient in the reference arm, and is known only after time zero."""
    app.click_bar("response", level).expect_n(3)
    assert "not estimable" in app.numbers()
    remarks = app.page.locator(".st-key-remarks").inner_text()
    assert reason in remarks
    assert "known only after time zero" in remarks


def test_endpoint_and_strata(app):
    app.page.get_by_role("radio", name="PFS").click()
    expect(app.page.get_by_text("Progression-free survival by arm")).to_be_visible()
    app.settled()
    assert "9.4 (6.8–11.2)" in app.numbers()
    app.page.get_by_role("radio", name="PFS").click()  # the one that is chosen stays so
    expect(app.settled().page.get_by_role("radio", name="PFS")).to_be_checked()
    app.choose(app.page.locator(".st-key-by").get_by_role("combobox"), "by PVTT grade")
    expect(app.page.get_by_text("Progression-free survival by PVTT grade")).to_be_visible()


def test_click_on_an_adverse_event_keeps_who_had_it(app):
    chart = app.page.locator("[class*=st-key-ae-] svg.marks")
    app.page.mouse.click(*app.row(chart, "Diarrhea"))
    expect(app.page.locator("[class*=st-key-chip-ae_diarrhea]")).to_be_visible()
    assert "known only after time zero" in app.settled().page.locator(".st-key-remarks").inner_text()


def test_downloads_open_again(app, sample):
    app.click_bar("pvtt", "Vp3").expect_n(38)
    title = "Overall survival by arm"
    png = app.download(title, "PNG")
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20], "big") > 1440
    svg = app.download(title, "SVG").decode()
    assert "<svg" in svg and "PVTT grade Vp3" in svg
    pdf = PdfReader(io.BytesIO(app.download(title, "PDF")))
    assert len(pdf.pages) == 1
    assert pd.read_csv(io.BytesIO(app.download(title, "CSV"))).columns[0] == "strata"
    packed = zipfile.ZipFile(io.BytesIO(app.download(title, "CSV and notes (zip)")))
    assert "Filters: PVTT grade Vp3" in packed.read(packed.namelist()[1]).decode("utf-8-sig")
    data = app.download(title, "Slide (PPTX)")
    deck = Presentation(io.BytesIO(data))
    assert (deck.slide_width, deck.slide_height) == (12191695, 6858000)
    slide = deck.slides[0]
    assert slide.shapes.title.text == f"{title} · PVTT grade Vp3, 38 of 82 patients"
    table = next(s for s in slide.shapes if s.has_table).table
    assert table.cell(1, 0).text == "TACE+IMRT"
    footnote = next(s for s in slide.shapes if s.name == "Footnote").text_frame.text
    for words in ("38 of 82 patients", "PVTT grade Vp3", "log-log 95% CI", sample.fingerprint[:12],
                  "Cohortscope"):
        assert words in footnote
    chart = next(s for s in slide.shapes if s.name == slide.shapes.title.text)
    letters = {s.text_frame.text: s.text_frame.paragraphs[0].runs[0].font.size.pt for s in chart.shapes
               if s.has_text_frame and s.text_frame.text}
    assert min(letters.values()) >= 11.9 and letters["Months"] >= 13.9
    names = zipfile.ZipFile(io.BytesIO(app.download(title, "Slide with a picture"))).namelist()
    assert any(n.endswith(".svg") for n in names) and any(n.endswith(".png") for n in names)


def shape(path: str) -> np.ndarray:
    """Return a path's corners, (n, 2), each axis from 0 to 1: a picture's shape at any size."""
    points = np.array([[float(v) for v in pair.split(",")] for pair in re.findall(r"[-\d.]+,[-\d.]+", path)])
    return (points - points.min(axis=0)) / np.ptp(points, axis=0)


def test_a_figure_is_saved_for_a_journal_in_its_style(app):
    """One column at 600 pixels per inch in greys, p as the NEJM has it; the preview follows, and the answers stay."""
    app.click_bar("pvtt", "Vp3").expect_n(38)
    app.download("Overall survival by arm", "CSV")  # opens the dialog
    dialog = app.page.get_by_role("dialog")
    preview = dialog.locator(".cs-preview img")
    before = preview.get_attribute("src")
    for key, option in (("purpose", "Journal, one column (85 mm)"), ("colours", "Greys"), ("p_style", "NEJM: P=0.023"),
                        ("dpi", "600")):
        app.choose(dialog.locator(f".st-key-export-{key}").get_by_role("combobox"), option)
        app.settled()
    assert preview.get_attribute("src") != before
    picture = Image.open(io.BytesIO(app.download("Overall survival by arm", "TIFF")))
    assert picture.mode == "L" and picture.info["dpi"] == (600, 600)
    assert abs(picture.width - 85 / 25.4 * 600) < 3
    svg = app.download("Overall survival by arm", "SVG").decode()
    assert re.search(r"P[=&<;lt]+0\.\d", svg) and "#0072B2" not in svg
    dialog.get_by_role("button", name="Close").click()
    app.settled().page.get_by_role("button", name="Export").click()
    expect(dialog.locator(".st-key-export-purpose").get_by_role("combobox")).to_have_value(re.compile("one column"))


def test_the_picture_in_the_file_is_the_picture_on_the_screen(app):
    """The curves of both arms have the same corners, and the words are the same."""
    app.click_bar("pvtt", "Vp3").expect_n(38)
    svg = app.download("Overall survival by arm", "SVG").decode()
    screen = app.page.locator(".st-key-curves svg.marks")
    for colour in ("#0072B2", "#D55E00"):
        shown = screen.locator(f"path[stroke='{colour}'][stroke-width='2']").get_attribute("d")
        line = next(p for p in re.findall(r"<path[^>]*>", svg)
                    if f'stroke="{colour}"' in p and 'stroke-width="2"' in p)
        filed = re.search(r'\sd="([^"]*)"', line)[1]
        np.testing.assert_allclose(shape(shown), shape(filed), atol=0.002)
    for text in ("Number at risk", "TACE+IMRT+sorafenib", "24", "14", "Months"):
        assert f">{text}<" in svg
        assert screen.get_by_text(text, exact=True).count()


def test_no_request_leaves_the_machine(page, server):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    app = App(page, server).open()
    app.click_bar("pvtt", "Vp3").expect_n(38)
    app.go("Cohort")
    page.get_by_text("Load a cohort").wait_for()
    app.go("Explore").ready()
    app.download("Overall survival by arm", "PNG")
    outside = [url for url in asked if not url.startswith((server, "data:", "blob:",
                                                           server.replace("http", "ws")))]
    assert asked and outside == []
    assert not any("Vp3" in url for url in asked)


def test_the_survival_page_keeps_the_filters_and_follows_a_landmark(app):
    app.click_bar("pvtt", "Vp3").expect_n(38)
    app.go("Survival")
    expect(app.page.get_by_text("Survival at chosen times")).to_be_visible()
    app.ready().expect_n(38)
    before = app.curve()
    at = app.page.get_by_role("spinbutton", name="Landmark")
    at.fill("9")
    at.press("Enter")
    expect(app.page.get_by_text("Landmark at 9 months: ")).to_be_visible()
    app.settled()
    assert app.curve() != before
    assert "Traceback" not in app.page.inner_text("body")


def test_a_chip_opens_its_widgets_and_the_keyboard_undoes(app):
    app.level("pvtt", "Vp3").click(modifiers=["Alt"])
    app.expect_n(44)
    app.page.locator(".st-key-edit-pvtt button").first.click()
    app.page.get_by_test_id("stPopoverBody").get_by_role("button", name="exclude").click()
    app.expect_n(38)
    assert app.chips() == ["PVTT grade Vp3"]
    app.page.get_by_role("button", name="Vp4 · 0/27").click()
    app.expect_n(65)
    app.page.keyboard.press("Escape")
    app.page.keyboard.press("Control+z")
    app.expect_n(38)
    app.page.keyboard.press("Control+Shift+z")
    app.expect_n(65)
    app.page.locator(".st-key-steps button").first.click()
    expect(app.page.get_by_text("Filters.from_json(").first).to_be_visible()
    app.page.locator(".st-key-step-0").get_by_role("button", name="All patients · 82").click()
    app.expect_n(82)
    app.page.keyboard.press("Control+z")  # nothing is before it
    app.expect_n(82)


def test_shift_and_drag_adds_a_range_and_a_number_can_be_excluded(app):
    app.brush("afp", 0.2, 0.4)
    app.settled().page.keyboard.down("Shift")
    app.brush("afp", 0.6, 0.8).page.keyboard.up("Shift")
    expect(app.page.locator(".st-key-chip-afp")).to_contain_text(" or ≥ ")
    slider = app.settled().chart("afp").get_by_role("slider", name="from")
    slider.press("ArrowLeft")  # moves the first range and leaves the other
    slider.press("Enter")
    expect(app.page.locator(".st-key-chip-afp")).to_contain_text(" or ≥ ")
    kept = app.settled().n()
    app.chart("afp").get_by_role("button", name="exclude what is named").click()
    app.expect_n(82 - kept)
    expect(app.page.locator(".st-key-chip-afp")).to_contain_text("not (")


@pytest.mark.parametrize("name", ["Explore", "Cohort", "Survival", "Hazard ratios", "Toxicity", "Response",
                                  "Published"])
def test_the_bar_never_leaves_the_screen(app, name):
    app.go(name).settled()
    app.page.mouse.move(700, 600)
    app.page.mouse.wheel(0, 900)
    app.page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop > 100")
    summary = app.page.get_by_test_id("summary")
    expect(summary).to_be_in_viewport()
    assert app.page.evaluate("""() => {
      const box = document.querySelector('[data-testid=summary]').getBoundingClientRect();
      return document.elementFromPoint(box.x + 40, box.y + box.height / 2).closest('[data-testid=summary]') !== null;
    }""")


def test_chips_that_do_not_fit_fade_at_the_end_that_hides_them(app):
    app.page.set_viewport_size({"width": 1280, "height": 720})
    fade = "() => getComputedStyle(document.querySelector('.st-key-chips')).maskImage"
    app.click_bar("pvtt", "Vp3").settled()
    assert app.page.evaluate(fade) == "none"
    for key, level in (("sex", "M"), ("ecog", "0"), ("hvtt", "no"), ("t_stage", "T3b"), ("etiology", "HBV")):
        app.click_bar(key, level).settled()
    assert "to left" in app.page.evaluate(fade)
    app.page.evaluate("() => document.querySelector('.st-key-chips').scrollBy({left: 9999})")
    app.page.wait_for_function(f"() => ({fade})().includes('to right')")


def test_the_filters_are_a_flow_chart_whose_order_can_be_changed(app):
    app.level("pvtt", "Vp3").click(modifiers=["Alt"])
    app.expect_n(44).click_bar("hvtt", "yes").settled()
    app.page.get_by_text("How the filters cut the cohort").click()
    flow = app.settled().page.locator(".st-key-flow svg.marks")
    expect(flow).to_contain_text("38 do not meet")
    app.page.get_by_role("button", name="Earlier: HVTT yes").click()
    expect(app.settled().page.locator(".st-key-flow svg.marks")).to_contain_text("66 do not meet")
    assert app.chips() == ["HVTT yes", "PVTT grade not (Vp3)"]
    assert b"66 do not meet" in app.download("How the filters cut the cohort", "SVG")


def test_a_cell_of_the_heat_map_filters_in_two_clicks(app):
    app.page.get_by_text("Pairs of factors").click()
    cell = app.settled().page.locator(".st-key-pair-map svg.marks").get_by_text("19, 15 events")
    cell.click()
    app.expect_n(19)
    assert app.chips() == ["PVTT grade Vp3", "AFP > 400 ng/mL"]
    cell.click()
    app.expect_n(82)


def test_benefit_and_risk_stand_beside_those_of_all_patients(app):
    sentence = app.page.locator(".st-key-sentence")
    expect(sentence).to_contain_text("In these 82 patients (56 OS events)")
    app.click_bar("pvtt", "Vp4").expect_n(27)
    expect(sentence).to_contain_text("In these 27 patients (20 OS events)")
    app.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sentence.get_by_role("button", name="Copy").click()
    expect(sentence.get_by_role("button", name="Copied")).to_be_visible()
    copied = app.page.evaluate("async () => await navigator.clipboard.readText()")
    assert copied == sentence.locator("pre").inner_text() and copied.startswith("In these 27 patients")
    expect(app.page.get_by_role("columnheader", name="All patients, n = 82")).to_be_visible()
