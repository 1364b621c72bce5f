"""The server dies and comes back: the page says so by itself, before a person clicks anything."""

from contextlib import suppress

import pytest
from playwright.sync_api import expect

from tests.browser.app import App
from tests.browser.cohort_page import explore, file, ready, to_cohort
from tests.browser.server import Server

ROWS = "".join(f"p{i},{'AB'[i % 2]},{i + 1},{i % 2},{40 + i}\n" for i in range(60))
MINE = file("mine.csv", "id,arm,OS_months,OS_event,age\n" + ROWS)


class Mortal:
    """A server that can be killed and started again at its address."""

    def __init__(self):
        self.server = Server(["serve.py"])
        self.url = self.server.url

    def kill(self):
        self.server.kill()

    def again(self):
        self.server = Server(["serve.py"], port=self.server.port)


@pytest.fixture
def mortal():
    made = Mortal()
    yield made
    with suppress(ProcessLookupError):
        made.server.kill()


def is_lost(page):
    """Tell whether the page says that the app does not answer."""
    return page.evaluate("getComputedStyle(document.body, '::before').content").count("does not answer") > 0


def test_a_restart_is_said_and_the_upload_has_expired(page, mortal):
    app = App(page, mortal.url).open()
    ready(to_cohort(app).upload(MINE))
    explore(app).expect_n(60)
    mortal.kill()
    page.wait_for_function("() => getComputedStyle(document.body, '::before').content.includes('does not answer')")
    mortal.again()
    expect(page.get_by_role("alert").get_by_text("Your upload has expired")).to_be_visible()
    assert not is_lost(page)
    expect(page.get_by_text("Given last in this browser: mine.csv. Give the same again")).to_be_visible()
    other = App(page.context.new_page(), mortal.url).open()
    to_cohort(other)
    expect(other.page.get_by_text("Given last in this browser: mine.csv")).to_be_visible()
    other.page.get_by_role("button", name="Clear my data").click()
    expect(other.page.get_by_text("Given last")).to_have_count(0)
    other.page.close()
    page.get_by_role("button", name="Open the sample cohort instead").click()
    app.ready().expect_n(82)
    assert page.get_by_text("expired").count() == 0


def test_a_restart_is_said_where_no_file_was_loaded(page, mortal):
    app = App(page, mortal.url).open()
    app.click_bar("pvtt", "Vp3").expect_n(38)
    mortal.kill()
    mortal.again()
    expect(page.get_by_role("alert").get_by_text("Your earlier session has ended")).to_be_visible()
    app.expect_n(38)  # the address held the filter
    app.click_bar("pvtt", "Vp3").expect_n(82)


def test_a_server_that_dies_during_an_upload(page, mortal):
    """The request never ends; the page says so, and takes the file when the app is there again."""
    app = to_cohort(App(page, mortal.url).open())

    def die(route):
        mortal.kill()
        route.abort("connectionreset")
    page.route("**/_stcore/upload_file/**", die)
    app.upload(MINE)
    page.wait_for_function("() => getComputedStyle(document.body, '::before').content.includes('does not answer')")
    page.unroute("**/_stcore/upload_file/**")
    mortal.again()
    expect(page.get_by_role("alert").get_by_text("Your earlier session has ended")).to_be_visible()
    app.settled()
    assert app.summary.startswith("82 of 82")
    assert page.get_by_test_id("ready").count() == 0
    app.upload(MINE)
    assert "60 patients" in ready(app)
