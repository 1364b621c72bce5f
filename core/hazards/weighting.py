"""Two arms compared after weighting for how treatment was chosen: curves, medians, hazard ratio, balance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.cohort import Cohort, not_yet_at_risk, reference_place, strata, timeline
from core.errors import NotEstimable
from core.format import fixed, plural
from core.hazards.design import Column, columns_of, default_form, design_of, missing
from core.hazards.estimability import BEYOND, NO_FINITE_RATIO, NOT_FOUND, TOO_FAR, reasons_of
from core.hazards.propensity import Kind, effective_size, mean_differences, propensity_score, weights
from core.hazards.proportional_hazards import proportional_hazards
from core.language import say
from core.likelihood import finite_against_first, fit
from core.options import Checked, takes_options
from core.schema import ARM
from core.statistics import Z95, e_values, two_sided_p
from core.survival import ConfType, confidence, quantile

_WORTH = 2.0  # patients of an arm, that must be left of it after weighting
_ROUNDING = 1e-9  # of a standard error, that is nothing
_EXTREME = 0.05  # a propensity so near 0 or 1 gives a weight that rules the result


@dataclass(frozen=True, kw_only=True)
class WeightingOptions(Checked):
    """Covariates to balance, kind of weights (it sets the target population), and type of the curves' limits.

    Numbers enter the propensity model per unit, or per doubling where they are read on a log scale.
    """

    covariates: tuple[str, ...]
    kind: Kind = "IPTW"
    conf_type: ConfType = "log-log"


@dataclass(frozen=True, kw_only=True, eq=False)
class Weighting:
    """A weighted comparison of two arms.

    Attributes
    ----------
    effect : analysis ("unweighted", "weighted"), coef, std_error (weighted: robust), hazard_ratio, conf_low, conf_high,
        p_value (Wald), e_value, e_value_limit; NaN where `reason` says why
    arms : arm, n, n_event, effective_n, largest_share (of the arm's weights), median, conf_low, conf_high (weighted;
        months), the reference first
    curves, unweighted : strata, time, n_risk, n_event, n_censor (weighted sums), estimate, std_error, conf_low,
        conf_high
    balance : term, level, smd_before, smd_after (arm minus reference)
    p_proportional : of the weighted hazard ratio's test of proportional hazards (R: cox.zph of the weighted model)
    extreme : patients with a propensity below .05 or above .95
    missing_endpoint, missing_covariate : patients left out: without the endpoint; without the arm or a covariate
    """

    endpoint: str
    options: WeightingOptions
    reference: str
    arm: str
    n: int
    n_event: int
    effect: pd.DataFrame
    arms: pd.DataFrame
    curves: pd.DataFrame
    unweighted: pd.DataFrame
    balance: pd.DataFrame
    extreme: int
    missing_endpoint: int
    missing_covariate: int
    p_proportional: float = math.nan
    reason: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Patients:
    """The complete cases: each (n,), `place` among the distinct times, `entry` the first at risk, None without."""

    times: np.ndarray
    place: np.ndarray
    event: np.ndarray
    treated: np.ndarray
    entry: np.ndarray | None


def weighted_comparison(cohort: Cohort, *, endpoint: str, options: WeightingOptions) -> Weighting:
    """Compare two arms with propensity weights (R: glm; coxph and survfit with weights, robust = TRUE).

    Raises
    ------
    NotEstimable
        If the patients are not of two arms, a covariate is known only after time zero, or the arms do not overlap.

    Examples
    --------
    >>> from core import WeightingOptions, read_cohort, weighted_comparison
    >>> cohort = read_cohort("sample_data/yang2023_synthetic.csv")
    >>> options = WeightingOptions(covariates=("age", "pvtt"))
    >>> weighting = weighted_comparison(cohort, endpoint="OS", options=options)
    >>> weighting.effect[["analysis", "hazard_ratio", "p_value"]].round(3)
         analysis  hazard_ratio  p_value
    0  unweighted         0.399    0.002
    1    weighted         0.385    0.004
    """
    if not options.covariates:
        raise NotEstimable(say("Weighting needs covariates that may have influenced the choice of treatment."),
                           say("Choose covariates that were known when treatment was chosen."))
    for key in options.covariates:
        if cohort.variable(key).known == "later":
            raise NotEstimable(say("{label} is known only after time zero: it cannot have influenced the treatment.",
                                   label=cohort.variable(key).label),
                               say("Choose covariates that are known at time zero."))
    line, arms = timeline(cohort, endpoint), strata(cohort, ARM)
    columns = [c for key in options.covariates for c in columns_of(cohort, key, default_form(cohort, key))]
    if not columns:
        raise NotEstimable(say("None of these covariates has two levels: there is nothing to balance."),
                           say("Choose a covariate that varies."))
    rows = cohort.rows & (line.index >= 0)
    used = rows & (arms.codes >= 0)
    for key in options.covariates:
        if (absent := missing(cohort, key)) is not None:
            used &= ~absent
    names, treated = _two_arms(cohort, arms.levels, arms.codes[used])
    values = design_of(columns, np.flatnonzero(used))
    score = propensity_score(values, treated)
    weight = weights(score, treated, options.kind)
    patients = _Patients(times=line.times, place=line.index[used], event=line.event[used], treated=treated,
                         entry=None if line.entry is None else line.entry[used])
    effect, reason, proportional = _effects(patients, weight, names)
    curves = _curves(patients, weight, names, options.conf_type)
    return Weighting(
        endpoint=endpoint, options=options, reference=names[0], arm=names[1], n=int(used.sum()),
        n_event=int(patients.event.sum()), effect=effect, curves=curves, reason=reason, p_proportional=proportional,
        unweighted=_curves(patients, np.ones(weight.size), names, options.conf_type),
        arms=_arms(patients, weight, names, curves), balance=_balance(columns, used, treated, weight),
        extreme=int(((score < _EXTREME) | (score > 1 - _EXTREME)).sum()),
        missing_endpoint=cohort.n - int(rows.sum()), missing_covariate=int(rows.sum() - used.sum()))


def _two_arms(cohort: Cohort, levels: tuple[str, ...], codes: np.ndarray) -> tuple[tuple[str, str], np.ndarray]:
    """Return reference and arm, and who is in the arm; the reference is the mapping's, else the first."""
    present = [int(c) for c in np.unique(codes)]
    if len(present) != 2:
        arms = plural(len(present), "arm")
        raise NotEstimable(say("Weighting compares two arms; of patients with all covariates known there is {arms}.",
                               arms=arms) if len(present) == 1 else
                           say("Weighting compares two arms; of patients with all covariates known there are {arms}.",
                               arms=arms),
                           say("Filter to two.") if len(present) > 2 else say("Take a filter or covariate away."))
    for code in present:
        if (codes == code).sum() < 2:
            raise NotEstimable(say("Only one patient in {levels}: there is nothing to weight.", levels=levels[code]),
                               say("Take a filter or covariate away."))
    first = reference_place(cohort, ARM, levels)
    reference = first if first in present else present[0]
    other = next(c for c in present if c != reference)
    return (levels[reference], levels[other]), codes == other


