"""Cohort: load a file, say which column plays which role, see what was assumed or refused or is missing."""

from ui.baseline import baseline_panel
from ui.draft_form import draft_form
from ui.findings import current_cohort
from ui.missing import missing_data
from ui.page import close_page, open_page
from ui.upload import upload

cohort = open_page("Cohort")
draft = upload()
shown = draft_form(draft) if draft else current_cohort(cohort)
if shown is not None:
    baseline_panel(shown)
    missing_data(shown)
close_page(cohort)
