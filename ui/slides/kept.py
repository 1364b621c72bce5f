"""A saved talk: its figures are made of the data when the page Slides is opened."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.cohort import Cohort
from core.errors import CohortError
from core.export import Entry
from core.format import plural
from core.language import LANGUAGES, say, spoken
from core.overview import standing
from core.recipes import kept_talk, made_again
from core.workers import Bounds
from ui.shell.background import apart
from ui.shell.display import note
from ui.shell.save_session import enclosing
from ui.shell.state import session

_BOUNDS = Bounds(seconds=600, memory=3 * 1024**3, remedy="Take the talk's largest figures out of the session file.")


def make_kept(whole: Cohort) -> None:
    """Make the figures of a talk that came with a session's file, and say which cannot be made."""
    current = session()
    kept = list(current.to_make)
    if not kept:
        return
    try:
        made = apart(say("Making {figures} of the saved talk …", figures=plural(len(kept), 'figure')), made_again,
                     whole, kept,
                     bounds=_BOUNDS, key="kept-talk", tell_progress=True)
    except CohortError as error:
        note(str(error), strong=True)
        return
    entries = [Entry(figure=enclosing(figure, whole), caption=one.caption)
               for one, figure in zip(kept, made, strict=True) if not isinstance(figure, CohortError)]
    current.deck, current.to_make = [*entries, *current.deck], []
    for one, figure in zip(kept, made, strict=True):
        if isinstance(figure, CohortError):
            note(say("“{title}” of the saved talk could not be made: {reason}", title=one.title, reason=figure),
                 strong=True)


def in_this_language_too(whole: Cohort) -> None:
    """Offer to make the figures anew that speak another language than the page; one that cannot be made stays."""
    others = [e for e in session().deck if e.figure.recipe and e.figure.language != spoken()]
    if not others or not st.button(
            say("Make all in {language}", language=LANGUAGES[spoken()]), key="deck-translate",
            icon=":material/translate:", help=say("Titles are written anew, too; captions stay.")):
        return
    kept = [replace(one, recipe=replace(one.recipe, language=spoken()), title="", warnings=standing(one.warnings))
            for one in kept_talk(others, session().talk).figures]
    try:
        made = apart(say("Drawing …"), made_again, whole, kept, bounds=_BOUNDS, key="talk-language", tell_progress=True)
    except CohortError as error:
        note(str(error), strong=True)
        return
    anew = {id(entry): replace(entry, figure=enclosing(figure, whole))
            for entry, figure in zip(others, made, strict=True) if not isinstance(figure, CohortError)}
    session().deck = [anew.get(id(entry), entry) for entry in session().deck]
    st.rerun()


def not_kept() -> None:
    """Say which figures have no recipe, by which a session's file keeps them."""
    titles = [entry.figure.full_title for entry in session().deck if entry.figure.recipe is None]
    if titles:
        note(say("A saved session does not keep: {titles}.", titles='; '.join(titles)))
