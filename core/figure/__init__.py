"""What a Figure is (chart, table, notes, provenance), and the theme that all are drawn in."""

from core.figure import theme
from core.figure.dark import dark_colour, darkened
from core.figure.figure import (
    CLICK,
    Figure,
    Heading,
    Provenance,
    analysed,
    by_words,
    headings_of,
    provenance,
    rows_of,
    spans_of,
    table_parts,
    text_table,
    turned,
)
from core.figure.inks import inked
from core.figure.recipe import MOST_DECIMALS, Recipe, coding_of, recipe
from core.figure.rooms import ROOMS, Room, divided, least_width, sizes
from core.figure.theme import FONT, FONT_FOLDER, INK, LINE, PALETTES, QUIET, WHITE, shortened, width_of, wrapped

__all__ = ["CLICK", "FONT", "FONT_FOLDER", "INK", "LINE", "MOST_DECIMALS", "PALETTES", "QUIET", "ROOMS", "WHITE",
           "Figure", "Heading", "Provenance", "Recipe", "Room", "analysed", "by_words", "coding_of", "dark_colour",
           "darkened", "divided", "headings_of", "inked", "least_width", "provenance", "recipe", "rows_of", "shortened",
           "sizes", "spans_of", "table_parts", "text_table", "theme", "turned", "width_of", "wrapped"]
