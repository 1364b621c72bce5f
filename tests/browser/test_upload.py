"""Upload in a real Chromium: the real cohort is mapped by clicking; bad files are refused in words."""

import json

from playwright.sync_api import expect

from tests.browser.cohort_page import add_endpoint, answer, change, choose, file, ready, to_cohort
from tests.conftest import HCC
from tests.corpus.test_hostile_workbooks import HOSTILE


def test_the_real_cohort_is_loaded_by_clicking(app):
    to_cohort(app).upload(HCC)
    expect(app.page.get_by_text("OS: 227 patients, 97 events, median not reached, longest 83 months")).to_be_visible()
    answer(app, "months")
    answer(app, "Leave as codes")
    said = ready(app)
    assert "227 patients" in said and "OS, RFS" in said and "14 factors" in said
    app.page.get_by_role("button", name="Explore this cohort").click()
    app.ready().expect_n(227)
    assert "own=1" in app.page.url
    assert "Synthetic" not in app.page.inner_text("body")
    app.choose(app.page.locator(".st-key-by").get_by_role("combobox"), "by BCLC stage")
    expect(app.page.get_by_text("Overall survival by BCLC stage")).to_be_visible()
    app.settled()
    assert app.numbers().count("\n") == 2
    app.click_bar("afp", "2").expect_n(149)


def test_roles_that_were_not_recognised_can_be_set(app):
    rows = "\n".join(f"c{i},{'AB'[i % 2]},{i + 3},{'pd' if i % 3 else 'ned'},{i % 5}" for i in range(24))
    to_cohort(app).upload(file("odd.csv", f"code,branch,weeks_seen,ended,score\n{rows}\n"))
    ready(app)
    choose(app, "Patient id", "code")
    choose(app, "Arm", "branch")
    choose(app, "Reference arm", "B")
    add_endpoint(app, "weeks_seen", "ended")
    choose(app, "Value that means event", "pd")
    app.page.keyboard.press("Escape")
    said = ready(app)
    assert "24 patients, 2 arms, Endpoint 1" in said
    change(app, "endpoints")
    expect(app.page.get_by_role("combobox", name="Time unit")).to_have_value("weeks")
    app.page.get_by_role("button", name="Explore this cohort").click()
    app.ready()
    assert app.summary.startswith("24 of 24 patients")
    assert "12 B + 12 A" in app.summary.replace("\n", " ")


def test_what_cannot_be_read_is_said_and_the_cohort_stays(app):
    app.click_bar("pvtt", "Vp3").expect_n(38)
    to_cohort(app)
    for bad, words in (
        (file("scan.csv", "%PDF-1.7 something"), "This is a PDF"),
        (file("ragged.csv", "id,a,b\n1,2,3\n2,3\n"), "Line 3 has 2 cells; the header has 3"),
        (file("spaces.csv", "\u00a0\n" * 60), "spaces.csv was not loaded"),
    ):
        app.upload(bad)
        expect(app.page.get_by_role("alert")).to_contain_text(words)
        assert "Traceback" not in app.page.inner_text("body")
        assert app.summary.startswith("38 of 82 patients")
    good = "".join(f"p{i},{'ab'[i % 2]},{i + 1},{i % 2},{40 + i}\n" for i in range(20))
    app.upload(file("good.csv", "id,arm,OS_months,OS_event,age\n" + good))
    assert "20 patients" in ready(app)  # beside three files that could not be read
    app.go("Explore").ready().expect_n(38)


def test_cells_and_arms_that_do_not_fit_are_named(app):
    head = "id,arm,OS_months,OS_event,age\n"
    rows = [f"p{i},{'ab'[i % 2]},{i + 1},{i % 2},{40 + i}" for i in range(12)]
    rows[4] = rows[4].replace(",5,", ",abc,", 1)
    to_cohort(app).upload(file("word.csv", head + "\n".join(rows)))
    alert = app.page.get_by_role("alert").first
    expect(alert).to_contain_text("Line 6, column 'OS_months': 'abc' is not a number")
    app.upload(file("one_arm.csv", head + "\n".join(f"p{i},a,{i + 1},{i % 2},{40 + i}" for i in range(12))))
    ready(app)
    choose(app, "Arm", "arm")
    expect(app.page.get_by_role("alert").first).to_contain_text("only one level, 'a'")


