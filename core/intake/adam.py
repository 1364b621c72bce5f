"""CDISC ADaM: ADSL, ADTTE and ADAE become one row per patient and a list of adverse events.

Source: ADaM Implementation Guide 1.1; ADTTE 1.0 (CNSR 0 is an event, AVAL in AVALU).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from core import schema
from core.errors import MappingError, NeedsAnswer
from core.findings import Findings, ranges
from core.guessing import (
    Questions,
    Times,
    default_reference,
    guess_mapping,
    is_event,
    levels_of,
    settle_units,
    times_of,
)
from core.intake.event_list import guess_event_file
from core.language import say
from core.mapping import CONTROL_WORDS, ENDPOINT_NAMES, WITHOUT_DEATH, ArmRole, ColumnMapping, EndpointRole
from core.reading import TextColumn, TextTable

ID = "USUBJID"
_COUNT = re.compile(r"\b(number|count|total)\b", re.IGNORECASE)
_UNITS = {"DAYS": "days", "DAY": "days", "WEEKS": "weeks", "WEEK": "weeks", "MONTHS": "months", "MONTH": "months",
          "YEARS": "years", "YEAR": "years"}
_ARMS = ("TRT01P", "TRT01A", "ARM", "ACTARM")
_ADMINISTRATIVE = ("STUDYID", "SUBJID", "SITEID", "AGEU", "ARMCD", "ACTARMCD", "ITTFL", "RANDFL", "TRT01PN",
                   "TRT01AN", "DTHFL", "EOSSTT", "EOTSTT", "DCSREAS", "DTHCAUS")


@dataclass(frozen=True, kw_only=True, eq=False)
class Study:
    """A study's ADaM datasets as a cohort: its table, its mapping, and its list of adverse events."""

    table: TextTable
    mapping: ColumnMapping
    events: TextTable | None
    questions: tuple[NeedsAnswer, ...] = ()


def kind_of(table: TextTable) -> str:
    """Return which ADaM dataset a table is by its column names: ADSL, ADTTE, ADAE, or ""."""
    columns = {c.upper() for c in table.columns}
    if ID not in columns:
        return ""
    if {"PARAMCD", "AVAL", "CNSR"} <= columns:
        return "ADTTE"
    if columns & {"AEDECOD", "AETERM"}:
        return "ADAE"
    return "ADSL" if columns & set(_ARMS) and "PARAMCD" not in columns else ""


def study_of(tables: Iterable[TextTable]) -> Study:
    """Put a study's datasets together.

    Raises
    ------
    MappingError
        If ADSL is missing, a dataset is of no known kind, or one comes twice.
    """
    by_kind = _by_kind(tables)
    findings = Findings(by_kind["ADSL"].findings)
    findings.add("assumed", say("Read as CDISC ADaM: {sorted}.", sorted=', '.join(sorted(by_kind))),
                 remedy=say("Give a single file to have it read as any table."))
    subjects = by_kind["ADSL"]
    cells, roles = dict(subjects.cells), []
    if "ADTTE" in by_kind:
        roles = _endpoints(by_kind["ADTTE"], subjects, cells, findings)
    table = replace(subjects, cells=cells, findings=[])
    of_units = Questions()
    roles = _with_units(roles, table, findings, of_units)
    guess = guess_mapping(subjects)
    arm = _arm(subjects, guess.mapping)
    replaced = {"", *_ARMS, *_ADMINISTRATIVE}
    findings.records += [f for f in guess.findings if f["column"] not in replaced]
    if arm:
        findings.add("assumed", say("{column} is the arm and {reference} the reference.", column=arm.column,
                                    reference=f"{arm.reference!r}"), column=arm.column,
                     value=arm.reference, remedy=say("Choose the reference arm."))
    events = by_kind.get("ADAE")
    mapping = replace(guess.mapping, patient_id=ID, arm=arm, endpoints=tuple(roles), factors=tuple(
        f for f in guess.mapping.factors if f.column not in (*_ADMINISTRATIVE, *_ARMS)))
    if events is not None:
        try:
            mapping = replace(mapping, event_file=guess_event_file(events))
        except MappingError as error:  # the patients and their times stand without it
            findings.add("warning", say("ADAE is not used: {problem}", problem=error.problem), remedy=error.remedy)
            events = None
    name = " + ".join(t.name for t in by_kind.values() if t.name)
    table = replace(table, findings=findings.records, name=name, sha256=_joint_digest(by_kind))
    data = mapping.to_json()
    questions = tuple(NeedsAnswer(q.problem, q.remedy, q.choices, q.changes, data) for q in guess.questions
                      if all("factors" in change for change in q.changes))
    questions = (*of_units.errors(data), *questions)
    return Study(table=table, mapping=mapping, events=events, questions=questions)


def _by_kind(tables: Iterable[TextTable]) -> dict[str, TextTable]:
    """Return the datasets by their kinds; raises as `study_of`."""
    by_kind: dict[str, TextTable] = {}
    for table in tables:
        kind = kind_of(table)
        if not kind:
            raise MappingError(say("{file} does not have the columns of ADSL, ADTTE or ADAE.",
                                   file=table.name or say("A file")),
                               say("Give the three as CSV with their CDISC names, or a single cohort file."))
        if kind in by_kind:
            raise MappingError(say("Two files are {kind}: {first} and {second}.", kind=kind, first=by_kind[kind].name,
                                   second=table.name), say("Give one of each."))
        by_kind[kind] = _upper(table)
    if "ADSL" not in by_kind:
        raise MappingError(say("{by_kind} without ADSL: the patients are missing.", by_kind=', '.join(by_kind)),
                           say("Give the subject-level file ADSL, too."))
    return by_kind


