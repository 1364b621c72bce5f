"""The Hazard ratios page: a model, whether it holds, and the treatment within subgroups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import streamlit as st

from core.charts import (
    FOREST_SORTS,
    course_figure,
    model_figure,
    model_tests_figure,
    spline_figure,
    split_figure,
    subgroup_figure,
    zph_figure,
)
from core.cohort import GROUPS, Cohort, Filters
from core.figure import CLICK
from core.format import fixed, number, plural
from core.hazards import (
    FORMS,
    CoxModel,
    CoxOptions,
    Form,
    condition_of,
    default_form,
    firth_helps,
    forest_factors,
    middle_of_events,
)
from core.language import say
from core.likelihood import DOUBT
from core.mapping import adjusted_first
from core.schema import ARM
from core.survival import few_patients
from ui.hazard_ratios.along import along_numbers
from ui.hazard_ratios.weighting import balance
from ui.shared.curves import endpoint_choice
from ui.shared.verification import model_checks
from ui.shell import cache, state
from ui.shell.display import heading, note, panel, show, show_table, table
from ui.shell.escape import plain
from ui.shell.filters import click_handler
from ui.shell.parts import after, let_draw
from ui.shell.state import chart_id, session

_FEW_COVARIATES = 4  # that a model begins with, the arm among them


def model_of_hazards(cohort: Cohort) -> None:
    """Draw what enters the model, the model, and its checks."""
    endpoint = session().endpoint
    if not endpoint:
        note(say("No endpoint is mapped: hazard ratios need a time and an event column. Choose them on the Cohort "
                 "page."))
        return
    with st.container(key="cox-options", horizontal=True, vertical_alignment="bottom", gap="small"):
        endpoint_choice(cohort, visible=True)
        covariates, options = _choose(cohort)
    with panel():
        model_checks(cohort, _model(cohort, endpoint, covariates, options), covariates)


def treatment_elsewhere(cohort: Cohort) -> None:
    """Draw the treatment within subgroups, along numbers, and with groups weighted to be alike."""
    if endpoint := session().endpoint:
        _subgroups(cohort, endpoint)
        along_numbers(cohort, endpoint)
        balance(cohort, endpoint)


def _choose(cohort: Cohort) -> tuple[tuple[str, ...], CoxOptions]:
    """Ask for covariates, and in a popover how they enter and how the model is fitted."""
    arm = [ARM] if cohort.mapping.arm else []
    grouped = [GROUPS] if GROUPS in cohort.variables and cohort.variable(GROUPS).known == "baseline" else []
    known = [*arm, *adjusted_first(f.key for f in cohort.mapping.factors if f.known == "baseline"), *grouped]
    name = {k: cohort.variable(k).label for k in known}
    chosen = st.multiselect(say("Covariates, known at time zero"), known, known[:_FEW_COVARIATES], key="covariates",
                            format_func=name.__getitem__, **state.KEPT, width=620)
    with st.popover(say("Model options"), key="cox-popover"):
        forms, references = _forms(cohort, chosen), _references(cohort, chosen)
        stratify_by = st.multiselect(say("Separate baseline hazards (stratified model)"), known, key="cox-within",
                                     format_func=name.__getitem__, **state.KEPT)
        ties = st.segmented_control(say("Ties"), ["efron", "breslow"], default="efron", key="ties", required=True,
                                    format_func=str.capitalize, **state.KEPT)
        firth = st.toggle(say("Firth-penalised likelihood"), key="firth", **state.KEPT,
                          help=say("Finite where a level has no events, and less biased where events are few."))
    return tuple(chosen), CoxOptions.of(forms=forms, references=references, stratify_by=stratify_by, ties=ties,
                                        firth=firth)


def _forms(cohort: Cohort, chosen: list[str]) -> dict[str, Form]:
    out = {}
    for key in chosen:
        if (first := default_form(cohort, key)) != "levels":
            out[key] = st.segmented_control(say("{label} enters", label=plain(cohort.variable(key).label)), list(FORMS),
                                            default=first, key=f"form-{key}", required=True,
                                            format_func=lambda f: say(FORMS[f]), **state.KEPT)
    return out


def _references(cohort: Cohort, chosen: list[str]) -> dict[str, str]:
    out = {}
    for key in chosen:
        variable = cohort.variable(key)
        if variable.kind == "categorical":
            levels = cohort.levels(key)
            default = levels.index(variable.reference) if variable.reference in levels else 0
            out[key] = st.selectbox(say("Reference of {label}", label=plain(variable.label)), levels, default,
                                    key=f"reference-{key}",
                                    **state.KEPT)
    return out


def _model(cohort: Cohort, endpoint: str, covariates: tuple[str, ...], options: CoxOptions) -> CoxModel:
    """Draw the model, and under it its tests and whether hazards are proportional; return it."""
    of = {"endpoint": endpoint, "covariates": covariates, "options": options}
    model, univariable = cache.cox(cohort, **of), cache.univariable(cohort, **of)
    figure = model_figure(cohort, model, univariable)
    if model.n < cohort.n and (few := few_patients(model.n, session().warn_below)):
        figure = replace(figure, warnings=(*figure.warnings, few))
    heading(figure.title, warned=bool(figure.warnings))
    with st.container(key="model"):
        show(figure, key=f"cox-{chart_id(cohort)}-{len(figure.table)}")
    let_draw(figure)
    note(f"{figure.summary[0]}. {figure.explained()}")
    note(*figure.warnings, strong=True)
    remarks = list(figure.notes)
    if firth_helps(model.terms.reason.tolist()) and not options.firth and not model.reason:
        remarks.append(say("A Firth-penalised likelihood may still give an estimate: switch it on under "
                           "“Model options”."))
    with st.container(key="model-remarks"):
        note(" ".join(remarks))
    with st.expander(say("The same as a table")):
        table(figure.table)
    for key, form in options.forms:
        if form == "spline" and key not in options.stratify_by:
            _spline(cohort, model, key)
    _assumptions(cohort, model)
    return model


def _spline(cohort: Cohort, model: CoxModel, key: str) -> None:
    """Draw a spline's curve, and say whether a straight line would do."""
    with panel():
        figure = spline_figure(cohort, model, key)
        heading(figure.title)
        with st.container(key=f"spline-{key}"):
            show(figure, key=f"spline-{key}-{chart_id(cohort)}")
        note(f"{figure.summary[0]}. {figure.explained()}")


