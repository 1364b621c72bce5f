"""Tables of slides: no word is broken for want of a column's width."""

import pandas as pd
import pytest

from core.export.slide_tables import alone, by_columns, end_of_part, parts_of, widths_of
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


def test_a_wide_table_is_divided_evenly_and_no_column_is_left_alone():
    columns = ["Category", *(f"Column {i}" for i in range(1, 8))]
    frame = text_table(columns, [["x", *["a cell of twenty-odd letters"] * 7]])
    one = widths_of(frame, 12)
    parts = by_columns(frame, (one[0] + one[1] * 6.5) / 72)  # room for six of the seven
    assert [len(part.columns) for part in parts] == [5, 4]
    assert [c for part in parts for c in part.columns if c != "Category"] == columns[1:]


def test_the_columns_of_a_group_stay_together():
    headings = [("", "Category"), ("", "n"), *((g, c) for g in ("A", "B") for c in ("any", "3 or higher", "5"))]
    frame = text_table(headings, [["x", "1", *["12 (34.3%)"] * 6]])
    widths = widths_of(frame, 12)
    parts = by_columns(frame, sum(widths[:6]) / 72)  # room for one column of the second group beside the first
    assert [[c for c in part.columns if c != ("", "Category")] for part in parts] == [headings[1:5], headings[5:]]
    narrow = by_columns(frame, (sum(widths[:3]) + 1) / 72)
    assert [c for part in narrow for c in part.columns if c != ("", "Category")] == headings[1:]


def test_levels_stay_under_the_name_of_their_variable():
    names = [name for i in range(6) for name in (f"Variable {i}", *["\u2003level"] * (2 + i % 3))]
    frame = text_table(["Variable", "n"], [[name, "1"] for name in names])
    parts = parts_of(frame, 12, 2.6)
    assert len(parts) > 2
    assert [cell for part in parts for cell in part.iloc[:, 0]] == names
    assert all(part.iloc[0, 0].startswith("Variable") for part in parts)
    assert min(len(part) for part in parts) >= 3


def test_a_variable_longer_than_a_slide_is_divided_all_the_same():
    frame = text_table(["Variable", "n"], [[name, "1"] for name in ["Variable", *["\u2003level"] * 30]])
    assert end_of_part(frame, 0, 9) == 9
    assert sum(len(part) for part in parts_of(frame, 12, 2.6)) == 31


def test_rows_are_named_in_every_part():
    frame = text_table(["Factor", "Subgroup", *(f"p {i}" for i in range(8))],
                       [[factor, level, *["0.123 (0.045-0.678)"] * 8] for factor in ("Sex", "Age") for level in "ab"])
    parts = by_columns(frame, 8)
    assert len(parts) > 1
    assert all(list(part.columns[:2]) == ["Factor", "Subgroup"] for part in parts)
    assert [c for part in parts for c in part.columns[2:]] == list(frame.columns[2:])


def test_a_table_of_two_rows_does_not_stand_alone():
    curves = text_table(["Arm", "n", "Events", "HR"], [["A", "47", "34", "reference"], ["B", "35", "22", "0.40"]])
    assert alone(curves).to_numpy().tolist() == [["n", "47", "35"], ["Events", "34", "22"], ["HR", "reference", "0.40"]]
    three = pd.concat([curves, curves]).iloc[:3]
    assert alone(three) is three