def _effects(patients: _Patients, weight: np.ndarray, names: tuple[str, str]) -> tuple[pd.DataFrame, str, float]:
    """Fit the hazard ratio without and with weights; return both, why there is none, and p of proportional hazards."""
    groups = patients.treated.astype(int)
    left, dead = (np.array([np.bincount(patients.place[counted_rows & (groups == g)], minlength=patients.times.size)
                            for g in (0, 1)]) for counted_rows in (np.ones(groups.size, bool), patients.event))
    risk = np.cumsum(left[:, ::-1], axis=1)[:, ::-1]
    if patients.entry is not None:
        risk = risk - not_yet_at_risk(np.array([np.bincount(patients.entry[groups == g], minlength=patients.times.size)
                                                for g in (0, 1)]))
    reason = reasons_of(names, left.sum(axis=1), dead.sum(axis=1), finite_against_first(dead, risk))[1]
    worth = [effective_size(weight[groups == g]) for g in (0, 1)]
    reason = reason or next((say("after weighting, the effective sample size of {name} is {n}", name=name,
                                 n=fixed(n, 1)) for name, n in
                             zip(names, worth, strict=True) if n < _WORTH), "")
    rows, proportional = [], math.nan
    for analysis, given in (("unweighted", None), ("weighted", weight)):
        coef = error = math.nan
        if not reason:
            coef, error, reason, proportional = _fitted(patients, given)
        ratio, low, high = (math.exp(coef + z * error) for z in (0, -Z95, Z95))
        both = (math.nan, math.nan) if math.isnan(error) else \
            e_values(ratio, low, high, share=float(patients.event.mean()))
        rows.append((analysis, coef, error, ratio, low, high, two_sided_p(coef / error), *both))
    return pd.DataFrame(rows, columns=["analysis", "coef", "std_error", "hazard_ratio", "conf_low", "conf_high",
                                       "p_value", "e_value", "e_value_limit"]), reason, proportional


def _fitted(patients: _Patients, weight: np.ndarray | None) -> tuple[float, float, str, float]:
    """Return the log hazard ratio, its error (robust if weighted), the reason, and the p of proportional hazards.

    NaN, and a reason, where there is no ratio. Patients with weight zero are left out.
    """
    rows = np.ones(patients.event.size, bool) if weight is None else weight > 0
    result = fit(patients.place[rows], patients.event[rows], patients.treated[rows, None].astype(float),
                 weight=None if weight is None else weight[rows],
                 entry=None if patients.entry is None else patients.entry[rows])
    variance = result.variance if weight is None else result.robust_variance
    coef, error = float(result.coef[0]), math.sqrt(variance[0, 0])
    reason = say(NO_FINITE_RATIO) if (result.diverged | result.unidentified).any() else \
        say(NOT_FOUND) if not result.converged else \
        say("too few patients for a robust standard error") if error < _ROUNDING else \
        say(TOO_FAR) if abs(coef) > BEYOND else ""
    if reason:
        return math.nan, math.nan, reason, math.nan
    return coef, error, "", float(proportional_hazards(result, [ARM]).p_value.iloc[-1])


