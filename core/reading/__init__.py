"""Bytes become a table of text: encoding, cells, header, numbers, dates. It knows no medicine."""

from core.reading.codebook import codebook_of, coded_words, with_codebook
from core.reading.dates import ORDERS, dates_of, is_date
from core.reading.delimited import DELIMITERS
from core.reading.encoding import ENCODINGS
from core.reading.grid import Progress
from core.reading.limits import MAX_BYTES
from core.reading.numbers import THOUSANDS, UNKNOWN, Numbers, is_ambiguous, numbers_of, parse_number
from core.reading.read_table import Source, read_table
from core.reading.text_table import TextColumn, TextTable, differs_within, fingerprint, first_filled, never_in_first_row

__all__ = ["DELIMITERS", "ENCODINGS", "MAX_BYTES", "ORDERS", "THOUSANDS", "UNKNOWN", "Numbers", "Progress", "Source",
           "TextColumn", "TextTable", "codebook_of", "coded_words", "dates_of", "differs_within", "fingerprint",
           "first_filled", "is_ambiguous", "is_date", "never_in_first_row", "numbers_of", "parse_number",
           "read_table", "with_codebook"]
