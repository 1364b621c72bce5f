"""Kaplan-Meier, tests of the log-rank family, estimates off a curve, competing risks."""

from core.survival.adequacy import (
    FEW_EVENTS,
    ended_early,
    few_at_tau,
    few_events,
    few_patients,
    late_entry,
    left_out,
    log_rank_reason,
)
from core.survival.cumulative_incidence import CumulativeIncidence, cumulative_incidence, incidence_at
from core.survival.cut_point import search_cut
from core.survival.estimates import (
    differences_at,
    follow_up,
    longest_tau,
    quantiles,
    restricted_mean,
    restricted_mean_comparison,
    survival_at,
)
from core.survival.first_cause import (
    FIRST_SEVERE,
    causes,
    competing_endpoints,
    happened,
    has_dated_events,
    why_no_competing,
)
from core.survival.kaplan_meier import KaplanMeier, kaplan_meier
from core.survival.log_rank import WEIGHTS, TestOptions, Weight, compare, pairwise, trend
from core.survival.product_limit import CONF_TYPES, ConfType, confidence, quantile
from core.survival.survival_options import SurvivalOptions

__all__ = ["CONF_TYPES", "FEW_EVENTS", "FIRST_SEVERE", "WEIGHTS", "ConfType", "CumulativeIncidence", "KaplanMeier",
           "SurvivalOptions", "TestOptions", "Weight", "causes", "compare", "competing_endpoints", "confidence",
           "cumulative_incidence", "differences_at", "ended_early", "few_at_tau", "few_events", "few_patients",
           "follow_up", "happened", "has_dated_events", "incidence_at", "kaplan_meier", "late_entry", "left_out",
           "log_rank_reason", "longest_tau", "pairwise", "quantile", "quantiles", "restricted_mean",
           "restricted_mean_comparison", "search_cut", "survival_at", "trend", "why_no_competing"]
