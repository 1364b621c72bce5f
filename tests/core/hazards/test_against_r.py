"""Cox models and what belongs to them beside R's survival, to 1e-6 of the larger of value and standard error.

R: coxph (eps = 1e-12, toler.chol = 1e-13), cox.zph (transform = "km"), anova and survfit.
"""

import numpy as np
import pytest

from core import CoxOptions, treatment_effect
from core.errors import NotEstimable
from core.hazards import cox
from core.hazards.proportional_hazards import course
from core.hazards.spline_curve import spline_curve
from core.hazards.subgroups import subgroup_hazard_ratios
from core.hazards.time_split import middle_of_events, time_split
from tests.conftest import HCC, REFERENCE, SAMPLE
from tests.shared.from_r import COHORTS, MODELS, agree, curve_cohort, fitted, floats, from_r, model_cohort

R = from_r("hazards")

@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_coxph_s(name):
    model, theirs = fitted(name), R["models"][name]
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
def test_concordance_is_that_of_coxph(name):
    estimate, error = fitted(name).concordance
    agree(estimate, R["models"][name]["concordance"])
    agree(error, R["models"][name]["concordance_error"])


@pytest.mark.parametrize("name", MODELS)
def test_proportional_hazards_are_cox_zph_s(name):
    ours, theirs = fitted(name).zph, R["models"][name]["zph"]
    agree(ours.statistic, theirs["statistic"], tolerance=1e-5)
    assert ours.df.tolist() == theirs["df"] and ours.term.iloc[-1] == "GLOBAL"
    agree(ours.p_value, theirs["p_value"], tolerance=1e-5)


def test_a_spline_is_a_model_on_harrell_s_basis():
    model = cox(model_cohort("lung.csv"), endpoint="OS", covariates=["sex", "age"],
                options=CoxOptions.of(forms={"age": "spline"}))
    theirs = R["models"]["lung_spline"]
    agree(model.terms.coef, theirs["coef"], np.array(theirs["std_error"]))
    agree(model.terms.std_error, theirs["std_error"])
    agree(model.tests.statistic[0], theirs["statistic"])
    found = spline_curve(model_cohort("lung.csv"), model, "age", values=np.array(theirs["age"], float))
    agree(found.curve.coef, theirs["curve"], np.array(theirs["curve_error"]))
    agree(found.curve.std_error, theirs["curve_error"])
    agree(found.statistic, theirs["nonlinear"])


def test_a_split_in_time_is_two_models():
    found = time_split(model_cohort("veteran.csv"), endpoint="OS", covariates=["arm", "karno"], at=R["split"]["at"])
    agree(found.coef, R["split"]["coef"], np.array(R["split"]["std_error"]))
    agree(found.std_error, R["split"]["std_error"])
    assert found.period.unique().tolist() == ["until month 3", "from month 3"]
    with pytest.raises(NotEstimable, match="followed beyond"):
        time_split(model_cohort("veteran.csv"), endpoint="OS", covariates=["arm"], at=500)
    assert middle_of_events(model_cohort("veteran.csv"), "OS") > 0


def test_residuals_show_how_a_coefficient_moves():
    model = fitted("veteran")
    moves = course(model.fit, 1).residuals
    order = np.lexsort((R["course"]["y"], R["course"]["x"]))
    ours = moves.sort_values(["transformed", "coefficient"])
    agree(ours.transformed, np.array(R["course"]["x"])[order], tolerance=1e-6)
    agree(ours.coefficient, np.array(R["course"]["y"])[order], scale=0.1, tolerance=1e-6)


FIRTH = {"thin_arm": ("thin.csv", ["arm"], "efron"), "thin_breslow": ("thin.csv", ["arm"], "breslow"),
         "thin_two": ("thin.csv", ["arm", "x"], "efron"), "ovarian": ("ovarian.csv", ["arm", "age"], "breslow")}


