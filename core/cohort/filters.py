"""Filters: frozen conditions on a cohort's variables. Pure data: words, JSON, and a mask."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from core.errors import FilterError
from core.format import exact
from core.schema import Cut

_BOUNDS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
_KEYS = {"in", "not", "missing", *_BOUNDS}


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One variable's condition.

    A patient passes with a value among `levels` (or none given) and within all bounds. A missing
    value passes only where `missing` is True. `negated` inverts the result, so that each
    patient passes either a condition or its negation.
    """

    levels: tuple[str, ...] | None = None
    bounds: tuple[tuple[str, float], ...] = ()
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

    def mask(self, values: pd.Series | np.ndarray) -> np.ndarray:
        """Return who passes, one bool per patient."""
        if not isinstance(values.dtype, pd.CategoricalDtype):
            values = np.asarray(values)  # a tenth of what a Series costs
        absent = pd.isna(values)
        only_missing = self.missing and self.levels is None and not self.bounds
        passes = absent if only_missing else ~absent
        if self.levels is not None:
            passes = passes & np.asarray(pd.Series(values).isin(self.levels))
        for sign, at in self.bounds:
            with np.errstate(invalid="ignore"):
                passes = passes & getattr(np, _NUMPY[sign])(np.asarray(values, float), at)
        if self.missing:
            passes = passes | absent
        return np.asarray(~passes if self.negated else passes, dtype=bool)

    def words(self, unit: str = "") -> str:
        """Say the condition: `Vp3, Vp4`, `> 400 ng/mL`, `not Vp2`."""
        parts = []
        if self.levels is not None:
            parts.append(", ".join(self.levels) if self.levels else "no level")
        if self.bounds:
            bounds = " and ".join(f"{_BOUNDS[b]} {exact(at)}" for b, at in self.bounds)
            parts.append(f"{bounds} {unit}".strip())
        if self.missing is True:
            parts.append("missing")
        elif self.missing is False and not parts:
            parts.append("not missing")
        text = " or ".join(parts) if self.missing is True else ", ".join(parts)
        return f"not ({text})" if self.negated else text

    def to_json(self) -> dict[str, Any]:
        """Return the condition as `from_json` reads it."""
        out: dict[str, Any] = {} if self.levels is None else {"in": list(self.levels)}
        out |= dict(self.bounds)
        if self.missing is not None:
            out["missing"] = self.missing
        return {"not": out} if self.negated else out

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Condition:
        """Build a condition from `{"in": [...]}`, `{"gt": 400}`, `{"missing": true}` or `{"not": {...}}`.

        Raises
        ------
        FilterError
            If it is not of this form.
        """
        if strange := [k for k in data if k not in _KEYS]:
            raise FilterError(f"Unknown condition {strange[0]!r}.",
                              f"Choose from: {', '.join(sorted(_KEYS))}.")
        if not data:
            raise FilterError("A condition is empty.", 'For example {"in": ["Vp3"]}.')
        if "not" in data:
            if len(data) > 1:
                raise FilterError("A condition with 'not' can have no other part.",
                                  "Put the rest inside 'not'.")
            inner = data["not"]
            inner = inner if isinstance(inner, Mapping) else {"in": inner or []}
            positive = cls.from_json(inner)
            return cls(levels=positive.levels, bounds=positive.bounds, missing=positive.missing,
                       negated=not positive.negated)
        levels = data.get("in")
        if isinstance(levels, str):
            levels = [levels]
        if not isinstance(levels, (list, tuple, type(None))):
            raise FilterError(f"'in' is {levels!r}.", "Give it a list of levels.")
        missing = data.get("missing")
        if not isinstance(missing, (bool, type(None))):
            raise FilterError(f"'missing' is {missing!r}.", "It is true or false.")
        return cls(levels=None if levels is None else tuple(str(v) for v in levels),
                   bounds=tuple((b, _finite(data[b])) for b in _BOUNDS if b in data), missing=missing)


def _finite(bound: Any) -> float:
    try:
        number_of = float(bound)
    except (TypeError, ValueError):
        number_of = math.nan
    if not math.isfinite(number_of):
        raise FilterError("A bound is not a number.", "Give numbers to gt, ge, lt, le.")
    return number_of


_NUMPY = {"ge": "greater_equal", "gt": "greater", "le": "less_equal", "lt": "less"}


@dataclass(frozen=True)
class Filters:
    """Conditions by variable key; all must hold. Changed only by making a new object."""

    conditions: Mapping[str, Condition] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.conditions)

    def __contains__(self, key: str) -> bool:
        return key in self.conditions

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | str) -> Filters:
        """Build filters from `{"pvtt": {"in": [...]}, "afp": {"gt": 400}}`.

        Raises
        ------
        FilterError
            If a condition is not of this form.
        """
        if isinstance(data, str):
            try:
                data = json.loads(data)
            except json.JSONDecodeError as error:
                raise FilterError("The filters are not valid JSON.",
                                  'For example {"pvtt": {"in": ["Vp3"]}}.') from error
        if not isinstance(data, Mapping) or not all(isinstance(c, Mapping) for c in data.values()):
            raise FilterError("Filters are an object of conditions.",
                              'For example {"pvtt": {"in": ["Vp3"]}}.')
        return cls({k: Condition.from_json(c) for k, c in data.items()})

    def to_json(self) -> dict[str, Any]:
        """Return the filters as plain JSON data, as `from_json` takes them."""
        return {k: c.to_json() for k, c in self.conditions.items()}

    @property
    def key(self) -> str:
        """Identify the filters: equal text for equal conditions."""
        return json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False)

    def with_condition(self, key: str, condition: Condition | None) -> Filters:
        """Set one variable's condition, or take it away with None."""
        rest = {k: c for k, c in self.conditions.items() if k != key}
        return Filters(rest if condition is None else {**rest, key: condition})

    def toggled(self, key: str, level: str) -> Filters:
        """Add a level to a variable's condition or take it out, as a click on its bar does."""
        current = self.conditions.get(key)
        if current is None or current.negated:
            return self.with_condition(key, Condition(levels=(level,)))
        levels = current.levels or ()
        new = tuple(v for v in levels if v != level) if level in levels else (*levels, level)
        changed = replace(current, levels=new or None)
        return self.with_condition(key, None if changed == Condition() else changed)

    def with_levels(self, key: str, levels: list[str]) -> Filters:
        """Keep a variable to these levels; none means no condition."""
        return self.with_condition(key, Condition(levels=tuple(levels)) if levels else None)
