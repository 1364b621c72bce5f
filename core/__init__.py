"""Cohortscope's statistics, without a screen: what scripts, notebooks and the app import."""

from core.cohort.cohort import Cohort
from core.cohort.filters import Filters
from core.errors import CohortError, NeedsAnswer
from core.hazards.cox import CoxOptions, cox, univariable
from core.hazards.subgroups import subgroup_hazard_ratios
from core.hazards.treatment_effect import treatment_effect
from core.hazards.weighting import WeightingOptions, weighted_comparison
from core.intake.build import read_cohort
from core.mapping.column_mapping import ColumnMapping
from core.read_options import ReadOptions
from core.summaries.adverse_events import adverse_events
from core.summaries.baseline import BaselineOptions, baseline
from core.summaries.missing import missing_data
from core.summaries.response import ResponseOptions, response
from core.survival.kaplan_meier import kaplan_meier
from core.version import __version__

__all__ = [
           "BaselineOptions",
           "Cohort",
           "CohortError",
           "ColumnMapping",
           "CoxOptions",
           "Filters",
           "NeedsAnswer",
           "ReadOptions",
           "ResponseOptions",
           "WeightingOptions",
           "__version__",
           "adverse_events",
           "baseline",
           "cox",
           "kaplan_meier",
           "missing_data",
           "read_cohort",
           "response",
           "subgroup_hazard_ratios",
           "treatment_effect",
           "univariable",
           "weighted_comparison",
]
