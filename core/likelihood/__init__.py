"""Cox's partial likelihood and where it has its maximum: arrays in, arrays out."""

from core.likelihood.concordance import concordance
from core.likelihood.cox_fit import Fit, fit, solved, standardise
from core.likelihood.efron_nodes import DeathTimes, EfronRiskSets
from core.likelihood.firth import Penalised, penalised
from core.likelihood.grouped_cox import against_first, fit_all, log_likelihood
from core.likelihood.grouped_proportional_hazards import DOUBT, proportional_hazards_of, squared_length
from core.likelihood.monotone import estimable_in, finite_against_first
from core.likelihood.newton import LIKELIHOOD, maximise
from core.likelihood.partial_likelihood import RiskSets
from core.likelihood.tied_deaths import Ties
from core.likelihood.two_arm_firth import penalised_pairs

__all__ = ["DOUBT", "LIKELIHOOD", "DeathTimes", "EfronRiskSets", "Fit", "Penalised", "RiskSets", "Ties",
           "against_first", "concordance", "estimable_in", "finite_against_first", "fit", "fit_all", "log_likelihood",
           "maximise", "penalised", "penalised_pairs", "proportional_hazards_of", "solved", "squared_length",
           "standardise"]
