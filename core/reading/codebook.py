"""A codebook (a second sheet, or REDCap's data dictionary): what columns hold, and what their codes mean."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from core.language import say
from core.reading.text_table import TextColumn, TextTable
from core.schema import MISSING

# Headers of a codebook, without case, spaces and marks.
_NAMES = ("variablefieldname", "variablename", "variable", "fieldname", "field", "columnname", "column", "varname",
          "var", "item", "header", "name",
          "变量名称", "变量名", "变量", "字段名", "字段", "列名", "指标", "项目", "変数", "변수")
_LABELS = ("fieldlabel", "variablelabel", "label", "description", "meaning", "definition", "explanation", "details",
           "question", "longname", "comment",
           "标签", "变量标签", "变量说明", "说明", "含义", "中文名", "注释", "備考", "説明", "설명")
_CODES = ("choicescalculationsorsliderlabels", "choices", "valuelabels", "values", "coding", "codes", "levels",
          "categories", "options", "allowedvalues",
          "编码", "编码说明", "取值", "赋值", "值标签", "変数値", "코드")
_CODE = ("code", "value", "rawvalue", "值", "代码", "编码值")
_WORD = ("valuelabel", "codelabel", "word", "meaning", "label", "description", "值标签", "含义", "说明")
_UNITS, _TYPES = ("unit", "units", "单位", "単位", "단위"), ("fieldtype",)
_CODED_TYPES, _YES_NO = ("radio", "dropdown", "checkbox"), ("yesno", "truefalse")
# Sheets that are no cohort by their names.
SHEET_NAME = re.compile(r"(data\s*)?(code\s*book|dictionary|legend|glossary|variables?|labels?|coding|codes|key|"
                        r"read\s*me|metadata|notes)|.*(字典|编码|变量|赋值|说明|注释|定義|辞書).*", re.IGNORECASE)
_PAIR = re.compile(r"\s*(-?[\w.]+)\s*(?:[=:：,，、]|[-–—]>?|\s)\s*(.+?)\s*", re.DOTALL)
_RUN = re.compile(r"(-?\d+(?:\.\d+)?)\s*[=:：]\s*(.+?)(?=[\s,;，；、/]+-?\d+(?:\.\d+)?\s*[=:：]|$)", re.DOTALL)
_WORD_FIRST = re.compile(r"([^\d=:：,;，；|/]+?)\s*[=:：]\s*(-?\d+(?:\.\d+)?)(?=[\s,;，；、/]|$)")
_MEANS_MISSING = re.compile(r"unknown|missing|not (applicable|available|done|known|recorded)|refused|^(na|n/a|nk)$|"
                            r"不详|未知|缺失|不适用", re.IGNORECASE)
_HAN = re.compile(r"(\d+)\s*([\u3400-\u9fff]+)")
_INSIDE = re.compile(r"(?:[(（\[]|:\s)([^)）\]]*\d\s*[=:：][^)）\]]*)(?:[)）\]]|$)")
_MOST_CODES, _FEWEST, _UNLISTED = 200, 2, 1
_MATCHING = 0.5  # of a codebook's names that stand among a cohort's columns


@dataclass(frozen=True, kw_only=True)
class Codebook:
    """What a codebook says of columns: `labels` (with a unit in brackets), and of codes, raw value -> word."""

    labels: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]


def codebook_of(table: TextTable, columns: Iterable[str]) -> Codebook | None:
    """Return what a table says of a cohort's columns; None where it is no codebook of them."""
    place = {_folded(c): c for c in reversed(table.columns)}
    names = [n for n in _NAMES if n in place]
    wanted = list(columns)
    for name in names:
        variables = _filled_down(table, place[name])
        if _is_of(variables, wanted):
            return _read(table, place, name, variables, wanted)
    return None


def with_codebook(table: TextTable, book: Codebook, source: str, sha256: str = "") -> TextTable:
    """Return a cohort whose codes are the codebook's words, in its order, and whose columns have its labels.

    Parameters
    ----------
    source : what the codebook is, for the finding
    sha256 : of its file, where it is another one: the cohort's fingerprint holds both
    """
    cells, orders = dict(table.cells), dict(table.orders)
    for column, words in book.codes.items():
        if (coded := _in_words(cells[column], words)) is not None:
            cells[column] = coded
            orders.setdefault(column, tuple(dict.fromkeys(words.values())))
    named = [c for c in book.codes if cells[c] is not table.cells[c]]
    orders = {c: o for c, o in orders.items() if c in table.orders or set(o) & set(cells[c].texts())}
    shown = "; ".join(f"{c}: {', '.join(f'{k} = {v}' for k, v in list(book.codes[c].items())[:4])}" for c in named[:6])
    strange = {c: [t for t in cells[c].texts() if t not in book.codes[c].values() and t not in MISSING]
               for c in named if c in orders}
    unlisted = ", ".join(f"{c} {t}" for c, texts in strange.items() for t in texts)
    finding: dict[str, object] = {"severity": "assumed", "row": "", "column": ", ".join(named[:8]), "value": "",
               "message": say("{source} says what columns hold: {labels} labels, and the codes of {named} "
                              "columns{shown}.{rest}", source=source, labels=len(book.labels), named=len(named),
                              shown=f" ({shown})" if shown else "",
                              rest=say(" Not listed there: {codes}.", codes=unlisted) if unlisted else ""),
               "remedy": say("Load the file without it to keep the codes.")}
    sha = hashlib.sha256(f"{table.sha256}{sha256}".encode()).hexdigest() if sha256 else table.sha256
    return replace(table, cells=cells, orders=orders, labels={**book.labels, **table.labels}, sha256=sha,
                   findings=[*table.findings, finding])


