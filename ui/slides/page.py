"""The Slides page: the figures of a talk in their order, with captions, and the presentation that is made of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import streamlit as st

from core.cohort import Cohort
from core.errors import CohortError
from core.export import (
    CHECKLISTS,
    FORMATS,
    PRESETS,
    Entry,
    checklist,
    deck_pptx,
    dressed,
    handout_pdf,
    holds_times,
    made,
    methods_paragraph,
    report_html,
    results_sentences,
)
from core.figure import Figure
from core.language import in_this_language, say
from core.workers import WORKERS, Bounds
from ui.shell import state
from ui.shell.background import apart
from ui.shell.display import heading, note, panel, show_table, to_copy
from ui.shell.escape import plain
from ui.shell.parts import after, redraw
from ui.shell.scripts import scripts_button
from ui.shell.state import session
from ui.slides.change import begin, change_dialog
from ui.slides.kept import in_this_language_too, make_kept, not_kept
from ui.slides.standard import standard_deck

_BOUNDS = Bounds(seconds=300, memory=3 * 1024**3, remedy="Take some figures out of the talk.")
_FORMS: dict[str, tuple[Callable[..., bytes], str, str]] = {
    "PowerPoint": (deck_pptx, ".pptx", FORMATS[0].mime), "PDF": (handout_pdf, ".pdf", "application/pdf"),
    "HTML report": (report_html, ".html", "text/html")}
_dragged = st.components.v2.component(
    "cohortscope_deck", html="<div class='cs-drop' aria-hidden='true'></div>", isolate_styles=False,
    js=(Path(__file__).parent / "drag.js").read_text(encoding="utf-8"))
_WORD = next(f.mime for f in FORMATS if f.suffix == ".docx")
_LONGEST = 200  # characters of a caption, title or subtitle


def slides(cohort: Cohort) -> None:
    """Draw the page."""
    heading(say("Slides"))
    st.button(say("Standard slides of this study"), key="deck-standard", icon=":material/auto_awesome:",
              on_click=after(lambda: session().deck.extend(standard_deck(cohort)), "deck-standard"),
              help=say("Baseline, survival by arm, subgroups, response and adverse events of the patients who pass "
                       "the filters now. They are added after what is there."))
    make_kept(cohort.whole)
    deck = session().deck
    if not deck:
        note(say("No figure yet. Open Export on any page and press “Add to the slides”, or begin with the standard "
                 "slides. A figure stays as it is when it is added, whatever is filtered later."))
        return
    _words()
    with panel(), st.container(key="deck", gap="small"):
        for i, entry in enumerate(deck):
            _row(i, entry, len(deck))
    _dragged(key="deck-drag", on_moved_change=_drop)
    in_this_language_too(cohort.whole)
    not_kept()
    _save()
    scripts_button([entry.figure for entry in deck], "deck-scripts")
    _manuscript()


def _manuscript() -> None:
    """Write what was done and seen as sentences, to be copied."""
    words = st.expander(say("Words for the manuscript"), key="deck-words", on_change="rerun")
    if not words.open:
        return
    style = replace(session().style, title="")
    figures = [dressed(entry.figure, style) for entry in session().deck]
    with words:
        to_copy(methods_paragraph(figures))
        note(say("What the figures show; names stay as the data have them. Read every sentence before you send it."))
        to_copy(results_sentences(figures))
        _checklist(figures)


def _checklist(figures: list[Figure]) -> None:
    """Show a reporting checklist with what the figures say, and offer it as Word."""
    name = st.segmented_control(say("Checklist"), CHECKLISTS, default=None, key="deck-checklist", format_func=plain)
    if not name:
        return
    filled = checklist(figures, name)
    show_table(filled, wrap=True)
    note(filled.provenance.filters)
    st.download_button(say("Checklist (Word)"),
                       in_this_language(partial(WORKERS.run, made, filled, ".docx", bounds=_BOUNDS)),
                       f"{filled.slug}.docx", _WORD, on_click="ignore", key=f"deck-{filled.slug}")


def _words() -> None:
    talk = session().talk
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.text_input(say("Title"), key=state.widget("deck-title", talk.title), max_chars=_LONGEST, on_change=_say,
                      placeholder=say("without one there is no title slide"))
        st.text_input(say("Line under it"), key=state.widget("deck-subtitle", talk.subtitle), max_chars=_LONGEST,
                      on_change=_say, placeholder=say("department, date"))
        st.toggle(say("Slide of methods"), key=state.widget("deck-methods", talk.methods), on_change=_say)


def _say() -> None:
    current = session()
    title, subtitle = (str(state.value_of(f"deck-{name}") or "") for name in ("title", "subtitle"))
    current.talk = replace(current.talk, title=title, subtitle=subtitle, methods=bool(state.value_of("deck-methods")))


def _row(i: int, entry: Entry, number: int) -> None:
    """Draw a figure's line: its title, its caption, and the buttons that move it or take it out."""
    title = entry.figure.full_title
    with st.container(key=f"deck-row-{i}", horizontal=True, gap="small", vertical_alignment="center"):
        st.html(f"<span class='cs-grip' aria-hidden='true' title='{say('Drag to another place')}'>⠿</span>",
                width="content")
        st.markdown(plain(f"{i + 1:,}. {title}"), width=420)
        name = entry.name  # for keys: a press that comes late, or twice, is of the same figure
        key = f"deck-caption-{name}-{entry.figure.digest}"  # another figure's caption has another widget
        st.text_input(say("Caption of {title}", title=plain(title)), key=state.widget(key, entry.caption), width=320,
                      max_chars=_LONGEST,
                      placeholder=say("caption"), label_visibility="collapsed", on_change=_caption, args=(name, key))
        if st.button(say("Change: {title}", title=plain(title)), key=f"deck-change-{name}", icon=":material/edit:",
                     on_click=begin,
                     args=(entry.figure,)):
            change_dialog(entry)
        st.button(say("Earlier: {title}", title=plain(title)), key=f"deck-up-{name}", icon=":material/arrow_upward:",
                  args=(name, -1),
                  on_click=after(_move, f"deck-up-{name}"), disabled=i == 0)
        st.button(say("Later: {title}", title=plain(title)), key=f"deck-down-{name}",
                  icon=":material/arrow_downward:", args=(name, 1),
                  on_click=after(_move, f"deck-down-{name}"), disabled=i == number - 1)
        st.button(say("Take out: {title}", title=plain(title)), key=f"deck-out-{name}", icon=":material/close:",
                  args=(name,), on_click=after(_take_out, f"deck-out-{name}"))


