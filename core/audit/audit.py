"""The audit of a published table, from what is printed alone: p-values, percentages, intervals, sums.

Nothing here needs the patients. Every check says what was printed, what follows from it, and in plain words what that
means.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.audit.finding import AGREES, DIFFERS, IMPOSSIBLE, NOT_CHECKABLE, Finding
from core.audit.intervals import Width, check_middle, check_p, check_width
from core.audit.printed_table import Entry, Printed, read_audit
from core.format import p_value, p_with_digits, percent, plural
from core.language import say
from core.statistics import FISHER_2X2, PAIR_TESTS, chi_square_p, exact_test, pair_p, pearson_test

LIKELIHOOD_RATIO = "Likelihood ratio"
P, PERCENT, SUMS = "p from the counts", "percentages", "sums"
_NOBODY = "no group had an event"


@dataclass(frozen=True, kw_only=True, eq=False)
class Audit:
    """What the checks of a printed table gave.

    Attributes
    ----------
    findings : line, table, row, check, printed, follows, verdict, words
    tests : line, table, row, printed, test, p_value, agrees: every test of every recomputable p
    widths : line, table, row, ratio, low, high, std_error (printed, at its widest), least, deaths (at least, for the
        interval), verdict
    claimed : the test that the paper says it used
    """

    claimed: str
    findings: pd.DataFrame
    tests: pd.DataFrame
    widths: pd.DataFrame

    def totals(self) -> list[str]:
        """Say how many p-values the claimed test gives, how many another one, how many none."""
        if self.tests.empty:
            return [say("No p-value can be recomputed from counts")]
        tests = self.tests.assign(of=self.tests.line.astype(str) + self.tests.row)
        claimed = tests.test.map(lambda t: is_claimed(t, self.claimed))
        many = plural(tests.of.nunique(), "recomputable p-value")
        sentences = [say("{n} of {many} by {claimed}, as claimed",
                         n=tests.of[tests.agrees & claimed].nunique(), many=many, claimed=self.claimed)]
        others = tests[tests.agrees & ~claimed]
        sentences += [say("{n} by {test}", n=part.of.nunique(), test=test) for test,
                      part in others.groupby("test", sort=False)]
        sentences.append(say("{n} by none of the tests tried (a p may be given by several)",
                             n=tests.of.nunique() - tests.of[tests.agrees].nunique()))
        empty = int(self.findings.words.str.contains(say(_NOBODY), regex=False).sum())
        if empty:
            sentences.append(say("{rows} without an event in any group: nothing to test", rows=plural(empty, 'row')))
        return sentences


def audit_file(data: bytes, *, name: str, claimed: str) -> Audit:
    """Read a printed table from a file and audit it; see `read_audit` and `audit`."""
    return audit(read_audit(data, name=name), claimed=claimed)


def audit(entries: Sequence[Entry], *, claimed: str = FISHER_2X2) -> Audit:
    """Check a table's rows.

    Parameters
    ----------
    claimed : the test that the paper names for counts; for larger tables Fisher's is that of Freeman and Halton
    """
    findings: list[Finding] = []
    tests: list[tuple[object, ...]] = []
    widths: list[Width] = []
    for rows in _tables(entries):
        _check_counts(rows, claimed, findings, tests)
    by_label = {(e.table, e.label): e for e in entries if e.groups}
    for e in entries:
        findings += [*_percentages(e), *_sums(e, by_label)]
        if e.ratio:
            finding, width = check_width(e, e.ratio)
            findings += [finding, *check_p(e, e.ratio), check_middle(e, e.ratio)]
            widths.append(width)
    return Audit(
        claimed=claimed, findings=pd.DataFrame(findings, columns=Finding._fields),
        tests=pd.DataFrame(tests, columns=["line", "table", "row", "printed", "test", "p_value", "agrees"]),
        widths=pd.DataFrame(widths, columns=Width._fields))


def is_claimed(test: str, claimed: str) -> bool:
    """Tell whether a test is the claimed one, or its extension to larger tables."""
    return test == claimed or (claimed == FISHER_2X2 and test.startswith("Fisher-Freeman-Halton"))


def tests_of(table: np.ndarray) -> dict[str, float]:
    """Return the p of every test that a paper may have used for a table of counts, (levels, groups), by name."""
    table = np.asarray(table, int)
    if table.shape == (2, 2):
        arrays = tuple(np.array([v]) for v in (table[0, 1], table[:, 1].sum(), table[0, 0], table[:, 0].sum()))
        p_by_test = {str(test): float(pair_p(test, *arrays)[0]) for test in PAIR_TESTS}
    else:
        exact, pearson = exact_test(table), pearson_test(table)
        p_by_test = {exact.test: exact.p_value, pearson.test: pearson.p_value}
    return p_by_test | {LIKELIHOOD_RATIO: _likelihood_ratio(table)}


def _likelihood_ratio(table: np.ndarray) -> float:
    """Return the p of the likelihood ratio χ² (SPSS: CROSSTABS prints it)."""
    table = table[table.any(axis=1)][:, table.any(axis=0)]
    if min(table.shape, default=0) < 2:
        return math.nan
    foreseen = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = 2 * np.where(table > 0, table * np.log(table / foreseen), 0).sum()
    return chi_square_p(float(statistic), (table.shape[0] - 1) * (table.shape[1] - 1))


def _tables(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Group the rows that share a p: the levels of a label; a row without a level is its own group."""
    out: list[list[Entry]] = []
    for e in entries:
        last = out[-1][0] if out else None
        if last and e.level and last.level and e.groups and (last.table, last.label) == (e.table, e.label):
            out[-1].append(e)
        elif e.groups:
            out.append([e])
    return [rows for rows in out if any(r.p for r in rows)]


