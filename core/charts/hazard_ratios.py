"""Cox models as forests: covariates alone and together, and the treatment within subgroups."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import pandas as pd

from core.charts.marks import FOREST_KEY, FOREST_KEY_OF_ALL, ForestLayout, TextColumn, forest
from core.charts.model_tables import asked_of, ratio_said
from core.cohort import Cohort, immortal_time, strata
from core.errors import NotEstimable
from core.figure import ROOMS, Figure, analysed, provenance, recipe, rows_of, text_table, theme
from core.format import DASH, hazard_ratio, p_phrase, p_value, plural
from core.hazards import (
    FIRTH,
    FORMS,
    GLOBAL,
    WALD,
    CoxModel,
    Subgroups,
    UnivariableModel,
    few_per_parameter,
    proportional_verdict,
)
from core.language import say
from core.likelihood import DOUBT
from core.options import takes_options
from core.survival import late_entry

Sort = Literal["as mapped", "hazard ratio", "interaction p", "events"]
UnivariableModels = Mapping[str, UnivariableModel | NotEstimable]  # by covariate
FOREST_SORTS: tuple[Sort, ...] = ("as mapped", "hazard ratio", "interaction p", "events")
_LABEL, _HEAD, _ARM = 30, 34, 20  # characters
_INDENT = "\u2003"
_CHANGES = "†"  # beside a ratio that seems to change over time
_MODEL = ForestLayout(columns=(TextColumn("label", "", 0), TextColumn("n", "Events / n", 232, "right"),
                               TextColumn("alone", "Univariable HR (95% CI), p", 252),
                               TextColumn("together", "Multivariable HR (95% CI), p", -180)), left=437, right=190)
_SUBGROUPS = ForestLayout(columns=(TextColumn("label", "", 0), TextColumn("first", "", 265, "right"),
                                   TextColumn("second", "", 400, "right"),
                                   TextColumn("together", "HR (95% CI)", -210),
                                   TextColumn("p", "p interaction (BH)", -1, "right")), left=415, right=225, click=True)
# A slide is no wider than they must be, for the room is for larger letters.
_SLIDE_MODEL, _SLIDE_SUBGROUPS = replace(_MODEL, width=815), replace(_SUBGROUPS, width=815)
# Across two columns of a journal there is room for names, ratios and what the forest is drawn for.
_NARROW_MODEL = replace(_MODEL, columns=(TextColumn("label", "", 0), TextColumn("n", "Events / n", 250, "right"),
                                         TextColumn("together", "Multivariable HR (95% CI), p", -180)),
                        left=265, right=195, width=ROOMS["page"], longest=28)
_NARROW_SUBGROUPS = ForestLayout(columns=(TextColumn("label", "", 0), TextColumn("both", "Events / n", 250, "right"),
                                          TextColumn("together", "HR (95% CI)", -195),
                                          TextColumn("p", "p int. (BH)", -1, "right")), left=265, right=205, click=True,
                                 width=ROOMS["page"], longest=26)

_OF_SUBGROUPS = ("Events / n per arm. Cox regression, Efron ties, Wald CI{late}; p for interaction by the likelihood "
                 "ratio of arm + factor against arm × factor, in brackets adjusted by Benjamini and Hochberg. Draw "
                 "conclusions from the interaction, not from single subgroups.")


def model_figure(cohort: Cohort, model: CoxModel, univariable: UnivariableModels) -> Figure:
    """Draw the model: each covariate alone and with the others, in one table with the forest in it."""
    rows, table = _model_rows(cohort, model, univariable)
    options = model.options
    missing = [say("{patients} left out: {endpoint} time or event missing",
                   patients=plural(model.missing_endpoint, "patient"), endpoint=model.endpoint)
               ] if model.missing_endpoint else []
    missing += [say("{patients} left out of the multivariable model: a covariate missing",
                    patients=plural(model.missing_covariate, "patient"))] if model.missing_covariate else []
    reasons = [say("{label}{level}: not estimable, {reason}.", label=cohort.variable(r.term).label,
                   level=f' {r.level}' if r.reference else '', reason=r.reason)
               for r in rows_of(model.terms) if r.reason and not model.reason]
    missing += [say("{label} has fewer than two levels: it is not in the model.", label=cohort.variable(k).label)
                for k in model.without_levels]
    missing += [*_of_others(cohort, model, univariable), *_changing(cohort, model, univariable)]
    few = few_per_parameter(len(model.columns), model.n_telling, penalised=options.firth)
    if model.n_telling < model.n_event:
        missing.append(say("{hazards}: of {n_event} events, {n_telling} have another patient at risk in their "
                           "stratum; the others contribute nothing.", hazards=plural(model.strata, 'baseline hazard'),
                           n_event=f"{model.n_event:,}", n_telling=f"{model.n_telling:,}"))
    later = immortal_time(cohort, *dict.fromkeys(model.terms.term), *options.stratify_by)
    return Figure(
        slug=f"cox-{model.endpoint}".lower().replace(" ", "-"),
        title=say("{endpoint}: hazard ratios", endpoint=model.endpoint),
        chart=forest(_MODEL, rows),
        redraw=lambda room: forest(_SLIDE_MODEL if room == "slide" else _NARROW_MODEL, rows),
        key=FOREST_KEY, table=table, drawn=model.terms,
        summary=(say("{n} patients, {events} in the multivariable model", n=f"{model.n:,}",
                     events=plural(model.n_event, 'event')),),
        warnings=tuple(filter(None, [later, model.reason and f"{model.reason[:1].upper()}{model.reason[1:]}."])),
        notes=tuple(filter(None, [few, *missing, *reasons])),
        provenance=provenance(cohort, _method(cohort, model),
                              analysed(cohort, model.n, model.n_event, model.endpoint)),
        alt=say("Forest of {rows} rows; the table gives the numbers.", rows=len(rows)),
        recipe=recipe(cohort, "model", **(asked_of(model) | {"covariates": tuple(univariable)})))


def _method(cohort: Cohort, model: CoxModel) -> str:
    """Say how a model was fitted."""
    ties = "Efron" if model.options.ties == "efron" else "Breslow"
    firth = say("Firth-penalised, profile-likelihood CI and p") if model.options.firth else say("Wald CI and p")
    within = say("; baseline hazards by {stratified_by}",
                 stratified_by=model.stratified_by) if model.stratified_by else ""
    return say("Cox regression, {ties} ties, {firth}{within}; complete cases{late_entry}.", ties=ties, firth=firth,
               within=within, late_entry=late_entry(cohort, model.endpoint))


def _changing(cohort: Cohort, model: CoxModel, univariable: UnivariableModels) -> list[str]:
    """Say which of the model's ratios, and of the univariable ones, seem to change over time."""
    tested = {r.term: r.p_value for r in rows_of(model.zph)}
    overall = tested.pop(GLOBAL, math.nan)
    verdicts = [say("All together. {proportional_verdict}.",
                    proportional_verdict=proportional_verdict(overall))] if model.fit else []
    for of, p_values in ((say("Multivariable"), tested),
                         (say("Univariable"), {k: one.p_proportional for k, one in _fitted(univariable).items()})):
        if doubted := [f"{cohort.variable(k).label} ({p_phrase(p)})" for k, p in p_values.items() if p < DOUBT]:
            verdicts.append(say("{of} ratios that seem to change over time, of {p_values} tested: {doubted}.", of=of,
                                p_values=len(p_values), doubted=', '.join(doubted)))
    return verdicts