def _in_words(column: TextColumn, words: Mapping[str, str]) -> TextColumn | None:
    """Return a column with its codes as words; None where it has none of the codes, or is a measurement beside them."""
    by_number = {_number(code): word for code, word in words.items() if _number(code) is not None}
    texts = column.texts() if column.n_distinct <= _MOST_CODES else []
    named = {t: word for t in texts if (word := words.get(t) or by_number.get(_number(t) if t else None))}
    others = [t for t in texts if t not in named and t not in MISSING and t not in words.values()]
    if len(others) > max(len(named), _UNLISTED):  # a measurement: of its codes those count that mean missing
        named = {t: "" for t, word in named.items() if _MEANS_MISSING.search(word)}
    if not named:
        return None
    out = TextColumn.from_cells(pa.array([named.get(t, t) for t in texts], pa.string()))
    return TextColumn(out.values, out.codes[column.codes].astype(np.int32))


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _folded(text: str) -> str:
    wide = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in wide if c.isalnum())


def _filled_down(table: TextTable, column: str) -> list[str]:
    """Return a column's cells; an empty one repeats that above it."""
    out: list[str] = []
    for text in table.cells[column].series():
        out.append(text or (out[-1] if out else ""))
    return out


def _is_of(variables: list[str], columns: list[str]) -> bool:
    """Tell whether names are those of a cohort's columns, checkboxes of REDCap among them."""
    bases = {_folded(c.split("___")[0]) for c in columns} | {_folded(c) for c in columns}
    named = {_folded(v) for v in variables if v}
    return len(named & bases) >= min(_FEWEST, len(bases)) and len(named & bases) >= _MATCHING * len(named)


def _read(table: TextTable, place: Mapping[str, str], name: str, variables: list[str],
          columns: list[str]) -> Codebook:
    """Read a codebook whose variables stand in the column `place[name]`; a row per variable, or one per code."""
    def cells(names: Iterable[str]) -> list[str]:
        column = next((place[n] for n in names if n in place and n != name), None)
        return table.cells[column].series().tolist() if column else [""] * len(variables)
    labels, units, types, listed = cells(_LABELS), cells(_UNITS), cells(_TYPES), cells(_CODES)
    single, words = cells(_CODE), cells(_WORD)
    by_name: dict[str, list[str]] = {}
    for column in columns:
        for folded in {_folded(column), _folded(column.split("___")[0])}:
            by_name.setdefault(folded, []).append(column)
    named: dict[str, str] = {}
    coded: dict[str, dict[str, str]] = {}
    for i, variable in enumerate(variables):
        codes = _codes_of(_folded(types[i]), listed[i], labels[i]) or (
            {single[i]: words[i]} if single[i] and words[i] and not listed[i] else {})
        a_code = bool(single[i] and words[i] == labels[i])  # the row tells a code, and not the column
        for column in by_name.get(_folded(variable), []):
            choice = column.split("___")[1] if "___" in column and "___" not in variable else ""
            label = "" if a_code else f"{labels[i] or variable}: {codes.get(choice, choice)}" if choice else labels[i]
            if label or units[i]:
                named.setdefault(column, _with_unit(label or column, units[i]))
            coded.setdefault(column, {}).update({"0": "no", "1": "yes"} if choice else codes)
    return Codebook(labels=named, codes={c: w for c, w in coded.items() if w})


def _codes_of(kind: str, listed: str, label: str) -> dict[str, str]:
    """Return the codes of a variable, from their list or the brackets of its label; of REDCap by the field's type."""
    if kind in _YES_NO:
        return {"1": "yes", "0": "no"}
    if kind and kind not in _CODED_TYPES:
        return {}
    return coded_words(listed) or coded_words(" ".join(_INSIDE.findall(label)))


def _with_unit(label: str, unit: str) -> str:
    return f"{label} ({unit})" if unit and unit not in label else label


def coded_words(text: str) -> dict[str, str]:
    """Read a list of codes and words: `1, Male | 2, Female`, `0 = no; 1 = yes`, `1男 2女`, `alive = 0, dead = 1`."""
    for mark in ("|", ";", "；", "\n", ","):
        parts = [p for p in text.split(mark) if p.strip()]
        if len(parts) > 1 and all(_PAIR.fullmatch(p) for p in parts):
            return _pairs([(m[1], m[2]) for p in parts if (m := _PAIR.fullmatch(p))])
    runs = _RUN.findall(text) or [(code, word) for word, code in _WORD_FIRST.findall(text)] or _HAN.findall(text)
    return _pairs(runs) if len(runs) > 1 else {}


def _pairs(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return code -> word; where the words stand first, exchanged."""
    listed = [(a.strip(" '\""), b.strip(" '\".")) for a, b in pairs]
    if all(_number(b) is not None and _number(a) is None for a, b in listed):
        listed = [(b, a) for a, b in listed]
    return dict(listed)
