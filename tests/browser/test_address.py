"""The address holds the view: it survives F5, and leads a colleague with the same file to the same view."""

import re

from playwright.sync_api import expect

from tests.browser.app import App
from tests.browser.cohort_page import explore, file, ready, to_cohort

ROWS = "".join(f"p{i},{'AB'[i % 2]},{i + 1},{i % 2},{40 + i}\n" for i in range(60))
MINE = file("mine.csv", "id,arm,OS_months,OS_event,age\n" + ROWS)
OTHER = file("other.csv", "id,arm,OS_months,OS_event,weight\n" + ROWS)


def shown(app: App) -> tuple:
    """What a person sees of the view; curves that were drawn anew may lie over one another in another order."""
    return app.summary, app.chips(), app.numbers(), sorted(app.curve().split("|"))


def test_reloading_changes_nothing(app):
    app.level("pvtt", "Vp3").click(modifiers=["Alt"])
    app.brush("afp", 0.3, 0.9).settled()
    app.page.get_by_role("radio", name="PFS").or_(app.page.get_by_role("button", name="PFS")).first.click()
    app.settled().page.get_by_text("95% CI", exact=True).click()
    before = shown(app.settled())
    app.page.reload()
    assert shown(app.ready()) == before
    app.go("Survival").settled().page.get_by_text("Cumulative hazard", exact=True).first.click()
    before = app.settled().page.url, app.curve(), app.chips()
    app.page.reload()
    assert (app.ready().page.url, app.curve(), app.chips()) == before
    app.go("Explore").ready()
    assert app.chips() == before[2]


def test_landmark_and_tau_survive_a_reload(app):
    app.go("Survival").settled()
    landmark = app.page.get_by_role("spinbutton", name="Landmark, month")
    landmark.fill("3")
    landmark.press("Enter")
    expect(app.page.get_by_text("Landmark at 3 months:")).to_be_visible()
    tau = app.settled().page.get_by_role("slider", name="τ, the month")
    tau.focus()
    tau.press("ArrowLeft")
    expect(app.page).to_have_url(re.compile("tau="))
    reference = app.settled().page.locator(".st-key-against-arm").get_by_role("combobox")
    app.choose(reference, "TACE+IMRT+sorafenib", typed="TACE").settled()
    expect(app.page).to_have_url(re.compile("references="))
    expect(app.page.get_by_test_id("log-rank").first).to_contain_text("against TACE+IMRT+sorafenib")
    before = app.settled().page.url, app.curve(), tau.get_attribute("aria-valuenow")
    assert "landmark=3" in before[0]
    app.page.reload()
    assert (app.ready().page.url, app.curve(), tau.get_attribute("aria-valuenow")) == before


def test_a_colleague_with_the_same_file_sees_the_same(page, server):
    app = App(page, server).open()
    app.click_bar("pvtt", "Vp3").expect_n(38)
    ready(to_cohort(app).upload(MINE))
    explore(app).expect_n(60)
    assert app.chips() == []  # the sample's filters are not the file's
    app.brush("age", 0.2, 0.7).settled()
    before = shown(app.settled())
    assert before[1] and "filters" in page.url
    page.reload()
    expect(page.get_by_role("alert").get_by_text("Your upload has expired")).to_be_visible()
    ready(to_cohort(app).upload(MINE))
    assert shown(explore(app).ready()) == before


def test_another_file_is_told_what_does_not_fit(page, server):
    app = App(page, server).open()
    ready(to_cohort(app).upload(MINE))
    explore(app).ready().brush("age", 0.2, 0.7).settled()
    page.reload()
    expect(page.get_by_role("alert").get_by_text("Your upload has expired")).to_be_visible()
    ready(to_cohort(app).upload(OTHER))
    explore(app).expect_n(60)
    expect(page.get_by_role("alert").get_by_text("There is no variable 'age'")).to_be_visible()
