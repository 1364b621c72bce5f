"""Conditions of variables, in the sidebar and behind a chip: levels, ranges of a number, adverse events."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from core.cohort import Cohort, Condition, level_counts, quarters
from core.language import say, spoken
from core.mapping import FactorRole
from ui.shell import actions
from ui.shell.modules import joined
from ui.shell.state import chart_id, session

Field = dict[str, Any]
MODULES = ("shell/dom.js", "shell/numbers.js", "shell/meant.js", "shell/conditions.js")
_conditions = st.components.v2.component(
    "cohortscope_conditions", html="<div class='cs-conditions'></div>", isolate_styles=False,
    css=(Path(__file__).parent / "conditions.css").read_text(encoding="utf-8"),
    js=joined(*MODULES))


def conditions(cohort: Cohort, name: str, fields: Sequence[Field]) -> None:
    """Draw fields; `name` says where, so that the same variable can be asked about in two places."""
    key = f"{name}-{chart_id(cohort)}-{spoken()}"
    known = actions.listen(cohort.whole, key)
    _conditions(key=key, data={**known, "fields": list(fields)}, on_actions_change=lambda: actions.take(cohort.whole))


def condition_of(cohort: Cohort, key: str, *, with_quarters: bool = False) -> Field:
    """Describe a variable's condition: its levels or ranges; of an adverse event only whether it is excluded."""
    variable, condition = cohort.variable(key), session().filters.conditions.get(key, Condition())
    out = {"key": key, "label": variable.label, "negated": condition.negated, "withMissing": bool(condition.missing),
           "missing": int(cohort.whole.values(key).isna().sum()), "ranges": condition.ranges}
    if variable.kind == "grade":
        return out | {"kind": "levels", "names": [], "counts": [], "chosen": []}
    if variable.kind == "categorical":
        both = zip(level_counts(cohort, key), level_counts(cohort.whole, key), strict=True)
        return out | {"kind": "levels", "names": list(cohort.levels(key)), "chosen": list(condition.levels or ()),
                      "counts": [f"{selected}/{everybody}" for selected, everybody in both]}
    return out | {
        "kind": "ranges", "unit": variable.unit,
        "usual": [{side: _sign(variable, key, number, side) for side in actions.SIDES}
                  for number in range(len(condition.ranges) + 1)],
        "quarters": _quarters(cohort, variable, condition) if with_quarters else []}


def has_choices(cohort: Cohort, key: str) -> bool:
    """Tell whether a variable has levels or numbers to choose from. Adverse events have lists of their own."""
    kind = cohort.variable(key).kind
    return kind == "numeric" or (kind == "categorical" and len(cohort.levels(key)) > 1)


def _sign(variable: FactorRole, key: str, number: int, side: str) -> str:
    """Return the sign that a bound begins with: the one chosen last, else that of the variable's first group."""
    signs = actions.SIDES[side]
    closed = variable.cuts[0].closed if variable.cuts else "left" if side == "from" else "right"
    return session().signs.get((key, number, side)) or signs[int((closed == "right") == (side == "from"))]


def _quarters(cohort: Cohort, variable: FactorRole, condition: Condition) -> list[Field]:
    """Describe the quarters of a number's values, each with its interval; none where they are fewer than two."""
    groups = quarters(cohort.whole, variable.key)
    return [{"words": group.words(variable.unit), "on": group.bounds in condition.ranges}
            for group in groups] if len(groups) > 1 else []


def adverse_events(cohort: Cohort) -> list[Field]:
    """Describe who had an adverse event: two lists of terms in place of a field per term."""
    terms = {k: v.label for k, v in cohort.variables.items() if v.kind == "grade"}
    filters, words = session().filters.conditions, cohort.mapping.grade_words
    return [{"kind": "events", "key": "", "band": band, "keys": list(terms), "names": list(terms.values()),
             "label": say("Had adverse event, {words}", words=words.band(band)),
             "on": [filters.get(key) == condition for key in terms]}
            for band, condition in actions.HAD.items()] if terms else []


def setting(name: str, label: str, at: int, help: str = "") -> Field:
    """Describe a number that a person can set."""
    return {"kind": "setting", "key": "", "name": name, "label": label, "at": at, "help": help}
