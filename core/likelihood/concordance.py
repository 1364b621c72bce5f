"""Harrell's concordance and its standard error (R: survival::concordance, as coxph reports it)."""

from __future__ import annotations

import math

import numpy as np


def concordance(score: np.ndarray, index: np.ndarray, event: np.ndarray,
                stratum: np.ndarray | None = None, entry: np.ndarray | None = None) -> tuple[float, float]:
    """Return the share of comparable pairs in which the higher score has the earlier event, and its error.

    Parameters
    ----------
    score : float (n,), of risk; ties count half
    index : int (n,), each patient's place among the times; event : bool (n,)
    stratum : int (n,), pairs are compared within; None for one
    entry : int (n,), place of the first time at which each patient is at risk; None without late entry

    Pairs that die at once are not comparable; who is censored at a death's time outlived it; with late entry, who was
    not yet at risk at a death is not compared with it. The error is the
    infinitesimal jackknife's. NaN where no pair can be compared.
    """
    _, rank = np.unique(np.round(score, 12), return_inverse=True)
    agreed, pairs = _compared(2 * index + ~event, rank, event, stratum)
    if entry is not None:
        early = _not_yet_at_risk(index, event, rank, stratum, entry, (agreed, pairs))
        agreed, pairs = agreed - early[0], pairs - early[1]
    total = pairs.sum() / 2
    if not total:
        return math.nan, math.nan
    agreement = float(agreed.sum() / 2 / total)
    return agreement, float(np.sqrt((((agreed - agreement * pairs) / total) ** 2).sum()))


def _not_yet_at_risk(index: np.ndarray, event: np.ndarray, rank: np.ndarray, stratum: np.ndarray | None,
                     entry: np.ndarray, counted: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return each patient's pairs of a death and somebody who entered after it, concordant ones and all, each (n,).

    Entries are added as patients who are censored just before they are at risk: what pairs come to the `counted` ones
    are those of deaths before an entry.
    """
    late = np.flatnonzero(entry > 0)
    when = np.concatenate([2 * index + ~event, 2 * entry[late] - 1])
    both = None if stratum is None else np.concatenate([stratum, stratum[late]])
    died = np.concatenate([event, np.zeros(late.size, bool)])
    out = []
    for joint, single in zip(_compared(when, np.concatenate([rank, rank[late]]), died, both), counted, strict=True):
        pairs = joint[:index.size] - single
        pairs[late] += joint[index.size:]
        out.append(pairs)
    return out[0], out[1]


def _compared(when: np.ndarray, rank: np.ndarray, event: np.ndarray,
              stratum: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Return for each patient the number of concordant pairs and of comparable pairs, each (n,).

    In a comparable pair the patient with the smaller `when` has the event. Patients are split by the bits of `when`,
    highest bit first: a block holds patients whose bits are equal so far. Each pair is counted once, when its block is
    split. Blocks stay sorted by rank, so they are not sorted again.
    """
    order = np.argsort(rank, kind="stable") if stratum is None else np.lexsort((rank, stratum))
    when, rank, event, (agreed, pairs) = when[order], rank[order], event[order], np.zeros((2, order.size))
    starts = np.zeros(min(order.size, 1), int)
    if stratum is not None:
        starts = np.flatnonzero(np.append(True, np.diff(stratum[order]) != 0))
    for bit in reversed(range(int(when.max(initial=0)).bit_length())):
        late = (when >> bit & 1).astype(bool)
        _compare(rank, event, late, starts, agreed, pairs)
        moved, starts = _halved(late, starts)
        when, rank, event, order, agreed, pairs = (v[moved] for v in (when, rank, event, order, agreed, pairs))
    out = np.empty((2, order.size))
    out[:, order] = agreed, pairs
    return out[0], out[1]


def _compare(rank: np.ndarray, event: np.ndarray, late: np.ndarray, starts: np.ndarray, agreed: np.ndarray,
             pairs: np.ndarray) -> None:
    """Add the pairs of an early and a late patient of the same block; each block is sorted by rank."""
    n = rank.size
    begins = np.zeros(n, bool)
    begins[starts] = True
    tied = np.flatnonzero(begins | np.append(True, np.diff(rank) != 0))
    ends, block = np.append(tied[1:], n), np.cumsum(begins[tied]) - 1
    first, last = starts[block], np.append(starts[1:], n)[block]
    for counted, deaths in ((late, event & ~late), (event & ~late, late)):
        before = np.append(0, np.cumsum(counted))
        # A late patient agrees with early ones of larger rank, an early one with late ones of smaller rank.
        beyond = before[tied] - before[first] if counted is late else before[last] - before[ends]
        agreeing, all_of_them = beyond + (before[ends] - before[tied]) / 2, before[last] - before[first]
        np.add(agreed, np.repeat(agreeing, ends - tied), out=agreed, where=deaths)
        np.add(pairs, np.repeat(all_of_them, ends - tied), out=pairs, where=deaths)


def _halved(late: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the order that puts each block's early patients before its late ones, and the starts of the new blocks."""
    n = late.size
    sizes = np.diff(np.append(starts, n))
    before = np.append(0, np.cumsum(~late))
    early = before[np.append(starts[1:], n)] - before[starts]
    rank = before[:-1] - np.repeat(before[starts], sizes)  # among the early of the block
    at = np.where(late, np.arange(n) - rank + np.repeat(early, sizes), np.repeat(starts, sizes) + rank)
    moved = np.empty(n, int)
    moved[at] = np.arange(n)
    both = np.stack([starts, starts + early], axis=1).ravel()
    return moved, both[np.diff(np.append(both, n)) > 0]
