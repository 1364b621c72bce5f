"""Figures: the specification's data, the words beside it, and the files made of it."""

import io
import json
import re
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook
from pptx import Presentation
from pypdf import PdfReader

from core import missing_data, read_cohort, treatment_effect
from core.charts import (
    Part,
    adverse_events_figure,
    bars_figure,
    histogram_figure,
    km_figure,
    missing_figure,
)
from core.charts.axes import time_ticks
from core.charts.composition import bin_edges, brushed
from core.charts.marks.labels import place_names
from core.export import FORMATS, file_name, formats_of, made
from core.export.data import csv_bytes
from core.export.picture import png, svg
from core.export.slides import pptx
from core.summaries import adverse_events
from core.survival import kaplan_meier

pytestmark = pytest.mark.slow


def km(cohort, by="arm", endpoint="OS"):
    effect = treatment_effect(cohort, endpoint=endpoint, by=by) if by else None
    return km_figure(Part(cohort=cohort, result=kaplan_meier(cohort, endpoint=endpoint, by=by), effect=effect,
                          reference=kaplan_meier(cohort.whole, endpoint=endpoint, by=by)))


@pytest.fixture(scope="module")
def vp3(sample):
    return sample.filter({"pvtt": {"in": ["Vp3"]}})


def figures(cohort):
    return [km(cohort), adverse_events_figure(cohort, adverse_events(cohort)),
            bars_figure(cohort, "pvtt"), histogram_figure(cohort, "afp")]


def test_numbers_at_risk_are_r_s_rule(sample):
    """Everyone whose time is not before the tick."""
    risk = km(sample).chart["datasets"]["counts"]
    time = sample.patients["OS time"]
    arm = sample.patients["arm"]
    ticks = time_ticks(36)
    assert ticks == [0, 6, 12, 18, 24, 30, 36]
    expected = [f"{((arm == level) & (time >= t)).sum()}" for level in sample.levels("arm") for t in ticks]
    assert [r["text"] for r in risk] == expected


def test_a_filter_swaps_data_and_keeps_the_template(sample, vp3):
    """The browser redraws in place only if all but the datasets is equal."""
    for before, after in zip(figures(sample), figures(vp3), strict=True):
        assert {k: v for k, v in before.chart.items() if k != "datasets"} == \
            {k: v for k, v in after.chart.items() if k != "datasets"}
        assert before.chart["datasets"] != after.chart["datasets"]
        json.dumps(after.chart, allow_nan=False)


def test_colours_belong_to_levels_not_to_places(sample):
    alone = sample.filter({"arm": {"in": ["TACE+IMRT+sorafenib"]}})
    colour = {r["text"]: r["c"] for r in km(sample).chart["datasets"]["names"]}
    assert {r["c"] for r in km(alone).chart["datasets"]["curve"]} == {colour["TACE+IMRT+sorafenib"]}


def test_no_patient_is_in_a_chart(sample, vp3):
    for figure in figures(vp3):
        text = json.dumps(figure.chart)
        assert not any(identity in text for identity in sample.patients.patient_id)


def test_words_beside_the_curves(sample, vp3):
    figure = km(vp3)
    assert figure.summary[0].startswith("Log-rank p = ")
    assert "against TACE+IMRT" in figure.summary[1]
    assert figure.provenance.patients == "38 of 82 patients, 24 OS events"
    assert figure.table.iloc[0].tolist()[0] == "TACE+IMRT"
    empty = km(sample.filter({"response": {"in": ["CR"]}}))
    assert empty.table.iloc[:, -1].tolist() == ["reference", "not estimable"]
    assert any("no patient in TACE+IMRT" in n for n in empty.notes)


def test_curves_are_thinned_to_what_a_screen_can_show():
    rng = np.random.default_rng(1)
    n = 20_000
    text = pd.DataFrame({"id": range(n), "OS_months": rng.exponential(20, n), "OS_event": 1}).to_csv(
        index=False)
    chart = km(read_cohort(io.BytesIO(text.encode())), by=None).chart
    assert sum(len(rows) for rows in chart["datasets"].values()) < 7_000


