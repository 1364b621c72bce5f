"""A cohort file as text: columns of distinct values and codes, and where each row stood.

A value is looked at once, however many patients have it: reading, guessing and converting work on
a column's distinct values and spread the result by its codes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.read_options import ReadOptions
from core.schema import MISSING


@dataclass(frozen=True, kw_only=True)
class Detected:
    """How a file was read; "" where it does not apply."""

    encoding: str
    delimiter: str
    decimal: str
    header_line: int
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True, eq=False)
class TextColumn:
    """A column: `values` (d distinct texts, stripped) and `codes` (n,) into them."""

    values: pa.StringArray
    codes: np.ndarray
    numbers: dict[str, Any] = field(default_factory=dict, repr=False)  # what numbers.py read, by decimal mark

    @classmethod
    def from_cells(cls, cells: pa.ChunkedArray | pa.Array | Iterable[str]) -> TextColumn:
        """Encode cells; white space around a value is no part of it."""
        if not isinstance(cells, (pa.ChunkedArray, pa.Array)):
            cells = pa.array(list(cells), pa.string())
        if isinstance(cells, pa.ChunkedArray):
            cells = cells.combine_chunks()
        encoded = cells.dictionary_encode()
        codes = encoded.indices.to_numpy(zero_copy_only=False)
        stripped = pc.utf8_trim(encoded.dictionary, characters=SPACES)
        if not len(stripped):
            return cls(stripped, codes)
        again = stripped.dictionary_encode()  # " a" and "a" are one value
        return cls(again.dictionary, again.indices.to_numpy(zero_copy_only=False)[codes])

    @property
    def n_distinct(self) -> int:
        """How many different texts there are, the empty one included."""
        return len(self.values)

    def texts(self) -> list[str]:
        """Return the distinct values; a long list in a column of free numbers."""
        out: list[str] = self.values.to_pylist()
        return out

    @cached_property
    def counts(self) -> np.ndarray:
        """How many rows have each distinct value."""
        return np.bincount(self.codes, minlength=self.n_distinct)

    def is_in(self, texts: Iterable[str]) -> np.ndarray:
        """Tell of each distinct value whether it is among `texts`."""
        is_listed = pc.is_in(self.values, pa.array(sorted(texts), pa.string()))
        return is_listed.to_numpy(zero_copy_only=False)

    def series(self) -> pd.Series:
        """Return the column's cells, one per row."""
        return pd.Series(np.asarray(self.texts(), dtype=object)[self.codes] if self.codes.size else [],
                         dtype=object)

    def cell(self, row: int) -> str:
        """Return one row's cell."""
        text: str = self.values[int(self.codes[row])].as_py()
        return text

    def take(self, rows: np.ndarray) -> TextColumn:
        """Return the column of some rows; values that none of them has stay listed nowhere."""
        used, codes = np.unique(self.codes[rows], return_inverse=True)
        return TextColumn(self.values.take(pa.array(used)), codes.astype(np.int32))


def fingerprint(table: TextTable, events: TextTable | None) -> str:
    """Return the SHA-256 of a cohort's file; of two files, that of both of theirs."""
    if events is None:
        return table.sha256
    return hashlib.sha256(f"{table.sha256}{events.sha256}".encode()).hexdigest()


# Unicode's spaces, and the marks of no width that copying from documents leaves behind.
SPACES = " \t\n\r\x0b\x0c\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009" \
          "\u200a\u200b\u200e\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"


@dataclass(frozen=True, eq=False, kw_only=True)
class TextTable:
    """A file as text: `columns` by name, and the `lines` (n,) on which its rows began.

    `labels` says what columns hold, and `orders` in which order a column's levels stand, where the file says it.
    """

    cells: Mapping[str, TextColumn]
    lines: np.ndarray
    sha256: str
    name: str
    detected: Detected
    options: ReadOptions = field(default_factory=ReadOptions)
    findings: list[dict[str, object]] = field(default_factory=list)
    labels: Mapping[str, str] = field(default_factory=dict)
    orders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """The columns' names."""
        return list(self.cells)

    @property
    def decimal(self) -> str:
        """The decimal mark of numbers that could be read in two ways."""
        return self.detected.decimal

    def __len__(self) -> int:
        return len(self.lines)

    def head(self, rows: int, columns: int) -> pd.DataFrame:
        """Return the first rows and columns as a frame of text."""
        first = np.arange(min(rows, len(self)))
        return pd.DataFrame({name: self.cells[name].take(first).series()
                             for name in self.columns[:columns]})

    def take(self, rows: np.ndarray) -> TextTable:
        """Return the table of some rows (their positions)."""
        return replace(self, cells={n: c.take(rows) for n, c in self.cells.items()}, lines=self.lines[rows])

    def without(self, columns: Iterable[str]) -> TextTable:
        """Return the table without some columns."""
        dropped = set(columns)
        return replace(self, cells={n: c for n, c in self.cells.items() if n not in dropped})


def first_filled(column: TextColumn, groups: np.ndarray, missing: Iterable[str]) -> np.ndarray:
    """Return of each group of rows the first row whose cell is filled, else its first row, (groups,).

    `groups` (n,) numbers the rows' groups from 0 on.
    """
    n, filled = len(groups), ~column.is_in(missing)[column.codes]
    place = np.where(filled, np.arange(n), np.arange(n) + n)  # filled cells before all others
    first = np.full(int(groups.max(initial=-1)) + 1, 2 * n)
    np.minimum.at(first, groups, place)
    return first % n


def differs_within(table: TextTable, column: str, by: str, missing: Iterable[str] = MISSING) -> bool:
    """Tell whether rows that share a value of `by` hold different filled values of a column."""
    cells, groups = table.cells[column], table.cells[by].codes
    first = first_filled(cells, groups, missing)
    filled = ~cells.is_in(missing)[cells.codes]
    return bool((cells.codes[first[groups]] != cells.codes)[filled].any())


def never_in_first_row(table: TextTable, column: str, by: str, missing: Iterable[str] = MISSING) -> bool:
    """Tell whether a column is filled, but in no group's first row: it was recorded later than the others."""
    cells, groups = table.cells[column], table.cells[by].codes
    filled = ~cells.is_in(missing)[cells.codes]
    _, first = np.unique(groups, return_index=True)
    return bool(filled.any() and not filled[first].any())
