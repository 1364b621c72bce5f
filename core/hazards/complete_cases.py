"""The patients that a Cox model is fitted on, and which of its columns can be."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.cohort import Cohort, stratification, timeline
from core.hazards.design import Column, design_in_order, missing
from core.hazards.estimability import own_reason
from core.language import say

_NEW = 1e-8  # part of a column's length that the columns before it do not explain; below, it is dependent
_APART = 1e-3  # above it, cross-products show with certainty that a column is independent
_ENOUGH = 20_000  # patients


@dataclass(frozen=True, kw_only=True, eq=False)
class CompleteCases:
    """The patients with all covariates known, latest first.

    `stratum` is None where the model has one baseline hazard, `entry` (first place at risk) without late entry.
    """

    index: np.ndarray
    event: np.ndarray
    design: np.ndarray
    stratum: np.ndarray | None
    entry: np.ndarray | None = None

    @staticmethod
    def from_cohort(cohort: Cohort, endpoint: str, rows: np.ndarray, columns: list[Column],
                    stratify_by: tuple[str, ...]) -> CompleteCases:
        """Choose from some patients, bool (n of the whole,); `stratify_by`: what the model is stratified by."""
        line, complete = timeline(cohort, endpoint), rows
        for key in dict.fromkeys([*(c.term for c in columns), *stratify_by]):
            if (absent := missing(cohort, key)) is not None:
                complete = complete & ~absent
        order, index, event = line.latest_first
        known = None
        if not complete[order].all():
            known = complete[order]
            order, index, event = order[known], index[known], event[known]
        return CompleteCases(index=index, event=event, design=design_in_order(cohort, endpoint, columns, known),
                             stratum=_stratum(cohort, stratify_by)[order] if stratify_by else None,
                             entry=None if line.entry is None else line.entry[order])

    def counts(self, columns: list[Column]) -> np.ndarray:
        """Return patients and events of each column's level, of all where it is a number, int (p, 2)."""
        both = np.column_stack([np.ones(self.event.size), self.event])
        out = np.rint(self.design.T @ both).astype(int)
        out[[not c.reference for c in columns]] = self.event.size, np.count_nonzero(self.event)
        return out

    def never_at_risk(self) -> np.ndarray:
        """Return the places of patients who are in no risk set: no death in their stratum while they were followed."""
        if self.entry is not None:
            offset = (0 if self.stratum is None else self.stratum) * (int(self.index.max(initial=0)) + 2)
            deaths = np.sort((offset + self.index)[self.event])
            until = np.searchsorted(deaths, offset + self.index, side="right")
            return np.flatnonzero(np.searchsorted(deaths, offset + self.entry) == until)
        if self.stratum is None:
            last = self.event.size - 1 - int(self.event[::-1].argmax()) if self.event.any() else 0
            return last + np.flatnonzero(self.index[last:] < self.index[last:last + 1])
        first = np.full(int(self.stratum.max(initial=0)) + 1, np.iinfo(self.index.dtype).max)
        np.minimum.at(first, self.stratum[self.event], self.index[self.event])
        return np.flatnonzero(self.index < first[self.stratum])

    def without(self, column: int) -> CompleteCases:
        """Return the patients who are not of a level."""
        used = self.design[:, column] != 1
        return CompleteCases(index=self.index[used], event=self.event[used],
                             design=np.compress(used, self.design.T, axis=1).T,
                             stratum=None if self.stratum is None else self.stratum[used],
                             entry=None if self.entry is None else self.entry[used])


def _stratum(cohort: Cohort, stratify_by: tuple[str, ...]) -> np.ndarray:
    """Number the combinations of levels that have baseline hazards of their own, (n,)."""
    out = np.zeros(len(cohort.rows), int)
    for key in stratify_by:
        codes = stratification(cohort, key).codes
        out = out * (int(codes.max(initial=0)) + 1) + codes
    return out


def without_events(cases: CompleteCases, columns: list[Column], counts: np.ndarray, *,
                   kept: np.ndarray) -> tuple[CompleteCases, tuple[str, ...]]:
    """Return the patients except those of levels without events, and why each level has no hazard ratio, or "".

    A level without events has a coefficient of minus infinity: its patients have no weight in any risk set, so the
    others are fitted without them. By Firth's likelihood the coefficient is finite if any patient of the level is at
    risk: `kept`, bool (p,), says which levels stay.
    """
    reasons = [""] * len(columns)
    for i, (column, (n, events)) in enumerate(zip(columns, counts.tolist(), strict=True)):
        if column.reference and not kept[i]:
            reasons[i] = own_reason(column.level, n, events)
            if n and not events:
                cases = cases.without(i)
    return cases, tuple(reasons)


def independent(columns: list[Column], design: np.ndarray) -> tuple[list[int], dict[int, str]]:
    """Return the columns of a standardised design to fit, and for each other one why it is constant or dependent."""
    n, p = design.shape
    if _clearly_apart(np.ascontiguousarray(design[::max(n // _ENOUGH, 1)])):
        return list(range(p)), {}
    varies = design.any(axis=0)
    reasons = {i: say("{named} does not vary in the model's patients", named=_named(columns[i]))
               for i in np.flatnonzero(~varies).tolist()}
    kept = np.flatnonzero(varies).tolist()
    values = design[:, kept] / math.sqrt(max(n, 1))
    while True:  # what is left of a column beside those before it stands on R's diagonal
        left = np.abs(np.diag(np.linalg.qr(values, mode="r")))
        left = np.append(left, np.zeros(len(kept) - left.size))
        follows = next((i for i, v in enumerate(left) if v <= _NEW), None)
        if follows is None:
            return kept, reasons
        reasons[kept[follows]] = say("{named} follows from the terms before it", named=_named(columns[kept[follows]]))
        kept.pop(follows)
        values = np.delete(values, follows, axis=1)


def _clearly_apart(design: np.ndarray) -> bool:
    """Tell from cross-products, which have half the precision, that no column is nearly collinear with others.

    Columns that are linearly independent in a subset of the patients are so in all.
    """
    try:
        left = np.diag(np.linalg.cholesky(design.T @ design)) / math.sqrt(max(len(design), 1))
    except np.linalg.LinAlgError:
        return False
    return bool(left.min(initial=1) > _APART)


def _named(column: Column) -> str:
    return column.level if column.reference else "it"
