"""Charts on a dark page."""

import json
import re

import pytest

from core import treatment_effect
from core.charts import Part, adverse_events_figure, composition_figure, km_figure
from core.figure import theme
from core.figure.dark import PAGE, dark_colour, darkened
from core.summaries import adverse_events
from core.survival import kaplan_meier


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2)."""
    def luminance(colour: str) -> float:
        parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", [theme.INK, theme.QUIET, theme.ACCENT, theme.AGREES, *theme.STRATA])
def test_what_is_written_can_be_read(colour):
    assert contrast(dark_colour(colour), PAGE) >= 4.5


def test_strata_stay_apart_and_grades_rise_in_contrast():
    assert len({dark_colour(c) for c in theme.STRATA}) == len(theme.STRATA)
    contrasts = [contrast(dark_colour(c), PAGE) for c in theme.GRADES]
    assert contrasts == sorted(contrasts)


def test_no_colour_of_the_theme_is_left_and_texts_stay(sample):
    km = kaplan_meier(sample, endpoint="OS", by="arm")
    figures = [km_figure(Part(cohort=sample, result=km, effect=treatment_effect(sample, endpoint="OS", by="arm"))),
               adverse_events_figure(sample, adverse_events(sample)), composition_figure(sample, "afp")]
    for figure in figures:
        before, after = (set(re.findall(r"#[0-9a-f]{6}\b", json.dumps(chart), re.IGNORECASE))
                         for chart in (figure.drawing, darkened(figure.drawing)))
        assert not before & after, figure.slug
    named = {"datasets": {"rows": [{"text": theme.INK, "c": theme.INK}]}, "mark": {"color": theme.INK},
             "params": [{"name": "heading", "value": theme.INK}]}
    assert darkened(named) == {"datasets": {"rows": [{"text": theme.INK, "c": dark_colour(theme.INK)}]},
                               "mark": {"color": dark_colour(theme.INK)}, "params": named["params"]}
