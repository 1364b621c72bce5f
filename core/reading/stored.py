"""Files whose columns have types and labels: SPSS, Stata and SAS by pyreadstat, Parquet and Feather by Arrow.

Value labels become the cells' texts, in the order of their codes; what the file calls missing is empty.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import count
from typing import Any

import pyarrow as pa

from core.errors import ReadingError
from core.format import plain_number
from core.language import say
from core.reading.damage import damage_said
from core.reading.limits import check_columns, check_rows
from core.reading.text_table import TextColumn

_SPSS, _STATA, _SAS, _PARQUET, _FEATHER = "SPSS file", "Stata file", "SAS file", "Parquet file", "Feather file"
_SAS7BDAT = bytes.fromhex("000000000000000000000000c2ea8160b31411cfbd92080009c7318c181f1011")
_OLD_STATA = range(0x66, 0x74)  # the first byte: the version, before Stata wrote <stata_dta>
_ENCODINGS = (None, "GB18030", "WINDOWS-1252")  # tried in this order: old files do not say theirs


@dataclass(frozen=True, kw_only=True, eq=False)
class StoredTable:
    """A table as it was stored.

    Attributes
    ----------
    kind : "SPSS file", ...
    labels : column -> what the file says that it holds
    orders : column -> its value labels in the order of their codes
    oddities : sentences on values that have a label beside others that have none
    """

    kind: str
    cells: dict[str, TextColumn]
    labels: dict[str, str] = field(default_factory=dict)
    orders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    oddities: list[tuple[str, str]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return len(next(iter(self.cells.values())).codes) if self.cells else 0


def stored_kind(data: bytes) -> str:
    """Tell by its first bytes what kind of stored table a file is; "" for none."""
    if data.startswith((b"$FL2", b"$FL3")):
        return "sav"
    if b"SPSS PORT FILE" in data[:1000] or b"SPSS PORT FILE".decode().encode("cp500") in data[:1000]:
        return "por"
    if data.startswith(b"<stata_dta>") or (len(data) > 4 and data[0] in _OLD_STATA and data[1] in (1, 2)
                                           and data[2] == 1):
        return "dta"
    if data.startswith(_SAS7BDAT):
        return "sas7bdat"
    if data.startswith(b"HEADER RECORD*******LIB"):
        return "xport"
    return "parquet" if data.startswith(b"PAR1") else "feather" if data.startswith((b"ARROW1", b"FEA1")) else ""


def read_stored(data: bytes, kind: str) -> StoredTable:
    """Read a stored table.

    Raises
    ------
    ReadingError
        If it is damaged, has no rows or columns, or passes a limit.
    """
    table = _of_arrow(data, kind) if kind in ("parquet", "feather") else _of_statistics(data, kind)
    if not table.rows:
        raise ReadingError(say("The {kind} has no rows.", kind=say(table.kind)), say("It needs one row per patient."))
    return table


def _of_arrow(data: bytes, kind: str) -> StoredTable:
    name = _PARQUET if kind == "parquet" else _FEATHER
    with damage_said(say("The {name}", name=say(name))):
        if kind == "parquet":
            import pyarrow.parquet as pq

            source = pq.ParquetFile(pa.BufferReader(data))
            check_rows(source.metadata.num_rows)
            check_columns(len(source.schema_arrow))
            table = source.read()
        else:
            from pyarrow import feather

            table = feather.read_table(pa.BufferReader(data))
        check_rows(table.num_rows)
        check_columns(table.num_columns)
        cells: dict[str, TextColumn] = {}
        for i, column in enumerate(table.column_names):
            if not column.startswith("__index_level_"):
                free = next(n for k in count(1) if (n := column if k == 1 else f"{column} ({k})") not in cells)
                cells[free] = _arrow_column(table.column(i))
        return StoredTable(kind=name, cells=cells)


def _arrow_column(column: pa.ChunkedArray) -> TextColumn:
    """Write a column's distinct values as text."""
    column = column.combine_chunks()
    if pa.types.is_nested(column.type):
        raise ReadingError(say("A column holds lists or records, not one value per patient."),
                           say("Keep plain columns."))
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    values = [v.decode("utf-8", "replace") if isinstance(v, bytes) else v for v in encoded.dictionary.to_pylist()]
    texts = pa.array([_text(v) for v in [*values, None]], pa.string())
    places = encoded.indices.fill_null(len(texts) - 1).cast(pa.int32())
    return TextColumn.from_cells(pa.DictionaryArray.from_arrays(places, texts).cast(pa.string()))


