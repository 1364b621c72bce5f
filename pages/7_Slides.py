"""Slides: the figures that were added on all pages, in order, as one presentation."""

from ui.shell.page import close_page, open_page
from ui.shell.parts import part
from ui.slides.page import slides

open_page("Slides")
part("slides", slides)
close_page()
