"""ColumnMapping: which column plays which role. Immutable; to and from plain JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from core.errors import MappingError
from core.schema import MISSING_CODES, MONTHS_PER, RESPONSE, Cut, Kind, Known, factor_key, matching


@dataclass(frozen=True, kw_only=True)
class ArmRole:
    """The treatment arm: its column, the reference level, and raw value -> label in order."""

    column: str
    reference: str
    levels: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class EndpointRole:
    """A time-to-event endpoint; `event_values` are the raw values that mean event."""

    name: str
    label: str
    time: str
    event: str
    event_values: tuple[str, ...]
    unit: str
    death_counts: bool = True


@dataclass(frozen=True, kw_only=True)
class FactorRole:
    """A variable to filter, stratify or describe by; `levels` maps raw value to label, in order."""

    key: str
    label: str
    column: str
    kind: Kind
    unit: str = ""
    levels: Mapping[str, str] = field(default_factory=dict)
    cuts: tuple[Cut, ...] = ()
    known: Known = "baseline"
    log: bool = False


@dataclass(frozen=True, kw_only=True)
class ColumnMapping:
    """Say which column plays which role in a cohort's file."""

    patient_id: str | None = None
    arm: ArmRole | None = None
    endpoints: tuple[EndpointRole, ...] = ()
    factors: tuple[FactorRole, ...] = ()
    response: FactorRole | None = None
    failure_sites: tuple[FactorRole, ...] = ()
    adverse_events: tuple[str, ...] = ()
    missing: tuple[str, ...] = MISSING_CODES

    @property
    def variables(self) -> tuple[FactorRole, ...]:
        """All variables: baseline factors, then response and failure sites."""
        return (*self.factors, *((self.response,) if self.response else ()), *self.failure_sites)

    def to_json(self) -> dict[str, Any]:
        """Return the mapping as plain JSON data, as `from_json` takes it."""
        out: dict[str, Any] = {"patient_id": self.patient_id}
        if self.arm:
            out["arm"] = {"column": self.arm.column, "reference": self.arm.reference,
                          "levels": dict(self.arm.levels)}
        out["endpoints"] = {e.name: _endpoint_json(e) for e in self.endpoints}
        out["factors"] = {f.key: factor_json(f) for f in self.factors}
        if self.response:
            out["response"] = factor_json(self.response)
        out["failure_sites"] = {f.key: factor_json(f) for f in self.failure_sites}
        out["adverse_events"] = {"columns": list(self.adverse_events)}
        out["missing"] = list(self.missing)
        return out

    @classmethod
    def from_json(cls, source: Mapping[str, Any] | str | Path, columns: list[str]) -> ColumnMapping:
        """Build a mapping from JSON data, JSON text or a JSON file, for a file's `columns`.

        Raises
        ------
        MappingError
            If it is no JSON object, or names a column, unit or kind that is not there.
        """
        data = _load(source)
        known_keys = {"patient_id", "arm", "endpoints", "factors", "response", "failure_sites",
                      "adverse_events", "missing"}
        if strange := [k for k in data if k not in known_keys]:
            raise MappingError(f"The mapping has an unknown key {strange[0]!r}.",
                               f"It may have: {', '.join(sorted(known_keys))}.")
        try:
            mapping = cls._from_data(data, columns)
        except (TypeError, AttributeError, ValueError, KeyError) as error:
            raise MappingError(f"The mapping is not of the expected form ({error}).",
                               "Download one from the Cohort page to see the form.") from error
        mapping._check_columns(columns)
        return mapping

    @classmethod
    def _from_data(cls, data: Mapping[str, Any], columns: list[str]) -> ColumnMapping:
        response = data.get("response")
        adverse = (data.get("adverse_events") or {}).get("columns", [])
        patterns = [adverse] if isinstance(adverse, str) else list(adverse)
        return cls(
            patient_id=data.get("patient_id"),
            arm=_arm_from(data["arm"]) if data.get("arm") else None,
            endpoints=tuple(_endpoint_from(n, e) for n, e in (data.get("endpoints") or {}).items()),
            factors=tuple(_factor_from(k, f) for k, f in (data.get("factors") or {}).items()),
            response=_factor_from(RESPONSE, {"label": "Response", "known": "later", **response})
            if response else None,
            failure_sites=_sites_from(data.get("failure_sites") or []),
            adverse_events=tuple(dict.fromkeys(
                column for pattern in patterns for column in (matching(columns, pattern) or [pattern])
            )),
            missing=_missing_from(data.get("missing", MISSING_CODES)),
        )

    def _check_columns(self, columns: list[str]) -> None:
        used: list[tuple[str, str]] = [("adverse events", c) for c in self.adverse_events]
        used += [(f.label, f.column) for f in self.variables]
        used += [(f"{e.name} time", e.time) for e in self.endpoints]
        used += [(f"{e.name} event", e.event) for e in self.endpoints]
        used += [("arm", self.arm.column)] if self.arm else []
        used += [("patient id", self.patient_id)] if self.patient_id else []
        for role, column in used:
            if column not in columns:
                raise MappingError(f"No column {column!r} for the role {role}.",
                                   f"Choose one of: {', '.join(columns)}.")


