"""Kaplan-Meier curves with the number at risk beneath, in one view on one time axis."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from core import adequacy
from core.charts import theme
from core.charts.labels import place_names
from core.cohort import Cohort
from core.counts import count, timeline
from core.cox import CoxModel
from core.figure import Figure, provenance, rows_of
from core.format import NOT_ESTIMABLE, estimate, fixed, hazard_ratio, p_phrase, percent, plural
from core.kaplan_meier import KaplanMeier

WIDTH = 720
PLOT = 290  # pixels of the plot itself, from 0 to 100 %
_HEAD, _ROW = 58, 32  # pixels under the axis: tick labels and title; one stratum's name and counts
_MAX_POINTS = 1_500  # more steps than this per curve cannot be told apart on any screen
_MANY = 8  # curves beyond which bands and names hide one another: the colours repeat, too
_LONGEST = 34  # characters of a group's name beside its curve
_STEPS = (1, 2, 3, 6, 12, 24, 36, 60, 120)
_MAX_TICKS = 9
_INNER = 560  # a name must fit where the plot is this wide: the narrowest it gets on screen


def km_figure(cohort: Cohort, result: KaplanMeier, effect: CoxModel | None, *,
              reference: KaplanMeier | None = None, band: bool = True) -> Figure:
    """Draw the curves of a result.

    Parameters
    ----------
    effect : the hazard ratios of the same strata, or None where there is one stratum
    reference : the same curves of the whole cohort, drawn faint behind
    band : whether to show the confidence band
    """
    longest = float(max(timeline(cohort, result.endpoint).times, default=1.0)) or 1.0
    ticks = time_ticks(longest)
    template = _template(len(result.levels), longest, tuple(ticks))
    curves, several = _curves(result), 1 < len(result.levels) <= _MANY
    chart = theme.with_data(
        template,
        band=_band(curves) if band and len(result.levels) <= _MANY else [],
        curve=_steps(curves),
        whole=_steps(_curves(reference)) if reference else [],
        censored=_censored(curves),
        labels=_labels(curves, longest) if several else [],
        medians=_median_drops(result),
        names=[{"x": 0, "y": _row_y(i, 0), "text": theme.shortened(level, 2 * _LONGEST), "c": theme.colour(i)}
               for i, level in enumerate(result.levels)] if len(result.levels) > 1 else [],
        risk=_at_risk(cohort, result, ticks),
    )
    label = next(e.label for e in cohort.mapping.endpoints if e.name == result.endpoint)
    events = int(result.medians.n_event.sum())
    return Figure(
        slug=f"km-{result.endpoint}-{result.by or 'all'}".lower().replace(" ", "-"),
        title=f"{label} by {result.label.lower() if result.by == 'arm' else result.label}"
        if result.by else label,
        chart=chart,
        table=numbers(cohort, result, effect),
        drawn=result.curves,
        summary=tuple(summary(cohort, result, effect)),
        warnings=tuple(warnings(cohort, result)),
        notes=tuple(notes(cohort, result, effect)),
        provenance=provenance(cohort, _method(result, effect), plural(events, f"{result.endpoint} event")),
        alt=_alt(result),
    )


def numbers(cohort: Cohort, result: KaplanMeier, effect: CoxModel | None) -> pd.DataFrame:
    """Return per stratum: patients, events, median (95 % CI), hazard ratio (95 % CI), as text."""
    ratios = {} if effect is None else {
        row.level: NOT_ESTIMABLE if row.reason else
        f"{hazard_ratio(row.hazard_ratio, row.conf_low, row.conf_high)}, {p_phrase(row.p_value)}"
        for row in rows_of(effect.terms)}
    rows = []
    for place, row in enumerate(rows_of(result.medians)):
        rows.append({
            result.label: row.strata, "n": f"{row.n:,}", "Events": f"{row.n_event:,}",
            "Median, months (95% CI)": estimate(row.median, row.conf_low, row.conf_high)
            if row.n else "no patients",
        })
        if effect is not None:
            rows[-1]["HR (95% CI), Wald p"] = "reference" if place == 0 else ratios[row.strata]
    return pd.DataFrame(rows)


def summary(cohort: Cohort, result: KaplanMeier, effect: CoxModel | None) -> list[str]:
    """Say the log-rank p, or why there is none, and each hazard ratio."""
    if len(result.levels) < 2:
        return []
    reason = adequacy.log_rank_reason(count(cohort, result.endpoint, result.by))
    if reason or result.log_rank.empty:
        lines = [f"Log-rank: {reason or 'no test: the groups are never at risk together'}"]
    else:
        lines = [f"Log-rank {p_phrase(result.log_rank.p_value.iloc[0])}"]
    if effect is not None:
        pair = len(effect.terms) == 1
        lines += [("HR " if pair else f"HR {row.level}: ")
                  + hazard_ratio(row.hazard_ratio, row.conf_low, row.conf_high)
                  + (f" against {row.reference}" if pair and not row.reason else "")
                  for row in rows_of(effect.terms)]
    return lines


def warnings(cohort: Cohort, result: KaplanMeier) -> list[str]:
    """Say why the curves must not be read as they stand."""
    if not cohort.n:
        return ["No patient passes these filters. Take one away."]
    immortal = adequacy.immortal_time(cohort, result.by)
    return [immortal] if immortal else []


def notes(cohort: Cohort, result: KaplanMeier, effect: CoxModel | None) -> list[str]:
    """Say what else a reader of the curves must know; of no patients there is nothing to say."""
    if not cohort.n:
        return []
    said = [adequacy.left_out(result.missing_endpoint, result.endpoint, result.missing_stratum,
                              result.label)]
    if len(result.levels) > _MANY:
        said.append(f"{len(result.levels)} groups are more than can be told apart: bands and names are left "
                    "out. Compare by a variable with fewer levels.")
    if effect is not None:
        said += [f"Hazard ratio of {row.level}: {NOT_ESTIMABLE}, {row.reason}."
                 for row in rows_of(effect.terms) if row.reason]
        said.append(adequacy.few_events(count(cohort, result.endpoint, result.by)))
    return [s for s in said if s]


def time_ticks(longest: float) -> list[int]:
    """Return ticks of a time axis in months: the smallest step that gives nine or fewer."""
    step = next((s for s in _STEPS if longest / s < _MAX_TICKS), int(longest // _MAX_TICKS) + 1)
    return list(range(0, int(longest) + 1, step))


def _method(result: KaplanMeier, effect: CoxModel | None) -> str:
    parts = [f"Kaplan-Meier, {result.conf_type} 95% CI"]
    if effect is not None:
        reference = effect.terms.reference.iloc[0]
        parts += ["log-rank test", f"Cox hazard ratio (Efron ties) against {reference}"]
    missing = result.medians[["median", "conf_low", "conf_high"]].isna().any(axis=None)
    return "; ".join(parts) + "." + (" NR: not reached; NE: not estimable." if missing else "")


def _alt(result: KaplanMeier) -> str:
    medians = "; ".join(
        f"{r.strata}: {r.n} patients, {r.n_event} events, median "
        f"{estimate(r.median, r.conf_low, r.conf_high)} months" for r in rows_of(result.medians))
    return f"Kaplan-Meier curves of {result.endpoint}. {medians}"


class _Curve(NamedTuple):
    """A stratum's steps, with its place among all levels, which gives colour and dash."""

    place: int
    level: str
    steps: pd.DataFrame


