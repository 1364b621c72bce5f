"""Hazard ratios: covariates alone and together, proportional hazards, subgroups."""

from ui.hazard_ratios.page import hazard_ratio_page
from ui.shell.page import close_page, open_page
from ui.shell.parts import part

open_page("Hazard ratios")
part("hazard-ratios", hazard_ratio_page)
close_page()
