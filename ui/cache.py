"""Session-scoped caching: one thin wrapper per core entry point.

Keyed on the cohort's key (file SHA-256, mapping, filters) and the options, never on data. No entry
is shared between sessions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

import core
from core.audit import Audit, Comparison, audit_file, compare
from core.cohort import Cohort, Filters, Landmark
from core.cohort import against_rest as _compare_with_rest
from core.cohort import landmark as _start_later
from core.cohort import within as _in_parts
from core.errors import CohortError, NotEstimable
from core.hazards import Alone, CoxModel, CoxOptions, Subgroups, TreatmentEffect, Weighting, WeightingOptions
from core.hazards import time_split as _split
from core.intake import Loading, make_cohort
from core.mapping import ColumnMapping
from core.summaries import (
    AdverseEvents,
    Baseline,
    BaselineOptions,
    EventOptions,
    FailurePattern,
    MissingData,
    Response,
    ResponseOptions,
)
from core.summaries import burden as _burden_of
from core.summaries import failure_pattern as _pattern
from core.summaries import overall_tests as _over_all
from core.survival import ConfType, CumulativeIncidence, KaplanMeier, SurvivalOptions
from core.survival import cumulative_incidence as _incidence
from core.verification import cox_opinion as _cox_opinion
from core.verification import second_opinion as _opinion
from core.workers import Bounds, TaskEnded
from ui.apart import GivenUp, apart
from ui.escape import plain
from ui.state import session

Result = TypeVar("Result")
SAMPLE = Path(__file__).parents[1] / "sample_data" / "yang2023_synthetic.csv"
_ENTRIES = 128
_RESULTS = 6  # of long work
_MANY_CELLS = 4_000_000  # of a table, from which on reading its columns takes seconds
_FIRTH = ("Fitting the penalised likelihood …", Bounds(
    seconds=30, remedy="Take covariates, or levels with few patients, away."))
_LIFELINES = ("lifelines is computing …", Bounds(
    seconds=120, memory=4 * 1024**3, remedy="Filter to fewer patients; the R code beside has no such bound."))
_MODELS = 2  # each holds its design, 8 bytes per patient and column, and is quickly made again


def kaplan_meier(cohort: Cohort, *, endpoint: str, by: str | None,
                 conf_type: ConfType = "log-log") -> KaplanMeier:
    return _kaplan_meier(cohort, cohort.key, endpoint, by, conf_type)


def treatment_effect(cohort: Cohort, *, endpoint: str, by: str) -> TreatmentEffect:
    return _treatment_effect(cohort, cohort.key, endpoint, by)


def cox(cohort: Cohort, *, endpoint: str, covariates: tuple[str, ...], options: CoxOptions) -> CoxModel:
    if options.firth:
        return _long(_FIRTH, core.cox, cohort, "cox", endpoint=endpoint, covariates=covariates, options=options)
    return _cox(cohort, cohort.key, endpoint, covariates, options, repr(options))


def univariable(cohort: Cohort, *, endpoint: str, covariates: tuple[str, ...],
                options: CoxOptions) -> dict[str, Alone | NotEstimable]:
    if options.firth:
        return _long(_FIRTH, core.univariable, cohort, "univariable", endpoint=endpoint, covariates=covariates,
                     options=options)
    return _univariable(cohort, cohort.key, endpoint, covariates, options, repr(options))


def subgroups(cohort: Cohort, *, endpoint: str, factors: tuple[str, ...]) -> Subgroups:
    return _subgroups(cohort, cohort.key, endpoint, factors)


def weighted_comparison(cohort: Cohort, *, endpoint: str, options: WeightingOptions) -> Weighting:
    return _weighted_comparison(cohort, cohort.key, endpoint, options, repr(options))


def adverse_events(cohort: Cohort, *, by: str | None, options: EventOptions | None = None) -> AdverseEvents:
    options = options or EventOptions()
    return _adverse_events(cohort, cohort.key, by, options, repr(options))


def landmark(cohort: Cohort, *, endpoint: str, at: float) -> Landmark:
    return _landmark(cohort, cohort.key, endpoint, at)


def against_rest(cohort: Cohort) -> Cohort:
    return _against_rest(cohort, cohort.key)


def parts(cohort: Cohort, key: str) -> list[tuple[str, Cohort]]:
    return _parts(cohort, cohort.key, key)


def cumulative_incidence(cohort: Cohort, *, endpoint: str, by: str | None) -> CumulativeIncidence:
    return _cumulative_incidence(cohort, cohort.key, endpoint, by)


def second_opinion(cohort: Cohort, options: SurvivalOptions) -> pd.DataFrame:
    return _long(_LIFELINES, _opinion, cohort, "opinion", options=options)


def cox_opinion(cohort: Cohort, model: CoxModel) -> pd.DataFrame:
    name = f"cox opinion {model.endpoint} {model.columns} {model.options!r}"
    return _long(_LIFELINES, _cox_opinion, cohort, name, model=model)


def comparison(cohort: Cohort) -> Comparison:
    return _comparison(cohort, cohort.key)


def audited(data: bytes, name: str, claimed: str) -> Audit:
    """Audit a file as files are read: in another process."""
    key = f"audit {hashlib.sha256(data).hexdigest()} {name} {claimed}"
    return _kept(key, lambda: apart(f"Reading {plain(name)} …", audit_file, data, name=name, claimed=claimed,
                                    bounds=Bounds.of_files([len(data)]), key=key))


def response(cohort: Cohort, *, by: str, options: ResponseOptions) -> Response:
    return _response(cohort, cohort.key, by, options, repr(options))


def failure_pattern(cohort: Cohort, *, by: str, options: ResponseOptions) -> FailurePattern:
    return _failure_pattern(cohort, cohort.key, by, options, repr(options))


def overall_tests(cohort: Cohort, result: AdverseEvents, *, band: str, grouped: bool) -> pd.DataFrame:
    return _overall_tests(result, cohort.key, result.by, repr(result.options), band, grouped)


def burden(cohort: Cohort, *, by: str | None) -> pd.DataFrame:
    return _burden(cohort, cohort.key, by)


def time_split(cohort: Cohort, model: CoxModel, *, at: float) -> pd.DataFrame:
    covariates = tuple(dict.fromkeys(model.terms.term))
    return _time_split(cohort, cohort.key, model.endpoint, covariates, at, model.options, repr(model.options))


def baseline(cohort: Cohort, *, by: str | None, options: BaselineOptions) -> Baseline:
    return _baseline(cohort, cohort.key, by, options, repr(options))


def missing_data(cohort: Cohort) -> MissingData:
    return _missing_data(cohort, cohort.key)


def filtered(whole: Cohort, filters: Filters) -> Cohort:
    return _filtered(whole, whole.key, filters, filters.key)


def typed(loading: Loading, mapping: ColumnMapping) -> Cohort:
    files = [loading.table, *([loading.events] if loading.events is not None else [])]
    how = [(t.sha256, str(t.detected), t.columns) for t in files]
    key = json.dumps([how, mapping.to_json()])
    cells = sum(len(t) * len(t.columns) for t in files)
    if cells < _MANY_CELLS:
        return _typed(loading, mapping, key)
    return _kept(f"typed {key}", lambda: apart(
        "Reading the cohort …", make_cohort, loading.table, mapping, event_list=loading.events,
        assumed=loading.findings_that_hold(), bounds=Bounds(seconds=30 + cells / 1e6, memory=2 * 1024**3 + 60 * cells),
        key=f"typed {key}"))


def _long(work: tuple[str, Bounds], function: Callable[..., Any], cohort: Cohort, name: str, **options: Any) -> Any:
    """Compute in another process what can take long; kept like what is cached."""
    words, bounds = work
    asked = {k: v for k, v in options.items() if not isinstance(v, CoxModel)}
    key = f"{name} {cohort.key} {asked!r}"
    return _kept(key, lambda: apart(plain(words), function, cohort, bounds=bounds, key=key, **options))


def _kept(key: str, make: Callable[[], Result]) -> Result:
    """Return a result of long work, made once; the session keeps a few, also what it ended in instead.

    Raises
    ------
    CohortError
        What the work ended in; where that was a bound, it can be tried again.
    """
    results = session().results
    if key not in results:
        try:
            results[key] = make()
        except GivenUp:
            raise
        except CohortError as error:
            results[key] = error
        while len(results) > _RESULTS:
            results.popitem(last=False)
    results.move_to_end(key)
    if isinstance(results[key], TaskEnded):
        st.button("Try again", key=f"again-{key}", on_click=results.pop, args=(key, None), icon=":material/refresh:")
    if isinstance(results[key], CohortError):
        raise results[key].with_traceback(None)
    kept: Result = results[key]
    return kept


@st.cache_resource(scope="session", max_entries=2, show_spinner="Reading the cohort …")
def _typed(_loading: Loading, _mapping: ColumnMapping, key: str) -> Cohort:
    return make_cohort(_loading.table, _mapping, event_list=_loading.events,
                       assumed=_loading.findings_that_hold())


@st.cache_resource(scope="session", max_entries=1, show_spinner=False)
def sample() -> Cohort:
    """Read the synthetic cohort that the app opens on."""
    return core.read_cohort(SAMPLE)


@st.cache_resource(scope="session", max_entries=_ENTRIES, show_spinner=False)
def _kaplan_meier(_cohort: Cohort, key: str, endpoint: str, by: str | None,
                  conf_type: ConfType) -> KaplanMeier:
    return core.kaplan_meier(_cohort, endpoint=endpoint, by=by, conf_type=conf_type)


@st.cache_resource(scope="session", max_entries=_ENTRIES, show_spinner=False)
def _treatment_effect(_cohort: Cohort, key: str, endpoint: str, by: str) -> TreatmentEffect:
    return core.treatment_effect(_cohort, endpoint=endpoint, by=by)


@st.cache_resource(scope="session", max_entries=_MODELS, show_spinner=False)
def _cox(_cohort: Cohort, key: str, endpoint: str, covariates: tuple[str, ...], _options: CoxOptions,
         options_key: str) -> CoxModel:
    return core.cox(_cohort, endpoint=endpoint, covariates=covariates, options=_options)


@st.cache_resource(scope="session", max_entries=_ENTRIES, show_spinner=False)
def _univariable(_cohort: Cohort, key: str, endpoint: str, covariates: tuple[str, ...], _options: CoxOptions,
                 options_key: str) -> dict[str, Alone | NotEstimable]:
    return core.univariable(_cohort, endpoint=endpoint, covariates=covariates, options=_options)


@st.cache_resource(scope="session", max_entries=_ENTRIES, show_spinner=False)
def _subgroups(_cohort: Cohort, key: str, endpoint: str, factors: tuple[str, ...]) -> Subgroups:
    return core.subgroup_hazard_ratios(_cohort, endpoint=endpoint, factors=factors)


@st.cache_resource(scope="session", max_entries=16, show_spinner=False)
def _weighted_comparison(_cohort: Cohort, key: str, endpoint: str, _options: WeightingOptions,
                         options_key: str) -> Weighting:
    return core.weighted_comparison(_cohort, endpoint=endpoint, options=_options)


@st.cache_resource(scope="session", max_entries=_ENTRIES, show_spinner=False)
def _adverse_events(_cohort: Cohort, key: str, by: str | None, _options: EventOptions,
                    options_key: str) -> AdverseEvents:
    return core.adverse_events(_cohort, by=by, options=_options)


@st.cache_resource(scope="session", max_entries=_ENTRIES, show_spinner=False)
def _landmark(_cohort: Cohort, key: str, endpoint: str, at: float) -> Landmark:
    return _start_later(_cohort, endpoint=endpoint, at=at)


@st.cache_resource(scope="session", max_entries=8, show_spinner=False)
def _against_rest(_cohort: Cohort, key: str) -> Cohort:
    return _compare_with_rest(_cohort)


@st.cache_resource(scope="session", max_entries=_ENTRIES, show_spinner=False)
def _parts(_cohort: Cohort, key: str, within: str) -> list[tuple[str, Cohort]]:
    return _in_parts(_cohort, within)


@st.cache_resource(scope="session", max_entries=_ENTRIES, show_spinner=False)
def _cumulative_incidence(_cohort: Cohort, key: str, endpoint: str, by: str | None) -> CumulativeIncidence:
    return _incidence(_cohort, endpoint=endpoint, by=by)


@st.cache_resource(scope="session", max_entries=8, show_spinner=False)
def _comparison(_cohort: Cohort, key: str) -> Comparison:
    return compare(_cohort)


@st.cache_resource(scope="session", max_entries=_ENTRIES, show_spinner=False)
def _response(_cohort: Cohort, key: str, by: str, _options: ResponseOptions, options_key: str) -> Response:
    return core.response(_cohort, by=by, options=_options)


@st.cache_resource(scope="session", max_entries=_ENTRIES, show_spinner=False)
def _failure_pattern(_cohort: Cohort, key: str, by: str, _options: ResponseOptions, options_key: str) -> FailurePattern:
    return _pattern(_cohort, by=by, test=_options.test, difference=_options.difference)


@st.cache_resource(scope="session", max_entries=16, show_spinner=False)
def _baseline(_cohort: Cohort, key: str, by: str | None, _options: BaselineOptions, options_key: str) -> Baseline:
    return core.baseline(_cohort, by=by, options=_options)


@st.cache_resource(scope="session", max_entries=16, show_spinner=False)
def _overall_tests(_result: AdverseEvents, key: str, by: str | None, options_key: str, band: str,
                   grouped: bool) -> pd.DataFrame:
    return _over_all(_result, band)


@st.cache_resource(scope="session", max_entries=_ENTRIES, show_spinner=False)
def _burden(_cohort: Cohort, key: str, by: str | None) -> pd.DataFrame:
    return _burden_of(_cohort, by=by)


@st.cache_resource(scope="session", max_entries=16, show_spinner=False)
def _time_split(_cohort: Cohort, key: str, endpoint: str, covariates: tuple[str, ...], at: float,
                _options: CoxOptions, options_key: str) -> pd.DataFrame:
    return _split(_cohort, endpoint=endpoint, covariates=covariates, at=at, options=_options)


@st.cache_resource(scope="session", max_entries=_ENTRIES, show_spinner=False)
def _missing_data(_cohort: Cohort, key: str) -> MissingData:
    return core.missing_data(_cohort)


@st.cache_resource(scope="session", max_entries=_ENTRIES, show_spinner=False)
def _filtered(_whole: Cohort, key: str, _filters: Filters, filters_key: str) -> Cohort:
    return _whole.filter(_filters)
