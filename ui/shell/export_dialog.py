"""One export dialog per page: for which place, in which style, with a preview; each file is made on its click."""

from __future__ import annotations

import html
import json
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from core.errors import CohortError
from core.export import (
    DPI,
    FORMATS,
    LEAST,
    NATIVE,
    P_STYLES,
    PIXELS,
    PRESETS,
    Style,
    board_name,
    file_name,
    formats_of,
    holds_times,
    made,
    open_stage,
    pptx,
    privacy_words,
    purposes_of,
    restyled,
    zipped,
)
from core.figure import PALETTES, Figure, headings_of
from core.language import in_this_language, say
from core.workers import WORKERS, Bounds
from ui.shell import state
from ui.shell.background import apart
from ui.shell.display import note
from ui.shell.edit import as_changed, changed
from ui.shell.escape import plain
from ui.shell.preview import preview
from ui.shell.scripts import scripts_button
from ui.shell.state import session
from ui.shell.talk import offer

_BOUNDS = Bounds(seconds=120, memory=3 * 1024**3, remedy="Choose another format, or fewer figures.")


def export_dialog(figures: list[Figure]) -> None:
    """Open the dialog that saves figures."""
    st.dialog(say("Export"), width="large")(_export)(figures)


def _export(figures: list[Figure]) -> None:
    """Choose a figure, what it is for, and save it; files come from this machine, nothing is sent."""
    if not figures:
        note(say("This page has no figure to save."))
        return
    ordered = sorted(figures, key=lambda f: f.slug.startswith("composition"))
    place = st.selectbox(say("Figure or table"), range(len(ordered)), format_func=lambda i: ordered[i].title,
                         key="export-figure")
    figure = ordered[place]
    options, shown = st.columns([2, 3], gap="medium")
    with options:
        style = _style(figure)
    with shown:
        drawn = st.container()  # above what is changed of it
        figure = changed(figure)
        with drawn:
            able = preview(figure, style)
    forms = [f for f in formats_of(figure) if able or f.suffix not in PIXELS]
    if any(f.suffix == NATIVE for f in forms) and not st.toggle(
            say("Offer a chart of PowerPoint itself"), key="export-native",
            help=plain(_native_words(figure))):
        forms = [f for f in forms if f.suffix != NATIVE]
    with st.container(horizontal=True, key="export-formats"):
        for form in forms:
            made_later = in_this_language(partial(_made, figure, form.suffix, style, session().template))
            st.download_button(plain(say(form.label)), made_later,
                               file_name(figure, form.suffix, style, session().template), form.mime, on_click="ignore",
                               key=f"export-{figure.slug}-{form.suffix}")
    if words := privacy_words(figure):
        note(words)
    _copy(figure)
    main = [figure if i == place else as_changed(f) for i, f in enumerate(ordered)
            if not f.slug.startswith("composition")]
    offer(figure, style, main)
    _board(main, style)
    scripts_button(main, "export-scripts")
    with st.expander(say("Our style and template"), key="export-house", on_change="rerun"):
        _house(style)
    for line in figure.footnote():
        note(line)


def _native_words(figure: Figure) -> str:
    """Say what everyone who gets the slide can read in the workbook of such a chart."""
    held = say("every time at which one of these patients had an event or was censored") if holds_times(figure) else \
        say("the ratios and limits that are drawn, and nothing of single patients")
    return say("Its workbook, which everyone who gets the slide can open, holds {held}.", held=held)


def _copy(figure: Figure) -> None:
    """Offer the preview and the table for the clipboard."""
    rows = [[name for _, name in headings_of(figure.table)], *figure.table.to_numpy().tolist()]
    cells = "".join("<tr>" + "".join(f"<td>{html.escape(str(v))}</td>" for v in row) + "</tr>" for row in rows)
    lines = "\n".join("\t".join(str(v) for v in row) for row in rows)
    button = "<button type='button' class='cs-act cs-copy'"
    picture = f"{button}>{say('Copy the picture')}</button> " if figure.chart else ""
    st.html(f"{picture}{button} data-table='{html.escape(f'<table>{cells}</table>')}' "
            f"data-plain='{html.escape(lines)}'>{say('Copy the table')}</button>")


def _made(figure: Figure, suffix: str, style: Style, template: bytes | None) -> Any:
    """Make a file in another process; slides on the hospital's template where there is one.

    This is done at the click, where there is no session.
    """
    return WORKERS.run(made, figure, suffix, style, bounds=_BOUNDS,
                       template=template if suffix.endswith(".pptx") else None)


