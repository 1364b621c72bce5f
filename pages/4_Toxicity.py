"""Toxicity: adverse events by arm and grade, compared, and who had them."""

from ui.shell.page import close_page, open_page
from ui.shell.parts import part
from ui.toxicity.choices import toxicity_choices
from ui.toxicity.page import BOTH, details, rates

open_page("Toxicity")
part("choices", toxicity_choices, turn="late")
for name, draw in zip(BOTH, (rates, details), strict=True):
    part(name, draw)
close_page()
