"""Delimited text into cells.

Where rows and cells begin and end is found first, over the bytes at once, by the rule of RFC 4180:
a quote counts where a cell begins with it. With the shape known to be sound, Arrow cuts the cells.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from core.errors import ReadingError
from core.language import say
from core.reading.grid import TOP, Progress, Row
from core.reading.limits import MAX_CELL, MAX_LINE, check_cell, check_columns, check_rows
from core.reading.text_table import SPACES

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
_NEWLINE, _QUOTE = 10, 34
_BLOCK = 8 * 1024**2
_NOTE = re.compile(r"\s*[\"']?(note|notes|source|legend|abbreviations?|remarks?|#|\*|注|备注|说明|数据来源)",
                   re.IGNORECASE)
_SOMETHING = re.compile(f"[^,;|\"{re.escape(SPACES)}]")
_BEGINS = b"\xc2\xe1\xe2\xe3\xef"  # with what bytes a space of Unicode's begins
_SEP = re.compile(r"[ \ufeff]*\"?sep=(.)\"?[ ,;\t]*(\n|$)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, eq=False)
class Delimited:
    """A delimited file whose rows are found: see `Grid`.

    `starts`, `ends` (bytes), `lines` and `cells` (a number) say where each row is.
    """

    raw: bytes
    delimiter: str
    starts: np.ndarray
    ends: np.ndarray
    lines: np.ndarray
    cells: np.ndarray
    is_blank: np.ndarray
    top: list[Row]
    width: int
    sep_line: bool

    @property
    def blank(self) -> np.ndarray:
        """The numbers of the empty lines."""
        return self.lines[self.is_blank]

    def body(self, header: Row, progress: Progress) -> tuple[list[pa.ChunkedArray], np.ndarray, list[Row]]:
        """Return columns, lines and notes below the header; see `Grid.body`."""
        below = (self.lines > header.line) & ~self.is_blank
        notes = self._notes(below)
        if notes:
            below &= self.lines < notes[0].line
        odd = np.flatnonzero(below & (self.cells != self.width))
        if odd.size:
            raise self._ragged(header, odd)
        check_rows(int(below.sum()))
        if not below.any():
            return [], np.array([], int), notes
        first, last = np.flatnonzero(below)[[0, -1]]
        part = self.raw[self.starts[first]: self.ends[last] + 1]
        columns = _cut(part, self.delimiter, self.width, progress)
        kept = np.zeros(self.lines.size, bool)
        kept[first: last + 1] = (self.cells == self.width)[first: last + 1]
        if len(columns[0]) != kept.sum():
            raise ReadingError(say("The file gives {columns} rows where {counted} were counted.",
                                   columns=f"{len(columns[0]):,}", counted=f"{kept.sum():,}"),
                               say("Save the table anew as CSV UTF-8."))
        return columns, self.lines[kept], notes

    def _notes(self, below: np.ndarray) -> list[Row]:
        """Return the remarks under the table: rows of a single cell that say to be one."""
        notes: list[Row] = []
        for i in np.flatnonzero(below)[::-1]:
            row = self._row(int(i))
            if row.filled != 1 or not _NOTE.match(row.cells[0]):
                break
            notes.insert(0, row)
        return notes

    def _row(self, i: int) -> Row:
        return _row(self.raw, self.delimiter, self.starts[i], self.ends[i], self.lines[i])

    def _ragged(self, header: Row, odd: np.ndarray) -> ReadingError:
        i = int(odd[0])
        more = say(" {n} more rows differ, too.", n=f"{odd.size - 1:,}") if odd.size > 1 else ""
        names = len(header.cells)
        wide = say("the header has {names}", names=names) if names == self.width or odd.size > 1 else \
            say("the other rows have {width}", width=self.width)
        return ReadingError(say("Line {lines} has {cells} cells; {wide}.{more}", lines=self.lines[i],
                                cells=self.cells[i], wide=wide, more=more),
                            say("Every row needs one cell per column: look for a missing or a stray delimiter."))


def split(text: str, delimiter: str | None = None) -> Delimited:
    """Find the rows of a text; the delimiter is guessed where None.

    Raises
    ------
    ReadingError
        If there is a single column, a quote is not closed, or a limit is passed.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    asked = _SEP.match(text)
    if asked:  # Excel's own first line; the line stays, empty, so that line numbers hold
        text = "\n" + text[asked.end():]
        delimiter = delimiter or asked[1]
    if not _SOMETHING.search(text):
        raise ReadingError(say("The file holds no text but delimiters."),
                           say("It needs a header and one row per patient."))
    sign = DELIMITERS.get(delimiter or "", delimiter) or _delimiter(text)
    if sign not in DELIMITERS.values():
        raise ReadingError(say("Unknown delimiter {sign}.", sign=f"{sign!r}"),
                           say("Choose one of: {delimiters}.", delimiters=', '.join(DELIMITERS)))
    return _records(text.encode("utf-8"), sign, sep_line=bool(asked))


