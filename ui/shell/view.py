"""The view that the address holds: endpoint, strata and filters; levels and cut-points only, never a patient's value.

Options of a page are held there by their widgets (see `state.KEPT`). The session is the truth: the address follows it,
and is read once, when a session begins.
"""

from __future__ import annotations

import streamlit as st

from core.cohort import SELECTION, Cohort, Filters, Groups
from core.errors import FilterError
from core.schema import ARM
from ui.shell import cache, state
from ui.shell.state import View, session

_ENDPOINT, _BY, _FILTERS, _GROUPS = "endpoint", "by", "filters", "groups"
ONE_CURVE = "none"


def first_choices(whole: Cohort) -> tuple[str, str | None]:
    """Return the endpoint and the strata that a cohort begins with."""
    return whole.endpoints[0] if whole.endpoints else "", ARM if whole.mapping.arm else None


def parameters(whole: Cohort) -> dict[str, str]:
    """Return the query parameters that lead back to what the session shows; those alone that differ from its begin."""
    current, (endpoint, by) = session(), first_choices(whole)
    wanted = state.own_parameter()
    if current.waiting:  # a file is missing: what the address says of it stays
        return wanted | {k: v for k, v in vars(current.waiting).items() if v}
    if current.endpoint and current.endpoint != endpoint:
        wanted[_ENDPOINT] = current.endpoint
    if current.by not in (by, ""):
        wanted[_BY] = current.by or ONE_CURVE
    if current.filters:
        wanted[_FILTERS] = current.filters.key
    if current.groups:
        wanted[_GROUPS] = current.groups.key
    return wanted


def show_in_address(whole: Cohort) -> None:
    """Let the address say what the session shows."""
    wanted, shown = parameters(whole), st.query_params
    for name in (_ENDPOINT, _BY, _FILTERS, _GROUPS):
        if name in wanted and shown.get(name) != wanted[name]:
            shown[name] = wanted[name]
        elif name not in wanted and name in shown:
            del shown[name]


def read_address() -> None:
    """Remember what the address says, when a session begins; `take` puts it on once there is a cohort."""
    asked = {name: st.query_params.get(name, "") for name in (_ENDPOINT, _BY, _FILTERS, _GROUPS)}
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
        misfits.append(f"There is no endpoint {view.endpoint!r} in this cohort.")
    if view.by == ONE_CURVE:
        current.by = None
    elif view.by in (SELECTION, *whole.variables):
        current.by = view.by
    elif view.by:
        misfits.append(f"There is no variable {view.by!r} in this cohort.")
    current.filters, unfit = fitting(whole, view.filters)
    current.misfits = [*misfits, *unfit]


def _with_groups(whole: Cohort, text: str) -> tuple[Cohort, list[str]]:
    """Put on the named groups of a JSON text; return the cohort with them, and why those were left out that were."""
    if not text:
        return whole, []
    try:
        groups = Groups.from_json(text)
        whole = cache.grouped(whole, groups)
    except FilterError as error:
        return whole, [f"The named groups: {error}"]
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
