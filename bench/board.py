"""Time the whole board's statistics, result frames included, beside R and plain lifelines.

The board: per endpoint Kaplan-Meier by arm with limits, medians, survival at three times, log-rank, restricted means,
the arms' hazard ratio, a forest of all factors with interactions; a Cox model of the arm and all factors with the
test of proportional hazards; adverse events in three bands with Fisher's p and risk differences; a baseline table of
all factors with medians, means, standardised differences and tests (exact up to 1,000 patients, then Pearson's).

    python -m bench.board 82 10000

82 stands for the sample cohort; other sizes are simulated. Each run of ours starts from a filter, so
that nothing is remembered from the one before. Correctness is asserted against R in the same run.
lifelines and scipy have no Miettinen-Nurminen limits: their board goes without; its forest has no subgroup with an arm
without events, and its test of proportional hazards is the older one.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from bench.beside import LIFELINES_MOST, check, cohort_file, in_r, repeats, runs, said, timed
from core import Cohort, CoxOptions, read_cohort, subgroup_hazard_ratios, treatment_effect
from core.cohort import strata
from core.hazards import cox
from core.summaries import BaselineOptions, adverse_events, baseline
from core.survival import kaplan_meier, restricted_mean, survival_at

ENDPOINTS = {"os": "OS", "pfs": "PFS"}
BANDS = ("any", "1-2", ">=3")  # board.R has the same
TIMES = (6.0, 12.0, 24.0)
FACTORS = ("age", "sex", "ecog", "child_pugh", "etiology", "afp", "tumor_size", "tumor_number", "pvtt", "hvtt",
           "t_stage", "n_stage")  # board.R has the same
OPTIONS = CoxOptions.of(forms={"afp": "log2"})
EXACT_MOST, EXACT, PEARSON = 1000, BaselineOptions(), BaselineOptions(level_test="Pearson χ²")  # board.R has the same
MOMENTS = ("mean", "sd", "median", "low_quartile", "high_quartile", "least", "most")
COLUMNS = {"afp": "afp_ng_ml", "tumor_size": "tumor_size_cm"}


@dataclass(frozen=True)
class Board:
    """Results by endpoint, of the model, of the adverse events and of the baseline table."""

    survival: dict[str, list[Any]]
    model: Any
    zph: pd.DataFrame
    events: Any
    baseline: Any


def factors_of(whole: Cohort) -> list[str]:
    return [f for f in FACTORS if len(strata(whole, f).levels) > 1]


def ours(whole: Cohort, factors: list[str]) -> Board:
    """Filter (by a condition that all pass) and compute the board."""
    cohort = whole.filter({"afp": {"ge": 0}})
    survival = {}
    for name, endpoint in ENDPOINTS.items():
        of = {"endpoint": endpoint, "by": "arm"}
        survival[name] = [kaplan_meier(cohort, **of), treatment_effect(cohort, **of),
                          survival_at(cohort, **of, times=TIMES), restricted_mean(cohort, **of),
                          subgroup_hazard_ratios(cohort, endpoint=endpoint, factors=factors)]
    model = cox(cohort, endpoint="OS", covariates=["arm", *factors], options=OPTIONS)
    table = baseline(cohort, variables=factors, options=EXACT if cohort.n <= EXACT_MOST else PEARSON)
    return Board(survival, model, model.zph, adverse_events(cohort, by="arm"), table)


def figures(board: Board) -> dict[str, list[float]]:
    """Read the figures that are compared with R's; NaN where the likelihood has no maximum."""
    out: dict[str, list[float]] = {}
    for name, (curves, effect, at, means, forest) in board.survival.items():
        term = effect.terms.iloc[0]
        out[name] = [*curves.medians["median"], curves.log_rank.p_value[0], term.coef, term.std_error, *at.estimate,
                     *means.estimate, *means.std_error]
        rows = forest.rows[forest.rows.factor != ""]
        shown = rows.reason == ""
        out[f"{name}_subgroups"] = [*rows.coef.where(shown), *rows.std_error.where(shown)]
        out[f"{name}_interactions"] = forest.interactions.p_value.tolist()
    out["model"] = [*board.model.terms.coef, *board.model.terms.std_error]
    out["zph"] = board.zph.p_value.tolist()
    found = board.events.tests
    tests = pd.concat([found[found.band == band] for band in BANDS])
    out["fisher"] = tests.p_value.tolist()
    out["limits"] = [*tests.conf_low, *tests.conf_high]
    return out | baseline_figures(board.baseline)


def baseline_figures(found: Any) -> dict[str, list[float]]:
    """Read the baseline table's: of numbers, and of levels."""
    numbers, levels = [], []
    for key, rows in found.rows.groupby("variable", sort=False):
        own = found.tests[found.tests.variable == key]
        if len(alone := rows[rows.level == ""]):
            numbers += [*alone[list(MOMENTS)].to_numpy().ravel(), own.smd.iloc[0], own.p_value.iloc[0]]
        table = rows[rows.level != ""].pivot(index="level", columns="group", values="count")
        table = table.loc[rows.level[rows.level != ""].unique(), list(found.groups)]
        levels += [*table[table.any(axis=1)].to_numpy().T.ravel(), own.smd.iloc[-1], own.p_value.iloc[-1]]
    return {"baseline_numbers": numbers, "baseline_levels": levels}


