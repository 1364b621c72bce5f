"""The unit of times: read from evidence, or asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from core.findings import Findings
from core.format import number
from core.guessing.preview import reading_meaning
from core.guessing.questions import Answer, Questions
from core.language import say
from core.schema import MONTHS_PER

LONGEST = 600.0  # months: no follow-up is longer
_SHORT, _USUAL = 1.0, 12.0  # months: a cohort is followed for longer; for so long at least as a rule
_LIKELIEST = ("months", "days", "weeks", "years")
_BEYOND, _FEW = 1.02, 0.03  # an endpoint within another: so much longer at most, but for so many of the patients
_LEAST_PART = 0.3  # of another endpoint, at the median; read in a wrong unit an endpoint is 4 to 30 times shorter
_NEAR = 0.05  # dates tell a unit where they give its length but for so much


@dataclass(kw_only=True)
class Times:
    """An endpoint's times as they stand in the file, (n,), its events, and what is known of the unit."""

    name: str
    column: str
    values: np.ndarray
    events: np.ndarray
    unit: str = ""

    def months(self, unit: str) -> np.ndarray:
        """The times in months if they were in a unit, (n,)."""
        return self.values * MONTHS_PER[unit]

    @property
    def possible(self) -> list[str]:
        """The units in which the longest time is possible, the likeliest first."""
        known = self.values[~np.isnan(self.values)]
        longest = {u: float(known.max(initial=0)) * MONTHS_PER[u] for u in _LIKELIEST}
        fitting = [u for u in _LIKELIEST if longest[u] <= LONGEST]
        likely = [u for u in fitting if longest[u] >= _SHORT] or fitting or ["days"]
        return sorted(likely, key=lambda u: (longest[u] > LONGEST / 2) + (longest[u] < _USUAL))


def settle_units(endpoints: Sequence[Times], dated: np.ndarray | None, findings: Findings,
                 questions: Questions) -> dict[str, str]:
    """Return the unit of each endpoint; ask for those without evidence, and where two contradict each other.

    Parameters
    ----------
    dated : days from the start date to the last date of each patient, (n,), where the file has dates
    """
    for times in endpoints:
        times.unit = times.unit or _by_dates(times, dated, findings) or _by_size(times, findings)
    for times in endpoints:
        times.unit = times.unit or _by_another(times, endpoints, findings)
    open_ones = [t for t in endpoints if not t.unit]
    for group in _asked_together(open_ones):
        _ask_unit(group, questions)
    _ask_contradictions([t for t in endpoints if t not in open_ones], questions)
    return {t.name: t.unit or t.possible[0] for t in endpoints}


def _by_dates(times: Times, dated: np.ndarray | None, findings: Findings) -> str:
    """Tell the unit from dates: days between them over the time is a unit's length."""
    if dated is None:
        return ""
    with np.errstate(divide="ignore", invalid="ignore"):
        length = np.nanmedian(np.where(times.values > 0, dated / times.values, np.nan)) if dated.size else np.nan
    for unit in _LIKELIEST:
        if abs(length * MONTHS_PER["days"] / MONTHS_PER[unit] - 1) < _NEAR:
            findings.add("assumed", say("The times of {name} are in {unit}, as the dates of the file show.",
                                        name=times.name, unit=unit),
                         column=times.column, remedy=say("Choose the time unit of the endpoint."))
            return unit
    return ""


def _by_size(times: Times, findings: Findings) -> str:
    """Tell the unit where the longest time is possible in one alone."""
    if len(times.possible) != 1:
        return ""
    longest = number(float(np.nanmax(times.values)))
    findings.add("assumed", say("The times of {name} are in {possible}: the longest is {longest}, which is possible "
                                "in no other unit.", name=times.name, possible=times.possible[0], longest=longest),
                 column=times.column,
                 remedy=say("Choose the time unit of the endpoint."))
    return times.possible[0]


def _by_another(times: Times, endpoints: Iterable[Times], findings: Findings) -> str:
    """Tell the unit from another endpoint of the same patients whose unit is known."""
    for other in endpoints:
        if other.unit and other is not times:
            fitting = [u for u in times.possible if _alike(times.months(u), other.months(other.unit))]
            if len(fitting) == 1:
                findings.add("assumed", say("The times of {name} are in {fitting}: in another unit they would "
                                            "contradict those of {name2}.", name=times.name, fitting=fitting[0],
                                            name2=other.name), column=times.column,
                             remedy=say("Choose the time unit of the endpoint."))
                return fitting[0]
    return ""


def _alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Tell whether times (n,) can be of the same follow-up as others: one within the other, and not a small part."""
    both = (one > 0) & (other > 0)
    if not both.any():
        return False
    part = one[both] / other[both]
    beyond = min((part > _BEYOND).mean(), (part < 1 / _BEYOND).mean())
    return bool(beyond <= _FEW and _LEAST_PART < np.median(part) < 1 / _LEAST_PART)


def _asked_together(endpoints: Sequence[Times]) -> list[list[Times]]:
    """Group endpoints that one unit fits: nearly always a file has one."""
    groups: list[list[Times]] = []
    for times in endpoints:
        for group in groups:
            if all(_alike(times.values, other.values) for other in group) and set(times.possible) & set(
                    group[0].possible):
                group.append(times)
                break
        else:
            groups.append([times])
    return groups


def _ask_unit(group: list[Times], questions: Questions) -> None:
    names = say(" and ").join(t.name for t in group)
    columns = say(" and ").join(f"{t.column!r}" for t in group)
    units = [u for u in group[0].possible if all(u in t.possible for t in group)]
    first = ", ".join(number(v) for v in group[0].values[~np.isnan(group[0].values)][:3].tolist())
    questions.ask(say("In which unit are the times of {names} ({columns}: {first} ...)?", names=names, columns=columns,
                      first=first), say("Nothing in the file says it."),
                  [Answer(unit, {"endpoints": {t.name: {"unit": unit} for t in group}},
                          "; ".join(f"{t.name}: {reading_meaning(t.months(unit), t.events)}" for t in group))
                   for unit in units])


def _ask_contradictions(endpoints: list[Times], questions: Questions) -> None:
    """Ask where an endpoint is longer than overall survival by the factor between two units."""
    for one, other in combinations(endpoints, 2):
        whole, part = (one, other) if one.name == "OS" else (other, one)
        if whole.name != "OS" or _alike(part.months(part.unit), whole.months(whole.unit)):
            continue
        readings = [(name, unit) for t, name in ((part, part.name), (whole, whole.name)) for unit in t.possible
                    if unit != t.unit and _alike(part.months(unit if name == part.name else part.unit),
                                                 whole.months(unit if name == whole.name else whole.unit))]
        if readings:
            by_name = {part.name: part, whole.name: whole}
            questions.ask(
                say("The times of {name} and {other} do not fit each other as {unit} and {other_unit}. Which unit is "
                    "wrong?", name=part.name, other=whole.name, unit=part.unit, other_unit=whole.unit),
                say("They are of the same patients."),
                [Answer(say("{name} is in {unit}", name=name, unit=unit), {"endpoints": {name: {"unit": unit}}},
                        reading_meaning(by_name[name].months(unit), by_name[name].events)) for name, unit in readings]
                + [Answer(say("None: keep both"), {"endpoints": {part.name: {"unit": part.unit}}},
                          reading_meaning(part.months(part.unit), part.events))])
