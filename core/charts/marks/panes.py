"""Panes of step curves: what each holds, the scales they share, and where they stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields

import numpy as np

from core.figure import ROOMS, Room

_SMALL, _LEAST = 200, 90  # pixels of a plot, from the bottom to the top of its scale: of several; at least
_BLOCK = 20  # pixels of the heading of a further block of counts
_TITLE = 30  # pixels above a pane, for its name
GUTTER = 0.07  # between columns, as a share of a plot's width


@dataclass(frozen=True, kw_only=True)
class Design:
    """How large curves are drawn, in pixels: letters are of 11, so that the fewer pixels, the larger they are shown.

    Attributes
    ----------
    width : of the whole
    inner : of a plot at its narrowest: a name must fit beside its curve
    height : of the whole where its plots stand in one row, 0 for as much as its parts need
    plot : of one plot where the height is not given
    columns : panes beside each other
    head : under the axis, for the labels of its ticks and its title
    named, line, apart : a row of counts with its name above, a bare row, and how far the counts stand under the name
    letters : size of the letters of names and counts
    """

    width: int = 720
    inner: int = 560
    height: int = 0
    plot: int = 290
    columns: int = 2
    head: int = 58
    named: int = 32
    line: int = 16
    apart: int = 15
    letters: float = 11


SCREEN = Design()
# Two thirds of a slide are 8.8 inches: letters of 11 pixels have 14 points there, those of 9.5 have 12.
DESIGNS: Mapping[Room, Design] = {
    "slide": Design(width=ROOMS["slide"], inner=480, height=262, head=50, named=24, line=13, apart=11, letters=9.5),
    "page": Design(width=ROOMS["page"], inner=480, plot=260),
    "middle": Design(width=ROOMS["middle"], inner=390, height=278, head=50, named=24, line=13, apart=11, letters=9.5),
    "low": Design(width=ROOMS["low"], inner=390, height=235, head=50, named=21, line=12, apart=10, letters=9.5),
    "narrow": Design(width=ROOMS["narrow"], inner=220, plot=190, columns=1, head=50, named=24, line=13, apart=11,
                     letters=9.5)}


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The numbers of the axes that all panes share.

    Attributes
    ----------
    low, high, ticks : of the vertical scale, in the curves' own values
    longest, time_ticks : of the time axis, in months; `first` where it is logarithmic, which needs a beginning
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    longest: float
    time_ticks: tuple[float, ...]
    first: float = 0.0

    def across(self, time: np.ndarray) -> np.ndarray:
        """Return times as shares of the time axis."""
        if not self.first:
            return np.asarray(time / self.longest)
        with np.errstate(divide="ignore"):
            return np.asarray(np.maximum(np.log(time / self.first), 0) / np.log(self.longest / self.first))

    def up(self, value: np.ndarray) -> np.ndarray:
        """Return values as shares of the vertical scale, held within it."""
        return np.asarray(np.clip((value - self.low) / (self.high - self.low), 0, 1))


@dataclass(frozen=True, kw_only=True)
class Axes(Scale):
    """The axes that all panes share: their numbers, and their words, which may be the data's or a person's.

    Attributes
    ----------
    labels : of the vertical scale's ticks
    title : what the vertical scale is
    across_title : what the time axis is called, "" for months
    measure : what a value is called where the mouse asks for it
    """

    labels: tuple[str, ...]
    title: str = ""
    across_title: str = ""
    measure: str = "S(t) (95% CI)"

    @property
    def scale(self) -> Scale:
        """The numbers alone."""
        return Scale(**{number.name: getattr(self, number.name) for number in fields(Scale)})


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

    `inside`: lines that stand in a corner of the plot, where one is free.
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
    inside: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where panes stand: pixels and the grid."""

    panes: int
    strata: int
    blocks: int
    design: Design = SCREEN

    @property
    def columns(self) -> int:
        """Panes beside each other."""
        return min(self.panes, self.design.columns)

    @property
    def plot(self) -> int:
        """Pixels of a plot's height."""
        if self.design.height and self.rows == 1:
            return max(_LEAST, round((self.design.height - self.below - self.above) / 1.02))
        return _SMALL if self.panes > 1 else self.design.plot

    @property
    def below(self) -> int:
        """Pixels under a plot."""
        if not self.blocks:
            return self.design.head - 10
        return self.design.head + 6 + self._first + (self.blocks - 1) * (_BLOCK + self.strata * self.design.line)

    @property
    def _first(self) -> int:
        """Pixels of the rows of the first block."""
        return self.strata * (self.design.named if self.strata > 1 else 18)

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
            down = self.design.apart if self.strata > 1 and not name else 0
            return -(self.design.head + self.design.apart - 2 + stratum * self.design.named + down) / self.plot
        return -(self._block_top(block) + _BLOCK - 4 + stratum * self.design.line) / self.plot

    def heading(self, block: int) -> float:
        """Return the height of a block's heading."""
        return -(self.design.head - 4 if block == 0 else self._block_top(block)) / self.plot

    def _block_top(self, block: int) -> float:
        return self.design.head + 14 + self._first + (block - 1) * (_BLOCK + self.strata * self.design.line)
