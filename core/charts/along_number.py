"""The arms' hazard ratio along numbers: the curve of one, and the interactions of all."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from core.charts.marks import RATIO_CURVE_KEY, ratio_curve
from core.charts.survival_tables import table_figure
from core.cohort import Cohort, strata
from core.errors import CohortError
from core.figure import Figure, analysed, provenance, recipe, rows_of, text_table, theme
from core.format import DASH, hazard_ratio, p_phrase, p_value, shortest
from core.hazards import AlongNumber, proportional_verdict
from core.language import say
from core.schema import ARM
from core.survival import late_entry

_POINTS = 120  # of a curve
_METHOD = ("Cox regression of arm, number and their product, Efron ties, Wald limits{late}; p for interaction by the "
           "likelihood ratio of arm + number against arm × number; numbers are not cut.")


def along_figure(cohort: Cohort, result: AlongNumber) -> Figure:
    """Draw how the arms' hazard ratio runs along a number, between its quantiles of 2.5 and 97.5 %."""
    variable, label = cohort.variable(result.key), cohort.variable(result.key).label
    name = f"{label}, {variable.unit}" if variable.unit else label
    low, *_, high = result.quantiles
    space = np.geomspace if result.form == "log2" else np.linspace
    drawn, quartiles = result.ratios(space(low, high, _POINTS)), result.quantiles[1:4]
    several, arms = len(result.arms) > 1, strata(cohort, ARM).levels
    curves = [(arm if several else "", theme.colour(arms.index(arm)) if several else theme.SELECTED,
               drawn[drawn.arm == arm]) for arm in result.arms]
    by_value = {(r.arm, r.value): hazard_ratio(r.hazard_ratio, r.conf_low, r.conf_high)
                for r in rows_of(result.ratios(quartiles))}
    against = " · ".join(say("{arm} against {reference}", arm=arm, reference=result.reference) for arm in result.arms)
    return Figure(
        slug=f"along-{result.endpoint}-{result.key}".lower().replace(" ", "-"),
        title=say("{endpoint}: hazard ratio of the arms along {label}", endpoint=result.endpoint, label=label),
        chart=ratio_curve(curves, quartiles, name, log=result.form == "log2"),
        key=RATIO_CURVE_KEY | {"knots tick": "marks at the foot: quartiles"},
        table=text_table([name, *((say("HR (95% CI)"), arm) if several else say("HR (95% CI)") for arm in result.arms)],
                         [[shortest(float(v), 2), *(by_value[arm, v] for arm in result.arms)] for v in quartiles]),
        drawn=drawn, notes=(f"{proportional_verdict(result.p_proportional)}.", *_logarithm(label, result),
                            *_missing(label, result)),
        summary=(say("Interaction with {label} itself: {p_phrase}", label=label, p_phrase=p_phrase(result.p_value)),
                 against),
        provenance=provenance(cohort, _method(cohort, result), analysed(cohort, result.n, result.n_event,
                                                                        result.endpoint)),
        alt=say("How the hazard ratio of the arms runs along {label}.", label=label),
        recipe=recipe(cohort, "along", endpoint=result.endpoint, key=result.key))


def along_numbers_figure(cohort: Cohort, endpoint: str, fitted: Mapping[str, AlongNumber | CohortError],
                         adjusted: Mapping[str, float]) -> Figure:
    """Write the arms' hazard ratio at each number's quartiles, and its interaction."""
    rows: list[list[str]] = []
    notes: list[str] = []
    drawn: list[pd.DataFrame] = []
    for key, one in fitted.items():
        variable = cohort.variable(key)
        name = f"{variable.label}, {variable.unit}" if variable.unit else variable.label
        if isinstance(one, CohortError):
            notes.append(f"{variable.label}: {one.problem}")
            rows.append([name, *[DASH] * 6])
            continue
        ratios = one.ratios(one.quantiles[1:4])
        drawn.append(_numbers(one, ratios, adjusted[key]))
        for arm in one.arms:
            at = [say("{ratio} at {value}", value=shortest(r.value, 2),
                      ratio=hazard_ratio(r.hazard_ratio, r.conf_low, r.conf_high))
                  for r in rows_of(ratios[ratios.arm == arm])]
            rows.append([f"{name}, {arm}" if len(one.arms) > 1 else name, *at, p_value(one.p_value),
                         p_value(adjusted[key]),
                         p_value(one.p_proportional) or DASH])
        notes += [*_logarithm(variable.label, one), *_missing(variable.label, one)]
    table = text_table([say("Number"), say("HR at the lower quartile"), say("HR at the median"),
                        say("HR at the upper quartile"), say("p interaction"), say("p adjusted"),
                        say("Proportional hazards, p")], rows)
    return table_figure(cohort, "along numbers", endpoint, ARM, say("hazard ratio along numbers"), table,
                        pd.concat(drawn, ignore_index=True) if drawn else pd.DataFrame(),
                        say(_METHOD, late=late_entry(cohort, endpoint)),
                        say("Adjusted by Benjamini and Hochberg."), *notes, asked={"keys": tuple(fitted)})


def _numbers(one: AlongNumber, ratios: pd.DataFrame, adjusted: float) -> pd.DataFrame:
    """Return a number's figures as numbers: its ratios, and of the model the same in each row."""
    return ratios.assign(number=one.key, enters=one.form, reference=one.reference, n=one.n, n_event=one.n_event,
                         statistic=one.statistic, df=one.df, p_interaction=one.p_value, p_adjusted=adjusted,
                         p_proportional=one.p_proportional)


def _method(cohort: Cohort, result: AlongNumber) -> str:
    return say(_METHOD, late=late_entry(cohort, result.endpoint))


def _logarithm(label: str, result: AlongNumber) -> tuple[str, ...]:
    return (say("{label} enters by its logarithm.", label=label),) if result.form == "log2" else ()


def _missing(label: str, result: AlongNumber) -> tuple[str, ...]:
    return (say("{label} is missing of {n} patients, who are left out.", label=label,
                n=f"{result.missing:,}"),) if result.missing else ()
