"""Named groups: saved by a click, compared on every page, combined, kept in the address and in a session's file."""

from __future__ import annotations

import json
import re

from playwright.sync_api import expect

from tests.browser.app import App


def two_groups(app: App) -> None:
    """Four clicks: Vp3, save, Vp4, save."""
    for level in ("Vp3", "Vp4"):
        app.click_bar("pvtt", level)
        app.page.get_by_role("button", name="Save as group").click()
        expect(app.page.locator(".cs-chip")).to_have_count(0)
        expect(app.page.get_by_text("All patients are shown again")).to_be_visible()
        app.settled()


def test_two_groups_stand_side_by_side_on_every_page_after_four_clicks(app: App):
    two_groups(app)
    table = app.page.locator("table.cs-table").first
    expect(table).to_contain_text("PVTT grade Vp3")
    expect(table).to_contain_text("PVTT grade Vp4")
    app.expect_n(82)
    for page in ("Survival", "Toxicity", "Response", "Cohort"):
        app.go(page)
        expect(app.page.get_by_text("PVTT grade Vp4").filter(visible=True).first).to_be_visible()
    app.go("Explore")
    expect(app.chart("named-groups").locator(".cs-level")).to_have_count(3)
    app.click_bar("named-groups", "PVTT grade Vp4")
    app.expect_n(27)


def test_groups_are_renamed_combined_and_taken_away(app: App):
    two_groups(app)
    app.click_bar("sex", "M")
    app.page.get_by_role("button", name="Save as group").click()
    expect(app.page.get_by_text("in two groups: left out")).to_be_visible()
    app.settled().page.get_by_role("button", name="Groups").click()
    expect(app.page.get_by_role("row", name="PVTT grade Vp3 and Sex M")).to_be_visible()
    app.page.get_by_text("kept in the first").click()
    expect(app.page.get_by_text("in two groups: kept in the first")).to_be_visible()
    name = app.page.get_by_role("textbox", name="Name of group 1")
    name.fill("Third grade")
    name.press("Enter")
    expect(app.page.locator("table.cs-table").first).to_contain_text("Third grade")
    app.settled().page.get_by_role("button", name="Add").click()
    expect(app.page.get_by_role("textbox", name="Name of group 4")).to_have_value("Third grade and PVTT grade Vp4")
    for _ in range(3):
        app.settled().page.locator("[class*=st-key-group-remove-] button").first.click()
    app.settled()
    expect(app.page.get_by_role("textbox", name="Name of group 1")).to_have_value("Third grade and PVTT grade Vp4")
    expect(app.page.locator(".st-key-curves svg.marks").get_by_text("TACE+IMRT", exact=True).first).to_be_visible()


def test_a_group_s_colour_is_chosen_and_comes_back(app: App):
    two_groups(app)
    app.settled().page.get_by_role("button", name="Groups").click()
    app.settled().page.locator(".st-key-group-colour-1").get_by_test_id("stColorPickerBlock").click()
    app.page.locator("input[value^='#']").last.fill("#7a1fa2")
    app.page.get_by_text("Compared side by side on every page").click()  # what closes the picker
    drawn = app.page.locator(".st-key-curves svg.marks path[stroke='#7a1fa2']")
    expect(drawn.first).to_be_attached()
    expect(app.page).to_have_url(re.compile("7a1fa2"))
    app.settled().page.reload()
    expect(app.ready().page.locator(".st-key-curves svg.marks path[stroke='#7a1fa2']").first).to_be_attached()


def test_address_and_file_lead_back_to_the_groups(app: App):
    two_groups(app)
    app.page.reload()
    app.ready()
    expect(app.page.locator("table.cs-table").first).to_contain_text("PVTT grade Vp4")
    with app.page.expect_download() as download:
        app.page.get_by_role("button", name="Save", exact=True).click()
    saved = json.loads(download.value.path().read_text())
    assert [g["name"] for g in saved["groups"]["groups"]] == ["PVTT grade Vp3", "PVTT grade Vp4"]
    assert saved["by"] == "named-groups"
    fresh = App(app.page, app.url).open()
    expect(fresh.chart("named-groups")).to_have_count(0)
    fresh.go("Cohort")
    fresh.upload({"name": "s.json", "mimeType": "application/json", "buffer": json.dumps(saved).encode()})
    expect(fresh.page.locator(".st-key-groups")).to_be_visible()
    fresh.settled().go("Explore")
    expect(fresh.page.locator("table.cs-table").first).to_contain_text("PVTT grade Vp4")
