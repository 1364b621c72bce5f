"""Panes of step curves: what each holds, the scales they share, and where they stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

PLOT, _SMALL = 290, 200  # pixels of a plot itself, from the bottom to the top of its scale; where there are several
_HEAD, _NAMED, _LINE = 58, 32, 16  # pixels under the axis: tick labels and title; a named row of counts; a bare one
_BLOCK = 20  # pixels of the heading of a further block of counts
_TITLE = 30  # pixels above a pane, for its name
GUTTER = 0.07  # between columns, as a share of a plot's width


@dataclass(frozen=True, kw_only=True)
class Axes:
    """The scales that all panes share.

    Attributes
    ----------
    low, high, ticks, labels : of the vertical scale, in the curves' own values
    longest, time_ticks : of the time axis, in months; `first` where it is logarithmic, which needs a beginning
    title : what the vertical scale is
    measure : what a value is called where the mouse asks for it
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    longest: float
    time_ticks: tuple[float, ...]
    first: float = 0.0
    title: str = ""
    measure: str = "S(t) (95% CI)"

    def across(self, time: np.ndarray) -> np.ndarray:
        """Return times as shares of the time axis."""
        if not self.first:
            return np.asarray(time / self.longest)
        with np.errstate(divide="ignore"):
            return np.asarray(np.maximum(np.log(time / self.first), 0) / np.log(self.longest / self.first))

    def up(self, value: np.ndarray) -> np.ndarray:
        """Return values as shares of the vertical scale, held within it."""
        return np.asarray(np.clip((value - self.low) / (self.high - self.low), 0, 1))


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """A step function: `value` from each `time` on; limits may be NaN; `ticks` where someone was censored.

    `start` is the value before the first time, None where nothing is drawn there; `tip` says of a step, by
    its place, its month, its value with limits, and how many were at risk.
    """

    place: int
    level: str
    time: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    ticks: np.ndarray
    tip: Callable[[int], tuple[str, str, str]]
    start: float | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """Counts under the axis: `texts` (k strata, ticks)."""

    heading: str
    texts: list[list[str]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Pane:
    """One plot: its curves, the whole cohort's behind them, the counts beneath.

    `places`: of the levels whose counts stand there among all, by which they are coloured; all of them unless said.
    """

    curves: list[Curve]
    levels: tuple[str, ...]
    places: tuple[int, ...] = ()
    behind: list[Curve] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    drops: list[tuple[float, int]] = field(default_factory=list)  # medians: month, stratum's place
    title: str = ""
    finding: str = ""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where panes stand: pixels and the grid."""

    panes: int
    strata: int
    blocks: int

    @property
    def columns(self) -> int:
        """Panes beside each other."""
        return min(self.panes, 2)

    @property
    def plot(self) -> int:
        """Pixels of a plot's height."""
        return PLOT if self.panes == 1 else _SMALL

    @property
    def below(self) -> int:
        """Pixels under a plot."""
        if not self.blocks:
            return _HEAD - 10
        named = _NAMED if self.strata > 1 else 18
        return _HEAD + 6 + self.strata * named + (self.blocks - 1) * (_BLOCK + self.strata * _LINE)

    @property
    def above(self) -> int:
        """Pixels over a plot, for its name."""
        return _TITLE if self.panes > 1 else 0

    @property
    def rows(self) -> int:
        """Panes above each other."""
        return -(-self.panes // self.columns)

    @property
    def pitch(self) -> float:
        """From one row of panes to the next, in heights of a plot."""
        return (self.plot + self.below + self.above) / self.plot

    def place(self, pane: int) -> tuple[float, float]:
        """Return what a pane's own coordinates are moved by."""
        return pane % self.columns * (1 + GUTTER), -(pane // self.columns) * self.pitch

    def row(self, block: int, stratum: int, *, name: bool = False) -> float:
        """Return the height of a stratum's counts in a block, or of its name in the first."""
        if block == 0:
            lines = 15 if self.strata > 1 and not name else 0
            return -(_HEAD + 13 + stratum * _NAMED + lines) / self.plot
        return -(self._block_top(block) + _BLOCK - 4 + stratum * _LINE) / self.plot

    def heading(self, block: int) -> float:
        """Return the height of a block's heading."""
        return -(_HEAD - 4 if block == 0 else self._block_top(block)) / self.plot

    def _block_top(self, block: int) -> float:
        first = _HEAD + 8 + self.strata * (_NAMED if self.strata > 1 else 18)
        return first + (block - 1) * (_BLOCK + self.strata * _LINE) + 6
