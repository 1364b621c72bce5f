"""Cohorts and reference values that many tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core import Cohort, NeedsAnswer, read_cohort
from core.workers.pool import Workers

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
