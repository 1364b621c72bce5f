"""Every page on the sample, after a change, and with what it cannot show; no browser."""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from core import Filters
from tests.conftest import HCC, ROOT
from tests.shared.chosen import filtered, only
from tests.shared.page_text import texts

pytestmark = pytest.mark.slow

PAGES = ("app.py", *(f"pages/{p.name}" for p in sorted((ROOT / "pages").glob("*.py"))))


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()


def test_explore_opens_on_the_sample(app):
    assert not app.exception
    said = texts(app)
    assert "Synthetic patients" in said
    assert "<b>82</b> of 82 patients" in said
    assert "24.1 (15.9–32.1)" in said
    assert len(app.get("vega_lite_chart")) == 2  # the curves and the adverse events; small charts are a component


def test_a_level_filters_and_undo_takes_it_back(app):
    only(app, "pvtt", "Vp3")
    assert "<b>38</b> of 82 patients" in texts(app)
    assert app.button(key="remove-pvtt").label.replace("\\", "") == "Remove PVTT grade Vp3"
    app.button(key="undo").click().run()
    assert "<b>82</b> of 82 patients" in texts(app)


def test_the_sidebar_describes_each_variable_with_its_condition(app):
    filtered(app, Filters.from_json({"pvtt": {"in": ["Vp3"]}, "afp": {"gt": 400}, "ae_leukopenia": {"ge": 3}}))
    shown = next(json.loads(c.proto.json) for c in app.get("bidi_component") if '"fields"' in c.proto.json)
    fields = {field["key"] or field.get("name") or field["band"]: field for field in shown["fields"]}
    assert fields["pvtt"]["chosen"] == ["Vp3"] and fields["pvtt"]["counts"][2].endswith("/38")
    assert fields["afp"]["ranges"] == [[["gt", 400.0]]] and fields["afp"]["usual"][1] == {"from": "gt", "to": "le"}
    terms = dict(zip(fields[">=3"]["names"], fields[">=3"]["on"], strict=True))
    assert [term for term, on in terms.items() if on] == ["Leukopenia"] and not any(fields["any"]["on"])
    assert (fields["least"]["at"], fields["exact"]["at"]) == (30, 2000)
    assert "known only after time zero" in texts(app)


def test_no_patient_left_is_said_plainly(app):
    only(app, "pvtt", "Vp2")
    only(app, "response", "CR")
    assert not app.exception
    assert "<b>0</b> of 82 patients" in texts(app)
    assert "No patient matches these filters" in texts(app)
    assert "immortal" not in texts(app)


def test_few_patients_are_said_on_every_page_and_the_number_can_be_set(app):
    only(app, "pvtt", "Vp2")
    n = int(re.search(r"<b>(\d+)</b> of 82", texts(app))[1])
    said = f"{n} patients, fewer than 30: read every estimate with caution."
    for page in PAGES:
        app.switch_page(page).run()
        assert not app.exception and said in texts(app), page
    assert f"<b>{n}</b> of 82 patients <strong title='{said}'>⚠ fewer than 30</strong>" in texts(app)
    app.switch_page("app.py").run()
    app.button(key="export").click().run()
    assert texts(app).count(said) == 2  # in the bar and in the exported figure's footnote
    app.session_state["cohortscope"].warn_below = n
    assert said not in texts(app.run())
    assert said not in texts(app.switch_page("pages/2_Survival.py").run())


def test_a_file_that_waits_is_said_on_explore(app):
    app.switch_page("pages/1_Cohort.py").run()
    app.file_uploader(key="upload-0").upload(HCC.name, HCC.read_bytes(), "text/csv").run()
    app.switch_page("app.py").run()
    assert "hepatocellular.csv</b> is read but not in use yet" in texts(app)
    assert "Synthetic patients" in texts(app)


def test_strata_and_endpoint(app):
    app.selectbox(key="by").select("afp").run()
    assert not app.exception and "> 400" in texts(app).replace("&gt;", ">")
    app.selectbox(key="by").select("(one curve)").run()
    assert not app.exception and "All patients" in texts(app)
    app.button_group(key="endpoint").set_value("PFS").run()
    assert "Progression-free survival" in texts(app)


def test_the_cohort_page_says_what_is_loaded(app):
    app.switch_page("pages/1_Cohort.py").run()
    assert not app.exception
    said = texts(app)
    assert "Loaded now: yang2023_synthetic.csv" in said
    assert "nothing of them is sent, stored or logged" in said


def test_upload_map_and_explore(app):
    app.switch_page("pages/1_Cohort.py").run()
    app.file_uploader(key="upload-0").upload(HCC.name, HCC.read_bytes(), "text/csv").run()
    assert not app.exception and "In which unit are the times of OS and RFS" in texts(app)
    app.radio[0].set_value("months").run()
    assert "What do the codes 1, 2 of ALT, AST, AFP, Tumour size" in texts(app)
    app.radio[0].set_value("Leave as codes").run()
    assert "Ready to explore: 227 patients, one arm, OS, RFS" in texts(app)
    app.button[[b.label for b in app.button].index("Explore this cohort")].click().run()
    assert not app.exception
    assert app.session_state["cohortscope"].cohort.n == 227


