"""A cache of the results computed from a frozen object."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, eq=False)
class Remembers:
    """Hold results by key, as long as the object itself lives."""

    memo: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        """Return the state without cached results: another process computes them again."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "memo"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, memo={})

    def remember(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made under this key, making it the first time."""
        if key not in self.memo:
            self.memo[key] = make()
        made: T = self.memo[key]
        return made
