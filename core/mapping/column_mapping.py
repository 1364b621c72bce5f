"""ColumnMapping: which column plays which role. Immutable; to and from plain JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from core.errors import MappingError
from core.format import number, plain_number
from core.language import say
from core.mapping.endpoint_data import endpoint_from, endpoint_json
from core.mapping.grade_words import CTCAE, SEVERITY, GradeWords
from core.mapping.roles import (
    DATE,
    FORMULAS,
    MEANINGS,
    ArmRole,
    EndpointRole,
    EventFileRole,
    FactorRole,
    PopulationRole,
    RowRule,
    SafetyRole,
)
from core.read_options import ReadOptions
from core.schema import (
    CONTROLS,
    MISSING_CODES,
    MONTHS_PER,
    RESPONSE,
    Cut,
    Kind,
    Known,
    factor_key,
    matching,
    spellings,
)

_HELP = "Download a mapping from the Cohort page to see the form."
_KEYS = {"patient_id", "arm", "endpoints", "factors", "response", "failure_sites", "adverse_events", "missing",
         "missing_in", "thousands", "rows", "population", "safety", "identifiers", "reading", "answered"}


@dataclass(frozen=True, kw_only=True)
class ColumnMapping:
    """Say which column plays which role in a cohort's file.

    Attributes
    ----------
    missing, missing_in : codes that mean missing, everywhere and by column
    categories : term -> its category, where it is not the file's own or the dictionary's
    rows : which row counts where a patient has several; None: a second row is refused
    identifiers : columns that could tell who a patient is; no export shows their values
    reading : how the file is to be read, where that is not left to detection
    answered : the questions that were answered while the mapping is still a guess; others are asked then
    """

    patient_id: str | None = None
    arm: ArmRole | None = None
    endpoints: tuple[EndpointRole, ...] = ()
    factors: tuple[FactorRole, ...] = ()
    response: FactorRole | None = None
    failure_sites: tuple[FactorRole, ...] = ()
    adverse_events: tuple[str, ...] = ()
    categories: Mapping[str, str] = field(default_factory=dict)
    event_file: EventFileRole | None = None
    population: PopulationRole | None = None
    safety: SafetyRole | None = None
    rows: RowRule | None = None
    missing: tuple[str, ...] = MISSING_CODES
    missing_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    thousands: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    reading: ReadOptions = field(default_factory=ReadOptions)
    answered: tuple[str, ...] = ()

    @property
    def variables(self) -> tuple[FactorRole, ...]:
        """All variables: baseline factors, then response and failure sites."""
        return (*self.factors, *((self.response,) if self.response else ()), *self.failure_sites)

    @property
    def grade_words(self) -> GradeWords:
        """What adverse events are told by: CTCAE grades, or severities where their list has no grades."""
        return SEVERITY if self.event_file and not self.event_file.grade else CTCAE

    def missing_codes(self, column: str) -> frozenset[str]:
        """Return the codes that mean missing in a column; what its levels name is none of them."""
        named = {v for f in self.variables if f.column == column for v in f.levels}
        named |= set(self.arm.levels) if self.arm and self.arm.column == column else set()
        return spellings((*self.missing, *self.missing_in.get(column, ()))) - (named - {""})

    def columns_used(self) -> list[tuple[str, str]]:
        """Return (role, column) of every column that the mapping names."""
        used = [("patient id", self.patient_id)] if self.patient_id else []
        used += [("arm", self.arm.column)] if self.arm else []
        used += [(f"{e.name} time", c) for e in self.endpoints for c in e.time_columns]
        used += [(f"{e.name} late entry", c) for e in self.endpoints
                 if e.entry for c in (e.start, e.entry) if c]
        used += [(f"{e.name} event", e.event) for e in self.endpoints]
        used += [(f.label, f.column) for f in self.variables if not f.formula]
        used += [(f"when {f.label} became known", f.when) for f in self.variables if f.when]
        used += [("adverse events", c) for c in self.adverse_events]
        used += [("rows", self.rows.column)] if self.rows and self.rows.column else []
        used += [("analysis set", self.population.column)] if self.population else []
        used += [("safety population", self.safety.column)] if self.safety else []
        return used

    def to_json(self) -> dict[str, Any]:
        """Return the mapping as plain JSON data, as `from_json` takes it."""
        out: dict[str, Any] = {"patient_id": self.patient_id}
        if self.arm:
            out["arm"] = {"column": self.arm.column, "reference": self.arm.reference,
                          "levels": dict(self.arm.levels)}
        out["endpoints"] = {e.name: endpoint_json(e) for e in self.endpoints}
        out["factors"] = {f.key: factor_json(f) for f in self.factors}
        if self.response:
            out["response"] = factor_json(self.response)
        out["failure_sites"] = {f.key: factor_json(f) for f in self.failure_sites}
        out["adverse_events"] = {"columns": list(self.adverse_events)}
        if self.categories:
            out["adverse_events"]["categories"] = dict(self.categories)
        if self.event_file:
            out["adverse_events"]["file"] = dict(self.event_file.items())
        if self.population:
            out["population"] = {"column": self.population.column, **{
                k: list(v) for k, v in (("values", self.population.values), ("without", self.population.without)) if v}}
        if self.safety:
            out["safety"] = {"column": self.safety.column, "values": list(self.safety.values)}
        if self.rows:
            out["rows"] = {k: v for k, v in self.rows.__dict__.items() if v}
        out["missing"] = list(self.missing)
        out["missing_in"] = {c: list(codes) for c, codes in self.missing_in.items()}
        if self.thousands:
            out["thousands"] = list(self.thousands)
        out["identifiers"] = list(self.identifiers)
        if reading := self.reading.to_json():
            out["reading"] = reading
        return out

    @classmethod
    def from_json(cls, source: Mapping[str, Any] | str | Path,
                  columns: list[str] | None = None) -> ColumnMapping:
        """Build a mapping from JSON data, JSON text or a JSON file, for a file's `columns`.

        Without columns none is checked, and a pattern of adverse events stays one.

        Raises
        ------
        MappingError
            If it is no JSON object, or names a column, unit or kind that is not there.
        """
        data = _load(source)
        try:
            texts = "".join(_strings(data))
        except RecursionError as error:
            raise MappingError(say("The mapping is nested without end."), _HELP) from error
        if CONTROLS.search(texts):
            raise MappingError(say("A name in the mapping holds an invisible control character."),
                               say("Write the name anew."))
        if strange := [k for k in data if k not in _KEYS]:
            raise MappingError(say("The mapping has an unknown key {strange}.", strange=f"{strange[0]!r}"),
                               say("It may have: {keys}.", keys=', '.join(sorted(_KEYS))))
        try:
            mapping = cls._from_data(data, columns or [])
        except (TypeError, AttributeError, ValueError, KeyError, OverflowError) as error:
            raise MappingError(say("The mapping is not of the expected form ({error}).", error=error), _HELP) from error
        if columns is not None:
            mapping._check_columns(columns)
        return mapping

    @classmethod
    def _from_data(cls, data: Mapping[str, Any], columns: list[str]) -> ColumnMapping:
        response = data.get("response")
        adverse = data.get("adverse_events") or {}
        patterns = adverse.get("columns", [])
        patterns = [patterns] if isinstance(patterns, str) else list(patterns)
        identifiers = data.get("identifiers") or []
        return cls(
            patient_id=data.get("patient_id"),
            arm=_arm_from(data["arm"]) if data.get("arm") else None,
            endpoints=tuple(endpoint_from(n, e) for n, e in (data.get("endpoints") or {}).items()),
            factors=tuple(_factor_from(k, f) for k, f in (data.get("factors") or {}).items()),
            response=_factor_from(RESPONSE, {"label": "Response", "known": "later", **response})
            if response else None,
            failure_sites=_sites_from(data.get("failure_sites") or []),
            adverse_events=tuple(dict.fromkeys(
                column for pattern in patterns for column in (matching(columns, pattern) or [pattern])
            )),
            categories={str(t): str(c) for t, c in (adverse.get("categories") or {}).items()},
            event_file=EventFileRole(**adverse["file"]) if adverse.get("file") else None,
            population=_population_from(data["population"]) if data.get("population") else None,
            safety=_safety_from(data["safety"]) if data.get("safety") else None,
            rows=_rows_from(data["rows"]) if data.get("rows") else None,
            missing=("", *_codes(data.get("missing", MISSING_CODES))),
            missing_in={str(c): tuple(_codes(v)) for c, v in (data.get("missing_in") or {}).items()},
            thousands=tuple(str(c) for c in data.get("thousands") or ()),
            identifiers=tuple(str(c) for c in identifiers),
            reading=ReadOptions(**(data.get("reading") or {})),
            answered=tuple(data.get("answered") or ()),
        )

    def _check_columns(self, columns: list[str]) -> None:
        for role, column in self.columns_used():
            if not isinstance(column, str) or column not in columns:
                raise MappingError(say("No column {column} for the role {role}.", column=f"{column!r}", role=role),
                                   say("Choose one of: {columns}.", columns=', '.join(columns)))
        for factor in self.factors:
            if factor.formula:
                self._check_formula(factor)
        dated = next((v for v in self.variables if v.when and v.when_unit == DATE), None)
        if dated and not any(e.start for e in self.endpoints):
            raise MappingError(say("When {label} became known is a date, but no endpoint says when time begins.",
                                   label=dated.label),
                               say("Give an endpoint a start date, or the time in days or months."))

    def _check_formula(self, factor: FactorRole) -> None:
        numeric = {f.key for f in self.factors if f.kind == "numeric"}
        wanted = FORMULAS.get(factor.formula)
        if wanted is None:
            raise MappingError(say("{label} has an unknown formula {formula}.", label=factor.label,
                                   formula=f"{factor.formula!r}"),
                               say("Choose one of: {formulas}.", formulas=', '.join(FORMULAS)))
        if absent := [name for name in wanted if factor.inputs.get(name) not in numeric]:
            raise MappingError(say("{label} needs {absent} as a numeric factor.", label=factor.label, absent=absent[0]),
                               say("Map {absent}, or take {label} away.", absent=absent[0], label=factor.label))


def _strings(data: Any) -> Iterator[str]:
    """Give every text in JSON data, keys among them."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield str(key)
            yield from _strings(value)
    elif isinstance(data, (list, tuple)):
        for value in data:
            yield from _strings(value)


