"""One person's visit, as the page's script sees it."""

from __future__ import annotations

import time
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.language import say
from hosting import metrics
from hosting.gate import SIGN_OUT
from hosting.people import HEADER, Visitor
from hosting.process import hosted
from hosting.settings import settings
from ui.hosted import memory
from ui.hosted.memory import Upload


def visitor() -> Visitor | None:
    """Return whom the gate let in; None on a laptop."""
    return Visitor.of_header(st.context.headers.get(HEADER)) if hosted() else None


def begin() -> str:
    """Note whose session this is, and return in words why it has ended; "" while it goes on."""
    process, person = hosted(), visitor()
    if process is None or person is None:
        return ""
    name = _session()
    if name not in process.people.of_session:
        process.people.of_session[name] = person.id
        record("session_began")
    why = process.ended.get(name)
    if why is None:
        return ""
    return _with_contact({
        "idle": say("Your session has ended because nothing was clicked for a long time, and your data are gone."),
        "memory": say("Your session has ended because the server's memory was full, and your data are gone."),
        "asked": say("You are signed out, and your data are gone."),
    }.get(why, say("Your session has ended, and your data are gone.")))


def notice() -> str:
    """Return what the people of this process, or this session, must know now; "" where there is nothing."""
    process = hosted()
    if process is None:
        return ""
    if until := process.warned.get(_session()):
        return say("The server's memory is nearly full. Click anything to stay; otherwise this session ends in "
                   "{minutes} min. “Save” keeps it as a file.", minutes=_minutes(until))
    if process.drains_until is not None:
        return say("The server is being updated. You can work on for {minutes} min: save your session, then reload the "
                   "page and drop the file again together with your data.", minutes=_minutes(process.drains_until))
    return ""


def record(event: str, **fields: Any) -> None:
    """Write a line of the audit log about this person; nothing on a laptop."""
    process, person = hosted(), visitor()
    if process and person:
        process.audit.record(event, who=person.who, address=person.address, **fields)
    if event == "loaded":
        metrics.READ.inc()
    if event in ("reading_refused", "upload_refused"):
        metrics.REFUSED.labels(fields["reason"]).inc()


def signed_in_as() -> tuple[str, str]:
    """Return who is signed in, and the path by which to sign out; "" for what there is not."""
    process, person = hosted(), visitor()
    if process is None or person is None:
        return "", ""
    return person.who, SIGN_OUT if process.settings.sign_in.by == "openid" else ""


def where_files_go() -> str:
    """Say where a file is that is loaded, and for how long."""
    if hosted():
        return say("The files go to your department's server, which keeps them in memory for this session only: nothing"
                   " of them is stored, logged or sent on. This browser keeps their names.")
    return say("The files are read by this app on this machine and kept in memory for this session only: nothing of "
               "them is sent, stored or logged. This browser keeps their names.")


def why_no_upload(files: list[Upload]) -> tuple[str, str] | None:
    """Return why this person cannot load these files now: its name in the log, and words; None where they may."""
    process, person = hosted(), visitor()
    if process is None or person is None:
        return None
    if not person.may_upload:
        return "role", _with_contact(say("Your account may look at the sample cohort, but load no files."))
    reason = memory.why_not(files, process.settings.limits)
    return (reason[0], _with_contact(reason[1])) if reason else None


def _with_contact(words: str) -> str:
    """Add whom to ask, where the settings say it."""
    support = settings().look.support
    return f"{words} {say('Questions: {contact}.', contact=support)}" if support else words


def _session() -> str:
    context = get_script_run_ctx()
    return context.session_id if context else ""


def _minutes(until: float) -> str:
    return f"{max(1, round((until - time.time()) / 60))}"
