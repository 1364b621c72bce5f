"""The Published page: the walk shown and filtered, the audit of the paper and of one's own table."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT
from tests.shared.chosen import only
from tests.shared.page_text import texts

pytestmark = pytest.mark.slow


@pytest.fixture
def app() -> AppTest:
    opened = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    return opened.switch_page("pages/6_Published.py").run()


def test_the_comparison_is_filtered(app):
    assert not app.exception and "345 of 519 published figures agree" in texts(app)
    app.button_group(key="published-verdict").set_value("does not agree").run()
    assert not app.exception and "none of Fisher exact, Fisher mid-p" in texts(app)
    app.selectbox(key="published-place").select("Abstract").run()
    assert "No figure here has this verdict." in texts(app)
    app.button_group(key="published-verdict").set_value("cannot be recomputed").run()
    assert "the abstract swaps the sizes" in texts(app)


def test_the_audit_says_what_it_found(app):
    shown = texts(app)
    assert "10 of 42 recomputable p-values by Fisher exact, as claimed" in shown
    assert "allow no less than 0.588 in any Cox model" in shown
    app.selectbox(key="audit-table").select("Physicians' Health Study, N Engl J Med 1989;321:129").run()
    app.selectbox(key="audit-claimed").select("Pearson χ²").run()
    assert not app.exception and "5 of 7 recomputable p-values by Pearson χ², as claimed" in texts(app)


def test_an_own_table_is_read_or_refused_in_words(app):
    app.selectbox(key="audit-table").select("a table of my own").run()
    assert not app.exception and "Nothing is loaded yet" in texts(app)


def test_another_cohort_or_nobody_is_said(app):
    only(app, "pvtt", "Vp2")
    only(app, "response", "CR")
    assert not app.exception and "<b>0</b> of 82 patients" in texts(app)
