"""The mapping form: which column plays which role. Widgets in, mapping JSON out.

Every widget is seeded from the draft's mapping and named after the file and the column it speaks
of, so that another file or column starts from its own guess.
"""

from __future__ import annotations

import html
from typing import Any

import streamlit as st

from core import schema
from core.guessing import (
    as_number,
    default_event_values,
    default_reference,
    factor_for,
    levels_of,
    unique_key,
)
from core.mapping import factor_json
from core.reading import TextTable
from ui.state import Draft

NONE = "(none)"
_UNITS = list(schema.MONTHS_PER)
_CLOSED = {"right": "the value itself is below (≤ / >)", "left": "the value itself is above (< / ≥)"}


def mapping_form(draft: Draft) -> dict[str, Any]:
    """Draw the form over a draft and return the mapping that it shows."""
    form = _Form(draft)
    patients, events = st.columns(2, gap="large")
    with patients:
        mapping: dict[str, Any] = {"patient_id": form.patient_id()}
        if arm := form.arm():
            mapping["arm"] = arm
        mapping |= form.later()
    with events:
        mapping["endpoints"] = form.endpoints()
    mapping["factors"] = form.factors(_taken(mapping))
    return mapping


def _taken(mapping: dict[str, Any]) -> set[str]:
    """Return the columns that have a role already and so are no factors."""
    taken = {mapping["patient_id"], mapping.get("arm", {}).get("column")}
    for endpoint in mapping["endpoints"].values():
        taken |= {endpoint["time"], endpoint["event"]}
    return taken - {None}