def _fitted(univariable: UnivariableModels) -> dict[str, UnivariableModel]:
    return {key: one for key, one in univariable.items() if isinstance(one, UnivariableModel)}


def _of_others(cohort: Cohort, model: CoxModel, univariable: UnivariableModels) -> list[str]:
    """Say of how many patients univariable ratios are, where that is not those of the model."""
    sizes = {cohort.variable(key).label: one.n for key, one in _fitted(univariable).items()}
    if all(n == model.n for n in sizes.values()):
        return []
    return [say("Events / n are of the multivariable model. A univariable ratio uses all patients who have the "
                "covariate: ")
            + ", ".join(f"{label} {n:,}" for label, n in sizes.items()) + "."]


def _model_rows(cohort: Cohort, model: CoxModel,
                univariable: UnivariableModels) -> tuple[list[dict[str, Any]], pd.DataFrame]:
    rows: list[dict[str, Any]] = []
    table: list[list[str]] = []
    p_of_zph = {r.term: p_value(r.p_value) or DASH for r in rows_of(model.zph)}
    for key in dict.fromkeys(model.terms.term):
        variable = cohort.variable(key)
        terms = model.terms[model.terms.term == key]
        name = variable.label + (f", {variable.unit}" if variable.unit and not terms.reference.iloc[0] else "")
        rows.append({"key": key, "label": theme.shortened(name, _HEAD), "head": True, "n": "", "alone": "",
                     "together": ""})
        single = univariable.get(key)
        spline = dict(model.options.forms).get(key) == "spline"
        for row in _spline_row(model, single, key) if spline else _level_rows(model, single, key):
            rows.append({**row, "label": _INDENT + theme.shortened(row["label"], _LABEL), "c": theme.SELECTED})
            table.append([name, row["label"], row["n"], row["alone"], row["together"], p_of_zph.get(key, DASH)])
    return rows, text_table([say("Covariate"), say("Level"), say("Events / n"), say("Univariable HR (95% CI), p"),
                             say("Multivariable HR (95% CI), p"), say("Proportional hazards, p")], table)