def _curves(result: KaplanMeier) -> list[_Curve]:
    """Return the strata that have patients."""
    of = dict(list(result.curves.groupby("strata", sort=False)))
    return [_Curve(i, level, of[level]) for i, level in enumerate(result.levels) if level in of]


def _row_y(place: int, line: int) -> float:
    return -(_HEAD + 13 + place * _ROW + line * 15) / PLOT


def _thin(curve: pd.DataFrame) -> pd.DataFrame:
    """Keep the last step per pixel column where there are more than a screen can show."""
    if len(curve) <= _MAX_POINTS:
        return curve
    column = np.floor(curve.time / curve.time.max() * _MAX_POINTS)
    return curve[~column.duplicated(keep="last")]


def _steps(curves: list[_Curve]) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for place, level, steps in curves:
        drawn = _thin(steps)
        base = {"s": level, "c": theme.colour(place), "d": theme.dash(place)}
        out.append(base | {"x": 0.0, "y": 1.0, "tip": f"{int(drawn.n_risk.iloc[0])} at risk"})
        out.extend(
            base | {"x": x, "y": y, "tip": f"{percent(y, 1)} at {fixed(x, 1)} months, {n} at risk"}
            for x, y, n in zip(drawn.time.tolist(), drawn.estimate.tolist(), drawn.n_risk.tolist(),
                               strict=True))
    return out


