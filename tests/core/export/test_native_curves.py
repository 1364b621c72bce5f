"""A chart of PowerPoint itself: the curves' own values, limits behind, numbers at risk under the ticks."""

import io
from dataclasses import replace

import numpy as np
import pytest
from pptx import Presentation
from pptx.oxml.ns import qn

from core.charts import CurveOptions, km_figure, part_of
from core.export.files import NATIVE, formats_of, made
from core.export.native_curves import native_curves
from core.export.style import Style, dressed
from core.figure import Figure
from core.survival import kaplan_meier
from tests.core.export.test_stage import template
from tests.shared.every_figure import cohorts, every_figure

pytestmark = pytest.mark.slow


def figure_of(cohort, by="arm", **options) -> Figure:
    return km_figure(part_of(cohort, endpoint="OS", by=by, whole=cohort.whole), CurveOptions(**options)).ready()


def slide_of(figure, style=None, **asked):
    return Presentation(io.BytesIO(made(figure, NATIVE, style or Style(), **asked))).slides[0]


def chart_of(slide):
    shape, = (s for s in slide.shapes if s.has_chart)
    return shape.chart


def series_of(chart):
    """Return the points of each series by its name."""
    found = {}
    for element in chart._chartSpace.iter(qn("c:ser")):
        name = element.find(qn("c:tx")).find(f".//{qn('c:v')}").text
        x, y = ([float(v.text) for v in element.find(qn(axis)).iter(qn("c:v"))] for axis in ("c:xVal", "c:yVal"))
        found[name] = (x, y)
    return found


@pytest.mark.parametrize("name", ["sample", "two", "awkward"])
def test_series_are_the_curves(name):
    cohort = cohorts()[name]
    figure = figure_of(cohort)
    found = series_of(chart_of(slide_of(figure)))
    curves = kaplan_meier(cohort, endpoint="OS", by="arm").curves
    lengths = set()
    for level, of in curves.groupby("strata", sort=False):
        x, y = found[level]
        lengths.add(len(x))
        assert (x[0], y[0]) == (0.0, 1.0) and sorted(x) == x and sorted(y, reverse=True) == y
        steps = dict(zip(x, y, strict=True))  # of a time the last, the lower end of its step
        for t, s in zip(of.time, of.estimate, strict=True):
            before = max(k for k in steps if k <= t + 1e-5)
            assert steps[before] == pytest.approx(s)
        censored, marks = of[of.n_censor > 0], found[f"{level}, censored"]
        assert marks[0] == pytest.approx(censored.time.tolist(), abs=1e-5)
        assert marks[1] == pytest.approx(censored.estimate.tolist())
    assert len(lengths) == 1  # LibreOffice hides a series before a longer one


def test_numbers_at_risk_stand_under_the_ticks(sample):
    figure = figure_of(sample.filter({"pvtt": {"in": ["Vp3", "Vp4"]}}))
    slide, shown = slide_of(figure), native_curves(figure, Style())
    shape = next(s for s in slide.shapes if s.has_table and s.name == "Number at risk")
    rows = [[c.text for c in row.cells] for row in shape.table.rows]
    drawn = [row["text"] for row in figure.drawing["datasets"]["counts"]]
    assert [v for row in rows[1:] for v in row[1:]] == drawn
    assert [row[0] for row in rows[1:]] == list(sample.levels("arm"))
    chart = next(s for s in slide.shapes if s.has_chart)
    layout = chart.chart._chartSpace.find(f".//{qn('c:manualLayout')}")
    inner = {name: float(layout.find(qn(f"c:{name}")).get("val")) for name in "xywh"}
    for j, tick in enumerate(shown.ticks, start=1):
        centre = shape.left + sum(shape.table.columns[i].width for i in range(j)) + shape.table.columns[j].width / 2
        place = chart.left + chart.width * (inner["x"] + inner["w"] * tick / shown.longest)
        assert abs(centre - place) < 914400 * 0.03
    assert shape.top + shape.height <= next(s for s in slide.shapes if s.name == "Footnote").top