def _joint_digest(tables: dict[str, TextTable]) -> str:
    return hashlib.sha256("".join(tables[k].sha256 for k in sorted(tables) if k != "ADAE").encode()).hexdigest()


def _upper(table: TextTable) -> TextTable:
    return replace(table, cells={c.upper(): column for c, column in table.cells.items()})


def _arm(subjects: TextTable, guessed: ColumnMapping) -> ArmRole | None:
    """Take the planned treatment as the arm: TRT01P, or what stands for it."""
    column = next((c for c in _ARMS if c in subjects.columns), None)
    if column is None:
        return guessed.arm
    levels = levels_of(subjects.cells[column], schema.MISSING)
    if not 1 < len(levels) <= schema.MAX_ARMS:
        return None
    named = [v for v in levels if set(v.lower().replace(":", " ").split()) & set(CONTROL_WORDS)]
    reference = named[0] if named else default_reference(levels)
    return ArmRole(column=column, reference=reference,
                   levels={v: v for v in sorted(levels, key=lambda v: v != reference)})


def _endpoints(long: TextTable, subjects: TextTable, cells: dict[str, TextColumn],
               findings: Findings) -> list[EndpointRole]:
    """Spread ADTTE's parameters over columns of the subjects: `OS.AVAL`, `OS.CNSR`."""
    ids = subjects.cells[ID]
    position = dict(zip(ids.series(), range(len(subjects)), strict=True))
    of_row = np.array([position.get(t, -1) for t in long.cells[ID].texts()], dtype=np.int64)[long.cells[ID].codes]
    if (of_row < 0).any():
        strange = ranges(long.lines[of_row < 0])
        findings.add("warning", say("ADTTE has {n} rows of subjects that ADSL does not have, left out.",
                                    n=f"{int((of_row < 0).sum()):,}"), row=strange, column=ID,
                     remedy=say("Give the ADSL of the same study."))
    roles = []
    for code in levels_of(long.cells["PARAMCD"], schema.MISSING):
        rows = np.flatnonzero(long.cells["PARAMCD"].is_in([code])[long.cells["PARAMCD"].codes] & (of_row >= 0))
        role = _endpoint(long, code, rows, of_row, len(subjects), cells, findings)
        if role:
            roles.append(role)
    return sorted(roles, key=lambda r: ("OS", "PFS").index(r.name) if r.name in ("OS", "PFS") else 2)


def _with_units(roles: list[EndpointRole], table: TextTable, findings: Findings,
                questions: Questions) -> list[EndpointRole]:
    """Settle the units that ADTTE does not name: by its other parameters and the times' size, or ask."""
    if all(role.unit for role in roles):
        return roles
    times = [Times(name=r.name, column=r.time, values=times_of(table, r.time), unit=r.unit,
                   events=is_event(table, r.event, r.event_values)) for r in roles]
    units = settle_units(times, None, findings, questions)
    return [replace(r, unit=units[r.name]) for r in roles]


def _endpoint(long: TextTable, code: str, rows: np.ndarray, of_row: np.ndarray, n: int,
              cells: dict[str, TextColumn], findings: Findings) -> EndpointRole | None:
    unit_of = [v for v in levels_of(long.cells["AVALU"].take(rows), ()) if v] if "AVALU" in long.columns else []
    unit = _UNITS.get(unit_of[0].upper(), "") if len(unit_of) == 1 else ""
    if unit_of and not unit:
        severity: schema.Severity = "warning" if any(u.upper() in _UNITS for u in unit_of) else "assumed"
        findings.add(severity, say("{code} of ADTTE is in {unit_of}: not one unit of time, left out.", code=code,
                                   unit_of=', '.join(unit_of)),
                     column="PARAMCD", value=code, remedy=say("Write all its rows in one unit of time."))
        return None
    label = long.cells["PARAM"].cell(int(rows[0])) if "PARAM" in long.columns and len(rows) else code
    if not unit and _COUNT.search(label):
        findings.add("assumed", say("{code} of ADTTE ({label}) is a count and no time: left out.", code=code,
                                    label=label), column="PARAMCD",
                     value=code)
        return None
    places = of_row[rows]
    if len(np.unique(places)) < len(places):
        double = ranges(long.lines[rows][np.isin(places, np.flatnonzero(np.bincount(places) > 1))])
        raise MappingError(say("ADTTE has several rows of one subject for {code} (lines {double}).", code=code,
                               double=double[:80]),
                           say("Keep one row per subject and PARAMCD."))
    for column in ("AVAL", "CNSR"):
        text = np.full(n, "", dtype=object)
        text[places] = long.cells[column].series().to_numpy()[rows]
        cells[f"{code}.{column}"] = TextColumn.from_cells(text.tolist())
    return EndpointRole(name=code, label=label, time=f"{code}.AVAL", event=f"{code}.CNSR", event_values=("0",),
                        unit=unit, death_counts=code in ENDPOINT_NAMES and code not in WITHOUT_DEATH)