def _band(curves: list[_Curve]) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for place, level, steps in curves:
        drawn = _thin(steps)
        certain = drawn.estimate == 1  # before the first event both limits are 1
        low = drawn.conf_low.where(~certain, 1.0)
        high = drawn.conf_high.where(~certain, 1.0)
        known = (low.notna() & high.notna()).to_numpy()
        base = {"s": level, "c": theme.colour(place)}
        out.append(base | {"x": 0.0, "lo": 1.0, "hi": 1.0})
        out.extend(base | {"x": x, "lo": a, "hi": b} for x, a, b in
                   zip(drawn.time[known].tolist(), low[known].tolist(), high[known].tolist(),
                       strict=True))
        if not known.all():  # the curve reaches 0, where there are no limits: the band ends there
            out.append(out[-1] | {"x": float(drawn.time[~known].iloc[0])})
    return out


def _censored(curves: list[_Curve]) -> list[dict[str, Any]]:
    ticks = ((place, _thin(steps[steps.n_censor > 0])) for place, _, steps in curves)
    return [{"x": x, "y": y, "c": theme.colour(place)} for place, drawn in ticks
            for x, y in zip(drawn.time.tolist(), drawn.estimate.tolist(), strict=True)]


def _labels(curves: list[_Curve], longest: float) -> list[dict[str, Any]]:
    """Place each stratum's name beside its curve."""
    names = [theme.shortened(curve.level, _LONGEST) for curve in curves]
    widths = [(theme.width_of(name, 12) + 8) / _INNER for name in names]
    points = [(c.steps.time.to_numpy(), c.steps.estimate.to_numpy()) for c in curves]
    places = place_names(points, widths, longest)
    return [{"x": p.x * longest, "y": p.y, "text": name, "c": theme.colour(curve.place)}
            for curve, name, p in zip(curves, names, places, strict=True)]


def _median_drops(result: KaplanMeier) -> list[dict[str, Any]]:
    return [{"x": m, "c": theme.colour(i)}
            for i, m in enumerate(result.medians["median"].tolist()) if not np.isnan(m)]


def _at_risk(cohort: Cohort, result: KaplanMeier, ticks: list[int]) -> list[dict[str, Any]]:
    """Return the number at risk at each tick: everyone whose time is not before it."""
    counts = count(cohort, result.endpoint, result.by)
    place = np.searchsorted(counts.times, np.asarray(ticks, dtype=float) - 1e-9)
    padded = np.column_stack([counts.at_risk, np.zeros(len(result.levels), int)])
    line = 1 if len(result.levels) > 1 else 0
    return [{"x": tick, "y": _row_y(i, line), "text": f"{int(padded[i, place[j]]):,}",
             "c": theme.colour(i)}
            for i in range(len(result.levels)) for j, tick in enumerate(ticks)]