def _level_rows(model: CoxModel, single: UnivariableModel | NotEstimable | None, key: str) -> list[dict[str, Any]]:
    """Return a row per level with its ratios, the reference's among them; one of a number."""
    terms = model.terms[model.terms.term == key]
    by_level = {r.level: r for r in rows_of(terms)}
    first = {(r.term, r.level): r for r in rows_of(single.terms)} if isinstance(single, UnivariableModel) else {}
    counts = {r.level: r for r in rows_of(model.levels) if r.term == key}
    out = []
    for level in counts or by_level:
        term, counted = by_level.get(level), counts.get(level) or by_level[level]
        texts = [say("reference")] * 2 if term is None else [ratio_said(first.get((key, level))), ratio_said(term)]
        out.append({"key": f"{key}={level}", "label": _shown(level or FORMS["linear"]),
                    "n": f"{counted.n_event:,} / {counted.n:,}", "alone": texts[0], "together": texts[1],
                    "events": counted.n_event,
                    **({} if term is None else {"ratio": term.hazard_ratio, "low": term.conf_low,
                                                "high": term.conf_high})})
    return out


def _shown(level: str) -> str:
    """Say a form's words; a level's name stays."""
    return say(level) if level in FORMS.values() else level


def _spline_row(model: CoxModel, single: UnivariableModel | NotEstimable | None, key: str) -> list[dict[str, Any]]:
    """Return the one row of a spline, with the test of its columns together."""
    terms = model.terms[model.terms.term == key]
    return [{"key": f"{key}=spline", "label": say(FORMS["spline"]),
             "n": f"{terms.n_event.iloc[0]:,} / {terms.n.iloc[0]:,}",
             "alone": _together(single.joint if isinstance(single, UnivariableModel) else None),
             "together": _together(model.joint(key))}]


def _together(joint: tuple[float, int, float] | None) -> str:
    """Write the test of a spline's columns together; a dash where there is none."""
    _, df, p = joint or (math.nan, 0, math.nan)
    return DASH if math.isnan(p) else say("see its curve, {p_phrase} ({df} df)", p_phrase=p_phrase(p), df=df)