def lifelines_board(path: Path, whole: Cohort, factors: list[str]) -> None:
    """Compute the same with lifelines and scipy.stats as their documentation shows."""
    warnings.filterwarnings("ignore", module="lifelines")  # that a model of few events may not converge
    from scipy.stats import fisher_exact

    frame = pd.read_csv(path)
    test = frame.arm != whole.levels("arm")[0]
    levels = {f: strata(whole, f) for f in factors}
    for name in ENDPOINTS:
        lifelines_survival(frame[f"{name}_months"], frame[f"{name}_event"], test, levels)
    lifelines_model(frame, test, factors)
    for low, high in ((1, 5), (1, 2), (3, 5)):
        for column in frame.filter(like="ae_"):
            had = frame[column].between(low, high)
            fisher_exact([[(had & test).sum(), (~had & test).sum()],
                          [(had & ~test).sum(), (~had & ~test).sum()]])
    lifelines_baseline(frame, test, levels)


def lifelines_baseline(frame: pd.DataFrame, test: pd.Series, levels: dict[str, Any]) -> None:
    """Sum up by arm with pandas, and test with scipy; without standardised differences."""
    from scipy.stats import chi2_contingency, mannwhitneyu

    for factor, groups in levels.items():
        values = frame[COLUMNS.get(factor, factor)]
        if pd.api.types.is_numeric_dtype(values):
            values.groupby(test).describe()
            mannwhitneyu(values[test], values[~test])
        chi2_contingency(pd.crosstab(groups.codes, test), correction=False)


def lifelines_survival(time_: pd.Series, event: pd.Series, test: pd.Series, levels: dict[str, Any]) -> None:
    from lifelines import CoxPHFitter, KaplanMeierFitter
    from lifelines.statistics import logrank_test
    from lifelines.utils import restricted_mean_survival_time

    tau = min(time_[test].max(), time_[~test].max())
    for arm in (test, ~test):
        fitter = KaplanMeierFitter().fit(time_[arm], event[arm])
        assert fitter.median_survival_time_ > 0
        assert len(fitter.confidence_interval_) and len(fitter.survival_function_at_times(TIMES))
        restricted_mean_survival_time(fitter, t=tau)
    logrank_test(time_[test], time_[~test], event[test], event[~test])
    data = pd.DataFrame({"t": time_, "e": event, "x": test.astype(float)})
    CoxPHFitter().fit(data, "t", "e")
    for groups in levels.values():
        dummies = pd.get_dummies(pd.Series(groups.codes), prefix="f", drop_first=True, dtype=float)
        for code in range(len(groups.levels)):
            part = data[groups.codes == code]
            if (pd.crosstab(part.x, part.e) > 0).to_numpy().all() and len(pd.crosstab(part.x, part.e)) == 2:
                CoxPHFitter().fit(part, "t", "e")
        both = pd.concat([data, dummies], axis=1)
        fits = [CoxPHFitter().fit(d, "t", "e") for d in
                (both, pd.concat([both, dummies.mul(data.x, axis=0).add_prefix("x")], axis=1))]
        assert fits[1].log_likelihood_ >= fits[0].log_likelihood_ - 1e-6


def lifelines_model(frame: pd.DataFrame, test: pd.Series, factors: list[str]) -> None:
    from lifelines import CoxPHFitter
    from lifelines.statistics import proportional_hazard_test

    columns = frame[[COLUMNS.get(f, f) for f in factors]]
    data = pd.get_dummies(columns, columns=[c for c in columns if not pd.api.types.is_float_dtype(columns[c])
                                            and c != "age"], drop_first=True, dtype=float)
    data = data.assign(t=frame.os_months, e=frame.os_event, x=test.astype(float))
    fitter = CoxPHFitter().fit(data, "t", "e")
    proportional_hazard_test(fitter, data, time_transform="km")


def run(n: int, folder: Path) -> None:
    path = cohort_file(n, folder)
    whole = read_cohort(path)
    factors = factors_of(whole)
    ours(whole, factors)
    before = runs(lambda: ours(whole, factors), repeats(n))  # and again after R: a busy moment meets both
    beside = in_r("board.R", path, n, whole.levels("arm")[0])
    mine = timed(lambda: ours(whole, factors), repeats(n), before)
    if beside:
        check(figures(ours(whole, factors)), beside[1])
    lifelines = timed(lambda: lifelines_board(path, whole, factors), 1 if n > 1000 else 3) \
        if n <= LIFELINES_MOST else None
    print(said(n, mine, beside, lifelines), flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        for size in sys.argv[1:] or ["82", "10000"]:
            run(int(size), Path(scratch))
