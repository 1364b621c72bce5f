"""Cohort: load a file, say which column plays which role, see what was assumed or refused."""

from ui.page import close_page, open_page
from ui.upload import current_cohort, draft_form, upload

cohort = open_page("Cohort")
upload()
if not draft_form():
    current_cohort(cohort)
close_page(cohort)
