"""Tables of slides: no word is broken for want of a column's width."""

import pytest

from core.export.slide_tables import widths_of
from core.figure import text_table

# Units per 1,000 of the em, from the metrics of Helvetica, which Arial and Liberation Sans share.
_LETTERS = {"A": 667, "B": 667, "C": 722, "E": 667, "G": 778, "L": 556, "N": 722, "O": 778, "P": 667, "T": 611,
            "V": 667, "a": 556, "c": 500, "d": 556, "e": 556, "g": 556, "i": 222, "n": 556, "o": 556, "r": 333,
            "s": 500, "t": 278, "u": 556, "y": 500}
_MARGINS = 0.12 * 72


@pytest.mark.parametrize("word", ["ECOG", "BCLC", "PVTT", "OGOG", "grade", "sorting", "country"])
@pytest.mark.parametrize("points", [14, 12, 10])
def test_a_column_has_room_for_its_longest_word(word, points):
    for frame in (text_table([word, "n"], [["0", "1"]]), text_table(["x", "n"], [[word, "1"]])):
        drawn = sum(_LETTERS[c] for c in word) / 1000 * points
        assert widths_of(frame, points)[0] >= drawn + _MARGINS
