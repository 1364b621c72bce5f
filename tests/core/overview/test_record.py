"""The record of comparisons: each counts once, p over all of them, and what was declared before it was looked at."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest

from core import Filters
from core.errors import CohortError
from core.overview import Record, question

DAY = date(2026, 11, 29)
VP4, WOMEN = Filters.from_json({"pvtt": {"in": ["Vp4"]}}), Filters.from_json({"sex": {"in": ["F"]}})
OS_BY_ARM = question("OS", "arm", Filters())
SELECTED = "these patients were selected"


def looked_at(*p_values: float) -> Record:
    record = Record()
    for i, p in enumerate(p_values):
        record.look(question("OS", f"factor {i}", Filters()), f"OS by factor {i}", p)
    return record


def test_a_comparison_counts_once_whatever_the_order_of_conditions():
    record = Record()
    both = Filters({**VP4.conditions, **WOMEN.conditions}), Filters({**WOMEN.conditions, **VP4.conditions})
    for filters in (*both, VP4, VP4):
        record.look(question("OS", "arm", filters), "OS by Arm", 0.03)
    record.look(question("OS", "arm", VP4, "none"), "a pane", 0.2)
    record.look(question("PFS", "arm", VP4), "another endpoint", 0.2)
    record.look(question("OS", "sex", VP4), "without a test", float("nan"))
    assert len(record.comparisons) == 4


def test_p_values_over_all_are_those_of_r():
    """R: p.adjust(c(0.01, 0.04, 0.03, 0.5, 0.2), "BH")."""
    record = looked_at(0.01, 0.04, 0.03, 0.5, 0.2)
    assert np.allclose(record.table().p_adjusted, [0.05, 0.2 / 3, 0.2 / 3, 0.5, 0.25], rtol=0, atol=1e-12)
    assert record.by_chance == 0.25
    assert record.summary() == ("5 comparisons of survival looked at: 3 with p < .05, where 0.25 would be by chance; "
                                "0 after Benjamini and Hochberg.")


def test_what_was_declared_before_is_pre_specified_and_what_was_seen_is_exploratory():
    record = Record()
    record.declare(OS_BY_ARM, "OS by Arm", test="log-rank", on=DAY)
    record.look(OS_BY_ARM, "OS by Arm", 0.01)
    standing = record.standing("km-os-arm", OS_BY_ARM, answers=True)
    assert standing == ("Pre-specified: declared on 2026-11-29 (OS by Arm, log-rank) before this session looked at it.")
    seen = question("OS", "arm", VP4)
    record.look(seen, "OS by Arm: PVTT grade Vp4", 0.2)
    record.declare(seen, "OS by Arm: PVTT grade Vp4", test="Peto", on=DAY)
    late = record.standing("km-os-arm", seen, answers=True, selected=SELECTED)
    assert late.startswith("Exploratory: declared on 2026-11-29")
    record.declare(OS_BY_ARM, "again", test="Peto", on=date(2027, 1, 1))
    assert record.analyses[0].test == "log-rank"
    with pytest.raises(CohortError, match="no test"):
        record.declare(seen, "", test="t", on=DAY)


def test_a_selection_is_exploratory_where_outcomes_are_shown():
    record, selected = looked_at(0.1, 0.2), question("OS", "arm", WOMEN)
    assert record.standing("km-os-arm", selected, answers=True, selected=SELECTED) == (
        "Exploratory: these patients were selected after outcomes had been seen (2 comparisons in this session).")
    assert record.standing("adverse-events-arm", selected, answers=False, selected=SELECTED).startswith("Exploratory")
    assert not record.standing("baseline-arm", selected, answers=False, selected=SELECTED)
    assert not record.standing("km-os-arm", OS_BY_ARM, answers=True)


def test_a_declaration_speaks_of_its_curves_alone():
    record = Record()
    record.declare(OS_BY_ARM, "OS by Arm", test="log-rank", on=DAY)
    assert not record.standing("adverse-events-arm", OS_BY_ARM, answers=False)
    record.withdraw(OS_BY_ARM)
    record.withdraw(OS_BY_ARM)  # pressed twice
    assert not record.standing("km-os-arm", OS_BY_ARM, answers=True)


def test_a_planned_selection_is_not_called_exploratory_in_any_figure():
    record = looked_at(0.2)
    planned = question("OS", "arm", VP4)
    record.declare(planned, "OS by Arm: PVTT grade Vp4", test="log-rank", on=DAY)
    assert not record.standing("cox-os", planned, answers=False, selected=SELECTED)
    assert not Record().standing("cox-os", question("OS", "arm", WOMEN), answers=False, selected=SELECTED)


def test_levels_in_another_order_and_another_coding():
    named = [Filters.from_json({"pvtt": {"in": levels}}) for levels in (["Vp3", "Vp4"], ["Vp4", "Vp3"])]
    assert question("OS", "arm", named[0]) == question("OS", "arm", named[1])
    assert question("OS", "afp", VP4, coding="cut at 400") != question("OS", "afp", VP4, coding="cut at 20")


def test_a_declaration_after_a_saved_look_is_late():
    former, later = Record(), Record()
    former.look(OS_BY_ARM, "OS by Arm", 0.03)
    later.declare(OS_BY_ARM, "OS by Arm", test="log-rank", on=DAY)
    assert [a.seen for a in former.before(later).analyses] == [True]


def test_a_saved_record_leads_back_and_comes_before_what_is_new():
    record = looked_at(0.01, 0.2)
    record.declare(OS_BY_ARM, "OS by Arm", test="log-rank", on=DAY)
    back = Record.from_json(json.loads(json.dumps(record.to_json())))
    assert back == record
    later = Record()
    later.look(OS_BY_ARM, "OS by Arm", 0.5)
    joined = back.before(later)
    assert list(joined.comparisons) == [*record.comparisons, OS_BY_ARM]
    assert joined.analyses == record.analyses


GOOD = looked_at(0.01).to_json()["comparisons"][0]


@pytest.mark.parametrize("damaged", [
    {"comparisons": 1}, {"comparisons": [1]}, {"comparisons": [{}]}, {"analyses": [GOOD]}, {"analyses": "x"},
    {"comparisons": [GOOD | {"p_value": "x"}]}, {"comparisons": [GOOD | {"p_value": 7}]},
    {"comparisons": [GOOD | {"p_value": float("nan")}]}, {"comparisons": [GOOD | {"question": "OS"}]},
    {"comparisons": [GOOD | {"words": None}]}, {"comparisons": [GOOD] * 3000},
], ids=range(11))
def test_damaged_records_are_refused_in_words(damaged):
    with pytest.raises(CohortError, match="damaged"):
        Record.from_json(damaged)


def test_of_two_analyses_of_one_question_in_a_file_the_first_stays():
    record = Record()
    record.declare(OS_BY_ARM, "OS by Arm", test="log-rank", on=DAY)
    data = record.to_json()
    data["analyses"] = [*data["analyses"], data["analyses"][0] | {"words": "again"}]
    assert [analysis.words for analysis in Record.from_json(data).analyses] == ["OS by Arm"]
