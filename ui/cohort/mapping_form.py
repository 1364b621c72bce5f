"""The mapping form: which column plays which role. Widgets in, mapping JSON out.

Every widget is seeded from the draft's mapping and named after the file and the column it speaks
of, so that another file or column starts from its own guess.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core import schema
from core.guessing import default_reference, factor_for, labels_for, levels_of
from core.intake import NEEDED, Section
from core.language import say
from core.mapping import AE_FILE_NAMES, DATE, MEANINGS, ae_category, ae_term, factor_json, meaning_of, time_unit_in
from core.reading import TextTable
from ui.cohort.endpoint_form import EndpointForm
from ui.cohort.factor_form import FactorForm, level_names
from ui.shell.display import meaning_words, note
from ui.shell.escape import plain
from ui.shell.state import Draft, value_of

NONE = "(none)"
_LONGEST = 16
_UNITS = list(schema.MONTHS_PER)
_ALL_ROWS = "all rows"
_TAKES = {"": "a second row is an error", "first": "the first row counts", "last": "the last row counts",
          "merge": "all rows, merged: the first cell that is filled counts",
          "where": "the row where a column holds a value"}


def mapping_form(draft: Draft, section: Section | None) -> dict[str, Any]:
    """Draw a section of the form over a draft and return the mapping with it; the other sections stay as they are."""
    form = Form(draft)
    mapping = dict(form.mapping)
    if section == "patients":
        mapping |= form.patients()
    elif section == "arm":
        mapping["arm"] = form.arm()
    elif section == "later":
        mapping |= form.later()
    elif section == "endpoints":
        mapping["endpoints"] = EndpointForm(form).draw()
    elif section == "factors":
        mapping["factors"] = FactorForm(form.table, form.mapping, form.missing, form.key).draw(_taken(mapping))
    taken = _taken(mapping)
    mapping["factors"] = {k: f for k, f in (mapping.get("factors") or {}).items() if f["column"] not in taken}
    return {k: v for k, v in mapping.items() if v is not None or k == "patient_id"}


def _taken(mapping: dict[str, Any]) -> set[str]:
    """Return the columns that have a role already and so are no factors."""
    taken = {mapping.get("patient_id"), (mapping.get("arm") or {}).get("column")}
    for endpoint in (mapping.get("endpoints") or {}).values():
        taken |= {endpoint.get(k) for k in ("time", "otherwise", "start", "entry", "event")}
        taken |= {endpoint["end"]} if isinstance(endpoint.get("end"), str) else set(endpoint.get("end", []))
    return taken - {None, ""}


class Form:
    """One drawing of the form."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.table: TextTable = draft.table
        self.mapping = draft.loading.mapping
        self.columns = self.table.columns
        self.prefix = f"{self.table.sha256[:8]}-{draft.number}-{draft.revision}"
        self.missing = self._missing()
        self.population: dict[str, Any] | None = self.mapping.get("population")

    def key(self, *parts: object) -> str:
        """Name a widget after the file and what it speaks of."""
        return "-".join(["map", self.prefix, *map(str, parts)])

    def levels(self, column: str) -> list[str]:
        """Return a column's distinct values but for the missing ones."""
        return levels_of(self.table.cells[column], (*self.missing, *self.mapping.get("missing_in", {}).get(column, [])))

    def few(self, column: str) -> list[str]:
        """Return a column's levels where they are few enough to be listed."""
        levels = self.levels(column)
        return levels if len(levels) <= schema.MAX_LEVELS_SHOWN else []

    def column(self, label: str, chosen: str | None, *parts: object, help: str | None = None,
               table: TextTable | None = None) -> str | None:
        """Ask for a column; None for none."""
        table = table or self.table
        options = [NONE, *table.columns]
        index = options.index(chosen) if chosen in options else 0
        picked = st.selectbox(label, options, index=index, key=self.key(*parts), help=help,
                              format_func=_with_values(table))
        return None if picked == NONE else picked

    def _missing(self) -> tuple[str, ...]:
        text = value_of(self.key("missing"))
        if text is None:
            return tuple(self.mapping.get("missing", schema.MISSING_CODES))
        return ("", *dict.fromkeys(code.strip() for code in text.split(",") if code.strip()))

    def patients(self) -> dict[str, Any]:
        """Ask how patients are told apart, which rows count, who is analysed, what means missing."""
        column = self.column(say("Patient id"), self.mapping.get("patient_id"), "id",
                             help=say("Without one, patients are identified by their row in the file."))
        out: dict[str, Any] = {"patient_id": column, "rows": None}
        rule = self.mapping.get("rows") or {}
        if column and (rule or self.table.cells[column].n_distinct < len(self.table)):
            takes = list(_TAKES)
            take = st.selectbox(say("Where a patient has several rows"), takes, takes.index(rule.get("take", "")),
                                format_func=lambda t: say(_TAKES[t]), key=self.key("take"))
            if take == "where":
                left, right = st.columns(2)
                with left:
                    where = self.column(say("Column"), rule.get("column"), "where")
                values = self.few(where) if where else []
                value = right.selectbox(say("Value"), values, key=self.key("where-value", where),
                                        index=values.index(rule["value"]) if rule.get("value") in values else 0)
                out["rows"] = {"take": take, "column": where, "value": value or ""} if where else None
            elif take:
                out["rows"] = {"take": take}
        self._missing_codes(out)
        return out | self._population()

    def _population(self) -> dict[str, Any]:
        """Ask who is analysed, where the file tells populations apart; what was guessed first stays a choice."""
        guessed = self.draft.loading.guessed.get("population")
        role = self.mapping.get("population") or guessed
        if not role:
            return {}
        choices = [_population_words(role), say(_ALL_ROWS)]
        chosen = st.selectbox(say("Patients analysed"), choices, int(not self.mapping.get("population")),
                              key=self.key("population"))
        self.population = role if chosen == choices[0] else None
        return {"population": self.population}

    def _is_analysed(self, column: str, level: str) -> bool:
        """Tell whether the analysis set may hold a level: screen failures are no arm of those who are analysed."""
        role = self.population or {}
        inside = level in role.get("values", [level]) and level not in role.get("without", [])
        return role.get("column") != column or inside

    def arm(self) -> dict[str, Any] | None:
        """Ask for the arm, its reference and the names of its levels."""
        mapped = self.mapping.get("arm") or {}
        column = self.column(say("Arm"), mapped.get("column"), "arm", help=say("None for a cohort of one arm."))
        if not column:
            return None
        levels = [v for v in self.levels(column) if self._is_analysed(column, v)]
        if len(levels) > schema.MAX_LEVELS_SHOWN:
            many = say("{levels} different",
                       levels=len(levels)) if len(levels) <= 200 else say("more than 200 different")
            note(say("The column {column} has {many} values: an arm has a few. Choose another column.", column=column,
                     many=many), strong=True)
            return None
        same = column == mapped.get("column")
        labels = {v: (mapped.get("levels") or {}).get(v, v) for v in levels} if same else labels_for(levels, None)
        reference = mapped.get("reference") if same and mapped.get("reference") in levels else \
            (default_reference(levels) if levels else "")
        picked = st.selectbox(say("Reference arm"), levels, key=self.key("reference", column),
                              index=levels.index(reference) if reference in levels else 0,
                              format_func=labels.__getitem__,
                              help=say("Hazard ratios and risk differences compare other arms with this one."))
        if len(levels) <= schema.MAX_ARMS:
            with st.expander(say("Names of the arms")):
                labels = level_names(say("Value = name; values with the same name form one arm"), labels, levels,
                                     self.key("arm-levels", column), column)
        return {"column": column, "reference": picked or "", "levels": labels}

    def later(self) -> dict[str, Any]:
        """Ask for what is known only after time zero."""
        out: dict[str, Any] = {"response": None}
        response = self.mapping.get("response")
        column = self.column(say("Tumour response"), response and response["column"], "response")
        if column:
            kept = response if response and response["column"] == column else \
                factor_json(factor_for(self.table, column, self.missing, schema.RESPONSE, later=True))
            out["response"] = {**kept, "label": "Response", "kind": "categorical"}
            self._meanings(out["response"])
        sites = self.mapping.get("failure_sites", {})
        by_column = {f["column"]: (k, f) for k, f in sites.items()}
        chosen = st.multiselect(say("Failure sites (one column each)"), self.columns, list(by_column),
                                key=self.key("sites"))
        variables = dict(by_column.get(c) or self._site(c) for c in chosen)
        out["failure_sites"] = {key: dict(site) for key, site in variables.items()}
        self._when([*([out["response"]] if out["response"] else []), *out["failure_sites"].values()])
        adverse = self.mapping.get("adverse_events", {})
        out["adverse_events"] = {**adverse, "columns": st.multiselect(
            say("Adverse events (worst grade 0-5, one column per term)"), self.columns, adverse.get("columns", []),
            key=self.key("ae"))}
        self._categories(out["adverse_events"])
        if self.draft.loading.events is not None:
            out["adverse_events"]["file"] = self._event_file(self.draft.loading.events, adverse.get("file", {}))
        return out

    def _meanings(self, response: dict[str, Any]) -> None:
        """Ask what each level of the tumour response means; its name says it where nothing else is chosen."""
        given = response.get("meanings") or {}
        levels = list(dict.fromkeys(response["levels"].values()))
        unsaid = [v for v in levels if not given.get(v) and not meaning_of(v)]
        with st.expander(say("What its levels mean"), expanded=bool(unsaid)):
            if unsaid:
                note(say("Their meaning is unknown: {unsaid}. Until it is set, they count as no response.",
                         unsaid=', '.join(unsaid)))
            choices = ["", *MEANINGS]
            chosen = {v: st.selectbox(plain(v), choices, choices.index(given.get(v) or meaning_of(v)),
                                      key=self.key("meaning", response["column"], v), format_func=meaning_words)
                      for v in levels[:schema.MAX_LEVELS_SHOWN]}
        response["meanings"] = {v: m for v, m in chosen.items() if m and m != meaning_of(v)}

    def _site(self, column: str) -> tuple[str, dict[str, Any]]:
        key = schema.factor_key(column)
        return key, factor_json(factor_for(self.table, column, self.missing, key, later=True))

    def _when(self, variables: list[dict[str, Any]]) -> None:
        """Ask which columns say when response and failures became known."""
        if not variables:
            return
        with st.expander(say("When it became known")):
            note(say("The time from time zero, or a date: it shows which failure came first, and where a landmark "
                     "lies."))
            for variable in variables:
                self.when(variable)

    def when(self, variable: dict[str, Any]) -> None:
        """Ask when one variable became known; change its role."""
        mapped = variable.pop("when", None) or {}
        left, right = st.columns([0.65, 0.35])
        with left:
            column = self.column(plain(variable["label"]), mapped.get("column"), "when", variable["column"])
        units = [*_UNITS, DATE]
        stated = mapped.get("unit") if column == mapped.get("column") else time_unit_in(column or "")
        unit = right.selectbox(say("as"), units, units.index(stated or "months"),
                               key=self.key("when-unit", variable["column"], column), format_func=say)
        if column:
            variable["when"] = {"column": column, "unit": unit}

    def _categories(self, adverse: dict[str, Any]) -> None:
        """Ask for the terms' categories, where terms are columns; the dictionary has those of common ones."""
        terms = list(dict.fromkeys(ae_term(c) for c in adverse["columns"]))
        if not terms:
            return
        known = adverse.get("categories") or {}
        with st.expander(say("Categories of the terms")):
            named = level_names(say("Term = category; terms of one category are grouped"),
                                {t: known.get(t) or ae_category(t) for t in terms}, terms,
                                self.key("ae-categories", *adverse["columns"]), say("The list of terms"))
        adverse["categories"] = {t: c for t, c in named.items() if c != ae_category(t)}

    def _event_file(self, events: TextTable, mapped: dict[str, str]) -> dict[str, str]:
        """Ask which column of the long list is which."""
        note(say("{name}: {events} adverse events, joined by patient id.", name=events.name, events=f"{len(events):,}"))
        out: dict[str, str] = {}
        for place, role in zip(_grid(len(AE_FILE_NAMES)), AE_FILE_NAMES, strict=True):
            with place:
                column = self.column(plain(say(role).capitalize()) + ("" if role in NEEDED else say(" (optional)")),
                                     mapped.get(role), "ae-file", role, table=events)
            if column:
                out[role] = column
        return out

    def _missing_codes(self, out: dict[str, Any]) -> None:
        codes = [c for c in self.mapping.get("missing", schema.MISSING_CODES) if c]
        present = self._codes_here(tuple(codes))
        st.text_input(say("Codes that mean missing"), ", ".join(codes), key=self.key("missing"),
                      help=say("An empty cell is always missing. \"None\" is a level unless you add it."))
        inside = "; ".join(say("{values} in {column}", values=", ".join(values), column=column)
                           for column, values in self.mapping.get("missing_in", {}).items())
        note(say("In this file: {codes}.", codes=", ".join(present) or say("none of them")) +
             (say(" Also {inside}.", inside=inside) if inside else ""))
        if inside and not st.checkbox(say("Read these as missing, too"), True, key=self.key("missing-in")):
            out["missing_in"] = {}
        out["missing"] = list(self.missing)

    def _codes_here(self, codes: tuple[str, ...]) -> list[str]:
        """Return which missing codes stand in the file; looked up once per file and list."""
        known = self.draft.codes_here
        if codes not in known:
            known.clear()
            present = {str(v) for cells in self.table.cells.values() if (m := cells.is_in(codes)).any()
                       for v in cells.values.filter(m).to_pylist()}
            known[codes] = [c for c in codes if c in present]
        return known[codes]


def _population_words(role: dict[str, Any]) -> str:
    if role.get("values"):
        return say("those whose {column} is {values}", column=role["column"], values=", ".join(role["values"]))
    return say("all but those whose {column} is {values}", column=role["column"], values=", ".join(role["without"]))


def _with_values(table: TextTable) -> Callable[[str], str]:
    """Return what shows a column's name with its first values."""
    def shown(column: str) -> str:
        if column == NONE:
            return NONE
        first = table.cells[column].values.slice(0, 3).to_pylist()
        return f"{column}  ({', '.join(_brief(v) for v in first)} …)"
    return shown


def _brief(value: str) -> str:
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"


def _grid(n: int) -> list[Any]:
    columns = st.columns(2)
    return [columns[i % 2] for i in range(n)]
