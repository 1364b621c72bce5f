"""Cohort: load a file, say which column plays which role, see what was assumed or refused or is missing."""

from ui.cohort.baseline import baseline_panel
from ui.cohort.draft_form import draft_form
from ui.cohort.findings import current_cohort
from ui.cohort.missing import missing_data
from ui.cohort.upload import upload
from ui.shell.page import close_page, open_page

cohort = open_page("Cohort")
draft = upload()
shown = draft_form(draft) if draft else current_cohort(cohort)
if shown is not None:
    baseline_panel(shown)
    missing_data(shown)
close_page(cohort)