def test_counts_of_a_level_here_and_in_all(vp3):
    bars = {b["level"]: b for b in bars_figure(vp3, "pvtt").chart["datasets"]["bars"]}
    assert bars["Vp3"]["text"] == "38 / 38" and bars["Vp4"]["text"] == "0 / 27"
    assert bars["Vp3"]["c"] != bars["Vp4"]["c"]


@pytest.mark.parametrize("log", [True, False])
def test_bins_hold_everyone(sample, log):
    values = sample.values("afp").to_numpy()
    edges = bin_edges(values, log=log)
    assert np.histogram(values, edges)[0].sum() == 82
    assert (np.diff(edges) > 0).all()


def test_a_brush_takes_whole_bins(sample):
    condition = brushed(sample, "afp", 90.0, 700.0)
    assert condition.bounds == (("ge", 100.0), ("lt", 500.0))
    assert brushed(sample, "afp", 1.0, 1e6) is None
    inside = sample.filter({"afp": dict(condition.bounds)})
    bars = histogram_figure(inside, "afp").chart["datasets"]["bars"]
    assert sum(b["here"] for b in bars) == sum(b["all"] for b in bars if 100 <= b["lo"] < 500) == inside.n


def test_names_keep_clear_of_curves():
    time = np.array([5.0, 10.0, 20.0, 30.0])
    high, low = np.array([0.9, 0.85, 0.8, 0.75]), np.array([0.6, 0.4, 0.2, 0.1])
    places = place_names([(time, high), (time, low)], [0.25, 0.25], 30.0)
    for place, own in zip(places, (high, low), strict=True):
        at = np.concatenate([[1.0], own])[np.searchsorted(time, place.x * 30, side="right")]
        assert 0.02 < abs(place.y - at) < 0.35
        assert 0 <= place.x <= 0.75


def test_every_format_opens_again(vp3):
    for figure in figures(vp3):
        files = {f.suffix: made(figure, f.suffix) for f in FORMATS}
        assert files["@2x.png"].startswith(b"\x89PNG") and len(files["@4x.png"]) > len(files["@2x.png"])
        ElementTree.fromstring(files[".svg"])
        assert figure.title.encode() in files[".svg"]
        assert len(PdfReader(io.BytesIO(files[".pdf"])).pages) == 1
        assert files[".csv"].startswith(b"\xef\xbb\xbf#")
        for line in (figure.full_title, *figure.summary, *figure.footnote()):
            assert f"# {' '.join(line.split())}\r\n" in files[".csv"].decode("utf-8-sig")
        assert load_workbook(io.BytesIO(files[".xlsx"]))["Numbers"].max_row == len(figure.drawn) + 1
        assert Presentation(io.BytesIO(files[".pptx"])).slides[0].shapes.title.text == figure.full_title
        assert file_name(figure, ".png").startswith(figure.slug)


@pytest.mark.parametrize("titled", [True, False])
@pytest.mark.parametrize("by", ["arm", "pvtt"])
def test_rows_of_a_file_stand_apart(sample, by, titled):
    """In the exported picture each term has its own line, in order, all inside the page."""
    figure = adverse_events_figure(sample, adverse_events(sample, by=by))
    drawing = svg(figure, titled=titled).decode()
    height = float(re.search(r'viewBox="0 0 [\d.]+ ([\d.]+)"', drawing)[1])
    at = {text: float(y) for y, text in re.findall(
        r'<text[^>]*transform="translate\([-\d.]+,([-\d.]+)\)"[^>]*>([^<]*)</text>', drawing)}
    places = [at[term] for term in sample.worst_grades.terms]
    assert min(np.diff(places)) >= 20
    assert places[-1] < height