def _curves(patients: _Patients, weight: np.ndarray, names: tuple[str, str], conf_type: ConfType) -> pd.DataFrame:
    return pd.concat([
        weighted_curve(patients.times, patients.place[group], patients.event[group], weight[group], conf_type,
                       entry=None if patients.entry is None else patients.entry[group])
        .assign(strata=name) for name, group in zip(names, (~patients.treated, patients.treated), strict=True)],
                     ignore_index=True)


@takes_options
def weighted_curve(times: np.ndarray, place: np.ndarray, event: np.ndarray, weight: np.ndarray,
                   conf_type: ConfType, *, entry: np.ndarray | None = None) -> pd.DataFrame:
    """Return a weighted Kaplan-Meier curve with robust standard errors (R: survfit with weights).

    The variance is the infinitesimal jackknife: the sum over patients of (weight × derivative of log survival by
    the weight)². With n and d the weights at risk and dying, a patient's derivative is the sum of d / (n (n − d)) over
    the times at risk until their own, less 1 / (n − d) at their death.

    Parameters
    ----------
    times : the distinct times; `place` (n,) each patient's among them
    entry : int (n,), the first place at which each is at risk; None without late entry
    """
    size = times.size
    leave, dead = (np.bincount(place, w, size) for w in (weight, weight * event))
    persons, deaths = np.bincount(place, minlength=size), np.bincount(place, event, size)
    risk, persons_at_risk = np.cumsum(leave[::-1])[::-1], np.cumsum(persons[::-1])[::-1]
    if entry is not None:
        waiting, persons_waiting = not_yet_at_risk(np.array([np.bincount(entry, w, size) for w in (weight, None)]))
        risk, persons_at_risk = risk - waiting, persons_at_risk - persons_waiting
    left = np.where(persons_at_risk - deaths > 0, risk - dead, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(np.where(persons > 0, left / np.where(risk > 0, risk, 1), 1.0))
        drift = np.cumsum(np.where(deaths > 0, dead / (risk * left), 0.0))
        first = np.zeros(place.size, int) if entry is None else entry
        before = np.append(0.0, drift)[first]  # of the sum, what lies before each patient's entry
        residual = weight * (drift[place] - before - np.where(event, 1 / left[place], 0.0))
        squares, products, of_before = (np.cumsum(
            np.bincount(first, weight**2 * before**power, size) - np.bincount(place, weight**2 * before**power, size))
            for power in (0, 1, 2))  # over those who have entered and are still followed
        error = np.sqrt(np.maximum(drift**2 * squares - 2 * drift * products + of_before, 0)
                        + np.cumsum(np.bincount(place, residual**2, size)))
    error = np.where(survival > 0, error, np.nan)
    low, high = confidence(survival, error, conf_type)
    has_patients = persons > 0
    return pd.DataFrame({"time": times, "n_risk": risk, "n_event": dead, "n_censor": leave - dead, "estimate": survival,
                         "std_error": survival * error, "conf_low": low, "conf_high": high})[has_patients]


def _arms(patients: _Patients, weight: np.ndarray, names: tuple[str, str], curves: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for name, group in zip(names, (~patients.treated, patients.treated), strict=True):
        curve = curves[curves.strata == name]
        half = [quantile(curve.time.to_numpy(), 1 - curve[c].to_numpy(), 0.5) for c in
                ("estimate", "conf_low", "conf_high")]
        rows.append((name, int(group.sum()), int(patients.event[group].sum()), effective_size(weight[group]),
                     float(weight[group].max() / weight[group].sum()), *half))
    return pd.DataFrame(rows, columns=["arm", "n", "n_event", "effective_n", "largest_share", "median", "conf_low",
                                       "conf_high"])


def _balance(columns: list[Column], used: np.ndarray, treated: np.ndarray, weight: np.ndarray) -> pd.DataFrame:
    """Return the differences of every column; of more than two levels the reference's, too."""
    labels, values, binary = [], [], []
    for term in dict.fromkeys(c.term for c in columns):
        columns_of_term = [c for c in columns if c.term == term]
        if len(columns_of_term) > 1 and columns_of_term[0].reference:
            labels.append((term, columns_of_term[0].reference))
            values.append(1.0 - np.sum([c.of(used) for c in columns_of_term], axis=0))
            binary.append(True)
        labels += [(c.term, c.level) for c in columns_of_term]
        values += [c.of(used) for c in columns_of_term]
        binary += [bool(c.reference) for c in columns_of_term]
    before, after = mean_differences(np.column_stack(values), treated, weight, binary=np.array(binary))
    return pd.DataFrame({"term": [t for t, _ in labels], "level": [v for _, v in labels], "smd_before": before,
                         "smd_after": after})
