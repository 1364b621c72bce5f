"""Named groups: the selection saved under a name, groups combined, compared on every page, and their overlaps."""

from __future__ import annotations

import html
from collections.abc import Callable
from functools import partial
from typing import get_args

import streamlit as st

from core.cohort import GROUPS, MOST_COMPARED, Cohort, Definition, Groups, How, overlaps
from core.errors import FilterError
from core.figure import theme
from core.format import plural
from core.language import say
from ui.shell import cache, state
from ui.shell.display import colour_on_page
from ui.shell.escape import plain
from ui.shell.parts import after
from ui.shell.state import session
from ui.shell.view import first_choices

_COMPARED_BY = ("ae-by", "response-by", "baseline-by")  # widgets of the pages that have a choice of their own
_LEFT_OUT, _KEPT = "left out", "kept in the first"


def save_group(cohort: Cohort) -> None:
    """Offer to save the selection as a group; the next one can then be selected."""
    if cohort.filters:
        st.button(say("Save as group"), key="save-group", type="tertiary", icon=":material/bookmark_add:",
                  on_click=after(partial(_save, cohort.whole), "save-group"),
                  help=say("The selection becomes a named group, and all patients are shown again to select the "
                           "next. From two groups on they are compared side by side."))


def _save(whole: Cohort) -> None:
    current = session()
    if not current.filters:  # pressed twice
        return
    if GROUPS in current.filters:
        current.notice = (say("A group cannot be made of named groups by a filter: combine them under “Groups”."))
        return
    definition = Definition(filters=current.filters)
    if _changes(lambda groups: groups.with_group(definition.words(whole), definition)):
        current.notice = (say("Saved as “{name}”. All patients are shown again; Undo brings the selection back.",
                              name=current.groups.groups[-1].name))
        current.reset()
        compare_groups()


def compare_groups() -> None:
    """Compare the groups side by side on every page, where there are two or more."""
    if len(session().groups.compared) > 1:
        session().by = GROUPS
        known = cache.whole_cohort().variable(GROUPS).known
        for key in _COMPARED_BY if known == "baseline" else ():
            state.widget(key, GROUPS)


def _changes(change: Callable[[Groups], Groups]) -> bool:
    """Change the groups; tell whether that was possible."""
    current = session()
    try:
        current.put_groups(change(current.groups))
    except FilterError as error:
        current.notice = str(error)
        return False
    if current.by == GROUPS and len(current.groups.compared) < 2:
        current.by = first_choices(current.cohort or cache.sample())[1]
    return True


def groups_popover(cohort: Cohort) -> None:
    """Draw the groups that there are, how they overlap, and how two are combined."""
    groups = session().groups
    if not groups:
        return
    drawer = st.popover(say("Groups"), key="groups", type="tertiary", icon=":material/bookmarks:", on_change="rerun")
    shared = sum(n for names, n in overlaps(cohort.whole, groups) if len(names) > 1)
    if shared and session().by == GROUPS:
        st.html(f"<span class='cs-note'>{shared:,} {say('in two groups:')} "
                f"{say(_KEPT if groups.keep_first else _LEFT_OUT)}</span>",
                width="content")
    if drawer.open:
        with drawer:
            _list(cohort.whole, groups)
            _overlaps(cohort.whole, groups)
            if len(groups.groups) > 1:
                _combine(groups)


