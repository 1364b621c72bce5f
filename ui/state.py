"""What a session remembers, and the only place that touches `st.session_state` by name.

The filters are the truth; widgets and charts show them and write back through callbacks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.cohort import Cohort
from core.figure import Figure
from core.filters import Condition, Filters
from core.reading import TextTable

OWN = "own"  # query parameter: this browser had uploaded a file of its own
_HISTORY = 50


@dataclass
class Draft:
    """A file that is being mapped and is not yet the cohort."""

    table: TextTable
    mapping: dict[str, Any]
    findings: list[dict[str, object]] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)


@dataclass
class Session:
    """One browser session's state."""

    cohort: Cohort | None = None
    draft: Draft | None = None
    file_id: str = ""  # the upload that the draft was read from
    filters: Filters = field(default_factory=Filters)
    history: list[Filters] = field(default_factory=list)
    endpoint: str = ""
    by: str | None = None
    clicked: dict[str, frozenset[str]] = field(default_factory=dict)
    brushed: dict[str, Condition | None] = field(default_factory=dict)
    revision: dict[str, int] = field(default_factory=dict)
    figures: list[Figure] = field(default_factory=list)


def session() -> Session:
    """Return this session's state."""
    return st.session_state.setdefault("cohortscope", Session())


def set_filters(filters: Filters) -> None:
    """Put new filters on, and remember the old ones for Undo."""
    now = session()
    if filters.key != now.filters.key:
        now.history = [*now.history[-_HISTORY:], now.filters]
        now.filters = filters


def undo() -> None:
    """Take back the last change of filters."""
    now = session()
    if now.history:
        now.filters = now.history.pop()


def set_condition(key: str, condition: Condition | None) -> None:
    """Set or take away one variable's condition."""
    set_filters(session().filters.with_condition(key, condition))


def load(cohort: Cohort) -> None:
    """Make an uploaded cohort the session's; filters and choices of the former one end with it."""
    now = session()
    st.session_state["cohortscope"] = Session(cohort=cohort, draft=now.draft, file_id=now.file_id)
    st.query_params[OWN] = "1"


def clear() -> None:
    """Drop all of the session's data at once."""
    st.session_state["cohortscope"] = Session()
    st.query_params.pop(OWN, None)
    st.cache_resource.clear()


def expired() -> bool:
    """Tell whether this browser had a file of its own that the session no longer holds."""
    return session().cohort is None and st.query_params.get(OWN) == "1"


def widget(key: str, value: Any) -> str:
    """Give a widget its value from the state before it is drawn; return its key."""
    st.session_state[key] = value
    return key


def value_of(key: str) -> Any:
    """Return what a widget holds."""
    return st.session_state.get(key)
