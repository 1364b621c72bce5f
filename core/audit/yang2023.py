"""Every figure that Yang 2023 printed, beside what a cohort gives: by the functions that the pages use.

Source of the figures: Yang D, Du J, Nie W, Wang C, Ma Z. Medicine 2023;102:45(e35713), typed from the paper.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from core.audit.audit import tests_of
from core.audit.finding import AGREES, DIFFERS
from core.audit.printed_table import Printed
from core.audit.yang2023_figures import Key, published
from core.audit.yang2023_recompute import Recomputed, Value, recompute
from core.cohort import Cohort
from core.errors import CohortError
from core.schema import ARM

_OF = {("", "", "A"): 35, ("", "", "B"): 47, ("Table 1", "pvtt", "A"): 31, ("Table 1", "pvtt", "B"): 39}  # printed n
NOT_HERE = "cannot be recomputed"


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """The published figures beside a cohort's.

    Attributes
    ----------
    rows : place, item, level, group, quantity, printed, ours (number; NaN where there is none), difference, verdict,
        ours_text (where it is a word), how (the function and test that gave it), reason (why it differs or cannot be
        had), page
    arms : the cohort's arms that stand for the paper's A and B
    """

    rows: pd.DataFrame
    arms: tuple[str, str]

    def totals(self) -> dict[str, int]:
        """Return how many figures agree, do not, and cannot be recomputed."""
        return {v: int((self.rows.verdict == v).sum()) for v in (AGREES, DIFFERS, NOT_HERE)}


def compare(cohort: Cohort) -> Comparison:
    """Set a cohort's figures beside the published ones.

    A figure agrees where the cohort's rounds to the printed digits; a p-value where one of the tests of its counts
    does.

    Raises
    ------
    CohortError
        If the cohort has not two arms.
    """
    arms = _arms(cohort)
    recomputed = recompute(cohort, *arms)
    printed = [{str(k): str(v) for k, v in r.items()} for r in published().to_dict("records")]
    counts = {_key(r): r["printed"] for r in printed}
    rows = [_row(r, recomputed, counts) for r in printed]
    return Comparison(rows=pd.DataFrame(rows), arms=arms)


def _arms(cohort: Cohort) -> tuple[str, str]:
    """Return the arm with the added drug, and the other: by name, else the reference is B."""
    levels = cohort.levels(ARM) if cohort.mapping.arm else ()
    if len(levels) != 2:
        raise CohortError(f"The paper compares two arms; this cohort has {len(levels) or 'none'}.",
                          "Load a cohort of two arms, or open the sample.")
    named = [level for level in levels if "sorafenib" in level.casefold()]
    ours = named[0] if len(named) == 1 else levels[1]
    return ours, next(level for level in levels if level != ours)


def _key(printed: dict[str, str]) -> Key:
    return printed["place"], printed["item"], printed["level"], printed["group"], printed["quantity"]


def _row(printed: dict[str, str], ours: Recomputed, counts: dict[Key, str]) -> dict[str, object]:
    key = _key(printed)
    value = ours.value(key)
    row: dict[str, object] = {**printed, "ours": value.number, "ours_text": value.text, "difference": math.nan,
                              "verdict": NOT_HERE, "how": value.how, "reason": value.reason, "page": value.page}
    if value.text:
        same = value.text == printed["printed"]
        return row | {"verdict": AGREES if same else DIFFERS, "reason": "" if same else "another term is more common"}
    if math.isnan(value.number) and value.table is None:
        return row
    text = printed["printed"]
    shown = Printed.from_text(text.removeprefix("<"), sign="<" if text.startswith("<") else "")
    if value.table is not None:
        value = _by_test(value, shown)
    row |= {"ours": value.number, "how": value.how, "difference": value.number - shown.value}
    if math.isnan(value.number):
        return row | {"reason": value.reason}
    agrees = shown.agrees(value.number)
    return row | {"verdict": AGREES if agrees else DIFFERS, "reason": "" if agrees else value.reason or
                  _why_different(key, counts)}


def _why_different(key: Key, counts: dict[Key, str]) -> str:
    """Say why a figure need not agree."""
    if key[4] == "%":
        n, of = counts.get((*key[:4], "n"), ""), _OF.get((key[0], key[1], key[3]), _OF["", "", key[3]])
        follows = n.isdecimal() and Printed.from_text(counts[key]).agrees(100 * int(n) / of)
        if n.isdecimal() and not follows:
            return f"the printed percentage does not follow from the printed count, {n} of {of}"
    if key[0] == "Table 3":
        return "the paper's model of these patients gives another; the audit says what its interval would need"
    return "these patients have another value"


def _by_test(value: Value, printed: Printed) -> Value:
    """Choose among the tests of a table of counts one that gives the printed p; else the claimed one."""
    assert value.table is not None
    tests = tests_of(value.table)
    giving = next((t for t, p in tests.items() if printed.agrees(p)), next(iter(tests)))
    given = printed.agrees(tests[giving])
    reason = "" if given else f"none of {', '.join(tests)} gives it from these counts"
    if not value.table.any(axis=1).all():
        reason = "nobody, or everybody, is counted: there is nothing to test"
    return Value(number=tests[giving], how=f"{value.how}, {giving}", page=value.page, reason=reason)
