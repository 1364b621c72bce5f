"""Published: the paper's figures beside this cohort's, and the audit of a printed table."""

from ui.published.audit import audit_panel
from ui.published.page import published_panel
from ui.shell.page import close_page, open_page
from ui.shell.parts import part

open_page("Published")
part("published", published_panel)
audit_panel()
close_page()
