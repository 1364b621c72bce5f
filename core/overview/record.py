"""Which comparisons of survival a session has looked at, and which analyses were declared before.

Of many tests a twentieth is below .05 by chance alone; Benjamini and Hochberg's p says what is left. What was declared
before it was looked at is pre-specified, a selection made after outcomes were seen is exploratory.
Source: Benjamini, Hochberg. J R Stat Soc B 1995;57:289.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field, fields, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from core.cohort import Filters
from core.errors import CohortError
from core.format import fixed, plural
from core.language import say
from core.statistics import adjusted
from core.survival import WEIGHTS

LEVEL = 0.05
_MOST = 2000  # comparisons that are kept
_NO_OUTCOME = ("composition", "baseline", "attrition", "missing", "published", "audit")


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is compared: an endpoint between the strata of `by`, of the patients who pass `filters` (as JSON).

    `pane` names the level of a plot per level; `coding` identifies how the file's columns are read, cuts among it.
    """

    endpoint: str
    by: str
    filters: str = "{}"
    pane: str = ""
    coding: str = ""

    @property
    def digest(self) -> str:
        """Identify the question: eight hexadecimal digits."""
        return hashlib.sha256("\x1f".join(astuple(self)).encode()).hexdigest()[:8]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A comparison that was looked at: in words, with the p-value of its log-rank test."""

    question: Question
    words: str
    p_value: float


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """A declared analysis.

    Attributes
    ----------
    on : the day, as 2026-11-29
    seen : it had been looked at when it was declared
    """

    question: Question
    words: str
    test: str
    on: str
    seen: bool


def question(endpoint: str, by: str, filters: Filters, pane: str = "", coding: str = "") -> Question:
    """Return what is compared; the order of conditions, and of levels in one, does not count."""
    conditions = {k: filters.conditions[k] for k in sorted(filters.conditions)}
    ordered = Filters({k: c if c.levels is None else replace(c, levels=tuple(sorted(c.levels)))
                       for k, c in conditions.items()})
    return Question(endpoint=endpoint, by=by, filters=ordered.key, pane=pane, coding=coding)


@dataclass
class Record:
    """The record of one cohort in one session; a comparison that is looked at again counts once."""

    comparisons: dict[Question, Comparison] = field(default_factory=dict)
    analyses: list[Analysis] = field(default_factory=list)

    def look(self, asked: Question, words: str, p_value: float) -> None:
        """Note a comparison whose p-value was shown."""
        if asked not in self.comparisons and len(self.comparisons) < _MOST and not math.isnan(p_value):
            self.comparisons[asked] = Comparison(question=asked, words=words, p_value=float(p_value))

    def declare(self, asked: Question, words: str, *, test: str, on: date) -> Analysis:
        """Declare an analysis; one that was declared already stays as it was.

        Raises
        ------
        CohortError
            If there is no such test.
        """
        if test not in WEIGHTS:
            raise CohortError(say("There is no test {test}.", test=f"{test!r}"),
                              say("Choose one of: {weights}.", weights=', '.join(WEIGHTS)))
        former = next((a for a in self.analyses if a.question == asked), None)
        if former is None:
            former = Analysis(question=asked, words=words, test=test, on=on.isoformat(), seen=asked in self.comparisons)
            self.analyses.append(former)
        return former

    def before(self, later: Record) -> Record:
        """Return this record with what a later one has beside it."""
        out = Record(dict(self.comparisons), list(self.analyses))
        for one in later.comparisons.values():
            out.look(one.question, one.words, one.p_value)
        declared = {a.question for a in out.analyses}
        out.analyses += [replace(a, seen=a.seen or a.question in self.comparisons) for a in later.analyses
                         if a.question not in declared]
        return out

    def withdraw(self, asked: Question) -> None:
        """Take a declared analysis away; nothing where it is not there any more."""
        self.analyses = [a for a in self.analyses if a.question != asked]

    @property
    def by_chance(self) -> float:
        """How many of the comparisons would be below .05 if nothing differed anywhere."""
        return LEVEL * len(self.comparisons)

    def table(self) -> pd.DataFrame:
        """Return the comparisons as they were seen: words, p_value, p_adjusted (R: p.adjust, "BH")."""
        p = np.array([c.p_value for c in self.comparisons.values()], float)
        return pd.DataFrame({"words": [c.words for c in self.comparisons.values()], "p_value": p,
                             "p_adjusted": adjusted(p, "BH")})

    def summary(self) -> str:
        """Say how many comparisons there were, how many are below .05, and how many would be by chance."""
        table = self.table()
        return (say("{comparisons} of survival looked at: {below} with p < .05, where {by_chance} would be by chance; "
                    "{adjusted} after Benjamini and Hochberg.", comparisons=plural(len(table), 'comparison'),
                    below=int((table.p_value < LEVEL).sum()), by_chance=fixed(self.by_chance, 2),
                    adjusted=int((table.p_adjusted < LEVEL).sum())))

    def standing(self, slug: str, asked: Question, *, answers: bool, selected: str = "") -> str:
        """Say of a figure whether its analysis was declared before, or is exploratory; "" where neither.

        Parameters
        ----------
        slug : the figure's
        answers : whether it shows the curves of the question itself
        selected : what was selected to make it, such as "these patients were selected"; "" for nothing
        """
        declared = next((a for a in self.analyses if a.question == asked), None)
        if declared and answers:
            words = say("declared on {on} ({words}, {test})", on=declared.on, words=declared.words, test=declared.test)
            return say("Exploratory: {words} after it had been looked at.", words=words) if declared.seen else \
                say("Pre-specified: {words} before this session looked at it.", words=words)
        planned = any(a.question.filters == asked.filters and not a.seen for a in self.analyses)
        if not selected or planned or not self.comparisons or slug.startswith(_NO_OUTCOME):
            return ""
        looked = plural(len(self.comparisons), "comparison")
        return say("Exploratory: {selected} after outcomes had been seen ({looked} in this session).",
                   selected=selected, looked=looked)

    def to_json(self) -> dict[str, Any]:
        """Return the record as plain JSON data; there is no patient in it."""
        return {"comparisons": [asdict(c) for c in self.comparisons.values()],
                "analyses": [asdict(a) for a in self.analyses]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Record:
        """Read what `to_json` wrote.

        Raises
        ------
        CohortError
            If it is damaged.
        """
        out = cls()
        for one in _listed(data, "comparisons"):
            read = _read(Comparison, one)
            if not 0 <= read.p_value <= 1:
                raise CohortError(say("The record of comparisons is damaged: 'p_value'."), _HELP)
            out.look(read.question, read.words, read.p_value)
        analyses = [_read(Analysis, one) for one in _listed(data, "analyses")]
        out.analyses = list({a.question: a for a in reversed(analyses)}.values())[::-1]  # the first of each question
        return out


_STANDING = ("Exploratory: ", "Pre-specified: ", "探索性分析：", "预先设定：")
_HELP = "Give a session file that “Save” has made."
_KINDS: dict[str, Any] = {"p_value": (int, float), "seen": bool}


def _listed(data: Mapping[str, Any], name: str) -> list[Any]:
    listed = data.get(name, [])
    if not isinstance(listed, list) or len(listed) > _MOST:
        raise CohortError(say("The record of comparisons is damaged: {name}.", name=f"{name!r}"), _HELP)
    return listed


def _read(kind: Any, data: Any) -> Any:
    """Build one of the record's classes from JSON, every part of the type it must have."""
    names = [f.name for f in fields(kind)]
    if not isinstance(data, Mapping) or set(data) != set(names):
        raise CohortError(say("The record of comparisons is damaged."), _HELP)
    parts = {}
    for name in names:
        value = _read(Question, data[name]) if name == "question" else data[name]
        if name != "question" and not isinstance(value, _KINDS.get(name, str)):
            raise CohortError(say("The record of comparisons is damaged: {name}.", name=f"{name!r}"), _HELP)
        parts[name] = value
    return kind(**parts)


def standing(warnings: Sequence[str]) -> tuple[str, ...]:
    """Return those that say whether an analysis was exploratory or planned, in whatever language."""
    return tuple(w for w in warnings if w.startswith(_STANDING))
