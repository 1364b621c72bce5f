"""What every page begins with: menu, banner, the bar, the sidebar; and ends with: export."""

from __future__ import annotations

import html
import json
from functools import partial
from pathlib import Path

import streamlit as st

from core.cohort import SELECTION, Cohort, count, level_counts
from core.format import plural
from core.language import once_per_language, say
from core.overview import GLOSSARY
from core.schema import ARM
from core.survival import few_patients, left_out
from hosting.settings import settings
from ui.hosted import look, visit
from ui.shell import cache, filters, in_browser, serving, state, view
from ui.shell.display import note
from ui.shell.escape import plain
from ui.shell.export_dialog import export_dialog
from ui.shell.groups import groups_popover, save_group
from ui.shell.language import choose_first, language_switch
from ui.shell.parts import part
from ui.shell.record import with_standing
from ui.shell.save_session import enclosing, save_button
from ui.shell.sidebar import fields_in_sight, sidebar
from ui.shell.state import session

PAGES = (("app.py", "Explore", ":material/monitoring:"),
         ("pages/1_Cohort.py", "Cohort", ":material/table:"),
         ("pages/2_Survival.py", "Survival", ":material/trending_down:"),
         ("pages/3_Hazard_ratios.py", "Hazard ratios", ":material/align_horizontal_center:"),
         ("pages/4_Toxicity.py", "Toxicity", ":material/vaccines:"),
         ("pages/5_Response.py", "Response", ":material/donut_small:"),
         ("pages/6_Published.py", "Published", ":material/fact_check:"),
         ("pages/7_Slides.py", "Slides", ":material/slideshow:"))
# A picture of our own: Streamlit would fetch a named icon for the tab from the internet.
_ICON = Path(__file__).parents[2] / "static" / "icon.png"
_CSS = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
SAMPLE_SOURCE = ("Yang D et al. Medicine 2023;102:45(e35713)")


def open_page(title: str) -> None:
    """Draw the frame of a page.

    Stops the page with a guide where the browser's upload has expired.
    """
    choose_first()
    st.set_page_config(page_title=f"{say(title)} · Cohortscope", page_icon=str(_ICON),
                       layout="wide", initial_sidebar_state="collapsed")
    serving.harden()
    serving.set_libraries_aside()
    _stop_where_nothing_is_shown()
    state.forget_what_was_cleared()
    if not session().page:
        view.read_address()
    st.html(f"<style>{_CSS}</style>")
    _scripts()
    _menu(title)
    if state.expired():
        expired = say("Your upload has expired: your session has ended, and nothing of it was kept. "
                      "Load the file again.")
        st.html(f"<p class='cs-warn' role='alert'>{expired} <span class='cs-remembered'></span></p>")
        if title != "Cohort":
            st.page_link("pages/1_Cohort.py", label=say("Load the file again"), icon=":material/upload:",
                         query_params=view.parameters(cache.sample()))
        st.button(say("Open the sample cohort instead"), on_click=state.clear)
        if title != "Cohort":
            st.stop()
    elif session().begun_anew:
        note(say("Your earlier session has ended, because the app was restarted or could not be reached for a long "
                 "time. What the address held is shown again."), strong=True)
    whole = cache.whole_cohort()
    session().on_page(title)
    _choose_endpoint(whole)
    if not state.expired():
        view.take(whole)
    if session().misfits:
        note(say("A part of the view does not fit this cohort and was left out: {misfits}",
                 misfits=" ".join(session().misfits)), strong=True)
    if words := visit.notice():
        note(words, strong=True)
    if title != "Cohort":
        _banner()
    mapping = title == "Cohort" and _is_waiting()
    _bar(mapping=mapping)


def _stop_where_nothing_is_shown() -> None:
    """Draw nothing but why: others could reach the app, or the server ended this session, whose data are dropped."""
    if why := serving.why_open():
        note(why, strong=True)
        st.stop()
    if why := visit.begin():
        if session().cohort is not None or session().given:
            state.clear()
        state.forget_what_was_cleared()
        st.html(f"<style>{_CSS}</style><div class='cs-ended'><div class='cs-brand'>Cohort<span>scope</span></div>"
                f"<p class='cs-warn' role='alert'>{why}</p>"
                f"<p><a class='cs-act cs-main' href='/' target='_self'>{say('Begin anew')}</a></p></div>")
        st.stop()


