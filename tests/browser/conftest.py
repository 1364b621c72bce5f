"""A server on a free port and a real Chromium for the tests of this folder."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.app import App
from tests.browser.chromium import FLAGS, chromium
from tests.browser.server import running_server

# How long anything may take on the worst machine, not how long it should: tests measure no time.
WORST = 60_000
expect.set_options(timeout=WORST)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Start the app as README does; yield its address."""
    with running_server() as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium; its absence is a failure, never a skip."""
    path = chromium()
    assert path, "No Chromium: run `make test`, which installs it, or install it yourself."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a browser of its own; every test fails in which it breaks the policy that is sent with it."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    broken: list[str] = []
    context.on("console", lambda said: broken.append(said.text) if "Content Security Policy" in said.text else None)
    page = context.new_page()
    page.set_default_timeout(WORST)
    yield page
    context.close()
    assert broken == [], "the policy of hosting/headers.py was violated"


@pytest.fixture
def app(page: Page, server: str) -> App:
    """The app, opened on the sample cohort."""
    return App(page, server).open()
