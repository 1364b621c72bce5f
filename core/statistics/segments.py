"""Running sums and maxima within consecutive groups of rows, so that no group costs another its precision."""

from __future__ import annotations

from functools import cached_property

import numpy as np

_FEW = 16  # groups that are gone through one by one


class Runs:
    """Groups of consecutive rows.

    Many groups are summed by doubling: each row adds the value of the row 1, 2, 4 ... places before it, if that is in
    the same group. The number of passes depends on the longest group, not on the number of groups.

    Parameters
    ----------
    sizes : int (k,), rows of each group, some may be 0
    """

    def __init__(self, sizes: np.ndarray) -> None:
        self.sizes = sizes
        self.ends = np.cumsum(sizes)
        self.starts = self.ends - sizes

    @cached_property
    def place(self) -> np.ndarray:
        """Of each row how many of its group stand before it, int (n,)."""
        return np.arange(int(self.sizes.sum())) - np.repeat(self.starts, self.sizes)

    @cached_property
    def left(self) -> np.ndarray:
        """Of each row how many of its group stand behind it, int (n,)."""
        return np.asarray(np.repeat(self.sizes, self.sizes) - 1 - self.place)

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Return each row's sum with all rows of its group before it, (n, ...)."""
        return self._few(values) if self.sizes.size <= _FEW else self._doubled(values, self.place)

    def sums_back(self, values: np.ndarray) -> np.ndarray:
        """Return each row's sum with all rows of its group behind it, (n, ...)."""
        if self.sizes.size <= _FEW:
            return self._few(values, step=-1)
        return self._doubled(values[::-1], self.left[::-1])[::-1]

    def _few(self, values: np.ndarray, step: int = 1) -> np.ndarray:
        if self.sizes.size == 1:
            return np.asarray(values[::step].cumsum(axis=0)[::step])
        out = np.empty(values.shape)
        for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True):
            out[start:end] = values[start:end][::step].cumsum(axis=0)[::step]
        return out

    def _doubled(self, values: np.ndarray, place: np.ndarray) -> np.ndarray:
        out, shift = values.astype(float), 1
        while shift < self.sizes.max():
            inside = place[shift:] >= shift
            out[shift:][inside] += out[:-shift][inside]  # the right side is taken first
            shift *= 2
        return out

    def highest(self, values: np.ndarray) -> np.ndarray:
        """Return where the highest value of each row's group up to this row stands, int (n,)."""
        top, where, shift = values.copy(), np.arange(len(values)), 1
        while shift < self.sizes.max():
            rows = np.flatnonzero((self.place[shift:] >= shift) & (top[:-shift] > top[shift:]))
            top[rows + shift], where[rows + shift] = top[rows], where[rows]
            shift *= 2
        return where
