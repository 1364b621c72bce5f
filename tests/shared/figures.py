"""Figures of a cohort that several tests draw."""

from core import Cohort, treatment_effect
from core.charts import Part, adverse_events_figure, composition_figure, km_figure
from core.figure import Figure
from core.summaries import adverse_events
from core.survival import kaplan_meier


def km(cohort: Cohort, by: str | None = "arm", endpoint: str = "OS") -> Figure:
    effect = treatment_effect(cohort, endpoint=endpoint, by=by) if by else None
    return km_figure(Part(cohort=cohort, result=kaplan_meier(cohort, endpoint=endpoint, by=by), effect=effect,
                          reference=kaplan_meier(cohort.whole, endpoint=endpoint, by=by)))


def figures(cohort: Cohort) -> list[Figure]:
    return [km(cohort), adverse_events_figure(cohort, adverse_events(cohort)),
            composition_figure(cohort, "pvtt"), composition_figure(cohort, "afp")]
