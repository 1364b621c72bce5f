"""Draw a Figure; keep a panel's failure inside the panel."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import pandas as pd
import pyarrow as pa
import streamlit as st

from core.errors import CohortError
from core.figure import Figure, dark_colour, darkened, headings_of, inked, spans_of, theme
from core.language import say
from core.mapping import MEANING_WORDS, Meaning
from core.overview import place_of, spelling
from ui.shell import state
from ui.shell.state import session


@contextmanager
def panel() -> Iterator[None]:
    """Hold a panel's work; where it cannot be computed say why in its place, and the others stand."""
    with st.container():
        try:
            yield
        except CohortError as error:
            note(str(error))


def heading(text: str, *, warned: bool = False, anchor: str = "", below: tuple[str, str] | None = None,
            called: int = 0) -> None:
    """Write a panel's title, with a mark where a warning stands under it; text from the data is escaped.

    `anchor`: a name to go to; `below`: words and the anchor, farther down, to which they lead; `called`: how often the
    panel was asked for elsewhere on the page: the browser brings it into sight once more when this grows.
    """
    mark = f"<span class='cs-mark'>⚠ {say('read with the warning below')}</span>" if warned else ""
    link = f"<a class='cs-below' href='#{below[1]}'>{html.escape(below[0])} ↓</a>" if below else ""
    name = f" id='{anchor}'" if anchor else ""
    name += f" data-called='{called}'" if called else ""
    st.html(f"<h2 class='cs-panel'{name}>{_with_terms(text)}{mark}{link}</h2>")


def _with_terms(text: str) -> str:
    """Escape a text and mark the first of the glossary's terms in it: a click, or Enter, says what it means."""
    match = spelling().search(text)
    if match is None:
        return _breakable(text)
    before, after = text[:match.start()], text[match.end():]
    return (f"{_breakable(before)}<span class='cs-term' role='button' tabindex='0' data-term='{place_of(match)}'>"
            f"{_breakable(match[0])}</span>{_breakable(after)}")


def note(*texts: str, strong: bool = False) -> None:
    """Write remarks under a panel, if there are any; as one element, which the browser draws sooner than several."""
    kind = "cs-warn" if strong else "cs-note"
    role = " role='alert'" if strong else ""
    if texts:
        st.html("".join(f"<p class='{kind}'{role}>{html.escape(text)}</p>" for text in texts))


def to_copy(text: str) -> None:
    """Write a text, its lines as they are, with a button that copies it.

    Streamlit's element for code would bring 1.5 MB of highlighting with the first page.
    """
    escaped = html.escape(text)
    st.html(f"<div class='cs-text'><pre>{escaped}</pre>"
            f"<button type='button' class='cs-act cs-copy' data-plain='{escaped}'>{say('Copy')}</button></div>")


def show(figure: Figure, *, key: str, on_select: Callable[[], None] | None = None, selection: str = "") -> None:
    """Draw a figure and enter it among those that the page can export.

    The accessible name must not change with the data: Streamlit makes it a part of the chart, and
    would build every chart anew on each click in place of swapping its data. The numbers are text
    beside or in the chart.
    """
    session().offer(lambda: [figure])
    drawing = inked(figure.drawing, figure.recipe.inks if figure.recipe else ())
    drawing = darkened(drawing) if state.on_dark_page() else drawing
    st.vega_lite_chart(
        _with_arrow(drawing), width="stretch", theme=None, key=key, alt=figure.title,
        on_select=on_select or "ignore", selection_mode=[selection] if selection else None,
    )


def show_table(figure: Figure, *, wrap: bool = False, scrolls: str = "") -> None:
    """Write a figure that is a table, and enter it among those that the page can export."""
    session().offer(lambda: [figure])
    table(figure.table, wrap=wrap, scrolls=scrolls)
    note(*figure.notes)


def table(frame: pd.DataFrame, *, caption: str = "", wrap: bool = False, scrolls: str = "") -> None:
    """Write a frame of text as a table that can be read aloud, copied and tested.

    `scrolls` names a long one that scrolls within its place, also by the keyboard.
    """
    head = "".join(_head("col", 1, name) for _, name in headings_of(frame))
    groups = "".join(_head("colgroup", columns, group) for group, columns in spans_of(frame))
    above = f"<tr class='cs-groups'>{groups}</tr>" if groups else ""
    body = "".join(
        "<tr>" + "".join(
            f"<th scope='row'>{_breakable(str(v))}</th>" if i == 0 else f"<td>{html.escape(str(v))}</td>"
            for i, v in enumerate(row)) + "</tr>"
        for row in frame.itertuples(index=False, name=None))
    look = "cs-table cs-wrap" if wrap else "cs-table"
    caption_html = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    place = f" cs-tall' tabindex='0' role='region' aria-label='{html.escape(scrolls)}" if scrolls else ""
    st.html(f"<div class='cs-scroll{place}'><table class='{look}'>{caption_html}<thead>{above}<tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table></div>")


def _head(scope: str, columns: int, text: str) -> str:
    """Return the head of columns; without words it is an empty cell, not a head."""
    span = f" colspan='{columns}'" if columns > 1 else ""
    return f"<th scope='{scope}'{span}>{_with_terms(text)}</th>" if text else f"<td{span}></td>"


def colour_on_page(place: int) -> str:
    """Return the colour of a stratum as the page shows it, lighter on a dark one."""
    colour = theme.colour(place)
    return dark_colour(colour) if state.on_dark_page() else colour


def meaning_words(meaning: str) -> str:
    """Say what a level of the tumour response means, or that nobody has said it."""
    return say(MEANING_WORDS.get(cast(Meaning, meaning), "not said yet"))


def _breakable(text: str) -> str:
    """Escape a heading and let it break after + and /, as in TACE+IMRT+sorafenib."""
    return html.escape(text).replace("+", "+<wbr>").replace("/", "/<wbr>")


def _with_arrow(chart: dict[str, Any]) -> dict[str, Any]:
    """Turn a chart's datasets into Arrow, so that the browser swaps data and keeps the view."""
    return {**chart, "datasets": {n: _arrow(rows) for n, rows in chart["datasets"].items()}}


def _arrow(rows: list[dict[str, Any]]) -> bytes:
    data = pa.Table.from_pylist(rows)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, data.schema) as writer:
        writer.write_table(data)
    return sink.getvalue().to_pybytes()
