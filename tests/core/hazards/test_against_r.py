"""Cox models and what belongs to them beside R's survival, to 1e-6 of the larger of value and standard error.

The values stand in tests/reference/cox_reference.json, which `Rscript tests/reference/make_cox_reference.R` writes
with coxph (eps = 1e-12, toler.chol = 1e-13), cox.zph (transform = "km"), anova and survfit.
"""

import json

import numpy as np
import pytest

from core import CoxOptions, read_cohort
from core.errors import NotEstimable
from core.hazards import cox
from core.hazards.proportional_hazards import course
from core.hazards.spline_curve import spline_curve
from core.hazards.subgroups import subgroup_hazard_ratios
from core.hazards.time_split import middle_of_events, time_split
from tests.conftest import HCC, REFERENCE, SAMPLE

LOG2_AFP, LOG2_BILI, LOG2_MARKER = ({k: "log2"} for k in ("afp", "bili", "marker"))


def _levels(*keys):
    return {k: {"column": k, "kind": "categorical"} for k in keys}


def _numbers(*keys):
    return {k: {"column": k, "kind": "numeric"} for k in keys}


def _days(time, status, event):
    return {"OS": {"time": time, "event": status, "event_values": [event], "unit": "days"}}


def _arm(column, *levels):
    return {"column": column, "reference": levels[0], "levels": {v: v for v in levels}}


MAPPINGS = {
    "lung.csv": {"endpoints": _days("time", "status", "2"),
                 "factors": _levels("sex", "ph.ecog") | _numbers("age", "wt.loss")},
    "veteran.csv": {"arm": _arm("trt", "1", "2"), "endpoints": _days("time", "status", "1"),
                    "factors": {"celltype": {"column": "celltype", "kind": "categorical", "levels": {
                        v: v for v in ("adeno", "large", "smallcell", "squamous")}}} | _levels("prior") |
                    _numbers("karno", "age")},
    "ovarian.csv": {"arm": _arm("rx", "1", "2"), "endpoints": _days("futime", "fustat", "1"),
                    "factors": _numbers("age")},
    "colon.csv": {"arm": _arm("rx", "Obs", "Lev", "Lev+5FU"), "endpoints": _days("time", "status", "1"),
                  "factors": _levels("node4", "sex") | _numbers("age")},
    "pbc.csv": {"patient_id": "id", "arm": _arm("trt", "1", "2"), "endpoints": _days("time", "status", "2"),
                "factors": _levels("stage", "sex") | _numbers("age", "bili")},
    "simulated.csv": {"patient_id": "id", "arm": _arm("arm", "control", "test"), "factors":
                      _levels("stage") | _numbers("age", "marker"),
                      "endpoints": {"OS": {"time": "months", "event": "cause", "event_values": ["1", "2"],
                                           "unit": "months"}}},
    "visits.csv": {"patient_id": "id", "arm": _arm("arm", "control", "test"), "factors":
                   _levels("stage") | _numbers("age", "marker"),
                   "endpoints": {"OS": {"time": "months", "event": "cause", "event_values": ["1", "2"],
                                        "unit": "months"}}},
    "thin.csv": {"arm": _arm("arm", "control", "test"), "factors": _numbers("x"), "endpoints": {
        "OS": {"time": "time", "event": "status", "event_values": ["1"], "unit": "months"}}},
    HCC.name: {"endpoints": {"OS": {"time": "OS", "event": "Death", "event_values": ["1"], "unit": "months"}},
               "factors": _levels("BCLC", "TNM") | _numbers("Age")},
}
# name in the reference -> file, endpoint, covariates, options
MODELS = {
    "yang_os": (SAMPLE, "OS", ["arm", "age", "pvtt", "tumor_size"], {}),
    "yang_pfs": (SAMPLE, "PFS", ["arm", "afp", "hvtt", "ecog"], {"forms": LOG2_AFP}),
    "hcc": (HCC, "OS", ["Age", "BCLC", "TNM"], {}),
    "lung": ("lung.csv", "OS", ["age", "sex", "wt.loss"], {}),
    "lung_within": ("lung.csv", "OS", ["age", "sex"], {"stratify_by": ["ph.ecog"]}),
    "veteran": ("veteran.csv", "OS", ["arm", "karno", "celltype"], {}),
    "veteran_breslow": ("veteran.csv", "OS", ["arm", "karno", "celltype"], {"ties": "breslow"}),
    "veteran_within": ("veteran.csv", "OS", ["arm", "karno"], {"stratify_by": ["celltype", "prior"]}),
    "ovarian": ("ovarian.csv", "OS", ["arm", "age"], {}),
    "colon": ("colon.csv", "OS", ["arm", "node4", "age"], {"stratify_by": ["sex"]}),
    "pbc": ("pbc.csv", "OS", ["arm", "bili", "age", "stage"], {"forms": LOG2_BILI}),
    "simulated": ("simulated.csv", "OS", ["arm", "stage", "age", "marker"], {"forms": LOG2_MARKER}),
    "visits": ("visits.csv", "OS", ["arm", "stage", "age", "marker"], {"forms": LOG2_MARKER}),
    "simulated_within": ("simulated.csv", "OS", ["arm", "age"], {"stratify_by": ["stage"], "ties": "breslow"}),
}


