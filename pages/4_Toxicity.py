"""Toxicity: adverse events by arm and grade, compared, and who had them."""

from ui.shell.page import close_page, open_page
from ui.shell.parts import part
from ui.toxicity.choices import toxicity_choices
from ui.toxicity.page import toxicity_page

open_page("Toxicity")
part("choices", toxicity_choices, late=True)
part("toxicity", toxicity_page)
close_page()
