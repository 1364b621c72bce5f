"""Filters: frozen conditions on a cohort's variables, all of which hold. Pure data: words, JSON, Python."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from core.cohort.condition import Bounds, Condition
from core.errors import FilterError
from core.language import say


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
                json.dumps(data, ensure_ascii=False).encode()  # half a character has no place in a text
            except (ValueError, RecursionError) as error:
                raise FilterError(say("The filters are not valid JSON."),
                                  say("For example {\"pvtt\": {\"in\": [\"Vp3\"]}}.")) from error
        if not isinstance(data, Mapping) or not all(isinstance(c, Mapping) for c in data.values()):
            raise FilterError(say("Filters are an object of conditions."),
                              say("For example {\"pvtt\": {\"in\": [\"Vp3\"]}}."))
        try:
            return cls({k: Condition.from_json(c) for k, c in data.items()})
        except RecursionError as error:
            raise FilterError(say("A condition has 'not' in 'not' without end."),
                              say("Say it with one 'not'.")) from error

    def to_json(self) -> dict[str, Any]:
        """Return the filters as plain JSON data, as `from_json` takes them."""
        return {k: c.to_json() for k, c in self.conditions.items()}

    @property
    def key(self) -> str:
        """Identify the filters: equal text for equal conditions in the same order."""
        return json.dumps(self.to_json(), ensure_ascii=False)

    @property
    def python(self) -> str:
        """The filters as a line of Python: `Filters.from_json({...})`."""
        return f"Filters.from_json({self.to_json()!r})"

    def with_condition(self, key: str, condition: Condition | None) -> Filters:
        """Set one variable's condition, which keeps its place among the others, or take it away with None."""
        changed = {**self.conditions, key: condition}
        return Filters({k: c for k, c in changed.items() if c is not None})

    def moved(self, key: str, by: int) -> Filters:
        """Move a condition among the others: who passes stays the same, the order in which they are said does not."""
        order = list(self.conditions)
        place = order.index(key)
        order.insert(max(0, min(len(order) - 1, place + by)), order.pop(place))
        return Filters({k: self.conditions[k] for k in order})

    def toggled(self, key: str, level: str, *, exclude: bool = False) -> Filters:
        """Add a level to a variable's condition or take it out, as a click on its bar does.

        A condition that excludes goes on excluding. With `exclude` one that keeps ends, and the level is left out.
        """
        current = self.conditions.get(key, Condition())
        if exclude and not current.negated:
            current = Condition(negated=True)
        levels = current.levels or ()
        new = tuple(v for v in levels if v != level) if level in levels else (*levels, level)
        return self._changed(key, replace(current, levels=new or None))

    def with_missing(self, key: str, missing: bool, *, exclude: bool = False) -> Filters:
        """Let a variable's condition name those whose value is missing beside its levels or ranges, or not.

        With `exclude` a condition that keeps ends, and they are left out.
        """
        current = self.conditions.get(key, Condition())
        if exclude and not current.negated:
            current, missing = Condition(negated=True), True
        return self._changed(key, replace(current, missing=missing or None))

    def with_range(self, key: str, bounds: Bounds, *, how: Literal["replace", "add", "move"] = "replace",
                   moved: Bounds = ()) -> Filters:
        """Give a number a range in place of those it has, a further one, or one in place of that which was `moved`.

        No bounds take the ranges away that they stand for.
        """
        current = self.conditions.get(key, Condition())
        beside = {"replace": (), "add": current.ranges, "move": tuple(r for r in current.ranges if r != moved)}[how]
        return self._changed(key, current.with_ranges((*beside, bounds)))

    def inverted(self, key: str) -> Filters:
        """Exclude what a variable's condition keeps, or keep what it excludes."""
        current = self.conditions.get(key)
        return self if current is None else self.with_condition(key, replace(current, negated=not current.negated))

    def _changed(self, key: str, condition: Condition) -> Filters:
        return self.with_condition(key, None if condition.empty else condition)
