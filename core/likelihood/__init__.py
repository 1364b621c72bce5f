"""Cox's partial likelihood and where it has its maximum: arrays in, arrays out."""

from core.likelihood.concordance import concordance
from core.likelihood.cox_fit import Fit, fit, solved, standardise
from core.likelihood.efron_nodes import DeathTimes, LeftAtRisk
from core.likelihood.firth import Penalised, penalised
from core.likelihood.grouped_cox import LIKELIHOOD, against_first, fit_all, log_likelihood
from core.likelihood.grouped_proportional_hazards import DOUBT, proportional_hazards_of, squared_length
from core.likelihood.monotone import finite_against_first, held_by
from core.likelihood.partial_likelihood import RiskSets, Ties
from core.likelihood.two_arm_firth import penalised_pairs

__all__ = ["DOUBT", "LIKELIHOOD", "DeathTimes", "Fit", "LeftAtRisk", "Penalised", "RiskSets", "Ties", "against_first",
           "concordance", "finite_against_first", "fit", "fit_all", "held_by", "log_likelihood", "penalised",
           "penalised_pairs", "proportional_hazards_of", "solved", "squared_length", "standardise"]
