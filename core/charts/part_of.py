"""What a plot of curves shows of some patients, computed from its parts."""

from __future__ import annotations

from collections.abc import Callable

from core.charts.kaplan_meier import Part
from core.cohort import Cohort
from core.hazards import TreatmentEffect, treatment_effect
from core.likelihood import DOUBT
from core.options import takes_options
from core.survival import ConfType, KaplanMeier, kaplan_meier, restricted_mean


@takes_options
def part_of(cohort: Cohort, *, endpoint: str, by: str | None, conf_type: ConfType = "log-log",
            whole: Cohort | None = None, level: str = "", curves: Callable[..., KaplanMeier] = kaplan_meier,
            effect: Callable[..., TreatmentEffect] = treatment_effect) -> Part:
    """Compute curves and hazard ratio; restricted means where the ratio seems to change over time.

    Parameters
    ----------
    whole : whose curves stand faint behind those of a filtered cohort; None for none
    curves, effect : compute them; the app's keep their results
    """
    result = curves(cohort, endpoint=endpoint, by=by, conf_type=conf_type)
    ratio = effect(cohort, endpoint=endpoint, by=by) if by and len(result.levels) > 1 else None
    behind = curves(whole, endpoint=endpoint, by=by, conf_type=conf_type) if whole and cohort.filters else None
    means = restricted_mean(cohort, endpoint=endpoint, by=by) if ratio and ratio.proportional[2] < DOUBT else None
    return Part(cohort=cohort, result=result, effect=ratio, reference=behind, means=means, level=level)
