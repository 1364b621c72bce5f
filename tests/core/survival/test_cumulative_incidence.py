"""Cumulative incidence and Gray's test beside cmprsk's; the two forms in which a file holds first causes."""

import numpy as np
import pytest

from core import read_cohort
from core.survival import kaplan_meier
from core.survival.cumulative_incidence import cumulative_incidence, incidence_at
from tests.conftest import REFERENCE
from tests.shared.from_r import agree, curve_cohort, floats, from_r

CASES = {
    "pbc_sex": ("pbc.csv", "first", "sex", {"1": "transplant", "2": "death"}),
    "pbc_stage": ("pbc.csv", "first", "stage", {"1": "transplant", "2": "death"}),
    "simulated_arm": ("simulated.csv", "PFS", "arm", {"1": "relapse", "2": "death"}),
    "simulated_stage": ("simulated.csv", "PFS", "stage", {"1": "relapse", "2": "death"}),
}


@pytest.mark.parametrize("name", CASES)
def test_incidence_and_gray(name):
    """cuminc, timepoints (estimate, variance) and cuminc's Tests, with ties."""
    file, endpoint, by, words = CASES[name]
    theirs = from_r("survival")["competing"][name]
    ours = cumulative_incidence(curve_cohort(REFERENCE / file), endpoint=endpoint, by=by)
    at = incidence_at(ours, theirs["times"]).set_index(["cause", "strata", "time"])
    for i, (group, code) in enumerate(zip(theirs["group"], theirs["cause"], strict=True)):
        for j, time in enumerate(theirs["times"]):
            row = at.loc[words[str(code)], str(group), time]
            wanted = floats(theirs["estimate"][i])[j], floats(theirs["std_error"][i])[j]
            agree([row.estimate, row.std_error], list(wanted), scale=1e-6)
    gray = ours.gray.set_index("cause")
    for i, code in enumerate(theirs["gray"]["cause"]):
        row = gray.loc[words[str(code)]]
        agree([row.statistic, row.df, row.p_value], [theirs["gray"][c][i] for c in ("statistic", "df", "p_value")])


def test_incidences_and_event_free_survival_add_up_to_one():
    """At each time everyone has had one of the causes or none."""
    cohort = curve_cohort(REFERENCE / "simulated.csv")
    ours = cumulative_incidence(cohort, endpoint="PFS", by="arm")
    free = kaplan_meier(cohort, endpoint="PFS", by="arm").curves
    for level in ours.levels:
        had = ours.curves[ours.curves.strata == level].groupby("time").estimate.sum()
        np.testing.assert_allclose(had, 1 - free[free.strata == level].estimate, atol=1e-12)


def test_with_one_cause_it_is_kaplan_meier_s_complement():
    rows = "".join(f"p{i},{'ab'[i % 2]},{1 + i % 9},{int(i % 3 > 0)}\n" for i in range(60))
    cohort = read_cohort(f"id,arm,OS_months,OS_event\n{rows}".encode(), {
        "patient_id": "id", "arm": {"column": "arm", "reference": "a"}, "endpoints": {"OS": {
            "time": "OS_months", "event": "OS_event", "event_values": ["1"], "unit": "months",
            "causes": {"1": "death", "9": "never seen"}}}})
    ours = cumulative_incidence(cohort, endpoint="OS", by="arm")
    assert ours.totals["never seen"].sum() == 0
    curves = kaplan_meier(cohort, endpoint="OS", by="arm").curves
    np.testing.assert_allclose(ours.curves[ours.curves.cause == "death"].estimate, 1 - curves.estimate, atol=1e-12)
    assert ours.gray.cause.tolist() == ["death"]  # a cause that nobody had has no test


def test_an_emptied_stratum_and_nobody():
    cohort = curve_cohort(REFERENCE / "pbc.csv")
    alone = cumulative_incidence(cohort.filter({"stage": {"in": ["4"]}}), endpoint="first", by="stage")
    assert alone.gray.empty and alone.totals.n.tolist() == [0, 0, 0, 144]
    nobody = cumulative_incidence(cohort.filter({"stage": {"in": []}}), endpoint="first", by="stage")
    assert nobody.curves.empty and nobody.totals.n.sum() == 0
    assert nobody.curves.columns.tolist() == alone.curves.columns.tolist()
