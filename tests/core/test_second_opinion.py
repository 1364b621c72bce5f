"""lifelines, with a stopping rule that converges, as an independent second opinion."""

import numpy as np
import pytest
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test

from core import kaplan_meier, schema, treatment_effect

PRECISE = {"precision": 1e-12, "r_precision": 1e-14}


@pytest.mark.parametrize("endpoint", ["OS", "PFS"])
@pytest.mark.parametrize("filters", [{}, {"pvtt": {"in": ["Vp3"]}}, {"age": {"lt": 60}}])
def test_agrees_with_lifelines(sample, endpoint, filters):
    cohort = sample.filter(filters)
    frame = cohort.patients
    time, event = frame[schema.time_column(endpoint)], frame[schema.event_column(endpoint)]
    ours = kaplan_meier(cohort, endpoint=endpoint, by="arm")
    for level in ours.levels:
        curve = ours.curves[ours.curves.strata == level]
        fitter = KaplanMeierFitter().fit(time[frame.arm == level], event[frame.arm == level])
        theirs = fitter.survival_function_at_times(curve.time)
        np.testing.assert_allclose(curve.estimate, theirs, rtol=1e-12, atol=1e-14)
    test = multivariate_logrank_test(time, frame.arm.astype(str), event)
    assert ours.log_rank.p_value[0] == pytest.approx(test.p_value, rel=1e-8)
    data = frame.assign(T=time, E=event, x=(frame.arm == ours.levels[1]).astype(float))[["T", "E", "x"]]
    model = CoxPHFitter().fit(data, "T", "E", fit_options=PRECISE)
    effect = treatment_effect(cohort, endpoint=endpoint, by="arm").terms
    assert effect.coef[0] == pytest.approx(model.params_["x"], rel=1e-6)
    assert effect.std_error[0] == pytest.approx(model.standard_errors_["x"], rel=1e-6)
