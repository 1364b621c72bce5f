"""Where a treatment failed: sites overlap, so each has its own rate, and what occurs together is counted as such."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.cohort import Cohort, strata
from core.errors import NotEstimable
from core.language import say
from core.options import takes_options
from core.schema import ARM
from core.statistics import PairTest, pair_p
from core.summaries.adverse_events import DIFFERENCES, Difference
from core.survival import happened

ANY = "any failure"


@dataclass(frozen=True, kw_only=True, eq=False)
class FailurePattern:
    """Failure by site.

    Attributes
    ----------
    sites : site ("any failure" last), arm, n (patients with every site recorded), n_event, rate
    tests : site, arm, reference, test, p_value, risk_difference, conf_low, conf_high
    together : a column per site (bool), arm, count: patients by exactly the sites where they failed, the largest first
    missing : patients left out, a site not recorded or the group missing
    test, difference : by which groups are compared
    """

    by: str
    label: str
    levels: tuple[str, ...]
    names: tuple[str, ...]
    sites: pd.DataFrame
    tests: pd.DataFrame
    together: pd.DataFrame
    missing: int
    test: PairTest = "Fisher exact"
    difference: Difference = "Miettinen-Nurminen"


@takes_options
def failure_pattern(cohort: Cohort, *, by: str = ARM, test: PairTest = "Fisher exact",
                    difference: Difference = "Miettinen-Nurminen") -> FailurePattern:
    """Count failures by site per group, and which sites occur together.

    Raises
    ------
    NotEstimable
        If no failure site is mapped.
    """
    sites = cohort.mapping.failure_sites
    if not sites:
        raise NotEstimable(say("No failure site is mapped."), say("Choose a column per site on the Cohort page."))
    groups = strata(cohort, by)
    known = np.all([cohort.values(s.key).notna() for s in sites], axis=0)
    used = cohort.rows & (groups.codes >= 0) & known
    failed = np.column_stack([happened(cohort.whole, s) for s in sites])
    names = tuple(s.label for s in sites)
    had = np.column_stack([failed, failed.any(axis=1)])[used]
    codes, k = groups.codes[used], len(groups.levels)
    events = np.array([had[codes == j].sum(axis=0) for j in range(k)])  # (k, sites + 1)
    n = np.bincount(codes, minlength=k)
    return FailurePattern(
        by=by, label=groups.label, levels=groups.levels, names=names,
        sites=_sites((*names, ANY), groups.levels, n, events),
        tests=_tests((*names, ANY), groups.levels, n, events, test, difference),
        together=_together(names, groups.levels, failed[used], codes), missing=int(cohort.n - used.sum()),
        test=test, difference=difference)


def _sites(names: tuple[str, ...], groups: tuple[str, ...], n: np.ndarray, events: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame([(site, group, int(n[j]), int(events[j, i]), events[j, i] / n[j] if n[j] else np.nan)
                         for i, site in enumerate(names) for j, group in enumerate(groups)],
                        columns=["site", "arm", "n", "n_event", "rate"])


def _tests(names: tuple[str, ...], groups: tuple[str, ...], n: np.ndarray, events: np.ndarray, test: PairTest,
           difference: Difference) -> pd.DataFrame:
    parts = []
    for j, group in enumerate(groups[1:], start=1):
        size = len(names)
        tables = events[j], np.full(size, n[j]), events[0], np.full(size, n[0])
        apart, low, high = DIFFERENCES[difference](*tables)
        parts.append(pd.DataFrame({"site": list(names), "arm": group, "reference": groups[0], "test": test,
                                   "p_value": pair_p(test, *tables), "risk_difference": apart, "conf_low": low,
                                   "conf_high": high}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(
        columns=["site", "arm", "reference", "test", "p_value", "risk_difference", "conf_low", "conf_high"])


def _together(names: tuple[str, ...], groups: tuple[str, ...], failed: np.ndarray, codes: np.ndarray) -> pd.DataFrame:
    """Count each set of sites that some patient has, per group."""
    pattern = failed @ (1 << np.arange(len(names)))
    patterns, place = np.unique(pattern, return_inverse=True)
    counts = np.zeros((patterns.size, len(groups)), int)
    np.add.at(counts, (place, codes), 1)
    rows = []
    for i in np.argsort(-counts.sum(axis=1), kind="stable"):
        inside = {name: bool(patterns[i] >> b & 1) for b, name in enumerate(names)}
        rows += [{**inside, "arm": group, "count": int(counts[i, j])} for j, group in enumerate(groups)]
    return pd.DataFrame(rows, columns=[*names, "arm", "count"])
