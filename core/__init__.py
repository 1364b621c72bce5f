"""Cohortscope's statistics, without a screen: what scripts, notebooks and the app import."""

from core.adverse_events import adverse_events
from core.baseline import BaselineOptions, baseline
from core.cohort import Cohort, read_cohort
from core.cox import CoxOptions, cox, univariable
from core.errors import CohortError, NeedsAnswer
from core.filters import Filters
from core.kaplan_meier import kaplan_meier
from core.mapping import ColumnMapping
from core.missing import missing_data
from core.response import ResponseOptions, response
from core.subgroups import subgroup_hazard_ratios
from core.text_table import ReadOptions
from core.treatment import treatment_effect
from core.weighting import WeightingOptions, weighted_comparison

__version__ = "0.1.0"

__all__ = ["BaselineOptions", "Cohort", "CohortError", "ColumnMapping", "CoxOptions", "Filters", "NeedsAnswer",
           "ReadOptions", "ResponseOptions", "WeightingOptions", "adverse_events", "baseline", "cox", "kaplan_meier",
           "missing_data", "read_cohort", "response", "subgroup_hazard_ratios", "treatment_effect", "univariable",
           "weighted_comparison"]
