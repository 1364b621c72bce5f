"""Numbers as they are written."""

import pytest

from core.reading.numbers import parse_number


@pytest.mark.parametrize(("text", "value"), [
    ("7.3", 7.3), ("−3", -3), ("１２．５", 12.5), ("1,234.5", 1234.5), ("1.234,5", 1234.5), ("1 234", 1234),
    ("1'234", 1234),
    ("7,3", 7.3), ("0,125", 0.125), ("≥20", 20), ("45 %", 45), ("38岁", 38),
    ("89+", 89), ("90 or older", 90), ("85岁以上", 85), ("3+1", None), ("1.5×10^3", 1500), ("2e3", 2000),
    ("12,345,678", 12345678), ("inf", None), ("1e400", None), ("3a", None), ("5-8", None), ("85x100", None),
    ("1_000", None),
    ("", None), ("1,23,4", None), ("++", None), ("2024-01-01", None)])
def test_numbers_as_they_are_written(text, value):
    parsed = parse_number(text)
    assert (parsed.value if parsed else None) == value
