"""Names: the columns of a cohort's own frames, the kinds of variables, units of time.

A literal column name of the app's own frames stands here and nowhere else; the names that hospitals
give to their columns stand in mapping/dictionary.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import count
from typing import Literal

PATIENT = "patient_id"
ARM = "arm"
RESPONSE = "response"
AE_PREFIX = "ae_"
SAFETY = "in safety population"

# The long adverse-event frame: one row per patient (position), term and record.
EVENT_COLUMNS = ("patient", "term", "category", "grade", "day", "serious", "related")
FINDING_COLUMNS = ("severity", "row", "column", "value", "message", "remedy", "kind", "rows")

Kind = Literal["categorical", "numeric", "grade"]
Known = Literal["baseline", "later"]
Severity = Literal["repaired", "assumed", "warning", "refused"]
SEVERITIES: tuple[Severity, ...] = ("refused", "warning", "assumed", "repaired")

# Control characters, which XML, and so pictures, slides and documents, cannot hold; not tabs and line ends.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

# What a spreadsheet writes where a formula failed.
CELL_ERRORS = ("#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?", "#NULL!")
MISSING_CODES = ("", "NA", "N/A", "N.A.", "<NA>", "NaN", "NaT", "NULL", ".", "-", "--", "'--", "—", "——", "/", "?",
                 "？", "unknown", "unk", "missing", "not available", "not done", "[Not Available]", "[Not Evaluated]",
                 "[Unknown]", "[Not Applicable]", "不详", "未知", "缺失", "未查", "未测", "未做", "不明", "无数据",
                 *CELL_ERRORS)

DAYS_PER_MONTH = 30.4375
MONTHS_PER = {
    "days": 1 / DAYS_PER_MONTH,
    "weeks": 7 / DAYS_PER_MONTH,
    "months": 1.0,
    "years": 12.0,
}

# Keys that no factor may have: columns of the patients' frame.
RESERVED = frozenset({PATIENT, ARM, RESPONSE, SAFETY})

MAX_ARMS = 8  # more arms than that are no arms
MAX_LEVELS_SHOWN = 24  # a column with more different values cannot be an arm, an event or levels


def time_column(endpoint: str) -> str:
    """Name the patients' column that holds an endpoint's time in months."""
    return f"{endpoint} time"


def entry_column(endpoint: str) -> str:
    """Name the patients' column that holds when they enter an endpoint's risk sets, in months; only with late entry."""
    return f"{endpoint} entry"


def event_column(endpoint: str) -> str:
    """Name the patients' column that holds an endpoint's event (0 or 1)."""
    return f"{endpoint} event"


def cause_column(endpoint: str) -> str:
    """Name the patients' column that holds the first cause of an endpoint; missing where there was none."""
    return f"{endpoint} cause"


def known_column(key: str) -> str:
    """Name the patients' column that holds when a variable became known, in months from time zero."""
    return f"{key} known at"


@dataclass(frozen=True)
class Cut:
    """Split a numeric variable at a value; `closed` says which side holds the value itself."""

    at: float
    closed: Literal["left", "right"] = "right"  # right: <= at / > at; left: < at / >= at


def spellings(codes: Iterable[str]) -> frozenset[str]:
    """Return missing codes in the cases that they are written in."""
    return frozenset(s for c in codes for s in (c, c.lower(), c.upper(), c.capitalize(), c.title()))


MISSING = spellings(MISSING_CODES)


def matching(columns: list[str], pattern: str) -> list[str]:
    """Return the columns that a shell pattern names, in their order."""
    return [c for c in columns if fnmatch(c, pattern)]


def factor_key(column: str) -> str:
    """Turn a header into a factor's key: lower case, words joined by underscores."""
    text = unicodedata.normalize("NFKC", column).lower()
    return re.sub(r"[^\w]+", "_", text).strip("_") or "factor"


def unique_key(key: str, taken: Iterable[str]) -> str:
    """Return a key that is neither taken nor a column of the app's own."""
    used = {*taken, *RESERVED}
    if key not in used:
        return key
    number = next(i for i in count(2) if f"{key}_{i}" not in used)
    return f"{key}_{number}"


def readable(column: str) -> str:
    """Turn a header into a label: `failure_local` becomes `Failure local`."""
    words = re.sub(r"[_\s]+", " ", column).strip()
    return words[:1].upper() + words[1:]
