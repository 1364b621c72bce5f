"""Every page with a cohort of one arm, of three arms, and after filters that leave one arm or nobody."""

import pytest
from streamlit.testing.v1 import AppTest

from core import read_cohort
from core.cohort.filters import Filters
from tests.conftest import HCC, REFERENCE, ROOT, read_answered
from tests.shared.every_figure import cohort_of
from tests.shared.page_text import texts

pytestmark = pytest.mark.slow

PAGES = sorted(p.name for p in (ROOT / "pages").glob("*.py"))
ADAM = {k: REFERENCE / "adam" / f"{k}.csv" for k in ("adsl", "adtte", "adae")}


@pytest.fixture(scope="module")
def cohorts():
    return {"no arm": read_answered(HCC, "months", "Leave as codes"), "three arms": read_cohort(ADAM),
            "every role": cohort_of(("A: Drug X", "B: Placebo", "constructor"), ("__proto__", "toString", "门静脉"))}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", ["no arm", "three arms", "every role"])
def test_a_page_stands_with_another_cohort(cohorts, name, page):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    app.session_state["cohortscope"].cohort = cohorts[name]
    app.switch_page(f"pages/{page}").run()
    assert not app.exception
    for key in ("weighted", "baseline-p", "baseline-overall", "check-model"):
        if any(t.key == key and not t.disabled for t in app.toggle):
            app.toggle(key=key).set_value(True).run()
            assert not app.exception, key
    variable = next(k for k, v in cohorts[name].variables.items() if v.kind == "numeric")
    for condition in ({"lt": 45}, {"gt": 1e9}):
        app.session_state["cohortscope"].filters = Filters.from_json({variable: condition})
        app.run()
        assert not app.exception, condition


def test_a_forest_begins_without_numbers_split_at_their_median(cohorts):
    """Its size has a cut, its marker none."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    app.session_state["cohortscope"].cohort = cohorts["every role"]
    app.switch_page("pages/3_Hazard_ratios.py").run()
    factors = app.multiselect(key="forest-factors")
    assert factors.value == ["stage", "size"] and "Marker" in factors.options
    assert "≤ 5" in texts(app) and "(median)" not in texts(app)
    assert [o for o in app.selectbox(key="along").options] == ["Marker", "Size"]
    factors.select("marker").run()
    assert not app.exception and "(median)" in texts(app)


def test_a_cohort_of_one_arm_has_a_baseline_table(cohorts):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    app.session_state["cohortscope"].cohort = cohorts["no arm"]
    app.switch_page("pages/1_Cohort.py").run()
    assert not app.exception and "All patients (n = 227)" in texts(app) and "SMD" not in texts(app)
    app.selectbox(key="baseline-by").set_value("sex").run()
    assert not app.exception and "SMD" in texts(app)
    app.selectbox(key="baseline-by").set_value("").run()
    assert not app.exception and "SMD" not in texts(app)


def test_what_a_cohort_does_not_have_is_not_shown_as_an_empty_panel():
    opened = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    rows = b"".join(b"p%d,%s,%d,%d\n" % (i, b"AB"[i % 2:][:1], i + 1, i % 2) for i in range(40))
    opened.session_state["cohortscope"].cohort = read_cohort(b"id,arm,OS_months,OS_event\n" + rows)
    shown = texts(opened.switch_page("pages/5_Response.py").run())
    assert "No tumour response and no site of failure is mapped" in shown
    assert "Best response" not in shown and "Failure pattern" not in shown and "Duration of response" not in shown
    opened.switch_page("pages/6_Published.py").run()
    assert not opened.exception
    assert opened.button_group(key="published-verdict").value == "what can be recomputed"