@pytest.fixture(scope="module")
def r():
    return json.loads((REFERENCE / "cox_reference.json").read_text())


def read(name):
    path = REFERENCE / name if isinstance(name, str) else name
    return read_cohort(path, MAPPINGS.get(path.name))


def fitted(name):
    file, endpoint, covariates, options = MODELS[name]
    return cox(read(file), endpoint=endpoint, covariates=covariates, options=CoxOptions.of(**options))


def agree(ours, theirs, scale=0.0, tolerance=1e-6):
    """Hold ours against R's within the tolerance of the larger of the value and its standard error."""
    a, b = (np.array([np.nan if v is None else v for v in np.atleast_1d(values)], float) for values in (ours, theirs))
    assert a.shape == b.shape and (np.isnan(a) == np.isnan(b)).all()
    room = tolerance * np.maximum(np.abs(b), scale)
    assert (np.abs(a - b) <= room)[~np.isnan(a)].all(), (a, b)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_coxph_s(r, name):
    model, theirs = fitted(name), r["models"][name]
    assert (model.n, model.n_event) == (theirs["n"], theirs["n_event"])
    terms, error = model.terms, np.array(theirs["std_error"])
    agree(terms.coef, theirs["coef"], error)
    agree(terms.std_error, theirs["std_error"])
    agree(terms.conf_low, theirs["conf_low"])
    agree(terms.conf_high, theirs["conf_high"])
    assert np.allclose(terms.p_value, theirs["p_value"], rtol=2e-5, atol=1e-12)  # R's p rests on its own rounded z
    agree(model.tests.statistic, theirs["statistic"])
    agree(np.sqrt(np.diag(model.fit.robust_variance)), theirs["robust_error"])


@pytest.mark.parametrize("name", MODELS)
def test_concordance_is_that_of_coxph(r, name):
    estimate, error = fitted(name).concordance
    agree(estimate, r["models"][name]["concordance"])
    agree(error, r["models"][name]["concordance_error"])


@pytest.mark.parametrize("name", MODELS)
def test_proportional_hazards_are_cox_zph_s(r, name):
    ours, theirs = fitted(name).zph, r["models"][name]["zph"]
    agree(ours.statistic, theirs["statistic"], tolerance=1e-5)
    assert ours.df.tolist() == theirs["df"] and ours.term.iloc[-1] == "GLOBAL"
    agree(ours.p_value, theirs["p_value"], tolerance=1e-5)


def test_a_spline_is_a_model_on_harrell_s_basis(r):
    model = cox(read("lung.csv"), endpoint="OS", covariates=["sex", "age"],
                options=CoxOptions.of(forms={"age": "spline"}))
    theirs = r["models"]["lung_spline"]
    agree(model.terms.coef, theirs["coef"], np.array(theirs["std_error"]))
    agree(model.terms.std_error, theirs["std_error"])
    agree(model.tests.statistic[0], theirs["statistic"])
    found = spline_curve(read("lung.csv"), model, "age", values=np.array(theirs["age"], float))
    agree(found.curve.coef, theirs["curve"], np.array(theirs["curve_error"]))
    agree(found.curve.std_error, theirs["curve_error"])
    agree(found.statistic, theirs["nonlinear"])


def test_a_split_in_time_is_two_models(r):
    found = time_split(read("veteran.csv"), endpoint="OS", covariates=["arm", "karno"], at=r["split"]["at"])
    agree(found.coef, r["split"]["coef"], np.array(r["split"]["std_error"]))
    agree(found.std_error, r["split"]["std_error"])
    assert found.period.unique().tolist() == ["until month 3", "from month 3"]
    with pytest.raises(NotEstimable, match="followed beyond"):
        time_split(read("veteran.csv"), endpoint="OS", covariates=["arm"], at=500)
    assert middle_of_events(read("veteran.csv"), "OS") > 0


