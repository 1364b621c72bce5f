"""Results in Chinese: every form of sentence that figures have, with its numbers and names as they were."""

import re

import pytest

from core.export.chinese import sentence_in_chinese, title_in_chinese
from core.export.manuscript import results_sentences
from tests.shared.every_figure import every_figure

pytestmark = pytest.mark.slow

_ENGLISH = re.compile(r"\b(patients?|events?|median|months?|against|subgroups? of|were looked at|no evidence|points|"
                      r"by arm|Log-rank|Proportional hazards|Best response|Overall survival)\b")
_NUMBER = re.compile(r"\d+(?:\.\d+)?|\.\d+")
KINDS = ("km survival", "km complement", "km hazard", "km one", "model", "subgroups", "response", "failure", "baseline",
         "adverse events", "butterfly")
FIGURES = [(name, kind) for name in ("sample", "two", "awkward") for kind in KINDS if kind in every_figure(name)]


@pytest.mark.parametrize("case", FIGURES, ids="-".join)
def test_nothing_english_is_left_and_every_number_is_there(case):
    figure = every_figure(case[0])[case[1]]
    english, chinese = results_sentences([figure]), results_sentences([figure], "中文")
    assert not _ENGLISH.search(chinese), _ENGLISH.search(chinese)
    assert set(_NUMBER.findall(english)) <= set(_NUMBER.findall(chinese))
    assert chinese.endswith("。") and ".." not in chinese


def test_a_baseline_and_adverse_events_have_a_finding(sample):
    of = every_figure("sample")
    assert "Largest standardised difference" in results_sentences([of["baseline"]])
    found = results_sentences([of["adverse events"]])
    rows = of["adverse events"].drawn
    first = rows[(rows.band == "any") & (rows.term == "Leukopenia")]
    assert all(f"{r.n_event} (" in found for r in first.itertuples()) and "Leukopenia" in found


@pytest.mark.parametrize("sentence", ["", ":", "a: b: c", "Exploratory: declared before.", "HR", "x" * 5000,
                                      "p: " * 2000, "门静脉: 3 patients, 2 events, median NR months"])
def test_whatever_stands_there_something_is_said(sentence):
    assert isinstance(sentence_in_chinese(sentence), str) and isinstance(title_in_chinese(sentence), str)


def test_names_that_look_like_our_words_stay():
    assert sentence_in_chinese("HR Log-rank p: 0.5 (0.2–0.9)") == "Log-rank p 的 HR 0.5(95% CI 0.2–0.9)"
    assert "median" in sentence_in_chinese("median: 3 patients, 2 events, median 4.0 (1.0–NR) months")
