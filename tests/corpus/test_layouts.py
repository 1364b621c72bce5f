"""No layout of the field is read wrongly without a question."""

import csv
import io

import numpy as np
import pytest

from core import NeedsAnswer, read_cohort
from core.schema import event_column, time_column
from tests.corpus.layouts import DEAD, EARLIER, FAILED, LAYOUTS, MONTHS, PAIRS

LONGEST_QUESTIONS = 2  # answers for nearly all layouts


def file_of(layout):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(layout.columns)
    writer.writerows(zip(*layout.columns.values(), strict=True))
    return out.getvalue().encode()


def read(layout):
    """Read a layout; answer what is asked as is right. Return the cohort and the questions."""
    data, mapping, asked = file_of(layout), None, []
    while True:
        try:
            return read_cohort(data, mapping), asked
        except NeedsAnswer as question:
            asked.append(question)
            answer = next((a for words, a in layout.asked.items() if words in question.problem), None)
            assert answer is not None, f"asked for nothing: {question}"
            choice = next(c for c in question.choices if c.startswith(answer))
            mapping = question.answered(choice)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_layout_is_read_as_it_is_meant(layout):
    cohort, asked = read(layout)
    assert len(asked) == len(layout.asked), [q.problem for q in asked]
    if not layout.right:  # between dates
        endpoint, = cohort.mapping.endpoints
        assert (endpoint.start, endpoint.event, endpoint.event_values) == ("date of diagnosis", "status", ("dead",))
        assert np.array_equal(cohort.patients[event_column("OS")], DEAD)
        return
    assert {e.name: (e.time, e.event, e.unit) for e in cohort.mapping.endpoints} == layout.right
    for name in layout.right:
        months = MONTHS if name == "OS" else EARLIER / 2 + 0.2 if "thirty times" in layout.name else EARLIER
        events = DEAD if name == "OS" else FAILED
        assert cohort.patients[time_column(name)].to_numpy() == pytest.approx(months, abs=0.03)
        assert np.array_equal(cohort.patients[event_column(name)], events)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_outcomes_are_no_baseline_factors(layout):
    cohort, _ = read(layout)
    known = {f.column: f.known for f in cohort.mapping.factors}
    assert all(known.get(column, "later") == "later" for column in layout.later)
    assert {c for c, k in known.items() if k == "baseline"} <= {"age", "sex", "year"}


def test_each_choice_says_what_it_would_mean():
    """Patients, events and the median of every reading of units and events."""
    for layout in PAIRS:
        _, asked = read(layout)
        for question in asked:
            if "Which endpoint" in question.problem:  # changes a name, no number
                continue
            assert len(question.meanings) == len(question.choices)
            assert all("patients" in m and "median" in m for m in question.meanings), question.problem


def test_there_are_sixty_layouts_and_most_need_two_answers_at_most():
    assert len(LAYOUTS) >= 60
    assert sum(len(layout.asked) <= LONGEST_QUESTIONS for layout in LAYOUTS) >= len(LAYOUTS) - 3