@takes_options
def subgroup_figure(cohort: Cohort, result: Subgroups, *, sort: Sort = "as mapped") -> Figure:
    """Draw the treatment's hazard ratio in every subgroup; a click on a row asks for it."""
    result, emptied = _with_patients(result)
    rows, table = _subgroup_rows(cohort, result, sort)
    whole = result.rows[result.rows.factor == ""]
    single = len(whole) == 1
    overall = float(whole.hazard_ratio.iloc[0]) if single else math.nan
    arms = (whole.reference.iloc[0], whole.arm.iloc[0])
    return Figure(
        slug=f"subgroups-{result.endpoint}".lower().replace(" ", "-"),
        title=say("{endpoint}: hazard ratio of the arms within subgroups", endpoint=result.endpoint),
        chart=_forest(_SUBGROUPS, rows, overall, arms, single=single), key=FOREST_KEY_OF_ALL,
        redraw=lambda room: _forest(_SLIDE_SUBGROUPS if room == "slide" else _NARROW_SUBGROUPS, rows, overall, arms,
                                    single=single),
        table=table, drawn=result.rows,
        summary=(say("Exploratory: {looked_at} subgroups of {factors} were looked at", looked_at=result.looked_at,
                     factors=plural(len(result.factors), 'factor')),
                 say("All patients. {proportional_verdict}",
                     proportional_verdict=proportional_verdict(float(whole.p_proportional.iloc[0])))),
        notes=(*[say("{arm}: no patient here.", arm=arm) for arm in emptied], *_doubted(cohort, result),
               *_without(cohort, result), *_reasons(cohort, result)),
        provenance=provenance(cohort, say(_OF_SUBGROUPS, late=late_entry(cohort, result.endpoint))),
        alt=say("Forest of {looked_at} subgroups; the table gives the numbers.", looked_at=result.looked_at),
        recipe=recipe(cohort, "subgroups", endpoint=result.endpoint, factors=result.factors, sort=sort))


def _with_patients(result: Subgroups) -> tuple[Subgroups, list[str]]:
    """Leave arms aside that a filter has emptied, as long as one is left to be compared; return their names, too."""
    whole = result.rows[result.rows.factor == ""]
    emptied = whole.arm[whole.n_arm == 0].tolist()
    if len(emptied) == len(whole):
        return result, []
    return replace(result, rows=result.rows[~result.rows.arm.isin(emptied)]), emptied


def _without(cohort: Cohort, result: Subgroups) -> list[str]:
    """Say of how many patients each factor is not known."""
    sentences = [f"{cohort.variable(r.factor).label} {r.missing:,}" for r in rows_of(result.interactions) if r.missing]
    return [say("Patients in no subgroup because the factor is missing: {sentences}.",
                sentences=', '.join(sentences))] if sentences else []


def _doubted(cohort: Cohort, result: Subgroups) -> list[str]:
    """Name the subgroups whose ratio seems to change over time, and of how many that were tested."""
    tested = result.rows[(result.rows.factor != "") & (result.rows.method == WALD)].drop_duplicates(["factor", "level"])
    tested = tested[tested.p_proportional.notna()]
    names = [f"{_name(cohort, r)} ({p_phrase(r.p_proportional)})" for r in rows_of(tested) if r.p_proportional < DOUBT]
    return [say("{changes} The ratio seems to change over time, and one number may not describe it: {names}; of "
                "{tested} subgroups tested, not adjusted. Compare restricted means there.", changes=_CHANGES,
                names=', '.join(names), tested=len(tested))] if names else []


def _reasons(cohort: Cohort, result: Subgroups) -> list[str]:
    """Say where the likelihood has no maximum, why, and what stands there; a line per reason."""
    named: dict[tuple[str, str], list[str]] = {}
    for r in rows_of(result.rows):
        if r.reason:
            words = say("Firth-penalised, profile-likelihood CI") if r.method == FIRTH else say("Not estimable")
            named.setdefault((words, r.reason), []).append(_name(cohort, r))
    return [f"{words}, {reason}: {', '.join(names)}." for (words, reason), names in named.items()]


