"""Scales of survival charts: ticks along time, and the vertical scale of each view."""

from __future__ import annotations

import numpy as np

from core.charts.marks import Axes
from core.cohort import Cohort, timeline
from core.format import fixed, number, percent
from core.language import say

_STEPS = (1, 2, 3, 6, 12, 24, 36, 60, 120)
_MAX_TICKS, _FEW_TICKS = 9, 6
_MOST_TICKS = 24  # of those that a person asks for
_LOG_TICKS = (0.1, 0.2, 0.5, 1, 2, 3, 6, 12, 24, 36, 60, 120, 240)
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
_TOPS = (0.1, 0.2, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 10, 15, 20, 30)


def axes_of(cohort: Cohort, endpoint: str, view: str, values: list[np.ndarray], title: str, *,
            many: bool = False, until: float | None = None, every: float | None = None) -> Axes:
    """Return the axes of a view of an endpoint's curves; the time axis is that of the whole cohort.

    Parameters
    ----------
    values : the curves', which views without fixed ends must hold
    title : of the vertical scale
    many : whether several panes stand beside each other, or the plot is narrow, with room for fewer ticks
    until, every : where the time axis ends, and the months between its ticks; None as the follow-up asks for. The
        logarithmic axis has neither
    """
    longest, ticks = time_axis(cohort, endpoint, many=many)
    if view != "log-log" and (until or every):
        longest = until or longest
        ticks = tuple(float(t) for t in time_ticks(longest, _FEW_TICKS if many else _MAX_TICKS))
        if every and longest / every <= _MOST_TICKS:
            ticks = tuple(float(t) for t in np.arange(0, longest + every * 1e-9, every))
    if view == "log-log":
        times = timeline(cohort, endpoint).times
        first = float(min(times[times > 0], default=longest / 10))
        first = min(first, longest / 2)
        return _log_log(values, longest, first, title)
    if view == "hazard":
        highest = max((float(v.max()) for v in values if v.size), default=0.0)
        top = next((t for t in _TOPS if t >= highest), float(np.ceil(highest)))
        marks = tuple(top * s for s in _SHARES)
        return Axes(low=0.0, high=top, ticks=marks, labels=tuple(number(m) for m in marks), longest=longest,
                    time_ticks=ticks, title=title, measure=say("Cumulative hazard (95% CI)"))
    return shares(longest, ticks, title, "1 \u2212 S(t) (95% CI)" if view == "complement" else "S(t) (95% CI)")


def time_axis(cohort: Cohort, endpoint: str, *, many: bool = False) -> tuple[float, tuple[float, ...]]:
    """Return the longest time of the whole cohort and the ticks of its axis, in months."""
    longest = float(max(timeline(cohort, endpoint).times, default=1.0)) or 1.0
    return longest, tuple(float(t) for t in time_ticks(longest, _FEW_TICKS if many else _MAX_TICKS))


def shares(longest: float, ticks: tuple[float, ...], title: str, measure: str) -> Axes:
    """Return axes from 0 to 100 %."""
    return Axes(low=0.0, high=1.0, ticks=_SHARES, labels=tuple(percent(s) for s in _SHARES), longest=longest,
                time_ticks=ticks, title=title, measure=measure)


def _log_log(values: list[np.ndarray], longest: float, first: float, title: str) -> Axes:
    low = int(np.floor(min((v.min() for v in values if v.size), default=-1.0)))
    high = max(int(np.ceil(max((v.max() for v in values if v.size), default=1.0))), low + 1)
    marks = tuple(float(v) for v in range(low, high + 1, 1 if high - low < 8 else 2))
    ticks = tuple(t for t in _LOG_TICKS if first <= t <= longest)
    return Axes(low=low, high=high, ticks=marks, labels=tuple(fixed(m, 0) for m in marks), longest=longest,
                time_ticks=ticks, first=first, title=title, measure=say("log(\u2212log S(t))"))


def at_risk(time: np.ndarray, n_risk: np.ndarray, ticks: tuple[float, ...]) -> np.ndarray:
    """Return a curve's number at risk at ticks: of all whose time is not before it."""
    return np.asarray(np.append(n_risk, 0)[np.searchsorted(time, np.array(ticks) - 1e-9)])


def time_ticks(longest: float, most: int = _MAX_TICKS) -> list[int]:
    """Return ticks of a time axis in months: the smallest step that gives few enough."""
    step = next((s for s in _STEPS if longest / s < most), int(longest // most) + 1)
    return list(range(0, int(longest) + 1, step))
