"""Cohortscope's statistics without a screen: what scripts and notebooks import."""

from core.cohort import Cohort, Filters
from core.errors import CohortError, NeedsAnswer
from core.hazards import (
           CoxOptions,
           WeightingOptions,
           along_number,
           cox,
           subgroup_hazard_ratios,
           treatment_effect,
           univariable,
           weighted_comparison,
)
from core.intake import read_cohort
from core.mapping import ColumnMapping
from core.read_options import ReadOptions
from core.summaries import BaselineOptions, ResponseOptions, adverse_events, baseline, missing_data, response
from core.survival import kaplan_meier
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
           "along_number",
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
