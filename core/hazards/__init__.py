"""Cox models and what is asked of them: subgroups, proportional hazards, weighting."""

from core.hazards.along_number import AlongNumber, along_number, along_numbers, baseline_numbers
from core.hazards.cox import CoxModel, CoxOptions, UnivariableModel, cox, univariable
from core.hazards.design import FORMS, Form, columns_of, default_form, form_of
from core.hazards.estimability import estimable, few_per_parameter, firth_helps, proportional_verdict
from core.hazards.pairs import Pairs, pairs
from core.hazards.propensity import ESTIMANDS
from core.hazards.proportional_hazards import GLOBAL, course
from core.hazards.spline_curve import spline_curve
from core.hazards.subgroups import FIRTH, WALD, Subgroups, condition_of, forest_factors, subgroup_hazard_ratios
from core.hazards.time_split import middle_of_events, time_split
from core.hazards.treatment_effect import TreatmentEffect, treatment_effect
from core.hazards.weighting import Weighting, WeightingOptions, weighted_comparison

__all__ = ["ESTIMANDS", "FIRTH", "FORMS", "GLOBAL", "WALD", "AlongNumber", "CoxModel", "CoxOptions", "Form",
           "Pairs", "Subgroups", "TreatmentEffect", "UnivariableModel", "Weighting", "WeightingOptions",
           "along_number", "along_numbers", "baseline_numbers", "columns_of", "condition_of", "course", "cox",
           "default_form", "estimable", "few_per_parameter", "firth_helps", "forest_factors", "form_of",
           "middle_of_events", "pairs", "proportional_verdict", "spline_curve", "subgroup_hazard_ratios",
           "time_split", "treatment_effect", "univariable", "weighted_comparison"]
