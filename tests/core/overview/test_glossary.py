"""The glossary: two sentences and a source per term, found in the app's own words."""

import re

import pytest

from core.overview import GLOSSARY, place_of, spelling


@pytest.mark.parametrize("term", GLOSSARY, ids=lambda t: t.name)
def test_a_term_has_two_sentences_and_a_dated_source(term):
    sentences = re.split(r"(?<=[.;])\s+(?=[A-Z0-9])", term.meaning)
    assert len(sentences) == 2 and all(s[-1] in ".;" for s in sentences), sentences
    assert re.search(r"\b(19|20)\d\d\b", term.source) and term.source.endswith(".")


def test_terms_are_listed_once_and_in_order():
    names = [t.name.casefold() for t in GLOSSARY]
    assert names == sorted(set(names))


@pytest.mark.parametrize(("text", "name"), [
    ("HR (95% CI), Wald p", "Hazard ratio"), ("OS: hazard ratios", "Hazard ratio"), ("Follow-up", "Follow-up"),
    ("Proportional hazards", "Proportional hazards"), ("Best response by arm", "Objective response"),
    ("Restricted mean survival time", "Restricted mean"), ("Tests between the curves", "Log-rank test"),
    ("Cumulative incidence of progression", "Cumulative incidence"), ("Any grade: risk difference", "Risk difference"),
    ("Balance: weighting for how treatment was chosen", "Propensity score"),
    ("Survival at chosen times", "Survival at a month"),
    ("Survival by response, from a landmark", "Landmark analysis")])
def test_headings_of_the_app_lead_to_their_term(text, name):
    assert GLOSSARY[place_of(spelling().search(text))].name == name


@pytest.mark.parametrize("text", ["THREE", "Sex", "christen", "SMDs!x", "Age (years)", "HR", "HR status", "BH",
                                  "Grade of differentiation", "Uncensored",  "n", "Median, months (95% CI)"])
def test_other_words_are_left_alone(text):
    assert spelling().search(text) is None
