"""Cohortscope's statistics, without a screen: what scripts, notebooks and the app import."""

from core.adverse_events import adverse_events
from core.cohort import Cohort, read_cohort
from core.cox import cox, treatment_effect
from core.errors import CohortError
from core.filters import Filters
from core.kaplan_meier import kaplan_meier
from core.mapping import ColumnMapping

__version__ = "0.1.0"

__all__ = ["Cohort", "CohortError", "ColumnMapping", "Filters", "adverse_events",
           "cox", "kaplan_meier", "read_cohort", "treatment_effect"]