def _load(source: Mapping[str, Any] | str | Path) -> Mapping[str, Any]:
    if isinstance(source, Mapping):
        return source
    text: str | Path = source if isinstance(source, Path) else source.lstrip("\ufeff \t\r\n")
    if isinstance(text, Path) or not text.startswith(("{", "[")):
        try:
            text = Path(source).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise MappingError(f"The mapping {str(source)[:80]!r} is neither JSON nor a JSON file.",
                               "Check the path; save the file as UTF-8.") from error
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise MappingError(f"The mapping is not valid JSON (line {error.lineno}).",
                           "Download one from the Cohort page to see the form.") from error
    if not isinstance(data, dict):
        raise MappingError("The mapping is not a JSON object.", "It begins with {.")
    return data


def _missing_from(codes: str | Iterable[Any]) -> tuple[str, ...]:
    """Return the missing codes as text; an empty cell is missing whatever the list says."""
    listed = [codes] if isinstance(codes, str) else list(codes)
    if any(not isinstance(c, (str, int, float)) for c in listed):
        raise MappingError("The missing codes are not a list of texts and numbers.",
                           'For example ["NA", "9999"].')
    return tuple(dict.fromkeys(["", *(c if isinstance(c, str) else f"{c:g}" for c in listed)]))


def _arm_from(data: Mapping[str, Any]) -> ArmRole:
    levels = {str(k): str(v) for k, v in (data.get("levels") or {}).items()}
    return ArmRole(column=data["column"], reference=str(data.get("reference", "")), levels=levels)


def _endpoint_json(endpoint: EndpointRole) -> dict[str, Any]:
    return {"label": endpoint.label, "time": endpoint.time, "event": endpoint.event,
            "event_values": list(endpoint.event_values), "unit": endpoint.unit,
            "death_counts": endpoint.death_counts}


def _endpoint_from(name: str, data: Mapping[str, Any]) -> EndpointRole:
    unit = data.get("unit", "months")
    if unit not in MONTHS_PER:
        raise MappingError(f"Unknown time unit {unit!r} for {name}.",
                           f"Choose one of: {', '.join(MONTHS_PER)}.")
    values = data.get("event_values", ["1"])
    if not values:
        raise MappingError(f"No value of {data['event']!r} means event for {name}.",
                           "Choose at least one.")
    return EndpointRole(
        name=name, label=data.get("label", name), time=data["time"], event=data["event"],
        event_values=tuple(str(v) for v in values), unit=unit,
        death_counts=bool(data.get("death_counts", True)),
    )


def factor_json(factor: FactorRole) -> dict[str, Any]:
    """Return a factor's role as plain JSON data."""
    out: dict[str, Any] = {"label": factor.label, "column": factor.column, "kind": factor.kind,
                           "known": factor.known}
    if factor.kind == "numeric":
        out |= {"unit": factor.unit, "log": factor.log,
                "cuts": [{"at": c.at, "closed": c.closed} for c in factor.cuts]}
    else:
        out["levels"] = dict(factor.levels)
    return out


def _factor_from(key: str, data: Mapping[str, Any]) -> FactorRole:
    kind = data.get("kind", "categorical")
    if kind not in ("categorical", "numeric"):
        raise MappingError(f"Unknown kind {kind!r} for {key}.", "Choose categorical or numeric.")
    known = data.get("known", "baseline")
    if known not in ("baseline", "later"):
        raise MappingError(f"{key} is known {known!r}?", "Choose baseline or later.")
    levels = data.get("levels") or {}
    if not isinstance(levels, Mapping):
        levels = {v: v for v in levels}
    return FactorRole(
        key=key, label=data.get("label", key), column=data["column"], kind=cast(Kind, kind),
        unit=data.get("unit", ""), levels={str(k): str(v) for k, v in levels.items()},
        cuts=tuple(_cut_from(key, c) for c in data.get("cuts", [])),
        known=cast(Known, known), log=bool(data.get("log", False)),
    )


def _cut_from(key: str, data: Mapping[str, Any]) -> Cut:
    cut = Cut(float(data["at"]), data.get("closed", "right"))
    if not math.isfinite(cut.at) or cut.closed not in ("left", "right"):
        raise MappingError(f"A cut-point of {key} is {data['at']!r}, closed {cut.closed!r}.",
                           "It needs a number, and left or right.")
    return cut


def _sites_from(data: Mapping[str, Any] | list[str]) -> tuple[FactorRole, ...]:
    if not isinstance(data, Mapping):
        data = {factor_key(c): {"column": c} for c in data}
    return tuple(_factor_from(k, {"known": "later", **f}) for k, f in data.items())
