"""Results become Figures. A template is built once per kind and options; data are swapped in."""

from core.charts.adverse_events import adverse_events_figure
from core.charts.balance import love_figure, weighted_figure
from core.charts.baseline import baseline_figure
from core.charts.competing import incidence_figure
from core.charts.composition import bars_figure, histogram_figure
from core.charts.course import course_figure
from core.charts.hazard_ratios import model_figure, subgroup_figure
from core.charts.kaplan_meier import CurveOptions, Part, km_figure, km_panes_figure
from core.charts.missing import missing_figure
from core.charts.spline import spline_figure

__all__ = ["CurveOptions", "Part", "adverse_events_figure", "bars_figure", "baseline_figure", "course_figure",
           "histogram_figure", "incidence_figure", "km_figure", "km_panes_figure", "love_figure", "missing_figure",
           "model_figure", "spline_figure", "subgroup_figure", "weighted_figure"]
