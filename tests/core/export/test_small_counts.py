"""Counts of few patients leave no file: neither its numbers, nor its table, chart or words."""

import io
import re
from dataclasses import replace

import pandas as pd
import pytest
from openpyxl import load_workbook
from pptx import Presentation

from core.charts.attrition import attrition_figure
from core.charts.model_tables import split_figure
from core.charts.pairs import pairs_figure
from core.errors import CohortError
from core.export.deck import Entry, Talk, deck_pptx
from core.export.files import made
from core.export.picture import svg
from core.export.report import report_html
from core.export.small_counts import _COUNTED, without_small_counts
from core.export.style import Style
from core.hazards import cox, pairs, time_split
from core.language import CHINESE, speaking
from core.summaries.attrition import attrition
from tests.shared.every_figure import every_figure
from tests.shared.figures import km

pytestmark = pytest.mark.slow

NOT_COUNTS = ("published", "audit", "widths", "love", "spline", "course", "along", "along numbers", "zph",
              "model tests", "volcano")
FIGURES = [(name, kind) for name in ("sample", "awkward") for kind in every_figure(name) if kind not in NOT_COUNTS]
_COUNT = re.compile(r"\b(\d[\d,]*) \(\d+%\)|^(\d[\d,]*) / (\d[\d,]*)$|^(\d[\d,]*) of (\d[\d,]*)$")


def small(text, least):
    return [n for m in _COUNT.finditer(text) for n in m.groups() if n and 0 < int(n.replace(",", "")) < least]


@pytest.mark.parametrize("least", [5, 10])
@pytest.mark.parametrize("case", FIGURES, ids="-".join)
def test_no_small_count_is_left(case, least):
    figure = every_figure(case[0])[case[1]].ready()
    safe = without_small_counts(figure, least)
    for column in (c for c in safe.drawn.columns if _COUNTED.fullmatch(str(c))):
        if pd.api.types.is_numeric_dtype(safe.drawn[column]):
            assert not ((safe.drawn[column] > 0) & (safe.drawn[column] < least)).any(), column
    cells = [str(v) for row in safe.table.to_numpy().tolist() for v in row]
    assert not [c for c in cells if small(c, least)]
    for chart in (safe.chart, *safe.layouts.values(), *safe.slides):
        for rows in (chart or {"datasets": {}})["datasets"].values():
            assert not [v for row in rows for v in row.values() if isinstance(v, str) and small(v, least)]
    assert len(safe.table) == len(figure.table) and f"<{least}" in " ".join(safe.notes)


def words_of(figure):
    """Return the words of a figure and its charts' texts, a list for each."""
    drawn = [chart["datasets"] for chart in (figure.chart or {"datasets": {}}, *figure.layouts.values())]
    charts = [[v for rows in data.values() for row in rows for v in row.values() if isinstance(v, str)]
              for data in drawn]
    words = [figure.alt, figure.provenance.patients, figure.provenance.subgroup]
    return [[*figure.summary], [*figure.warnings, *figure.notes], words, *charts]


@pytest.mark.parametrize("case", FIGURES, ids="-".join)
def test_in_chinese_the_same_counts_are_left_out(case):
    name, kind = case
    english = without_small_counts(every_figure(name)[kind].ready(), 10)
    with speaking(CHINESE):
        chinese = without_small_counts(every_figure(name)[kind].ready(), 10)
    cells = ([str(v) for row in f.table.to_numpy().tolist() for v in row] for f in (english, chinese))
    for before, after in zip(*cells, strict=True):
        assert before.count("<10") == after.count("<10"), (before, after)
    for before, after in zip(words_of(english), words_of(chinese), strict=True):
        assert sum(t.count("<10") for t in before) == sum(t.count("<10") for t in after), (before, after)


def test_what_is_large_or_nothing_stays(sample):
    figure = every_figure("sample")["adverse events"].ready()
    safe = without_small_counts(figure, 5)
    for before, after in zip(figure.table.astype(str).to_numpy().ravel(), safe.table.to_numpy().ravel(), strict=True):
        assert after in (before, "<5")
    assert "0 (0%)" in safe.table.to_numpy().ravel()
    curves = without_small_counts(km(sample).ready(), 5)
    assert curves.table.equals(km(sample).table.astype(str)) or (curves.table == km(sample).table).all(axis=None)


