"""The patients, the filters that are on, their strata and counts, and what was known when."""

from core.cohort.bins import between, bin_counts, fine_codes, fine_edges, has_zeros, quarters
from core.cohort.brush_index import EXACT, BrushIndex, brush_index
from core.cohort.cohort import Cohort, WorstGrades
from core.cohort.condition import Bounds, Condition
from core.cohort.counts import (
    TOLERANCE,
    Counts,
    count,
    count_by_strata,
    distinct_times,
    entry_months,
    not_yet_at_risk,
    timeline,
)
from core.cohort.filters import Filters
from core.cohort.groups import (
    GROUPS,
    MOST_COMPARED,
    Definition,
    Groups,
    How,
    absence,
    overlaps,
    with_groups,
)
from core.cohort.immortal_time import immortal_time, later_keys, month_known_for_all
from core.cohort.joint_counts import counts_over_time, level_counts_by_group
from core.cohort.landmark import landmark
from core.cohort.references import with_references
from core.cohort.renamed import renamed
from core.cohort.step_words import step_words
from core.cohort.strata import (
    ALL_PATIENTS,
    Strata,
    baseline_groups,
    categorical,
    counted,
    cuts_of,
    level_counts,
    number_of_strata,
    reference_level,
    reference_place,
    strata,
    stratification,
    stratified_by,
)
from core.cohort.subsets import REST, SELECTION, against_rest, by_level

__all__ = [
    "ALL_PATIENTS",
    "EXACT",
    "GROUPS",
    "MOST_COMPARED",
    "REST",
    "SELECTION",
    "TOLERANCE",
    "Bounds",
    "BrushIndex",
    "Cohort",
    "Condition",
    "Counts",
    "Definition",
    "Filters",
    "Groups",
    "How",
    "Strata",
    "WorstGrades",
    "absence",
    "against_rest",
    "baseline_groups",
    "between",
    "bin_counts",
    "brush_index",
    "by_level",
    "categorical",
    "count",
    "count_by_strata",
    "counted",
    "counts_over_time",
    "cuts_of",
    "distinct_times",
    "entry_months",
    "fine_codes",
    "fine_edges",
    "has_zeros",
    "immortal_time",
    "landmark",
    "later_keys",
    "level_counts",
    "level_counts_by_group",
    "month_known_for_all",
    "not_yet_at_risk",
    "number_of_strata",
    "overlaps",
    "quarters",
    "reference_level",
    "reference_place",
    "renamed",
    "step_words",
    "strata",
    "stratification",
    "stratified_by",
    "timeline",
    "with_groups",
    "with_references",
]
