"""Charts of rows are divided whole: every row on one page, under its head, none forgotten alone."""

import pytest

from core.figure.rooms import ROOMS, divided, least_width, relaid, sizes
from core.figure.theme import layers_of
from tests.shared.every_figure import every_figure

ROWED = [(name, kind) for name in ("sample", "awkward") for kind, figure in every_figure(name).items()
         if figure.chart and "rows" in figure.chart["usermeta"]]


def rows_of(chart):
    """Return what is written of each row, in order, without those that head all."""
    heads = chart["usermeta"]["rows"]["heads"]
    named = {}
    for rows in chart["datasets"].values():
        for row in rows:
            text = row.get("label") or row.get("text") or row.get("figure")
            if row.get("i", -1) >= heads and text:
                named.setdefault(row["i"], []).append(text)
    return [named[i] for i in sorted(named)]


@pytest.mark.parametrize("case", ROWED, ids="-".join)
@pytest.mark.parametrize("height", [150, 260, 400])
def test_pages_have_all_rows_once_and_in_order(case, height):
    chart = every_figure(case[0])[case[1]].laid_out("slide")
    pages = divided(chart, height)
    assert [r for page in pages for r in rows_of(page)] == rows_of(chart)
    if len(pages) > 1:
        assert all(page["height"] <= height for page in pages)
        each = [page["usermeta"]["rows"]["number"] - page["usermeta"]["rows"]["heads"] for page in pages]
        assert min(each) >= 3 or sum(each) < 3 * len(each)
    for page in pages:
        number = page["usermeta"]["rows"]["number"]
        for layer in layers_of(page):
            y = layer["encoding"].get("y")
            if isinstance(y, dict) and y.get("field") == "i" and y.get("scale"):
                assert y["scale"]["domain"] == list(range(number))


def test_a_page_begins_with_a_factor_where_that_is_possible():
    pages = divided(every_figure("sample")["subgroups"].laid_out("slide"), 260)
    assert len(pages) > 2
    for page in pages[1:]:
        assert next(row for row in page["datasets"]["rows"] if row["i"] == 1)["head"]


def test_a_chart_without_rows_or_that_fits_is_left_alone():
    curve = every_figure("sample")["km survival"].drawing
    assert divided(curve, 100) == [curve]
    forest = every_figure("sample")["model"].drawing
    assert divided(forest, forest["height"]) == [forest]


def test_a_room_is_as_wide_as_the_chart_needs_at_least():
    butterfly = every_figure("sample")["butterfly"].drawing
    assert relaid(butterfly, "narrow")["width"] == least_width(butterfly) > ROOMS["narrow"]
    assert relaid(butterfly, "slide")["width"] == ROOMS["slide"]


def test_sizes_are_those_of_letters_and_not_of_data():
    chart = {"mark": {"fontSize": 9}, "config": {"axis": {"labelFontSize": 11}}, "layer": [{"mark": {"fontSize": 10}}],
             "datasets": {"rows": [{"fontSize": 2}]}}
    assert sorted(sizes(chart)) == [9, 10, 11]
