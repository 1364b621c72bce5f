"""Cohorts, reference values and the browser that many tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from core import Cohort, NeedsAnswer, read_cohort
from core.workers.pool import Workers
from tests.browser.chromium import FLAGS, WORST, chromium

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "sample_data" / "yang2023_synthetic.csv"
HCC = ROOT / "sample_data" / "hepatocellular.csv"
REFERENCE = ROOT / "tests" / "reference"


def read_answered(source: Path | bytes, *answers: str) -> Cohort:
    """Read a file of which something is asked; the answers in order, as their words begin."""
    mapping = None
    for answer in answers:
        with pytest.raises(NeedsAnswer) as asked:
            read_cohort(source, mapping)
        mapping = asked.value.answered(next(c for c in asked.value.choices if c.startswith(answer)))
    return read_cohort(source, mapping)


@pytest.fixture(scope="session")
def sample() -> Cohort:
    """The synthetic 82 patients."""
    return read_cohort(SAMPLE)


@pytest.fixture(scope="session")
def hcc() -> Cohort:
    """The 227 real patients without an arm."""
    return read_answered(HCC, "months", "Leave as codes")


@pytest.fixture(scope="session")
def vp3(sample: Cohort) -> Cohort:
    """The 38 of them with Vp3."""
    return sample.filter({"pvtt": {"in": ["Vp3"]}})


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """Processes of a test's own; they end with it."""
    made = Workers()
    yield made
    made.end()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium; its absence is a failure, never a skip.

    One for all folders: a process of tests can drive one Playwright only.
    """
    path = chromium()
    assert path, "No Chromium: run `make test`, which installs it, or install it yourself."
    expect.set_options(timeout=WORST)
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
