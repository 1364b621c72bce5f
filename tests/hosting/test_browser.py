"""The app behind the proxy in Chromium: pages, dialogs, saved files under the policy, and a process that is killed."""

import os
import re
import signal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.app import App
from tests.conftest import ROOT
from tests.hosting.department import running_department

pytestmark = pytest.mark.slow
_PAGES = ("", "Cohort", "Survival", "Hazard_ratios", "Toxicity", "Response", "Published", "Slides")


@pytest.fixture
def outside(page, department):
    """What the page asked of anyone but the server."""
    asked = []
    page.on("request", lambda request: asked.append(request.url)
            if urlsplit(request.url).netloc != urlsplit(department.url).netloc
            and not request.url.startswith(("data:", "blob:")) else None)
    yield asked
    assert asked == []


@pytest.mark.parametrize("name", _PAGES)
def test_every_page_works_and_asks_nobody_else(department, page, outside, name):
    page.goto(f"{department.url}/{name}")
    expect(page.locator("[data-testid=summary]")).to_contain_text("82")
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.locator("[data-testid=stException]")).to_have_count(0)
    assert page.evaluate("document.documentElement.lang") == "en"


def test_export_glossary_and_tour_work(department, page, outside):
    app = App(page, department.url).open()
    page.get_by_role("button", name="Glossary").click()
    expect(page.locator(".cs-terms, [role=dialog]").first).to_be_visible()
    page.keyboard.press("Escape")
    app.page.get_by_role("button", name="Export").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".cs-preview img").first).to_be_visible()
    with page.expect_download() as download:
        dialog.get_by_role("button", name=re.compile("PNG")).first.click()
    assert download.value.path().read_bytes()[:4] == b"\x89PNG"
    assert {e["event"] for e in department.events()} >= {"exported"}


def test_a_file_is_loaded_and_explored(department, page, outside):
    page.goto(f"{department.url}/Cohort")
    page.locator("[data-testid=stFileUploaderDropzoneInput]").first.set_input_files(
        ROOT / "sample_data" / "yang2023_synthetic.csv")
    page.get_by_role("button", name="Explore this cohort").click()
    expect(page.locator("h1").first).to_have_text("Cohortscope: Explore")
    expect(page.locator("[data-testid=summary]")).to_contain_text("82")
    event = [e for e in department.events() if e["event"] == "loaded"][-1]
    assert event["rows"] == 82


def test_who_was_in_a_killed_process_is_told_and_goes_on_in_another(tmp_path, page):
    with running_department(tmp_path, "processes = 2\n") as department:
        app = App(page, department.url).open()
        [name] = [c["value"] for c in page.context.cookies() if c["name"] == "cohortscope_process"]
        os.kill(department.processes()[name], signal.SIGKILL)
        expect(page.get_by_text("Your earlier session has ended, because the app was restarted")).to_be_visible()
        [other] = [c["value"] for c in page.context.cookies() if c["name"] == "cohortscope_process"]
        assert other != name
        expect(app.page.locator("[data-testid=summary]")).to_contain_text("82")
