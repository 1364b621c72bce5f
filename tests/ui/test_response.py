"""The Response page on the sample: rates, failure pattern, survival only from a landmark."""

import pytest
from streamlit.testing.v1 import AppTest

from core.charts.response import rates_table
from core.summaries import response
from tests.conftest import ROOT
from tests.shared.chosen import only
from tests.shared.page_text import texts

pytestmark = pytest.mark.slow


@pytest.fixture
def app() -> AppTest:
    opened = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    return opened.switch_page("pages/5_Response.py").run()


def test_rates_and_failures_are_shown(app, sample):
    shown, table = texts(app), rates_table(response(sample))
    assert not app.exception
    assert table["Objective response (95% CI)"].iloc[0] in shown and "any failure" in shown and "27 (57%)" in shown
    assert "No column gives the date of response" in shown and "immortal time" in shown


def test_definitions_change_the_rates(app):
    app.selectbox(key="meaning-PR").select("control").run()
    assert not app.exception and "9% (2%" in texts(app)
    app.selectbox(key="meaning-CR").select("").run()
    assert not app.exception
    app.toggle(key="evaluable").set_value(True).run()
    app.selectbox(key="response-test").select("Pearson χ²").run()
    assert not app.exception and "evaluable patients only" in texts(app) and "Pearson χ²" in texts(app)


def test_survival_by_response_waits_for_a_landmark(app):
    assert "Overall survival by Response" not in texts(app)
    app.number_input(key="landmark").set_value(3.0).run()
    shown = texts(app)
    assert not app.exception and "Overall survival by Response" in shown and "Landmark at 3 months" in shown


def test_filters_that_empty_an_arm_leave_sentences(app):
    only(app, "arm", "TACE+IMRT")
    assert not app.exception
    only(app, "response", "CR")
    assert not app.exception and "<b>0</b> of 82 patients" in texts(app)
