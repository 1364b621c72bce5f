"""Old Excel (.xls), binary Excel (.xlsb) and OpenDocument (.ods) workbooks, by calamine."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.errors import ReadingError
from core.language import say
from core.reading.damage import damage_said
from core.reading.grid import Progress, Row
from core.reading.limits import MAX_UNPACKED, check_columns, check_rows
from core.reading.workbook import ZIP, Sheet, likeliest_first, row_of, sheet_of

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

OLE = b"\xd0\xcf\x11\xe0"


def is_spreadsheet(data: bytes) -> bool:
    """Tell whether a file is a workbook of a kind that calamine reads and openpyxl does not."""
    if data.startswith(OLE):
        return True
    if not data.startswith(ZIP):
        return False
    with damage_said(say("This workbook or zip archive")):
        parts = {p.filename: p.file_size for p in zipfile.ZipFile(io.BytesIO(data)).infolist()}
    if sum(parts.values()) > MAX_UNPACKED:
        return False  # refused with the others
    return "xl/workbook.bin" in parts or ("mimetype" in parts and "content.xml" in parts)


def read_spreadsheet(data: bytes, sheet: str | None, progress: Progress) -> Sheet:
    """Read a worksheet, the first with cells where `sheet` is None.

    Raises
    ------
    ReadingError
        If it is damaged, has a password, or no such sheet or an empty one.
    """
    from python_calamine import CalamineWorkbook, PasswordError

    try:
        with damage_said(say("The workbook")):
            book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except ReadingError as error:
        if isinstance(error.__cause__, PasswordError):
            raise ReadingError(say("The workbook has a password."), say("Save it without one.")) from error
        if data.startswith(OLE):
            raise ReadingError(say("This is an old Excel workbook (.xls) that is damaged or has a password, or "
                                   "another document."),
                               say("Save it as .xlsx without a password, or as CSV.")) from error
        raise
    names = tuple(book.sheet_names)
    if sheet is not None and sheet not in names:
        raise ReadingError(say("The workbook has no sheet {sheet}.", sheet=f"{sheet!r}"),
                           say("Choose one of: {names}.", names=', '.join(names)))
    for name in likeliest_first(names) if sheet is None else (sheet,):
        with damage_said(say("The sheet {name}", name=f"{name!r}")):
            content = sheet_of(name, names, _rows(book.get_sheet_by_name(name)), [])
        progress(1.0)
        if content:
            return content
    raise ReadingError(say("The workbook's sheets are empty."), say("It needs a header and one row per patient."))


def _rows(sheet: CalamineSheet) -> Iterator[Row]:
    check_rows(sheet.height)
    check_columns(sheet.width)
    for line, values in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        yield row_of(line, values)
