"""What `core` hands on to scripts has an example in its docstring, and the example gives what it says."""

import doctest

import pytest

import core
from tests.conftest import ROOT

FUNCTIONS = [name for name in core.__all__ if callable(getattr(core, name)) and name.islower()]


def outcome(name: str, text: str) -> doctest.TestResults:
    """Run a docstring's examples from the project's folder, as a reader would."""
    examples = doctest.DocTestParser().get_doctest(text, {}, name, None, 0)
    return doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(examples)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_example_gives_what_it_says(name, monkeypatch):
    monkeypatch.chdir(ROOT)
    failed, attempted = outcome(name, getattr(core, name).__doc__)
    assert attempted > 1 and not failed


def test_an_example_that_is_wrong_would_be_seen():
    assert outcome("wrong", ">>> 1 + 1\n3").failed == 1


def test_the_functions_are_those_of_the_package():
    assert {"read_cohort", "kaplan_meier", "cox", "subgroup_hazard_ratios", "adverse_events"} <= set(FUNCTIONS)
