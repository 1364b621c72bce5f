"""The Survival page in a real Chromium: panes, views, the guard, competing risks, the check against lifelines."""

import re

import pandas as pd
import pytest
from playwright.sync_api import expect

from tests.browser.cohort_page import explore, file, ready, to_cohort


@pytest.fixture
def survival(app):
    app.go("Survival")
    expect(app.page.get_by_text("Survival at chosen times")).to_be_visible()
    return app.ready()


def dated() -> dict:
    """A cohort whose response and failures have the month in which they were seen."""
    head = ("patient_id,arm,os_months,os_event,mrecist,mrecist_months,local_failure,local_failure_months,"
            "distant_failure,distant_failure_months\n")
    rows = []
    for i in range(60):
        time, local, distant = 4 + i * 7 % 30, i % 4 == 0, i % 4 == 1 or i % 12 == 0
        rows.append(f"p{i},{'AB'[i % 2]},{time},{int(i % 3 > 0)},{('CR', 'PR', 'SD', 'PD')[i % 4]},{1 + i % 3},"
                    f"{'yes,' + str(time / 2) if local else 'no,'},{'yes,' + str(time / 2) if distant else 'no,'}")
    return file("dated.csv", head + "\n".join(rows) + "\n")


def pick(app, label, option):
    return app.choose(app.page.get_by_role("combobox", name=label), option, typed=option)


def test_a_plot_per_level_stands_on_one_scale_and_follows_the_filter(survival):
    one = survival.curve()
    pick(survival, "A plot per level of", "PVTT grade")
    expect(survival.page.get_by_text("Overall survival by arm within PVTT grade").first).to_be_visible()
    drawing = survival.page.locator(".st-key-curves svg.marks")
    expect(drawing).to_contain_text(re.compile("none.*Vp2.*Vp3.*Vp4", re.DOTALL))
    panes = survival.curve()
    assert panes != one
    assert "are for all levels of PVTT grade together" in survival.page.inner_text("body")
    survival.open_sidebar().get_by_role("button", name="Vp3 ·").click()
    survival.expect_n(38)
    assert survival.curve() != panes


def test_views_and_counts_are_switched(survival):
    drawing = survival.page.locator(".st-key-curves svg.marks")
    seen = {survival.curve()}
    for view in ("1 − survival", "Cumulative hazard", "Log minus log"):
        survival.page.get_by_role("radio", name=view).click()
        seen.add(survival.settled().curve())
    assert len(seen) == 4
    for counts in ("Number at risk", "Events so far", "Censored so far"):
        expect(drawing.get_by_text(counts, exact=True)).to_be_visible()
    survival.page.get_by_role("button", name="Curve options").click()
    survival.page.get_by_role("button", name="Events so far").click()
    expect(drawing.get_by_text("Events so far", exact=True)).to_have_count(0)
    survival.settled()


def test_the_selection_is_compared_with_all_others(survival):
    pick(survival, "Compare by", "The selection against all others")
    expect(survival.page.get_by_text("Nothing is selected")).to_be_visible()
    survival.open_sidebar().get_by_role("button", name="Vp3 ·").click()
    expect(survival.page.locator("table.cs-table").first).to_contain_text("All others")
    survival.expect_n(38)


def test_response_is_guarded_and_the_landmark_is_one_click_away(survival):
    pick(survival, "Compare by", "by Response")
    expect(survival.page.get_by_text("known only after time zero").first).to_be_visible()
    survival.page.get_by_role("spinbutton", name=re.compile("By which month was it known")).fill("4")
    survival.page.keyboard.press("Enter")
    survival.settled().page.get_by_role("button", name="Landmark analysis from there").click()
    expect(survival.page.get_by_text("Landmark at 4 months: ").first).to_be_visible()
    expect(survival.page.get_by_role("spinbutton", name="Landmark")).to_have_value("4")
    expect(survival.page.get_by_text("By which month")).to_have_count(0)


def test_a_file_with_dates_has_its_landmark_and_its_first_failures(app):
    to_cohort(app).upload(dated())
    ready(app)
    explore(app).go("Survival")
    expect(app.page.get_by_text("Survival at chosen times")).to_be_visible()
    drawing = app.page.locator(".st-key-incidence svg.marks")
    drawing.scroll_into_view_if_needed()
    expect(drawing).to_contain_text("several sites")
    expect(app.page.get_by_text("Gray").first).to_be_visible()
    pick(app.settled(), "Compare by", "by Response")
    app.page.get_by_role("button", name="Landmark analysis from month 3, when it was known for all").click()
    expect(app.page.get_by_text("as known by the landmark, month 3").first).to_be_visible()
    expect(app.page.get_by_text("from time zero only")).to_be_visible()


def test_numbers_are_checked_and_taken_to_r(survival, tmp_path):
    survival.page.get_by_text("Recompute them with lifelines").click()
    expect(survival.page.get_by_text("23 of 23 figures are equal to six digits")).to_be_visible()
    assert "survfit(" in survival.page.locator(".st-key-checks code").inner_text()
    with survival.page.expect_download() as waiting:
        survival.page.get_by_role("button", name="The patients behind it").click()
    frame = pd.read_csv(waiting.value.path())
    assert len(frame) == 82 and not any("id" in c for c in frame.columns)


def test_tau_is_moved_by_the_keyboard(survival):
    assert "τ = 36 months" in survival.page.inner_text("body")
    survival.page.locator(".st-key-tau").get_by_role("slider").press("ArrowLeft")
    expect(survival.page.get_by_text("τ = 36 months")).to_have_count(0)
    assert "Traceback" not in survival.page.inner_text("body")
