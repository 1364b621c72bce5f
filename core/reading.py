"""Bytes into a text table: encoding, delimiter, header. Nothing is converted here."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import IO

import pandas as pd

from core.errors import ReadingError

MAX_BYTES = 200 * 1024**2
MAX_ROWS = 2_000_000
MAX_COLUMNS = 2_000
MAX_LINE = 1_000_000
MAX_CELL = 32_767

Source = str | Path | bytes | IO[bytes]

_SIGNATURES = (
    (b"%PDF", "a PDF", "Export the table as CSV and load that."),
    (b"\x89PNG", "a picture", "Load the table as CSV."),
    (b"\xff\xd8\xff", "a picture", "Load the table as CSV."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (b"PK\x03\x04", "a workbook or zip archive", "Save the sheet as CSV (UTF-8) and load that."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)", "Save the sheet as CSV (UTF-8)."),
)
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass(frozen=True, eq=False, kw_only=True)
class TextTable:
    """Hold a file as text: `frame` (n rows x columns of str) and where each row stood."""

    frame: pd.DataFrame
    lines: list[int]
    sha256: str
    name: str
    encoding: str
    delimiter: str
    findings: list[dict[str, object]] = field(default_factory=list)

    @property
    def columns(self) -> list[str]:
        return list(self.frame.columns)


def read_table(source: Source, *, name: str = "") -> TextTable:
    """Read a delimited text file (path, bytes or binary file object) as text.

    Raises
    ------
    ReadingError
        If the content is no text table; it names the line and the remedy.
    """
    data, name = _bytes_of(source, name)
    _refuse_what_is_not_text(data)
    text, encoding = _decode(data)
    header, rows, lines, delimiter = _split(text)
    findings = _blank_row_findings(rows, lines)
    keep = [i for i, row in enumerate(rows) if any(cell.strip() for cell in row)]
    if not keep:
        raise ReadingError(f"{name or 'The file'} has a header but no rows.",
                           "It needs one row per patient.")
    columns = list(zip(*(rows[i] for i in keep), strict=True))
    frame = pd.DataFrame({h: pd.Series(c, dtype=object) for h, c in zip(header, columns, strict=True)})
    return TextTable(
        frame=frame,
        lines=[lines[i] for i in keep],
        sha256=hashlib.sha256(data).hexdigest(),
        name=name,
        encoding=encoding,
        delimiter=_DELIMITERS[delimiter],
        findings=findings,
    )


def _bytes_of(source: Source, name: str) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        data = source
    elif isinstance(source, (str, Path)):
        try:
            data, name = Path(source).read_bytes(), name or Path(source).name
        except OSError as error:
            raise ReadingError(f"There is no file {str(source)[:80]!r}.",
                               "Give a path, bytes or an open file.") from error
    else:
        data, name = source.read(), name or Path(str(getattr(source, "name", ""))).name
    if len(data) > MAX_BYTES:
        raise ReadingError(f"The file has {len(data) / 1024**2:,.0f} MB; the limit is "
                           f"{MAX_BYTES // 1024**2} MB.", "Keep the columns you need.")
    return data, name


def _refuse_what_is_not_text(data: bytes) -> None:
    if not data.strip():
        raise ReadingError("The file is empty.", "It needs a header and one row per patient.")
    for signature, what, remedy in _SIGNATURES:
        if data.startswith(signature):
            raise ReadingError(f"This is {what}, not a text table.", remedy)
    start = data[:200].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise ReadingError("This is a web page, not a text table.",
                           "It may be an error page saved in place of the file: download it again.")
    if start.startswith((b"{", b"[{")):
        raise ReadingError("This is JSON, not a text table.", "Export the table as CSV.")


def _decode(data: bytes) -> tuple[str, str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError as error:
            raise ReadingError("The file begins like UTF-16 but is not.",
                               "Save it as CSV UTF-8.") from error
    if b"\x00" in data:
        line = data[: data.index(b"\x00")].count(b"\n") + 1
        raise ReadingError(f"Line {line} holds a NUL byte: this is no text file.",
                           "Save the table as CSV UTF-8.")
    for encoding, label in (("utf-8-sig", "UTF-8"), ("gb18030", "GB18030"), ("cp1252", "cp1252")):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if label != "GB18030" or _looks_chinese(text):
            return text, label
    line = data[: _first_high_byte(data)].count(b"\n") + 1
    raise ReadingError(f"Line {line} fits no known text encoding (UTF-8, GB18030, cp1252).",
                       "Save the table as CSV UTF-8.")


def _first_high_byte(data: bytes) -> int:
    return next((i for i, byte in enumerate(data) if byte > 127), 0)


def _looks_chinese(text: str) -> bool:
    """Tell Chinese from Western text that happens to decode: most of it must be common Han."""
    high = [c for c in text if ord(c) > 127]
    common = sum("\u3000" <= c <= "\u303f" or "\u4e00" <= c <= "\u9fff" or "\uff00" <= c <= "\uffef"
                 for c in high)
    # Western accents stand alone between letters; as GB18030 they swallow the letter after them.
    pairs = sum(a > "\u4dff" and b > "\u4dff" for a, b in pairwise(text))
    return bool(high) and common >= 0.9 * len(high) and pairs > 0


def _split(text: str) -> tuple[list[str], list[list[str]], list[int], str]:
    """Cut text into header, rows and the line on which each row began."""
    if not text.strip(" \t\r\n,;|\ufeff"):
        raise ReadingError("The file holds no text but delimiters.",
                           "It needs a header and one row per patient.")
    if longest := next((i for i, s in enumerate(text.splitlines(), 1) if len(s) > MAX_LINE), 0):
        raise ReadingError(f"Line {longest} is longer than {MAX_LINE:,} characters.",
                           "Is this the right file?")
    csv.field_size_limit(MAX_LINE)
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    begin = 1
    try:
        for row in reader:
            rows.append(row)
            lines.append(begin)
            begin = reader.line_num + 1
            if len(rows) > MAX_ROWS + 1:
                raise ReadingError(f"The file has more than {MAX_ROWS:,} rows.",
                                   "Load a part of it.")
    except csv.Error as error:
        raise ReadingError(f"A quote that opens on line {begin} is not closed properly ({error}).",
                           "Mend the quotes or save the table anew.") from error
    while rows and not any(c.strip() for c in rows[0]):
        del rows[0], lines[0]
    header = _header(rows[0])
    _check_shape(header, rows[1:], lines[1:])
    return header, rows[1:], lines[1:], delimiter


def _delimiter(text: str) -> str:
    """Choose the delimiter that splits the first lines most evenly."""
    sample = [line for line in text[:200_000].splitlines()[:50] if line.strip()]
    best, score = ",", 0
    for delimiter in _DELIMITERS:
        counts = Counter(len(r) for r in csv.reader(sample, delimiter=delimiter))
        width, rows = max(counts.items(), key=lambda item: (item[1], item[0]))
        if width > 1 and rows * width > score:
            best, score = delimiter, rows * width
    if not score:
        raise ReadingError("Only one column was found.",
                           "Separate the columns by comma, semicolon, tab or |.")
    return best


def _header(cells: list[str]) -> list[str]:
    header = [cell.strip() for cell in cells]
    if len(header) > MAX_COLUMNS:
        raise ReadingError(f"The file has {len(header):,} columns; the limit is {MAX_COLUMNS:,}.",
                           "Keep the columns you need.")
    if blank := [i for i, h in enumerate(header, 1) if not h]:
        raise ReadingError(f"Column {blank[0]} has no name in the header.",
                           "Give every column a name.")
    if double := [h for h, n in Counter(header).items() if n > 1]:
        raise ReadingError(f"The header names {double[0]!r} twice.", "Rename one of the columns.")
    if sum(_is_number(h) for h in header) * 2 > len(header):
        raise ReadingError(f"The first line looks like data, not a header: {', '.join(header[:4])}.",
                           "Put the column names in the first line.")
    return header


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _check_shape(header: list[str], rows: list[list[str]], lines: list[int]) -> None:
    for row, line in zip(rows, lines, strict=True):
        if not any(cell.strip() for cell in row):
            row[:] = [""] * len(header)
        elif len(row) != len(header):
            raise ReadingError(f"Line {line} has {len(row)} cells; the header has {len(header)}.",
                               "Every row needs one cell per column: look for a missing or a "
                               "stray delimiter.")
        elif any(len(cell) > MAX_CELL for cell in row):
            raise ReadingError(f"A cell on line {line} is longer than {MAX_CELL:,} characters.",
                               "Is this the right file?")


def _blank_row_findings(rows: list[list[str]], lines: list[int]) -> list[dict[str, object]]:
    return [
        {"severity": "repaired", "row": line, "column": "", "value": "",
         "message": "A blank row was passed over."}
        for row, line in zip(rows, lines, strict=True)
        if not any(cell.strip() for cell in row)
    ]
