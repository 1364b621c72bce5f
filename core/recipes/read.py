"""Options of core as a recipe's plain data, read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from core.options import Checked

Options = TypeVar("Options", bound=Checked)


def options_of(kind: type[Options], data: Mapping[str, Any]) -> Options:
    """Return options from plain data, in which lists stand for tuples.

    Raises
    ------
    ValueError, TypeError
        If there are no such options.
    """
    return kind(**{name: _tuples(value) for name, value in data.items()})


def _tuples(value: Any) -> Any:
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value
