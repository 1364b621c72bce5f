"""Explore's charts: levels and bounds are found by typing; charts are chosen, ordered, enlarged, and remembered."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from tests.browser.app import App


def typed(app: App, text: str) -> None:
    box = app.page.get_by_role("combobox", name="Find a level or a bound")
    box.fill(text)
    box.press("Enter")


def test_a_level_and_a_bound_are_found_by_typing(app: App):
    typed(app, "vp4")
    app.expect_n(27)
    typed(app, "afp > 400")
    expect(app.page.locator(".st-key-chip-afp")).to_contain_text("> 400 ng/mL")
    app.expect_n(13)
    typed(app, "no such level")
    expect(app.page.get_by_role("option", name="Nothing is called so.")).to_be_visible()
    app.expect_n(13)
    typed(app, "grade vp4")
    app.expect_n(35)


def test_the_arrow_keys_choose_among_what_was_found(app: App):
    box = app.page.get_by_role("combobox", name="Find a level or a bound")
    box.fill("vp")
    expect(app.page.get_by_role("option", name="PVTT grade: Vp2")).to_have_attribute("aria-selected", "true")
    box.press("ArrowDown")
    box.press("Enter")
    app.expect_n(38)
    box.fill("vp")
    box.press("Escape")
    expect(app.page.get_by_role("option", name="PVTT grade: Vp2")).to_be_hidden()


def test_charts_are_chosen_and_come_back_with_the_session(app: App):
    shown = app.page.locator(".cs-chart")
    expect(shown).to_have_count(16)
    app.page.get_by_role("button", name="Charts").click()
    app.settled().page.get_by_role("dialog").get_by_role("button", name="Clear").click()
    expect(shown).to_have_count(0)
    for label in ("Sex", "PVTT grade"):
        app.settled().choose(app.page.get_by_role("combobox", name="Charts, in this order"), label, typed=label)
    expect(shown).to_have_count(2)
    assert [c.get_attribute("data-key") for c in shown.all()] == ["sex", "pvtt"]
    app.click_bar("pvtt", "Vp3").expect_n(38)
    with app.page.expect_download() as download:
        app.page.get_by_role("button", name="Save", exact=True).click()
    assert json.loads(download.value.path().read_text())["charts"] == ["sex", "pvtt"]
    app.page.get_by_role("button", name="Charts").click()
    app.settled().page.get_by_text("Large: one column").click()
    expect(app.page.locator(".cs-composition")).to_have_class("cs-composition cs-wide")
    app.settled().page.get_by_role("button", name="As they were").click()
    expect(shown).to_have_count(16)
