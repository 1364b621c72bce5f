"""Sums over spans of consecutive places, added up without differences of large sums.

Each span is put together from blocks of 1, 2, 4 ... places (a segment tree), so that a small sum keeps its digits
beside a large one, and n spans of t places cost n log t.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array


class Spans:
    """Spans of places 0 ... size - 1, of which some may be empty.

    Parameters
    ----------
    first, end : int (n,), each span holds the places first ... end - 1
    size : number of places, t
    """

    def __init__(self, first: np.ndarray, end: np.ndarray, size: int) -> None:
        self.empty = end <= first
        self._levels = 1 + max(size - 1, 0).bit_length()
        self._size, self._leaves = size, 1 << (self._levels - 1)
        low, high, width, start = first + 0, np.maximum(end, first), self._leaves, 0
        blocks, spans, place = [], [], np.arange(first.size)
        while (low < high).any():  # a block of an odd place at an end belongs to no larger block of the span
            for at, odd in ((low, low % 2 == 1), (high - 1, high % 2 == 1)):
                used = odd & (low < high)
                blocks.append(start + at[used])
                spans.append(place[used])
                low, high = (low + used, high) if at is low else (low, high - used)
            start, width = start + width, width // 2
            low, high = low // 2, high // 2
        block, span = (np.concatenate(v) if v else np.zeros(0, int) for v in (blocks, spans))
        self._spans = csr_array((np.ones(block.size), (block, span)), shape=(2 * self._leaves, first.size))
        self._block, self._span = block, span

    def over(self, values: np.ndarray) -> np.ndarray:
        """Sum values of the spans, (n, ...), over those that hold each place, (t, ...)."""
        blocks = np.asarray(self._spans @ values.reshape(len(values), -1))
        return self._down(blocks, np.add).reshape(self._size, *values.shape[1:])

    def within(self, values: np.ndarray) -> np.ndarray:
        """Sum values of the places, (t, ...), over each span, (n, ...)."""
        blocks = np.zeros((2 * self._leaves, max(values[0].size, 1) if len(values) else 1))
        blocks[:self._size] = values.reshape(self._size, blocks.shape[1])
        start, width = 0, self._leaves
        while width > 1:
            pairs = blocks[start:start + width]
            blocks[start + width:start + width + width // 2] = pairs[::2] + pairs[1::2]
            start, width = start + width, width // 2
        return np.asarray(self._spans.T @ blocks).reshape(self.empty.size, *values.shape[1:])

    def highest(self, values: np.ndarray) -> np.ndarray:
        """Return which of the spans that hold each place has the highest value (n,), int (t,); 0 where none does."""
        order = np.argsort(values, kind="stable")
        rank = np.empty(values.size, int)
        rank[order] = np.arange(values.size)
        blocks = np.full((2 * self._leaves, 1), -1)
        np.maximum.at(blocks[:, 0], self._block, rank[self._span])
        return np.asarray(order[np.maximum(self._down(blocks, np.maximum)[:, 0], 0)])

    def _down(self, blocks: np.ndarray, joined: np.ufunc) -> np.ndarray:
        """Pass the blocks' values on to the places that they hold, from the largest blocks, (t, p)."""
        start, width = 2 * self._leaves - 2, 1
        while width < self._leaves:
            below = start - 2 * width
            inner = blocks[below:start]
            joined(inner, np.repeat(blocks[start:start + width], 2, axis=0), out=inner)
            start, width = below, 2 * width
        return blocks[:self._size]
