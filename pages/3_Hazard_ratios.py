"""Hazard ratios: covariates alone and together, proportional hazards, subgroups."""

from ui.hazard_ratios.page import model_of_hazards, treatment_elsewhere
from ui.shell.page import close_page, open_page
from ui.shell.parts import part

open_page("Hazard ratios")
part("model", model_of_hazards)
part("subgroups", treatment_elsewhere)
close_page()
