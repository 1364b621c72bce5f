"""Numbers as hospitals write them: bounds, units, thousands, decimal commas, full-width digits."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.findings import Findings
from core.language import say
from core.reading.text_table import TextColumn

UNKNOWN = "?"  # the decimal mark, where numbers such as 1,210 could be read in two ways
_PLAIN = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?$"
_COMMA = r"^\D{0,2}(\d*,(\d{1,2}|\d{4,})|0,\d+)\s*\D*$"
_DOT = r"^\D{0,2}(\d*\.(\d{1,2}|\d{4,})|0\.\d+)\s*\D*$"
_EITHER_COMMA = r"^\D{0,2}[1-9]\d{0,2},\d{3}\s*\D*$"
_EITHER = r"^\D{0,2}[1-9]\d{0,2}[,.]\d{3}\s*\D*$"
THOUSANDS = re.compile(r"[1-9]\d{0,2}[,.]\d{3}")  # or a number with three decimals
_LOOKED_AT, _PROBE = 2_000, 200  # distinct values per column, for the decimal mark and for being numbers

_NUMBER = re.compile(
    r"(?P<bound>>=|<=|[<>≥≤~≈]|约|大于|小于|超过|不足)?\s*"
    r"(?P<number>[-+]?(?:\d[\d.,' ]*|[.,]\d+))"
    r"(?P<power>[eE][-+]?\d{1,3}|\s*[x×*]\s*10\^[-+]?\d{1,2}(?!\d*\s*/))?"
    r"\s*(?P<unit>[^\d\s].*)?")
_DASHES = str.maketrans({c: "-" for c in "\u2212\u2010\u2011\u2012\u2013\u2014\ufe63"} |
                        {c: " " for c in "\u00a0\u2009\u202f\u2007\u3000"} | {"\u2019": "'"})
_UNITS = frozenset((
    "%", "cm", "mm", "ng/ml", "μg/l", "ug/l", "ng/l", "pg/ml", "iu/ml", "u/l", "iu/l", "g/l", "g/dl",
    "mg/dl", "mg/l", "μmol/l", "umol/l", "mmol/l", "gy", "cgy", "kg", "kg/m2", "kg/m^2", "ml", "mmhg",
    "d", "day", "days", "wk", "week", "weeks", "m", "mo", "mos", "mth", "mths", "month", "months", "y",
    "yr", "yrs", "year", "years", "yo", "岁", "天", "日", "周", "月", "个月", "年", "厘米", "毫米", "秒",
    "10^9/l", "x10^9/l", "×10^9/l", "10e9/l", "×109/l"))
# 89+, as ages are made anonymous
_OR_MORE = ("+", "+ years", "+岁", "or older", "and older", "岁以上", "及以上", "岁及以上")
_SAME_UNIT = {"厘米": "cm", "毫米": "mm", "ug/l": "μg/l", "umol/l": "μmol/l"}


class Parsed(NamedTuple):
    """A number, how it was read where that needs saying, and the unit written behind it."""

    value: float
    how: str
    unit: str


@dataclass(frozen=True, eq=False)
class Numbers:
    """A column's distinct values as numbers: `values` (d,), NaN where there is none.

    `how` and `units` say of a distinct value (its index) what was done to it.
    """

    values: np.ndarray
    how: Mapping[int, str]
    units: Mapping[int, str]


def numbers_of(column: TextColumn, decimal: str = ".") -> Numbers:
    """Return a column's distinct values as numbers; read once and held by the column."""
    if decimal not in column.numbers:
        column.numbers[decimal] = _numbers_of(column, decimal)
    known: Numbers = column.numbers[decimal]
    return known


def _numbers_of(column: TextColumn, decimal: str) -> Numbers:
    plain = pc.match_substring_regex(column.values, _PLAIN)
    if decimal != ".":
        plain = pc.and_(plain, pc.invert(pc.match_substring_regex(column.values, r"^[1-9]\d{0,2}\.\d{3}$")))
    is_plain = plain.to_numpy(zero_copy_only=False)
    values = np.full(column.n_distinct, np.nan)
    trimmed = pc.utf8_ltrim(column.values.filter(plain), characters="+")
    values[is_plain] = pc.cast(trimmed, pa.float64()).to_numpy(zero_copy_only=False)
    how: dict[int, str] = {}
    units: dict[int, str] = {}
    rest = np.flatnonzero(~is_plain)
    for i, text in zip(rest.tolist(), column.values.take(pa.array(rest)).to_pylist(), strict=True):
        if parsed := parse_number(text, decimal):
            values[i] = parsed.value
            if parsed.how:
                how[i] = parsed.how
            if parsed.unit:
                units[i] = parsed.unit
    return Numbers(values, how, units)


