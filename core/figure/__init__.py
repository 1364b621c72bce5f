"""What a Figure is (chart, table, notes, provenance), and the theme that all are drawn in."""

from core.figure import theme
from core.figure.dark import dark_colour, darkened
from core.figure.figure import (
    BENEATH,
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
)
from core.figure.theme import FONT, FONT_FOLDER, INK, QUIET, WHITE, shortened, width_of, wrapped

__all__ = ["BENEATH", "CLICK", "FONT", "FONT_FOLDER", "INK", "QUIET", "WHITE", "Figure", "Heading", "Provenance",
           "analysed", "by_words", "dark_colour", "darkened", "headings_of", "provenance", "rows_of", "shortened",
           "spans_of", "table_parts", "text_table", "theme", "width_of", "wrapped"]
