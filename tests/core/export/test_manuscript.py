"""Sentences for a manuscript: those of what was done and no others, each with its papers."""

import re

import pytest

from core.export.manuscript import methods_paragraph, results_sentences
from core.language import LANGUAGES, speaking
from tests.shared.every_figure import every_figure
from tests.shared.figures import km

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reference_is_called_and_listed_in_order(language):
    with speaking(language):
        text = methods_paragraph([f.ready() for f in every_figure("two").values()])
    body, _, listed = text.partition("\n\n")
    numbers = [int(n) for mark in re.findall(r"\[([\d, ]+)\]", body) for n in mark.split(", ")]
    assert sorted(set(numbers)) == list(range(1, listed.count("\n") + 2))
    assert list(dict.fromkeys(numbers)) == sorted(set(numbers))
    assert len(set(listed.splitlines())) == listed.count("\n") + 1


def test_only_what_was_done_is_said(sample):
    one = methods_paragraph([km(sample, by=None)])
    assert "Kaplan-Meier method" in one and "Cox" not in one and "log-rank" not in one and "Gray" not in one
    two = methods_paragraph([km(sample)])
    for words in ("log-rank test [", "Cox proportional hazards regression [", "Efron's method [",
                  "Schoenfeld residuals ["):
        assert words in two
    assert "Restricted mean" not in methods_paragraph([every_figure("sample")["subgroups"]])  # a note advises them
    assert "Fisher" not in two and "Fisher" in methods_paragraph([every_figure("sample")["adverse events"]])
    assert "Aalen-Johansen" in methods_paragraph([every_figure("two")["incidence"]])


def test_chinese_and_english_say_the_same_number_of_things():
    made = {}
    for language in LANGUAGES:
        with speaking(language):
            made[language] = methods_paragraph(list(every_figure("sample").values()))
    english, chinese = made.values()
    assert english.partition("\n\n")[2] == chinese.partition("\n\n")[2]
    assert re.search(r"[\u4e00-\u9fff]", chinese) and not re.search(r"[\u4e00-\u9fff]", english)


def test_results_hold_the_figures_own_numbers(vp3):
    text = results_sentences([km(vp3)])
    assert "PVTT grade Vp3, 38 of 82 patients" in text and "Log-rank p" in text and "median" in text
    assert all(line.rstrip(".") in text for line in km(vp3).summary)
