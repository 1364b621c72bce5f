"""Other strata as the references: what hazard ratios and differences of a variable are against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.cohort.cohort import Cohort
from core.cohort.strata import strata
from core.errors import FilterError
from core.language import say


def with_references(whole: Cohort, references: Mapping[str, str]) -> Cohort:
    """Return the whole cohort with other references; who is in it and how it is split stays.

    Parameters
    ----------
    references : of variables, a stratum each

    Raises
    ------
    FilterError
        If the cohort has no such variable or stratum.
    """
    for key, level in references.items():
        levels = strata(whole, key).levels
        if level not in levels:
            raise FilterError(say("{label} has no level {strange}.", label=whole.variable(key).label,
                                  strange=f"{level!r}"),
                              say("Choose from: {levels}.", levels=', '.join(levels)))
    changed = replace(whole, references=tuple(sorted(references.items())))
    changed.memo.update({k: v for k, v in whole.memo.items() if isinstance(k, tuple) and k[0] == "timeline"})
    return changed
