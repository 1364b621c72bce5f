"""What a picture shows is said in it, in every kind of figure and every kind of file."""

import csv
import io
import re
from dataclasses import replace
from itertools import combinations

import pytest
from docx import Document
from openpyxl import load_workbook
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from core.export import board_name, file_name, purposes_of
from core.export.data import csv_bytes
from core.export.document import docx_bytes
from core.export.picture import pdf, svg
from core.export.raster import png
from core.export.slides import pptx
from core.export.style import PRESETS, Style
from core.export.workbook import xlsx_bytes
from core.figure.figure import headings_of, spans_of, table_parts
from core.figure.theme import layers_of
from tests.shared.every_figure import AWKWARD, cohorts, every_figure

pytestmark = pytest.mark.slow

NAMES = ("sample", "two", "awkward")
FIGURES = [(name, kind) for name in NAMES for kind in every_figure(name)]
DRAWN = [(name, kind) for name, kind in FIGURES if every_figure(name)[kind].chart is not None]
CURVES = [(name, kind) for name, kind in DRAWN if kind.startswith("km") or kind in ("incidence", "weighted")]
_INTERNAL = {"x", "y", "y2", "lo", "hi", "c", "k", "d", "i", "from", "to", "ink", "all", "here", "rate", "place"}


def figure_of(case):
    return every_figure(case[0])[case[1]]


def data_of(layer, parent=""):
    return layer.get("data", {}).get("name", parent)


@pytest.mark.parametrize("case", DRAWN, ids="-".join)
def test_every_layer_is_explained_in_the_footnote(case):
    """Text says itself what it is, and so do grids of fixed values; every other mark has its words."""
    figure = figure_of(case)
    footnote = " ".join(figure.footnote())
    for layer in layers_of(figure.drawing):
        kind, name = layer["mark"]["type"], data_of(layer)
        if kind == "text" or layer["mark"].get("opacity", 1) < 0.01 or not name or not figure.drawing["datasets"][name]:
            continue
        assert f"{name} {kind}" in figure.key, f"no words for {name} {kind}"
        assert figure.key[f"{name} {kind}"] in footnote


@pytest.mark.parametrize("case", FIGURES, ids="-".join)
def test_title_alternative_text_and_provenance_name_the_subgroup(case):
    figure = figure_of(case)
    if case[1] in ("audit", "widths"):  # of a printed table alone
        return
    cohort = cohorts()[case[0]]
    subgroup = f"{cohort.words()}, {cohort.n} of {cohort.whole.n} patients"
    assert subgroup in figure.full_title and subgroup in figure.full_alt and figure.title not in ("", subgroup)
    assert f"{cohort.n} of {cohort.whole.n} patients" in " ".join(figure.footnote())


@pytest.mark.parametrize("case", CURVES, ids="-".join)
def test_curves_name_endpoint_and_view_on_their_axis_and_in_their_title(case):
    figure = figure_of(case)
    axes = [layer["encoding"]["y"]["axis"] for layer in layers_of(figure.drawing)
            if isinstance(layer["encoding"].get("y"), dict) and (layer["encoding"]["y"].get("axis") or {}).get("title")]
    titles = {axis["title"] for axis in axes}
    assert len(titles) == 1
    if case[1].startswith("km"):
        assert "overall survival" in titles.pop().lower() and "overall survival" in figure.title.lower()
    views = {every_figure("sample")[f"km {v}"].title for v in ("survival", "complement", "hazard", "log-log")}
    assert len(views) == 4


def test_the_tau_line_and_the_faint_curves_are_said():
    said = " ".join(every_figure("sample")["km survival"].footnote())
    assert "τ, the month to which restricted means run" in said and "faint lines: the whole cohort" in said
    assert "τ" not in " ".join(every_figure("sample")["km one"].footnote())


@pytest.mark.parametrize("case", DRAWN, ids="-".join)
def test_the_mouse_is_told_words_or_nothing(case):
    for layer in layers_of(figure_of(case).drawing):
        asked = layer["encoding"].get("tooltip")
        if asked is None:
            assert layer["mark"].get("tooltip", "the data") is None
            continue
        for field in asked if isinstance(asked, list) else [asked]:
            assert field["title"] and field["field"] not in _INTERNAL


