"""Hazard ratios: covariates alone and together, proportional hazards, subgroups."""

from ui.hazard_ratios.page import hazard_ratio_page
from ui.shell.page import close_page, open_page

cohort = open_page("Hazard ratios")
hazard_ratio_page(cohort)
close_page(cohort)
