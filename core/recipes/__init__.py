"""Figures made anew from their recipes: of the same file on another day, of other patients, or as scripts."""

from core.recipes.edits import CURVES, Edits, named_by
from core.recipes.kept import KeptFigure, KeptTalk, kept_talk, made_again
from core.recipes.made import edited, of_each, patients_of, within
from core.recipes.others import duration
from core.recipes.read import options_of
from core.recipes.survival import (
    ADJUSTED,
    at_times,
    comparison_of_curves,
    followed,
    months_until,
    pairs_of_curves,
    restricted_means_to,
    trend_of_curves,
)

__all__ = ["ADJUSTED", "CURVES", "Edits", "KeptFigure", "KeptTalk", "at_times", "comparison_of_curves", "duration",
           "edited", "followed", "kept_talk", "made_again", "months_until", "named_by", "of_each", "options_of",
           "pairs_of_curves", "patients_of", "restricted_means_to", "trend_of_curves", "within"]
