"""One variable's condition: pure data, with its mask, its words and its JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from core.errors import FilterError
from core.format import exact
from core.language import say
from core.schema import Cut

Bounds = tuple[tuple[str, float], ...]  # signs of _BOUNDS and numbers: all of them hold
_BOUNDS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
_KEYS = {"in", "not", "missing", "or", *_BOUNDS}
_NUMPY = {"ge": "greater_equal", "gt": "greater", "le": "less_equal", "lt": "less"}


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One variable's condition.

    A patient passes with a value among `levels` (or none given) and within all `bounds`, or within all bounds of one of
    the `further` ranges. A missing value passes only where `missing` is True. `negated` inverts the result, so that
    each patient passes either a condition or its negation.
    """

    levels: tuple[str, ...] | None = None
    bounds: Bounds = ()
    further: tuple[Bounds, ...] = ()
    missing: bool | None = None
    negated: bool = False

    @classmethod
    def between(cls, lower: Cut | None, upper: Cut | None) -> Condition:
        """Keep what lies between two cuts, or beyond one; a value at a cut is on the cut's closed side."""
        bounds: list[tuple[str, float]] = []
        if lower:
            bounds.append(("gt" if lower.closed == "right" else "ge", lower.at))
        if upper:
            bounds.append(("le" if upper.closed == "right" else "lt", upper.at))
        return cls(bounds=tuple(bounds))

    @property
    def ranges(self) -> tuple[Bounds, ...]:
        """The ranges of a number, one of which a value must lie in; () where any value passes."""
        return (self.bounds, *self.further) if self.bounds else ()

    def with_ranges(self, ranges: Iterable[Bounds]) -> Condition:
        """Return the condition with other ranges, each once and in order; what it says beside them stays."""
        ordered = sorted(dict.fromkeys(r for r in ranges if r), key=_place)
        first, *rest = ordered or [()]
        return replace(self, bounds=first, further=tuple(rest))

    def and_within(self, other: Condition) -> Condition | None:
        """Return the condition that holds where both do; None where nobody could pass.

        Parameters
        ----------
        other : of levels, or of one range, as a group of a variable has it

        Raises
        ------
        FilterError
            If both cannot be said as one condition.
        """
        if self.levels is not None and other.levels is not None:
            passing = [v for v in other.levels if (v in self.levels) is not self.negated]
            return replace(other, levels=tuple(passing)) if passing else None
        if self.negated or self.further or self.levels is not None or other.levels is not None:
            raise FilterError(say("Its filter cannot be parted into groups."),
                              say("Remove it, or choose another variable."))
        lower = [b for b in (*self.bounds, *other.bounds) if b[0] in ("gt", "ge")]
        upper = [b for b in (*self.bounds, *other.bounds) if b[0] in ("lt", "le")]
        bounds = (*([max(lower, key=lambda b: (b[1], b[0] == "gt"))] if lower else []),
                  *([min(upper, key=lambda b: (b[1], b[0] == "le"))] if upper else []))
        return replace(other, bounds=bounds)

    @property
    def empty(self) -> bool:
        """Whether nothing is asked of a patient."""
        return replace(self, negated=False) == Condition()

    def mask(self, values: pd.Series | np.ndarray) -> np.ndarray:
        """Return who passes, one bool per patient."""
        if not isinstance(values.dtype, pd.CategoricalDtype):
            values = np.asarray(values)  # a tenth of what a Series costs
        absent = pd.isna(values)
        only_missing = self.missing and self.levels is None and not self.bounds
        passes = absent if only_missing else ~absent
        if self.levels is not None:
            passes = passes & np.asarray(pd.Series(values).isin(self.levels))
        if self.bounds:
            numbers = np.asarray(values, float)
            passes = passes & np.any([_within(numbers, bounds) for bounds in self.ranges], axis=0)
        if self.missing:
            passes = passes | absent
        return np.asarray(~passes if self.negated else passes, dtype=bool)

    def words(self, unit: str = "") -> str:
        """Say the condition: `Vp3, Vp4`, `> 400 ng/mL`, `not (Vp2)`, `< 5 or > 10 cm`."""
        parts = []
        if self.levels is not None:
            parts.append(", ".join(self.levels) if self.levels else say("no level"))
        if self.bounds:
            ranges = (_range_words([f"{_BOUNDS[sign]} {exact(at)}" for sign, at in bounds]) for bounds in self.ranges)
            parts.append(f"{say(' or ').join(ranges)} {unit}".strip())
        if self.missing is True:
            parts.append(say("missing"))
        elif self.missing is False and not parts:
            parts.append(say("not missing"))
        text = say(" or ").join(parts) if self.missing is True else ", ".join(parts)
        return say("not ({text})", text=text) if self.negated else text

    def to_json(self) -> dict[str, Any]:
        """Return the condition as `from_json` reads it."""
        out: dict[str, Any] = {} if self.levels is None else {"in": list(self.levels)}
        out |= dict(self.bounds)
        if self.further:
            out["or"] = [dict(bounds) for bounds in self.further]
        if self.missing is not None:
            out["missing"] = self.missing
        return {"not": out} if self.negated else out

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Condition:
        """Build a condition from `{"in": [...]}`, `{"gt": 400}`, `{"missing": true}` or `{"not": {...}}`.

        Further ranges of a number stand in `or`: `{"lt": 5, "or": [{"gt": 10}]}`.

        Raises
        ------
        FilterError
            If it is not of this form.
        """
        if strange := [k for k in data if k not in _KEYS]:
            raise FilterError(say("Unknown condition {strange}.", strange=f"{strange[0]!r}"),
                              say("Choose from: {parts}.", parts=', '.join(sorted(_KEYS))))
        if not data:
            raise FilterError(say("A condition is empty."), say("For example {\"in\": [\"Vp3\"]}."))
        if "not" in data:
            return cls._negation(data)
        levels = data.get("in")
        if isinstance(levels, str):
            levels = [levels]
        if not isinstance(levels, (list, tuple, type(None))):
            raise FilterError(say("'in' is {levels}.", levels=f"{levels!r}"), say("Give it a list of levels."))
        missing = data.get("missing")
        if not isinstance(missing, (bool, type(None))):
            raise FilterError(say("'missing' is {missing}.", missing=f"{missing!r}"), say("It is true or false."))
        bounds, further = _bounds(data), data.get("or", [])
        if not isinstance(further, (list, tuple)) or not all(isinstance(r, Mapping) for r in further) \
                or (further and not bounds):
            raise FilterError(say("'or' names further ranges beside a first one."),
                              say("For example {\"lt\": 5, \"or\": [{\"gt\": 10}]}."))
        if strange := [k for r in further for k in r if k not in _BOUNDS]:
            raise FilterError(say("A further range has {strange}.", strange=f"{strange[0]!r}"),
                              say("Choose from: {bounds}.", bounds=', '.join(_BOUNDS)))
        out = cls(levels=None if levels is None else tuple(str(v) for v in levels), bounds=bounds,
                  further=tuple(b for r in further if (b := _bounds(r))), missing=missing)
        if out.empty:
            raise FilterError(say("A condition is empty."), say("For example {\"in\": [\"Vp3\"]}."))
        return out

    @classmethod
    def _negation(cls, data: Mapping[str, Any]) -> Condition:
        if len(data) > 1:
            raise FilterError(say("A condition with 'not' can have no other part."), say("Put the rest inside 'not'."))
        inner = data["not"]
        positive = cls.from_json(inner if isinstance(inner, Mapping) else {"in": inner or []})
        return replace(positive, negated=not positive.negated)


def _bounds(data: Mapping[str, Any]) -> Bounds:
    return tuple((sign, _finite(data[sign])) for sign in _BOUNDS if sign in data)


def _within(numbers: np.ndarray, bounds: Bounds) -> np.ndarray:
    """Return which numbers (n,) hold all bounds."""
    with np.errstate(invalid="ignore"):
        return np.all([getattr(np, _NUMPY[sign])(numbers, at) for sign, at in bounds], axis=0)


def _place(bounds: Bounds) -> tuple[float, float]:
    """Return where a range begins and ends, by which ranges are ordered."""
    return (max((at for sign, at in bounds if sign in ("ge", "gt")), default=-math.inf),
            min((at for sign, at in bounds if sign in ("le", "lt")), default=math.inf))


def _finite(bound: Any) -> float:
    try:
        number_of = float(bound)
    except (TypeError, ValueError, OverflowError):
        number_of = math.nan
    if not math.isfinite(number_of):
        raise FilterError(say("A bound is not a number."), say("Give numbers to gt, ge, lt, le."))
    return number_of


def _range_words(bounds: list[str]) -> str:
    """Say a range by its one bound or its two."""
    return bounds[0] if len(bounds) == 1 else say("{low} and {high}", low=bounds[0], high=bounds[1])
