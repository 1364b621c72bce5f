"""A saved session leads back tomorrow: with its data, in one drop."""

import json

from playwright.sync_api import expect

from tests.browser.app import App
from tests.browser.cohort_page import explore, file, ready, to_cohort
from tests.browser.test_address import MINE, OTHER, shown


def saved(app: App) -> dict:
    """Save the session and return it as an upload."""
    with app.page.expect_download() as waiting:
        app.settled().page.get_by_role("button", name="Save", exact=True).click()
    return file("session.json", waiting.value.path().read_text(encoding="utf-8"))


def test_tomorrow_the_same_view_with_one_drop(page, server):
    app = App(page, server).open()
    ready(to_cohort(app).upload(MINE))
    explore(app).ready().brush("age", 0.2, 0.7).settled()
    app.level("arm", "A").click(modifiers=["Alt"])
    app.settled().page.get_by_role("button", name="Undo").click()
    before, session = shown(app.settled()), saved(app)
    assert not {f"p{i}" for i in range(60)} & set(json.dumps(json.loads(session["buffer"])).split('"'))
    page.goto(server)  # a new session, without the address
    to_cohort(app.ready())
    app.upload([MINE, session])
    app.ready().expect_n(int(before[0].split()[0]))
    assert shown(app.settled()) == before
    page.get_by_role("button", name="Redo").click()
    expect(page.locator(".st-key-chip-arm")).to_contain_text("not (A)")


def test_a_session_of_the_sample_needs_no_data_and_another_file_is_said_to_be_another(page, server):
    app = App(page, server).open()
    app.click_bar("pvtt", "Vp3").expect_n(38)
    session = saved(app)
    page.goto(server)
    to_cohort(app.ready())
    app.upload(session)
    app.ready().expect_n(38)
    to_cohort(app)
    ready(app.upload([OTHER, session]))
    expect(page.get_by_text("OS_months").first).to_be_visible()
    explore(app).expect_n(60)
    expect(page.get_by_role("alert").get_by_text("saved with another file")).to_be_visible()
    expect(page.get_by_role("alert").get_by_text("There is no variable 'pvtt'")).to_be_visible()


def test_comparisons_are_counted_and_exports_say_what_was_declared(app: App):
    standing = app.page.locator(".st-key-standing")
    expect(standing).to_contain_text("Comparison 1 of 1")
    app.click_bar("pvtt", "Vp3").expect_n(38)
    expect(standing).to_contain_text("Comparison 2 of 2")
    app.page.get_by_role("button", name="Export").click()
    expect(app.page.get_by_role("dialog")).to_contain_text("Exploratory: these patients were selected after outcomes")
    app.page.keyboard.press("Escape")
    app.click_bar("pvtt", "Vp3").expect_n(82)
    expect(standing).to_contain_text("Comparison 1 of 2")
    app.go("Cohort")
    expect(app.page.get_by_text("Declared analyses")).to_be_visible()
    app.settled().choose(app.page.get_by_role("combobox", name="Compare by"), "HVTT")
    app.settled().page.get_by_role("button", name="Declare", exact=True).click()
    expect(app.page.get_by_text("OS by HVTT · log-rank")).to_contain_text("before this session looked at it")
    app.settled().go("Explore")
    app.ready().choose(app.page.locator(".st-key-by").get_by_role("combobox"), "by HVTT", typed="by HVTT")
    expect(app.page.get_by_text("Overall survival by HVTT")).to_be_visible()
    app.settled().page.get_by_role("button", name="Export").click()
    expect(app.page.get_by_role("dialog")).to_contain_text("Pre-specified: declared on")


def test_an_exported_picture_brings_its_view_back(app: App, browser):
    """Saved with a filter and a style; given to another session of the same file it puts both on again."""
    app.click_bar("pvtt", "Vp3").expect_n(38)
    picture = app.download("Overall survival by arm", "PNG")
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    other = App(context.new_page(), app.url).open()
    other.go("Cohort")
    other.page.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(
        {"name": "figure.png", "mimeType": "image/png", "buffer": picture})
    other.expect_n(38)
    assert other.chips() == ["PVTT grade Vp3"]
    expect(other.page.locator(".st-key-curves svg.marks")).to_be_visible()
    context.close()