def _forest(layout: ForestLayout, rows: list[dict[str, Any]], overall: float, arms: tuple[str, str], *,
            single: bool) -> dict[str, Any]:
    """Draw the subgroups; of two arms with what favours which."""
    if not single:
        return forest(layout, rows, titles={"first": theme.shortened(arms[0], _ARM), "second": "arm"})
    first, second = (theme.shortened(arm, _ARM) for arm in arms)
    return forest(layout, rows, overall=overall, titles={"first": first, "second": second},
                  favours=(say("← favours {second}", second=second), say("favours {first} →", first=first)))


def _name(cohort: Cohort, row: Any) -> str:
    return f"{cohort.variable(row.factor).label} {row.level}" if row.factor else row.level


def _sorted(cohort: Cohort, result: Subgroups, sort: Sort) -> list[str]:
    """Return the factors in the order that is asked for."""
    parts = result.rows[result.rows.factor != ""].groupby("factor", sort=False)
    if sort == "hazard ratio":
        return list(parts.hazard_ratio.min().sort_values(kind="stable").index)
    if sort == "events":
        return list(parts.n_event.max().sort_values(ascending=False, kind="stable").index)
    if sort == "interaction p":
        return list(parts.p_interaction.first().sort_values(kind="stable").index)
    return list(result.factors)


def _by_factor(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the rows of each factor; the frame is walked once, for a part of it costs as much as all of it."""
    out: dict[str, list[Any]] = {}
    for row in rows_of(frame):
        out.setdefault(row.factor, []).append(row)
    return out


def _subgroup_rows(cohort: Cohort, result: Subgroups, sort: Sort) -> tuple[list[dict[str, Any]], pd.DataFrame]:
    tests = result.interactions.set_index("factor")
    levels = strata(cohort, result.by).levels
    several = result.rows.arm.nunique() > 1
    of_factor = _by_factor(result.rows)
    rows: list[dict[str, Any]] = []
    table: list[list[str]] = []

    def add(row: Any, indent: str) -> None:
        first = f"{row.n_event_reference:,} / {row.n_reference:,}"
        second = f"{row.n_event_arm:,} / {row.n_arm:,}"
        ratio = hazard_ratio(row.hazard_ratio, row.conf_low,
                             row.conf_high) + (say(" Firth") if row.method == FIRTH else "")
        name = f"{row.level}, {row.arm}" if several else row.level
        doubted = f" {_CHANGES}" if row.p_proportional < DOUBT and row.method == WALD else ""
        rows.append({"key": f"{row.factor}\t{row.level}", "label": indent + theme.shortened(name, _LABEL),
                     "first": first, "second": second, "both": f"{row.n_event:,} / {row.n:,}",
                     "together": ratio + doubted, "p": "", "ratio": row.hazard_ratio,
                     "low": row.conf_low, "high": row.conf_high, "events": row.n_event, "tip": _name(cohort, row),
                     "c": theme.INK if not row.factor else theme.colour(levels.index(row.arm)) if several
                     else theme.SELECTED})
        table.append([cohort.variable(row.factor).label if row.factor else "", name, first, second, ratio,
                      (p_value(row.p_proportional) or DASH) if row.method == WALD else DASH, "", ""])

    for row in of_factor[""]:
        add(row, "")
    for key in _sorted(cohort, result, sort):
        p = p_value(tests.p_value[key]) or DASH
        both = f"{p} ({p_value(tests.p_adjusted[key])})" if p != DASH else p
        rows.append({"key": key, "label": theme.shortened(cohort.variable(key).label, _HEAD), "head": True, "first": "",
                     "second": "", "both": "", "together": "", "p": both})
        start = len(table)
        for row in of_factor[key]:
            add(row, _INDENT)
        table[start][-2:] = [p, p_value(tests.p_adjusted[key])]
    whole = of_factor[""][0]
    return rows, text_table([say("Factor"), say("Subgroup"), (say("Events / n"), whole.reference),
                             (say("Events / n"),
                              "arm" if several else whole.arm), "HR (95% CI)", say("Proportional hazards, p"),
                             say("p interaction"), say("p adjusted")], table)
