"""Adverse events in long form."""

import numpy as np

from core import read_cohort
from tests.corpus.files import BASE, raw


def test_events_in_long_form_keep_what_is_recorded():
    events = ("id,AE,grade,SOC,serious,related,day\nP001,Rash,2,Skin,yes,no,12\nP001,rash ,3,Skin,N,Y,15\n"
              "P002,Pain,,Other,,,\n")
    cohort = read_cohort(raw(BASE), adverse_events=raw(events))
    long = cohort.long_events
    assert long.term.astype(str).tolist() == ["Rash", "Rash", "Pain"]
    assert long.serious.astype(object).tolist()[:2] == ["yes", "no"]
    assert long.related.isna().tolist() == [False, False, True]
    assert long.day.tolist()[:2] == [12, 15]
    worst = cohort.worst_grades
    assert worst.grades[0].tolist() == [0, 3] and np.isnan(worst.grades[1, worst.terms.index("Pain")])
    again = read_cohort(raw(BASE), cohort.mapping.to_json(), adverse_events=raw(events))
    assert again.mapping == cohort.mapping
