"""Sets of patients as bits: who is in two of them is one "and", how many they are one count of bits."""

from __future__ import annotations

import numpy as np


def packed(members: np.ndarray) -> np.ndarray:
    """Return sets as bits, uint64 (..., words), from who is in them, bool (..., n)."""
    n = members.shape[-1]
    words = -(-n // 64)
    out = np.zeros((*members.shape[:-1], words * 8), np.uint8)
    out[..., :-(-n // 8)] = np.packbits(members, axis=-1)
    return out.view(np.uint64)


def in_both(sets: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Count who is in each of some sets, uint64 (k, words), and in another, (words,), int (k,)."""
    return np.bitwise_count(sets & other).sum(axis=1, dtype=int)
