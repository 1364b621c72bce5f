"""The conditions in the sidebar and behind a chip: by the keyboard, to the digit, in their order."""

import pytest
from playwright.sync_api import expect

from tests.browser.cohort_page import explore, to_cohort


def test_sidebar_is_the_twin_of_the_charts(app):
    app.click_bar("pvtt", "Vp3").expect_n(38)
    sidebar = app.open_sidebar()
    pill = sidebar.get_by_role("button", name="Vp3 · 38/38")
    expect(pill).to_have_attribute("aria-pressed", "true")
    sidebar.get_by_role("button", name="Vp4 · 0/27").click()
    app.expect_n(65)
    expect(sidebar.get_by_role("textbox", name="Age ≥", exact=True)).to_be_visible()
    age = sidebar.get_by_role("group", name="Age", exact=True).get_by_role("textbox").first
    age.fill("60")
    age.press("Enter")
    app.settled()
    assert "Age ≥ 60 years" in app.chips()
    assert app.n() < 65
    sidebar.get_by_role("combobox", name="Age: sign of the lower bound").first.select_option(">")
    app.settled()
    assert "Age > 60 years" in app.chips()
    age.fill("sixty")
    age.press("Enter")
    expect(sidebar.get_by_role("alert")).to_have_text("sixty is no number: write it as 400 or 7.5.")
    assert "Age > 60 years" in app.settled().chips()
    age.fill("")
    age.press("Enter")
    app.expect_n(65)
    expect(sidebar.get_by_role("alert")).to_have_count(0)
    sidebar.get_by_text("Had adverse event, grade ≥ 3").click()
    sidebar.get_by_role("group", name="Had adverse event, grade ≥ 3").get_by_role("button", name="Leukopenia").click()
    expect(app.page.locator(".st-key-chip-ae_leukopenia")).to_be_visible()
    app.settled().page.locator(".st-key-edit-ae_leukopenia button").first.click()
    app.page.get_by_test_id("stPopoverBody").get_by_role("button", name="exclude").click()
    expect(app.page.locator(".st-key-chip-ae_leukopenia")).to_contain_text("not (")


def test_ranges_of_a_number_are_typed_to_the_digit_and_stay_in_their_rows(app):
    ages = app.open_sidebar().get_by_role("group", name="Age", exact=True).get_by_role("textbox")
    ages.nth(0).fill("70")
    ages.nth(0).press("Tab")
    expect(ages.nth(0)).to_have_value("70")  # at once
    app.settled()
    for place, text in ((2, "40"), (3, "50")):  # a further range, which is below the first
        ages.nth(place).fill(text)
        ages.nth(place).press("Enter")
        app.settled()
    assert app.chips() == ["Age ≥ 40 and < 50 or ≥ 70 years"]
    assert [ages.nth(i).input_value() for i in range(6)] == ["70", "", "40", "50", "", ""]
    ages.nth(5).fill("0,500")
    ages.nth(5).press("Enter")
    expect(app.page.get_by_role("alert").get_by_text("0,500 is no number")).to_be_visible()
    expect(ages.nth(5)).to_have_attribute("aria-invalid", "true")


def test_the_chip_of_a_column_with_underscores_opens(app, tmp_path):
    rows = "".join(f"p{i},{'AB'[i % 2]},{i + 1},{i % 2},{'xy'[i % 3 > 0]}\n" for i in range(60))
    path = tmp_path / "redcap.csv"
    path.write_text("id,arm,OS_months,OS_event,race___1\n" + rows, encoding="utf-8")
    explore(to_cohort(app).upload(path)).expect_n(60)
    app.click_bar("race___1", "x").expect_n(20)
    app.page.locator(".st-key-bar [class*=st-key-edit-] button").first.click()
    app.page.get_by_test_id("stPopoverBody").get_by_role("button", name="exclude").click()
    app.expect_n(40)


@pytest.mark.parametrize("where", ["Explore", "Survival"])
def test_what_is_done_in_the_sidebar_and_by_buttons_in_one_moment_counts_in_its_order(app, where):
    app.click_bar("sex", "M").settled()
    app.go(where).settled()
    expect(app.open_sidebar().get_by_role("button", name="Vp4 ·")).to_be_visible()
    app.settled().page.evaluate("""() => {
      const pills = [...document.querySelectorAll(".cs-pill")];
      const pill = (name) => pills.find((one) => one.textContent.startsWith(name)).click();
      const button = (key) => document.querySelector(`.st-key-${key} button`).click();
      pill("Vp3 ·"); button("remove-sex"); pill("yes ·"); button("undo"); pill("Vp4 ·");
    }""")
    expect(app.page.locator(".st-key-chip-pvtt")).to_contain_text("Vp4")
    assert app.settled().chips() == ["PVTT grade Vp3, Vp4"]
    pressed = app.sidebar().get_by_role("group", name="PVTT grade", exact=True).locator("[aria-pressed=true]")
    assert [text.split(" ")[0] for text in pressed.all_inner_texts()] == ["Vp3", "Vp4"]
