"""What this session has computed: each function of core asked once per cohort and options.

Results are kept in the session's state, by the cohort's key (file SHA-256, mapping, filters) and the options' text,
never by data. No result is shared between sessions; "Clear my data" drops them with the session's state.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd
import streamlit as st

import core
from core.audit import Audit, audit_file, compare
from core.cohort import Cohort, Filters, Groups, against_rest, by_level, landmark, strata, with_groups, with_references
from core.errors import CohortError, FilterError, NotEstimable
from core.hazards import CoxModel, CoxOptions, UnivariableModel, time_split
from core.hazards import along_numbers as _along_numbers
from core.hazards import pairs as _pairs
from core.intake import Loading, make_cohort
from core.language import say
from core.mapping import ColumnMapping
from core.overview import BenefitRisk
from core.overview import benefit_risk as _benefit_risk
from core.summaries import AdverseEvents, burden, failure_pattern, overall_tests
from core.summaries import attrition as _attrition
from core.survival import SurvivalOptions, cumulative_incidence
from core.verification import cox_opinion as _cox_opinion
from core.verification import second_opinion as _second_opinion
from core.workers import Bounds, TaskEnded
from ui.hosted import look
from ui.shell.background import GivenUp, apart
from ui.shell.escape import plain
from ui.shell.state import session

Result = TypeVar("Result")
Options = ParamSpec("Options")
_RESULTS, _LARGE_RESULTS = 128, 8  # kept per function
_MODELS = 2  # each holds its design, 8 bytes per patient and column, and is quickly made again
_LONG_RESULTS = 6
_MANY_CELLS = 4_000_000  # of a table, from which on reading its columns takes seconds
_FIRTH = ("Fitting the penalised likelihood …", Bounds(
    seconds=30, remedy="Remove covariates, or levels with few patients."))
_LIFELINES = ("lifelines is computing …", Bounds(
    seconds=120, memory=4 * 1024**3, remedy="Filter to fewer patients; the R code shown beside it has no such limit."))


def _kept(name: str, key: str, most: int, make: Callable[[], Result]) -> Result:
    """Return a result, made once; of one name the session keeps the `most` that were asked for last."""
    results: OrderedDict[str, Result] = session().results.setdefault(name, OrderedDict())
    if key not in results:
        results[key] = make()
        while len(results) > most:
            results.popitem(last=False)
    results.move_to_end(key)
    return results[key]


def remembered(function: Callable[Concatenate[Cohort, Options], Result],
               most: int = _RESULTS) -> Callable[Concatenate[Cohort, Options], Result]:
    """Return a function of a cohort whose results this session keeps.

    Parameters
    ----------
    function : of core; its options have a `repr` that tells all of them
    most : results that are kept
    """
    parameters = signature(function)

    @wraps(function)
    def result(cohort: Cohort, *args: Options.args, **kwargs: Options.kwargs) -> Result:
        asked = parameters.bind(cohort, *args, **kwargs)
        asked.apply_defaults()
        options = list(asked.arguments.items())[1:]
        return _kept(f"{function.__module__}.{function.__qualname__}", f"{cohort.key} {options!r}", most,
                     lambda: function(cohort, *args, **kwargs))
    return result


grouped = remembered(with_groups, _LARGE_RESULTS)
referred = remembered(with_references, _LARGE_RESULTS)
filtered: Callable[[Cohort, Filters], Cohort] = remembered(Cohort.filter)
kaplan_meier = remembered(core.kaplan_meier)
treatment_effect = remembered(core.treatment_effect)
subgroups = remembered(core.subgroup_hazard_ratios)
adverse_events = remembered(core.adverse_events)
response = remembered(core.response)
missing_data = remembered(core.missing_data)
attrition = remembered(_attrition)
pairs = remembered(_pairs)
along_numbers = remembered(_along_numbers)
baseline = remembered(core.baseline, _LARGE_RESULTS)
weighted_comparison = remembered(core.weighted_comparison, _LARGE_RESULTS)
landmarked = remembered(landmark)
cohort_by_level = remembered(by_level)
beside_the_rest = remembered(against_rest, _LARGE_RESULTS)
first_causes = remembered(cumulative_incidence)
failures = remembered(failure_pattern)
events_per_patient = remembered(burden)
comparison = remembered(compare, _LARGE_RESULTS)
_cox = remembered(core.cox, _MODELS)
_univariable = remembered(core.univariable)
_time_split = remembered(time_split)


@remembered
def benefit_risk(cohort: Cohort) -> BenefitRisk:
    """Compare the arms' benefit and risk; the hazard ratios beside curves are kept already."""
    return _benefit_risk(cohort, effect=treatment_effect)


def cox(cohort: Cohort, *, endpoint: str, covariates: tuple[str, ...], options: CoxOptions) -> CoxModel:
    """Fit a model; Firth's, which can take long, in another process."""
    if options.firth:
        return _long(_FIRTH, core.cox, cohort, "cox", endpoint=endpoint, covariates=covariates, options=options)
    return _cox(cohort, endpoint=endpoint, covariates=covariates, options=options)


