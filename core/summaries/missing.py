"""What is missing: per variable and arm, and which variables are missing together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core import schema
from core.cohort import GROUPS, Cohort, strata
from core.format import plural
from core.language import say

_PATTERNS = 12


@dataclass(frozen=True, kw_only=True, eq=False)
class MissingData:
    """Missing values of a filtered cohort.

    Attributes
    ----------
    rows : variable (label), arm, n, n_missing, rate; all variables, those that miss nothing too
    patterns : n (patients), variables (labels of what is missing in them, joined by commas), the
        commonest first; the complete patients are a pattern without variables
    complete : patients without any missing value
    """

    levels: tuple[str, ...]
    rows: pd.DataFrame
    patterns: pd.DataFrame
    complete: int


def missing_data(cohort: Cohort) -> MissingData:
    """Count missing values of every variable, endpoint and adverse event by arm.

    Examples
    --------
    >>> from core import missing_data, read_cohort
    >>> cohort = read_cohort("sample_data/yang2023_synthetic.csv")
    >>> missing_data(cohort).rows[["variable", "arm", "n", "n_missing"]].head(2)
      variable                  arm   n  n_missing
    0  OS time            TACE+IMRT  47          0
    1  OS time  TACE+IMRT+sorafenib  35          0
    """
    groups = strata(cohort, schema.ARM if cohort.mapping.arm else None)
    absent = _absent(cohort.whole)
    filtered = cohort.rows
    levels = (*groups.levels, *((say("no arm"),) if (groups.codes[filtered] < 0).any() else ()))
    codes = np.where(groups.codes < 0, len(groups.levels), groups.codes)[filtered]
    n = np.bincount(codes, minlength=len(levels))
    rows = []
    for label, flags in absent.items():
        gone = np.bincount(codes[flags[filtered]], minlength=len(levels))
        rows += [{"variable": label, "arm": level, "n": int(n[i]), "n_missing": int(gone[i]),
                  "rate": gone[i] / n[i] if n[i] else np.nan} for i, level in enumerate(levels)]
    incomplete = {label: flags[filtered] for label, flags in absent.items() if flags[filtered].any()}
    patterns = _patterns(incomplete, int(filtered.sum()))
    complete = int(patterns.n[patterns.variables == ""].sum())
    return MissingData(levels=levels, complete=complete, patterns=patterns, rows=pd.DataFrame(
        rows, columns=["variable", "arm", "n", "n_missing", "rate"]))


def _absent(whole: Cohort) -> dict[str, np.ndarray]:
    """Return label -> is missing (n,) of the arm, endpoints, factors, response, sites and grades."""
    return whole.remember("absent", lambda: _find_absent(whole))


def _find_absent(whole: Cohort) -> dict[str, np.ndarray]:
    out: dict[str, np.ndarray] = {}
    for name in whole.endpoints:
        out[f"{name} time"] = whole.table[schema.time_column(name)].isna().to_numpy()
        out[f"{name} event"] = whole.table[schema.event_column(name)].isna().to_numpy()
        if schema.entry_column(name) in whole.table:
            out[f"{name} entry"] = whole.table[schema.entry_column(name)].isna().to_numpy()
    for key, variable in whole.variables.items():
        if key == GROUPS:  # in none of the groups: nothing is missing there
            continue
        out[variable.label] = whole.values(key).isna().to_numpy() | out.get(variable.label, False)
    return out


def _patterns(incomplete: dict[str, np.ndarray], n: int) -> pd.DataFrame:
    """Count which variables are missing in the same patients; the rarest patterns are put together."""
    if not incomplete or not n:
        return pd.DataFrame({"n": [n], "variables": [""]})
    matrix = np.column_stack(list(incomplete.values()))
    packed = np.packbits(matrix, axis=1)
    _, first, counts = np.unique(packed, axis=0, return_index=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    names = np.asarray(list(incomplete), dtype=object)
    rows = [{"n": int(counts[i]), "variables": ", ".join(names[matrix[first[i]]])} for i in order[:_PATTERNS]]
    if rest := int(counts[order[_PATTERNS:]].sum()):
        others = len(order) - _PATTERNS
        rows.append({"n": rest, "variables": plural(others, "other pattern")})
    return pd.DataFrame(rows)
