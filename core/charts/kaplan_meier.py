"""Kaplan-Meier curves: survival, its complement, cumulative hazard, log minus log; one plot or one per level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from core.charts.axes import axes_of
from core.charts.curve_options import COUNTS, VIEWS, CurveOptions, View
from core.charts.marks import CURVES_KEY, DESIGNS, MANY, SCREEN, Axes, Block, Curve, Design, Pane, draw, thinned
from core.cohort import Cohort, absence, count, immortal_time, reference_level
from core.figure import Figure, Recipe, Room, provenance, recipe, rows_of, text_table
from core.format import (
    DASH,
    NOT_ESTIMABLE,
    estimate,
    fixed,
    hazard_ratio,
    number,
    p_phrase,
    plural,
    share_with_limits,
    shortest,
)
from core.hazards import TreatmentEffect, proportional_verdict
from core.language import say
from core.schema import ARM
from core.statistics import Z95
from core.survival import (
    KaplanMeier,
    ended_early,
    few_events,
    late_entry,
    left_out,
    log_rank_reason,
    restricted_mean_comparison,
    survival_at,
)

_YEAR = 12.0  # months
# On a slide: pixels of a row of the table, and of curves without it; groups whose table stands beneath the curves, and
# for whose counts there is room.
_PER_ROW, _HIGHEST, _FEW, _READ = 19, 300, 3, 4
_LOW = (190, 190, 205, 205)  # pixels by the number of groups, under the finding of a slide of 4:3
_DRAWN = ("time", "estimate", "conf_low", "conf_high", "cumulative_hazard", "hazard_error", "n_censor", "n_risk")


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """The curves of one pane: its patients, their results, and those of the whole cohort.

    `means`: restricted means to the longest month that all groups allow, wanted where a hazard ratio seems to change
    over time.
    """

    cohort: Cohort
    result: KaplanMeier
    effect: TreatmentEffect | None = None
    reference: KaplanMeier | None = None
    means: pd.DataFrame | None = None
    level: str = ""


def km_figure(part: Part, options: CurveOptions | None = None) -> Figure:
    """Draw the curves of a result."""
    cohort, result, options = part.cohort, part.result, options or CurveOptions()
    label = endpoint_label(cohort, result.endpoint)
    return Figure(
        slug=f"km-{result.endpoint}-{result.by or 'all'}".lower().replace(" ", "-"),
        title=_titled(options.view, label, _by(result)), chart=_chart([part], options), key=CURVES_KEY,
        redraw=partial(_laid_out, [part], options),
        table=numbers(part), drawn=result.curves, summary=tuple(summary(part)),
        warnings=tuple(warnings(cohort, result.by)), notes=tuple(notes(part)),
        provenance=_provenance(cohort, [part], options), alt=_alt(part, options.view),
        recipe=_recipe(cohort, [part], options),
    )


def _by(result: KaplanMeier) -> str:
    """Say in a title by what the curves are; "" of one curve."""
    return "" if not result.by else say(" by {words}",
                                        words=result.label.lower() if result.by == ARM else result.label)


def _titled(view: View, label: str, by: str) -> str:
    """Name what a view shows of an endpoint: in a title, and without groups on the axis."""
    inside = label[:1].lower() + label[1:] if label[1:2].islower() else label
    return {"survival": f"{label}{by}", "complement": f"1 \u2212 {inside}{by}",
            "hazard": say("Cumulative hazard, {inside}{by}", inside=inside,
                          by=by), "log-log": say("log(\u2212log {inside}){by}", inside=inside, by=by)}[view]


def km_panes_figure(cohort: Cohort, parts: list[Part], panes_by: str, options: CurveOptions) -> Figure:
    """Draw a pane of curves per level of the variable `panes_by`, all on one scale."""
    first = parts[0].result
    variable = cohort.variable(panes_by)
    label = endpoint_label(cohort, first.endpoint)
    shown = [(p.level, numbers(p)) for p in parts if p.cohort.n or p is parts[0]]
    table = text_table([variable.label, *shown[0][1].columns],
                       [[level, *row] for level, frame in shown for row in frame.to_numpy().tolist()])
    return Figure(
        slug=f"km-{first.endpoint}-{first.by or 'all'}-within-{panes_by}".lower().replace(" ", "-"),
        title=_titled(options.view, label,
                      say("{by} within {label}", by=_by(first), label=variable.label) if first.by else
                      say(" by {label}", label=variable.label)),
        chart=_chart(parts, options), table=table, key=CURVES_KEY, redraw=partial(_laid_out, parts, options),
        paged=partial(_pages, parts, options),
        drawn=pd.concat([p.result.curves.assign(**{panes_by: p.level}) for p in parts], ignore_index=True),
        summary=tuple(f"{p.level}: {line}" for p in parts if p.cohort.n for line in summary(p)[:1]),
        warnings=tuple(warnings(cohort, first.by, panes_by)),
        notes=tuple(f"{p.level}: {n}" for p in parts for n in (*assumption(p), *notes(p))),
        provenance=_provenance(cohort, parts, options),
        alt="; ".join(f"{p.level}: {_alt(p, options.view)}" for p in parts),
        recipe=_recipe(cohort, parts, options, panes_by=panes_by),
    )


def _recipe(cohort: Cohort, parts: list[Part], options: CurveOptions, **more: Any) -> Recipe:
    first = parts[0].result
    behind = options.faint and (parts[0].reference is not None or not cohort.filters)
    return recipe(cohort, "panes" if more else "curves", endpoint=first.endpoint, by=first.by,
                  conf_type=first.conf_type, behind=behind, options=options, **more)


def endpoint_label(cohort: Cohort, endpoint: str) -> str:
    """Return an endpoint's name in full."""
    return say(next((e.label for e in cohort.mapping.endpoints if e.name == endpoint), endpoint))


