"""One line about a step from filters to other filters."""

from __future__ import annotations

from core.cohort.cohort import Cohort
from core.cohort.filters import Filters
from core.language import say


def step_words(whole: Cohort, before: Filters, after: Filters) -> str:
    """Say what a step changed: `PVTT grade Vp3`, `without AFP`.

    Parameters
    ----------
    whole : the cohort that the filters are of

    Raises
    ------
    FilterError
        If a condition names a variable or level that the cohort does not have.
    """
    if not after:
        return say("All patients")
    changed = Filters({k: c for k, c in after.conditions.items() if before.conditions.get(k) != c})
    gone = ", ".join(whole.variable(k).label for k in before.conditions if k not in after)
    parts = (whole.filter(changed).words(), say("without {gone}", gone=gone) if gone else "")
    return "; ".join(words for words in parts if words)
