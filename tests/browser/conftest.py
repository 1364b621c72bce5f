"""A server on a free port and a real Chromium for the tests of this folder."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.app import App
from tests.browser.chromium import FLAGS, chromium
from tests.conftest import ROOT


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Start the app as README does; yield its address."""
    with running_server() as url:
        yield url


class running_server:  # noqa: N801  # reads as a verb: with running_server() as url
    """Start the app on a free port for the length of a `with`."""

    def __enter__(self) -> str:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        url = f"http://127.0.0.1:{port}"
        for _ in range(150):
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
                return url
            except OSError:
                time.sleep(0.2)
        raise RuntimeError("the app did not start")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)


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
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()


@pytest.fixture
def app(page: Page, server: str) -> App:
    """The app, opened on the sample cohort."""
    return App(page, server).open()
