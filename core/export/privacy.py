"""What a saved figure holds of single patients, and how it can hold less."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from core.figure import Figure
from core.language import say

_EACH = ("waterfall", "swimmer")  # charts with a mark per patient
_SUMS = ("n_event", "n_censor")  # counts of one time, to be added up over a month


def holds_times(figure: Figure) -> bool:
    """Tell whether the numbers of a figure have a row per time at which someone had an event or was censored."""
    return "time" in figure.drawn.columns and len(figure.drawn) > 0


def privacy_words(figure: Figure) -> str:
    """Say what of single patients can be read from a figure's files; "" where nothing can."""
    if figure.slug.startswith(_EACH):
        return say("This chart shows single patients, and so do all its files.")
    if holds_times(figure):
        return (say("CSV and Excel hold every time at which one of these patients had an event or was censored: by "
                    "it a patient of a small group may be known. In whole months they hold less."))
    return ""


def in_whole_months(figure: Figure) -> Figure:
    """Return a figure whose numbers have a row per month, as they are at its end; chart and table stay."""
    if not holds_times(figure):
        return figure
    drawn = figure.drawn
    groups = [c for c in drawn.columns if not pd.api.types.is_numeric_dtype(drawn[c])]
    months = drawn.assign(time=np.ceil(drawn["time"].to_numpy(dtype=float)))
    how = {c: "sum" if c in _SUMS else "last" for c in drawn.columns if c not in (*groups, "time")}
    thinned = months.groupby([*groups, "time"], sort=False, observed=True, dropna=False).agg(how).reset_index()
    return replace(figure, drawn=thinned[list(drawn.columns)],
                   notes=(*figure.notes, say("Times of the file are whole months, as survival is at their end.")))