def numbers(part: Part) -> pd.DataFrame:
    """Return per stratum: patients, events, survival at a year, median, hazard ratio, each with 95 % CI, as text."""
    result, effect = part.result, part.effect
    year = _at_a_year(part)
    ratios = {} if effect is None else {
        row.level: say(NOT_ESTIMABLE) if row.reason else
        f"{hazard_ratio(row.hazard_ratio, row.conf_low, row.conf_high)}, {p_phrase(row.p_value)}"
        for row in rows_of(effect.terms)}
    rows = []
    for row in rows_of(result.medians):
        rows.append([row.strata, f"{row.n:,}", f"{row.n_event:,}", *([year[row.strata]] if year else []),
                     estimate(row.median, row.conf_low, row.conf_high) if row.n else say("no patients")])
        if effect is not None:
            rows[-1].append(ratios.get(row.strata, say("reference")))
    headings = [result.label, "n", say("Events"), *([say("At 12 months (95% CI)")] if year else []),
                say("Median, months (95% CI)")]
    return text_table([*headings, say("HR (95% CI), Wald p")] if effect is not None else headings, rows)


def _at_a_year(part: Part) -> dict[str, str]:
    """Say survival at 12 months of each stratum; nothing where nobody of the whole cohort was followed so long."""
    result = part.result
    if not float(count(part.cohort.whole, result.endpoint, None).times[-1:].sum()) >= _YEAR:
        return {}
    at = survival_at(part.cohort, endpoint=result.endpoint, by=result.by, times=(_YEAR,), conf_type=result.conf_type)
    return {r.strata: DASH if np.isnan(r.estimate) else share_with_limits(r.estimate, r.conf_low, r.conf_high)
            for r in rows_of(at)}


def summary(part: Part) -> list[str]:
    """Say the log-rank p, or why there is none, each hazard ratio, and whether hazards are proportional."""
    return [*_tests_of(part), *(assumption(part) if len(part.result.levels) > 1 else [])]


def _tests_of(part: Part, *, against: bool = True) -> tuple[str, ...]:
    """Say the log-rank p, or why there is none, and each hazard ratio, with its reference."""
    result, effect = part.result, part.effect
    if len(result.levels) < 2:
        return ()
    lines = [_log_rank(part)]
    if effect is not None:
        pair = len(effect.terms) == 1
        lines += [("HR " if pair else f"HR {row.level}: ")
                  + hazard_ratio(row.hazard_ratio, row.conf_low, row.conf_high)
                  + (say(" against {reference}", reference=row.reference)
                     if against and pair and not row.reason else "")
                  for row in rows_of(effect.terms)]
    return tuple(lines)


