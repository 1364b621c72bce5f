"""The Toxicity page on the sample: opened, sorted, by other groups, one term, and what it cannot show."""

import html

import pytest
from streamlit.testing.v1 import AppTest

from core.format import p_value, percentage_points
from core.summaries import adverse_events
from core.summaries.adverse_events import EventOptions
from tests.conftest import ROOT
from tests.shared.chosen import only
from tests.shared.page_text import texts

pytestmark = pytest.mark.slow


@pytest.fixture
def app() -> AppTest:
    opened = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    return opened.switch_page("pages/4_Toxicity.py").run()


def row(result, term, band):
    tests = result.tests.set_index(["term", "band"])
    return tests.loc[(term, band)]


def test_the_page_names_the_test_of_each_row(app, sample):
    shown, found = texts(app), row(adverse_events(sample), "Diarrhea", "any")
    assert not app.exception
    assert percentage_points(found.risk_difference, found.conf_low, found.conf_high) in shown
    assert f">{html.escape(p_value(found.p_adjusted))}<" in shown and ">Fisher exact<" in shown
    assert "Burden: any adverse event" in shown and "46 (98%)" in shown and "35 (100%)" in shown
    app.selectbox(key="ae-test").select("Yates χ²").run()
    yates = row(adverse_events(sample, options=EventOptions(test="Yates χ²")), "Diarrhea", "any")
    assert f">{html.escape(p_value(yates.p_value))}<" in texts(app) and ">Yates χ²<" in texts(app)


def test_bands_rows_ratios_and_order_are_chosen(app):
    app.button_group(key="ae-band").set_value(">=3").run()
    assert "no event in any group" in texts(app) and "Smallest p" in texts(app)
    app.button_group(key="ae-rows").set_value("categories").run()
    assert not app.exception and "Haematological" in texts(app)
    app.button_group(key="ae-rows").set_value("grouped").run()
    assert not app.exception and "Haematological:" in texts(app) and ">Leukopenia<" in texts(app)
    app.button_group(key="ae-rows").set_value("terms").run()
    for sort in ("difference", "p", "category", "as mapped"):
        app.selectbox(key="ae-sort").select(sort).run()
        assert not app.exception
    for ratio in ("risk ratio, Koopman", "risk ratio, log", "odds ratio, exact"):
        app.selectbox(key="ae-ratio").select(ratio).run()
        assert not app.exception and f"{ratio.capitalize()} (95% CI)" in texts(app)
    app.slider(key="ae-least").set_value(60).run()
    assert "No term reaches that rate: lower it." in texts(app)


def test_three_groups_have_one_test_over_all_and_each_against_the_first(app):
    app.selectbox(key="ae-by").select("etiology").run()
    shown = texts(app)
    assert not app.exception and "Fisher-Freeman-Halton exact" in shown and "HCV: p adjusted" not in shown
    assert "p adjusted" in shown


def test_one_term_shows_who_had_it_without_identifiers_and_survival_behind_the_guard(app):
    app.selectbox(key="ae-term").select("Leukopenia").run()
    shown = texts(app)
    assert not app.exception and "Leukopenia: worst CTCAE grade by arm" in shown and "19 (40%)" in shown
    assert "immortal time" in shown and "P001" not in shown
    app.toggle(key="ae-ids").set_value(True).run()
    assert "P001" in texts(app)
    app.button(key="term-3").click().run()
    assert not app.exception and "<b>13</b> of 82 patients" in texts(app)


def test_a_filter_that_empties_an_arm_leaves_sentences(app):
    only(app, "arm", "TACE+IMRT")
    assert not app.exception
    only(app, "response", "CR")
    assert not app.exception