def test_many_and_long_levels_stay_legible():
    """More groups than colours lose bands and names; a long name is cut beside its curve alone."""
    long = "Transarterial chemoembolisation with intensity-modulated radiotherapy and sorafenib"

    def cohort(levels):
        text = "id,arm,OS_months,OS_event,centre\n" + "".join(
            f"p{i},{'ab'[i % 2]},{i % 37 + 1},{i % 4 > 0:d},{levels[i % len(levels)]}\n" for i in range(90))
        return read_cohort(io.BytesIO(text.encode()))

    many = km(cohort([f"Centre {i}" for i in range(1, 12)]), by="centre")
    assert many.chart["datasets"]["band"] == [] and many.chart["datasets"]["labels"] == []
    assert any("11 groups are more than can be told apart" in note for note in many.notes)
    assert many.table.iloc[:, 0].tolist()[:3] == ["Centre 1", "Centre 2", "Centre 3"]
    few = km(cohort([long, "short"]), by="centre")
    assert {len(row["text"]) for row in few.chart["datasets"]["labels"]} == {34, 5}
    assert long in few.table.iloc[:, 0].tolist()


def test_a_slide_holds_vector_picture_table_and_footnote(vp3):
    data = pptx([km(vp3)])
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert sum(n.endswith(".svg") for n in names) == 1
    slide = Presentation(io.BytesIO(data)).slides[0]
    assert "svgBlip" in slide.part.blob.decode()
    named = {s.name: s for s in slide.shapes}
    assert "Log-rank p" in named["Finding"].text_frame.text
    table = named["Numbers"].table
    assert [c.text for c in table.rows[0].cells][:3] == ["Arm", "n", "Events"]
    for word in ("38 of 82", "24 OS events", "log-log 95% CI", "PVTT grade Vp3", vp3.fingerprint[:12],
                 "0.1.0"):
        assert word in named["Footnote"].text_frame.text


