"""What a browser needs to follow a brush or a click: counts by a number's fine bins, or a factor's levels.

Any range of bins is a difference of two sums; the last bin holds the patients whose value is missing.

No patient is in it, only counts: of deaths and departures by time and stratum, and of the levels of other variables.
With few patients such counts can be ones. Source: Moritz D, Howe B, Heer J. Falcon. CHI 2019.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.cohort.bins import bin_codes, bins_of, fine_codes, fine_edges
from core.cohort.cohort import Cohort
from core.cohort.counts import Timeline, timeline
from core.cohort.filters import Filters
from core.cohort.strata import strata
from core.cohort.subsets import SELECTION
from core.errors import NotEstimable
from core.language import say

_TIMES = 500  # intervals of time where times are binned
EXACT = 2_000  # patients up to whom all distinct times are kept


@dataclass(frozen=True, kw_only=True, eq=False)
class BrushIndex:
    """Counts of the patients who pass all filters but that of the variable.

    Attributes
    ----------
    key : the variable
    bins : how many it has, that of missing values included
    endpoint, by : whose curves follow; "" and None for none and for one curve
    levels : the k strata
    times : float (t,), the months of the table
    binned : whether `times` are ends of intervals
    leaving, entering : cell and count, int (2, c): cells are ((bin x 2 + event) x k + stratum) x t + time, and
        (bin x k + stratum) x t + first time at risk with late entry
    whole : int (2 or 3, k, t), deaths, departures and, with late entry, arrivals of the whole cohort; where the
        selection is compared with the rest, of those who can be in either
    slots : of each other variable its first slot and how many levels or bins it has; slot 0 counts everybody
    slots_in_all : how many slots there are
    levels_of : cell and count, int (2, c): cells are bin x slots_in_all + slot
    """

    key: str
    endpoint: str
    by: str | None
    bins: int
    levels: tuple[str, ...]
    times: np.ndarray
    binned: bool
    leaving: np.ndarray
    entering: np.ndarray | None
    whole: np.ndarray
    slots: Mapping[str, tuple[int, int]]
    slots_in_all: int
    levels_of: np.ndarray

    def to_bytes(self, **more: Any) -> bytes:
        """Return a length, a JSON head, and the arrays one after the other: see docs/decisions/0013-live-brush.md."""
        arrays = {"times": self.times.astype("<f8"), "leaving": self.leaving.astype("<u4"),
                  "whole": self.whole.astype("<u4"), "levelsOf": self.levels_of.astype("<u4")}
        if self.entering is not None:
            arrays["entering"] = self.entering.astype("<u4")
        head = json.dumps({
            "key": self.key, "endpoint": self.endpoint, "bins": self.bins, "levels": self.levels,
            "binned": self.binned, "slots": self.slots, "slotsInAll": self.slots_in_all, "late": len(self.whole) == 3,
            "selection": self.by == SELECTION, "arrays": [[n, a.size] for n, a in arrays.items()], **more}).encode()
        head += b" " * (-(len(head) + 4) % 8)  # so that numbers of eight bytes begin at a multiple of eight
        return b"".join([len(head).to_bytes(4, "little"), head, *(a.tobytes() for a in arrays.values())])


def brush_index(cohort: Cohort, key: str, *, endpoint: str, by: str | None, others: Sequence[str],
                exact: int = EXACT) -> BrushIndex:
    """Count what any range of a number, or any levels of a factor, would leave.

    Parameters
    ----------
    others : variables whose levels (or bins, of a number) are counted, too
    exact : patients of the whole cohort above whom times are binned

    Raises
    ------
    NotEstimable
        If what splits the curves is missing in every patient, or the rest is not known.
    """
    whole, (fine, bins) = cohort.whole, _bins(cohort, key)
    kept = Filters({k: c for k, c in cohort.filters.conditions.items() if k != key})
    rows = np.flatnonzero(whole.filter(kept).rows)
    slots, codes = _slots(whole, rows, others)
    size = 1 + sum(n for _, n in slots.values())
    levels_of = _counted((fine[rows] * np.int64(size) + codes)[codes >= 0], bins * size)
    table = _table(cohort, endpoint, by, exact) if endpoint else _NO_TABLE
    counted = _comparable(cohort, kept, key) if by == SELECTION else np.ones(fine.size, bool)
    known = rows[(table.index[rows] >= 0) & (table.stratum[rows] >= 0)] if endpoint else rows[:0]
    k, t = len(table.levels), table.times.size
    bin_of, stratum = fine[known].astype(np.int64), table.stratum[known]
    leaving = ((bin_of * 2 + table.event[known]) * k + stratum) * t + table.index[known]
    entering = None if table.entry is None else _counted(
        (bin_of * k + stratum) * t + table.entry[known], bins * k * t)
    return BrushIndex(
        key=key, endpoint=endpoint, by=by, bins=bins, levels=table.levels, times=table.times, binned=table.binned,
        leaving=_counted(leaving, bins * 2 * k * t), entering=entering, whole=table.counts(counted), slots=slots,
        slots_in_all=size, levels_of=levels_of)


def _bins(cohort: Cohort, key: str) -> tuple[np.ndarray, int]:
    """Return each patient's bin, int (n of the whole,), and how many there are; the last is that of missing values."""
    if cohort.variable(key).kind == "numeric":
        codes, known = fine_codes(cohort, key), len(fine_edges(cohort, key)) - 1
    else:
        groups = strata(cohort.whole, key)
        codes, known = groups.codes, len(groups.levels)
    return np.where(codes < 0, known, codes), known + 1