def _load(source: Mapping[str, Any] | str | Path) -> Mapping[str, Any]:
    if isinstance(source, Mapping):
        return source
    text: str | Path = source if isinstance(source, Path) else source.lstrip("\ufeff \t\r\n")
    if isinstance(text, Path) or not text.startswith(("{", "[")):
        try:
            text = Path(source).read_text(encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            raise MappingError(say("The mapping {source} is neither JSON nor a JSON file.",
                                   source=f"{str(source)[:80]!r}"),
                               say("Check the path; save the file as UTF-8.")) from error
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        line = say(" (line {lineno})", lineno=error.lineno) if isinstance(error, json.JSONDecodeError) else ""
        raise MappingError(say("The mapping is not valid JSON{line}.", line=line), _HELP) from error
    if not isinstance(data, dict):
        raise MappingError(say("The mapping is not a JSON object."), say("It begins with {."))
    return data


def _codes(codes: str | Iterable[Any]) -> list[str]:
    """Return missing codes as text; a number 9999 is the code "9999"."""
    listed = [codes] if isinstance(codes, str) else list(codes)
    if any(not isinstance(c, (str, int, float)) for c in listed):
        raise MappingError(say("The missing codes are not a list of texts and numbers."),
                           say("For example [\"NA\", \"9999\"]."))
    return list(dict.fromkeys(c.strip() if isinstance(c, str) else plain_number(c) for c in listed if c != ""))


def _arm_from(data: Mapping[str, Any]) -> ArmRole:
    levels = {str(k): str(v) for k, v in (data.get("levels") or {}).items()}
    return ArmRole(column=data["column"], reference=str(data.get("reference", "")), levels=levels)


def factor_json(factor: FactorRole) -> dict[str, Any]:
    """Return a factor's role as plain JSON data."""
    out: dict[str, Any] = {"label": factor.label, "column": factor.column, "kind": factor.kind,
                           "known": factor.known}
    if factor.formula:
        out |= {"formula": factor.formula, "inputs": dict(factor.inputs)}
    if factor.when:
        out["when"] = {"column": factor.when, "unit": factor.when_unit}
    if factor.kind == "numeric":
        out |= {"unit": factor.unit, "log": factor.log,
                "cuts": [{"at": c.at, "closed": c.closed} for c in factor.cuts]}
        out |= {"multiply_by": factor.multiply_by} if factor.multiply_by != 1 else {}
    else:
        out["levels"] = dict(factor.levels)
        out |= {"reference": factor.reference} if factor.reference else {}
        out |= {"meanings": dict(factor.meanings)} if factor.meanings else {}
    return out


def _text(key: str, data: Mapping[str, Any], name: str, otherwise: str = "") -> str:
    value = data.get(name, otherwise)
    if not isinstance(value, (str, int, float)):
        raise MappingError(say("The {name} of {key} is {value}.", name=name, key=key, value=f"{value!r}"),
                           say("Write it as text."))
    return str(value)


def _factor_from(key: str, data: Mapping[str, Any]) -> FactorRole:
    kind = data.get("kind", "categorical")
    if kind not in ("categorical", "numeric"):
        raise MappingError(say("Unknown kind {kind} for {key}.", kind=f"{kind!r}", key=key),
                           say("Choose categorical or numeric."))
    known = data.get("known", "baseline")
    if known not in ("baseline", "later"):
        raise MappingError(say("{key} is known {known}?", key=key, known=f"{known!r}"),
                           say("Choose baseline or later."))
    levels = data.get("levels") or {}
    if not isinstance(levels, Mapping):
        levels = {v: v for v in levels}
    multiply_by = float(data.get("multiply_by", 1.0))
    if not (math.isfinite(multiply_by) and multiply_by > 0):
        raise MappingError(say("{key} is to be multiplied by {multiply_by}.", key=key, multiply_by=number(multiply_by)),
                           say("Give a number above 0."))
    meanings = {str(k): v for k, v in (data.get("meanings") or {}).items()}
    if strange := [v for v in meanings.values() if v not in MEANINGS]:
        raise MappingError(say("{key} means {strange}?", key=key, strange=f"{strange[0]!r}"),
                           say("Choose one of: {meanings}.", meanings=', '.join(MEANINGS)))
    return FactorRole(
        key=key, label=_text(key, data, "label", key), column="" if data.get("formula") else data["column"],
        kind=cast(Kind, kind), unit=_text(key, data, "unit"), multiply_by=multiply_by,
        levels={str(k): str(v) for k, v in levels.items()}, reference=_text(key, data, "reference"),
        cuts=tuple(_cut_from(key, c) for c in data.get("cuts", [])),
        known=cast(Known, known), log=bool(data.get("log", False)),
        formula=data.get("formula", ""), inputs=dict(data.get("inputs") or {}), meanings=meanings,
        **_when_from(key, data.get("when")),
    )


def _when_from(key: str, data: Mapping[str, Any] | None) -> dict[str, str]:
    """Return which column says when a variable became known, and in which unit."""
    if not data:
        return {}
    unit = data.get("unit", "months")
    if unit not in (*MONTHS_PER, DATE):
        raise MappingError(say("Unknown time unit {unit} for when {key} became known.", unit=f"{unit!r}", key=key),
                           say("Choose one of: {units}.", units=', '.join((*MONTHS_PER, DATE))))
    return {"when": data["column"], "when_unit": unit}


def _cut_from(key: str, data: Mapping[str, Any]) -> Cut:
    cut = Cut(float(data["at"]), data.get("closed", "right"))
    if not math.isfinite(cut.at) or cut.closed not in ("left", "right"):
        raise MappingError(say("A cut-point of {key} is {data}, closed {closed}.", key=key, data=f"{data['at']!r}",
                               closed=f"{cut.closed!r}"),
                           say("It needs a number, and left or right."))
    return cut


def _sites_from(data: Mapping[str, Any] | list[str]) -> tuple[FactorRole, ...]:
    if not isinstance(data, Mapping):
        data = {factor_key(c): {"column": c} for c in data}
    return tuple(_factor_from(k, {"known": "later", **f}) for k, f in data.items())


def _population_from(data: Mapping[str, Any]) -> PopulationRole:
    values, without = (tuple(str(v) for v in data.get(k) or ()) for k in ("values", "without"))
    if bool(values) == bool(without):
        raise MappingError(say("The population names no values, or both those that are in it and those that are not."),
                           say("For example {\"column\": \"ITTFL\", \"values\": [\"Y\"]}."))
    return PopulationRole(column=data["column"], values=values, without=without)


def _safety_from(data: Mapping[str, Any]) -> SafetyRole:
    return SafetyRole(column=data["column"], values=tuple(str(v) for v in data.get("values") or ["Y"]))


def _rows_from(data: Mapping[str, Any]) -> RowRule:
    take = data.get("take", "first")
    if take not in ("first", "last", "where", "merge") or (take == "where" and not data.get("column")):
        raise MappingError(say("The rule for several rows of a patient is {rule}.", rule=dict(data)),
                           say("Use {\"take\": \"first\"}, \"last\", \"merge\", or \"where\" with a column and a "
                               "value."))
    return RowRule(take=take, column=data.get("column", ""), value=str(data.get("value", "")))