@lru_cache(maxsize=64)
def _template(strata: int, longest: float, ticks: tuple[int, ...]) -> dict[str, Any]:
    below = _HEAD + 6 + strata * (_ROW if strata > 1 else 18)
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, longest * 1.015], nice=False, zero=True), axis=None)
    y_scale = alt.Scale(domain=[-below / PLOT, 1.02], nice=False)
    y_axis = alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format=".0%", title=None, domain=False,
                      ticks=False, labelPadding=14)
    y = alt.Y("y:Q", scale=y_scale, axis=y_axis)
    colour = theme.given("c")
    tip = [alt.Tooltip("s:N", title="Group"), alt.Tooltip("tip:N", title="Survival")]

    def of(name: str) -> alt.Chart:
        return alt.Chart(theme.data(name))

    layers = [
        of("band").mark_area(interpolate="step-after", opacity=0.13).encode(
            x=x, y=alt.Y("lo:Q", scale=y_scale, axis=y_axis), y2="hi:Q", color=colour,
            detail="s:N"),
        of("medians").mark_rule(strokeDash=[2, 3], strokeWidth=1).encode(
            x=x, y=alt.datum(0, scale=y_scale), y2=alt.datum(0.5), color=colour),
        of("whole").mark_line(interpolate="step-after", strokeWidth=1.2, opacity=0.35).encode(
            x=x, y=y, color=colour, detail="s:N"),
        of("curve").mark_line(interpolate="step-after", strokeWidth=2).encode(
            x=x, y=y, color=colour, detail="s:N",
            strokeDash=alt.StrokeDash("d:N", scale=theme.dash_scale(), legend=None)),
        of("censored").mark_tick(orient="vertical", size=9, thickness=1.2).encode(
            x=x, y=y, color=colour),
        of("curve").mark_point(size=60, opacity=0, filled=True).encode(x=x, y=y, tooltip=tip),
        of("labels").mark_text(align="left", baseline="middle", fontSize=12, fontWeight=600).encode(
            x=x, y=y, text="text:N", color=colour),
        of("names").mark_text(align="left", baseline="middle", fontWeight=600, dx=-6).encode(
            x=x, y=y, text="text:N", color=colour),
        of("risk").mark_text(baseline="middle").encode(
            x=x, y=y, text="text:N", color=colour),
        *_axis_layers(x, y_scale, longest, ticks),
    ]
    return theme.finish(alt.layer(*layers), width=WIDTH, height=PLOT + below)


def _axis_layers(x: alt.X, y_scale: alt.Scale, longest: float, ticks: tuple[int, ...]) -> list[alt.Chart]:
    """Draw the time axis at 0 %, inside the view, so that the counts share its scale."""
    def text(values: list[dict[str, Any]], **mark: Any) -> alt.Chart:
        return alt.Chart(alt.InlineData(values=values)).mark_text(baseline="middle", **mark).encode(
            x=x, y=alt.Y("y:Q", scale=y_scale), text="text:N")

    axis = [{"x": 0, "y": 0, "x2": longest * 1.015}]
    marks = [{"x": t, "y": 0, "y2": -5 / PLOT, "text": str(t)} for t in ticks]
    labels = [m | {"y": -14 / PLOT} for m in marks]
    return [
        alt.Chart(alt.InlineData(values=axis)).mark_rule(color=theme.QUIET).encode(
            x=x, x2="x2:Q", y=alt.Y("y:Q", scale=y_scale)),
        alt.Chart(alt.InlineData(values=marks)).mark_rule(color=theme.QUIET).encode(
            x=x, y=alt.Y("y:Q", scale=y_scale), y2="y2:Q"),
        text(labels, color=theme.INK),
        text([{"x": longest / 2, "y": -30 / PLOT, "text": "Months"}], color=theme.QUIET),
        text([{"x": 0, "y": -(_HEAD - 4) / PLOT, "text": "Number at risk"}], color=theme.QUIET,
             align="left", dx=-6),
    ]
