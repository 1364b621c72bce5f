"""The Hazard ratios page's model checked: lifelines beside it, and the R code that is shown."""


import numpy as np
import pytest

from core import CoxOptions
from core.errors import NotEstimable
from core.export.data import table_bytes
from core.hazards import cox
from core.hazards.spline_curve import spline_curve
from core.verification.lifelines_cox import cox_opinion, cox_r_code
from tests.conftest import REFERENCE
from tests.shared.from_r import MODELS, agree, fitted, from_r, model_cohort

COVARIATES = ("arm", "age", "afp", "tumor_size", "ecog")


def shown(sample):
    """What the page shows for one set of choices; R ran it (verification.R)."""
    cohort = sample.filter({"pvtt": {"in": ["Vp3", "Vp4"]}})
    options = CoxOptions.of(forms={"afp": "log2", "tumor_size": "cut", "age": "spline"}, stratify_by=["sex"],
                            references={"arm": "TACE+IMRT+sorafenib"})
    return cohort, cox(cohort, endpoint="OS", covariates=COVARIATES, options=options)


def test_the_code_that_is_shown_is_the_code_that_r_ran(sample):
    cohort, model = shown(sample)
    made = cox_r_code(cohort, model, COVARIATES)
    assert made.reading("shown_cox.csv") == (REFERENCE / "shown_cox.R").read_text(encoding="utf-8")
    assert table_bytes(made.data) == (REFERENCE / "shown_cox.csv").read_bytes()
    theirs = from_r("verification")["cox"]
    agree(model.terms.coef, theirs["coef"], model.terms.std_error.to_numpy())
    agree(model.terms.std_error, theirs["std_error"])
    agree(model.concordance[0], theirs["concordance"])
    agree(model.tests.statistic[0], theirs["statistic"])
    assert model.zph.statistic.to_numpy() == pytest.approx(theirs["zph"], rel=1e-5)
    assert spline_curve(cohort, model, "age").statistic == pytest.approx(theirs["bent"][0], rel=1e-6)


def shown_firth(sample):
    """A penalised model in strata; R ran it, too."""
    return cox(sample, endpoint="OS", covariates=("arm", "ecog", "age"),
               options=CoxOptions.of(firth=True, stratify_by=["pvtt"]))


def test_the_code_of_the_penalised_model_is_what_r_ran_and_gives_the_same(sample):
    model = shown_firth(sample)
    made = cox_r_code(sample, model, ("arm", "ecog", "age"))
    assert made.reading("shown_firth.csv") == (REFERENCE / "shown_firth.R").read_text(encoding="utf-8")
    assert table_bytes(made.data) == (REFERENCE / "shown_firth.csv").read_bytes()
    theirs = from_r("verification")["firth"]
    for column in ("coef", "low", "high"):
        ours = model.terms.coef if column == "coef" else np.log(model.terms[f"conf_{column}"])
        agree(ours, theirs[column], model.terms.std_error.to_numpy())
    agree(model.terms.p_value, theirs["p_value"])
    agree(model.tests.statistic, theirs["statistic"])


@pytest.mark.parametrize("name", ["yang_os", "yang_pfs", "veteran", "veteran_within", "colon"])
def test_lifelines_gives_the_same_model(name):
    file, _, _, _ = MODELS[name]
    found = cox_opinion(model_cohort(file), fitted(name))
    assert found.agrees.all() and len(found) == 3 * len(fitted(name).terms) + 1


def test_what_lifelines_does_not_have_is_said(sample):
    for options, words in ((CoxOptions.of(firth=True), "determinant(m$var)"),
                           (CoxOptions.of(ties="breslow"), '"breslow"')):
        model = cox(sample, endpoint="OS", covariates=["arm"], options=options)
        with pytest.raises(NotEstimable, match="neither Firth"):
            cox_opinion(sample, model)
        made = cox_r_code(sample, model, ("arm",))
        assert words in made.after and made.data.columns.tolist() == ["time", "event", "x1"]


def test_where_lifelines_does_not_converge_it_says_so(sample, monkeypatch):
    """It warns of it, and returns the ratios of where it stopped."""
    monkeypatch.setattr("core.verification.lifelines_cox.PRECISE", {"max_steps": 1})
    with pytest.raises(NotEstimable, match="lifelines' iteration does not converge"):
        cox_opinion(sample, cox(sample, endpoint="OS", covariates=["arm", "age"]))