def _log_rank(part: Part) -> str:
    """Say the log-rank p, or why there is none; "" of one group."""
    result = part.result
    if len(result.levels) < 2:
        return ""
    reason = log_rank_reason(count(part.cohort, result.endpoint, result.by))
    if reason or result.log_rank.empty:
        return say("Log-rank: {reason}", reason=reason or say("no test: the groups are never at risk together"))
    return say("Log-rank {p}", p=p_phrase(result.log_rank.p_value.iloc[0]))


def assumption(part: Part) -> list[str]:
    """Say what the test of proportional hazards says of the hazard ratios, where there are any; restricted means."""
    effect = part.effect
    if effect is None or not (effect.terms.reason == "").any():
        return []
    return [proportional_verdict(effect.proportional[2]), *_means(part)]


def _means(part: Part) -> list[str]:
    """Say the differences of restricted means, where the hazard ratio may not describe what is seen."""
    if part.means is None:
        return []
    differences = restricted_mean_comparison(part.means, reference_level(part.cohort, part.result.by))
    differences = differences[differences.measure == "difference"]
    month = shortest(float(part.means.tau.iloc[0]), 1)
    several = len(differences) > 1
    return [say("Restricted mean to month {month}{group}: {estimate} months against {reference}, {p_phrase}",
                month=month, group=f', {r.strata}' if several else '',
                estimate=estimate(r.estimate, r.conf_low, r.conf_high), reference=r.reference,
                p_phrase=p_phrase(r.p_value))
            for r in rows_of(differences) if not np.isnan(r.p_value)]


def warnings(cohort: Cohort, *keys: str | None) -> list[str]:
    """Say why curves by some variables must not be read as they stand."""
    if not cohort.n:
        return [say("No patient matches these filters. Remove one of them.")]
    immortal = immortal_time(cohort, *keys)
    return [immortal] if immortal else []


def notes(part: Part) -> list[str]:
    """Say what else a reader of the curves must know; of no patients there is nothing to say."""
    cohort, result, effect = part.cohort, part.result, part.effect
    if not cohort.n:
        return []
    sentences = [left_out(result.missing_endpoint, result.endpoint, result.missing_stratum,
                          absence(result.by, result.label))]
    if len(result.levels) > MANY:
        sentences.append(say("{levels} groups are too many to distinguish: bands and names are left out. Compare by "
                             "a variable with fewer levels.", levels=len(result.levels)))
    if effect is not None:
        sentences += [say("Hazard ratio of {level}: {not_estimable}, {reason}.", level=row.level,
                          not_estimable=say(NOT_ESTIMABLE), reason=row.reason)
                 for row in rows_of(effect.terms) if row.reason]
        counts = count(cohort, result.endpoint, result.by)
        sentences.append(few_events(int(counts.n_event.sum()), int((counts.n > 0).sum())))
    sentences.append(ended_early(count(cohort, result.endpoint, result.by)))
    return [s for s in sentences if s]


def _provenance(cohort: Cohort, parts: list[Part], options: CurveOptions) -> Any:
    result = parts[0].result
    events = sum(int(p.result.medians.n_event.sum()) for p in parts)
    effect = next((p.effect for p in parts if p.effect is not None), None)
    methods = [say("Nelson-Aalen cumulative hazard, log 95% CI")] if options.view == "hazard" else \
        [say("Kaplan-Meier, {conf_type} 95% CI", conf_type=result.conf_type)]
    if effect is not None:
        methods += [say("log-rank test"), say("Cox hazard ratio (Efron ties) against {reference}",
                                                    reference=effect.terms.reference.iloc[0])]
    if cohort.whole.landmark:
        methods.append(say("landmark at {landmark} months", landmark=number(cohort.whole.landmark[1])))
    limits = pd.concat([p.result.medians[["median", "conf_low", "conf_high"]] for p in parts])
    if options.at_risk:
        methods.append(say("curves drawn as far as {at_risk} are at risk", at_risk=f"{options.at_risk:,}"))
    key = say(" NR: not reached; NE: not estimable.") if limits.isna().any(axis=None) else ""
    return provenance(cohort, "; ".join(methods) + late_entry(cohort, result.endpoint) + "." + key,
                      plural(events, "{endpoint} event", endpoint=result.endpoint))


