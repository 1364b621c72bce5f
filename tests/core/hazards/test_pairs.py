"""Pairs of factors."""

import numpy as np
import pytest

from core import read_cohort
from core.cohort.filters import Filters
from core.errors import NotEstimable
from core.hazards.pairs import pairs
from core.hazards.treatment_effect import treatment_effect
from core.survival import kaplan_meier
from tests.shared.files import from_text


@pytest.mark.parametrize("filters", [{}, {"sex": {"in": ["M"]}}, {"pvtt": {"not": {"in": ["Vp2"]}}}])
def test_a_cell_is_the_cohort_filtered_to_it(sample, filters):
    cohort = sample.filter(filters)
    result = pairs(cohort, first="hvtt", second="afp", endpoint="OS")
    assert result.rows.n.sum() == cohort.n
    for row in result.rows.itertuples():
        both = {k: of[i][1] for k, of, i in zip(("hvtt", "afp"), result.groups, (row.first, row.second), strict=True)}
        cell = cohort.filter(Filters(both))
        assert row.n == cell.n
        km = kaplan_meier(cell, endpoint="OS").medians.iloc[0]
        np.testing.assert_allclose((row.n_event, row.median), (km.n_event, km["median"]))
        effect = treatment_effect(cell, endpoint="OS", by="arm").terms.iloc[0]
        np.testing.assert_allclose(row.hazard_ratio, effect.hazard_ratio)
    tested = result.rows.p_value.notna()
    assert tested.any() and (result.rows.p_adjusted[tested] >= result.rows.p_value[tested] - 1e-12).all()


def test_missing_values_are_in_no_cell_and_three_arms_have_no_single_ratio():
    text = "id,arm,OS_months,OS_event,sex,age\n" + "".join(
        f"p{i},{'abc'[i % 3]},{i + 1},{i % 2},{'MF'[i % 2] if i else ''},{40 + i}\n" for i in range(30))
    result = pairs(from_text(text), first="sex", second="age", endpoint="OS")
    assert result.rows.n.sum() == 29 and result.rows.hazard_ratio.isna().all()
    without = pairs(from_text(text), first="sex", second="age")
    assert without.rows.n_event.isna().all()


def test_a_variable_without_any_value_is_refused_and_a_grade_is_parted_as_its_strata(sample):
    text = "id,arm,OS_months,OS_event,sex\n" + "".join(f"p{i},{'ab'[i % 2]},{i + 1},{i % 2},\n" for i in range(20))
    mapping = {"patient_id": "id", "arm": {"column": "arm", "reference": "a"}, "factors": {"sex": {"column": "sex"}},
               "endpoints": {"OS": {"time": "OS_months", "event": "OS_event", "unit": "months"}}}
    cohort = read_cohort(text.encode(), mapping=mapping)
    for keys in (("sex", "arm"), ("arm", "sex")):
        with pytest.raises(NotEstimable, match="missing in every patient"):
            pairs(cohort, first=keys[0], second=keys[1], endpoint="OS")
    rows = pairs(sample, first="ae_leukopenia", second="arm").rows
    had = (sample.values("ae_leukopenia") > 0).sum()
    assert rows[rows["first"] == 1].n.sum() == had
