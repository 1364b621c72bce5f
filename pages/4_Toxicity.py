"""Toxicity: adverse events by arm and grade, compared, and who had them."""

from ui.shell.page import close_page, open_page
from ui.toxicity.page import toxicity_page

cohort = open_page("Toxicity")
toxicity_page(cohort)
close_page(cohort)
