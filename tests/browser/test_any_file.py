"""Files as hospitals send them, in a real Chromium: read, answered, corrected in the form, explored."""

import json
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.cohort_page import answer, choose, explore, file, ready, to_cohort
from tests.corpus.files import BASE, N, chinese, columns, cycle, raw, renamed, text


def european() -> str:
    table = columns()
    for name in ("AFP (ng/mL)", "OS_months"):
        table[name] = [v.replace(".", ",") for v in table[name]]
    table["OS"] = table.pop("OS_months")
    table["OS_event"] = cycle("0", "1", "2")
    return text(table, sep=";")


def findings(app) -> str:
    table = app.page.locator("table.cs-wrap").first
    if not table.is_visible():
        app.page.get_by_text("What reading found").click()
    return table.inner_text()


def test_a_gbk_file_with_chinese_headers_is_corrected_and_explored(app):
    lines = chinese().split("\n")
    whole = "\n".join(["登记表,,,,,,", *lines])
    to_cohort(app).upload(file("登记.csv", whole, "gb18030"))
    assert f"{N} patients, 2 arms, OS" in ready(app)
    expect(app.page.get_by_text("How it was read: GB18030, separated by comma")).to_be_visible()
    choose(app, "Reference arm", "索拉非尼组")
    choose(app, "Time unit", "weeks")
    explore(app).expect_n(N)
    assert app.summary.replace("\n", " ").index("索拉非尼组") < app.summary.index("对照组")
    assert "索拉非尼组" in app.numbers()
    app.click_bar("pvtt", "Vp3").expect_n(8)


def test_a_european_file_is_answered_corrected_and_explored(app):
    to_cohort(app).upload(file("kohorte.csv", european(), "cp1252"))
    expect(app.page.get_by_text("separated by semicolon, decimal comma")).to_be_visible()
    expect(app.page.get_by_role("button", name="Explore this cohort")).to_be_disabled()
    answer(app, "months")
    answer(app, "1")
    ready(app)
    choose(app, "Value that means event", "2")
    app.page.keyboard.press("Escape")
    choose(app, "Time unit", "years")
    ready(app)
    explore(app).expect_n(N)
    assert "OS: 16 events" in app.summary.replace("\n", " ")
    assert "288" in app.page.locator(".st-key-curves").inner_text()  # 25.5 years, in months


def test_how_it_was_read_can_be_overridden(app):
    to_cohort(app).upload(file("two_heads.csv", "x1,x2,x3,x4,x5,x6,x7\n" + BASE))
    expect(app.page.get_by_text("two_heads.csv: ")).to_be_visible()
    app.settled()
    app.page.get_by_text("How it was read").click()
    line = app.page.get_by_role("spinbutton", name="Line of the column names")
    line.fill("2")
    line.press("Enter")
    expect(app.page.get_by_text("names in line 2")).to_be_visible()
    app.settled()
    assert f"{N} patients, 2 arms, OS" in ready(app)
    assert "A line above the header was skipped" in findings(app)


def test_identifying_columns_are_dropped_at_once(app):
    named = text(姓名=[f"张{i}" for i in range(N)])
    to_cohort(app).upload(file("names.csv", named))
    ready(app)
    app.page.get_by_text("How it was read").click()
    expect(app.page.get_by_text("张3", exact=True)).to_be_visible()
    app.page.get_by_role("button", name="Drop identifying columns").click()
    app.settled()
    ready(app)
    assert "张3" not in app.page.inner_text("body")


def test_findings_are_filtered_and_saved_without_names(app):
    named = renamed("age", "age", ["4S", *(str(40 + i) for i in range(N - 1))]).split("\n")
    whole = "\n".join([named[0] + ",tel", *(f"{line},13{i:09d}" for i, line in enumerate(named[1:-1]))])
    to_cohort(app).upload(file("typo.csv", whole))
    ready(app)
    assert "'4S' is not a number" in findings(app)
    app.page.get_by_test_id("stButtonGroup").get_by_text("assumed").click()
    app.settled()
    expect(app.page.locator("table.cs-wrap").first).not_to_contain_text("4S")
    with app.page.expect_download() as waiting:
        app.page.get_by_role("button", name="Findings (CSV)").click()
    saved = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    assert saved.startswith("severity,row,column,value,message,remedy") and "4S" in saved
    assert "13000000001" not in saved


def test_a_mapping_is_given_with_the_next_file_and_offered_by_itself(app):
    mapping = {"patient_id": "patient_id", "arm": {"column": "pvtt", "reference": "Vp2"},
               "endpoints": {"OS": {"time": "OS_months", "event": "OS_event", "unit": "weeks"}},
               "factors": {"age": {"column": "age", "kind": "numeric"}}}
    to_cohort(app).upload([file("next.csv", BASE), {"name": "m.json", "mimeType": "application/json",
                                                    "buffer": json.dumps(mapping).encode()}])
    assert f"{N} patients, 3 arms, OS, 1 factors" in ready(app)
    explore(app).expect_n(N)
    to_cohort(app).upload(file("third.csv", BASE.replace("P0", "Q0")))
    expect(app.page.get_by_text(f"third.csv: {N} rows")).to_be_visible()
    app.settled()
    assert "2 arms" in ready(app)
    app.page.get_by_role("button", name="Use that mapping").click()
    app.settled()
    assert f"{N} patients, 3 arms, OS, 1 factors" in ready(app)


def test_adverse_events_come_in_a_second_file(app):
    events = ("patient_id,AE term,CTCAE grade,SOC\nP001,Nausea,2,GI\nP001,Nausea,3,GI\nP002,Rash,1,Skin\n"
              "P999,Rash,1,Skin\n")
    to_cohort(app).upload([file("cohort.csv", BASE), file("events.csv", events)])
    assert "2 adverse events" in ready(app)
    assert "'P999'" in findings(app)
    explore(app)
    expect(app.page.get_by_text("Nausea").first).to_be_visible()


def test_adam_is_recognised(app):
    folder = Path(__file__).parents[1] / "reference" / "adam"
    to_cohort(app).upload([{"name": f.name, "mimeType": "text/csv", "buffer": f.read_bytes()}
                           for f in sorted(folder.glob("*.csv"))])
    said = ready(app)
    assert "60 patients, 3 arms, OS, PFS" in said and "adverse events" in said
    explore(app).expect_n(60)


def test_missing_data_are_shown_by_arm(app):
    gaps = renamed("age", "age", ["" if i % 4 == 0 else str(40 + i) for i in range(N)])
    to_cohort(app).upload(file("gaps.csv", gaps))
    ready(app)
    expect(app.page.get_by_text("Missing data by arm").or_(app.page.get_by_text("Missing data")).first).to_be_visible()
    expect(app.page.locator(".st-key-missing svg.marks")).to_contain_text("6 of 12")


def test_reading_a_large_file_can_be_given_up(app):
    rows = "".join(f"{i},{'ab'[i % 2]},{i % 90 + 1},{i % 2},{i * 7 % 999},{'x' * 40}{i}\n" for i in range(600_000))
    large = {"name": "large.csv", "mimeType": "text/csv",
             "buffer": raw("id,arm,OS_months,OS_event,lab,note\n" + rows)}
    to_cohort(app).upload(large)
    app.page.get_by_role("button", name="Give up").click()
    app.settled()
    expect(app.page.get_by_text("Loaded now: yang2023_synthetic.csv")).to_be_visible()
    assert app.page.get_by_test_id("ready").count() == 0