def _list(whole: Cohort, groups: Groups) -> None:
    st.caption(say("Compared side by side on every page, at most {most_compared}, within the selection; where they "
                   "are of what is known later, in curves alone.", most_compared=MOST_COMPARED))
    places = {g.name: i for i, g in enumerate(groups.compared)}
    for i, group in enumerate(groups.groups):
        words, n = group.of.words(whole), int(group.of.mask(whole).sum())
        shown = group.colour or (colour_on_page(places[group.name]) if group.name in places else theme.LINE)
        with st.container(key=f"group-{i}", horizontal=True, vertical_alignment="center", gap="small"):
            name = state.widget(f"group-colour-{i}", shown)
            st.color_picker(say("Colour of group {number}", number=f"{i + 1:,}"), key=name, on_change=_colour,
                            args=(i, name), label_visibility="collapsed", disabled=not group.compared)
            name = state.widget(f"group-name-{i}", group.name)
            st.text_input(say("Name of group {number}", number=f"{i + 1:,}"), key=name, label_visibility="collapsed",
                          width=190, on_change=_rename, args=(i, name))
            name = state.widget(f"group-compared-{i}", group.compared)
            st.toggle(say("Compare"), key=name, on_change=_compare, args=(i, name),
                      disabled=not group.compared and len(groups.compared) >= MOST_COMPARED)
            name = f"group-remove-{group.name.encode().hex()}"
            st.button(say("Remove group {name}", name=plain(group.name)), key=name, type="tertiary",
                      on_click=after(partial(_remove, group.name), name))
        st.html(f"<p class='cs-note'>{html.escape(words)} · {html.escape(plural(n, 'patient'))}</p>")


def _rename(place: int, name: str) -> None:
    words = str(state.value_of(name) or "")
    after(lambda: _changes(lambda groups: groups.renamed(place, words)), name)()


def _colour(place: int, name: str) -> None:
    colour = str(state.value_of(name) or "")
    after(lambda: _changes(lambda groups: groups.coloured(place, colour)), name)()


def _compare(place: int, name: str) -> None:
    compared = bool(state.value_of(name))
    after(lambda: _changes(lambda groups: groups.comparing(place, compared)) and compare_groups(), name)()


def _remove(name: str) -> None:
    place = next((i for i, g in enumerate(session().groups.groups) if g.name == name), None)
    if place is not None:  # not pressed twice
        _changes(lambda groups: groups.without(place))


def _overlaps(whole: Cohort, groups: Groups) -> None:
    """Say who is in two groups, and ask what becomes of them."""
    counted = overlaps(whole, groups)
    if not any(len(names) > 1 for names, _ in counted):
        if len(groups.compared) > 1:
            st.caption(say("No patient is in two of the groups."))
        return
    rows = "".join(
        f"<tr><th scope='row'>{html.escape(say(' and ').join(names) or say('in none of them'))}</th><td>{n:,}</td></tr>"
        for names, n in counted)
    st.html(f"<table class='cs-table'><tr><th scope='col'>{say('In these groups and no other')}</th>"
            f"<th scope='col'>{say('Patients')}</th></tr>{rows}</table>")
    name = state.widget("groups-overlap", _KEPT if groups.keep_first else _LEFT_OUT)
    st.segmented_control(say("Patients in two groups are"), [_LEFT_OUT, _KEPT], key=name, required=True,
                         format_func=lambda k: plain(say(k)),
                         on_change=_overlap, args=(name,),
                         help=say("A patient cannot be on both sides of a test. Kept, they count in the group that "
                                  "stands first in the list."))


def _overlap(name: str) -> None:
    kept = state.value_of(name) == _KEPT
    after(lambda: _changes(lambda groups: groups.keeping_first(kept)), name)()


def _combine(groups: Groups) -> None:
    names = [g.name for g in groups.groups]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="combine"):
        first = st.selectbox(say("Combine"), names, key="combine-first", width=150)
        how = st.selectbox(say("how"), list(get_args(How)), key="combine-how", width=110, format_func=say)
        second = st.selectbox(say("with"), names, 1, key="combine-second", width=150)
        st.button(say("Add"), key="combine-add", disabled=first == second,
                  on_click=after(partial(_add, first, how, second), "combine-add"))


def _add(first: str, how: How, second: str) -> None:
    of = {g.name: g.of for g in session().groups.groups}
    if first in of and second in of:
        combined = Definition(how=how, of=(of[first], of[second]))
        there = any(g.of == combined for g in session().groups.groups)
        if not there and _changes(lambda groups: groups.with_group(f"{first} {how} {second}", combined)):
            compare_groups()
