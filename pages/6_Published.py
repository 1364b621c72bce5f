"""Published: the paper's figures beside this cohort's, and the audit of a printed table."""

from ui.audit import audit_panel
from ui.page import close_page, open_page
from ui.published import published_panel

cohort = open_page("Published")
published_panel(cohort)
audit_panel()
close_page(cohort)
