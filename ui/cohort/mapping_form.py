"""The mapping form: which column plays which role. Widgets in, mapping JSON out.

Every widget is seeded from the draft's mapping and named after the file and the column it speaks
of, so that another file or column starts from its own guess.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core import schema
from core.guessing import as_number, default_event_values, default_reference, factor_for, labels_for, levels_of
from core.intake import NEEDED
from core.mapping import AE_FILE_NAMES, DATE, MEANINGS, ae_category, ae_term, factor_json, meaning_of, time_unit_in
from core.reading import ORDERS, TextTable
from ui.cohort.factor_form import FactorForm, level_names
from ui.shell.display import meaning_words, note
from ui.shell.escape import plain
from ui.shell.state import Draft, value_of

NONE = "(none)"
_LONGEST = 16
_UNITS = list(schema.MONTHS_PER)
_COLUMN, _DATES = "a column of times", "two dates"
_ALL_ROWS = "all rows"
_TAKES = {"": "a second row is an error", "first": "the first row counts", "last": "the last row counts",
          "merge": "all rows, merged: the first cell that is filled counts",
          "where": "the row where a column holds a value"}


def mapping_form(draft: Draft) -> dict[str, Any]:
    """Draw the form over a draft and return the mapping that it shows."""
    form = _Form(draft)
    patients, events = st.columns(2, gap="large")
    mapping = dict(form.mapping)  # what the form does not show stays as it is
    with patients:
        mapping |= form.patients()
        mapping["arm"] = form.arm()
        mapping |= form.later()
    with events:
        mapping["endpoints"] = form.endpoints()
    mapping["factors"] = FactorForm(form.table, form.mapping, form.missing, form.key).draw(_taken(mapping))
    return {k: v for k, v in mapping.items() if v is not None or k == "patient_id"}


def _taken(mapping: dict[str, Any]) -> set[str]:
    """Return the columns that have a role already and so are no factors."""
    taken = {mapping["patient_id"], (mapping.get("arm") or {}).get("column")}
    for endpoint in mapping["endpoints"].values():
        taken |= {endpoint.get(k) for k in ("time", "otherwise", "start", "entry", "event")}
        taken |= set(endpoint.get("end", []))
    return taken - {None, ""}


class _Form:
    """One drawing of the form."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.table: TextTable = draft.table
        self.mapping = draft.loading.mapping
        self.columns = self.table.columns
        self.prefix = f"{self.table.sha256[:8]}-{draft.number}-{draft.revision}"
        self.missing = self._missing()
        self.population: dict[str, Any] | None = None

    def key(self, *parts: object) -> str:
        return "-".join(["map", self.prefix, *map(str, parts)])

    def levels(self, column: str) -> list[str]:
        return levels_of(self.table.cells[column], (*self.missing, *self.mapping.get("missing_in", {}).get(column, [])))

    def few(self, column: str) -> list[str]:
        levels = self.levels(column)
        return levels if len(levels) <= schema.MAX_LEVELS_SHOWN else []

    def column(self, label: str, chosen: str | None, *parts: object, help: str | None = None,
               table: TextTable | None = None) -> str | None:
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
        _head("Patients")
        column = self.column("Patient id", self.mapping.get("patient_id"), "id",
                             help="Without one, patients are identified by their row in the file.")
        out: dict[str, Any] = {"patient_id": column, "rows": None}
        rule = self.mapping.get("rows") or {}
        if column and (rule or self.table.cells[column].n_distinct < len(self.table)):
            takes = list(_TAKES)
            take = st.selectbox("Where a patient has several rows", takes, takes.index(rule.get("take", "")),
                                format_func=_TAKES.__getitem__, key=self.key("take"))
            if take == "where":
                left, right = st.columns(2)
                with left:
                    where = self.column("Column", rule.get("column"), "where")
                values = self.few(where) if where else []
                value = right.selectbox("Value", values, key=self.key("where-value", where),
                                        index=values.index(rule["value"]) if rule.get("value") in values else 0)
                out["rows"] = {"take": take, "column": where, "value": value or ""} if where else None
            elif take:
                out["rows"] = {"take": take}
        return out | self._population()

    def _population(self) -> dict[str, Any]:
        """Ask who is analysed, where the file tells populations apart; what was guessed first stays a choice."""
        guessed = self.draft.loading.guessed.get("population")
        role = self.mapping.get("population") or guessed
        if not role:
            return {}
        choices = [_population_words(role), _ALL_ROWS]
        chosen = st.selectbox("Patients analysed", choices, int(not self.mapping.get("population")),
                              key=self.key("population"))
        self.population = role if chosen == choices[0] else None
        return {"population": self.population}

    def _is_analysed(self, column: str, level: str) -> bool:
        """Tell whether the analysis set may hold a level: screen failures are no arm of those who are analysed."""
        role = self.population or {}
        inside = level in role.get("values", [level]) and level not in role.get("without", [])
        return role.get("column") != column or inside

    def arm(self) -> dict[str, Any] | None:
        mapped = self.mapping.get("arm") or {}
        column = self.column("Arm", mapped.get("column"), "arm", help="None for a cohort of one arm.")
        if not column:
            return None
        levels = [v for v in self.levels(column) if self._is_analysed(column, v)]
        if len(levels) > schema.MAX_LEVELS_SHOWN:
            many = f"{len(levels)} different" if len(levels) <= 200 else "more than 200 different"
            note(f"The column {column} has {many} values: an arm has a few. Choose another column.", strong=True)
            return None
        same = column == mapped.get("column")
        labels = {v: (mapped.get("levels") or {}).get(v, v) for v in levels} if same else labels_for(levels, None)
        reference = mapped.get("reference") if same and mapped.get("reference") in levels else \
            (default_reference(levels) if levels else "")
        picked = st.selectbox("Reference arm", levels, key=self.key("reference", column),
                              index=levels.index(reference) if reference in levels else 0,
                              format_func=labels.__getitem__,
                              help="Hazard ratios and risk differences compare other arms with this one.")
        if len(levels) <= schema.MAX_ARMS:
            with st.expander("Names of the arms"):
                labels = level_names("Value = name; values with the same name form one arm", labels, levels,
                                     self.key("arm-levels", column), column)
        return {"column": column, "reference": picked or "", "levels": labels}

    def later(self) -> dict[str, Any]:
        """Ask for what is known only after time zero, and for the missing codes."""
        _head("Known after time zero")
        out: dict[str, Any] = {"response": None}
        response = self.mapping.get("response")
        column = self.column("Tumour response", response and response["column"], "response")
        if column:
            kept = response if response and response["column"] == column else \
                factor_json(factor_for(self.table, column, self.missing, schema.RESPONSE, later=True))
            out["response"] = {**kept, "label": "Response", "kind": "categorical"}
            self._meanings(out["response"])
        sites = self.mapping.get("failure_sites", {})
        by_column = {f["column"]: (k, f) for k, f in sites.items()}
        chosen = st.multiselect("Failure sites (one column each)", self.columns, list(by_column),
                                key=self.key("sites"))
        variables = dict(by_column.get(c) or self._site(c) for c in chosen)
        out["failure_sites"] = {key: dict(site) for key, site in variables.items()}
        self._when([*([out["response"]] if out["response"] else []), *out["failure_sites"].values()])
        adverse = self.mapping.get("adverse_events", {})
        out["adverse_events"] = {**adverse, "columns": st.multiselect(
            "Adverse events (worst grade 0-5, one column per term)", self.columns, adverse.get("columns", []),
            key=self.key("ae"))}
        self._categories(out["adverse_events"])
        if self.draft.loading.events is not None:
            out["adverse_events"]["file"] = self._event_file(self.draft.loading.events, adverse.get("file", {}))
        self._missing_codes(out)
        return out

    def _meanings(self, response: dict[str, Any]) -> None:
        """Ask what each level of the tumour response means; its name says it where nothing else is chosen."""
        given = response.get("meanings") or {}
        levels = list(dict.fromkeys(response["levels"].values()))
        unsaid = [v for v in levels if not given.get(v) and not meaning_of(v)]
        with st.expander("What its levels mean", expanded=bool(unsaid)):
            if unsaid:
                note(f"Their meaning is unknown: {', '.join(unsaid)}. Until it is set, they count as no response.")
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
        with st.expander("When it became known"):
            note("The time from time zero, or a date: it shows which failure came first, and where a landmark lies.")
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
        unit = right.selectbox("as", units, units.index(stated or "months"),
                               key=self.key("when-unit", variable["column"], column))
        if column:
            variable["when"] = {"column": column, "unit": unit}

    def _categories(self, adverse: dict[str, Any]) -> None:
        """Ask for the terms' categories, where terms are columns; the dictionary has those of common ones."""
        terms = list(dict.fromkeys(ae_term(c) for c in adverse["columns"]))
        if not terms:
            return
        known = adverse.get("categories") or {}
        with st.expander("Categories of the terms"):
            named = level_names("Term = category; terms of one category are grouped",
                                {t: known.get(t) or ae_category(t) for t in terms}, terms,
                                self.key("ae-categories", *adverse["columns"]), "The list of terms")
        adverse["categories"] = {t: c for t, c in named.items() if c != ae_category(t)}

    def _event_file(self, events: TextTable, mapped: dict[str, str]) -> dict[str, str]:
        """Ask which column of the long list is which."""
        note(f"{events.name}: {len(events):,} adverse events, joined by patient id.")
        out: dict[str, str] = {}
        for place, role in zip(_grid(len(AE_FILE_NAMES)), AE_FILE_NAMES, strict=True):
            with place:
                column = self.column(plain(role.capitalize()) + ("" if role in NEEDED else " (optional)"),
                                     mapped.get(role), "ae-file", role, table=events)
            if column:
                out[role] = column
        return out

    def _missing_codes(self, out: dict[str, Any]) -> None:
        codes = [c for c in self.mapping.get("missing", schema.MISSING_CODES) if c]
        present = self._codes_here(tuple(codes))
        st.text_input("Codes that mean missing", ", ".join(codes), key=self.key("missing"),
                      help="An empty cell is always missing. \"None\" is a level unless you add it.")
        inside = "; ".join(f"{', '.join(v)} in {c}" for c, v in self.mapping.get("missing_in", {}).items())
        text = f"In this file: {', '.join(present) or 'none of them'}." + (f" Also {inside}." if inside else "")
        note(text)
        if inside and not st.checkbox("Read these as missing, too", True, key=self.key("missing-in")):
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

    def endpoints(self) -> dict[str, Any]:
        _head("Endpoints")
        known = self.mapping.get("endpoints", {})
        many = st.number_input("How many endpoints", 0, 12, len(known), key=self.key("many"))
        out: dict[str, Any] = {}
        for i in range(int(many)):
            key, endpoint = (list(known.items()) + [("", {})] * 12)[i]
            key = key or f"Endpoint {i + 1}"
            with st.container(border=True):
                self._endpoint(i, key, endpoint, out)
        return out

    def _endpoint(self, i: int, key: str, mapped: dict[str, Any], out: dict[str, Any]) -> None:
        """Ask for an endpoint; it keeps its key, by which open questions know it, whatever its name."""
        name = mapped.get("name") or key
        first, second, third = st.columns([0.2, 0.4, 0.4])
        name = first.text_input("Name", name, key=self.key("endpoint", i)).strip() or name
        label = second.text_input("In full", mapped.get("label", name), key=self.key("label", i))
        how = third.selectbox("Time from", [_COLUMN, _DATES], int(bool(mapped.get("start"))), key=self.key("how", i))
        left, right = st.columns([0.58, 0.42])
        with left:
            times = self._time(i, mapped) if how == _COLUMN else self._dates(i, mapped)
            event = self.column("Event", mapped.get("event"), "event", i)
        with right:
            unit = self._unit(i, times, mapped) if how == _COLUMN else self._order(i, times, mapped)
            levels = self.few(event) if event else []
            default = mapped.get("event_values", []) if event == mapped.get("event") else \
                default_event_values(event or "", levels)
            values = st.multiselect("Value that means event", levels, [v for v in default if v in levels],
                                    key=self.key("values", i, event))
        times |= self._late_entry(i, mapped)
        causes = self._causes(i, event, levels, mapped)
        death = st.checkbox("Death counts as an event", mapped.get("death_counts", True),
                            key=self.key("death", i))
        if not all(times.values()) or not event:
            note("Choose a time and an event column.")
        elif not unit["unit"]:
            note(f"Choose the unit of {times['time']}: its name does not say it.", strong=True)
        elif name in [e["name"] for e in out.values()]:
            note(f"Two endpoints are named {name}.", strong=True)
        else:
            out[key] = {"name": name, "label": label, **times, **unit, "event": event, "event_values": values or
                         [v for v in default if v not in levels], "death_counts": death, **causes}

    def _causes(self, i: int, event: str | None, levels: list[str], mapped: dict[str, Any]) -> dict[str, Any]:
        """Ask whether the event column tells competing causes apart, where it has more than two values."""
        if len(levels) < 3:
            return {}
        known = mapped.get("causes") or {}
        if not st.checkbox("Its values distinguish competing causes", bool(known), key=self.key("competing", i, event),
                           help="0 censored, 1 relapse, 2 death: cumulative incidence by cause can then be shown."):
            return {}
        offered = [v for v in levels if v in known] or [v for v in levels if as_number(v) != 0]
        causes = level_names("First events, value = cause; take out the lines that mean censored", known, offered,
                             self.key("causes", i, event), event or "")
        return {"causes": causes} if causes else {}

    def _time(self, i: int, mapped: dict[str, Any]) -> dict[str, str | None]:
        time = self.column("Time", mapped.get("time"), "time", i)
        other = mapped.get("otherwise")
        if other and time == mapped.get("time"):
            note(f"Where {time} is empty, the time is {other}.")
            return {"time": time, "otherwise": other}
        return {"time": time}

    def _dates(self, i: int, mapped: dict[str, Any]) -> dict[str, Any]:
        start = self.column("From (date)", mapped.get("start"), "start", i)
        known = [mapped["end"]] if isinstance(mapped.get("end"), str) else mapped.get("end", [])
        ends = st.multiselect("To (date; the first that is filled)", self.columns, known, key=self.key("end", i))
        return {"start": start, "end": ends}

    def _late_entry(self, i: int, mapped: dict[str, Any]) -> dict[str, str | None]:
        """Ask from when patients are under observation, where that is after time zero."""
        if not st.checkbox("Patients came under observation after time zero (late entry)", bool(mapped.get("entry")),
                           key=self.key("late", i), help="Left truncation: until then a patient could not have been "
                           "seen to die, and is in no risk set (R: Surv(entry, time, event))."):
            return {}
        return {"entry": self.column("Under observation from", mapped.get("entry"), "entry", i,
                                     help="A time from time zero in the unit of the endpoint's time, or a date where "
                                     "its time runs between dates.")}

    def _unit(self, i: int, times: dict[str, str | None], mapped: dict[str, Any]) -> dict[str, str | None]:
        """Ask for the unit of times; nothing is chosen where no evidence says it."""
        time = times["time"]
        stated = time_unit_in(time) if time and time != mapped.get("time") else mapped.get("unit")
        return {"unit": st.selectbox("Time unit", _UNITS, _UNITS.index(stated) if stated else None,
                                     key=self.key("unit", i, time), placeholder="Choose")}

    def _order(self, i: int, times: dict[str, Any], mapped: dict[str, Any]) -> dict[str, str]:
        orders = ["", *ORDERS]
        chosen = mapped.get("date_order", "")
        order = st.selectbox("Dates are written", orders, orders.index(chosen) if chosen in orders else 0,
                             format_func=lambda o: o or "as the data show", key=self.key("order", i, *times.values()))
        return {"unit": "days", "date_order": order}


def _population_words(role: dict[str, Any]) -> str:
    return f"those whose {role['column']} is {', '.join(role['values'])}" if role.get("values") else \
        f"all but those whose {role['column']} is {', '.join(role['without'])}"


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


def _head(text: str) -> None:
    st.html(f"<h3 class='cs-panel'>{text}</h3>")
