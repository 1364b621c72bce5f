"""Which column plays which role, guessed from names and values, with the questions that remain."""

from core.guessing.endpoint_units import Times, settle_units
from core.guessing.guess import factor_for, guess_mapping, is_event_list
from core.guessing.level_order import lowest_first
from core.guessing.levels import (
    MANY,
    as_number,
    default_event_values,
    default_reference,
    grade,
    labels_for,
    levels_of,
    squeeze,
)
from core.guessing.preview import is_event, times_of
from core.guessing.questions import Questions

__all__ = ["MANY", "Questions", "Times", "as_number", "default_event_values", "default_reference", "factor_for",
           "grade", "guess_mapping", "is_event", "is_event_list", "labels_for", "levels_of", "lowest_first",
           "settle_units", "squeeze", "times_of"]
