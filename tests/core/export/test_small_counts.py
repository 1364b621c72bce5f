"""Counts of few patients leave no file: neither its numbers, nor its table, chart or words."""

import io
import re

import pandas as pd
import pytest
from openpyxl import load_workbook
from pptx import Presentation

from core.errors import CohortError
from core.export.files import made
from core.export.small_counts import _COUNTED, without_small_counts
from core.export.style import Style
from tests.shared.every_figure import every_figure
from tests.shared.figures import km

pytestmark = pytest.mark.slow

NOT_COUNTS = ("published", "audit", "widths", "love", "spline", "course", "zph", "model tests", "volcano")
FIGURES = [(name, kind) for name in ("sample", "awkward") for kind in every_figure(name) if kind not in NOT_COUNTS]
_COUNT = re.compile(r"\b(\d[\d,]*) \(\d+%\)|^(\d[\d,]*) / (\d[\d,]*)$|^(\d[\d,]*) of (\d[\d,]*)$")


def small(text, least):
    return [n for m in _COUNT.finditer(text) for n in m.groups() if n and 0 < int(n.replace(",", "")) < least]


@pytest.mark.parametrize("least", [5, 10])
@pytest.mark.parametrize("case", FIGURES, ids="-".join)
def test_no_small_count_is_left(case, least):
    figure = every_figure(case[0])[case[1]].ready()
    safe = without_small_counts(figure, least)
    for column in set(_COUNTED) & set(safe.drawn.columns):
        if pd.api.types.is_numeric_dtype(safe.drawn[column]):
            assert not ((safe.drawn[column] > 0) & (safe.drawn[column] < least)).any(), column
    cells = [str(v) for row in safe.table.to_numpy().tolist() for v in row]
    assert not [c for c in cells if small(c, least)]
    for chart in (safe.chart, *safe.layouts.values(), *safe.slides):
        for rows in (chart or {"datasets": {}})["datasets"].values():
            assert not [v for row in rows for v in row.values() if isinstance(v, str) and small(v, least)]
    assert len(safe.table) == len(figure.table) and f"<{least}" in " ".join(safe.notes)


def test_what_is_large_or_nothing_stays(sample):
    figure = every_figure("sample")["adverse events"].ready()
    safe = without_small_counts(figure, 5)
    for before, after in zip(figure.table.astype(str).to_numpy().ravel(), safe.table.to_numpy().ravel(), strict=True):
        assert after in (before, "<5")
    assert "0 (0%)" in safe.table.to_numpy().ravel()
    curves = without_small_counts(km(sample).ready(), 5)
    assert curves.table.equals(km(sample).table.astype(str)) or (curves.table == km(sample).table).all(axis=None)


def test_words_and_headings(sample):
    few = km(sample.filter({"tumor_size": {"gt": 13}})).ready()
    safe = without_small_counts(few, 10)
    words = " ".join([safe.full_title, safe.full_alt, *safe.words()])
    assert not re.search(r"\b[1-9] of 82 patients|\b[1-9] (OS )?events", words)
    baseline = without_small_counts(every_figure("awkward")["baseline"].ready(), 1000)
    assert all("<1000" in str(c) for c in baseline.table.columns if "n =" in str(c))


def test_files_are_made_so():
    figure = every_figure("sample")["response"].ready()
    style = Style(least=10)
    for suffix in (".svg", ".csv"):
        assert b"3 (12%)" not in made(figure, suffix, style)
    book = load_workbook(io.BytesIO(made(figure, ".xlsx", style)))
    values = [c.value for sheet in book for row in sheet for c in row]
    assert not [v for v in values if isinstance(v, str) and small(v, 10)]
    deck = Presentation(io.BytesIO(made(figure, ".pptx", style)))
    cells = [c.text for s in deck.slides for shape in s.shapes if shape.has_table for row in shape.table.rows
             for c in row.cells]
    assert "<10" in cells and not [c for c in cells if small(c, 10)]
    with pytest.raises(CohortError, match="least"):
        Style(least=3)
