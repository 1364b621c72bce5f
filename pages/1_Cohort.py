"""Cohort: load a file, say which column plays which role, see what was assumed or refused or is missing."""

from core.cohort import Cohort
from ui.cohort.analyses import declared_analyses
from ui.cohort.baseline import baseline_panel
from ui.cohort.draft_form import draft_form
from ui.cohort.findings import current_cohort
from ui.cohort.missing import missing_data
from ui.cohort.upload import upload
from ui.shell.page import close_page, open_page
from ui.shell.parts import filtered_cohort, part


def described(cohort: Cohort) -> None:
    """Describe the cohort that is being mapped, or else the one in use."""
    shown = waiting or cohort
    baseline_panel(shown)
    missing_data(shown)
    declared_analyses(shown)


open_page("Cohort")
draft = upload()
waiting = draft_form(draft) if draft else None
if not draft:
    current_cohort(filtered_cohort())
if waiting or not draft:
    part("described", described)
close_page()
