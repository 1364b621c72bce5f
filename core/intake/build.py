"""Files become a Cohort: read, mapped (by guess where no mapping is given), validated, typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from core import schema
from core.cohort import Cohort
from core.errors import MappingError
from core.findings import Findings
from core.intake.event_list import joined_events, with_event_file
from core.intake.loading import begin, is_half_answered
from core.intake.validation import validate
from core.language import say
from core.mapping import ColumnMapping
from core.read_options import ReadOptions
from core.reading import Source, TextTable, fingerprint, read_table


def read_cohort(source: Source | Mapping[str, Source],
                mapping: Mapping[str, Any] | str | Path | ColumnMapping | None = None, *,
                adverse_events: Source | None = None, name: str = "",
                options: ReadOptions | None = None) -> Cohort:
    """Read a cohort file: a path, bytes or a binary file object.

    Parameters
    ----------
    source : the cohort, one row per patient; or CDISC ADaM as a dict of sources, ADSL and ADTTE
        with or without ADAE, by any names
    mapping : which column plays which role (JSON data, JSON text, a JSON file); guessed where None
    adverse_events : a second file of adverse events in long form: patient, term, grade, ...
    name : the file's name, where the source does not have one
    options : how to read the file; what they leave open is detected

    Raises
    ------
    ReadingError, MappingError, ValidationError
        With the place and the remedy.
    NeedsAnswer
        Where no convention decides a reading and no mapping was given.

    Examples
    --------
    >>> from core import read_cohort
    >>> cohort = read_cohort("sample_data/yang2023_synthetic.csv")
    >>> cohort.n, cohort.endpoints
    (82, ('OS', 'PFS'))
    >>> cohort.filter({"pvtt": {"in": ["Vp3", "Vp4"]}, "afp": {"gt": 400}}).n
    32
    """
    if isinstance(source, Mapping):
        tables = [read_table(s, name=n) for n, s in source.items()]
        loading = begin(tables, adam=True)
        if mapping is None or is_half_answered(mapping):
            mapping = loading.settled(mapping)
        return make_cohort(loading.table, mapping, event_list=loading.events)
    asked = ColumnMapping.from_json(mapping).reading if mapping is not None and \
        not isinstance(mapping, ColumnMapping) else mapping.reading if mapping else None
    table = read_table(source, name=name, options=options or asked)
    events = read_table(adverse_events) if adverse_events is not None else None
    return make_cohort(table, mapping, event_list=events)


def make_cohort(table: TextTable,
                mapping: Mapping[str, Any] | str | Path | ColumnMapping | None = None, *,
                event_list: TextTable | None = None,
                assumed: Sequence[dict[str, object]] = ()) -> Cohort:
    """Type a text table by its mapping (guessed where None) into a cohort; raises as read_cohort.

    Parameters
    ----------
    event_list : adverse events in long form; their columns are guessed where the mapping names none
    assumed : what was assumed when the mapping was guessed
    """
    findings = Findings([*table.findings, *assumed])
    if mapping is None or is_half_answered(mapping):
        loading = begin([table])
        mapping = loading.settled(mapping)
        findings.records += loading.findings_that_hold()
    if not isinstance(mapping, ColumnMapping):
        mapping = ColumnMapping.from_json(mapping, table.columns)
    if event_list is not None:
        mapping = with_event_file(mapping, event_list)
    _check_keys(mapping)
    if mapping.reading.decimal:
        table = replace(table, detected=replace(table.detected, decimal=mapping.reading.decimal))
    patients, events, kept = validate(table, mapping, findings)
    if event_list is not None:
        events = joined_events(events, event_list, mapping, patients, findings)
    return Cohort(
        table=patients, long_events=events, mapping=mapping, findings=findings.frame(),
        fingerprint=fingerprint(table, event_list), name=table.name, lines=kept.lines,
        rows=np.ones(len(patients), bool),
    )


def _check_keys(mapping: ColumnMapping) -> None:
    """Refuse two variables of one key, and a factor that would take a column of the app's own."""
    keys = [v.key for v in mapping.variables]
    reserved = {schema.PATIENT, schema.ARM, schema.SAFETY}
    reserved |= {name(e.name) for e in mapping.endpoints for name in (
        schema.time_column, schema.event_column, schema.entry_column)}
    if double := [k for k in keys if keys.count(k) > 1 or k in reserved]:
        raise MappingError(say("The key {double} is already used by another role.", double=f"{double[0]!r}"),
                           say("Give the factor another key."))
