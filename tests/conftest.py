"""Cohorts and reference values that many tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core import Cohort, read_cohort
from core.workers.pool import Workers

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "sample_data" / "yang2023_synthetic.csv"
HCC = ROOT / "sample_data" / "hepatocellular.csv"
REFERENCE = ROOT / "tests" / "reference"


@pytest.fixture(scope="session")
def sample() -> Cohort:
    """The synthetic 82 patients."""
    return read_cohort(SAMPLE)


@pytest.fixture(scope="session")
def hcc() -> Cohort:
    """The 227 real patients without an arm."""
    return read_cohort(HCC)


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