def shown(figure):
    """Return the numbers that stand as texts in a picture, without the ticks of its axes."""
    return re.findall(r">([^<>]*)</text>", svg(figure, Style(bare=True)).decode())


def test_bare_numbers_at_bars_and_set_sizes_are_counts_too():
    for name in ("sample", "awkward"):
        of = every_figure(name)
        for kind in ("adverse events", "failure", "response"):
            safe = without_small_counts(of[kind].ready(), 10)
            texts = [t for t in shown(safe) if re.fullmatch(r"[1-9]|.*\([1-9]\)|[A-Z]{2} [1-9]", t)]
            assert texts == [], (name, kind, texts)


def test_a_flow_of_patients_and_tables_of_other_forms(sample):
    few = sample.filter({"tumor_size": {"gt": 12}})
    flow = without_small_counts(attrition_figure(few, attrition(few, endpoint="OS")).ready(), 10)
    assert not [c for c in flow.table.iloc[:, 1:].to_numpy().ravel() if re.fullmatch("[1-9]", c)]
    assert not ((flow.drawn.select_dtypes("number") > 0) & (flow.drawn.select_dtypes("number") < 10)).any(axis=None)
    texts = shown(flow)
    assert any("&gt; 12" in t for t in texts) and not [t for t in texts if re.search(r"(^|\+ |: )[1-9] ", t)]
    heat = without_small_counts(pairs_figure(few, pairs(few, first="pvtt", second="sex", endpoint="OS")).ready(), 10)
    assert not [c for row in heat.table.to_numpy().tolist() for c in row if re.fullmatch(r"[1-9](, [1-9] events?)?", c)]
    term = without_small_counts(every_figure("sample")["term"].ready(), 5)
    assert not [c for row in term.drawn.to_numpy().tolist() for c in row if small(str(c), 5)]
    model = cox(sample, endpoint="OS", covariates=("arm",))
    split = time_split(sample, endpoint="OS", covariates=("arm",), at=30.0)
    apart = without_small_counts(split_figure(sample, model, split, ["arm"], at=30.0).ready(), 10)
    assert "30" in str(list(apart.table.columns)) and not re.search(r"[: ][1-9] (patients|events)",
                                                                      str(list(apart.table.columns)))


def test_what_is_no_count_stays():
    for text in ("Rates of 4 adverse events", "Grade 3 events", "grade 3 events", "0.5 events", "12.3 (4.5–6.7)",
                 "month 6", "p = .03", "> 5 patients"):
        few = without_small_counts(replace(every_figure("sample")["response"], summary=(text,)), 10)
        assert few.summary == (text,)
    said = without_small_counts(replace(every_figure("sample")["response"], notes=("1,200 patients, 7 events",)), 10)
    assert said.notes[0] == "1,200 patients, <10 events"
    printed = every_figure("sample")["published"]
    assert without_small_counts(printed, 10).table.equals(printed.table)


def test_methods_and_the_page_s_data(sample):
    few = km(sample.filter({"tumor_size": {"gt": 13}})).ready()
    style = Style(least=10)
    bars = every_figure("sample")["bars"].ready()
    deck = Presentation(io.BytesIO(deck_pptx([Entry(figure=few)], Talk(), style=style)))
    words = " ".join(s.text_frame.text for slide in deck.slides for s in slide.shapes if s.has_text_frame)
    words += " ".join(slide.notes_slide.notes_text_frame.text for slide in deck.slides if slide.has_notes_slide)
    page = report_html([Entry(figure=few), Entry(figure=bars)], Talk(), style=style).decode()
    for text in (words, page.split("<script id=")[0]):
        assert not re.search(r"\b[1-9] (of 82 patients|patients|OS events|events)", text)
    assert not re.search(r'"(all|here)": [1-9][,}]', page)


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
