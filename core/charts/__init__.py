"""Results become Figures. A template is built once per kind and options; data are swapped in."""

from core.charts.adverse_events import adverse_events_figure
from core.charts.along_number import along_figure, along_numbers_figure
from core.charts.attrition import attrition_figure
from core.charts.axes import time_axis
from core.charts.balance import love_figure, weighted_figure
from core.charts.baseline import baseline_figure
from core.charts.benefit_risk import benefit_risk_figure
from core.charts.competing import incidence_figure
from core.charts.composition import SmallChart, composition_figure, small_chart
from core.charts.course import course_figure
from core.charts.curve_options import COUNTS, VIEWS, Count, CurveOptions
from core.charts.hazard_ratios import FOREST_SORTS, model_figure, subgroup_figure
from core.charts.kaplan_meier import Part, assumption, km_figure, km_panes_figure
from core.charts.missing import missing_figure
from core.charts.model_tables import model_tests_figure, split_figure, zph_figure
from core.charts.pairs import MEASURES, pairs_figure
from core.charts.part_of import part_of
from core.charts.published import METHOD, audit_figure, comparison_figure, comparison_said, verdicts_of, widths_figure
from core.charts.response import failure_figure, response_figure, waterfall_figure
from core.charts.spline import spline_figure
from core.charts.survival_tables import (
    follow_up_table,
    opinion_table,
    pairs_table,
    quantile_table,
    restricted_mean_table,
    survival_table,
    survival_tests_table,
    table_figure,
)
from core.charts.swimmer import swimmer_figure
from core.charts.toxicity import (
    EVENT_SORTS,
    EventView,
    butterfly_figure,
    difference_figure,
    event_tests_table,
    grades_figure,
    ordered,
    ordered_within,
    volcano_figure,
)
from core.charts.toxicity_tables import MOST, burden_table, overall_figure, patients_table, term_figure

__all__ = ["COUNTS", "EVENT_SORTS", "FOREST_SORTS", "MEASURES", "METHOD", "MOST", "VIEWS", "Count", "CurveOptions",
           "EventView", "Part", "SmallChart", "adverse_events_figure", "along_figure", "along_numbers_figure",
           "assumption", "attrition_figure", "audit_figure",
           "baseline_figure", "benefit_risk_figure", "burden_table", "butterfly_figure", "comparison_figure",
           "comparison_said", "composition_figure", "course_figure", "difference_figure", "event_tests_table",
           "failure_figure", "follow_up_table", "grades_figure", "incidence_figure", "km_figure",
           "km_panes_figure",
           "love_figure", "missing_figure", "model_figure", "model_tests_figure", "opinion_table", "ordered",
           "ordered_within", "overall_figure", "pairs_figure", "pairs_table", "part_of", "patients_table",
           "quantile_table", "response_figure", "restricted_mean_table", "small_chart", "spline_figure", "split_figure",
           "subgroup_figure", "survival_table", "survival_tests_table", "swimmer_figure", "table_figure", "term_figure",
           "time_axis", "verdicts_of", "volcano_figure", "waterfall_figure", "weighted_figure", "widths_figure",
           "zph_figure"]
