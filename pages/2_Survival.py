"""Survival: one endpoint in depth."""

from ui.page import close_page, open_page
from ui.survival import survival_page

cohort = open_page("Survival")
survival_page(cohort)
close_page(cohort)
