"""The arms' hazard ratio along a number, and whether it changes with it: the number is not cut.

Source: Royston P, Altman DG, Sauerbrei W. Stat Med 2006;25:127: cutting a number loses power and invents a step.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.cohort import Cohort, reference_level, timeline
from core.errors import CohortError, NotEstimable
from core.hazards.complete_cases import CompleteCases, independent
from core.hazards.design import Column, Form, columns_of, default_form
from core.hazards.estimability import NO_FINITE_RATIO, NOT_FOUND, own_reason
from core.hazards.proportional_hazards import proportional_hazards
from core.language import say
from core.likelihood import Fit, fit, standardise
from core.schema import ARM
from core.statistics import Z95, adjusted, chi_square_p

_PLACES = (0.025, 0.25, 0.5, 0.75, 0.975)  # of the number: between the outer ones its curve is drawn


@dataclass(frozen=True, kw_only=True, eq=False)
class AlongNumber:
    """A Cox model of arm, number and their product.

    Attributes
    ----------
    form : "linear", or "log2" where the number's logarithm is meant
    arms, reference : those with ratios, and what they are compared with
    quantiles : float (5,), 2.5, 25, 50, 75 and 97.5 % of the number among the model's patients (R: quantile, type 7)
    statistic, df, p_value : likelihood ratio of arm + number against arm * number (R: anova of two coxph)
    coef, variance : (2 k,), (2 k, 2 k): of the k arms, then of their products with the number
    p_proportional : of the model with the product, over all its columns (R: cox.zph, GLOBAL)
    missing : filtered patients of whom the number is missing
    """

    endpoint: str
    key: str
    form: Form
    arms: tuple[str, ...]
    reference: str
    n: int
    n_event: int
    missing: int
    quantiles: np.ndarray
    statistic: float
    df: int
    p_value: float
    coef: np.ndarray
    variance: np.ndarray
    p_proportional: float

    def ratios(self, values: np.ndarray) -> pd.DataFrame:
        """Return each arm's ratio at some values: arm, value, coef, std_error, hazard_ratio, conf_low, conf_high."""
        at, k = np.log2(values) if self.form == "log2" else np.asarray(values, float), len(self.arms)
        frames = []
        for i, arm in enumerate(self.arms):
            coef = self.coef[i] + at * self.coef[k + i]
            spread = self.variance[np.ix_([i, k + i], [i, k + i])]
            error = np.sqrt(np.maximum(spread[0, 0] + 2 * at * spread[0, 1] + at**2 * spread[1, 1], 0))
            with np.errstate(over="ignore"):
                ratio, low, high = (np.exp(coef + z * error) for z in (0, -Z95, Z95))
            frames.append(pd.DataFrame({"arm": arm, "value": values, "coef": coef, "std_error": error,
                                        "hazard_ratio": ratio, "conf_low": low, "conf_high": high}))
        return pd.concat(frames, ignore_index=True)



def baseline_numbers(cohort: Cohort, by: str = ARM) -> tuple[str, ...]:
    """Return the numbers known at time zero that vary."""
    return tuple(f.key for f in cohort.mapping.factors if f.kind == "numeric" and f.known == "baseline"
                 and f.key != by and cohort.whole.values(f.key).nunique() > 1)