def _counts(rows: list[Entry]) -> np.ndarray | None:
    """Return the table of counts, (levels, groups); of a single row events against none. None where groups differ."""
    if len({len(r.groups) for r in rows}) != 1 or len(rows[0].groups) < 2:
        return None
    table = np.array([[g.events for g in r.groups] for r in rows])
    return table if len(rows) > 1 else np.array([table[0], [g.n - g.events for g in rows[0].groups]])


def _check_counts(rows: list[Entry], claimed: str, findings: list[Finding], tests: list[tuple[object, ...]]) -> None:
    """Try every test on a p's counts."""
    e = next(r for r in rows if r.p)
    name = e.label if len(rows) > 1 else e.name
    printed, table = e.p, _counts(rows)
    if printed is None or table is None:
        return
    if not table[0].any() and len(rows) == 1:
        words = say("{nobody}: there is nothing to test, and {printed} means nothing", nobody=say(_NOBODY),
                    printed=printed)
        findings.append(Finding(e.line, e.table, name, P, str(printed), "", NOT_CHECKABLE, words))
        return
    p_by_test = tests_of(table)
    giving = [t for t, p in p_by_test.items() if printed.agrees(p)]
    tests += [(e.line, e.table, name, str(printed), t, p, printed.agrees(p)) for t, p in p_by_test.items()]
    ours = next((p for t, p in p_by_test.items() if is_claimed(t, claimed)), math.nan)
    words = say("{claimed} gives {p}; ", claimed=claimed, p=_p(ours, printed)) + (
        (say("{tests} gives {printed}", tests=giving[0], printed=printed) if len(giving) == 1 else
         say("{tests} give {printed}", tests=say(" and ").join(giving), printed=printed)) if giving else
        say("none of {p_by_test} gives {printed}", p_by_test=', '.join(p_by_test), printed=printed))
    verdict = AGREES if any(is_claimed(t, claimed) for t in giving) else DIFFERS
    findings.append(Finding(e.line, e.table, name, P, str(printed), _p(ours, printed), verdict, words))


def _p(p: float, printed: Printed) -> str:
    """Write a p with as many digits as were printed."""
    if math.isnan(p) or printed.sign:
        return p_value(p)
    return p_with_digits(p, max(printed.decimals, 3))


def _percentages(e: Entry) -> list[Finding]:
    out = []
    for place, g in enumerate(e.groups, start=1):
        if g.percent is not None and g.n and not g.percent.agrees(100 * g.events / g.n):
            shown = percent(g.events / g.n, g.percent.decimals)
            words = say("group {place}: {events} of {n} is {shown}, not {percent}%", place=place, events=g.events,
                        n=g.n, shown=shown, percent=g.percent)
            out.append(Finding(e.line, e.table, e.name, PERCENT, f"{g.percent}%", shown, DIFFERS, words))
    return out


def _sums(e: Entry, by_label: dict[tuple[str, str], Entry]) -> list[Finding]:
    """Check that parts add up to their whole, and that no part exceeds its whole."""
    out = []
    parts = [p for label in e.sum_of if (p := by_label.get((e.table, label)))]
    around = by_label.get((e.table, e.within)) if e.within else None
    for place, g in enumerate(e.groups):
        total = sum(p.groups[place].events for p in parts if place < len(p.groups))
        if parts and len(parts) == len(e.sum_of) and total != g.events:
            words = say("group {group}: {sum_of} is {total}, not {events}", group=place + 1,
                        sum_of=' + '.join(e.sum_of), total=total, events=g.events)
            out.append(Finding(e.line, e.table, e.name, SUMS, str(g.events), str(total), DIFFERS, words))
        if around and place < len(around.groups) and g.events > (most := around.groups[place].events):
            words = say("group {group}: {events} patients in {name}, but {most} in {within}, which includes it",
                        group=place + 1, events=g.events, name=e.name, most=most, within=e.within)
            out.append(Finding(e.line, e.table, e.name, SUMS, str(g.events), say("at most {most}", most=most),
                               IMPOSSIBLE, words))
    return out
