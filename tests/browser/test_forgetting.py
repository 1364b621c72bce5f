"""What the running server holds of a cohort: nothing after “Clear my data”, nothing after its tab was closed."""

import json
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.app import App
from tests.browser.chromium import WORST
from tests.browser.cohort_page import explore, to_cohort
from tests.browser.server import Server

SAMPLE = Path(__file__).parents[2] / "sample_data" / "yang2023_synthetic.csv"
NAME = "mine.csv"
NOTHING = {"cohorts": 0, "tables": 0, "uploads": 0, "saved": 0}


@contextmanager
def watched():
    server = Server(["-m", "tests.browser.watched", NAME])
    try:
        yield server
    finally:
        server.end()


def held(server):
    return json.loads(server.ask())


def comes_to_nothing(server):
    """Wait until the server holds nothing of the file; return what it holds in the end."""
    for _ in range(WORST // 500):
        now = held(server)
        if now | NOTHING == now:
            break
        time.sleep(0.5)
    return {key: now[key] for key in NOTHING}


def loaded(page, url):
    """Load a file, look at every page, filter, open and close a dialog."""
    app = App(page, url).open()
    to_cohort(app).upload({"name": NAME, "mimeType": "text/csv", "buffer": SAMPLE.read_bytes()})
    explore(app)
    app.click_bar("pvtt", "Vp3").expect_n(38)
    for name in ("Survival", "Hazard ratios", "Toxicity", "Response", "Published", "Explore"):
        app.go(name).settled()
    app.download("Overall survival by arm", "SVG")  # that names the file
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    return app.settled()


@pytest.fixture
def second(browser):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(WORST)
    yield page
    context.close()


def test_nothing_is_held_after_clear_and_other_sessions_keep_theirs(page, second):
    with watched() as server:
        other = App(second, server.url).open()
        other.click_bar("pvtt", "Vp3").expect_n(38)
        app = loaded(page, server.url)
        assert {key for key, n in held(server).items() if n} == set(NOTHING)
        to_cohort(app).page.get_by_role("button", name="Clear my data").click()
        expect(app.page.get_by_test_id("summary")).to_contain_text("82 of 82")
        app.settled()
        assert comes_to_nothing(server) == NOTHING
        assert other.settled().n() == 38
        other.click_bar("pvtt", "Vp4").expect_n(65)


def test_nothing_is_held_after_the_tab_closed(page, second):
    with watched() as server:
        loaded(second, server.url)
        assert held(server)["cohorts"]
        second.close()
        assert comes_to_nothing(server) == NOTHING
        App(page, server.url).open().expect_n(82)


def test_an_upload_is_written_nowhere(page):
    """Ten times the size from which the server by itself would write a temporary file."""
    head, *rows = SAMPLE.read_text(encoding="utf-8-sig").splitlines()
    many = [row.replace("P0", f"P{i}-", 1).replace("P", f"Q{i}-", 1) for i in range(1_200) for row in rows]
    data = "\n".join([head, *many]).encode()
    assert len(data) > 10 * 1024**2
    with watched() as server:
        to_cohort(App(page, server.url).open()).upload({"name": NAME, "mimeType": "text/csv", "buffer": data})
        expect(page.get_by_test_id("ready")).to_be_visible()
        now = held(server)
        assert now["uploads"] == 1 and not now["written"]