def _place(name: str) -> int | None:
    """Return where a figure stands in the talk; None where it was taken out."""
    return next((i for i, entry in enumerate(session().deck) if entry.name == name), None)


def _caption(name: str, key: str) -> None:
    place, words = _place(name), str(state.value_of(key) or "")
    if place is not None:
        session().deck[place] = replace(session().deck[place], caption=words)


def _move(name: str, by: int) -> None:
    place = _place(name)
    if place is not None:
        _put(place, place + by)


def _put(place: int, to: int) -> None:
    deck = session().deck
    if 0 <= place < len(deck) and 0 <= to < len(deck):
        deck.insert(to, deck.pop(place))


def _drop() -> None:
    """Put a row that was dragged where it was let go."""
    moved = getattr(state.value_of("deck-drag"), "moved", None)
    if moved:
        _put(int(moved["from"]), int(moved["to"]))
        redraw()


def _take_out(name: str) -> None:
    place = _place(name)
    if place is not None:  # not pressed twice
        del session().deck[place]


def _save() -> None:
    """Make the talk when it is asked for, in another process, with progress; then offer it."""
    current = session()
    form = st.segmented_control(say("As"), list(_FORMS), default="PowerPoint", key="deck-form", required=True,
                                format_func=plain)
    if form == "PowerPoint":
        note(say("For: {label}; colours, p-values and template as chosen in Export.",
                 label=PRESETS[current.style.purpose].label))
    elif form == "HTML report" and any(holds_times(entry.figure) for entry in current.deck):
        note(say("One page whose charts answer to the mouse; it opens without a network. It holds every time at "
                 "which one of these patients had an event or was censored."))
    with st.container(horizontal=True, gap="small"):
        wanted = st.button(say("Make the presentation ({number} figures)", number=len(current.deck)), key="deck-make",
                           type="primary")
        st.button(say("Take all out"), key="deck-clear", on_click=after(current.deck.clear, "deck-clear"))
    if not wanted:
        return
    current.given_up.discard("deck")
    make, suffix, mime = _FORMS[form]
    template = {"template": current.template} if form == "PowerPoint" else {}
    try:
        talk = apart(say("Making the slides …"), make, list(current.deck), current.talk, bounds=_BOUNDS, key="deck",
                     tell_progress=True, style=current.style, **template)
    except CohortError as error:
        note(str(error), strong=True)
        return
    st.download_button(say("Save the presentation"), talk, f"slides{suffix}", mime,
                       on_click="ignore",
                       key=f"deck-file-{suffix}", type="primary")
