"""The Survival page on the sample: opened, filtered, by groups in order, from a landmark, and what it cannot show."""

import pytest
from streamlit.testing.v1 import AppTest

from core import read_cohort
from core.format import p_value, percent
from core.survival.estimates import restricted_mean, survival_at
from core.survival.log_rank import TestOptions, compare
from tests.conftest import ROOT, SAMPLE
from tests.shared.chosen import only
from tests.shared.page_text import texts

pytestmark = pytest.mark.slow


@pytest.fixture
def app() -> AppTest:
    opened = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    return opened.switch_page("pages/2_Survival.py").run()


def test_the_page_shows_what_the_engine_gives(app, sample):
    assert not app.exception
    said = texts(app)
    for row in survival_at(sample, endpoint="OS", by="arm", times=(6.0, 12.0, 24.0)).itertuples():
        assert percent(row.estimate) in said
    means = restricted_mean(sample, endpoint="OS", by="arm")
    assert all(f"{m:.1f} (" in said for m in means.estimate)
    assert "Area under the curves to τ = 36 months" in said and "Reverse Kaplan-Meier" in said


def test_the_chosen_test_is_the_one_that_is_shown(app, sample):
    app.selectbox(key="weight").select("Gehan-Wilcoxon").run()
    wanted = compare(sample, endpoint="OS", by="arm", options=TestOptions(weight="Gehan-Wilcoxon"))
    assert f">{p_value(wanted.p_value[0])}<" in texts(app)
    app.multiselect(key="within").select("pvtt").run()
    assert "stratified Gehan-Wilcoxon" in texts(app)
    app.selectbox(key="weight").select("Fleming-Harrington").run()
    app.number_input(key="fh-q").set_value(1.0).run()
    assert not app.exception and "Fleming-Harrington(1, 1)" in texts(app)


def test_groups_in_an_order_have_a_trend_and_pairs(app):
    app.selectbox(key="by").select("pvtt").run()
    assert not app.exception
    assert "log-rank for trend in the order none &lt; Vp2 &lt; Vp3 &lt; Vp4" in texts(app).replace("<", "&lt;")
    assert "Vp3 – Vp4" in texts(app)


def test_a_landmark_is_said_and_answers_the_immortal_time(app):
    app.selectbox(key="by").select("response").run()
    assert "immortal time" in texts(app)
    app.number_input(key="landmark").set_value(6.0).run()
    said = texts(app)
    assert not app.exception
    assert "Landmark at 6 months" in said and "Times run from month 6" in said
    assert "immortal time" not in said and "read as known by the landmark, month 6" in said
    app.number_input(key="landmark").set_value(900.0).run()
    assert not app.exception and "Nobody is followed beyond 900 months" in texts(app)


def test_tau_and_times_are_the_person_s(app):
    slider = next(s for s in app.slider if s.key.startswith("tau-"))
    slider.set_value(12.0).run()
    assert "Area under the curves to τ = 12 months" in texts(app)
    only(app, "pvtt", "Vp3")
    assert "Area under the curves to τ = 12 months" in texts(app)
    app.text_input(key="times").set_value("3, x, 9").run()
    assert "x is not a number" in texts(app) and "not followed so long" not in texts(app)


def test_one_curve_and_no_patient(app):
    app.selectbox(key="by").select("(one curve)").run()
    assert not app.exception and "there is nothing to compare" in texts(app)
    app.selectbox(key="by").select("arm").run()
    only(app, "pvtt", "Vp2")
    only(app, "response", "CR")
    assert not app.exception and "<b>0</b> of 82 patients" in texts(app)


def test_filters_of_the_page_before_hold(app):
    only(app, "pvtt", "Vp3")
    sub = read_cohort(SAMPLE).filter({"pvtt": {"in": ["Vp3"]}})
    row = survival_at(sub, endpoint="OS", by="arm", times=(12.0,)).iloc[0]
    assert f"{percent(row.estimate)} ({percent(row.conf_low)}–{percent(row.conf_high)})" in texts(app)


def test_views_counts_and_panes(app):
    for view in ("complement", "hazard", "log-log"):
        app.button_group(key="view").set_value(view).run()
        assert not app.exception
    app.button_group(key="under").set_value(["at risk", "events"]).run()
    app.selectbox(key="panes").select("pvtt").run()
    said = texts(app)
    assert not app.exception and "log(−log overall survival) by arm within PVTT grade" in said
    assert "Vp3: Log-rank p = " in said and "are for all levels of PVTT grade together" in said
    app.selectbox(key="panes").select("response").run()
    assert "known only after time zero" in texts(app)


def test_the_selection_against_all_others(app):
    app.selectbox(key="by").select("selection").run()
    assert not app.exception and texts(app).count("Nothing is selected") == 1
    only(app, "pvtt", "Vp3", "Vp4")
    said = texts(app)
    assert not app.exception and "PVTT grade Vp3, Vp4" in said and "All others" in said
    app.switch_page("app.py").run()
    assert not app.exception and "All others" in texts(app)


def test_the_guard_asks_for_the_month_where_no_date_says(app):
    app.selectbox(key="by").select("response").run()
    assert "By which month was it known?" in app.number_input(key="guard-month").label
    app.number_input(key="guard-month").set_value(4.0).run()
    app.button(key="guard-start").click().run()
    assert not app.exception and "Landmark at 4 months" in texts(app)
    assert app.number_input(key="landmark").value == 4.0
    app.switch_page("app.py").run()
    app.switch_page("pages/2_Survival.py").run()
    assert app.number_input(key="landmark").value == 4.0


def test_competing_risks_say_why_they_cannot_be_had(app):
    assert "Which failure came first is not known" in texts(app)


def test_numbers_are_checked_on_demand(app):
    assert "figures are equal" not in texts(app)
    app.toggle(key="check").set_value(True).run()
    said = texts(app)
    assert not app.exception and "23 of 23 figures are equal to six digits" in said
    assert "survdiff" in app.code[0].value and "survfit" in app.code[0].value
    app.selectbox(key="by").select("pvtt").run()
    assert not app.exception and "explained beside them" in texts(app)
