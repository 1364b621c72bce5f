"""A second file of adverse events in long form, joined to the cohort by patient id."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from core import schema
from core.cohort import categorical
from core.errors import MappingError
from core.findings import Findings, ranges
from core.format import plural
from core.guessing import grade, squeeze
from core.intake.plausibility import last_seen
from core.intake.validation import event_frame, raise_refused
from core.language import say
from core.mapping import (
    AE_FILE_NAMES,
    NO_WORDS,
    YES_WORDS,
    ColumnMapping,
    EventFileRole,
    ae_category,
    dictionary,
    fold,
    severity_place,
)
from core.reading import TextColumn, TextTable, parse_number
from core.schema import spellings

_YES_BEGINNINGS = ("related", "possibl", "probabl", "definit", "likely", "serious", "相关", "可能")
_NO_BEGINNINGS = ("notrelated", "unrelated", "notserious", "nonserious", "无关", "不相关")
NEEDED = ("patient", "term", "grade")  # or in place of a grade the severity
_SHOWN, _ROUNDING, _PROBE = 8, 1e-6, 400


def with_event_file(mapping: ColumnMapping, events: TextTable) -> ColumnMapping:
    """Return the mapping with the roles of a long file's columns, guessed where it has none.

    Raises
    ------
    MappingError
        If a column is missing, or the cohort has no patient id to join by.
    """
    if not mapping.patient_id:
        raise MappingError(say("Adverse events are joined by patient id, and the cohort has no such column."),
                           say("Choose the column under “Patient id”."))
    role = mapping.event_file or guess_event_file(events)
    for what, column in role.items():
        if column not in events.columns:
            raise MappingError(say("The adverse-event file has no column {column} for the {what}.",
                                   column=f"{column!r}", what=what),
                               say("Choose one of: {columns}.", columns=', '.join(events.columns)))
    return replace(mapping, event_file=role)


def guess_event_file(events: TextTable) -> EventFileRole:
    """Guess the columns of a long adverse-event file from their names.

    Raises
    ------
    MappingError
        If patient, term or grade is not recognised.
    """
    by_name = {fold(c): c for c in reversed(events.columns)}
    columns: dict[str, str] = {}
    for role, names in AE_FILE_NAMES.items():
        column = next((by_name[n] for n in names if n in by_name and by_name[n] not in columns.values()), "")
        if column:
            columns[role] = column
    if "grade" in columns and _are_severities(events.cells[columns["grade"]]):
        columns["severity"] = columns.pop("grade")
    if "grade" in columns and "severity" in columns:
        empty = events.cells[columns["grade"]].is_in(schema.MISSING).all()
        columns.pop("grade" if empty else "severity")
    if "severity" in columns and _are_named_grades(events.cells[columns["severity"]]):
        columns["grade"] = columns.pop("severity")
    if absent := [r for r in NEEDED if r not in columns and not (r == "grade" and "severity" in columns)]:
        raise MappingError(say("The adverse-event file {file} has no column for the {absent}: it holds {columns}.",
                               file=events.name or '', absent=absent[0], columns=', '.join(events.columns)),
                           say("It needs one row per patient and event, with the columns patient, term and grade."))
    return EventFileRole(**columns)


def _are_named_grades(cells: TextColumn) -> bool:
    """Tell whether a column holds grades that are called so: Grade 1, G2."""
    texts = [t for t in cells.values.slice(0, _PROBE).to_pylist() if t not in schema.MISSING]
    return bool(texts) and all(grade(t) is not None and re.match("g", t, re.IGNORECASE) for t in texts)


def _are_severities(cells: TextColumn) -> bool:
    """Tell whether a column holds mild, moderate, severe and no grades."""
    texts = [t for t in cells.values.slice(0, _PROBE).to_pylist() if t not in schema.MISSING]
    return bool(texts) and all(severity_place(t) is not None for t in texts) and any(grade(t) is None for t in texts)


def joined_events(wide: pd.DataFrame, events: TextTable, mapping: ColumnMapping, patients: pd.DataFrame,
                  findings: Findings) -> pd.DataFrame:
    """Add a long file's events to those in wide columns; name rows that join no patient.

    Raises
    ------
    ValidationError
        If a grade is none, or a term is missing.
    """
    role = mapping.event_file
    if role is None:
        return wide
    if mapping.adverse_events and not role.grade:
        raise MappingError(say("The cohort has columns of CTCAE grades, and the adverse-event file has severities: "
                               "they cannot be counted together."),
                           say("Take the columns out under “Adverse events”, or the file."))
    file = events.name or say("Adverse events")
    findings.records += [{**f, "message": f"{file}: {f['message']}"} for f in events.findings]
    join = _Join(events, role, mapping, findings)
    place = join.patients(patients)
    join.arms(place, patients)
    term = join.terms()
    grades = join.grades()
    counted = (place >= 0) & join.emergent()
    join.after_the_end(np.where(counted, place, -1), last_seen(patients, mapping))
    raise_refused(findings)
    rows = np.flatnonzero(counted)
    counted_terms = [str(t) for t in term.categories[np.unique(term.codes[rows])]]
    terms = list(dict.fromkeys([*wide.term.cat.categories, *counted_terms]))
    category = {t: ae_category(t) for t in terms} | {t: c for t, c in join.categories(term).items() if t in terms}
    shift = np.array([terms.index(t) if t in terms else -1 for t in term.categories], dtype=np.int64)
    listed = event_frame(place[rows], categorical(shift[term.codes[rows]], terms), category,
                         grades[rows], day=join.days()[rows], serious=join.answers("serious")[rows],
                         related=join.answers("related")[rows])
    if not len(wide):
        return listed
    both = {c: pd.concat([wide[c].astype(object), listed[c].astype(object)], ignore_index=True)
            for c in ("term", "category", "serious", "related")}
    return pd.DataFrame({
        "patient": np.concatenate([wide.patient, listed.patient]),
        "term": pd.Categorical(both["term"], categories=terms), "category": pd.Categorical(both["category"]),
        "grade": np.concatenate([wide.grade, listed.grade]), "day": np.concatenate([wide.day, listed.day]),
        **{c: pd.Categorical(both[c], categories=["no", "yes"]) for c in ("serious", "related")},
    }, columns=list(schema.EVENT_COLUMNS))


def _answer(text: str) -> int:
    """Return 1 for yes, 0 for no, -1 for what is neither: also of words such as `Not related`, `Possible`."""
    word = re.sub(r"[\W_]+", "", squeeze(text))
    if word in YES_WORDS or word.startswith(_YES_BEGINNINGS):
        return 1
    return 0 if word in NO_WORDS or word.startswith(_NO_BEGINNINGS) else -1


class _Join:
    """One reading of a long file."""

    def __init__(self, events: TextTable, role: EventFileRole, mapping: ColumnMapping, findings: Findings) -> None:
        self.events, self.role, self.mapping, self.findings = events, role, mapping, findings
        self.file = events.name or say("the adverse-event file")
        self._days: np.ndarray | None = None

    def _absent(self, cells: TextColumn) -> np.ndarray:
        return cells.is_in(spellings(self.mapping.missing))

    def patients(self, patients: pd.DataFrame) -> np.ndarray:
        """Return the patient's position per row, -1 for ids that the cohort does not have."""
        cells = self.events.cells[self.role.patient]
        position = dict(zip(patients[schema.PATIENT], range(len(patients)), strict=True))
        texts = cells.texts()
        place = np.array([position.get(t, -1) for t in texts], dtype=np.int64)
        strange = [t for t, p in zip(texts, place, strict=True) if p < 0]
        if strange:
            rows = place[cells.codes] < 0
            self.findings.add("warning", say("{file}: {rows} of {ids} that the cohort does not have, left out: "
                                             "{map}{words}.", file=self.file, rows=plural(int(rows.sum()), 'row'),
                                             ids=plural(len(strange), 'id'),
                                             map=', '.join(map(repr, strange[:_SHOWN])),
                                             words=' …' if len(strange) > _SHOWN else ''),
                              row=ranges(self.events.lines[rows]),
                              column=self.role.patient, value=", ".join(strange[:50]),
                              remedy=say("Write the ids the same way in both files."))
        if len(strange) == len(texts):
            self.findings.add("refused", say("No id of {file} ({patient}, for example {texts}) is one of the "
                                             "cohort's ({patient_id}, for example {iloc}).", file=self.file,
                                             patient=f"{self.role.patient!r}", texts=f"{texts[0]!r}",
                                             patient_id=f"{self.mapping.patient_id!r}",
                                             iloc=f"{patients[schema.PATIENT].iloc[0]!r}"), column=self.role.patient,
                              remedy=say("Choose the columns that hold the same ids."))
        return place[cells.codes]

    def arms(self, place: np.ndarray, patients: pd.DataFrame) -> None:
        """Name rows that give a patient another arm than the cohort does, whose arm counts.

        Parameters
        ----------
        place : int (rows,), of the patient among `patients`; -1 for none
        """
        arm = self.mapping.arm
        names = (arm.column, *(c for c in self.events.columns if fold(c) in dictionary.ARM_NAMES)) if arm else ()
        column = next((c for c in names if c in self.events.columns), None)
        if arm is None or column is None:
            return
        cells, known = self.events.cells[column], {squeeze(v): label for v, label in arm.levels.items()}
        known |= {squeeze(label): label for label in arm.levels.values()}
        of_text = np.array([known.get(squeeze(t), "") for t in cells.texts()], dtype=object)[cells.codes]
        of_cohort = np.append(patients[schema.ARM].astype(object).fillna("").to_numpy(), "")[place]
        rows = np.flatnonzero((of_text != "") & (of_cohort != "") & (of_text != of_cohort))
        ids = self.events.cells[self.role.patient]
        self.findings.add_rows(
            "warning", self.events.lines[rows],
            lambda i: say("{cell}: {of_text}, in the cohort {of_cohort}", cell=ids.cell(int(rows[i])),
                          of_text=of_text[rows[i]], of_cohort=of_cohort[rows[i]]),
            say("{file}, line {{line}}: the arms of a patient differ, {{value}}. The cohort's counts.", file=self.file),
            column=column, remedy=say("Correct the arm in one of the files."))

    def terms(self) -> pd.Categorical:
        """Return the term per row; terms that differ only by spaces or case are one."""
        cells = self.events.cells[self.role.term]
        absent = self._absent(cells)
        self._name(absent[cells.codes], self.role.term, say("is missing: every row needs a term"), "refused")
        first: dict[str, str] = {}
        for text, _ in sorted(zip(cells.texts(), cells.counts, strict=True), key=lambda item: (-item[1], item[0])):
            first.setdefault(squeeze(text), text)
        names = [first[squeeze(t)] for t in cells.texts()]
        order = sorted({n for n, gone in zip(names, absent, strict=True) if not gone})
        codes = np.array([order.index(n) if n in order else -1 for n in names], dtype=np.int64)
        return categorical(codes[cells.codes], order)

    def grades(self) -> np.ndarray:
        """Return the CTCAE grade per row, or the place of its severity, NaN where it is missing."""
        column, read = self.role.grade or self.role.severity, grade if self.role.grade else severity_place
        cells = self.events.cells[column]
        absent = self._absent(cells)
        grade_of_text = [None if gone else read(t) for t, gone in zip(cells.texts(), absent, strict=True)]
        values = np.array([np.nan if g is None else g for g in grade_of_text])
        self._name((np.isnan(values) & ~absent)[cells.codes], column, say("is not a CTCAE grade from 0 to 5") if
                   self.role.grade else say("is not a severity: mild, moderate, severe, life-threatening, fatal"),
                   "refused")
        self._name(absent[cells.codes], column, say("has no grade: the event counts as of unknown grade"), "warning")
        if not self.role.grade:
            self.findings.add("assumed", say("{file}: {column} holds severities and no CTCAE grades; tables say "
                                             "mild, moderate and severe.", file=self.file, column=f"{column!r}"),
                              column=column,
                              remedy=say("Give a column of grades to have those."))
        return values[cells.codes]

    def emergent(self) -> np.ndarray:
        """Tell which rows are treatment-emergent, where the file says; the others are named."""
        if not self.role.emergent:
            return np.ones(len(self.events), bool)
        cells = self.events.cells[self.role.emergent]
        yes = np.array([squeeze(t) in YES_WORDS for t in cells.texts()])[cells.codes]
        if not yes.all():
            self.findings.add("assumed", say("{file}: {rows} not marked treatment-emergent ({emergent}), left out.",
                                             file=self.file, rows=plural(int((~yes).sum()), 'row'),
                                             emergent=f"{self.role.emergent!r}"),
                              row=ranges(self.events.lines[~yes]), column=self.role.emergent,
                              remedy=say("Take “emergent” out of the mapping to count them."))
        return yes

    def categories(self, term: pd.Categorical) -> dict[str, str]:
        """Return the organ class per term: the commonest of the file, else the dictionary's."""
        if not self.role.category:
            return {t: ae_category(t) for t in term.categories}
        cells = self.events.cells[self.role.category]
        pairs = pd.crosstab(np.asarray(term, dtype=object), cells.series().to_numpy())
        return {t: str(pairs.loc[t].idxmax()) if t in pairs.index else ae_category(t) for t in term.categories}

    def days(self) -> np.ndarray:
        """Return the study day per row, NaN where there is none; read once."""
        if self._days is None:
            self._days = self._read_days()
        return self._days

    def _read_days(self) -> np.ndarray:
        if not self.role.day:
            return np.full(len(self.events), np.nan)
        cells = self.events.cells[self.role.day]
        absent = self._absent(cells)
        days = [parse_number(re.sub(r"^\s*(day|d|第)\s*", "", t, flags=re.IGNORECASE)) for t in cells.texts()]
        values = np.array([np.nan if n is None else n.value for n in days])
        self._name((np.isnan(values) & ~absent)[cells.codes], self.role.day,
                   say("is no study day and counts as missing"),
                   "warning")
        return values[cells.codes]

    def answers(self, what: str) -> pd.Categorical:
        """Return yes, no or missing per row of the column for seriousness or relatedness."""
        column = getattr(self.role, what)
        codes = np.full(len(self.events), -1)
        if column:
            cells = self.events.cells[column]
            of_text = np.array([_answer(t) for t in cells.texts()], dtype=np.int64)
            unclear = (of_text < 0) & ~self._absent(cells)
            self._name(unclear[cells.codes], column, say("is neither yes nor no and counts as missing"), "warning")
            codes = of_text[cells.codes]
        return categorical(codes, ["no", "yes"])

    def after_the_end(self, place: np.ndarray, last: np.ndarray) -> None:
        """Name events that begin after the patient's death or last follow-up; day 1 is the first.

        Parameters
        ----------
        place : int (rows,), of the patient; -1 for rows that do not count
        last : (n,), months from `checks.last_seen`
        """
        if not self.role.day:
            return
        end = np.where(place >= 0, last[place], np.nan) / schema.MONTHS_PER["days"]
        with np.errstate(invalid="ignore"):
            late = self.days() > end + 1 + _ROUNDING
        dated = int((~np.isnan(end) & ~np.isnan(self.days())).sum())
        self._name(late, self.role.day, say("lies after the patient's death or last follow-up (of {dated} dated "
                                            "events)", dated=f"{dated:,}"), "warning")

    def _name(self, bad: np.ndarray, column: str, what: str, severity: schema.Severity) -> None:
        rows = np.flatnonzero(bad)
        cells = self.events.cells[column]
        self.findings.add_rows(severity, self.events.lines[rows], lambda i: cells.cell(int(rows[i])),
                               say("{file}, line {{line}}, column {column}: {{value}} {what}.", file=self.file,
                                   column=f"{column!r}", what=what), column=column)
