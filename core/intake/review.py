"""How a file is read, in plain words, most important first: each line with its evidence, and what can change it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from core import schema
from core.cohort import Cohort, level_counts
from core.errors import NeedsAnswer
from core.format import number, plural
from core.guessing import lowest_first
from core.language import say
from core.mapping import ColumnMapping, EndpointRole, FactorRole, adjusted_first, header_meaning, time_unit_in
from core.reading import TextTable
from core.survival import kaplan_meier

Section = Literal["endpoints", "arm", "patients", "later", "factors"]
SECTIONS: dict[Section, str] = {"endpoints": "Endpoints", "arm": "Arm", "patients": "Patients",
                                "later": "Known after time zero", "factors": "Factors"}
_NAMED, _ORDERED, _LEVELS = 12, 8, 3  # names in a line; factors whose order is told; least levels that have an order
_EVIDENCE, _LONGEST = 3, 400  # sentences; characters


@dataclass(frozen=True, kw_only=True)
class ReviewLine:
    """One line: what it is about, how it is read, why, and the section of the form that changes it."""

    section: Section
    about: str
    statement: str
    evidence: str = ""


def review(table: TextTable, mapping: ColumnMapping, cohort: Cohort | None, findings: Iterable[Mapping[str, object]],
           answers: Sequence[tuple[str, str]] = (), asked: Sequence[NeedsAnswer] = ()) -> list[ReviewLine]:
    """Say how a file is read.

    Parameters
    ----------
    cohort : what the mapping makes; None where it makes none, and numbers are left out
    findings : what reading assumed, for the evidence
    answers : questions that a person has answered, and the answers
    asked : questions that are open
    """
    lines = _ReviewLines(table, mapping, cohort, list(findings), answers, asked)
    return [*lines.endpoints(), lines.arm(), lines.patients(), *lines.later(), *lines.factors(), *lines.aside()]


class _ReviewLines:
    """The lines of one review."""

    def __init__(self, table: TextTable, mapping: ColumnMapping, cohort: Cohort | None,
                 findings: list[Mapping[str, object]], answers: Sequence[tuple[str, str]],
                 asked: Sequence[NeedsAnswer]) -> None:
        self.table, self.mapping, self.cohort, self.findings = table, mapping, cohort, findings
        self.answers = answers
        self.open = {(part, key) for q in asked for change in q.changes for part, inner in change.items()
                     for key in (inner if isinstance(inner, Mapping) else [""])}

    def _asked(self, part: str, key: str = "") -> str:
        """Say that a part of the mapping is asked above, where it is."""
        is_open = (part, key) in self.open if key else any(p == part for p, _ in self.open)
        return say("Asked above; this is the first answer.") if is_open else ""

    def evidence(self, *columns: str) -> str:
        """Return what was assumed of some columns, and what a person has answered about them."""
        answered = [say("You answered “{choice}”.", choice=choice) for problem, choice in self.answers if any(
            f"{c!r}" in problem for c in columns if c)]
        assumed = [str(f["message"]) for f in self.findings if f["severity"] == "assumed" and not f["row"]
                and any(c in str(f["column"]).split(", ") for c in columns if c)]
        return " ".join(dict.fromkeys([*answered, *assumed][:_EVIDENCE]))

    def endpoints(self) -> list[ReviewLine]:
        """Say of each endpoint from when to when it runs, in which unit, what the event is, and what it gives."""
        if not self.mapping.endpoints:
            return [ReviewLine(section="endpoints", about=say("Endpoints"),
                               statement=say("None: survival needs a time and an event."), evidence=self.evidence())]
        return [ReviewLine(section="endpoints", about=say(e.label) if e.label != e.name else e.name,
                           statement=f"{_time_words(e)} {_event_words(e)}{self._figures(e)}",
                           evidence=_joined(self._asked("endpoints", e.name), self._unit_evidence(e),
                                            self.evidence(*e.columns)))
                for e in self.mapping.endpoints]

    def _unit_evidence(self, endpoint: EndpointRole) -> str:
        if not endpoint.time:
            return ""
        headers = (endpoint.time, self.table.labels.get(endpoint.time, ""))
        stated = next((h for h in headers if (header_meaning(h).unit or time_unit_in(h)) == endpoint.unit), "")
        return say("“{stated}” says {unit}.", stated=stated, unit=say(endpoint.unit)) if stated else ""

    def _figures(self, endpoint: EndpointRole) -> str:
        if self.cohort is None:
            return ""
        row = kaplan_meier(self.cohort, endpoint=endpoint.name).medians.iloc[0]
        month = row["median"]
        median = say("median not reached") if math.isnan(month) else \
            say("median {months} months", months=number(round(month, 1)))
        return f" {plural(int(row.n), 'patient')}, {plural(int(row.n_event), 'event')}, {median}."

    def arm(self) -> ReviewLine:
        """Say the arms with their patients, the reference first."""
        arm = self.mapping.arm
        if arm is None:
            return ReviewLine(section="arm", about=say("Arm"), statement=say("None: all patients are one group."))
        if self.cohort is None:
            shown = ", ".join(dict.fromkeys(arm.levels.values()))
        else:
            counts = level_counts(self.cohort, schema.ARM)
            first = (say(", the reference"), *[""] * len(counts))
            shown = ", ".join(f"{level} ({n:,}{words})" for level, n, words in zip(
                self.cohort.levels(schema.ARM), counts.tolist(), first, strict=False))
        return ReviewLine(section="arm", about=say("Arm"), statement=f"“{arm.column}”: {shown}.",
                          evidence=self.evidence(arm.column))

    def patients(self) -> ReviewLine:
        """Say how patients are told apart, which rows count, and who is analysed."""
        mapping = self.mapping
        n = say("{patients} in {rows}", patients=plural(self.cohort.n, 'patient'),
                rows=plural(len(self.table), 'row')) if self.cohort is not None else \
            plural(len(self.table), "row")
        by = say("told apart by “{patient_id}”",
                 patient_id=mapping.patient_id) if mapping.patient_id else say("each row is one")
        takes = {"first": say("the first row of each counts"), "last": say("the last row of each counts"),
                 "merge": say("the rows of each are merged")}
        rule = "" if not mapping.rows else f"; {takes.get(mapping.rows.take) or _where(mapping)}"
        role = mapping.population
        who = "" if not role else say("; analysed are those whose “{column}” is {values}", column=role.column,
                                      values=', '.join(role.values)) \
            if role.values else say("; left out are those whose “{column}” is {without}", column=role.column,
                                    without=', '.join(role.without))
        codes = "".join(say("; {values} in “{column}” count as missing", values=", ".join(v), column=c)
                        for c, v in mapping.missing_in.items() if v)
        return ReviewLine(section="patients", about=say("Patients"), statement=f"{n}, {by}{rule}{who}{codes}.",
                          evidence=_joined(self._asked("rows"), self._asked("population"), self.evidence(
                              mapping.patient_id or "", role.column if role else "")))

    def later(self) -> list[ReviewLine]:
        """Say what is known only after time zero, and so is no baseline factor."""
        known = [v.label for v in self.mapping.variables if v.known == "later"]
        terms = len(self.cohort.worst_grades.terms) if self.cohort is not None else len(self.mapping.adverse_events)
        events = [say("{events} by worst {measure}", events=plural(terms, 'adverse event'),
                      measure=self.mapping.grade_words.measure)] if terms else []
        statement = say("{names}: no baseline factors.",
                        names=_few([*known, *events])) if known or events else say("Nothing.")
        return [ReviewLine(section="later", about=say("Known later"), statement=statement,
                           evidence=self.evidence(*(v.column for v in self.mapping.variables if v.known == "later")))]

    def factors(self) -> list[ReviewLine]:
        """Say the baseline factors, those that a model would begin with first, and the order of their levels."""
        factors = [f for f in self.mapping.factors if f.known == "baseline"]
        by_key = {f.key: f for f in factors}
        ranked = [by_key[k] for k in adjusted_first(list(by_key))]
        lines = [ReviewLine(section="factors", about=say("Baseline factors"),
                            statement=_few([f.label for f in ranked]) + "."
                            if ranked else say("None."), evidence=_joined(self._asked("factors"), self.evidence(
                                *(f.column for f in factors if f.formula))))]
        ordered = [f for f in ranked if f.kind == "categorical" and len(_levels(f)) >= _LEVELS
                   and lowest_first(_levels(f))]  # countries have none
        if ordered:
            shown = "; ".join(f"{f.label}: {' < '.join(_levels(f)[:_NAMED])}" for f in ordered[:_ORDERED])
            lines.append(ReviewLine(section="factors", about=say("Order of levels"),
                                    statement=say("{levels}. The first is the reference unless another is chosen.",
                                                  levels=shown)))
        return lines

    def aside(self) -> list[ReviewLine]:
        """Say which columns are left aside; each can be added by name."""
        used = {c for _, c in self.mapping.columns_used()} | set(self.mapping.identifiers)
        left = [c for c in self.table.columns if c not in used]
        if not left:
            return []
        return [ReviewLine(section="factors", about=say("Left aside"),
                           statement=say("{columns}: {names}. Any can be added by name.",
                                         columns=plural(len(left), "column"), names=_few(left)), evidence=" ".join(
                               f"{c}: {why}" for c in left if (why := self.evidence(c)))[:_LONGEST])]


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _time_words(endpoint: EndpointRole) -> str:
    unit = say(" in {entry_unit}", entry_unit=endpoint.entry_unit) if endpoint.entry_unit else ""
    unit = say(", a date, with time zero on “{start}”",
               start=endpoint.start) if endpoint.time and endpoint.start else unit
    entry = say(", under observation from “{entry}”{unit} (late entry)", entry=endpoint.entry,
                unit=unit) if endpoint.entry else ""
    if endpoint.time:
        other = say(", where it is empty “{otherwise}”", otherwise=endpoint.otherwise) if endpoint.otherwise else ""
        return say("Time “{time}” in {unit}{other}{entry}.", time=endpoint.time, unit=say(endpoint.unit), other=other,
                   entry=entry)
    ends = say(", else ").join(f"“{c}”" for c in endpoint.end)
    return say("Time from “{start}” to {ends}{entry}.", start=endpoint.start, ends=ends, entry=entry)


def _event_words(endpoint: EndpointRole) -> str:
    causes = say(", with competing causes {causes}",
                 causes=', '.join(dict.fromkeys(endpoint.causes.values()))) if endpoint.causes else ""
    if endpoint.event_dates:
        return say("Event: a date in {columns}; who has none is censored.",
                   columns=say(" or ").join(f'“{c}”' for c in endpoint.event_dates))
    return say("Event: “{event}” is {event_values}{causes}.", event=endpoint.event,
               event_values=say(" or ").join(endpoint.event_values), causes=causes)


def _where(mapping: ColumnMapping) -> str:
    return say("the row counts where “{column}” is {value}", column=mapping.rows.column,
               value=mapping.rows.value) if mapping.rows else ""


def _levels(factor: FactorRole) -> list[str]:
    return list(dict.fromkeys(factor.levels.values()))


def _few(names: Sequence[str]) -> str:
    more = say(" and {n} more", n=len(names) - _NAMED) if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