def test_after_a_reload_the_lost_upload_is_said(app):
    to_cohort(app).upload(HCC)
    answer(app, "months")
    answer(app, "Leave as codes")
    ready(app)
    app.page.get_by_role("button", name="Explore this cohort").click()
    app.ready().expect_n(227)
    app.page.reload()
    expect(app.page.get_by_role("alert")).to_contain_text("Your upload has expired")
    assert app.page.locator(".st-key-curves").count() == 0


def test_clear_my_data(app):
    to_cohort(app).upload(HCC)
    answer(app, "months")
    answer(app, "Leave as codes")
    ready(app)
    app.page.get_by_role("button", name="Explore this cohort").click()
    app.ready().expect_n(227)
    to_cohort(app).page.get_by_role("button", name="Clear my data").click()
    app.expect_n(82)
    assert "own=1" not in app.page.url
    assert app.page.get_by_test_id("ready").count() == 0
    assert "hepatocellular" not in app.page.inner_text("body")


ROWS = [f"p{i},{'ab'[i % 2]},{i + 1},{i % 2},{40 + i}\n" for i in range(20)]
COHORT = "id,arm,OS_months,OS_event,age\n" + "".join(ROWS)
EVENTS = "id,AE term,grade\n" + "".join(f"p{i % 20},{('Nausea', 'Rash')[i % 2]},{i % 3 + 1}\n" for i in range(40))


def test_a_file_that_waits_for_its_cohort_is_taken_with_it(app):
    """Adverse events, and a mapping, given first; then a mapping that does not fit is taken away."""
    to_cohort(app).upload(file("events.csv", EVENTS))
    expect(app.page.get_by_role("alert")).to_contain_text("Give the cohort with it")
    app.upload(file("cohort.csv", COHORT))
    assert "2 adverse events" in ready(app)
    wrong = {"patient_id": "nope", "endpoints": {"OS": {"time": "nope", "event": "OS_event", "event_values": ["1"]}}}
    app.upload(file("wrong.json", json.dumps(wrong)))
    expect(app.page.get_by_role("alert").first).to_contain_text("nope")
    app.page.get_by_role("button", name="Remove wrong.json").click()
    assert "20 patients" in ready(app)
    assert app.page.get_by_text("nope").count() == 0


def test_a_choice_with_which_nothing_can_be_read_is_taken_back(app):
    to_cohort(app).upload(file("cohort.csv", COHORT))
    ready(app)
    app.page.get_by_text("How it was read").first.click()
    line = app.page.get_by_role("spinbutton", name="Line of the column names")
    line.fill("9000")
    line.press("Enter")
    expect(app.page.get_by_role("alert").first).to_contain_text("cohort.csv was not loaded")
    assert "20 patients" in ready(app)
    expect(app.page.get_by_text("names in line 1").first).to_be_visible()


def test_a_file_that_meets_its_bound_stands_in_no_other_s_way(app):
    """Given together with a good one, and again with a third: it is said each time, and read no more."""
    bomb = {"name": "bomb.xlsx", "mimeType": "application/octet-stream", "buffer": HOSTILE["100,000 sheets"]}
    to_cohort(app).upload([bomb, file("cohort.csv", COHORT)])
    assert "20 patients" in ready(app)
    expect(app.page.get_by_role("alert").first).to_contain_text("bomb.xlsx was not loaded")
    app.upload(file("events.csv", EVENTS))
    expect(app.page.get_by_test_id("ready")).to_contain_text("2 adverse events")
    expect(app.page.get_by_role("alert").first).to_contain_text("bomb.xlsx was not loaded")