def _assumptions(cohort: Cohort, model: CoxModel) -> None:
    if model.estimate is None:
        return
    with st.container(key="survival-tables"):
        left, right = st.columns(2, gap="large")
    with left:
        heading(say("Proportional hazards"))
        if model.fit:
            _proportional(cohort, model)
        else:
            note(say("This test needs the likelihood without a penalty: switch Firth's penalty off to see it."))
    with right:
        heading(say("The model as a whole"))
        figure = model_tests_figure(cohort, model)
        show_table(figure)
        if figure.explained():
            note(figure.explained())


def _proportional(cohort: Cohort, model: CoxModel) -> None:
    figure = zph_figure(cohort, model)
    show_table(figure)
    failed = [r.term for r in model.zph.itertuples() if r.p_value < DOUBT and r.term != "GLOBAL"]
    if failed:
        _instead(cohort, model, failed)
    note(figure.explained())
    _course(cohort, model)


def _instead(cohort: Cohort, model: CoxModel, failed: list[str]) -> None:
    """Say which hazard ratios seem to change over time, and offer what describes them: strata, means, a split."""
    names = ", ".join(cohort.variable(k).label for k in failed)
    tested = plural(len(model.zph) - 1, "term")
    note(say("The hazard ratio of {names} seems to change over time (p below {doubt}, not adjusted for {tested}): "
             "one number may not describe it. Instead:", names=names, doubt=number(DOUBT), tested=tested), strong=True)
    levels = [k for k in failed if cohort.variable(k).kind == "categorical"]
    with st.container(key="zph-instead", horizontal=True, vertical_alignment="bottom", gap="small"):
        for key in levels:
            st.button(say("Stratify the model by {label}", label=plain(cohort.variable(key).label)),
                      key=f"zph-stratify-{key}",
                      on_click=_stratify, args=(key,))
        if levels:
            st.page_link("pages/2_Survival.py", label=say("Compare restricted means"), icon=":material/trending_down:",
                         query_params=state.own_parameter())
        at = st.number_input(say("Split time at month"), 0.0, None, None, format="%g", key="zph-split", width=190,
                             placeholder=say("such as {month}",
                                             month=fixed(middle_of_events(cohort, model.endpoint), 1)))
    if at:
        with panel():
            figure = split_figure(cohort, model, cache.model_split_in_time(cohort, model, at=at), failed, at=at)
            show_table(figure)
            note(figure.explained())


