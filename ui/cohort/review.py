"""The review of a draft: how the file is read, line by line, with evidence; a line opens the form that changes it."""

from __future__ import annotations

import html
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from core.cohort import Cohort
from core.errors import CohortError
from core.intake import SECTIONS, ReviewLine, Section, review
from core.language import say
from core.mapping import ColumnMapping
from ui.shell.display import heading
from ui.shell.state import Draft


class ReviewSlots:
    """Places for the lines of each section and for its form: the form is read before the lines can be written."""

    def __init__(self) -> None:
        heading(say("How this file is read"))
        self.places: dict[Section, tuple[Any, Any]] = {s: (st.container(gap="small"), st.container()) for s in SECTIONS}

    @contextmanager
    def form(self, section: Section | None) -> Iterator[None]:
        """Draw inside the place of a section's form; where none is open, nothing is drawn."""
        if section is None:
            yield
            return
        with self.places[section][1], st.container(border=True, key="review-form"):
            yield

    def fill(self, draft: Draft, cohort: Cohort | None) -> None:
        """Write the lines, with numbers where the mapping makes a cohort."""
        seen: set[Section] = set()
        for line in _lines(draft, cohort):
            with self.places[line.section][0]:
                _line(draft, line, first=line.section not in seen)
            seen.add(line.section)


def _lines(draft: Draft, cohort: Cohort | None) -> list[ReviewLine]:
    loading = draft.loading
    try:
        mapping = ColumnMapping.from_json(loading.mapping, loading.table.columns)
    except CohortError:  # said above: the lines show what was guessed
        mapping = ColumnMapping.from_json(loading.guessed, loading.table.columns)
    return review(loading.table, mapping, cohort, loading.findings_that_hold(), loading.answers,
                  loading.open_questions())


def _line(draft: Draft, line: ReviewLine, *, first: bool) -> None:
    """Write a line; the first of its section has the button that opens the form."""
    about, words, change = st.columns([0.16, 0.72, 0.12], vertical_alignment="top")
    about.html(f"<p class='cs-about'>{html.escape(line.about)}</p>")
    why = f"<br><span class='cs-why'>{html.escape(line.evidence)}</span>" if line.evidence else ""
    words.html(f"<p class='cs-said'>{html.escape(line.statement)}{why}</p>")
    if first:
        is_open = draft.section == line.section
        change.button(say("Done") if is_open else say("Change"), key=f"change-{line.section}", type="tertiary",
                      help=say("{sections}: choose other columns, values or units",
                               sections=SECTIONS[line.section]), on_click=_open,
                      args=(draft, None if is_open else line.section))


def _open(draft: Draft, section: Section | None) -> None:
    draft.section = section