def parse_number(text: str, decimal: str = ".") -> Parsed | None:
    """Read one cell as a number, or None where it is none.

    `>400` is the next number above 400, so that it stands on the right side of a cut at 400; `89+` is 89.
    """
    if not any(c.isdecimal() for c in text):
        return None
    match = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text.translate(_DASHES)).translate(_DASHES).strip())
    if not match:
        return None
    or_more = (match["unit"] or "").strip() in _OR_MORE
    unit = "" if or_more else _unit(match["unit"] or "")
    plain, how = _plain(match["number"].strip(), decimal)
    if unit is None or plain is None:
        return None
    power = re.sub(r"\s*[x×*]\s*10\^", "e", match["power"] or "")
    value = float(plain + power)
    if not math.isfinite(value):
        return None
    bound = match["bound"] or ""
    if bound in (">", "大于", "超过"):
        value = math.nextafter(value, math.inf)
    elif bound in ("<", "小于", "不足"):
        value = math.nextafter(value, -math.inf)
    return Parsed(value, "as the bound" if bound or or_more else how, unit)


def is_ambiguous(text: str) -> bool:
    """Tell whether a cell such as 1,210 is 1210 or 1.21, depending on the decimal mark."""
    return parse_number(text, UNKNOWN) is None and parse_number(text, ".") is not None


def _unit(text: str) -> str | None:
    """Return a unit in its common spelling, "" for none, None for a word that is no unit."""
    folded = text.strip().lower().replace(" ", "").rstrip(".")
    if folded and folded not in _UNITS:
        return None
    return _SAME_UNIT.get(folded, folded)


def _plain(text: str, decimal: str) -> tuple[str | None, str]:
    """Return digits with marks as Python reads them, and what was done."""
    sign = text[0] if text[0] in "+-" else ""
    digits = text.removeprefix(sign)
    grouped = re.fullmatch(r"\d{1,3}(?:[ ']\d{3})+([.,]\d+)?", digits)
    if grouped:
        return sign + re.sub(r"[ ']", "", digits).replace(",", "."), "without thousands marks"
    marks = re.findall(r"[., ']", digits)
    if len(set(marks)) == 2:
        return _both_marks(sign, digits, marks[-1])
    if not marks or set(marks) > {" "} or marks[0] in " '":
        return (None, "") if marks else (sign + digits, "")
    return _one_mark(sign, digits, marks, decimal)


def _one_mark(sign: str, digits: str, marks: list[str], decimal: str) -> tuple[str | None, str]:
    """Read 7.3, 7,3, 1,210 and 1,234,567: three digits behind may be thousands, other numbers not."""
    mark = marks[0]
    grouped = re.fullmatch(rf"[1-9]\d{{0,2}}(?:{re.escape(mark)}\d{{3}})+", digits)
    if len(marks) > 1:
        return (sign + digits.replace(mark, ""), "without thousands marks") if grouped else (None, "")
    if grouped and mark != decimal:
        return (None, "") if decimal == UNKNOWN else (sign + digits.replace(mark, ""), "without thousands marks")
    return sign + digits.replace(",", "."), "with a decimal comma" if mark == "," and decimal != "," else ""


def _both_marks(sign: str, digits: str, last: str) -> tuple[str | None, str]:
    """Read 1,234.5 and 1.234,5: the mark that comes last is the decimal one."""
    other = "," if last == "." else "."
    if not re.fullmatch(rf"\d{{1,3}}(?:{re.escape(other)}\d{{3}})+{re.escape(last)}\d+", digits):
        return None, ""
    return sign + digits.replace(other, "").replace(",", "."), "without thousands marks"


def decimal_mark(cells: Mapping[str, TextColumn], delimiter: str, findings: Findings) -> str:
    """Decide what the comma in numbers is, by columns of numbers that can be read in one way only.

    Where commas separate cells too, a single point decides. A number such as 1,210 or, where
    semicolons separate, 1.210 leaves it open if no other number tells.
    """
    commas = points = 0
    example = ""
    for column in cells.values():
        values = column.values.slice(0, _LOOKED_AT)
        if not _is_numeric(values):
            continue
        own_commas, own_points = _matching(values, _COMMA), _matching(values, _DOT)
        commas += own_commas > own_points
        points += own_points > own_commas or (delimiter == "comma" and _matching(values, r"\d\.\d") > 0)
        either = _EITHER_COMMA if delimiter != "semicolon" else _EITHER
        if not example and _matching(values, either):
            example = values.filter(pc.match_substring_regex(values, either))[0].as_py()
    if commas > points and not (delimiter == "comma" and points):
        findings.add("assumed", say("Numbers are written with a decimal comma."),
                     remedy=say("Choose the other mark under “How it was read”."))
        return ","
    if example and not points and delimiter not in ("comma", ""):
        findings.add("warning", say("Nothing in the file says whether {example} is written with a decimal or a "
                                    "thousands mark.", example=example), value=example,
                     remedy=say("Choose the decimal mark under “How it was read”."))
        return UNKNOWN
    return "."


def _is_numeric(values: pa.StringArray) -> bool:
    """Tell whether nearly all of a column's first values are numbers, in whatever manner."""
    texts = [t for t in values.slice(0, _PROBE).to_pylist() if any(c.isalnum() for c in t)]
    return bool(texts) and sum(parse_number(t) is not None for t in texts) >= 0.8 * len(texts)


def _matching(values: pa.StringArray, pattern: str) -> int:
    return int(pc.sum(pc.match_substring_regex(values, pattern)).as_py() or 0)