def _stratify(key: str) -> None:
    chosen_before = state.value_of("cox-within") or []
    state.widget("cox-within", list(dict.fromkeys([*chosen_before, key])))


def _course(cohort: Cohort, model: CoxModel) -> None:
    """Draw how a coefficient moves, when it is asked for."""
    names = [f"{cohort.variable(term).label} {model.terms.level[row]}".strip() for term, row in model.columns]
    chosen = st.selectbox(say("Show the hazard ratio over time of"), names, None, key="course",
                          placeholder=say("Choose a term"))
    if chosen in names:
        figure = course_figure(cohort, model, names.index(chosen))
        with st.container(key="course-chart"):
            show(figure, key=f"course-{chart_id(cohort)}")
        note(figure.explained())


def _subgroups(cohort: Cohort, endpoint: str) -> None:
    """Draw the forest of subgroups: a click on a row, or its twin, filters the whole app."""
    heading(say("The treatment within subgroups"))
    offered = forest_factors(cohort) if cohort.mapping.arm else ()
    if not offered:
        note(say("No factor with two levels is known at time zero: there are no subgroups.") if cohort.mapping.arm else
             say("There is no arm: nothing to compare within subgroups. Choose its column on the Cohort page."))
        return
    with st.container(key="forest-options", horizontal=True, vertical_alignment="bottom", gap="small"):
        factors = st.multiselect(say("Factors"), offered, _begin_with(cohort, offered), key="forest-factors", width=620,
                                 help=say("A number without a cut-point stands below, uncut; chosen here, it is split "
                                          "at its median."),
                                 format_func=lambda k: cohort.variable(k).label, **state.KEPT)
        sort = st.selectbox(say("Sorted by"), FOREST_SORTS, key="forest-sort", width=180, format_func=say, **state.KEPT)
    with panel():
        forest = cache.subgroups(cohort, endpoint=endpoint, factors=tuple(factors))
        figure = subgroup_figure(cohort, forest, sort=sort)
        name = f"forest-{chart_id(cohort)}"
        with st.container(key="forest"):
            show(figure, key=name, selection=CLICK, on_select=click_handler(name, "key", _toggle(cohort)))
        let_draw(figure)
        note(f"{'. '.join(figure.summary)}. {figure.explained()}")
        _twin(cohort, forest.rows)
        note(*figure.notes)
        with st.expander(say("The same as a table")):
            table(figure.table)


def _begin_with(cohort: Cohort, offered: tuple[str, ...]) -> list[str]:
    """Return the factors that a forest begins with: no number that would be split at its median."""
    return [k for k in offered if cohort.variable(k).kind != "numeric" or cohort.variable(k).cuts]


def _twin(cohort: Cohort, rows: pd.DataFrame) -> None:
    """Offer every subgroup in a list, for the keyboard."""
    keys = list(dict.fromkeys((r.factor, r.level) for r in rows.itertuples() if r.factor))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(say("Go to a subgroup"), keys, None, key="go-to", width=360,
                              placeholder=say("Choose a subgroup"),
                              format_func=lambda k: f"{cohort.variable(k[0]).label}: {k[1]}")
        condition = condition_of(cohort, *chosen) if chosen else None
        st.button(say("Filter the app to it"), key="go", disabled=chosen is None,
                  on_click=after(session().put_on, "go"),
                  args=(chosen and chosen[0], condition))


def _toggle(cohort: Cohort) -> Callable[[Filters, str], Filters]:
    """Return what a click on a row does: filter to the subgroup, or to all again."""
    def toggled(filters: Filters, key: str) -> Filters:
        factor, _, level = key.partition("\t")
        if not factor:
            return filters
        wanted = condition_of(cohort, factor, level)
        return filters.with_condition(factor, None if filters.conditions.get(factor) == wanted else wanted)
    return toggled
