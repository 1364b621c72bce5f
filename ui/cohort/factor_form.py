"""The factors in the mapping form: which columns, and of each its kind, unit, cut-points and levels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core import schema
from core.format import plain_number
from core.guessing import MANY, as_number, factor_for, levels_of
from core.language import say
from core.mapping import ALBI, FORMULAS, dictionary_entry, factor_json
from core.reading import TextTable, parse_number
from ui.shell.display import heading, note

_CLOSED = {"right": "the value itself is below (≤ / >)", "left": "the value itself is above (< / ≥)"}
_FIRST = "the first level"


def level_names(label: str, named: dict[str, str], levels: list[str], key: str, column: str) -> dict[str, str]:
    """Let the person order, name and merge levels, one a line: `0 = no`."""
    order = [v for v in named if v in levels] + [v for v in levels if v not in named]
    shown = "\n".join(f"{v} = {named.get(v, v)}" for v in order)
    text = st.text_area(label, shown, key=key, height=38 + 26 * max(2, len(levels)))
    out: dict[str, str] = {}
    for line in text.splitlines():
        value = next((v for v in sorted(levels, key=len, reverse=True)
                      if line.strip() == v or line.strip().startswith(f"{v} =")), None)
        if value is not None:
            out[value] = line.strip().removeprefix(value).strip().removeprefix("=").strip() or value
        elif line.strip():
            note(say("{column} has no value {strip}: it holds {levels}.", column=column,
                     strip=line.partition('=')[0].strip(), levels=', '.join(levels)), strong=True)
    return out


class FactorForm:
    """One drawing of the factors."""

    def __init__(self, table: TextTable, mapping: dict[str, Any], missing: tuple[str, ...],
                 key: Callable[..., str]) -> None:
        self.table, self.mapping, self.missing, self.key = table, mapping, missing, key

    def levels(self, column: str) -> list[str]:
        """Return a column's distinct values but for the missing ones."""
        return levels_of(self.table.cells[column], self.missing)

    def draw(self, taken: set[str]) -> dict[str, Any]:
        """Ask which columns are factors, and for one of them its details."""
        heading(say("Factors: what to filter, compare and describe by"))
        all_factors = self.mapping.get("factors", {})
        by_column = {f["column"]: (k, f) for k, f in all_factors.items() if not f.get("formula")}
        chosen = st.multiselect(say("Type a name to add any other column"), self.table.columns, list(by_column),
                                key=self.key("factors"))
        if double := [c for c in chosen if c in taken]:
            note(say("Not factors, because they have another role: {double}.", double=', '.join(double)))
            chosen = [c for c in chosen if c not in taken]
        out: dict[str, Any] = {}
        for column in chosen:
            key, factor = by_column.get(column) or self._new(column)
            out[key if column in by_column else schema.unique_key(key, out)] = factor
        if out:
            edited = st.selectbox(say("Details of"), list(out), key=self.key("edit"),
                                  format_func=lambda k: f"{out[k]['label']}  ({out[k]['column']})")
            with st.container(border=True):
                out[edited] = self._details(out[edited])
        self._albi(all_factors, out)
        return out

    def _new(self, column: str) -> tuple[str, dict[str, Any]]:
        entry = dictionary_entry(column)
        key = entry.key if entry else schema.factor_key(column)
        return key, factor_json(factor_for(self.table, column, self.missing, key))

    def _albi(self, by_column: dict[str, Any], out: dict[str, Any]) -> None:
        """Offer the ALBI grade where bilirubin and albumin are numeric factors."""
        inputs = {name: name for name in FORMULAS[ALBI]}
        if any(out.get(k, {}).get("kind") != "numeric" for k in inputs):
            return
        if st.checkbox(say("ALBI grade, computed from bilirubin and albumin"), ALBI in by_column, key=self.key("albi")):
            out[ALBI] = by_column.get(ALBI) or {
                "label": "ALBI grade", "column": "", "kind": "categorical", "known": "baseline", "formula": ALBI,
                "inputs": inputs, "levels": {v: v for v in "123"}}

    def _details(self, factor: dict[str, Any]) -> dict[str, Any]:
        column = factor["column"]
        levels = self.levels(column)
        first, second, third = st.columns(3)
        label = first.text_input(say("Label"), factor["label"], key=self.key("f-label", column))
        numbers = sum(parse_number(v) is not None for v in levels)
        kinds = ["categorical", "numeric"] if numbers * 2 > len(levels) else ["categorical"]
        if len(levels) > MANY and "numeric" in kinds:
            kinds = ["numeric"]
        kind = second.selectbox(say("Kind"), kinds, kinds.index(factor["kind"]) if factor["kind"] in kinds else 0,
                                key=self.key("kind", column), format_func=say)
        known = third.selectbox(say("Known"), ["baseline", "later"], ["baseline", "later"].index(factor["known"]),
                                key=self.key("known", column), format_func=say,
                                help=say("A variable known only after time zero must not stratify survival."))
        base = {"label": label, "column": column, "kind": kind, "known": known}
        if factor.get("when"):
            base["when"] = factor["when"]
        if kind == "numeric":
            return base | self._numeric(column, factor)
        return base | self._categorical(column, factor, levels)

    def _numeric(self, column: str, factor: dict[str, Any]) -> dict[str, Any]:
        first, second, third = st.columns(3)
        unit = first.text_input(say("Unit"), factor.get("unit", ""), key=self.key("f-unit", column))
        times = second.number_input(say("Multiply the file's numbers by"), 0.0, None,
                                    float(factor.get("multiply_by", 1.0)),
                                    format="%g", key=self.key("times", column),
                                    help=say("Turns the file's unit into this one: 0.1 from mm to cm.")) or 1.0
        log = third.checkbox(say("Logarithmic axis"), factor.get("log", False), key=self.key("log", column))
        first, second = st.columns(2)
        cuts = factor.get("cuts", [])
        text = first.text_input(say("Cut-points"), ", ".join(plain_number(c['at']) for c in cuts),
                                key=self.key("cuts", column), help=say("Separated by commas, e.g. 20, 400"))
        side = second.selectbox(say("At a cut-point"), list(_CLOSED), key=self.key("closed", column),
                                index=list(_CLOSED).index(cuts[0]["closed"]) if cuts else 0,
                                format_func=lambda c: say(_CLOSED[c]))
        parts = [p.strip() for p in text.split(",") if p.strip()]
        if wrong := [p for p in parts if as_number(p) is None]:
            note(say("{wrong} is not a number: write cut-points as numbers separated by commas.", wrong=wrong[0]),
                 strong=True)
            parts = [p for p in parts if p not in wrong]
        return {"unit": unit, "multiply_by": times, "log": log,
                "cuts": [{"at": float(p), "closed": side} for p in parts]}

    def _categorical(self, column: str, factor: dict[str, Any], levels: list[str]) -> dict[str, Any]:
        if len(levels) > schema.MAX_LEVELS_SHOWN:
            many = f"{len(levels)}" if len(levels) <= MANY else say("more than {many}", many=MANY)
            note(say("{column} has {many} different values: too many for levels.", column=column, many=many),
                 strong=True)
            return {"levels": {}}
        named = level_names(say("Levels in their order, value = name; values with the same name form one level"),
                            factor.get("levels") or {}, levels, self.key("levels", column), column)
        choices = [_FIRST, *dict.fromkeys(named.values())]
        chosen = factor.get("reference", "")
        reference = st.selectbox(say("Compare with"), choices, choices.index(chosen) if chosen in choices else 0,
                                 key=self.key("f-reference", column),
                                 help=say("Hazard ratios compare other levels with this one."))
        return {"levels": named, "reference": "" if reference == _FIRST else reference}
