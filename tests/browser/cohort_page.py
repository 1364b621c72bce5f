"""The Cohort page as the tests use it: give files, answer, correct, explore."""

import re

from playwright.sync_api import expect


def ready(app):
    expect(app.page.get_by_test_id("ready")).to_be_visible()
    return app.page.get_by_test_id("ready").inner_text()


def to_cohort(app):
    app.go("Cohort")
    expect(app.page.get_by_text("Load a cohort")).to_be_visible()
    return app


def file(name, text, encoding="utf-8"):
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode(encoding)}


SECTION_OF = {"Patient id": "patients", "Arm": "arm", "Reference arm": "arm", "Time unit": "endpoints",
              "Time": "endpoints", "Event": "endpoints", "Value that means event": "endpoints"}


def change(app, section):
    """Open a section of the form from the review, if it is not open."""
    button = app.page.locator(f".st-key-change-{section}").get_by_role("button")
    if button.inner_text().strip() == "Change":
        button.click()
        app.settled()


def choose(app, label, option):
    if label in SECTION_OF:
        change(app, SECTION_OF[label])
    app.choose(app.page.get_by_role("combobox", name=label, exact=True),
               re.compile(rf"^{re.escape(option)}(\s+\(.*)?$"))


def add_endpoint(app, time, event):
    change(app, "endpoints")
    many = app.page.get_by_role("spinbutton", name="How many endpoints")
    many.fill("1")
    many.press("Enter")
    app.settled()
    choose(app, "Time", time)
    choose(app, "Event", event)


def answer(app, choice):
    """Choose an answer to a question above the form."""
    app.page.get_by_role("radiogroup").get_by_text(choice, exact=True).click()
    app.settled()


def explore(app):
    app.page.get_by_role("button", name="Explore this cohort").click()
    return app.ready()
