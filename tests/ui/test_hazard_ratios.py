"""The Hazard ratios page on the sample: opened, filtered, with options, and what it cannot show."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from core import CoxOptions, WeightingOptions, weighted_comparison
from core.cohort import Filters
from core.errors import CohortError
from core.format import hazard_ratio, p_phrase, p_value
from core.hazards import along_numbers, cox
from tests.conftest import ROOT
from tests.shared.chosen import only
from tests.shared.page_text import texts
from ui.shell import cache
from ui.shell.state import Session

pytestmark = pytest.mark.slow

FIRST = ["arm", "pvtt", "hvtt", "afp"]


@pytest.fixture
def app() -> AppTest:
    opened = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    return opened.switch_page("pages/3_Hazard_ratios.py").run()


def said(model, level) -> str:
    row = model.terms.set_index("level").loc[level]
    return hazard_ratio(row.hazard_ratio, row.conf_low, row.conf_high)


def test_the_page_shows_the_model_and_whether_it_holds(app, sample):
    model = cox(sample, endpoint="OS", covariates=FIRST, options=CoxOptions.of(forms={"afp": "log2"}))
    shown = texts(app)
    assert not app.exception
    assert said(model, "TACE+IMRT+sorafenib") in shown and said(model, "Vp4") in shown
    assert all(f">{p_value(p)}<" in shown for p in model.zph.p_value)
    assert "concordance (SE)" in shown and "27 subgroups of 11 factors were looked at" in shown


def test_a_coefficient_is_shown_over_time(app):
    app.selectbox(key="course").select("Arm TACE+IMRT+sorafenib").run()
    assert not app.exception and "Scaled Schoenfeld residuals" in texts(app)
    only(app, "pvtt", "Vp3")
    assert not app.exception and "seems to change over time" in texts(app)


def test_where_hazards_are_not_proportional_there_is_something_instead(app, sample):
    app.multiselect(key="covariates").set_value(["arm", "pvtt", "afp", "hvtt"]).run()
    model = cox(sample, endpoint="OS", covariates=["arm", "pvtt", "afp", "hvtt"], options=CoxOptions.of(
        forms={"afp": "log2"}))
    failed = [t for t in model.zph.term[:-1] if (model.zph.set_index("term").p_value[t] < 0.05)]
    assert failed and "seems to change over time" in texts(app)
    app.number_input(key="zph-split").set_value(14.0).run()
    assert not app.exception and "Until month 14" in texts(app) and "From month 14" in texts(app)
    app.number_input(key="zph-split").set_value(500.0).run()
    assert not app.exception and "Nobody is followed beyond 500 months" in texts(app)
    levels = [k for k in failed if sample.variable(k).kind == "categorical"]
    if levels:
        app.button(key=f"zph-stratify-{levels[0]}").click().run()
        assert not app.exception and "baseline hazards by" in texts(app)


def test_the_model_is_checked_on_demand(app):
    assert "figures are equal" not in texts(app)
    app.toggle(key="check-model").set_value(True).run()
    assert not app.exception and "19 of 19 figures are equal to six digits" in texts(app)
    assert "cox.zph(fit" in app.code[0].value


def test_options_change_the_model(app, sample):
    app.multiselect(key="covariates").set_value(["arm", "afp"]).run()
    app.button_group(key="form-afp").set_value("log2").run()
    model = cox(sample, endpoint="OS", covariates=["arm", "afp"], options=CoxOptions.of(forms={"afp": "log2"}))
    assert said(model, "per doubling") in texts(app)
    for form in ("cut", "spline"):
        app.button_group(key="form-afp").set_value(form).run()
        assert not app.exception
    assert "see its curve" in texts(app) and "against a straight line" in texts(app)
    app.multiselect(key="cox-within").set_value(["sex"]).run()
    assert "baseline hazards by Sex" in texts(app)
    app.button_group(key="ties").set_value("breslow").run()
    assert "Breslow ties" in texts(app)
    app.selectbox(key="reference-arm").select("TACE+IMRT+sorafenib").run()
    assert not app.exception


def test_the_treatment_runs_along_numbers(app, sample):
    fitted, adjusted = along_numbers(sample, endpoint="OS")
    assert p_value(fitted["afp"].p_value) in texts(app) and p_value(adjusted["afp"]) in texts(app)
    app.selectbox(key="along").select("tumor_size").run()
    said_of = f"Interaction with Tumour size itself: {p_phrase(fitted['tumor_size'].p_value)}"
    assert not app.exception and said_of in texts(app)
    app.session_state["cohortscope"].filters = Filters.from_json({"pvtt": {"in": ["Vp2"]}})
    app.run()
    assert not app.exception and "No ratio along the number: the hazard ratio has no finite value" in texts(app)


def test_few_events_and_thin_levels_say_what_is_right_instead(app):
    app.multiselect(key="covariates").set_value(["arm", "age", "sex", "ecog"]).run()
    only(app, "pvtt", "Vp2")
    shown = texts(app)
    assert not app.exception and re.search(r"[34] parameters for 3 events: no model can be fitted\.", shown)
    app.multiselect(key="covariates").set_value(["arm"]).run()
    assert "no finite value" in texts(app) and "Firth-penalised likelihood may still give an estimate" in texts(app)
    app.toggle(key="firth").set_value(True).run()
    assert not app.exception and "Firth-penalised, profile-likelihood CI" in texts(app)
    assert "needs the likelihood without a penalty" in texts(app) and "The model as a whole" in texts(app)
    assert "5 patients, fewer than 30" in texts(app)
    shown = texts(app)
    assert "Take fewer covariates." in shown and "or the Firth-penalised model" not in shown


def test_subgroups_are_sorted_chosen_and_gone_to(app):
    app.selectbox(key="forest-sort").select("interaction p").run()
    assert not app.exception
    app.multiselect(key="forest-factors").set_value(["pvtt", "afp"]).run()
    assert "6 subgroups of 2 factors" in texts(app)
    app.selectbox(key="go-to").select(("afp", "> 400")).run()
    app.button(key="go").click().run()
    assert not app.exception and "<b>35</b> of 82 patients" in texts(app)


def test_nothing_to_show_is_said(app):
    app.multiselect(key="covariates").set_value([]).run()
    assert not app.exception and "A model needs a covariate" in texts(app)
    only(app, "pvtt", "Vp2")
    only(app, "response", "CR")
    assert not app.exception and "<b>0</b> of 82 patients" in texts(app)


def test_a_filter_by_what_is_known_later_is_said(app):
    only(app, "response", "PR")
    assert not app.exception and "immortal time" in texts(app)


def test_weighting_is_off_until_it_is_asked_for(app, sample):
    assert "Off: every other number of the app compares the arms as they are" in texts(app)
    assert "Effective n" not in texts(app)
    app.toggle(key="weighted").set_value(True).run()
    app.multiselect(key="propensity").set_value(["age", "pvtt", "hvtt"]).run()
    found = weighted_comparison(sample, endpoint="OS", options=WeightingOptions(covariates=("age", "pvtt", "hvtt")))
    row = found.effect.set_index("analysis").loc["weighted"]
    assert not app.exception and hazard_ratio(row.hazard_ratio, row.conf_low, row.conf_high) in texts(app)
    assert "average effect in all patients" in texts(app) and "Largest difference" in texts(app)
    app.button_group(key="weights").set_value("overlap").run()
    assert "overlap population" in texts(app) and "0.00 after" in texts(app)


def test_weighting_says_why_it_cannot(app):
    app.toggle(key="weighted").set_value(True).run()
    only(app, "arm", "TACE+IMRT")
    assert not app.exception and "Weighting compares two arms" in texts(app)
    app.multiselect(key="propensity").set_value([]).run()
    assert not app.exception and "Weighting needs covariates" in texts(app)


def test_a_second_opinion_is_kept_by_all_options_of_its_model(monkeypatch, sample):
    """One of another model's would stand beside figures that it is not about."""
    keys, here = [], Session()
    monkeypatch.setattr(cache, "apart", lambda words, function, *args, key, **more: keys.append(key))
    monkeypatch.setattr(cache, "session", lambda: here)
    options = [CoxOptions(), CoxOptions(ties="breslow"), CoxOptions(stratify_by=("hvtt",)),
               CoxOptions.of(forms={"age": "log2"})]
    for each in options:
        cache.cox_opinion(sample, cox(sample, endpoint="OS", covariates=("arm", "age"), options=each))
    assert len(set(keys)) == len(options)


def test_long_work_that_failed_is_not_begun_again_by_every_click(monkeypatch):
    here, calls = Session(), []
    monkeypatch.setattr(cache, "session", lambda: here)

    def make():
        calls.append(1)
        raise CohortError("No.", "Do.")
    for _ in range(3):
        with pytest.raises(CohortError, match="No"):
            cache._long_result("work", make)
    assert len(calls) == 1