def page_path(title: str) -> str:
    """Return the script of a page; of Explore where there is no such page."""
    return next((path for path, label, _ in PAGES if label == title), PAGES[0][0])


def close_page() -> None:
    """Draw the sidebar, last so that the charts are redrawn first."""
    with st.sidebar:
        part("sidebar", sidebar, shows=fields_in_sight)


def _scripts() -> None:
    """Let the browser say that the app does not answer, ask for a run once it does again, and know a new session.

    And let Ctrl-Z be Undo, the charts be one key away, a change of the selection be read aloud, a term be explained.
    """
    in_browser.scripts()
    st.html(f"<i data-session='{state.session_name()}' data-cleared='{session().cleared}' "
            f"data-files='{html.escape(json.dumps(session().files, ensure_ascii=False))}' data-terms='{_terms()}'></i>")
    st.button(say("Is the app there again?"), key="still-there")
    st.button(say("This is a new session"), key="begun-anew", on_click=state.begin_anew)


@once_per_language(4)
def _terms() -> str:
    """Return the glossary for the browser."""
    return html.escape(json.dumps([[say(t.name), say(t.meaning), t.source] for t in GLOSSARY], ensure_ascii=False))


def _menu(title: str) -> None:
    parameters = view.parameters(cache.whole_cohort())
    with st.container(key="menu", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f"<div class='cs-brand' aria-hidden='true'>Cohort<span>scope</span></div>"
                f"<h1 class='cs-hidden'>Cohortscope: {say(title)}</h1>", width="content")
        for path, label, icon in PAGES:
            st.page_link(path, label=plain(say(label)), icon=icon, query_params=parameters)
        st.html(f"<button type='button' class='cs-act cs-glossary'>{say('Glossary')}</button>", width="content")
        language_switch()
        _who_is_signed_in()


def _who_is_signed_in() -> None:
    """Say which department this is and who is signed in, with the way out."""
    (who, way_out), department = visit.signed_in_as(), settings().look.title
    words = html.escape(" · ".join(text for text in (department, who) if text))
    leave = f" <a class='cs-act' href='{way_out}' target='_self'>{say('Sign out')}</a>" if way_out else ""
    if words:
        st.html(f"<span class='cs-note cs-who'>{words}{leave}</span>", width="content")