def test_residuals_show_how_a_coefficient_moves(r):
    model = fitted("veteran")
    moves = course(model.fit, 1).residuals
    order = np.lexsort((r["course"]["y"], r["course"]["x"]))
    ours = moves.sort_values(["transformed", "coefficient"])
    agree(ours.transformed, np.array(r["course"]["x"])[order], tolerance=1e-6)
    agree(ours.coefficient, np.array(r["course"]["y"])[order], scale=0.1, tolerance=1e-6)


FIRTH = {"thin_arm": ("thin.csv", ["arm"], "efron"), "thin_breslow": ("thin.csv", ["arm"], "breslow"),
         "thin_two": ("thin.csv", ["arm", "x"], "efron"), "ovarian": ("ovarian.csv", ["arm", "age"], "breslow")}


@pytest.mark.parametrize("name", FIRTH)
def test_firth_maximises_the_penalised_likelihood(r, name):
    """R's values are by optim over the likelihood and information that coxph gives at fixed coefficients."""
    file, covariates, ties = FIRTH[name]
    terms = cox(read(file), endpoint="OS", covariates=covariates, options=CoxOptions.of(ties=ties, firth=True)).terms
    theirs = r["firth"][name]
    agree(terms.coef, theirs["coef"], scale=1, tolerance=2e-5)
    agree(np.log(terms.conf_low), theirs["low"], scale=1, tolerance=5e-5)
    agree(np.log(terms.conf_high), theirs["high"], scale=1, tolerance=5e-5)
    agree(terms.p_value, theirs["p_value"], scale=0.01, tolerance=5e-5)


def test_a_penalised_model_has_a_spline_and_a_test_as_a_whole(r):
    """Of one column both are the same test; of many patients the penalty alters little, and nothing in kind."""
    one = cox(read("thin.csv"), endpoint="OS", covariates=["arm"], options=CoxOptions.of(firth=True))
    assert one.fit is None and one.tests.test.tolist() == ["penalised likelihood ratio"]
    assert one.tests.p_value[0] == pytest.approx(one.terms.p_value[0], rel=1e-6)
    lung, asked = read("lung.csv"), {"endpoint": "OS", "covariates": ["sex", "age"]}
    plain, penalised = (cox(lung, **asked, options=CoxOptions.of(forms={"age": "spline"}, firth=firth))
                        for firth in (False, True))
    curves = [spline_curve(lung, model, "age") for model in (plain, penalised)]
    away = np.abs(curves[0].curve.coef - curves[1].curve.coef)
    assert away.max() > 0 and (away < 0.3 * curves[0].curve.std_error + 1e-12).all()
    assert curves[0].curve.std_error.to_numpy() == pytest.approx(curves[1].curve.std_error.to_numpy(), rel=0.05)
    assert penalised.joint("age")[1] == 3 and penalised.joint("age")[2] == pytest.approx(plain.joint("age")[2], rel=0.2)
    (_, statistic, df, _), = penalised.tests.to_numpy()
    assert df == 4 and statistic == pytest.approx(plain.tests.statistic[0], rel=0.1)


SUBGROUPS = {"yang_hvtt": (SAMPLE, "hvtt"), "yang_afp": (SAMPLE, "afp"), "yang_sex": (SAMPLE, "sex"),
             "colon_node4": ("colon.csv", "node4"), "veteran_celltype": ("veteran.csv", "celltype"),
             "pbc_stage": ("pbc.csv", "stage"), "simulated_stage": ("simulated.csv", "stage")}


@pytest.mark.parametrize("name", SUBGROUPS)
def test_subgroups_and_interaction_are_coxph_s(r, name):
    file, factor = SUBGROUPS[name]
    found, theirs = subgroup_hazard_ratios(read(file), endpoint="OS", factors=[factor]), r["subgroups"][name]
    arms = found.rows.arm.nunique()
    rows = found.rows[found.rows.factor == factor]
    for i, level in enumerate(theirs["rows"]):
        own = rows.iloc[i * arms:(i + 1) * arms]
        shown = (own.reason == "").to_numpy()
        agree(own.coef[shown], np.array(level["coef"])[shown], np.array(level["std_error"])[shown])
        agree(own.std_error[shown], np.array(level["std_error"])[shown])
        if arms == 1:
            assert (own.n.item(), own.n_event.item()) == (level["n"], level["n_event"])
        assert shown.all() or np.abs(np.array(level["coef"])[~shown]).min() > 10  # what R lets run off
    test = found.interactions.iloc[0]
    assert abs(test.statistic - theirs["statistic"]) < 1e-6
    assert test.df == theirs["df"] and abs(test.p_value - theirs["p_value"]) < 1e-6