def test_a_cohort_without_endpoint_arm_or_adverse_event_is_explored_too(app):
    rows = "".join(f"{i},{'xyz'[i % 3]},{i}\n" for i in range(20))
    app.switch_page("pages/1_Cohort.py").run()
    app.file_uploader(key="upload-0").upload("c.csv", f"id,colour,size\n{rows}".encode(), "text/csv").run()
    assert "No pair of time and event columns was recognised" in texts(app)
    app.button[[b.label for b in app.button].index("Explore this cohort")].click().run()
    app.switch_page("app.py").run()
    assert not app.exception
    assert "No endpoint is mapped" in texts(app)
    shown = next(json.loads(c.proto.json) for c in app.get("bidi_component") if '"charts"' in c.proto.json)
    assert [c["key"] for c in shown["charts"]] == ["tumor_size", "colour"]
    only(app, "colour", "x")
    assert "<b>7</b> of 20 patients" in texts(app)


@pytest.mark.parametrize(("data", "words"), [
    (b"\x89PNG....", "a picture"), (b"a,b\n1,2\n3\n", "Line 3 has 1 cells"), (b"", "The file is empty")])
def test_what_cannot_be_read_is_said_and_nothing_is_lost(app, data, words):
    only(app, "pvtt", "Vp3")
    app.switch_page("pages/1_Cohort.py").run()
    app.file_uploader(key="upload-0").upload("x.csv", data, "text/csv").run()
    assert not app.exception
    assert words in texts(app)
    assert "<b>38</b> of 82 patients" in texts(app)


def test_an_expired_upload_is_never_replaced_in_silence():
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["own"] = "1"
    app.run()
    assert "Your upload has expired" in texts(app)
    assert not app.get("vega_lite_chart")


def test_text_from_the_data_is_shown_as_it_is(app):
    """Markup in a level or header is text, in tables, labels and charts."""
    evil = "<img src=x onerror=alert(1)>"
    rows = "".join(f"p{i},{evil if i % 2 else '![a](http://x/y.png)'},{i + 1},{i % 2}\n" for i in range(14))
    app.switch_page("pages/1_Cohort.py").run()
    app.file_uploader(key="upload-0").upload("e.csv", f"id,arm,OS_months,OS_event\n{rows}".encode(),
                                             "text/csv").run()
    app.button[[b.label for b in app.button].index("Explore this cohort")].click().run()
    app.switch_page("app.py").run()
    assert not app.exception
    assert "<img" not in texts(app) and "&lt;img" in texts(app)
    labels = [o for group in app.button_group for o in group.options]
    assert not any("![a](" in label for label in labels)


def test_an_encoding_that_is_not_sure_is_asked_and_read_anew(app):
    rows = "".join(f"p{i},{'남여'[i % 2]},{('대조군', '시험군')[i % 2]},{i + 1},{i % 2}\n" for i in range(40))
    app.switch_page("pages/1_Cohort.py").run()
    korean = f"id,sex,arm,OS_months,OS_event\n{rows}".encode("euc-kr")
    app.file_uploader(key="upload-0").upload("k.csv", korean, "text/csv").run()
    assert not app.exception and "In which encoding is this text" in texts(app)
    app.radio[0].set_value("EUC-KR").run()
    assert not app.exception and "Ready to explore: 40 patients, 2 arms" in texts(app)


def test_screen_failures_are_no_arm_until_all_rows_are_analysed(app):
    arms = ("TACE", "TACE+RT", "Screen Failure")
    rows = "".join(f"p{i},{arms[i % 3]},{i + 1},{i % 2}\n" for i in range(30))
    app.switch_page("pages/1_Cohort.py").run()
    app.file_uploader(key="upload-0").upload("c.csv", f"id,ARM,OS_months,OS_event\n{rows}".encode(), "text/csv").run()
    assert not app.exception and "Ready to explore: 20 patients, 2 arms" in texts(app)
    app.button(key="change-patients").click().run()
    next(box for box in app.selectbox if box.label == "Patients analysed").set_value("all rows").run()
    assert not app.exception and "Ready to explore: 30 patients, 3 arms" in texts(app)


def test_a_late_entry_keeps_its_unit_when_the_form_is_opened(app):
    rows = "".join(f"p{i},{i + 4},{i % 2},{30 + 20 * (i % 7)}\n" for i in range(40))
    app.switch_page("pages/1_Cohort.py").run()
    app.file_uploader(key="upload-0").upload("late.csv", f"id,OS_months,OS_event,entry_days\n{rows}".encode(),
                                             "text/csv").run()
    app.radio[0].set_value("Yes, late entry").run()
    before = texts(app)
    app.button(key="change-endpoints").click().run()
    assert not app.exception
    mapping = app.session_state["cohortscope"].draft.loading.mapping["endpoints"]["OS"]
    assert (mapping["entry"], mapping["entry_unit"]) == ("entry_days", "days")
    assert "under observation from “entry_days” in days (late entry)" in before
    assert "Ready to explore: 40 patients" in texts(app)


def test_events_by_their_dates_stay_so_when_the_form_is_opened(app):
    rows = "".join(f"p{i},2016-01-{1 + i % 28:02d},{'' if i % 3 else '2017-02-03'},2019-04-05,{40 + i}\n"
                   for i in range(30))
    app.switch_page("pages/1_Cohort.py").run()
    app.file_uploader(key="upload-0").upload(
        "dates.csv", f"id,date of diagnosis,date of death,last follow-up,age\n{rows}".encode(), "text/csv").run()
    app.radio[0].set_value("Yes: no date, no event").run()
    app.button(key="change-endpoints").click().run()
    assert not app.exception
    mapping = app.session_state["cohortscope"].draft.loading.mapping["endpoints"]["OS"]
    assert mapping["event_dates"] == ["date of death"] and "30 patients, 10 events" in texts(app)
