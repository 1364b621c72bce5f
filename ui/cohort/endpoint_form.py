"""The endpoints in the mapping form: of each its times or dates, its event, late entry and causes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from core import schema
from core.guessing import as_number, default_event_values
from core.language import say
from core.mapping import time_unit_in
from core.reading import ORDERS, dates_of
from ui.cohort.factor_form import level_names
from ui.shell.display import note
from ui.shell.escape import plain

if TYPE_CHECKING:
    from ui.cohort.mapping_form import Form

_UNITS = list(schema.MONTHS_PER)
_COLUMN, _DATES = "a column of times", "two dates"


class EndpointForm:
    """One drawing of the endpoints."""

    def __init__(self, form: Form) -> None:
        self.form, self.key = form, form.key

    def draw(self) -> dict[str, Any]:
        """Ask for each endpoint."""
        known = self.form.mapping.get("endpoints", {})
        many = st.number_input(say("How many endpoints"), 0, 12, len(known), key=self.key("many"))
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
        name = first.text_input(say("Name"), name, key=self.key("endpoint", i)).strip() or name
        label = second.text_input(say("In full"), mapped.get("label", name), key=self.key("label", i))
        how = third.selectbox(say("Time from"), [_COLUMN, _DATES],
                              int(not mapped.get("time") and bool(mapped.get("start"))),
                              key=self.key("how", i), format_func=say)
        left, right = st.columns([0.58, 0.42])
        with left:
            times = self._time(i, mapped) if how == _COLUMN else self._dates(i, mapped)
            event = self.form.column(say("Event"), mapped.get("event"), "event", i)
        with right:
            unit = self._unit(i, times, mapped) if how == _COLUMN else self._order(i, times, mapped)
            by_date = self._by_date(i, event, mapped)
            levels = self.form.few(event) if event and not by_date else []
            default = mapped.get("event_values", []) if event == mapped.get("event") else \
                default_event_values(event or "", levels)
            values = st.multiselect(say("Value that means event"), levels, [v for v in default if v in levels],
                                    key=self.key("values", i, event)) if not by_date else []
        times |= self._late_entry(i, mapped, how == _DATES)
        causes = self._causes(i, event, levels, mapped)
        death = st.checkbox(say("Death counts as an event"), mapped.get("death_counts", True),
                            key=self.key("death", i))
        if not all(times.values()) or not event:
            note(say("Choose a time and an event column."))
        elif not unit["unit"]:
            note(say("Choose the unit of {times}: its name does not say it.", times=times['time']), strong=True)
        elif name in [e["name"] for e in out.values()]:
            note(say("Two endpoints are named {name}.", name=name), strong=True)
        else:
            out[key] = {"name": name, "label": label, **times, **unit, "event": event, "event_values": values or
                         [v for v in default if v not in levels], "death_counts": death, **causes, **by_date}

    def _causes(self, i: int, event: str | None, levels: list[str], mapped: dict[str, Any]) -> dict[str, Any]:
        """Ask whether the event column tells competing causes apart, where it has more than two values."""
        if len(levels) < 3:
            return {}
        known = mapped.get("causes") or {}
        if not st.checkbox(say("Its values distinguish competing causes"), bool(known),
                           key=self.key("competing", i, event),
                           help=say("0 censored, 1 relapse, 2 death: cumulative incidence by cause can then be "
                                    "shown.")):
            return {}
        offered = [v for v in levels if v in known] or [v for v in levels if as_number(v) != 0]
        causes = level_names(say("First events, value = cause; take out the lines that mean censored"), known, offered,
                             self.key("causes", i, event), event or "")
        return {"causes": causes} if causes else {}

    def _by_date(self, i: int, event: str | None, mapped: dict[str, Any]) -> dict[str, Any]:
        """Ask whether any date in the event's columns means the event, where the mapping says so."""
        dates = mapped.get("event_dates") or []
        if not dates or event != dates[0]:
            return {}
        return {"event_dates": dates} if st.checkbox(
            say("Any date in {dates} means the event", dates=plain(say(" or ").join(dates))), True,
            key=self.key("by-date", i)) else {}

    def _time(self, i: int, mapped: dict[str, Any]) -> dict[str, str | None]:
        time = self.form.column(say("Time"), mapped.get("time"), "time", i)
        other = mapped.get("otherwise")
        if other and time == mapped.get("time"):
            note(say("Where {time} is empty, the time is {other}.", time=time, other=other))
            return {"time": time, "otherwise": other}
        return {"time": time}

    def _dates(self, i: int, mapped: dict[str, Any]) -> dict[str, Any]:
        start = self.form.column(say("From (date)"), mapped.get("start"), "start", i)
        known = [mapped["end"]] if isinstance(mapped.get("end"), str) else mapped.get("end", [])
        ends = st.multiselect(say("To (date; the first that is filled)"), self.form.columns, known,
                              key=self.key("end", i))
        return {"start": start, "end": ends}

    def _late_entry(self, i: int, mapped: dict[str, Any], between_dates: bool) -> dict[str, str | None]:
        """Ask from when patients are under observation, where that is after time zero."""
        if not st.checkbox(say("Patients came under observation after time zero (late entry)"),
                           bool(mapped.get("entry")),
                           key=self.key("late", i),
                           help=say("Left truncation: until then a patient could not have been seen to die, and is "
                                    "in no risk set (R: Surv(entry, time, event)).")):
            return {}
        entry = self.form.column(say("Under observation from"), mapped.get("entry"), "entry", i,
                                 help=say("A time from time zero, in the unit that its name says or else in that of "
                                          "the endpoint's time; or a date."))
        unit = mapped.get("entry_unit") if entry == mapped.get("entry") else time_unit_in(entry or "")
        late = {"entry": entry, **({"entry_unit": unit} if unit else {})}
        if entry and not between_dates and dates_of(self.form.table.cells[entry]).any:
            late["start"] = self.form.column(say("Time zero (date)"), mapped.get("start"), "zero", i)
        return late

    def _unit(self, i: int, times: dict[str, str | None], mapped: dict[str, Any]) -> dict[str, str | None]:
        """Ask for the unit of times; nothing is chosen where no evidence says it."""
        time = times["time"]
        stated = time_unit_in(time) if time and time != mapped.get("time") else mapped.get("unit")
        return {"unit": st.selectbox(say("Time unit"), _UNITS, _UNITS.index(stated) if stated else None,
                                     key=self.key("unit", i, time), placeholder=say("Choose"), format_func=say)}

    def _order(self, i: int, times: dict[str, Any], mapped: dict[str, Any]) -> dict[str, str]:
        orders = ["", *ORDERS]
        chosen = mapped.get("date_order", "")
        order = st.selectbox(say("Dates are written"), orders, orders.index(chosen) if chosen in orders else 0,
                             format_func=lambda o: o or say("as the data show"), key=self.key("order", i,
                                                                                              *times.values()))
        return {"unit": "days", "date_order": order}
