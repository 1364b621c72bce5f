"""A cohort seen in parts: within the levels of a variable, and the selection against the rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.cohort.cohort import Cohort
from core.cohort.strata import categorical, strata
from core.errors import NotEstimable
from core.language import say
from core.mapping import FactorRole

SELECTION = "selection"
REST = "All others"


def by_level(cohort: Cohort, key: str) -> list[tuple[str, Cohort]]:
    """Return the filtered patients of each level of a variable, also where there are none; a number is cut."""
    groups = strata(cohort, key)
    return [(level, replace(cohort, rows=cohort.rows & (groups.codes == i), part=(key, level), parent=cohort.whole))
            for i, level in enumerate(groups.levels)]


def against_rest(cohort: Cohort) -> Cohort:
    """Return the whole cohort with one more variable: who passes the filters, and all others.

    Patients who do not pass and have a filtered variable missing are in neither group: they are left out, and counted
    as patients without a stratum.

    Raises
    ------
    NotEstimable
        If there is no filter, or nobody is on either side of it.
    """
    if not cohort.filters:
        raise NotEstimable(say("Nothing is selected: there is no rest to compare with."),
                           say("Filter the cohort first."))
    whole = cohort.whole
    grouped = whole.named_groups.key if whole.named_groups else ""  # who is in no group has nothing missing there
    absent = [whole.values(k).isna().to_numpy() for k in cohort.filters.conditions if k != grouped]
    unknown = ~cohort.rows & (np.any(absent, axis=0) if absent else False)
    codes = np.where(cohort.rows, 1, np.where(unknown, -1, 0))
    if not (codes == 0).any() or not (codes == 1).any():
        raise NotEstimable(say("The selection has all patients or none: there is no rest to compare with."),
                           say("Change the filters."))
    levels = [say(REST), cohort.words()]
    later = any(cohort.variable(k).known == "later" for k in cohort.filters.conditions)
    # The filters' own key stands in the mapping, and so in the new cohort's key.
    role = FactorRole(key=SELECTION, label="selection", column=cohort.filters.key, kind="categorical",
                      levels={v: v for v in levels}, known="later" if later else "baseline")
    marked = replace(whole, table=whole.table.assign(**{SELECTION: categorical(codes, levels)}),
                     mapping=replace(whole.mapping, factors=(*whole.mapping.factors, role)))
    marked.memo.update({k: v for k, v in whole.memo.items() if isinstance(k, tuple) and k[0] == "timeline"})
    return marked