def along_number(cohort: Cohort, *, endpoint: str, key: str, by: str = ARM) -> AlongNumber:
    """Fit arm + number and arm * number (R: coxph, ties = "efron") on the patients whose number is known.

    Of a number on a log scale the logarithm enters. Arms without patients are left aside.

    Raises
    ------
    NotEstimable
        If fewer than two arms have patients, an arm has no event, or a model has no finite maximum.

    Examples
    --------
    >>> from core import along_number, read_cohort
    >>> cohort = read_cohort("sample_data/yang2023_synthetic.csv")
    >>> along = along_number(cohort, endpoint="OS", key="age")
    >>> along.df, round(along.p_value, 3)
    (1, 0.811)
    """
    variable = cohort.variable(key)
    if variable.kind != "numeric" or variable.known == "later":
        raise NotEstimable(say("{label} is no number that is known at time zero.", label=variable.label),
                           say("Choose one that is."))
    form = default_form(cohort, key)
    arms = columns_of(cohort, by, "levels", reference_level(cohort, by))
    values = cohort.values(key).to_numpy(dtype=float)
    rows = cohort.rows & (timeline(cohort, endpoint).index >= 0)
    absent = int(np.count_nonzero(rows & np.isnan(values)))
    present = {arm.level for arm in arms if (rows & ~np.isnan(values) & (arm.source == arm.code)).any()}
    arms = [arm for arm in arms if arm.level in present]
    if not arms:
        raise NotEstimable(say("One arm has patients: there is nothing to compare."), say("Take a filter away."))
    number = np.log2(values) if form == "log2" else values
    alone = Column(term=key, level="", reference="", source=number, part=True)
    products = [Column(term=key, level=arm.level, reference="", source=np.where(arm.source == arm.code, number, 0.0),
                       part=True) for arm in arms]
    columns = [*arms, alone, *products]
    cases = CompleteCases.from_cohort(cohort, endpoint, rows, columns, ())
    _require_events(cases, arms, cases.counts(columns)[:len(arms)])
    smaller, larger = _fitted(cases, columns, len(arms) + 1), _fitted(cases, columns, len(columns))
    statistic = max(2 * (larger.at_maximum.value - smaller.at_maximum.value), 0.0)
    of = [*range(len(arms)), *range(len(arms) + 1, len(columns))]
    entered = cases.design[:, len(arms)]
    used = np.exp2(entered) if form == "log2" else entered
    return AlongNumber(endpoint=endpoint, key=key, form=form, arms=tuple(arm.level for arm in arms),
                       reference=arms[0].reference, n=len(cases.index), n_event=int(np.count_nonzero(cases.event)),
                       missing=absent, quantiles=np.quantile(used, _PLACES), statistic=statistic,
                       df=len(arms), p_value=chi_square_p(statistic, len(arms)), coef=larger.coef[of],
                       p_proportional=float(proportional_hazards(larger, [key] * len(columns)).p_value.iloc[-1]),
                       variance=larger.variance[np.ix_(of, of)])


def along_numbers(cohort: Cohort, *, endpoint: str, keys: Sequence[str] | None = None,
                  by: str = ARM) -> tuple[dict[str, AlongNumber | CohortError], dict[str, float]]:
    """Fit numbers, all that are known at time zero unless named.

    Returns
    -------
    by number, the model or why there is none, and its p adjusted by Benjamini and Hochberg
    """
    fitted: dict[str, AlongNumber | CohortError] = {}
    for key in baseline_numbers(cohort, by) if keys is None else keys:
        try:
            fitted[key] = along_number(cohort, endpoint=endpoint, key=key, by=by)
        except CohortError as error:
            fitted[key] = error.with_traceback(None)
    p = [one.p_value if isinstance(one, AlongNumber) else math.nan for one in fitted.values()]
    return fitted, dict(zip(fitted, adjusted(np.array(p), "BH").tolist(), strict=True))


def _require_events(cases: CompleteCases, arms: list[Column], counts: np.ndarray) -> None:
    """Refuse an arm that can have no ratio; `counts`: patients and events of the arms but the reference."""
    of = {arm.level: row for arm, row in zip(arms, counts.tolist(), strict=True)}
    n, events = len(cases.index), int(np.count_nonzero(cases.event))
    of[arms[0].reference] = [n - int(counts[:, 0].sum()), events - int(counts[:, 1].sum())]
    for level, (patients, died) in of.items():
        if reason := own_reason(level, patients, died):
            raise NotEstimable(say("No ratio along the number: {reason}.", reason=reason), say("Take a filter away."))


def _fitted(cases: CompleteCases, columns: list[Column], first: int) -> Fit:
    """Fit the first columns.

    Raises
    ------
    NotEstimable
        If a column does not vary, or follows from the others; if there is no finite maximum.
    """
    design, scale = standardise(cases.design[:, :first])
    _, reasons = independent(columns[:first], design)
    if not reasons:
        try:
            made = fit(cases.index, cases.event, design, scale=scale, entry=cases.entry)
            if made.converged and not (made.diverged | made.unidentified).any():
                return made
            reasons = {0: say(NO_FINITE_RATIO if made.converged else NOT_FOUND)}
        except np.linalg.LinAlgError:
            reasons = {0: say(NOT_FOUND)}
    raise NotEstimable(say("No ratio along the number: {reason}.", reason=next(iter(reasons.values()))),
                       say("Take a filter away."))