@pytest.mark.parametrize("notes", [0, 6, 14, 40])
def test_a_long_footnote_stands_on_the_slide_under_the_chart(vp3, notes):
    said = tuple(f"Factor {i}: {i + 2} patients without it, and a reason that is told at length." for i in range(notes))
    figure = replace(km(vp3), notes=said)
    deck = Presentation(io.BytesIO(pptx([figure])))
    named = {s.name: s for s in deck.slides[0].shapes}
    foot, chart = named["Footnote"], named[figure.full_title]
    assert all(line in foot.text_frame.text for line in figure.footnote())
    assert chart.top + chart.height <= foot.top and foot.top + foot.height <= deck.slide_height
    points = foot.text_frame.paragraphs[0].runs[0].font.size
    across = sum(len(p.text) // 240 + 1 for p in foot.text_frame.paragraphs)  # a slide holds 250 letters of 7 points
    assert across * points <= foot.height


def test_the_font_is_the_shipped_one_and_chinese_is_drawn(sample):
    """Inter's outlines differ from a fallback's, and Han characters are no empty boxes."""
    text = "id,治疗组,OS_months,OS_event\n" + "".join(
        f"p{i},{'对照组' if i % 2 else '试验组'},{i + 1},{i % 3 > 0:d}\n" for i in range(20))
    cohort = read_cohort(io.BytesIO(text.encode()))
    figure = km(cohort)
    assert "试验组" in svg(figure).decode()
    boxes = km(read_cohort(io.BytesIO(text.replace("对照组", "\ufff0\ufff0\ufff0").encode())))
    assert png(figure, titled=False) != png(boxes, titled=False)


def test_cells_that_a_spreadsheet_would_run_are_text():
    text = "id,arm,OS_months,OS_event\n" + "".join(
        f"p{i},{'=cmd|x' if i % 2 else '@sum'},{i + 1},1\n" for i in range(12))
    lines = csv_bytes(km(read_cohort(io.BytesIO(text.encode())))).decode("utf-8-sig").splitlines()
    cells = {line.split(",")[0] for line in lines if not line.startswith(("#", '"#'))}
    assert cells == {"strata", "'=cmd|x", "'@sum"}


MARKUP = ["=1+1", "<b>x</b>", "![a](http://x/y.png)", "$x^2$", "datum.x", "</script><script>alert(1)</script>"]


@pytest.fixture(scope="module")
def marked():
    """Markup as an arm, a level, a header and a term of adverse events."""
    text = "id,arm,OS_months,OS_event,=H(1)<i>,ae_<u>fever</u>\n" + "".join(
        f"p{i},{MARKUP[i % 2]},{i + 1},{i % 3 > 0:d},{MARKUP[i % 6]},{i % 4}\n" for i in range(36))
    return read_cohort(io.BytesIO(text.encode()))


def test_markup_is_drawn_as_the_characters_it_is(marked):
    key = next(f.key for f in marked.mapping.factors)
    assert marked.levels(key) == tuple(sorted(MARKUP, key=marked.levels(key).index))
    for figure, words in ((km(marked), MARKUP[:2]), (bars_figure(marked, key), MARKUP),
                          (km(marked, by=key), MARKUP)):
        drawing = "".join(ElementTree.fromstring(svg(figure)).itertext())
        for word in words:
            assert word[:15] in drawing, (figure.slug, word)  # a long name ends in an ellipsis


def test_markup_in_files_is_text(marked):
    figure = km(marked)
    sheet = load_workbook(io.BytesIO(made(figure, ".xlsx")))["Numbers"]
    strata = {row[0].value: row[0].data_type for row in sheet.iter_rows(min_row=2)}
    assert strata == {"=1+1": "s", "<b>x</b>": "s"}
    slide = Presentation(io.BytesIO(pptx([figure]))).slides[0]
    table = {s.name: s for s in slide.shapes}["Numbers"].table
    assert sorted(row.cells[0].text for row in table.rows)[:2] == ["<b>x</b>", "=1+1"]
    terms = adverse_events_figure(marked, adverse_events(marked))
    assert "<u>fever</u>" in "".join(ElementTree.fromstring(svg(terms)).itertext())
    assert "<u>fever</u>" in csv_bytes(terms).decode()


def test_missing_data_are_drawn_and_their_patterns_counted():
    text = "id,arm,OS_months,OS_event,age,size,pvtt\n" + "".join(
        ",".join([f"p{i}", "ab"[i % 2], str(i + 1), str(int(i % 3 > 0)), "" if i % 4 == 0 else str(40 + i),
                  "" if i % 8 == 0 else f"{3 + i / 9:.1f}", ["Vp2", "Vp3"][i % 2]]) + "\n" for i in range(40))
    cohort = read_cohort(io.BytesIO(text.encode()))
    result = missing_data(cohort)
    rows = result.rows.set_index(["variable", "arm"])
    assert rows.loc[("Age", "a"), "n_missing"] == 10 and rows.loc[("Age", "b"), "n_missing"] == 0
    assert rows.loc[("Tumour size", "a"), "rate"] == 0.25
    assert result.complete == 30
    assert dict(zip(result.patterns.variables, result.patterns.n, strict=True)) == {
        "": 30, "Age": 5, "Age, Tumour size": 5}
    figure = missing_figure(cohort, result)
    bars = [b["text"] for b in figure.chart["datasets"]["bars"] if b["variable"] == "Age"]
    assert bars == ["10 of 20, a", "0 of 20, b"]
    assert missing_data(cohort.filter({"arm": {"in": ["b"]}})).complete == 20


def test_a_word_document_holds_the_table_and_the_footnote(sample):
    from docx import Document

    from core.charts import baseline_figure
    from core.summaries.baseline import baseline

    figure = baseline_figure(sample, baseline(sample), p=True)
    form = next(f for f in formats_of(figure) if f.suffix == ".docx")
    document = Document(io.BytesIO(made(figure, form.suffix)))
    cells = [[c.text for c in row.cells] for row in document.tables[0].rows]
    assert cells[0] == list(figure.table.columns) and cells[1] == [str(v) for v in figure.table.iloc[0]]
    assert len(cells) == 1 + len(figure.table)
    said = "\n".join(p.text for p in document.paragraphs)
    assert figure.title in said and all(line in said for line in figure.footnote())
