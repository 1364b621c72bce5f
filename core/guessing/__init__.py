"""Which column plays which role, guessed from names and values, with the questions that remain."""

from core.guessing.guess import factor_for, guess_mapping, is_event_list
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

__all__ = ["MANY", "as_number", "default_event_values", "default_reference", "factor_for", "grade", "guess_mapping",
           "is_event_list", "labels_for", "levels_of", "squeeze"]