def _style(figure: Figure) -> Style:
    """Ask for what the figure is made; the answers stay for the next one, but for its title."""
    current = session()
    able = purposes_of(figure) or list(PRESETS)
    style = current.style if current.style.purpose in able else replace(current.style, purpose=able[0])
    purpose = st.selectbox(say("For"), able, format_func=lambda p: say(PRESETS[p].label), on_change=_keep,
                           args=("purpose",), key=state.widget("export-purpose", style.purpose),
                           help=say("The chart is laid out anew for each: letters stay large enough to be read there."))
    too_small = [say(PRESETS[p].label) for p in PRESETS if p not in able]
    if too_small:
        note(say("Too wide to be read there: {too_small}.", too_small=', '.join(too_small)))
    title = st.text_input(say("Title"), placeholder=figure.full_title, max_chars=200, key=f"export-title-{figure.slug}")
    with st.container(horizontal=True, gap="small"):
        st.selectbox(say("Colours"), list(PALETTES), on_change=_keep, args=("colours",), width=150,
                     key=state.widget("export-colours", style.colours), format_func=say)
        st.selectbox(say("P-values"), P_STYLES, on_change=_keep, args=("p_style",), width=150,
                     key=state.widget("export-p_style", style.p_style),
                     format_func=lambda p: f"{p}: {restyled('p = .023', p)}")
        st.selectbox(say("Pixels per inch"), DPI, on_change=_keep, args=("dpi",), width=130,
                     key=state.widget("export-dpi", style.dpi))
    with st.container(horizontal=True, gap="medium"):
        st.toggle(say("Chart only"), on_change=_keep, args=("bare",), key=state.widget("export-bare", style.bare),
                  help=say("Pictures without title, finding and footnote."))
        st.toggle(say("Transparent"), on_change=_keep, args=("transparent",),
                  key=state.widget("export-transparent", style.transparent))
    st.selectbox(say("Counts of patients"), LEAST, on_change=_keep, args=("least",),
                 key=state.widget("export-least", style.least),
                 format_func=lambda n: say("below {n} left out", n=n) if n else say("as they are"),
                 help=say("For what leaves the hospital: small counts are replaced in tables, files and charts."))
    if holds_times(figure):
        st.toggle(say("Times in whole months"), on_change=_keep, args=("months",),
                  key=state.widget("export-months", style.months), help=say("In CSV, Excel, and charts of PowerPoint."))
    return replace(style, purpose=purpose, title=title)


def _keep(name: str) -> None:
    session().style = replace(session().style, **{name: state.value_of(f"export-{name}")})


def _board(main: list[Figure], style: Style) -> None:
    """Offer the slides of all figures: they are made when asked for, and then saved."""
    if len(main) < 2:
        return
    name, plain_style = board_name(main, ".pptx", style), replace(style, title="")
    with st.container(horizontal=True):
        wanted = st.button(say("Slides of the whole board ({number} figures)", number=len(main)), key="export-board")
        for label, suffix in ((say("All as PNG (zip)"), ".png"), (say("All as Excel (zip)"), ".xlsx")):
            fine = replace(plain_style, dpi=min(style.dpi, DPI[0]))  # of the largest figure, too, that can be made
            st.download_button(plain(label), in_this_language(partial(WORKERS.run, zipped, main, suffix, fine,
                                                                      bounds=_BOUNDS)),
                               board_name(main, f"{suffix}.zip", style), "application/zip", on_click="ignore",
                               key=f"export-all-{suffix}")
    if not wanted:
        return
    session().given_up.discard(name)  # it is asked for again
    try:
        deck = apart(say("Making the slides …"), pptx, main, bounds=_BOUNDS, key=name, tell_progress=True,
                     style=plain_style, template=session().template)
    except CohortError as error:
        note(str(error), strong=True)
        return
    st.download_button(say("Save the slides ({number} figures)", number=len(main)), deck, name, FORMATS[0].mime,
                       on_click="ignore",
                       key="export-board-file", type="primary")


def _house(style: Style) -> None:
    """Keep a hospital's style as a file, and put slides on its own template."""
    current = session()
    st.download_button(say("Save this style"), json.dumps(style.to_json(), indent=1), "cohortscope-style.json",
                       "application/json", on_click="ignore", key="export-style-save")
    st.file_uploader(say("Use a saved style (.json)"), type="json", key="export-style", on_change=_take_style)
    st.file_uploader(say("Slides on our template (.pptx, .potx)"), type=["pptx", "potx"], key="export-template",
                     on_change=_take_template)
    if current.template:
        st.button(say("Without {template_name} again", template_name=plain(current.template_name)),
                  key="export-template-off", on_click=_no_template)
    if current.export_trouble:
        note(current.export_trouble, strong=True)


def _take_style() -> None:
    current, given = session(), state.value_of("export-style")
    current.export_trouble = ""
    if given is None:
        return
    try:
        current.style = Style.from_json(given.getvalue())
    except CohortError as error:
        current.export_trouble = str(error)


def _take_template() -> None:
    """Keep a template that slides can be put on; another is refused in words, and ours is used."""
    current, given = session(), state.value_of("export-template")
    current.export_trouble = ""
    if given is None:
        return
    data = given.getvalue()
    try:
        WORKERS.run(_tried, data, bounds=_BOUNDS)
    except CohortError as error:
        current.template, current.template_name = None, ""
        current.export_trouble = say("{error} Slides are made on Cohortscope's own master.", error=error)
    else:
        current.template, current.template_name = data, given.name


def _tried(data: bytes) -> bool:
    """Put a slide on a template, which may be made to harm: in another process."""
    return open_stage(template=data).try_out()


def _no_template() -> None:
    session().template, session().template_name = None, ""
