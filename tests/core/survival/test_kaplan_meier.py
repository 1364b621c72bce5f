"""Curves of emptied arms, and without events."""

import numpy as np
import pytest

from core import read_cohort
from core.charts.survival_tables import restricted_mean_table
from core.survival.estimates import (
    differences_at,
    follow_up,
    restricted_mean,
    restricted_mean_comparison,
    survival_at,
)
from core.survival.log_rank import compare


def test_an_emptied_arm_has_no_test_and_no_figures(sample):
    alone = sample.filter({"arm": {"in": ["TACE+IMRT"]}})
    assert compare(alone, endpoint="OS", by="arm").empty
    at = survival_at(alone, endpoint="OS", by="arm", times=(12.0,))
    assert np.isnan(at.estimate[1]) and at.n_risk[1] == 0
    assert np.isnan(restricted_mean(alone, endpoint="OS", by="arm").estimate[1])
    assert np.isnan(follow_up(alone, endpoint="OS", by="arm").reverse_median[1])


def test_curves_without_events_or_at_zero_break_nothing():
    rows = "".join(f"p{i},{'ab'[i % 2]},{i % 7 + 1},0\n" for i in range(20))
    flat = read_cohort(f"id,arm,OS_months,OS_event\n{rows}".encode())
    found = restricted_mean_comparison(restricted_mean(flat, endpoint="OS", by="arm"))
    assert found.estimate.tolist() == pytest.approx([0, 1]) and found.p_value.isna().all()
    assert differences_at(survival_at(flat, endpoint="OS", by="arm", times=(3.0,))).p_value.isna().all()
    at_once = read_cohort(("id,arm,OS_months,OS_event\n" + "".join(
        f"p{i},{'ab'[i % 2]},{0 if i % 2 else i + 1},1\n" for i in range(20))).encode())
    assert restricted_mean(at_once, endpoint="OS", by="arm").estimate.tolist() == [0, 0]
    assert restricted_mean_comparison(restricted_mean(at_once, endpoint="OS", by="arm")).p_value.isna().all()
    table = restricted_mean_table(restricted_mean(flat, endpoint="OS", by="arm"), found)
    assert table.iloc[0, 3] == "reference" and table.iloc[1, 3] == "0.0 (0.0–0.0)"
