"""Each file of the corpus comes to what it must, and every row is a patient or named."""

import re

import pytest

from core import CohortError, NeedsAnswer, read_cohort
from tests.corpus import accepted, refused

pytestmark = pytest.mark.slow

CASES = [*accepted.CASES, *refused.CASES]


def test_the_corpus_is_large_enough_and_without_doubles():
    assert len(CASES) >= 120
    assert len({c.name for c in CASES}) == len(CASES)


def named_rows(findings):
    """Return the lines that findings name."""
    lines = set()
    for row in findings.row:
        for first, last in re.findall(r"(\d+)(?:-(\d+))?", str(row)):
            lines |= set(range(int(first), int(last or first) + 1))
    return lines


@pytest.mark.parametrize("case", accepted.CASES, ids=lambda c: c.name)
def test_read(case):
    cohort = read_cohort(case.data, case.mapping, adverse_events=case.also)
    assert cohort.n == case.n
    assert case.holds(cohort)
    findings = cohort.findings
    assert len(set(cohort.lines)) == cohort.n
    if case.outcome == "accepted":
        said = findings[findings.severity != "assumed"]
        assert said.empty, said.message.tolist()
    else:
        kinds = {"repaired": ["repaired", "assumed"], "warned": ["warning"]}[case.outcome]
        messages = findings[findings.severity.isin(kinds)].message
        assert messages.str.contains(case.words, regex=False).any(), findings.message.tolist()


@pytest.mark.parametrize("case", refused.CASES, ids=lambda c: c.name)
def test_not_read(case):
    with pytest.raises(CohortError) as error:
        read_cohort(case.data, case.mapping, adverse_events=case.also)
    assert isinstance(error.value, NeedsAnswer) == (case.outcome == "asked"), str(error.value)
    assert case.words in str(error.value)
    assert error.value.remedy


@pytest.mark.parametrize("case", [c for c in refused.CASES if c.outcome == "asked"], ids=lambda c: c.name)
def test_every_answer_reads_the_file_or_asks_the_next(case):
    with pytest.raises(NeedsAnswer) as error:
        read_cohort(case.data)
    for choice in error.value.choices:
        assert read_cohort(case.data, error.value.answered(choice)).n == 24
