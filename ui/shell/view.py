"""The view that the address holds: endpoint, strata, references, filters, groups, landmark, months of means.

Levels and cut-points only, never a patient's value.
Options of a page are held there by their widgets (see `state.KEPT`). The session is the truth: the address follows it,
and is read once, when a session begins.
"""

from __future__ import annotations

import json

import streamlit as st

from core.cohort import SELECTION, Cohort, Filters, Groups, with_references
from core.errors import FilterError
from core.format import plain_number
from core.language import say
from core.schema import ARM
from ui.shell import cache, language, state
from ui.shell.state import View, session

_NAMES = tuple(View.__dataclass_fields__)
_HELD = (*_NAMES, language.PARAMETER)
ONE_CURVE = "none"
_LONGEST = 1200.0  # months


def first_choices(whole: Cohort) -> tuple[str, str | None]:
    """Return the endpoint and the strata that a cohort begins with."""
    return whole.endpoints[0] if whole.endpoints else "", ARM if whole.mapping.arm else None


def parameters(whole: Cohort) -> dict[str, str]:
    """Return the query parameters that lead back to what the session shows; those alone that differ from its begin."""
    current, (endpoint, by) = session(), first_choices(whole)
    wanted = state.own_parameter() | language.parameter()
    if current.waiting:  # a file is missing: what the address says of it stays
        return wanted | {k: v for k, v in vars(current.waiting).items() if v}
    if current.endpoint and current.endpoint != endpoint:
        wanted["endpoint"] = current.endpoint
    if current.by not in (by, ""):
        wanted["by"] = current.by or ONE_CURVE
    if current.filters:
        wanted["filters"] = current.filters.key
    if current.groups:
        wanted["groups"] = current.groups.key
    if current.landmark:
        wanted["landmark"] = plain_number(current.landmark)
    if current.tau:
        wanted["tau"] = json.dumps(current.tau, ensure_ascii=False)
    if current.references:
        wanted["references"] = json.dumps(current.references, ensure_ascii=False)
    return wanted


def show_in_address(whole: Cohort) -> None:
    """Let the address say what the session shows.

    A run knows the address of the moment of its click. Where the answer to an earlier click has changed it since, it is
    told again, though nothing seems to differ.
    """
    shown, before = st.query_params, session().address
    wanted = {name: text for name, text in parameters(whole).items() if name in _HELD}
    session().address = wanted
    if before not in (None, wanted) and wanted == {name: shown[name] for name in _HELD if name in shown}:
        shown.update({})  # sends it as it is
    for name in _HELD:
        if name in wanted and shown.get(name) != wanted[name]:
            shown[name] = wanted[name]
        elif name not in wanted and name in shown:
            del shown[name]


def read_address() -> None:
    """Remember what the address says, when a session begins; `take` puts it on once there is a cohort."""
    asked = {name: st.query_params.get(name, "") for name in _NAMES}
    if any(asked.values()):
        session().waiting = View(**asked)


def take(whole: Cohort) -> None:
    """Put on the view that waits for a cohort; what does not fit is left out, and named in `misfits`."""
    current, view = session(), session().waiting
    if view is None:
        return
    current.waiting, misfits = None, []
    whole, unfit = _with_groups(whole, view.groups)
    misfits += unfit
    if view.endpoint in whole.endpoints:
        current.endpoint = view.endpoint
    elif view.endpoint:
        misfits.append(say("There is no endpoint {endpoint} in this cohort.", endpoint=f"{view.endpoint!r}"))
    if view.by == ONE_CURVE:
        current.by = None
    elif view.by in (SELECTION, *whole.variables):
        current.by = view.by
    elif view.by:
        misfits.append(say("There is no variable {by} in this cohort.", by=f"{view.by!r}"))
    current.filters, unfit = fitting(whole, view.filters)
    current.misfits = [*misfits, *unfit, *_take_months(whole, view), *_take_references(whole, view.references)]


def _take_months(whole: Cohort, view: View) -> list[str]:
    """Put on the landmark and the months to which restricted means run; return why those were left out that were."""
    current, misfits = session(), []
    if view.landmark:
        at = _month(view.landmark)
        if at:
            current.landmark = at
        else:
            misfits.append(say("{landmark} is no month for a landmark.", landmark=f"{view.landmark!r}"))
    try:
        months = json.loads(view.tau) if view.tau else {}
    except (ValueError, RecursionError):
        months = None
    if not isinstance(months, dict):
        return [*misfits, say("{tau} does not say to which months restricted means run.", tau=f"{view.tau!r}")]
    for endpoint, text in months.items():
        at = _month(text)
        if at and endpoint in whole.endpoints:
            current.tau[endpoint] = at
        else:
            misfits.append(say("Restricted means of {endpoint} cannot run to {text}.", endpoint=f"{endpoint!r}",
                               text=f"{text!r}"))
    return misfits


def _take_references(whole: Cohort, text: str) -> list[str]:
    """Put on the references of a JSON text that the cohort can have; return why the others were left out."""
    try:
        asked = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        return [say("{text} does not say what is compared with.", text=f"{text!r}")]
    misfits = []
    for key, level in asked.items():
        try:
            with_references(whole, {key: str(level)})
            session().references[key] = str(level)
        except FilterError as error:
            misfits.append(str(error))
    return misfits


def _month(text: object) -> float:
    """Return a month after time zero and within a long life, 0 where this is none."""
    try:
        at = float(str(text))
    except ValueError:
        return 0.0
    return at if 0 < at <= _LONGEST else 0.0


def _with_groups(whole: Cohort, text: str) -> tuple[Cohort, list[str]]:
    """Put on the named groups of a JSON text; return the cohort with them, and why those were left out that were."""
    if not text:
        return whole, []
    try:
        groups = Groups.from_json(text)
        whole = cache.grouped(whole, groups)
    except FilterError as error:
        return whole, [say("The named groups: {error}", error=error)]
    session().groups = groups
    return whole, []


def fitting(whole: Cohort, text: str) -> tuple[Filters, list[str]]:
    """Return the conditions of a JSON text that the cohort can have, and why the others were left out."""
    try:
        asked = Filters.from_json(text) if text else Filters()
    except FilterError as error:
        return Filters(), [str(error)]
    kept, misfits = {}, []
    for key, condition in asked.conditions.items():
        try:
            whole.filter(Filters({key: condition}))
            kept[key] = condition
        except FilterError as error:
            misfits.append(str(error))
    return Filters(kept), misfits