def test_a_step_of_a_curve_says_month_survival_with_limits_and_number_at_risk():
    touch = every_figure("sample")["km survival"].drawing["datasets"]["touch"]
    step = touch[len(touch) // 3]
    assert re.fullmatch(r"\d+\.\d", step["month"]) and re.fullmatch(r"[\d.]+% \([\d.]+%–[\d.]+%\)", step["value"])
    assert step["risk"].isdecimal()


# ---- names from the data -------------------------------------------------------------------------

@pytest.mark.parametrize("case", [c for c in DRAWN if c[0] == "awkward"], ids="-".join)
def test_no_scale_and_no_group_is_made_of_names(case):
    """Vega keeps scales and groups in objects, where `constructor` and `__proto__` are something else."""
    figure = figure_of(case)
    datasets = figure.drawing["datasets"]
    for layer in layers_of(figure.drawing):
        for channel, encoded in layer["encoding"].items():
            if not isinstance(encoded, dict) or channel in ("text", "tooltip") or encoded.get("scale", "") is None:
                continue
            if encoded.get("type") in ("nominal", "ordinal") and data_of(layer):
                values = {row.get(encoded["field"]) for row in datasets[data_of(layer)]}
                assert not values & set(AWKWARD), f"{channel} is made of names"


def test_arms_are_named_or_coloured_never_lettered():
    figure = every_figure("awkward")["grades"]
    data = figure.drawing["datasets"]
    assert {row["text"] for row in data["marks"]} == {"■"}
    assert [row["text"].removeprefix("■ ") for row in data["arms"]] == list(cohorts()["awkward"].levels("arm"))
    assert [row["c"] for row in data["arms"]] == [row["c"] for row in data["marks"][:len(AWKWARD)]]
    assert not re.search(r"\b[A-E]: (A: Drug X|B: Placebo|constructor)", " ".join(figure.footnote()))


@pytest.mark.parametrize("case", [c for c in FIGURES if c[0] != "sample"], ids="-".join)
def test_a_table_is_split_by_its_groups_whatever_names_hold(case):
    """Every cell is in some part once, under its own heading; a colon in an arm's name splits nothing."""
    table = figure_of(case).table
    parts = table_parts(table)
    assert sum(len(part.columns) - 1 for _, part in parts) == len(table.columns) - 1
    arms = set(cohorts()[case[0]].levels("arm"))
    for name, part in parts:
        assert name == "the numbers" or name in {g for g, _ in headings_of(table)}
        assert not {n for _, n in headings_of(part)} & {a.partition(": ")[2] for a in arms if ": " in a}


def test_groups_of_columns_reach_word_excel_and_slides():
    figure = every_figure("two")["adverse events"]
    assert [g for g, _ in spans_of(figure.table)] == ["", "Grade 1–2", "Grade ≥ 3"]
    word = Document(io.BytesIO(docx_bytes(figure))).tables
    assert [c.text for c in word[0].rows[0].cells][1] == "Grade 1–2" and word[0].rows[1].cells[1].text == "A: Drug X"
    book = load_workbook(io.BytesIO(xlsx_bytes(figure)))["Table"]
    assert book["B1"].value == "Grade 1–2" and book["B2"].value == "A: Drug X"
    tables = [s.table for slide in Presentation(io.BytesIO(pptx([figure]))).slides for s in slide.shapes if s.has_table]
    assert tables[0].cell(0, 1).text == "Grade 1–2" and tables[0].cell(1, 1).text == "A: Drug X"


def test_columns_named_like_the_app_s_own_are_kept():
    """A factor called `n` with a level `Events`: its column does not take another's place."""
    from core import read_cohort
    from core.charts import Part, km_figure
    from core.survival import kaplan_meier

    rows = "".join(f"p{i},{('Events', 'n')[i % 2]},{i + 2},{i % 3 > 0:d}\n" for i in range(30))
    cohort = read_cohort(f"id,n,OS_months,OS_event\n{rows}".encode(), {
        "patient_id": "id", "factors": {"size": {"column": "n", "label": "n"}},
        "endpoints": {"OS": {"time": "OS_months", "event": "OS_event", "event_values": ["1"]}}})
    table = km_figure(Part(cohort=cohort, result=kaplan_meier(cohort, endpoint="OS", by="size"))).table
    assert [name for _, name in headings_of(table)][:3] == ["n", "n", "Events"]
    assert table.iloc[:, 0].tolist() == ["Events", "n"] and table.iloc[:, 1].tolist() == ["15", "15"]


# ---- files ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("case", DRAWN, ids="-".join)
def test_the_titled_file_is_the_chart_of_the_screen(case):
    """Title and footnote stand around the very drawing: not a mark of it is moved."""
    figure = figure_of(case)
    bare, titled = (re.sub("clip[0-9]+", "clip", svg(figure, Style(bare=b)).decode()) for b in (True, False))
    marks = bare[bare.index("<svg", 5):].partition(">")[2].removesuffix("</svg>")
    assert marks in titled
    assert titled.count("<svg") == 2 and re.search(r'<svg x="14" y="[\d.]+"', titled)


def test_a_picture_and_a_page_are_made_of_that_drawing():
    figure = every_figure("sample")["subgroups"]
    picture = png(figure)
    width = float(re.search(r'width="([\d.]+)"', svg(figure).decode())[1])
    assert width == pytest.approx(12.33 * 72, abs=0.1)  # points
    assert int.from_bytes(picture[16:20], "big") == pytest.approx(width * 300 / 72, abs=2)
    assert pdf(figure).startswith(b"%PDF")


@pytest.mark.parametrize("change", [
    {"title": "Another"}, {"summary": ("Another finding",)}, {"notes": ("Another",)}, {"warnings": ("Another",)},
    {"alt": "Another"}, {"key": {"curve line": "another"}}, {"slug": "another"}])
def test_what_changes_a_file_changes_its_name(change):
    figure = every_figure("sample")["km survival"]
    assert file_name(replace(figure, **change), ".png") != file_name(figure, ".png")


def test_five_pictures_have_five_names():
    found = every_figure("sample")
    views = [found[f"km {view}"] for view in ("survival", "complement", "hazard", "log-log")]
    other = replace(views[0], chart={**views[0].drawing, "height": 300})
    table = replace(views[0], table=views[0].table.iloc[:1])
    names = {file_name(f, ".svg") for f in (*views, other, table)}
    assert len(names) == 6
    assert board_name(views, ".pptx") != board_name(views[:3], ".pptx")


@pytest.mark.parametrize("case", DRAWN, ids="-".join)
def test_letters_are_large_enough_wherever_a_figure_is_offered(case):
    """What is said of the smallest letters is what is drawn; a place where they are too small is not offered."""
    figure = figure_of(case).ready()
    offered = purposes_of(figure)
    assert "slide" in offered and "poster" in offered
    for purpose in offered:
        drawing = svg(figure, Style(purpose=purpose)).decode()
        width = float(re.search(r' width="([\d.]+)"', drawing)[1])
        across = float(re.search(r'viewBox="0 0 ([\d.]+)', drawing)[1])
        sizes = [float(s) for s in re.findall(r'font-size="([\d.]+)', drawing[drawing.index("<svg x="):])]
        chart, beneath = [s for s in sizes if s != 9.5 or "km" in case[1]], 9.5
        assert min(chart) * width / across >= PRESETS[purpose].least - 0.1, purpose
        assert beneath * width / across >= 7, purpose


def boxes(slide):
    return {s.name: (s.left, s.top, s.left + s.width, s.top + s.height) for s in slide.shapes
            if s.name.split(" ")[0] not in ("Slide",)}


@pytest.mark.parametrize("case", FIGURES, ids="-".join)
def test_slides_are_read_from_the_back_row(case):
    """No letter of a chart below 12 points, none of a table below 10; nothing on another, nothing off the slide."""
    figure = figure_of(case).ready()
    deck = Presentation(io.BytesIO(pptx([figure])))
    for number, slide in enumerate(deck.slides):
        placed = boxes(slide)
        assert "Footnote" in placed and slide.shapes.title.text.startswith(figure.full_title[:100])
        for a, b in combinations(placed.values(), 2):
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (number, placed)
        for left, top, right, bottom in placed.values():
            assert left >= 0 and right <= deck.slide_width, (number, placed)
            assert top >= 0 and bottom <= deck.slide_height, (number, placed)
        for shape in slide.shapes:
            inside = list(shape.shapes) if shape.shape_type == MSO_SHAPE_TYPE.GROUP else []
            points = [r.font.size.pt for s in inside if s.has_text_frame for r in s.text_frame.paragraphs[0].runs]
            assert min(points, default=12) >= 11.85, (number, sorted(set(points)))
            if shape.has_table:
                assert len(shape.table.rows) - figure.table.columns.nlevels >= min(3, len(figure.table)) or len(
                    figure.table) < 4
                cells = [c.text_frame.paragraphs[0] for row in shape.table.rows for c in row.cells]
                assert min(p.font.size.pt for p in cells) >= 10


@pytest.mark.parametrize("case", FIGURES, ids="-".join)
def test_files_hold_the_rows_of_the_figure(case):
    figure = figure_of(case)
    lines = list(csv.reader(io.StringIO(csv_bytes(figure).decode("utf-8-sig"))))
    assert len(lines) == len(figure.drawn) + 1 and lines[0] == [str(c) for c in figure.drawn.columns]
    book = load_workbook(io.BytesIO(xlsx_bytes(figure)))
    assert book["Numbers"].max_row == len(figure.drawn) + 1
    assert book["Table"].max_row == len(figure.table) + figure.table.columns.nlevels


def test_the_published_export_holds_all_that_it_speaks_of():
    """The list shows forty rows; files hold all 519, and the picture says which it shows."""
    figure = every_figure("sample")["published"]
    assert len(figure.table) == len(figure.drawn) == 519
    assert len(figure.drawing["datasets"]["rows"]) == 40
    assert "The picture shows rows 41 to 80 of 519" in " ".join(figure.notes)
    part = every_figure("sample")["audit"]
    assert len(part.drawn) == len(part.table) == 7 and "These are 7 of" in " ".join(part.notes)


@pytest.mark.parametrize("case", FIGURES, ids="-".join)
def test_numbers_in_words_and_tables_are_written_for_people(case):
    """No number with more than six decimals, and none of nothing but zeros."""
    figure = figure_of(case)
    cells = " | ".join(str(v) for row in figure.table.to_numpy() for v in row)
    marks = " | ".join(str(r[f]) for rows in (figure.chart or {"datasets": {}})["datasets"].values() for r in rows
                       for f in ("text", "tip", "value", "month", "risk") if f in r)
    for text in (*figure.words(), cells, marks):
        assert not re.search(r"\d\.\d{7,}|(?<!\d)0\.0{4,}(?!\d)|\dE[-+]\d", text), text


def has_ratio(figure):
    """Tell whether a figure prints an estimated hazard ratio: in its finding, or in a column of that name."""
    written = [s for s in figure.summary if re.search(r"\bHR\b|[Hh]azard ratio", s)]
    for i, heads in enumerate(headings_of(figure.table)):
        if re.search(r"\bHR\b|[Hh]azard ratio", " ".join(heads)):
            written += map(str, figure.table.iloc[:, i])
    return any(re.search(r"\d \([<\d.]+–", cell) for cell in written)


# Ratios that are printed, or are held against printed ones: a click on these opens the panel with the verdict.
OF_A_PAPER = ("published", "audit", "widths")


@pytest.mark.parametrize("case", [c for c in FIGURES if c[1] not in OF_A_PAPER], ids="-".join)
def test_where_a_hazard_ratio_stands_its_assumption_stands_beside_it(case):
    figure = figure_of(case)
    if has_ratio(figure):
        assert "roportional hazards" in " ".join([*figure.words(), *(" ".join(h) for h in headings_of(figure.table))])


def test_hazard_ratios_are_recognised():
    kinds = {kind for name, kind in FIGURES if has_ratio(every_figure(name)[kind])}
    assert {"km survival", "km panes", "model", "subgroups", "weighted"} <= kinds
