"""Survival: one endpoint in depth."""

from ui.shell.page import close_page, open_page
from ui.shell.parts import part
from ui.survival.choices import survival_choices
from ui.survival.page import survival_curves, survival_tables

open_page("Survival")
part("choices", survival_choices, turn="late")
part("curves", survival_curves)
part("tables", survival_tables)
close_page()
