"""What a person gives at once, told apart by content: a cohort, a list of adverse events, ADaM, a mapping."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from core.errors import CohortError, MappingError, NeedsAnswer, merged
from core.findings import Findings
from core.guessing import guess_mapping, is_event_list
from core.intake.adam import kind_of, study_of
from core.intake.event_list import guess_event_file
from core.intake.session_file import SessionFile, is_session
from core.language import say
from core.mapping import ColumnMapping
from core.read_options import ReadOptions
from core.reading import Progress, TextTable, codebook_of, fingerprint, read_table, with_codebook


@dataclass(kw_only=True)
class Loading:
    """Files that are being made into a cohort: the table, its mapping so far, what is still asked."""

    table: TextTable
    mapping: dict[str, Any]
    guessed: dict[str, Any]
    events: TextTable | None = None
    findings: list[dict[str, object]] = field(default_factory=list)
    questions: list[NeedsAnswer] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)  # questions that a person answered, and the answers
    guessed_here: bool = True  # and not given with the files
    unread: dict[str, str] = field(default_factory=dict)  # older files that cannot be read, and why
    session: SessionFile | None = None  # that was given with the files
    misfit: str = ""  # why the session's mapping is not used

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the cohort that the files make."""
        return fingerprint(self.table, self.events)

    def open_questions(self) -> list[NeedsAnswer]:
        """Return the questions whose answer the mapping does not hold yet."""
        return [q for q in self.questions if not self._settled(q)]

    def _settled(self, question: NeedsAnswer) -> bool:
        """Tell whether what the answers would change was changed, by an answer or by hand."""
        paths = {path for change in question.changes for path in _leaves(change)}
        gone = {path for change in question.changes for path in _leaves(change) if _at(change, path) is None}
        return any(_at(self.mapping, p) != _at(self.guessed, p) for p in paths - gone) or \
            any((_at(self.mapping, p) is None) != (_at(self.guessed, p) is None) for p in gone)

    def settled(self, answered: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the mapping with what was answered, once no question is open.

        Raises
        ------
        NeedsAnswer
            With the next question, and the mapping so far.
        """
        if answered and set(answered) <= {"reading", "answered"}:  # how the file is read was asked before its columns
            answered = {**self.mapping, **answered}
        self.mapping = dict(answered or self.mapping)
        done = self.mapping.get("answered", [])
        for q in self.open_questions():
            if q.problem not in done:
                raise NeedsAnswer(q.problem, q.remedy, q.choices, q.changes, self.mapping, meanings=q.meanings)
        return {k: v for k, v in self.mapping.items() if k != "answered"}

    def findings_that_hold(self) -> list[dict[str, object]]:
        """Return what was assumed of columns whose roles are still those that were guessed."""
        current, then = _plain(self.mapping), _plain(self.guessed)
        return [f for f in self.findings
                if not f["column"] or _roles_of(current, str(f["column"])) == _roles_of(then, str(f["column"]))]

    def answer(self, question: NeedsAnswer, choice: str) -> None:
        """Take a person's answer; the same as what was guessed is an answer, too."""
        self.mapping = merged(self.mapping, question.changes[question.choices.index(choice)])
        self.questions = [q for q in self.questions if q is not question]
        self.answers.append((question.problem, choice))


def is_half_answered(mapping: object) -> TypeGuard[Mapping[str, Any]]:
    """Tell whether a mapping comes from an answer to a question, so that others may be open."""
    return isinstance(mapping, Mapping) and bool(mapping.get("answered"))


def is_mapping(data: bytes) -> bool:
    """Tell whether a file is a mapping rather than a table."""
    if not data[:100].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return False
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and bool({"endpoints", "factors", "patient_id", "arm"} & set(content))


def load_files(files: Sequence[tuple[str, bytes]], options: ReadOptions | None = None, *,
               progress: Progress = lambda share: None) -> Loading:
    """Read what a person gave at once, names and bytes: the newest cohort among the files counts.

    An older file that cannot be read is passed over, and told in `unread`.

    Parameters
    ----------
    options : how to read the newest table; None: as a session among the files says, else as is detected

    Raises
    ------
    CohortError
        If the newest table cannot be read, or no cohort is among the files.
    """
    session = next((SessionFile.from_bytes(data) for _, data in reversed(files) if is_session(data)), None)
    files = [(name, data) for name, data in files if not is_session(data)]
    mappings = [data.decode("utf-8-sig") for _, data in files if is_mapping(data)]
    tables = [(name, data) for name, data in files if not is_mapping(data)]
    if not tables and session:
        raise CohortError(say("This session was saved with {name}.", name=session.name), say("Add that file."))
    if not tables:
        raise CohortError(say("This is a mapping, and no cohort is with it."), say("Add the cohort's file."))
    read, unread = [], {}
    for name, data in tables[:-1]:
        try:
            read.append(read_table(data, name=name))
        except CohortError as error:
            unread[name] = str(error)
    name, data = tables[-1]
    if session and options is None:
        options = session.read_options()
    read.append(read_table(data, name=name, options=options, progress=progress))
    loading = _resumed(read, session) if session and not mappings else begin(read, mappings[-1] if mappings else None)
    loading.unread, loading.session = unread, session
    return loading


def _resumed(tables: Sequence[TextTable], session: SessionFile) -> Loading:
    """Begin with a session's mapping; where that does not fit the tables, with a guess, and say why."""
    try:
        return begin(tables, session.mapping)
    except CohortError as error:
        loading = begin(tables)
        loading.misfit = str(error)
        return loading


def begin(tables: Sequence[TextTable], mapping: Mapping[str, Any] | str | None = None, *,
          adam: bool = False) -> Loading:
    """Tell tables apart and guess the mapping, where none is given.

    Of several cohort files the last counts; `adam` says that all are ADaM datasets.

    Raises
    ------
    MappingError
        If there is no cohort among them, or the mapping does not fit.
    """
    if adam or any(kind_of(t) in ("ADTTE", "ADAE") for t in tables):
        study = study_of([t for t in tables if adam or kind_of(t)])
        chosen = None if mapping is None else ColumnMapping.from_json(mapping, study.table.columns)
        data = (chosen or study.mapping).to_json()
        return Loading(table=study.table, mapping=data, guessed=deepcopy(data), events=study.events,
                       questions=[] if chosen else list(study.questions), guessed_here=chosen is None)
    tables = _with_codebooks(tables)
    lists = [t for t in tables if is_event_list(t, alone=len(tables) == 1)]
    if len(lists) == len(tables) > 1:  # a small cohort may look like one
        lists = [t for t in tables if is_event_list(t)]
    cohorts = [t for t in tables if t not in lists]
    if not cohorts:
        raise MappingError(say("{file} is a list of adverse events, with several rows per patient.",
                               file=lists[0].name or say("The file")),
                           say("Give the cohort with it: one row per patient."))
    table, events = cohorts[-1], lists[-1] if lists else None
    if mapping is not None:
        given = ColumnMapping.from_json(mapping, table.columns).to_json()
        return Loading(table=table, mapping=given, guessed=deepcopy(given), events=events, guessed_here=False)
    guess = guess_mapping(table)
    if others := [t.name for t in cohorts[:-1] if t.name]:
        guess.findings.append(_assumed(
            say("{file} is the cohort: the last that was given. Not used: {others}.",
                file=table.name or say("The last file"), others=', '.join(others)),
            say("Take the other files away, or give the cohort last.")))
    data = guess.mapping.to_json()
    if events is not None:
        data["adverse_events"]["file"] = dict(guess_event_file(events).items())
    return Loading(table=table, mapping=data, guessed=deepcopy(data), events=events, findings=guess.findings,
                   questions=guess.questions)


def _assumed(message: str, remedy: str) -> dict[str, object]:
    collected = Findings()
    collected.add("assumed", message, remedy=remedy)
    return collected.records[0]


def _with_codebooks(tables: Sequence[TextTable]) -> list[TextTable]:
    """Take data dictionaries from among tables, and give what they say to the tables that they are of.

    Raises
    ------
    MappingError
        If there is a dictionary alone.
    """
    books = [t for t in tables if any(codebook_of(t, other.columns) for other in tables if other is not t)]
    if len(tables) == 1 and {"Variable / Field Name", "Field Type"} <= set(tables[0].columns):
        raise MappingError(say("This is REDCap's data dictionary, and no cohort is with it."),
                           say("Add the export of the data."))
    out = [t for t in tables if t not in books]
    for source in books:
        name = source.name or say("The data dictionary")
        out = [with_codebook(t, book, name, source.sha256) if (book := codebook_of(source, t.columns)) else t
               for t in out]
    return out


def fits(mapping: Mapping[str, Any], table: TextTable) -> bool:
    """Tell whether every column that a mapping names is in a table."""
    try:
        ColumnMapping.from_json(mapping, table.columns)
    except CohortError:
        return False
    return True


def _plain(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a mapping in its full form, so that two can be compared."""
    try:
        return ColumnMapping.from_json(mapping).to_json()
    except CohortError:
        return mapping


def _roles_of(mapping: Mapping[str, Any], column: str) -> list[Any]:
    """Return every part of a mapping that names a column."""
    parts: list[Any] = [mapping.get("patient_id") == column]
    arm = mapping.get("arm") or {}
    parts.append(arm if arm.get("column") == column else None)
    for group in ("factors", "failure_sites"):
        parts += [part for part in mapping.get(group, {}).values() if column in _texts(part)]
    for part in mapping.get("endpoints", {}).values():
        if column in _texts(part):  # of its event its values, of its time the rest
            of_event = part.get("event") == column
            parts.append({k: v for k, v in part.items() if (k in ("event", "event_values")) == of_event})
    return parts


def _texts(part: Mapping[str, Any]) -> list[Any]:
    return [t for v in part.values() for t in (v if isinstance(v, list) else [v])]


def _leaves(change: Mapping[str, Any], path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    out: list[tuple[str, ...]] = []
    for key, value in change.items():
        place = (*path, key)
        out += _leaves(value, place) if isinstance(value, Mapping) and len(place) < 3 else [place]
    return out


def _at(data: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = data
    for key in path:
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    return value
