"""Numbers as text."""

import math

import pytest

from core import format as as_text

NAN = math.nan


@pytest.mark.parametrize(("p", "text"), [
    (0.0004, "<.001"), (0.001, ".001"), (0.0234, ".023"), (0.0994, ".099"), (0.0996, ".10"),
    (0.25, ".25"), (0.996, ">.99"), (1.0, ">.99"), (NAN, "")])
def test_p_values(p, text):
    assert as_text.p_value(p) == text


def test_phrases():
    assert as_text.p_phrase(0.02) == "p = .020"
    assert as_text.p_phrase(0.0001) == "p < .001"
    assert as_text.estimate(17.24, 14.1, NAN) == "17.2 (14.1–NR)"
    assert as_text.estimate(NAN, 14.1, NAN) == "NR (14.1–NR)"
    assert as_text.estimate(NAN, NAN, NAN) == "NR"
    assert as_text.estimate(36.0, NAN, NAN) == "36.0 (NE–NR)"
    assert as_text.hazard_ratio(0.4881, 0.277, 0.86) == "0.49 (0.28–0.86)"
    assert as_text.hazard_ratio(NAN, NAN, NAN) == "not estimable"
    assert as_text.hazard_ratio(0.9955, 0.9879, 1.0032) == "0.996 (0.988–1.003)"
    assert as_text.hazard_ratio(1.0000213, 1.0000101, 1.0000325) == "1.000021 (1.000010–1.000033)"
    assert as_text.hazard_ratio(1.02246, 1.01812, 1.02683) == "1.022 (1.018–1.027)"
    assert as_text.hazard_ratio(1.0049, 0.9899, 1.0201) == "1.00 (0.99–1.02)"
    assert as_text.hazard_ratio(0.5, 0.5, 0.5) == "0.50 (0.50–0.50)"
    assert as_text.count_and_percent(12, 35) == "12 (34%)"
    assert as_text.count_and_percent(0, 0) == "–"
    assert as_text.percentage_points(0.11, -0.09, 0.31) == "+11 (−9 to +31)"
    assert as_text.percentage_points(NAN, NAN, NAN) == "–"
    assert as_text.number(38572.0) == "38,572" and as_text.number(2.8) == "2.8"
    assert as_text.plural(1, "patient") == "1 patient"


def test_more_decimals_hold_within_alone():
    def written():
        return (as_text.hazard_ratio(0.4912, 0.2812, 0.8612), as_text.estimate(17.23, 14.11, float("nan")),
                as_text.share_with_limits(0.5432, 0.4, 0.7), as_text.count_and_percent(1, 3),
                as_text.percentage_points(0.114, -0.09, 0.31), as_text.p_value(0.0234))
    usual = written()
    assert usual == ("0.49 (0.28–0.86)", "17.2 (14.1–NR)", "54% (40%–70%)", "1 (33%)", "+11 (−9 to +31)", ".023")
    with as_text.more_decimals(1):
        assert written() == ("0.491 (0.281–0.861)", "17.23 (14.11–NR)", "54.3% (40.0%–70.0%)", "1 (33.3%)",
                             "+11.4 (−9.0 to +31.0)", ".023")
    with as_text.more_decimals(-1):
        assert written()[:3] == ("0.5 (0.3–0.9)", "17 (14–NR)", "54% (40%–70%)")
    assert written() == usual