def _of_statistics(data: bytes, kind: str) -> StoredTable:
    import pyreadstat

    if data.startswith(b"<stata_dta>") and not data.rstrip(b"\0 \r\n").endswith(b"</stata_dta>"):
        raise ReadingError(say("The Stata file is not complete."), say("Copy or save it again."))
    readers: dict[str, tuple[str, Callable[..., Any]]] = {
        "sav": (_SPSS, pyreadstat.read_sav), "por": (_SPSS, pyreadstat.read_por), "dta": (_STATA, pyreadstat.read_dta),
        "sas7bdat": (_SAS, pyreadstat.read_sas7bdat), "xport": (_SAS, pyreadstat.read_xport)}
    name, reader = readers[kind]
    with damage_said(say("The {name}", name=say(name))):
        columns, meta = _decoded(reader, data)
    check_columns(len(columns))
    check_rows(max(map(len, columns.values()), default=0))
    out = StoredTable(kind=name, cells={}, labels={c: label for c, label in meta.column_names_to_labels.items()
                                                   if label and label != c})
    for column, values in columns.items():
        single = meta.readstat_variable_types.get(column) == "float"
        out.cells[column] = _labelled(column, values, meta.variable_value_labels.get(column) or {}, single, out)
    return out


def _decoded(reader: Callable[..., Any], data: bytes) -> tuple[dict[str, list[Any]], Any]:
    """Read with the encoding that the file states, else with those that it may have."""
    import pyreadstat

    for encoding in _ENCODINGS:
        asked = {"encoding": encoding} if encoding else {}
        try:
            columns, meta = reader(io.BytesIO(data), output_format="dict", **asked)
            return dict(columns), meta
        except (pyreadstat.ReadstatError, UnicodeDecodeError) as error:
            if "convert" not in str(error) and not isinstance(error, UnicodeDecodeError):
                raise
    raise ReadingError(say("The file's text is in an encoding that it does not state."),
                       say("Save it anew with UTF-8."))


def _labelled(column: str, values: Sequence[Any], labels: Mapping[Any, str], single: bool,
              out: StoredTable) -> TextColumn:
    """Write a column's values as text, with their labels where every value has one or labels a code for missing."""
    present = {v for v in values if not _is_missing(v)}
    named = {v: str(labels[v]).strip() for v in present if v in labels and str(labels[v]).strip()}
    if named and len(named) == len(present):
        out.orders[column] = tuple(dict.fromkeys(named[v] for v in sorted(named, key=_by_code)))
        texts: dict[Any, str] = dict(named)
    else:
        texts = {v: _text(v, single) for v in present}
        if named:
            pairs = ", ".join(f"{texts[v]} = {named[v]}" for v in sorted(named, key=_by_code))
            out.oddities.append((column, say("Some of its values have a label, others are numbers: {pairs}.",
                                             pairs=pairs)))
    return TextColumn.from_cells(["" if _is_missing(v) else texts[v] for v in values])


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _by_code(value: Any) -> tuple[bool, float, str]:
    number = isinstance(value, int | float)
    return not number, float(value) if number else 0.0, str(value)


def _text(value: Any, single: bool = False) -> str:
    """Write a value: numbers with the digits that they were stored with, dates year first."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        import numpy as np

        return str(np.float32(value)) if single and not value.is_integer() else \
            plain_number(value) if math.isfinite(value) else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value)
