"""An endpoint's role to and from plain JSON data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import MappingError
from core.language import say
from core.mapping.endpoint_names import header_meaning
from core.mapping.roles import EndpointRole
from core.schema import MONTHS_PER


def endpoint_json(endpoint: EndpointRole) -> dict[str, Any]:
    """Return an endpoint's role as plain JSON data."""
    otherwise = {"otherwise": endpoint.otherwise} if endpoint.otherwise else {}
    times: dict[str, Any] = {"time": endpoint.time, **otherwise} if endpoint.time else \
        {"start": endpoint.start, "end": list(endpoint.end), "date_order": endpoint.date_order}
    times |= {"entry": endpoint.entry} if endpoint.entry else {}
    times |= {"start": endpoint.start, "date_order": endpoint.date_order} if endpoint.time and endpoint.start else {}
    times |= {"entry_unit": endpoint.entry_unit} if endpoint.entry_unit else {}
    times |= {"event_dates": list(endpoint.event_dates)} if endpoint.event_dates else {}
    return {"label": endpoint.label, **times, "event": endpoint.event,
            "event_values": list(endpoint.event_values), "unit": endpoint.unit,
            "death_counts": endpoint.death_counts, **({"causes": dict(endpoint.causes)} if endpoint.causes else {})}


def endpoint_from(key: str, data: Mapping[str, Any]) -> EndpointRole:
    """Read an endpoint; `name` stands in it where a person named an endpoint that was known by its column.

    Raises
    ------
    MappingError
        If it has no time, unit or value that means event.
    """
    name = str(data.get("name") or key)
    unit = data.get("unit") or header_meaning(str(data.get("time") or "")).unit or ("" if data.get("time") else "days")
    if not unit:
        raise MappingError(say("The time unit of {name} is not known: {column} does not say it.", name=name,
                               column=f"{data.get('time')!r}"),
                           say("Choose one of: {months_per}.", months_per=', '.join(MONTHS_PER)))
    if unit not in MONTHS_PER:
        raise MappingError(say("Unknown time unit {unit} for {name}.", unit=f"{unit!r}", name=name),
                           say("Choose one of: {months_per}.", months_per=', '.join(MONTHS_PER)))
    dates = tuple(data.get("event_dates") or ())
    values = [] if dates else data.get("event_values", ["1"])
    if not values and not dates:
        raise MappingError(say("No value of {data} means event for {name}.", data=f"{data['event']!r}", name=name),
                           say("Choose at least one."))
    time = data.get("time") or ""
    if not time and not (data.get("start") and data.get("end")):
        raise MappingError(say("{name} has no time: neither a column of times nor two of dates.", name=name),
                           say("Choose a time column, or a start and an end date."))
    return EndpointRole(
        name=name, label=data.get("label", name), time=time, event=dates[0] if dates else data["event"],
        event_dates=dates,
        otherwise=str(data.get("otherwise") or "") if time else "",
        start=str(data.get("start") or "") if data.get("entry") or not time else "",
        end=() if time else (data["end"],) if isinstance(data["end"], str) else tuple(data["end"]),
        entry=str(data.get("entry") or ""), entry_unit=_unit_of_entry(name, str(data.get("entry_unit") or "")),
        date_order=data.get("date_order", ""), unit=unit,
        event_values=tuple(str(v) for v in ([values] if isinstance(values, str) else values)),
        death_counts=bool(data.get("death_counts", True)),
        causes={str(k): str(v) for k, v in (data.get("causes") or {}).items()},
    )


def _unit_of_entry(name: str, unit: str) -> str:
    if unit and unit not in MONTHS_PER:
        raise MappingError(say("Unknown time unit {unit} for the late entry of {name}.", unit=f"{unit!r}", name=name),
                           say("Choose one of: {months_per}.", months_per=', '.join(MONTHS_PER)))
    return unit
