"""Cumulative incidence by first cause: a pane per cause, or all causes in one where nothing is compared."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from core.charts.axes import at_risk, shares, time_ticks
from core.charts.kaplan_meier import endpoint_label, warnings
from core.charts.marks import CURVES_KEY, DESIGNS, SCREEN, Axes, Block, Curve, Design, Pane, draw, thinned
from core.cohort import Cohort, absence
from core.figure import Figure, provenance, recipe, rows_of
from core.format import fixed, number, p_phrase, plural, share_with_limits
from core.language import say
from core.survival import CumulativeIncidence, left_out

_READ = 4  # groups of whom counts have room on a slide


def incidence_figure(cohort: Cohort, result: CumulativeIncidence, at: pd.DataFrame, *, longest: float,
                     band: bool = True) -> Figure:
    """Draw cumulative incidence.

    Parameters
    ----------
    at : incidence at chosen times, which the figure's table shows
    longest : the last time of the whole cohort, where the axis ends
    """
    several = len(result.levels) > 1
    gray = {r.cause: say("Gray's test {p_phrase}", p_phrase=p_phrase(r.p_value)) for r in rows_of(result.gray)}
    chart = partial(_chart, result, gray, longest, band=band)
    label = endpoint_label(cohort, result.endpoint)
    absent = left_out(result.missing_endpoint, result.endpoint, result.missing_stratum,
                      absence(result.by, result.label))
    events = int(result.totals[list(result.causes)].to_numpy().sum())
    tested = say("; Gray's test") if several else ""
    return Figure(
        slug=f"incidence-{result.endpoint}-{result.by or 'all'}".lower().replace(" ", "-"),
        title=say("{label}: cumulative incidence by cause",
                  label=label) + (say(" and {label}", label=result.label.lower()) if several else ""),
        chart=chart(SCREEN), redraw=lambda room: chart(DESIGNS[room]), key=CURVES_KEY,
        paged=partial(_pages, chart, len(result.causes), int(len(result.levels) <= _READ)) if several else None,
        table=incidence_table(result, at), drawn=result.curves,
        recipe=recipe(cohort, "incidence", endpoint=result.endpoint, by=result.by, band=band,
                      times=list(dict.fromkeys(at["time"].tolist()))),
        summary=tuple(f"{say(cause)}: {test}" for cause, test in gray.items()),
        warnings=tuple(warnings(cohort, result.by)), notes=(absent,) if absent else (),
        provenance=provenance(cohort, say("Aalen-Johansen cumulative incidence, log-log 95% CI{tested}. Each cause "
                                          "competes with all others.", tested=tested), plural(events, "first event")),
        alt="; ".join(f"{level}: " + ", ".join(f"{say(str(cause))} {int(n)}" for cause, n in row.items())
                      for level, row in result.totals.set_index("strata")[list(result.causes)].iterrows()),
    )


def _chart(result: CumulativeIncidence, gray: dict[str, str], longest: float, design: Design, *, band: bool,
           shown: slice = slice(None), blocks: int = 2) -> dict[str, Any]:
    """Draw panes of causes, those that are shown, with so many blocks of counts; or all causes in one."""
    several = len(result.levels) > 1
    axes = shares(longest, tuple(float(t) for t in time_ticks(longest, 6 if several or design.columns == 1 else 9)),
                  say("Cumulative incidence"), say("Incidence (95% CI)"))
    of = dict(list(result.curves.groupby(["cause", "strata"], sort=False)))
    if several:
        panes = [_pane([of.get((cause, level)) for level in result.levels], result.levels, axes, blocks,
                       title=say(cause), finding=gray.get(cause, say("no test"))) for cause in result.causes[shown]]
    else:
        panes = [_pane([of.get((cause, result.levels[0])) for cause in result.causes], tuple(map(say, result.causes)),
                       axes, blocks)]
    return draw(panes, axes, band=band, design=design)


def _pages(chart: Callable[..., dict[str, Any]], causes: int, blocks: int) -> list[dict[str, Any]]:
    """Draw the causes for slides, two on each."""
    return [chart(DESIGNS["slide"], shown=slice(i, i + 2), blocks=blocks) for i in range(0, causes, 2)]


def incidence_table(result: CumulativeIncidence, at: pd.DataFrame) -> pd.DataFrame:
    """Write a row per cause and stratum: patients, events, incidence at the chosen times."""
    totals = result.totals.set_index("strata").to_dict("index")
    by_curve: dict[tuple[str, str], list[Any]] = {}
    for r in rows_of(at):
        by_curve.setdefault((r.cause, r.strata), []).append(r)
    rows = []
    for (cause, level), times in by_curve.items():
        row = {"Cause": say(cause), **({"Group": level} if len(result.levels) > 1 else {}),
               "n": f"{totals[level]['n']:,}", "Events": f"{totals[level][cause]:,}"}
        row |= {say("Month {time} (95% CI)", time=number(r.time)): share_with_limits(r.estimate, r.conf_low,
                                                                                     r.conf_high)
                for r in times}
        rows.append(row)
    return pd.DataFrame(rows).rename(columns=say)


def _pane(frames: list[pd.DataFrame | None], levels: tuple[str, ...], axes: Axes, blocks: int, *, title: str = "",
          finding: str = "") -> Pane:
    curves = [_curve(i, level, frame) for i, (level, frame) in enumerate(zip(levels, frames, strict=True))
              if frame is not None and len(frame)]
    return Pane(curves=curves, levels=levels, title=title, finding=finding, blocks=[
        Block(heading=say("Number at risk"), texts=[_at_risk(f, axes) for f in frames]),
        Block(heading=say("Events of this cause so far") if title else say("Events so far"),
              texts=[_events(f, axes) for f in frames])][:blocks])


def _curve(place: int, level: str, frame: pd.DataFrame) -> Curve:
    kept = frame.iloc[thinned(frame.time.to_numpy())]
    time, value, low, high, risk, censored = (
        kept[c].to_numpy(float) for c in ("time", "estimate", "conf_low", "conf_high", "n_risk", "n_censor"))
    certain = value == 0.0
    return Curve(
        place=place, level=level, time=time, value=value, low=np.where(certain, 0.0, low),
        high=np.where(certain, 0.0, high), ticks=censored > 0, start=0.0,
        tip=lambda i: (fixed(time[i], 1), share_with_limits(value[i], low[i], high[i], digits=1), f"{int(risk[i]):,}"))


def _at_risk(frame: pd.DataFrame | None, axes: Axes) -> list[str]:
    if frame is None:
        return ["0"] * len(axes.time_ticks)
    return [f"{n:,}" for n in at_risk(frame.time.to_numpy(), frame.n_risk.to_numpy(), axes.time_ticks)]


def _events(frame: pd.DataFrame | None, axes: Axes) -> list[str]:
    if frame is None:
        return ["0"] * len(axes.time_ticks)
    so_far = np.append(0, np.cumsum(frame.n_event.to_numpy()))
    return [f"{n:,}" for n in so_far[np.searchsorted(frame.time.to_numpy(), np.array(axes.time_ticks) + 1e-9, "right")]]