@pytest.mark.parametrize("name", FIRTH)
def test_firth_maximises_the_penalised_likelihood(name):
    """R's values are by optim over the likelihood and information that coxph gives at fixed coefficients."""
    file, covariates, ties = FIRTH[name]
    options = CoxOptions.of(ties=ties, firth=True)
    terms = cox(model_cohort(file), endpoint="OS", covariates=covariates, options=options).terms
    theirs = R["firth"][name]
    agree(terms.coef, theirs["coef"], scale=1, tolerance=2e-5)
    agree(np.log(terms.conf_low), theirs["low"], scale=1, tolerance=5e-5)
    agree(np.log(terms.conf_high), theirs["high"], scale=1, tolerance=5e-5)
    agree(terms.p_value, theirs["p_value"], scale=0.01, tolerance=5e-5)


def test_a_penalised_model_has_a_spline_and_a_test_as_a_whole():
    """Of one column both are the same test; of many patients the penalty alters little, and nothing in kind."""
    one = cox(model_cohort("thin.csv"), endpoint="OS", covariates=["arm"], options=CoxOptions.of(firth=True))
    assert one.fit is None and one.tests.test.tolist() == ["penalised likelihood ratio"]
    assert one.tests.p_value[0] == pytest.approx(one.terms.p_value[0], rel=1e-6)
    lung, asked = model_cohort("lung.csv"), {"endpoint": "OS", "covariates": ["sex", "age"]}
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
def test_subgroups_and_interaction_are_coxph_s(name):
    file, factor = SUBGROUPS[name]
    found, theirs = subgroup_hazard_ratios(model_cohort(file), endpoint="OS", factors=[factor]), R["subgroups"][name]
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


@pytest.fixture(scope="module")
def cohorts():
    files = {file: curve_cohort(file) for file, *_ in COHORTS.values()}
    return {name: files[file].filter(filters) for name, (file, _, _, filters) in COHORTS.items()}


@pytest.mark.parametrize("name", COHORTS)
def test_hazard_ratio(name, cohorts):
    """coxph(ties = "efron"); a coefficient's scale is its standard error."""
    _, endpoint, by, _ = COHORTS[name]
    terms = treatment_effect(cohorts[name], endpoint=endpoint, by=by).terms.set_index("level")
    theirs = R["arms"][name]
    estimable = terms[terms.reason == ""]
    shared = [i for i, level in enumerate(theirs["level"]) if level in estimable.index]
    assert len(shared) == len(estimable)
    for column in ("coef", "std_error", "hazard_ratio", "conf_low", "conf_high", "p_value"):
        agree(estimable.loc[[theirs["level"][i] for i in shared], column],
              [floats(theirs[column])[i] for i in shared],
              scale=floats(theirs["std_error"])[shared] if column == "coef" else 0.0)


GUESSED = {
    "yang_os": (SAMPLE, "OS", ["arm", "age", "pvtt", "tumor_size"]),
    "lung": (REFERENCE / "lung.csv", "OS", ["age", "sex", "wt_loss"]),
    "veteran": (REFERENCE / "veteran.csv", "OS", ["arm", "karno", "celltype"]),
    "age_alone": (HCC, "OS", ["age"]),
}


@pytest.mark.parametrize("name", GUESSED)
def test_models_of_several_covariates(name):
    """coxph on complete cases."""
    file, endpoint, covariates = GUESSED[name]
    model = cox(curve_cohort(file), endpoint=endpoint, covariates=covariates)
    theirs = R["models"][name]
    assert (model.n, model.n_event) == (theirs["n"], theirs["n_event"])
    agree(model.terms.coef, theirs["coef"], scale=floats(theirs["std_error"]))
    agree(model.terms.std_error, theirs["std_error"])
    agree(model.terms.p_value, theirs["p_value"])


def test_one_patient_in_a_level_is_the_only_refusal(cohorts):
    """Of all reference cohorts, lung's single patient with ECOG 3 alone is not estimable."""
    refused = {(name, row.level) for name, (_, endpoint, by, _) in COHORTS.items()
               for row in treatment_effect(cohorts[name], endpoint=endpoint, by=by).terms.itertuples()
               if row.reason}
    assert refused == {("lung_ecog", "3")}