def univariable(cohort: Cohort, *, endpoint: str, covariates: tuple[str, ...],
                options: CoxOptions) -> dict[str, UnivariableModel | NotEstimable]:
    """Fit each covariate's model; Firth's, which can take long, in another process."""
    if options.firth:
        return _long(_FIRTH, core.univariable, cohort, "univariable", endpoint=endpoint, covariates=covariates,
                     options=options)
    return _univariable(cohort, endpoint=endpoint, covariates=covariates, options=options)


def model_split_in_time(cohort: Cohort, model: CoxModel, *, at: float) -> pd.DataFrame:
    """Fit a model's covariates before and after a month."""
    covariates = tuple(dict.fromkeys(model.terms.term))
    return _time_split(cohort, endpoint=model.endpoint, covariates=covariates, at=at, options=model.options)


def tests_of_all_arms(cohort: Cohort, result: AdverseEvents, *, band: str, grouped: bool) -> pd.DataFrame:
    """Test each term over all arms at once; `grouped`, where the result has categories among its terms."""
    key = f"{cohort.key} {result.by!r} {result.options!r} {band!r} {grouped}"
    return _kept("tests of all arms", key, _LARGE_RESULTS, lambda: overall_tests(result, band))


def second_opinion(cohort: Cohort, options: SurvivalOptions) -> pd.DataFrame:
    """Ask lifelines for the curves' figures, in another process."""
    return _long(_LIFELINES, _second_opinion, cohort, "opinion", options=options)


def cox_opinion(cohort: Cohort, model: CoxModel) -> pd.DataFrame:
    """Ask lifelines for a model's figures, in another process."""
    name = f"cox opinion {model.endpoint} {model.columns} {model.options!r}"
    return _long(_LIFELINES, _cox_opinion, cohort, name, model=model)


def audited(data: bytes, name: str, claimed: str) -> Audit:
    """Audit a file as files are read: in another process."""
    key = f"audit {hashlib.sha256(data).hexdigest()} {name} {claimed}"
    return _long_result(key, lambda: apart(say("Reading {name} …", name=plain(name)), audit_file, data, name=name,
                                           claimed=claimed,
                                           bounds=Bounds.of_files([len(data)]), key=key))


def sample() -> Cohort:
    """Read the synthetic cohort that the app opens on."""
    return _kept("sample", "", 1, lambda: core.read_cohort(look.sample_file()))


def whole_cohort() -> Cohort:
    """Return the cohort in use, all patients, with the session's named groups as a variable, and its references."""
    current = session()
    whole = current.cohort or sample()
    try:
        whole = grouped(whole, current.groups) if current.groups else whole
    except FilterError as error:  # groups of a former mapping
        current.groups, current.misfits = Groups(), [str(error)]
    try:
        return referred(whole, current.references) if current.references else whole
    except FilterError as error:  # strata of a former mapping, or groups that are no more
        current.references = {key: level for key, level in current.references.items()
                              if key in whole.variables and level in strata(whole, key).levels}
        current.misfits = [str(error)]
        return referred(whole, current.references)


def typed(loading: Loading, mapping: ColumnMapping) -> Cohort:
    """Make what was read a cohort; of many cells in another process."""
    files = [loading.table, *([loading.events] if loading.events is not None else [])]
    how = [(t.sha256, str(t.detected), t.columns) for t in files]
    key = f"typed {json.dumps([how, mapping.to_json()])}"
    asked = {"event_list": loading.events, "assumed": loading.findings_that_hold()}
    cells = sum(len(t) * len(t.columns) for t in files)
    bounds = Bounds(seconds=30 + cells / 1e6, memory=2 * 1024**3 + 60 * cells)

    def make() -> Cohort:
        if cells >= _MANY_CELLS:
            return apart(say("Reading the cohort …"), make_cohort, loading.table, mapping, **asked, bounds=bounds,
                         key=key)
        with st.spinner(say("Reading the cohort …")):
            return make_cohort(loading.table, mapping, **asked)
    return _long_result(key, make, name="typed", most=2)


def _long(work: tuple[str, Bounds], function: Callable[..., Any], cohort: Cohort, name: str, **options: Any) -> Any:
    """Compute in another process what can take long; kept like every result."""
    words, bounds = work
    asked = {k: v for k, v in options.items() if not isinstance(v, CoxModel)}
    key = f"{name} {cohort.key} {asked!r}"
    return _long_result(key, lambda: apart(plain(words), function, cohort, bounds=bounds, key=key, **options))


def _long_result(key: str, make: Callable[[], Result], *, name: str = "long", most: int = _LONG_RESULTS) -> Result:
    """Return a result of work that can be long, or raise what it ended in; either is kept.

    Raises
    ------
    CohortError
        What the work ended in; where that was a bound, it can be tried again.
    """
    def result_or_error() -> Result | CohortError:
        try:
            return make()
        except GivenUp:
            raise
        except CohortError as error:
            return error.with_traceback(None)
    result = _kept(name, key, most, result_or_error)
    if isinstance(result, TaskEnded):
        st.button(say("Try again"), key=f"again-{key}", on_click=session().results[name].pop, args=(key, None),
                  icon=":material/refresh:")
    if isinstance(result, CohortError):
        raise result.with_traceback(None)
    return result
