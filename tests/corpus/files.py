"""Files as hospitals send them, and worse: built here, each with what must come of it.

An outcome is one of
    accepted   read as it is, with nothing repaired, to check or refused
    repaired   read, and what was mended or assumed is said in `words`
    warned     read, and what should be checked is said in `words`
    asked      not read without an answer: NeedsAnswer says `words`
    refused    not read: the error says `words`, which name the place
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import openpyxl

N = 24
Columns = dict[str, list[str]]


@dataclass(frozen=True)
class Case:
    name: str
    data: bytes
    outcome: str
    words: str = ""
    n: int | None = N
    holds: Callable[[Any], bool] = field(default=lambda cohort: True)
    mapping: dict[str, Any] | None = None
    also: bytes | None = None  # a second file: adverse events in long form


def columns(n: int = N) -> Columns:
    """A good cohort: nothing in it needs a word beyond the reference arm."""
    return {
        "patient_id": [f"P{i + 1:03d}" for i in range(n)],
        "arm": [("control", "test")[i % 2] for i in range(n)],
        "age": [str(40 + i) for i in range(n)],
        "pvtt": [("Vp2", "Vp3", "Vp4")[i % 3] for i in range(n)],
        "AFP (ng/mL)": [str(round(5 * 1.4 ** i, 1)) for i in range(n)],
        "OS_months": [f"{i + 2.5:.1f}" for i in range(n)],
        "OS_event": [str(i % 2) for i in range(n)],
    }


def text(table: Columns | None = None, *, sep: str = ",", eol: str = "\n", head: str = "", foot: str = "",
         **changes: list[str] | None) -> str:
    """Write columns as text; a keyword replaces a column, adds one, or takes it away (None)."""
    table = dict(table or columns())
    for name, values in changes.items():
        if values is None:
            table.pop(name)
        else:
            table[name] = values
    rows = [list(table), *map(list, zip(*table.values(), strict=True))]
    return head + eol.join(sep.join(row) for row in rows) + eol + foot


def renamed(old: str, new: str, values: list[str] | None = None) -> str:
    """Write the good cohort with a column under another name, and other values."""
    return text({(new if k == old else k): (values or v if k == old else v) for k, v in columns().items()})


def changed(column: str, row: int, value: str) -> str:
    """Write the good cohort with one cell changed; row 1 is the first patient, on line 2."""
    table = columns()
    table[column][row - 1] = value
    return text(table)


def cycle(*values: str, n: int = N) -> list[str]:
    return [values[i % len(values)] for i in range(n)]


def workbook(rows: list[list[Any]], *, sheets: dict[str, list[list[Any]]] | None = None,
             merge: str = "") -> bytes:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    for row in rows:
        first.append(row)
    for name, content in (sheets or {}).items():
        sheet = book.create_sheet(name)
        for row in content:
            sheet.append(row)
    if merge:
        first.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped(names: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    return out.getvalue()


def typed_rows() -> list[list[Any]]:
    table = columns()
    out: list[list[Any]] = [list(table)]
    for row in zip(*table.values(), strict=True):
        out.append([*row[:2], int(row[2]), row[3], float(row[4]), float(row[5]), int(row[6])])
    return out


def dates(form: str, step: int = 20, start: date = date(2019, 1, 13)) -> list[str]:
    return [(start + timedelta(days=step * i)).strftime(form) for i in range(N)]


def dated(start: list[str], end: list[str]) -> str:
    table = columns()
    del table["OS_months"]
    return text({**table, "diagnosis date": start, "date of last follow-up": end})


def serials() -> tuple[list[str], list[str]]:
    return [str(43_500 + i) for i in range(N)], [str(43_600 + 9 * i) for i in range(N)]


def long_events(*rows: str) -> bytes:
    return "\n".join(["patient_id,term,grade", *rows]).encode() + b"\n"


BASE = text()
LINES = BASE.split("\n")


def raw(data: str, encoding: str = "utf-8") -> bytes:
    return data.encode(encoding)


def visits() -> str:
    rows = [f"P{i:02d},{visit},{'AB'[i % 2]},{50 + i},{i + 3},{i % 2}" for i in range(N) for visit in ("baseline", "week 6")]
    return "\n".join(["patient_id,visit,arm,age,OS_months,OS_event", *rows]) + "\n"


CHINESE = {"patient_id": "患者编号", "arm": "治疗组", "age": "年龄", "pvtt": "PVTT分型", "AFP (ng/mL)": "甲胎蛋白(ng/mL)",
           "OS_months": "总生存期（月）", "OS_event": "生存状态"}


def chinese() -> str:
    table = {CHINESE[k]: v for k, v in columns().items()}
    table["治疗组"] = cycle("对照组", "索拉非尼组")
    table["生存状态"] = cycle("存活", "死亡")
    return text(table)
