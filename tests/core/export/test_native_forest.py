"""A forest as PowerPoint has it: its rows as a table, ratios and limits as a chart whose rows stand beside them."""

import io
import math

import pytest
from pptx import Presentation
from pptx.oxml.ns import qn

from core.export.files import NATIVE, formats_of, made
from core.export.native_forest import has_forest
from core.export.style import Style
from tests.core.export.test_native_curves import series_of
from tests.core.export.test_stage import template
from tests.shared.every_figure import every_figure

pytestmark = pytest.mark.slow

CASES = [(name, kind) for name in ("sample", "two", "awkward") for kind in ("subgroups", "model")]


def slides_of(figure, **asked):
    deck = Presentation(io.BytesIO(made(figure, NATIVE, Style(), **asked)))
    return [s for s in deck.slides if any(shape.name == "Rows of the forest" for shape in s.shapes)]


def parts_of(slide):
    table = next(s for s in slide.shapes if s.name == "Rows of the forest")
    return table, next((s for s in slide.shapes if s.has_chart), None)


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_rows_and_ratios_are_the_figure_s(case):
    figure = every_figure(case[0])[case[1]].ready()
    rows = figure.laid_out("slide")["datasets"]["rows"]
    labels, ratios, limits = [], [], set()
    for slide in slides_of(figure):
        table, chart = parts_of(slide)
        of = [[c.text for c in row.cells] for row in table.table.rows][1:]
        here = rows[len(labels):len(labels) + len(of)]
        labels += [row[0].strip() for row in of]
        found = series_of(chart.chart) if chart else {}
        x, y = found.pop("Hazard ratio", ([], []))
        assert y == [len(of) - i - 0.5 for i, row in enumerate(here) if row["ratio"] is not None]
        ratios += x
        limits |= {tuple(values) for values, _ in found.values()}
        assert [row[-2 if case[1] == "subgroups" else -1] for row in of] == [row["together"] for row in here]
    assert labels == [row["label"].strip() for row in rows]
    assert ratios == [row["ratio"] for row in rows if row["ratio"] is not None]
    assert limits <= {(row["low"], row["high"]) for row in rows if row["low"] is not None} and limits


def test_the_axis_is_logarithmic_and_stands_over_the_empty_column():
    slide = slides_of(every_figure("sample")["subgroups"].ready())[0]
    table, chart = parts_of(slide)
    assert chart.chart._chartSpace.find(f".//{qn('c:logBase')}").get("val") == "10"
    empty = next(j for j in range(len(table.table.columns)) if not any(
        table.table.cell(i, j).text for i in range(len(table.table.rows))))
    left = table.left + sum(table.table.columns[j].width for j in range(empty))
    assert abs(chart.left - left) < 9144 and abs(chart.width - table.table.columns[empty].width) < 9144
    assert abs(chart.top - (table.top + table.table.rows[0].height)) < 9144
    one = next(s for s in slide.shapes if s.name == "A ratio of 1")
    layout = chart.chart._chartSpace.find(f".//{qn('c:manualLayout')}")
    x, w = (float(layout.find(qn(f"c:{name}")).get("val")) for name in "xw")
    middle = chart.left + chart.width * (x + w * math.log(1 / 0.1) / math.log(100))
    assert abs(one.left - middle) < 9144 * 3


def test_letters_have_twelve_points_and_nothing_leaves_the_slide():
    for asked in ({}, {"template": template(dark=True)}):
        deck = Presentation(io.BytesIO(made(every_figure("sample")["subgroups"].ready(), NATIVE, Style(), **asked)))
        for slide in deck.slides:
            for shape in slide.shapes:
                assert shape.left >= 0 and shape.left + shape.width <= deck.slide_width + 9144
                assert shape.top >= 0 and shape.top + shape.height <= deck.slide_height + 9144
                if shape.name == "Rows of the forest":
                    sizes = {run.font.size.pt for row in shape.table.rows for c in row.cells
                             for p in c.text_frame.paragraphs for run in p.runs if run.text}
                    assert sizes == {12}


def test_it_is_offered_of_forests():
    for kind in ("subgroups", "model"):
        figure = every_figure("sample")[kind].ready()
        assert has_forest(figure) and any(f.suffix == NATIVE for f in formats_of(figure))
    assert not has_forest(every_figure("sample")["published"])
