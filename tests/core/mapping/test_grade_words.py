"""Severities are words of their own, and no CTCAE grades."""

import pytest

from core.mapping import CTCAE, severity_place
from core.mapping.grade_words import SEVERITY


@pytest.mark.parametrize(("text", "place"), [
    ("MILD", 1), ("Moderate", 2), ("severe", 3), ("Life-threatening", 4), ("LIFE THREATENING", 4),
    ("Fatal", 5), ("轻度", 1), ("中度", 2), ("重度", 3), ("1 = Mild", 1), ("2-Moderate", 2),
    ("none", 0), ("Grade 2", None), ("2", None),
    ("", None), ("not related", None)])
def test_severities(text, place):
    assert severity_place(text) == place


def test_words_of_bands():
    assert [CTCAE.band(b) for b in ("any", "1-2", ">=3", "4")] == ["any grade", "grade 1–2", "grade ≥ 3", "grade 4"]
    assert SEVERITY.heading(">=3") == "Severe or worse" and SEVERITY.of(2) == "moderate" and SEVERITY.of(0) == "none"