def _delimiter(text: str) -> str:
    """Choose the delimiter that gives a header over rows of equal width, most of all."""
    begin = _SOMETHING.search(text)
    start = text.rfind("\n", 0, begin.start()) + 1 if begin else 0
    sample = [line for line in text[start:start + 200_000].split("\n") if line.strip()][:TOP]
    best, best_score = "", (0.0, 0.0, 0)
    for delimiter in DELIMITERS.values():
        rows = list(csv.reader(sample, delimiter=delimiter))
        counts = Counter(len(r) for r in rows)
        width, often = max(counts.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
        if width < 2:
            continue
        named = any(len(r) >= width - 1 and sum(bool(re.search(r"[^\W\d_]", c)) for c in r) * 2 >= width
                    for r in rows[:10])
        score = (float(named), round(often / len(rows), 1), width)
        if score > best_score:
            best, best_score = delimiter, score
    if not best:
        raise ReadingError(say("Only one column was found."),
                           say("Separate the columns by comma, semicolon, tab or |."))
    return best


def _records(raw: bytes, delimiter: str, *, sep_line: bool) -> Delimited:
    """Find where each row begins and ends, and how many cells it has."""
    view = np.frombuffer(raw, np.uint8)
    newlines = np.flatnonzero(view == _NEWLINE)
    _check_lines(raw, newlines)
    apart = view == ord(delimiter)
    quotes = _quotes(raw, view, ord(delimiter), newlines)
    ends = newlines
    if quotes.size:
        inside = np.zeros(view.size, bool)
        inside[quotes] = True
        inside = np.bitwise_xor.accumulate(inside)
        ends = newlines[~inside[newlines]]
        apart &= ~inside
    starts = np.concatenate([[0], ends + 1])
    ends = np.concatenate([ends, [view.size]])
    starts, ends = starts[starts < view.size], ends[starts < view.size]
    lines = np.searchsorted(newlines, starts) + 1
    _check_lengths(raw, delimiter, starts, ends, lines)
    cells = np.diff(np.searchsorted(np.flatnonzero(apart), np.concatenate([starts, [view.size]]))) + 1
    is_blank = _blank(raw, view, delimiter, starts, ends)
    check_columns(int(cells.max()))
    filled = np.flatnonzero(~is_blank)
    width = int(np.bincount(cells[filled]).argmax()) if filled.size else 0
    if width < 2:
        width = int(cells[filled].max())
    if width < 2:
        raise ReadingError(say("Only one column was found."),
                           say("Separate the columns by comma, semicolon, tab or |."))
    top = [_row(raw, delimiter, starts[i], ends[i], lines[i]) for i in filled[:TOP]]
    return Delimited(raw=raw, delimiter=delimiter, starts=starts, ends=ends, lines=lines, cells=cells,
                     is_blank=is_blank, top=top, width=width, sep_line=sep_line)


def _blank(raw: bytes, view: np.ndarray, delimiter: str, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Tell which rows hold nothing but spaces, delimiters and quotes."""
    nothing, bare = f'{SPACES}"{delimiter}', f' \t\n\x0b\x0c"{delimiter}'.encode()
    edge = np.zeros(256, bool)
    edge[[*bare, *_BEGINS]] = True
    out = edge[view[starts]]
    for i in np.flatnonzero(out):
        left = raw[starts[i]:ends[i]].strip(bare)
        out[i] = not left or (left[0] in _BEGINS and not left.decode("utf-8").strip(nothing))
    return out


def _quotes(raw: bytes, view: np.ndarray, delimiter: int, newlines: np.ndarray) -> np.ndarray:
    """Return the quotes that open and close a cell, in turn; a quote inside a bare cell is a sign."""
    quotes = np.flatnonzero(view == _QUOTE)
    if not quotes.size:
        return quotes
    edge = np.zeros(256, bool)
    edge[[delimiter, _NEWLINE]] = True
    before = edge[view[quotes - 1]] | (quotes == 0)
    after = edge[view[np.minimum(quotes + 1, view.size - 1)]] | (quotes == view.size - 1)
    joined = np.diff(quotes) == 1
    opens = before | np.concatenate([[False], joined])
    closes = after | np.concatenate([joined, [False]])
    if quotes.size % 2 == 0 and opens[::2].all() and closes[1::2].all():
        return quotes
    return _walk_quotes(raw, quotes, delimiter, newlines)


def _walk_quotes(raw: bytes, quotes: np.ndarray, delimiter: int, newlines: np.ndarray) -> np.ndarray:
    """Go from quote to quote where they do not simply pair."""
    edges = (delimiter, _NEWLINE)
    out: list[int] = []
    opened, skip = -1, -1
    for place in quotes.tolist():
        if place == skip:
            continue
        if opened < 0:
            if place == 0 or raw[place - 1] in edges:
                opened = place
                out.append(place)
        elif raw[place + 1: place + 2] == b'"':
            skip = place + 1
        elif place + 1 < len(raw) and raw[place + 1] not in edges:
            break
        else:
            opened = -1
            out.append(place)
    if opened >= 0:
        line = int(np.searchsorted(newlines, opened)) + 1
        raise ReadingError(say("A quote that opens on line {line} is not closed properly.", line=line),
                           say("Mend the quotes or save the table anew."))
    return np.asarray(out, dtype=np.int64)


def _check_lines(raw: bytes, newlines: np.ndarray) -> None:
    """Refuse a line of more than `MAX_LINE` characters."""
    edges = np.concatenate([[-1], newlines, [len(raw)]])
    for i in np.flatnonzero(np.diff(edges) > MAX_LINE):
        if len(raw[edges[i] + 1: edges[i + 1]].decode("utf-8")) > MAX_LINE:
            raise ReadingError(say("Line {line} is longer than {max_line} characters.", line=i + 1,
                                   max_line=f"{MAX_LINE:,}"),
                               say("Is this the right file?"))


def _check_lengths(raw: bytes, delimiter: str, starts: np.ndarray, ends: np.ndarray,
                   lines: np.ndarray) -> None:
    """Hold long rows against the limits of a row and of a cell."""
    for i in np.flatnonzero(ends - starts > MAX_CELL):
        if ends[i] - starts[i] > 4 * MAX_LINE:
            raise ReadingError(say("The row that begins on line {lines} is longer than {max_line} characters.",
                                   lines=lines[i], max_line=f"{MAX_LINE:,}"),
                               say("Look for a quote that was not closed."))
        row = _row(raw, delimiter, starts[i], ends[i], lines[i])
        check_cell(max(map(len, row.cells)), int(lines[i]))


def _row(raw: bytes, delimiter: str, start: int, end: int, line: int) -> Row:
    csv.field_size_limit(4 * MAX_LINE)
    text = io.StringIO(raw[start:end].decode("utf-8"), newline="")
    return Row(int(line), next(csv.reader(text, delimiter=delimiter), [""]))


def _cut(raw: bytes, delimiter: str, width: int, progress: Progress) -> list[pa.ChunkedArray]:
    """Let Arrow cut the cells, a block at a time; a row of another width is a blank one."""
    names = [f"c{i}" for i in range(width)]
    source = pa.BufferReader(raw)
    reader = arrow_csv.open_csv(
        source,
        read_options=arrow_csv.ReadOptions(column_names=names, block_size=_BLOCK),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=b'"' in raw, invalid_row_handler=lambda row: "skip"),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, null_values=[]),
    )
    batches = []
    for batch in reader:
        batches.append(batch)
        progress(source.tell() / len(raw))
    return list(pa.Table.from_batches(batches).columns)
