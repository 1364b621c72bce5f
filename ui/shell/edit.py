"""Changes of a figure before it is saved, beside its preview: names, axes, colours."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import streamlit as st

from core.charts import COUNTS
from core.errors import CohortError
from core.figure import PALETTES, Figure
from core.language import LANGUAGES, say
from core.recipes import CURVES, Edits, edited, named_by
from core.workers import Bounds
from ui.shell import cache, state
from ui.shell.background import apart
from ui.shell.display import note
from ui.shell.escape import plain
from ui.shell.save_session import enclosing
from ui.shell.state import session

_MOST = 8  # levels that can have other names
_LONGEST = 60
_DECIMALS = {-1: "fewer", 0: "as usual", 1: "one more", 2: "two more"}
_BOUNDS = Bounds(seconds=60, memory=3 * 1024**3, remedy="Undo the change.")


def changed(figure: Figure) -> Figure:
    """Ask what is changed of a figure, and return it so."""
    if figure.recipe is None:
        return figure
    with st.expander(say("Names, axes, colours"), key="export-edit", on_change="rerun") as place:
        if place.open:
            ask(figure, figure.slug)
    return as_changed(figure)


def as_changed(figure: Figure, name: str = "") -> Figure:
    """Return a figure with what was changed of it; `name`: under which its changes are kept, where not its slug."""
    whole, edits = cache.whole_cohort(), session().edits.get(name or figure.slug, Edits())
    if figure.recipe is None or edits.of(whole, figure.recipe) == figure.recipe:
        return enclosing(figure, whole)  # with what is changed since the dialog was opened
    key = f"edit-{figure.digest}-{json.dumps(edits.to_json())}"
    try:
        return enclosing(apart(say("Drawing …"), edited, whole, figure, edits, bounds=_BOUNDS, key=key), whole)
    except CohortError as error:
        note(str(error), strong=True)
        return figure


def ask(figure: Figure, slug: str) -> None:
    """Ask what is changed of a figure; the changes are kept under a name."""
    whole, edits, recipe = cache.whole_cohort(), session().edits.get(slug, Edits()), figure.recipe
    if recipe is None:
        return
    key, endpoint = named_by(whole, recipe), recipe.choices.get("endpoint")
    st.segmented_control(say("Decimals"), list(_DECIMALS), required=True, format_func=lambda d: say(_DECIMALS[d]),
                         key=state.widget(f"edit-decimals-{slug}", edits.decimals), on_change=_keep,
                         args=(slug, "decimals"), help=say("Of medians, ratios, shares and their limits."))
    st.segmented_control(say("Language"), list(LANGUAGES), required=True, format_func=LANGUAGES.__getitem__,
                         key=state.widget(f"edit-language-{slug}", edits.language or figure.language),
                         on_change=_keep, args=(slug, "language"))
    if endpoint:
        _text(say("Name of the endpoint"), slug, "label", edits.label)
    if recipe.kind in CURVES:
        _axes(slug, recipe.choices["options"], edits)
    if key and len(whole.levels(key)) <= _MOST:
        _groups(whole.levels(key), slug, edits)
    if edits != Edits():
        st.button(say("As it was"), key=f"edit-none-{slug}", on_click=session().edits.pop, args=(slug, None))


def _text(label: str, slug: str, name: str, value: str) -> None:
    st.text_input(plain(label), key=state.widget(f"edit-{name}-{slug}", value), max_chars=_LONGEST, on_change=_keep,
                  args=(slug, name))


def _axes(slug: str, options: dict[str, Any], edits: Edits) -> None:
    """Ask for the axes of curves, and for what stands beside these."""
    with st.container(horizontal=True, gap="small"):
        _text(say("Title of the vertical axis"), slug, "up_title", edits.up_title)
        _text(say("Title of the time axis"), slug, "across_title", edits.across_title)
    with st.container(horizontal=True, gap="small"):
        for label, name in ((say("Ends at month"), "until"), (say("Months between ticks"), "every")):
            key = state.widget(f"edit-{name}-{slug}", getattr(edits, name))
            st.number_input(plain(label), 0.1, 1e4, format="%g", step=1.0, placeholder=say("as it is"), key=key,
                            on_change=_keep, args=(slug, name))
    with st.container(horizontal=True, gap="medium"):
        for label, name in (("95% CI", "band"), (say("All patients behind"), "faint"),
                            (say("HR and p in the plot"), "inside")):
            on = options.get(name, False) if getattr(edits, name) is None else getattr(edits, name)
            st.toggle(plain(label), key=state.widget(f"edit-{name}-{slug}", on), on_change=_keep, args=(slug, name))
    counts = options["counts"] if edits.counts is None else edits.counts
    st.pills(say("Under the axis"), list(COUNTS), selection_mode="multi", on_change=_keep, args=(slug, "counts"),
             key=state.widget(f"edit-counts-{slug}", list(counts)), format_func=lambda c: say(COUNTS[c]))


def _groups(levels: tuple[str, ...], slug: str, edits: Edits) -> None:
    """Ask for a name and a colour of each group."""
    names, palette = dict(edits.names), PALETTES[session().style.colours]
    for i, level in enumerate(levels):
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            st.text_input(plain(level), key=state.widget(f"edit-name-{slug}-{i}", names.get(level, "")),
                          placeholder=level, max_chars=_LONGEST, on_change=_keep_group, args=(slug, levels))
            ink = (edits.inks[i] if i < len(edits.inks) else "") or palette[i % len(palette)]
            st.color_picker(say("Colour of {level}", level=plain(level)),
                            key=state.widget(f"edit-ink-{slug}-{i}", ink.lower()),
                            label_visibility="collapsed", on_change=_keep_group, args=(slug, levels))


def _keep(slug: str, name: str) -> None:
    value = state.value_of(f"edit-{name}-{slug}")
    _change(slug, **{name: tuple(value or ()) if name == "counts" else value})


def _keep_group(slug: str, levels: tuple[str, ...]) -> None:
    palette = PALETTES[session().style.colours]
    names = tuple((level, str(state.value_of(f"edit-name-{slug}-{i}") or "")) for i, level in enumerate(levels))
    chosen = [str(state.value_of(f"edit-ink-{slug}-{i}") or "") for i in range(len(levels))]
    inks = tuple("" if ink.lower() == palette[i % len(palette)].lower() else ink for i, ink in enumerate(chosen))
    _change(slug, names=tuple((level, name) for level, name in names if name), inks=inks if any(inks) else ())


def _change(slug: str, **values: Any) -> None:
    current = session()
    current.edits[slug] = replace(current.edits.get(slug, Edits()), **values)
