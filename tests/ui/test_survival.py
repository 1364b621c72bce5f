"""The Survival page on the sample: opened, filtered, by groups in order, from a landmark, and what it cannot show."""

import pytest
from streamlit.testing.v1 import AppTest

from core import read_cohort
from core.comparison import TestOptions, compare
from core.estimates import restricted_mean, survival_at
from core.format import p_value, percent
from tests.conftest import ROOT, SAMPLE


@pytest.fixture
def app() -> AppTest:
    opened = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    return opened.switch_page("pages/2_Survival.py").run()


def texts(app: AppTest) -> str:
    return " ".join(str(e.proto.body) for e in app.get("html"))


def test_the_page_shows_what_the_engine_gives(app, sample):
    assert not app.exception
    said = texts(app)
    for row in survival_at(sample, endpoint="OS", by="arm", times=(6.0, 12.0, 24.0)).itertuples():
        assert percent(row.estimate) in said
    means = restricted_mean(sample, endpoint="OS", by="arm")
    assert all(f"{m:.1f} (" in said for m in means.estimate)
    assert "Area under the curves to 36 months" in said and "Reverse Kaplan-Meier" in said


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
    assert "log-rank for trend" in texts(app) and "Vp3 – Vp4" in texts(app)


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
    assert "Area under the curves to 12 months" in texts(app)
    app.text_input(key="times").set_value("3, x, 9").run()
    assert "x is no number" in texts(app) and "not followed so long" not in texts(app)


def test_one_curve_and_no_patient(app):
    app.selectbox(key="by").select("(one curve)").run()
    assert not app.exception and "there is nothing to compare" in texts(app)
    app.selectbox(key="by").select("arm").run()
    app.button_group(key="pills-pvtt").set_value(["Vp2"]).run()
    app.button_group(key="pills-response").set_value(["CR"]).run()
    assert not app.exception and "<b>0</b> of 82 patients" in texts(app)


def test_filters_of_the_page_before_hold(app):
    app.button_group(key="pills-pvtt").set_value(["Vp3"]).run()
    sub = read_cohort(SAMPLE).filter({"pvtt": {"in": ["Vp3"]}})
    row = survival_at(sub, endpoint="OS", by="arm", times=(12.0,)).iloc[0]
    assert f"{percent(row.estimate)} ({percent(row.conf_low)}–{percent(row.conf_high)})" in texts(app)
