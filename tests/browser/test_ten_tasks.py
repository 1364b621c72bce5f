"""Ten things that a clinician wants, and how many clicks each takes from a fresh page: counted, not meant."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from core import Filters, treatment_effect
from core.format import hazard_ratio
from core.survival import survival_at
from tests.browser.app import App
from tests.browser.cohort_page import file, to_cohort


class Counted:
    """The app and the presses of the mouse, as the page itself hears them; a file given is one."""

    def __init__(self, app: App) -> None:
        self.app, self.page = app, app.page
        self.page.evaluate("""() => {
          window.presses = 0;
          document.addEventListener("pointerdown", () => { window.presses += 1; }, true);
        }""")

    def after(self, presses: int) -> None:
        assert self.page.evaluate("() => window.presses") == presses


@pytest.fixture
def counted(app: App) -> Counted:
    return Counted(app)


def test_vp4_and_afp_above_400_are_two(counted, sample):
    app = counted.app
    app.click_bar("pvtt", "Vp4")
    plot = app.chart("afp").locator(".cs-plot").bounding_box()
    line = app.chart("afp").locator(".cs-cut").bounding_box()
    app.brush("afp", (line["x"] - plot["x"]) / plot["width"], 1.0)  # from the line of the cut-point to the end
    app.expect_n(sample.filter(Filters.from_json({"pvtt": {"in": ["Vp4"]}, "afp": {"gt": 400.0}})).n)
    assert app.chips() == ["PVTT grade Vp4", "AFP > 400 ng/mL"]
    counted.after(2)


def test_vp3_against_vp4_is_three(counted, sample):
    app = counted.app
    app.click_bar("pvtt", "Vp3").click_bar("pvtt", "Vp4")
    app.chart("pvtt").get_by_role("button", name="split the curves by it").click()
    expect(counted.page.locator("table.cs-table").first).to_contain_text("Vp4")
    kept = sample.filter(Filters.from_json({"pvtt": {"in": ["Vp3", "Vp4"]}}))
    row = treatment_effect(kept, endpoint="OS", by="pvtt").terms.set_index("level").loc["Vp4"]
    app.settled()
    assert hazard_ratio(row.hazard_ratio, row.conf_low, row.conf_high) in app.numbers()
    counted.after(3)


def test_survival_at_a_year_is_in_sight(counted, sample):
    at = survival_at(sample, endpoint="OS", by="arm", times=(12,))
    cells = counted.page.locator("table.cs-table td")
    for share in at.estimate:
        expect(cells.get_by_text(re.compile(rf"^{100 * share:.0f}% "))).to_be_in_viewport()
    counted.after(0)


def test_the_hazard_ratio_in_a_subgroup_is_one(counted, sample):
    counted.app.click_bar("pvtt", "Vp3").expect_n(38)
    vp3 = sample.filter(Filters.from_json({"pvtt": {"in": ["Vp3"]}}))
    row = treatment_effect(vp3, endpoint="OS", by="arm").terms.loc[0]
    assert hazard_ratio(row.hazard_ratio, row.conf_low, row.conf_high) in counted.app.numbers()
    counted.after(1)


def test_severe_adverse_events_are_one(counted):
    counted.app.go("Toxicity")
    expect(counted.page.locator(".st-key-toxicity svg.marks").first).to_be_in_viewport()
    expect(counted.page.get_by_text("grade ≥ 3").filter(visible=True).first).to_be_in_viewport()
    counted.after(1)


def test_to_leave_out_n1_is_two(counted):
    counted.app.chart("n_stage").get_by_role("button", name="exclude").click()
    counted.app.click_bar("n_stage", "N1").expect_n(69)
    assert counted.app.chips() == ["N stage not (N1)"]
    counted.after(2)


def test_two_named_groups_side_by_side_are_four(counted):
    for level in ("Vp3", "Vp4"):
        counted.app.click_bar("pvtt", level)
        counted.page.get_by_role("button", name="Save as group").click()
        expect(counted.page.locator(".cs-chip")).to_have_count(0)
        counted.app.settled()
    expect(counted.page.locator("table.cs-table").first).to_contain_text("PVTT grade Vp4")
    counted.after(4)


def test_what_was_done_as_a_file_is_one_and_tomorrow_one_drop_leads_back(counted, page, server):
    app = counted.app
    app.click_bar("pvtt", "Vp3").expect_n(38)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save", exact=True).click()
    counted.after(2)  # the bar, and Save
    saved = waiting.value.path().read_text(encoding="utf-8")
    assert json.loads(saved)["steps"][-1] == {"pvtt": {"in": ["Vp3"]}}
    page.goto(server)
    to_cohort(app.ready())
    again = Counted(app)
    app.upload(file("session.json", saved))
    app.ready().expect_n(38)
    again.after(0)  # the file alone


def test_a_cell_of_the_heat_map_is_two(counted):
    counted.page.get_by_text("Pairs of factors").click()
    cell = counted.app.settled().page.locator(".st-key-pair-map svg.marks").get_by_text("19, 15 events")
    cell.click()
    counted.app.expect_n(19)
    counted.after(2)