class _Form:
    """One drawing of the form."""

    def __init__(self, draft: Draft) -> None:
        self.table: TextTable = draft.table
        self.mapping = draft.mapping
        self.columns = self.table.columns
        self.prefix = self.table.sha256[:8]
        self.missing = self._missing()

    def key(self, *parts: object) -> str:
        return "-".join(["map", self.prefix, *map(str, parts)])

    def levels(self, column: str) -> list[str]:
        return levels_of(self.table.frame[column], self.missing)

    def column(self, label: str, chosen: str | None, *parts: object, optional: bool = True,
               help: str | None = None) -> str | None:
        options = [NONE, *self.columns] if optional or not chosen else self.columns
        index = options.index(chosen) if chosen in options else 0
        picked = st.selectbox(label, options, index=index, key=self.key(*parts), help=help,
                              format_func=self._with_values)
        return None if picked == NONE else picked

    def _with_values(self, column: str) -> str:
        if column == NONE:
            return NONE
        values = ", ".join(v for v in self.table.frame[column].head(3))
        return f"{column}  ({values} …)"

    def _missing(self) -> tuple[str, ...]:
        key = self.key("missing")
        text = st.session_state.get(key)
        if text is None:
            return tuple(self.mapping.get("missing", schema.MISSING_CODES))
        return ("", *dict.fromkeys(code.strip() for code in text.split(",") if code.strip()))

    def patient_id(self) -> str | None:
        _head("Patients")
        return self.column("Patient id", self.mapping.get("patient_id"), "id",
                           help="Without one, patients are known by their row in the file.")

    def arm(self) -> dict[str, Any] | None:
        now = self.mapping.get("arm") or {}
        column = self.column("Arm", now.get("column"), "arm", help="None for a cohort of one arm.")
        if not column:
            return None
        levels = self.levels(column)
        if len(levels) > schema.MAX_LEVELS_SHOWN:
            st.html(f"<p class='cs-warn' role='alert'>The column {html.escape(column)} has {len(levels)} "
                    "different values: an arm has a few. Choose another column.</p>")
            return None
        same = column == now.get("column")
        reference = now.get("reference") if same and now.get("reference") in levels else \
            (default_reference(levels) if levels else "")
        picked = st.selectbox("Reference arm", levels, key=self.key("reference", column),
                              index=levels.index(reference) if reference in levels else 0,
                              help="Hazard ratios and risk differences are against this arm.")
        labels = (now.get("levels") or {}) if same else {}
        return {"column": column, "reference": picked or "",
                "levels": {v: labels.get(v, v) for v in levels}}

    def later(self) -> dict[str, Any]:
        """Ask for what is known only after time zero, and for the missing codes."""
        _head("Known after time zero")
        out: dict[str, Any] = {}
        response = self.mapping.get("response")
        column = self.column("Tumour response", response and response["column"], "response")
        if column:
            kept = response if response and response["column"] == column else \
                factor_json(factor_for(column, self.levels(column), schema.RESPONSE, later=True))
            out["response"] = {**kept, "label": "Response", "kind": "categorical"}
        sites = self.mapping.get("failure_sites", {})
        by_column = {f["column"]: (k, f) for k, f in sites.items()}
        chosen = st.multiselect("Failure sites (one column each)", self.columns, list(by_column),
                                key=self.key("sites"))
        out["failure_sites"] = dict(by_column.get(c) or self._new_factor(c, later=True) for c in chosen)
        adverse = self.mapping.get("adverse_events", {}).get("columns", [])
        out["adverse_events"] = {"columns": st.multiselect(
            "Adverse events (worst grade 0-5, one column per term)", self.columns, adverse,
            key=self.key("ae"))}
        codes = [c for c in self.mapping.get("missing", schema.MISSING_CODES) if c]
        st.text_input("Codes that mean missing", ", ".join(codes), key=self.key("missing"),
                      help="An empty cell is always missing. \"None\" is a level unless you add it.")
        out["missing"] = list(self.missing)
        return out

    def _new_factor(self, column: str, *, later: bool = False) -> tuple[str, dict[str, Any]]:
        entry = schema.dictionary_entry(column)
        key = entry.key if entry else schema.factor_key(column)
        return key, factor_json(factor_for(column, self.levels(column), key, later=later))

    def endpoints(self) -> dict[str, Any]:
        _head("Endpoints")
        known = self.mapping.get("endpoints", {})
        many = st.number_input("How many endpoints", 0, 12, len(known), key=self.key("many"))
        out: dict[str, Any] = {}
        for i in range(int(many)):
            name, endpoint = (list(known.items()) + [("", {})] * 12)[i]
            with st.container(border=True):
                self._endpoint(i, name or f"Endpoint {i + 1}", endpoint, out)
        return out

    def _endpoint(self, i: int, name: str, now: dict[str, Any], out: dict[str, Any]) -> None:
        left, right = st.columns([0.34, 0.66])
        with left:
            name = st.text_input("Name", name, key=self.key("endpoint", i)).strip() or name
        with right:
            label = st.text_input("In full", now.get("label", name), key=self.key("label", i))
        left, right = st.columns([0.66, 0.34])
        with left:
            time = self.column("Time", now.get("time"), "time", i)
            event = self.column("Event", now.get("event"), "event", i)
        with right:
            stated = schema.time_unit_in(time) if time and time != now.get("time") else now.get("unit")
            unit = st.selectbox("Time unit", _UNITS, _UNITS.index(stated or "months"),
                                key=self.key("unit", i, time))
            levels = self.levels(event) if event else []
            few = levels if len(levels) <= schema.MAX_LEVELS_SHOWN else []
            default = now.get("event_values", []) if event == now.get("event") else \
                default_event_values(event or "", few)
            values = st.multiselect("Value that means event", few, [v for v in default if v in few],
                                    key=self.key("values", i, event))
        death = st.checkbox("Death counts as an event", now.get("death_counts", True),
                            key=self.key("death", i))
        if not time or not event:
            st.html("<p class='cs-note'>Choose a time and an event column.</p>")
        elif name in out:
            st.html(f"<p class='cs-warn' role='alert'>Two endpoints are named {html.escape(name)}.</p>")
        else:
            out[name] = {"label": label, "time": time, "event": event, "event_values": values,
                         "unit": unit, "death_counts": death}

    def factors(self, taken: set[str]) -> dict[str, Any]:
        """Ask which columns are factors, and for one of them its details."""
        _head("Factors: what to filter, compare and describe by")
        now = {f["column"]: (k, f) for k, f in self.mapping.get("factors", {}).items()}
        chosen = st.multiselect("Columns", self.columns, list(now), key=self.key("factors"),
                                label_visibility="collapsed")
        if double := [c for c in chosen if c in taken]:
            st.html("<p class='cs-note'>Not factors, because they have another role: "
                    f"{html.escape(', '.join(double))}.</p>")
            chosen = [c for c in chosen if c not in taken]
        out: dict[str, Any] = {}
        for column in chosen:
            key, factor = now.get(column) or self._new_factor(column)
            out[key if column in now else unique_key(key, out)] = factor
        if out:
            edited = st.selectbox("Details of", list(out), key=self.key("edit"),
                                  format_func=lambda k: f"{out[k]['label']}  ({out[k]['column']})")
            with st.container(border=True):
                out[edited] = self._details(edited, out[edited])
        return out

    def _details(self, key: str, factor: dict[str, Any]) -> dict[str, Any]:
        column = factor["column"]
        levels = self.levels(column)
        first, second, third = st.columns(3)
        label = first.text_input("Label", factor["label"], key=self.key("f-label", column))
        numeric = bool(levels) and all(as_number(v) is not None for v in levels)
        kinds = ["categorical", "numeric"] if numeric else ["categorical"]
        kind = second.selectbox("Kind", kinds, kinds.index(factor["kind"]), key=self.key("kind", column))
        known = third.selectbox("Known", ["baseline", "later"], ["baseline", "later"].index(factor["known"]),
                                key=self.key("known", column),
                                help="What is known only after time zero must not stratify survival.")
        base = {"label": label, "column": column, "kind": kind, "known": known}
        if kind == "numeric":
            return base | self._numeric(column, factor)
        return base | {"levels": self._level_names(column, factor, levels)}

    def _numeric(self, column: str, factor: dict[str, Any]) -> dict[str, Any]:
        first, second, third = st.columns(3)
        unit = first.text_input("Unit", factor.get("unit", ""), key=self.key("f-unit", column))
        cuts = factor.get("cuts", [])
        text = second.text_input("Cut-points", ", ".join(f"{c['at']:g}" for c in cuts),
                                 key=self.key("cuts", column), help="Separated by commas, e.g. 20, 400")
        side = third.selectbox("At a cut-point", list(_CLOSED), key=self.key("closed", column),
                               index=list(_CLOSED).index(cuts[0]["closed"]) if cuts else 0,
                               format_func=_CLOSED.__getitem__)
        parts = [p.strip() for p in text.split(",") if p.strip()]
        if wrong := [p for p in parts if as_number(p) is None]:
            st.html(f"<p class='cs-warn' role='alert'>{html.escape(wrong[0])!s} is no number: "
                    "cut-points are numbers with commas between them.</p>")
            parts = [p for p in parts if p not in wrong]
        log = st.checkbox("Logarithmic axis", factor.get("log", False), key=self.key("log", column))
        return {"unit": unit, "log": log, "cuts": [{"at": float(p), "closed": side} for p in parts]}

    def _level_names(self, column: str, factor: dict[str, Any], levels: list[str]) -> dict[str, str]:
        """Let the person order and name the levels, one a line: `0 = no`."""
        if len(levels) > schema.MAX_LEVELS_SHOWN:
            st.html(f"<p class='cs-warn' role='alert'>{html.escape(column)} has {len(levels)} different "
                    "values: too many for levels.</p>")
            return {}
        named = factor.get("levels") or {}
        order = [v for v in named if v in levels] + [v for v in levels if v not in named]
        shown = "\n".join(f"{v} = {named.get(v, v)}" for v in order)
        text = st.text_area("Levels in their order, value = name", shown, key=self.key("levels", column),
                            height=38 + 26 * max(2, len(levels)))
        out = {}
        for line in text.splitlines():
            value, _, name = (part.strip() for part in line.partition("="))
            if value in levels:
                out[value] = name or value
            elif value:
                st.html(f"<p class='cs-warn' role='alert'>{html.escape(column)} has no value "
                        f"{html.escape(value)}: it holds {html.escape(', '.join(levels))}.</p>")
        return out


def _head(text: str) -> None:
    st.html(f"<h3 class='cs-panel'>{text}</h3>")
