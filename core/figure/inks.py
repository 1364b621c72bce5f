"""Other colours in a chart: those that a person chose for groups, in the place of the palette's."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from core.figure import theme

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")
_OF_ROWS = ("c", "ink")  # fields of a dataset that hold colours


def inked(chart: dict[str, Any], inks: Sequence[str]) -> dict[str, Any]:
    """Return a chart with other colours of its groups, in their order; "" for that of the palette."""
    changed = {before: after for usual, ink in zip(theme.STRATA, inks, strict=False) if ink
               for before, after in zip(theme.tints(usual).values(), theme.tints(ink).values(), strict=True)}
    return with_colours(chart, lambda colour: changed.get(colour, colour)) if changed else chart


def with_colours(chart: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """Return a chart with its colours changed. Texts of its datasets and variables stay, whatever they look like."""
    def of_row(row: dict[str, Any]) -> dict[str, Any]:
        return {k: change(v) if k in _OF_ROWS and isinstance(v, str) else v for k, v in row.items()}

    def walked(value: Any) -> Any:
        if isinstance(value, str):
            return _COLOUR.sub(lambda match: change(match[0]), value) if "#" in value else value
        if isinstance(value, dict):
            return {k: walked(v) for k, v in value.items()}
        return [walked(v) for v in value] if isinstance(value, list) else value
    rows = {name: [of_row(row) for row in data] for name, data in chart.get("datasets", {}).items()}
    return {**{k: v if k == "params" else walked(v) for k, v in chart.items() if k != "datasets"}, "datasets": rows}
