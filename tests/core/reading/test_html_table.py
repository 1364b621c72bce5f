"""Web pages that hospital systems save as .xls."""

from core.reading.html_table import html_table


def rows(page):
    sheet = html_table(page)
    return [r.cells for r in sheet.top] if sheet else None


def test_the_largest_table_is_read_and_spans_are_filled():
    page = "<table><tr><td>title</td></tr></table><table><tr><th>id</th><th>arm</th><th>x</th></tr>" \
           "<tr><td>1</td><td rowspan=2>a <b>b</b></td><td>&lt;5</td></tr><tr><td>2</td><td>7</td></tr>" \
           "<tr><td colspan=2>3</td><td>8</td></tr></table>"
    assert rows(page) == [["id", "arm", "x"], ["1", "a b", "<5"], ["2", "a b", "7"], ["3", "3", "8"]]


def test_a_page_without_a_table_is_none():
    assert rows("<html><body>502 Bad Gateway</body></html>") is None
    assert rows("<table><tr><td>id</td></tr></table>") is None


def test_nothing_of_a_page_is_run_or_spans_without_end():
    page = "<table><tr><td colspan=99999999>a</td></tr><tr><td>b<script>x()</script></td><td>c</td></tr></table>"
    assert len(rows(page)[0]) == 1000
