"""Cohortscope's statistics, without a screen: what scripts, notebooks and the app import."""

from core.adverse_events import adverse_events
from core.cohort import Cohort, read_cohort
from core.cox import cox, treatment_effect
from core.errors import CohortError, NeedsAnswer
from core.filters import Filters
from core.kaplan_meier import kaplan_meier
from core.mapping import ColumnMapping
from core.missing import missing_data
from core.text_table import ReadOptions

__version__ = "0.1.0"

__all__ = ["Cohort", "CohortError", "ColumnMapping", "Filters", "NeedsAnswer", "ReadOptions", "adverse_events",
           "cox", "kaplan_meier", "missing_data", "read_cohort", "treatment_effect"]