def _banner() -> None:
    """Say that the patients are synthetic, or that a file waits on the Cohort page."""
    current = session()
    if current.draft and _is_waiting():
        with st.container(key="waiting", horizontal=True, wrap=False, vertical_alignment="center"):
            waits = say("is read but not in use yet: say on the Cohort page that you want to explore it.")
            st.html(f"<p class='cs-banner'><b>{html.escape(current.draft.table.name)}</b> {waits}</p>", width="stretch")
            st.page_link("pages/1_Cohort.py", label=say("To the Cohort page"), icon=":material/table:")
    if current.cohort is not None:
        return
    with st.container(key="banner", horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        if not look.has_the_paper():
            st.html(f"<p class='cs-banner'>{html.escape(settings().look.sample_note)}</p>", width="stretch")
            st.page_link("pages/1_Cohort.py", label=say("Upload your own"), icon=":material/upload:")
            return
        invented = say("82 invented records that reproduce the published figures of {source}: no row is a real person.",
                       source=html.escape(SAMPLE_SOURCE))
        st.html(f"<p class='cs-banner'><b>{say('Synthetic patients.')}</b> {invented}</p>", width="stretch")
        if session().page == "Explore":
            st.html(f"<button type='button' class='cs-act cs-tour'>{say('Show me around')}</button>", width="content")
        st.page_link("pages/1_Cohort.py", label=say("Upload your own"), icon=":material/upload:")


def _choose_endpoint(whole: Cohort) -> None:
    """Keep the chosen endpoint and strata, or the cohort's first where they are not there."""
    current, (endpoint, by) = session(), view.first_choices(whole)
    if current.endpoint not in whole.endpoints:
        current.endpoint = endpoint
    if current.by not in (None, SELECTION, *whole.variables):
        current.by = by


def _is_waiting() -> bool:
    """Tell whether a file is being mapped that is not the cohort in use."""
    current = session()
    in_use = current.cohort.fingerprint if current.cohort else ""
    return current.draft is not None and current.draft.loading.fingerprint != in_use


def _bar(*, mapping: bool) -> None:
    """Draw the bar that stays in sight: who is in, by which filters, and what can be done with it."""
    with st.container(key="bar", horizontal=True, wrap=False, vertical_alignment="top"):
        with st.container(key="bar-words", gap=None):
            part("numbers", partial(_numbers, mapping=mapping))
            part("chips", _chips, turn="second")
        with st.container(key="bar-tools", width="content"):
            part("tools", _tools, turn="second", shows=_tools_in_sight)


def _numbers(cohort: Cohort, *, mapping: bool) -> None:
    st.html(f"<div class='cs-summary' data-testid='summary'>{_summary(cohort)}{_in_use(mapping)}</div>")


def _chips(cohort: Cohort) -> None:
    view.show_in_address(cohort.whole)
    notice, session().notice = session().notice, ""
    with st.container(key="chips", horizontal=True, wrap=False, gap="small", vertical_alignment="center"):
        filters.chips(cohort)
        save_group(cohort)
        groups_popover(cohort)
        if notice:
            st.html(f"<span class='cs-note' role='status'>{html.escape(notice)}</span>", width="content")


def _tools(cohort: Cohort) -> None:
    with st.container(key="tools", horizontal=True, wrap=False, gap="small", width="content"):
        filters.steps()
        save_button(cohort.whole)
        if st.button(say("Export"), key="export", icon=":material/download:"):
            _export(cohort)
        st.html(f"<span id='after-bar' tabindex='-1' data-idle='{filters.idle()}'></span>", width="content")


def _tools_in_sight() -> object:
    """Return what a change may alter of the tools: which buttons are idle, and the list of steps where it is open.

    Export has no callback: heard in one run with a click, it is answered only where the tools are drawn again.
    """
    return None if state.value_of("steps") or state.value_of("export") else filters.idle()


def _export(cohort: Cohort) -> None:
    """Open the dialog that saves the page's figures."""
    export_dialog([enclosing(with_standing(cohort, f), cohort.whole) for f in session().all_figures()])


def _in_use(mapping: bool) -> str:
    """Say that the bar speaks of the cohort in use while another file is being mapped."""
    return f"<span class='cs-note'> {say('(in use until the file below is explored)')}</span>" if mapping else ""


def _summary(cohort: Cohort) -> str:
    """Say n of N, per arm, events, and who is left out."""
    few = few_patients(cohort.n, session().warn_below)
    least = say("fewer than {n}", n=f"{session().warn_below:,}")
    caution = f" <strong title='{few}'>⚠ {least}</strong>" if few else ""
    parts = [say("{n} of {patients}", n=f"<b>{cohort.n:,}</b>", patients=plural(cohort.whole.n, "patient")) + caution]
    if cohort.mapping.arm:
        per_arm = level_counts(cohort, ARM)
        parts.append(" + ".join(f"{n:,} {html.escape(level)}" for n, level in
                                zip(per_arm, cohort.levels(ARM), strict=True)))
    absent = [say("{n} left out: {label} missing", n=f"{n:,}", label=cohort.variable(key).label)
              for key, n in cohort.missing_in_filters().items()]
    endpoint = session().endpoint
    if endpoint:
        counts = count(cohort, endpoint, ARM if cohort.mapping.arm else None)
        parts.append(f"{html.escape(endpoint)}: {plural(int(counts.n_event.sum()), 'event')}")
        absent.append(left_out(counts.missing_endpoint, endpoint, counts.missing_stratum, say("arm missing")))
    parts.append(html.escape("; ".join(a for a in absent if a)) or say("none left out"))
    return "<span class='cs-sep'>·</span>".join(parts)
