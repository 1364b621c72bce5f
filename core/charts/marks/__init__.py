"""Marks that know no cohort: panes of curves, steps, their labels, forests."""

from core.charts.marks.forest import FOREST_KEY, FOREST_KEY_OF_ALL, ForestLayout, TextColumn, forest
from core.charts.marks.panes import DESIGNS, SCREEN, Axes, Block, Curve, Design, Pane
from core.charts.marks.ratio_curve import RATIO_CURVE_KEY, ratio_curve
from core.charts.marks.steps import CURVES_KEY, MANY, draw, thinned

__all__ = ["CURVES_KEY", "DESIGNS", "FOREST_KEY", "FOREST_KEY_OF_ALL", "MANY", "RATIO_CURVE_KEY", "SCREEN",
           "Axes", "Block", "Curve", "Design", "ForestLayout", "Pane", "TextColumn", "draw", "forest",
           "ratio_curve", "thinned"]