def _comparable(cohort: Cohort, kept: Filters, key: str) -> np.ndarray:
    """Tell who is in the selection or in the rest, whatever the range: who has the value of every filtered variable.

    Raises
    ------
    NotEstimable
        If a filter keeps missing values: who is in the rest then depends on the range.
    """
    whole = cohort.whole
    grouped = whole.named_groups.key if whole.named_groups else ""  # who is in no group has nothing missing there
    known = {k: whole.values(k).notna().to_numpy() for k in (key, *kept.conditions) if k != grouped}
    if any(bool(c.missing) != c.negated and not known[k].all() for k, c in kept.conditions.items() if k in known):
        raise NotEstimable(say("A filter keeps missing values: the selection is compared with the rest once it is "
                               "made."),
                           say("Let the brush go."))
    return np.all([*known.values(), np.ones(len(whole.table), bool)], axis=0)


def _slots(whole: Cohort, rows: np.ndarray, others: Sequence[str]) -> tuple[dict[str, tuple[int, int]], np.ndarray]:
    """Number the levels of variables one after the other; slot 0 is everybody's.

    Returns the first slot of each variable and how many it has, and each patient's slots, int (v + 1, rows), negative
    where a value is missing.
    """
    slots, start, codes = {}, 1, [np.zeros(rows.size, np.int64)]
    for other in others:
        if whole.variable(other).kind == "numeric":
            size, places = len(bins_of(whole, other)) - 1, bin_codes(whole, other)
        else:
            groups = strata(whole, other)
            size, places = len(groups.levels), groups.codes
        slots[other] = (start, size)
        codes.append(np.where(places[rows] < 0, -1, start + places[rows]))
        start += size
    return slots, np.array(codes)


def _counted(cells: np.ndarray, size: int) -> np.ndarray:
    """Return which of so many cells are not empty and how many are in each, int (2, c)."""
    if cells.size * 4 < size:
        return np.stack(np.unique(cells, return_counts=True))
    counts = np.bincount(cells, minlength=size)
    filled = np.flatnonzero(counts)
    return np.stack([filled, counts[filled]])


@dataclass(frozen=True, kw_only=True, eq=False)
class _Table:
    """An endpoint's times, binned or not, and who is in which stratum: all (n of the whole,) but levels and times."""

    levels: tuple[str, ...]
    times: np.ndarray
    index: np.ndarray
    event: np.ndarray
    stratum: np.ndarray
    entry: np.ndarray | None
    binned: bool = False

    def counts(self, rows: np.ndarray) -> np.ndarray:
        """Count the patients of a mask: deaths, departures and, with late entry, arrivals, int (2 or 3, k, t)."""
        k, t = len(self.levels), self.times.size
        if not k:
            return np.zeros((2, 0, 0), int)
        known = np.flatnonzero((self.index >= 0) & (self.stratum >= 0) & rows)
        row = self.stratum[known].astype(np.int64) * t

        def count_at(place: np.ndarray, rows: np.ndarray) -> np.ndarray:
            return np.bincount(row[rows] + place[known][rows], minlength=k * t).reshape(k, t)
        everyone = np.ones(known.size, bool)
        late = [] if self.entry is None else [count_at(self.entry, everyone)]
        return np.stack([count_at(self.index, self.event[known]), count_at(self.index, everyone), *late])


_NOBODY = np.zeros(0, int)
_NO_TABLE = _Table(levels=(), times=np.zeros(0), index=_NOBODY, event=_NOBODY.astype(bool), stratum=_NOBODY, entry=None)


def _table(cohort: Cohort, endpoint: str, by: str | None, exact: int) -> _Table:
    groups = strata(cohort, None if by == SELECTION else by)
    line, binned = timeline(cohort, endpoint), len(cohort.whole.table) > exact
    times, index, entry = _in_intervals(line) if binned else (line.times, line.index, line.entry)
    return _Table(levels=groups.levels, times=times, index=index, event=line.event, stratum=groups.codes, entry=entry,
                  binned=binned)


def _in_intervals(line: Timeline) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Return the last time in each of some equal intervals, and in which each patient leaves and enters."""
    if line.times.size <= _TIMES:
        return line.times, line.index, line.entry
    interval = np.minimum((line.times / line.times[-1] * _TIMES).astype(int), _TIMES - 1)
    last = np.append(np.flatnonzero(np.diff(interval)), interval.size - 1)
    place = np.searchsorted(last, np.arange(interval.size))
    index = np.where(line.index < 0, -1, place[line.index])
    return line.times[last], index, None if line.entry is None else place[np.minimum(line.entry, interval.size - 1)]
