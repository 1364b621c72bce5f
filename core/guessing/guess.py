"""Guess the column mapping of a text table from its headers and values, and say what was assumed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from core import schema
from core.errors import MappingError, NeedsAnswer
from core.findings import Findings
from core.guessing.decimal_marks import ask_decimal_marks
from core.guessing.guess_arm import ArmGuess, counts_of
from core.guessing.guess_dates import when_guess
from core.guessing.guess_endpoints import EndpointGuess
from core.guessing.guess_factor import FactorGuess
from core.guessing.guess_factors import guess_factors
from core.guessing.headings import heading
from core.guessing.identifiers import is_identifier
from core.guessing.late_entry import start_and_stop
from core.guessing.levels import MANY, as_number, grade, labels_for, levels_of, squeeze
from core.guessing.questions import Answer, Questions
from core.language import say
from core.mapping import (
    DATE,
    MEANING_WORDS,
    ArmRole,
    ColumnMapping,
    EndpointRole,
    FactorRole,
    PopulationRole,
    RowRule,
    SafetyRole,
    category_of,
    dictionary,
    meaning_of,
    severity_place,
)
from core.reading import TextTable, differs_within, never_in_first_row

# A grade under such a header is no adverse event of the treatment.
_NO_EVENT_TERM = re.compile(r"baseline|\bpre|history|score|vas\b|type|number|any|before|史|评分|基线|治疗前",
                            re.IGNORECASE)
# Where a failure was: failure_local, "Local recurrence", distant_relapse; a heart failure is none.
_SITE = re.compile(r"^failure[_ .-]|(local|regional|distant|marginal|nodal|lymph|field|hepatic|肝内|肝外|局部|区域|"
                   r"远处)[\w .-]*(failure|recurrence|relapse|progression|失败|复发|进展)")
# What a row is of, and not the patient: events and instruments of REDCap, treatments of GDC.
_OF_A_ROW = re.compile(r"redcap|event[ _]?name|instrument|repeat|treatment[s]?[._ ]|therapeutic|regimen|^drug|agent",
                       re.IGNORECASE)
_ROUNDED_ID = re.compile(r"\d(\.\d+)?E\+\d{2,}", re.IGNORECASE)
_NEARLY_ALL, _OFTEN, _ENOUGH = 0.9, 0.3, 10


_MOST_ASKED = 8  # levels of a response that are asked about one by one; of more the form asks


@dataclass(kw_only=True)
class Guess:
    """A guessed mapping, what it assumed, and what only a person can answer."""

    mapping: ColumnMapping
    findings: list[dict[str, object]] = field(default_factory=list)
    questions: list[NeedsAnswer] = field(default_factory=list)


def guess_mapping(table: TextTable) -> Guess:
    """Guess which column plays which role.

    Raises
    ------
    MappingError
        If the table is no cohort: turned on its side, or a long list of adverse events.
    """
    return _Guesser(table).run()


def factor_for(table: TextTable, column: str, missing: Iterable[str], key: str, *,
               later: bool = False) -> FactorRole:
    """Make the factor that a column would be if it were chosen to be one."""
    return FactorGuess(table, column, schema.spellings(missing)).role(key, known="later" if later else "baseline")


def is_event_list(table: TextTable, *, alone: bool = True) -> bool:
    """Tell whether a table lists adverse events: patients, a term in words and a CTCAE grade.

    Alone, patients must also repeat in it; beside a cohort they need not.
    """
    folded = {dictionary.fold(c): c for c in reversed(table.columns)}

    def named(role: str) -> list[str]:
        return [folded[n] for n in dictionary.AE_FILE_NAMES[role] if n in folded]

    repeats = any(table.cells[c].n_distinct <= _NEARLY_ALL * len(table) for c in named("patient"))
    terms = [c for c in named("term") if _in_words(table, c)]
    grades = [c for role in ("grade", "severity") for c in named(role) if c not in terms and _is_graded(table, c)]
    survival = any(f.startswith(name.lower()) for f in folded for name in ("OS", "PFS", "RFS")) or \
        {"time", "futime", "status"} & set(folded)
    return bool(named("patient") and (repeats or not alone) and terms and grades and not survival)


def _in_words(table: TextTable, column: str) -> bool:
    levels = levels_of(table.cells[column], schema.MISSING)
    return sum(len(v) > 2 and as_number(v) is None for v in levels) * 2 > len(levels)


def _is_graded(table: TextTable, column: str) -> bool:
    levels = levels_of(table.cells[column], schema.MISSING)
    return 0 < len(levels) <= 12 and all(grade(v) is not None or severity_place(v) is not None
                                             for v in levels)


class _Guesser:
    """Take columns out of the table role by role; what is left may become factors."""

    def __init__(self, table: TextTable) -> None:
        self.table = table
        self.n = len(table)
        self.findings = Findings()
        self.questions = Questions()
        self.levels = {c: levels_of(table.cells[c], schema.MISSING) for c in table.columns}
        self.identifiers = tuple(c for c in table.columns if is_identifier(c, table.cells[c]))
        self.free = [c for c in table.columns if c not in self.identifiers]
        self.missing_in: dict[str, tuple[str, ...]] = {}
        self.rows: RowRule | None = None
        self.later: tuple[str, ...] = ()  # columns that are filled in later rows of a patient alone
        self.population: PopulationRole | None = None

    def run(self) -> Guess:
        self._refuse_other_shapes()
        self._say_identifiers()
        patient_id = self._take_id()
        endpoints = self._take_endpoints()
        arm = self._take_arm()
        adverse = self._take_adverse_events()
        response, sites = self._take_response(), self._take_failure_sites()
        safety = self._take_safety()
        patient_id = patient_id or self._first_column_as_id()
        response, sites = self._dated(endpoints, response, sites)
        factors = guess_factors(self.table, self.free, self.findings, self.questions, self.later)
        mapping = ColumnMapping(
            patient_id=patient_id, rows=self.rows, population=self.population, arm=arm, endpoints=endpoints,
            response=response, failure_sites=sites, adverse_events=adverse, safety=safety, factors=factors.roles,
            missing_in={**self.missing_in, **factors.missing_in}, identifiers=self.identifiers,
            reading=self.table.options)
        ask_decimal_marks(self.table, mapping, self.questions)
        data = mapping.to_json()
        return Guess(mapping=mapping, findings=self.findings.records, questions=self.questions.errors(data))

    def _heading(self, column: str) -> str:
        return heading(self.table, column)

    def _take(self, column: str) -> str:
        self.free.remove(column)
        return column

    def _refuse_other_shapes(self) -> None:
        first = self.table.columns[0]
        down = [v for v in self.levels[first] if dictionary.dictionary_entry(v)
                or dictionary.fold(v) in (*dictionary.ARM_NAMES, *dictionary.ID_NAMES)]
        across = [c for c in self.table.columns[1:] if dictionary.dictionary_entry(self._heading(c))]
        if len(down) >= 3 and len(down) > 3 * len(across):
            raise MappingError(say("The table lies on its side: its first column holds the names of variables "
                                   "({down}).", down=', '.join(down[:3])),
                               say("Transpose it: one row per patient, one column per "
                                                                "variable (in Excel: copy, Paste special, Transpose)."))
        if is_event_list(self.table):
            raise MappingError(say("This is a list of adverse events, with several rows per patient and not one."),
                               say("Load the cohort, one row per patient, and give this list beside it as the "
                                   "adverse-event file."))

    def _distinct(self, column: str) -> int:
        cells = self.table.cells[column]
        return int((~cells.is_in(schema.MISSING)).sum())

    def _say_identifiers(self) -> None:
        for column in self.identifiers:
            self.findings.add("warning", say("This column may identify the patient. It is not used, and no export "
                                             "shows it."), column=column,
                              remedy=say("Drop it at once with “Drop identifying columns”."))

    def _take_id(self) -> str | None:
        """Take the column named as an id that tells all rows apart; else the one by which patients repeat."""
        named = [c for c in self.free if dictionary.fold(self._heading(c)) in dictionary.ID_NAMES]
        named = [c for c in named if not self._is_destroyed(c)]
        for column in named:
            if self._distinct(column) > _NEARLY_ALL * self.n:
                return self._take(column)  # where two rows share an id, validation names them
        for column in named:
            if dictionary.fold(self._heading(column)) not in dictionary.COUNTER_NAMES and self._repeats(column):
                self._refuse_start_stop(column)
                if not self._merge_rows(column):
                    self._ask_rows(column)
                return self._take(column)
        mostly = next((c for c in named if self._distinct(c) * 2 > self.n), None)
        return self._take(mostly) if mostly else None  # its doubles are refused by name

    def _is_destroyed(self, column: str) -> bool:
        """Tell whether a spreadsheet turned ids into powers of ten, as 1.23E+11, which tell nobody apart."""
        cells = self.table.cells[column]
        rounded = [i for i, t in enumerate(cells.values.slice(0, MANY).to_pylist()) if _ROUNDED_ID.fullmatch(t)]
        if not rounded or cells.counts[rounded].max() < 2:
            return False
        example = cells.values[rounded[0]].as_py()
        self.findings.add("warning", say("A spreadsheet turned ids of {column} into numbers such as {example}, which "
                                         "several patients have: it is not used, and each row counts as a patient.",
                                         column=f"{column!r}", example=example), column=column,
                          value=example, remedy=say("Export the ids as text from their source."))
        self.free.remove(column)
        return True

    def _first_column_as_id(self) -> str | None:
        """Take a first column that played no role and tells all rows apart."""
        first = self.table.columns[0]
        if first in self.free and self._tells_apart(first):
            self.findings.add("assumed", say("It is taken as the patient id: the first column, and different in "
                                             "every row."),
                              column=first, remedy=say("Choose another under “Patient id”, or none."))
            return self._take(first)
        self.findings.add("assumed", say("No column holds a unique patient id: patients are identified by their row "
                                         "in the file."), remedy=say("Choose the column under “Patient id”."))
        return None

    def _repeats(self, column: str) -> bool:
        """Tell whether patients have several rows each: not a few doubles, and not a few groups."""
        counts = self.table.cells[column].counts[~self.table.cells[column].is_in(schema.MISSING)]
        return bool(counts.size > 1 and counts.size * 20 > self.n and (counts > 1).mean() > _OFTEN)

    def _tells_apart(self, column: str) -> bool:
        """Tell whether a column without a known name numbers the patients."""
        cells = self.table.cells[column]
        whole = [t for t in cells.values.slice(0, MANY).to_pylist() if t.isdecimal() or not as_number(t)]
        return (cells.n_distinct == self.n >= _ENOUGH and len(whole) == min(self.n, MANY)
                and not cells.is_in(schema.MISSING).any() and not dictionary.dictionary_entry(self._heading(column))
                and not dictionary.time_unit_in(self._heading(column)) and len(self.free) > 1)

    def _refuse_start_stop(self, column: str) -> None:
        """Refuse a file of intervals in those words: no row of a patient is the patient."""
        pair = start_and_stop(self.table, column)
        if pair:
            raise MappingError(
                say("This is a start/stop (counting process) file: {n} rows are intervals from {pair} to {pair2} of "
                    "{distinct} patients. Covariates that change over time (time-dependent) are not fitted here.",
                    n=f"{self.n:,}", pair=f"{pair[0]!r}", pair2=f"{pair[1]!r}", distinct=f"{self._distinct(column):,}"),
                say("Give one row per patient: the covariates at time zero, the last {pair} as the time, the last "
                    "event, and the first {pair2} as late entry where it is after 0.", pair=f"{pair[1]!r}",
                    pair2=f"{pair[0]!r}"))

    def _merge_rows(self, column: str) -> bool:
        """Merge the rows of each patient where they differ in a treatment, or the name of an event or instrument alone.

        Such columns are left out: they say something of a row and not of the patient.
        """
        differ = [c for c in self.table.columns if c != column and differs_within(self.table, c, column)]
        headings = [self._heading(c) for c in differ]
        if any(not _OF_A_ROW.search(h) or dictionary.fold(h) in dictionary.ARM_NAMES for h in headings):
            return False
        self.later = tuple(c for c in self.table.columns if never_in_first_row(self.table, c, column))
        self.rows = RowRule(take="merge")
        self.free = [c for c in self.free if c not in differ]
        without = say(" Columns in which a patient's rows differ are not used: {differ}.",
                      differ=', '.join(differ)) if differ else ""
        self.findings.add("assumed", say("{n} rows hold {distinct} patients: the rows of each are merged, the first "
                                         "cell that is filled counts.{without}", n=f"{self.n:,}",
                                         distinct=f"{self._distinct(column):,}", without=without), column=column,
                          remedy=say("Choose which row counts under “Patient id”."))
        return True

    def _ask_rows(self, column: str) -> None:
        """Ask which row counts where patients have several, as visits."""
        answers = [Answer(say("The first row of each patient"), {"rows": {"take": "first"}}),
                   Answer(say("The last row of each patient"), {"rows": {"take": "last"}})]
        visit = next((c for c in self.free if dictionary.fold(self._heading(c)) in dictionary.VISIT_NAMES), None)
        words = [v for v in self.levels[visit] if v.lower() in dictionary.BASELINE_WORDS] if visit else []
        if visit and words:
            answers.insert(0, Answer(say("The row where {visit} is {words}", visit=visit, words=words[0]), {
                "rows": {"take": "where", "column": visit, "value": words[0]}}))
        self.questions.ask(say("{n} rows hold {distinct} patients ({column} repeats). Which row of a patient counts?",
                               n=f"{self.n:,}", distinct=f"{self._distinct(column):,}", column=f"{column!r}"),
                  say("A cohort has one row per patient; the rows not taken are listed."), answers)

    def _take_endpoints(self) -> tuple[EndpointRole, ...]:
        guess = EndpointGuess(self.table, self.free, self.levels, self.findings, self.questions)
        endpoints = guess.run()
        self.missing_in |= guess.missing_in
        self.free = [c for c in guess.free if c not in {c for e in endpoints for c in e.columns}]
        return endpoints

    def _take_arm(self) -> ArmRole | None:
        """Take the population and the arm, with the columns that say the same."""
        guess = ArmGuess(self.table, self.free, self.levels, self.findings, self.questions)
        arm = guess.run()
        self.free, self.population = guess.free, guess.population
        self.missing_in |= guess.missing_in
        return arm

    def _take_adverse_events(self) -> tuple[str, ...]:
        """Take columns of grades that are named as adverse events, by prefix or by a known term.

        Without the prefix a column must hold both 0 and a grade of 2 or more: 0/1 may be anything.
        """
        prefixed = [c for c in self.free if c.lower().startswith(schema.AE_PREFIX) and self._grades(c)
                    and dictionary.fold(self._heading(c)) not in ("aenumber", "aecount", "aeany", "aetotal", "aeyn")]
        terms = [c for c in self.free if c not in prefixed and not dictionary.dictionary_entry(self._heading(c))
                 and dictionary.ae_category(dictionary.ae_term(self._heading(c))) != "Other" and self._grades(c)
                 and not _NO_EVENT_TERM.search(self._heading(c))
                 and {0.0} < {grade(v) for v in self.levels[c]} - {1.0}]
        if terms:
            self.findings.add("assumed", say("Read as adverse events with CTCAE grades: {terms}.",
                                             terms=', '.join(terms)),
                              column=", ".join(terms), remedy=say("Take them out under “Adverse events”."))
        return tuple(self._take(c) for c in list(self.free) if c in (*prefixed, *terms))

    def _grades(self, column: str) -> bool:
        levels = self.levels[column]
        return len(levels) <= 8 and all(grade(v) is not None for v in levels)

    def _take_response(self) -> FactorRole | None:
        """Take the column of tumour response: by its name, else by values such as CR, PR, SD, PD."""
        rank = {v.lower(): i for i, v in enumerate(dictionary.RESPONSE_LEVELS)}
        named = [c for c in self.free if dictionary.fold(self._heading(c)) in dictionary.RESPONSE_NAMES]
        valued = [c for c in self.free if {"pr", "sd", "pd"} & {squeeze(v) for v in self.levels[c]}
                  and all(squeeze(v) in rank for v in self.levels[c])]
        column = next((c for c in (*named, *valued) if 1 < len(self.levels[c]) <= MANY), None)
        if column is None:
            return None
        labels = labels_for(self.levels[column], None, counts_of(self.table, column))
        labels = {v: category_of(label) or label for v, label in labels.items()}  # Complete Response is CR
        order = sorted(labels, key=lambda v: rank.get(squeeze(labels[v]), len(rank)))
        self._ask_meanings(column, list(dict.fromkeys(labels[v] for v in order)))
        return FactorRole(key=schema.RESPONSE, label="Response", column=self._take(column),
                          kind="categorical", levels={v: labels[v] for v in order}, known="later")

    def _ask_meanings(self, column: str, labels: list[str]) -> None:
        """Ask what levels of the tumour response mean whose names do not say it."""
        for label in [v for v in labels if not meaning_of(v)][:_MOST_ASKED]:
            self.questions.ask(say("What does the response {label} mean ({column})?", label=f"{label!r}",
                                   column=f"{column!r}"),
                      say("It decides who counts in the response rate and in disease control."),
                      [Answer(words, {"response": {"meanings": {label: meaning}}}) for meaning, words in
                       MEANING_WORDS.items()])

    def _take_failure_sites(self) -> tuple[FactorRole, ...]:
        sites = [c for c in self.free if _SITE.search(self._heading(c).lower()) and len(self.levels[c]) <= 2]
        dates = {dated[0] for c in sites if (dated := when_guess(self.table, c, sites))}
        sites = [c for c in sites if c not in dates]
        return tuple(self._site(self._take(c)) for c in sites)

    def _site(self, column: str) -> FactorRole:
        words = {"0": "no", "1": "yes"}
        return FactorRole(key=schema.factor_key(column), column=column,
                          label=self.table.labels.get(column) or schema.readable(column),
                          kind="categorical", known="later",
                          levels={v: words.get(v, v) for v in self.levels[column]})

    def _dated(self, endpoints: tuple[EndpointRole, ...], response: FactorRole | None,
               sites: tuple[FactorRole, ...]) -> tuple[FactorRole | None, tuple[FactorRole, ...]]:
        """Give response and failure sites the columns that say when they became known."""
        def dated(role: FactorRole) -> FactorRole:
            when = when_guess(self.table, role.column, self.free)
            if not when or (when[1] == DATE and not any(e.start for e in endpoints)):
                return role
            self.findings.add("assumed", say("It says when {label} became known ({when}).", label=role.label,
                                             when=when[1]), column=when[0],
                              remedy=say("Change it under “When it became known”."))
            return replace(role, when=self._take(when[0]), when_unit=when[1])

        return dated(response) if response else None, tuple(dated(s) for s in sites)

    def _take_safety(self) -> SafetyRole | None:
        for column in self.free:
            if dictionary.fold(self._heading(column)) in dictionary.SAFETY_NAMES:
                values = tuple(v for v in self.levels[column] if squeeze(v) in dictionary.YES_WORDS)
                if values:
                    self.findings.add("assumed", say("Adverse events are counted among the safety population: "
                                                     "{column} is {values}.", column=f"{column!r}",
                                                     values=', '.join(values)), column=column,
                                      remedy=say("Change “safety” in the mapping."))
                    return SafetyRole(column=self._take(column), values=values)
        return None
