"""Survival: one endpoint in depth."""

from ui.shell.page import close_page, open_page
from ui.survival.page import survival_page

cohort = open_page("Survival")
survival_page(cohort)
close_page(cohort)
