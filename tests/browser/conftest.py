"""The app as README starts it, and a person before it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.app import App
from tests.browser.server import running_server


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Start the app as README does; yield its address."""
    with running_server() as url:
        yield url


@pytest.fixture
def app(page: Page, server: str) -> App:
    """The app, opened on the sample cohort."""
    return App(page, server).open()
