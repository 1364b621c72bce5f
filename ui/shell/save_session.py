"""The session as a file to save, and a saved one put on again."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import streamlit as st

from core.cohort import Cohort, Groups
from core.errors import CohortError
from core.export import Style
from core.figure import Figure
from core.intake import SessionFile
from core.language import in_this_language, say
from core.overview import Record
from core.recipes import CURVES, Edits, KeptTalk, kept_talk
from ui.shell import cache
from ui.shell.record import record_of
from ui.shell.state import OF_THE_TALK, Session, View, session
from ui.shell.view import ONE_CURVE, fitting, take


def save_button(whole: Cohort) -> None:
    """Offer what the session holds as a file, without any patient: as it is at the click, not when this was drawn."""
    current = session()  # the file is made where there is no session
    st.download_button(say("Save"), in_this_language(lambda: session_file(whole, current).to_bytes()),
                       "cohortscope-session.json", "application/json", on_click="ignore", icon=":material/save:",
                       key="save", help=say("Mapping, filters and steps as a file, without any patient. Give it "
                                            "together with the data to go on from here."))


def session_file(whole: Cohort, current: Session) -> SessionFile:
    """Return what a session holds."""
    steps = [*current.history, current.filters, *reversed(current.undone)]
    return SessionFile(
        name=whole.name, fingerprint=whole.fingerprint, mapping=whole.mapping.to_json(),
        reading=current.reading, page=current.page, endpoint=current.endpoint,
        by=current.by, steps=[step.to_json() for step in steps], place=len(current.history),
        charts=current.charts.get(whole.fingerprint, ()),
        record=current.records.get(whole.fingerprint, Record()).to_json(),
        groups=current.groups.to_json() if current.groups else {}, landmark=current.landmark, tau=current.tau,
        references=current.references,
        style=current.style.to_json(), talk=_talk(current),
        edits={slug: edits.to_json() for slug, edits in current.edits.items() if slug != OF_THE_TALK})


def _talk(current: Session) -> dict[str, Any]:
    """Return the talk: figures that are still to be made, and those that are."""
    made = kept_talk(current.deck, current.talk)
    return replace(made, figures=(*current.to_make, *made.figures)).to_json()


def enclosing(figure: Figure, whole: Cohort) -> Figure:
    """Return a figure whose files enclose what leads back to it: its view, without steps, comparisons and talk."""
    recipe, current = figure.recipe, session()
    view = replace(session_file(whole, current), place=0, record={}, charts=(), talk={},
                   steps=[recipe.filters if recipe else current.filters.to_json()])
    if recipe:
        view = replace(view, groups=recipe.groups, references=recipe.references,
                       landmark=recipe.landmark[1] if recipe.landmark else view.landmark,
                       endpoint=recipe.choices.get("endpoint") or view.endpoint,
                       by=recipe.choices["by"] if recipe.kind in CURVES else view.by)
    return replace(figure, provenance=replace(figure.provenance, view=json.dumps(json.loads(view.to_bytes()),
                                                                                 ensure_ascii=False)))


def _take_record(whole: Cohort, file: SessionFile) -> list[str]:
    """Put what this session has looked at behind what the saved one had; return why that could not be."""
    try:
        former = Record.from_json(file.record)
    except CohortError as error:
        return [str(error)]
    session().records[whole.fingerprint] = former.before(record_of(whole))
    if file.charts:
        session().charts[whole.fingerprint] = [str(key) for key in file.charts]
    return []


def _take_talk(file: SessionFile) -> list[str]:
    """Put the file's talk before what was added since; its figures are made when they are looked at."""
    try:
        talk = KeptTalk.from_json(file.talk)
    except CohortError as error:
        return [str(error)]
    current = session()
    there = [*kept_talk(current.deck, current.talk).figures, *current.to_make]
    current.to_make = [*(one for one in talk.figures if one not in there), *current.to_make]
    current.talk = talk.talk if file.talk else current.talk
    return []


def _take_edits(file: SessionFile) -> list[str]:
    try:
        session().edits |= {slug: Edits.from_json(data) for slug, data in file.edits.items()}
    except CohortError as error:
        return [str(error)]
    return []


def resume(whole: Cohort, file: SessionFile, misfit: str = "") -> None:
    """Go on where a file was saved; what does not fit the cohort is left out and named.

    Parameters
    ----------
    misfit : why the file's mapping is not the cohort's, "" where it is
    """
    current = session()
    current.waiting = View(endpoint=file.endpoint, by=file.by or ONE_CURVE,
                           landmark=str(file.landmark or ""), tau=json.dumps(file.tau) if file.tau else "",
                           references=json.dumps(file.references, ensure_ascii=False) if file.references else "",
                           groups=json.dumps(file.groups, ensure_ascii=False) if file.groups else "")
    current.groups, current.landmark, current.tau, current.references = Groups(), 0.0, {}, {}
    with suppress(CohortError):  # of a later version: figures are saved as before
        current.style = Style.from_json(json.dumps(file.style)) if file.style else current.style
    take(whole)
    whole = cache.whole_cohort()
    misfits = [misfit] if misfit else []
    if file.fingerprint != whole.fingerprint:
        misfits.append(say("The session was saved with another file, {name}.", name=file.name))
    else:
        misfits += [*_take_record(whole, file), *_take_talk(file), *_take_edits(file)]
    misfits += current.misfits
    steps = []
    for step in file.steps:
        filters, unfit = fitting(whole, json.dumps(step))
        steps.append(filters)
        misfits += unfit
    if steps:
        at = file.place
        current.history, current.filters, current.undone = steps[:at], steps[at], steps[:at:-1]
    current.misfits = list(dict.fromkeys(misfits))