def _alt(part: Part, view: View) -> str:
    medians = "; ".join(
        say("{strata}: {n} patients, {n_event} events, median {estimate} months", strata=r.strata, n=r.n,
            n_event=r.n_event, estimate=estimate(r.median, r.conf_low,
                                                 r.conf_high)) for r in rows_of(part.result.medians))
    return say("{view} by Kaplan-Meier, {endpoint}. {medians}", view=say(VIEWS[view]), endpoint=part.result.endpoint,
               medians=medians)


def _laid_out(parts: list[Part], options: CurveOptions, room: Room) -> dict[str, Any]:
    """Draw curves anew for a room of a slide or page, where letters must be large.

    On two thirds of a slide the table of few groups stands beneath them, and of the counts the first alone stands under
    the axis, or none of many groups: else the plot would be a strip.
    """
    design, groups = DESIGNS[room], len(parts[0].result.levels)
    if room not in ("middle", "low") or len(parts) > 1:
        return _chart(parts, options, design)
    if room == "low":
        height, read = (_LOW[groups] if groups <= _FEW else design.height), _FEW
    else:
        height, read = design.height - _PER_ROW * (groups + 1) if groups <= _FEW else _HIGHEST, _READ
    counts = options.counts[:1] if groups <= read else ()
    return _chart(parts, replace(options, counts=counts), replace(design, height=height))


def _pages(parts: list[Part], options: CurveOptions) -> list[dict[str, Any]]:
    """Draw panes for slides, two on each."""
    counts = options.counts[:1] if len(parts[0].result.levels) <= _READ else ()
    few, filled = replace(options, counts=counts), [p for p in parts if p.cohort.n] or parts[:1]
    return [_chart(parts, few, DESIGNS["slide"], filled[i:i + 2]) for i in range(0, len(filled), 2)]


def _chart(parts: list[Part], options: CurveOptions, design: Design = SCREEN,
           shown: list[Part] | None = None) -> dict[str, Any]:
    """Draw panes of curves on a common scale; `shown` are those that are drawn, where it is not all."""
    seen = {id(p): _curves(p.result, options) for p in parts}
    behind = {id(p): _curves(p.reference, options) if p.reference else [] for p in parts}
    values = [c.value for curves in (*seen.values(), *behind.values()) for c in curves]
    endpoint = parts[0].result.endpoint
    title = _titled(options.view, endpoint_label(parts[0].cohort, endpoint), "")
    axes = axes_of(parts[0].cohort, endpoint, options.view, values, options.up_title or title,
                   many=len(parts) > 1 or design.columns == 1, until=options.until, every=options.every)
    axes = replace(axes, across_title=options.across_title)
    panes = []
    for p in shown or parts:
        ends = {c.place: float(c.time[-1]) for c in seen[id(p)]}
        drops = [(float(m), i) for i, m in enumerate(p.result.medians["median"]) if m <= ends.get(i, -1.0)]
        panes.append(Pane(
            curves=seen[id(p)], levels=p.result.levels, behind=behind[id(p)] if options.faint else [],
            blocks=_blocks(p, axes, options), drops=drops if options.view in ("survival", "complement") else [],
            title=p.level, finding=_log_rank(p) if p.cohort.n else say("no patients"),
            inside=_tests_of(p, against=False)
            if options.inside and len(parts) == 1 else ()))
    return draw(panes, axes, band=options.band and options.view != "log-log",
                tau=options.tau if options.view == "survival" and (options.tau or 0) <= axes.longest else None,
                design=design)


def _curves(result: KaplanMeier, options: CurveOptions) -> list[Curve]:
    """Return the curves of the strata that have patients, each with its place among all levels."""
    strata = result.curves.strata.to_numpy()
    steps = {c: result.curves[c].to_numpy(dtype=float) for c in _DRAWN}
    curves = [_curve(i, level, _drawn({c: v[strata == level] for c, v in steps.items()}, options), options.view)
              for i, level in enumerate(result.levels)]
    return [curve for curve in curves if curve.time.size]