@pytest.mark.parametrize("options", [{"until": 24.0, "every": 4.0}, {"at_risk": 5}])
@pytest.mark.parametrize("style", [Style(), Style(months=True), Style(least=10)])
def test_numbers_at_risk_are_those_of_the_figure_whatever_is_cut(sample, options, style):
    figure = figure_of(sample, **options)
    slide = slide_of(figure, style)
    table = next(s for s in slide.shapes if s.name == "Number at risk").table
    rows = [[c.text for c in row.cells] for row in table.rows]
    wanted = [row["text"] for row in dressed(figure, style).laid_out("middle")["datasets"]["counts"]]
    assert [v for row in rows[1:] for v in row[1:]] == wanted
    assert (style.least == 10) is ("<10" in wanted)
    found = series_of(chart_of(slide))
    assert all(found[f"{level}, censored"][0] for level in sample.levels("arm"))
    assert native_curves(dressed(figure, style), style).longest == options.get("until", 36.0)


def test_of_many_groups_a_legend_names_the_curves_and_nothing_else():
    chart = chart_of(slide_of(figure_of(cohorts()["awkward"])))
    assert chart.has_legend
    gone = {int(e.find(qn("c:idx")).get("val")) for e in chart._chartSpace.iter(qn("c:legendEntry"))}
    assert gone == {5, 6, 7, 8, 9}


def test_the_footnote_names_what_is_drawn(sample):
    filtered = figure_of(sample.filter({"pvtt": {"in": ["Vp3", "Vp4"]}}))
    foot = next(s for s in slide_of(filtered).shapes if s.name == "Footnote").text_frame.text
    assert "whole cohort" not in foot and "medians" not in foot and "censored" in foot


def test_in_whole_months_its_workbook_has_no_other_time(sample):
    found = series_of(chart_of(slide_of(figure_of(sample), Style(months=True))))
    assert all(t == int(t) for x, _ in found.values() for t in x) and len(found) == 4


def test_limits_stand_behind_and_their_ends_are_the_axis(sample):
    slide = slide_of(figure_of(sample))
    order = [s.name for s in slide.shapes]
    band = next(s for s in slide.shapes if s.name == "95% CI")
    assert order.index("95% CI") < next(i for i, s in enumerate(slide.shapes) if s.has_chart) and len(band.shapes) == 2
    assert not [s for s in slide_of(figure_of(sample, band=False)).shapes if s.name == "95% CI"]


def test_axes_edits_and_colours(sample):
    figure = figure_of(sample, until=24.0, every=4.0, up_title="Alive", across_title="Months since TACE")
    slide = slide_of(replace(figure, recipe=replace(figure.recipe, inks=("", "#123456"))))
    chart = chart_of(slide)
    assert chart.value_axis.axis_title.text_frame.text == "Alive"
    assert chart.category_axis.axis_title.text_frame.text == "Months since TACE"
    assert (chart.category_axis.maximum_scale, chart.category_axis.major_unit) == (24, 4)
    assert max(max(x) for x, _ in series_of(chart).values() if x) <= 24
    assert "123456" in chart._chartSpace.xml and "d55e00" not in chart._chartSpace.xml.lower()
    assert slide.shapes.title.text.startswith("Overall survival by arm")


def test_order_of_elements_is_the_schema_s(sample):
    for element in chart_of(slide_of(figure_of(sample)))._chartSpace.iter(qn("c:ser")):
        names = [e.tag.split("}")[1] for e in element]
        known = ["idx", "order", "tx", "spPr", "marker", "dPt", "dLbls", "trendline", "errBars", "xVal", "yVal",
                 "smooth"]
        assert [known.index(n) for n in names] == sorted(known.index(n) for n in names)


def test_numbers_of_axes_are_unsigned(sample):
    space = chart_of(slide_of(figure_of(sample)))._chartSpace
    numbers = [e.get("val") for e in space.iter(qn("c:axId"), qn("c:crossAx"))]
    assert len(set(numbers)) == 2 and all(n.isdigit() for n in numbers)


def test_it_is_offered_of_one_plot_of_survival_alone(sample):
    assert any(f.suffix == NATIVE for f in formats_of(figure_of(sample)))
    for kind in ("km hazard", "km panes", "baseline", "weighted"):
        assert not any(f.suffix == NATIVE for f in formats_of(every_figure("sample")[kind].ready())), kind


def test_on_a_template_and_of_nobody(sample):
    slide_of(figure_of(sample), template=template(dark=True))
    nobody = figure_of(sample.filter({"age": {"gt": 200}}))
    assert native_curves(nobody, Style()) is None
    lone = figure_of(sample.filter({"arm": {"in": ["TACE+IMRT"]}}), by=None)
    assert np.isfinite(native_curves(lone, Style()).longest) and chart_of(slide_of(lone))
