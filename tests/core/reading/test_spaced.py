"""Columns separated by spaces or of fixed width."""

from core.reading.spaced import with_tabs


def test_columns_between_spaces():
    assert with_tabs("id arm x\n1 a 2\n2 b  3\n") == "id\tarm\tx\n1\ta\t2\n2\tb\t3\n"
    assert with_tabs('"id" "arm"\n"1" 1 "a b"\n"2" 2 "c"\n') == '"id"\t"arm"\n"1"\t1\t"a b"\n"2"\t2\t"c"\n'


def test_columns_of_fixed_width():
    text = "id   arm        x\nK01  TACE + RT  1\nK02  TACE       22\n"
    assert with_tabs(text) == "id\tarm\tx\nK01\tTACE + RT\t1\nK02\tTACE\t22\n"


def test_other_files_are_left_to_their_delimiter():
    assert with_tabs("id,arm\n1,a\n") is None and with_tabs("id\tarm x\n1\ta b\n") is None
    assert with_tabs("one\ntwo\n") is None and with_tabs("") is None