def _drawn(steps: dict[str, np.ndarray], options: CurveOptions) -> dict[str, np.ndarray]:
    """Return the steps of a curve until so many are at risk for the last time, and to the end of the axis.

    With late entry the number at risk first grows. A curve that goes on beyond the axis runs to its end.
    """
    enough = np.flatnonzero(steps["n_risk"] >= options.at_risk)
    kept = {c: v[:enough[-1] + 1 if enough.size else 0] for c, v in steps.items()}
    if options.until is None or not kept["time"].size or kept["time"][-1] <= options.until:
        return kept
    inside = int((kept["time"] <= options.until).sum())
    before = {"estimate": 1.0, "conf_low": 1.0, "conf_high": 1.0}  # the first event
    last = {c: v[inside - 1] for c, v in kept.items()} if inside else before
    edge = {**last, "time": options.until, "n_censor": 0, "n_risk": kept["n_risk"][inside]}
    return {c: np.append(v[:inside], edge.get(c, 0.0)) for c, v in kept.items()}


def _curve(place: int, level: str, steps: dict[str, np.ndarray], view: View) -> Curve:
    if view == "log-log":
        inside = (steps["estimate"] > 0) & (steps["estimate"] < 1) & (steps["time"] > 0)
        steps = {c: v[inside] for c, v in steps.items()}
    places = thinned(steps["time"])
    kept = {c: v[places] for c, v in steps.items()}
    s, low, high = kept["estimate"], kept["conf_low"], kept["conf_high"]
    certain = s == 1  # before the first event both limits are 1
    low, high = np.where(certain, 1.0, low), np.where(certain, 1.0, high)
    value, start = s, 1.0
    if view == "complement":
        value, low, high, start = 1 - s, 1 - high, 1 - low, 0.0
    elif view == "hazard":
        value, error = kept["cumulative_hazard"], kept["hazard_error"]
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.where(value > 0, np.exp(Z95 * error / value), 1.0)
        low, high, start = value / spread, value * spread, 0.0
    elif view == "log-log":
        value = np.log(-np.log(s))
    return Curve(place=place, level=level, time=kept["time"], value=value, low=low, high=high,
                 ticks=kept["n_censor"] > 0, tip=_tip(kept, value, low, high, view),
                 start=None if view == "log-log" else start)


def _tip(steps: dict[str, np.ndarray], value: np.ndarray, low: np.ndarray, high: np.ndarray,
         view: View) -> Callable[[int], tuple[str, str, str]]:
    """Return what says of a step its month, its value with limits, and the number at risk."""
    def tip(i: int) -> tuple[str, str, str]:
        v, a, b = float(value[i]), float(low[i]), float(high[i])
        words = share_with_limits(v, a, b, digits=1) if view in ("survival", "complement") \
            else fixed(v, 2) if view == "log-log" else estimate(v, a, b, 2)
        return fixed(float(steps["time"][i]), 1), words, f"{int(steps['n_risk'][i]):,}"
    return tip


def _blocks(part: Part, axes: Axes, options: CurveOptions) -> list[Block]:
    """Count at each tick: at risk are those at the first time not before it; events and censored are those until it."""
    counts = count(part.cohort, part.result.endpoint, part.result.by)
    ticks = np.asarray(axes.time_ticks, dtype=float)
    k = len(part.result.levels)
    until = np.searchsorted(counts.times, ticks + 1e-9, "right")
    none = np.zeros((k, 1), int)
    so_far = {"events": counts.deaths, "censored": counts.censored}
    blocks = []
    for what in (c for c in COUNTS if c in options.counts):
        if what == "at risk":
            table = counts.at_risk_at(ticks)
        else:
            table = np.column_stack([none, np.cumsum(so_far[what], axis=1)])[:, until]
        blocks.append(Block(heading=say(COUNTS[what]), texts=[[f"{n:,}" for n in row] for row in table.tolist()]))
    return blocks
