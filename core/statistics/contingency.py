"""Tables of any size: the exact test of Freeman and Halton, or by Monte Carlo where there are too many; chi-square.

Sources: Freeman and Halton. Biometrika 1951;38:141; R's fisher.test (workspace aside) and chisq.test.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import numpy as np

from core.statistics.distributions import chi_square_p
from core.statistics.two_by_two import fisher_exact, log_factorials

_RELATIVE = 1 + 1e-7  # tables up to this factor as likely count as equally likely, as in R
_MOST = 400_000  # tables that are walked through
SIMULATED, _SEED = 100_000, 20231
FISHER_2X2, FREEMAN_HALTON, PEARSON = "Fisher exact", "Fisher-Freeman-Halton exact", "Pearson χ²"
MONTE_CARLO = "Fisher-Freeman-Halton, Monte Carlo of 100,000"  # SIMULATED


@dataclass(frozen=True)
class TableTest:
    """A test of independence: its name, p, and the standard error of a simulated p (0 for an exact one)."""

    test: str
    p_value: float
    error: float = 0.0


def exact_test(table: np.ndarray) -> TableTest:
    """Test independence in a table of counts, (r, c): exactly where that can be, else by simulation with a fixed seed.

    Rows and columns without anybody are left aside; fewer than two of either give no p.
    """
    return exact_tests([table])[0]


def _exact_test(table: np.ndarray) -> TableTest:
    """Test a table larger than 2 x 2, without empty rows and columns."""
    if min(table.shape, default=0) < 2:
        return TableTest(FREEMAN_HALTON, math.nan)
    if table.shape[0] < table.shape[1]:
        table = table.T
    table = table[np.argsort(table.sum(axis=1), kind="stable")]  # the largest row follows from the others
    margins = tuple(table.sum(axis=1).tolist()), tuple(table.sum(axis=0).tolist())
    logs = _all_tables(*margins)
    observed = _log_probability(table[None], *margins)[0]
    if logs is None:
        return _simulated(observed, *margins)
    return TableTest(FREEMAN_HALTON, float(min(np.exp(logs[logs <= observed + math.log(_RELATIVE)]).sum(), 1.0)))


def exact_tests(tables: list[np.ndarray]) -> list[TableTest]:
    """Test independence in several tables; those of two rows and columns together."""
    bare = [_bare(table) for table in tables]
    pairs = [i for i, table in enumerate(bare) if table.shape == (2, 2)]
    results = [TableTest(FISHER_2X2, math.nan) if table.shape == (2, 2) else _exact_test(table) for table in bare]
    if pairs:
        (a, b), (c, d) = np.array([bare[i] for i in pairs]).transpose(1, 2, 0)
        for i, p in zip(pairs, fisher_exact(a, a + c, b, b + d).tolist(), strict=True):
            results[i] = TableTest(FISHER_2X2, p)
    return results


def pearson_test(table: np.ndarray) -> TableTest:
    """Test independence by Pearson's chi-square without a correction (R: chisq.test)."""
    table = _bare(table)
    if min(table.shape, default=0) < 2:
        return TableTest(PEARSON, math.nan)
    foreseen = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    df = (table.shape[0] - 1) * (table.shape[1] - 1)
    return TableTest(PEARSON, chi_square_p(float(((table - foreseen) ** 2 / foreseen).sum()), df))


def _bare(table: np.ndarray) -> np.ndarray:
    if table.all():
        return table.astype(int, copy=False)
    return np.asarray(table[table.any(axis=1)][:, table.any(axis=0)], int)


def _log_probability(tables: np.ndarray, rows: tuple[int, ...], columns: tuple[int, ...]) -> np.ndarray:
    """Return the log probabilities of tables (m, r, c) with these margins."""
    log = log_factorials(sum(rows))
    constant = log[list(rows)].sum() + log[list(columns)].sum() - log[sum(rows)]
    return np.asarray(constant - log[tables].sum(axis=(1, 2)))


def _all_tables(rows: tuple[int, ...], columns: tuple[int, ...]) -> np.ndarray | None:
    """Return the log probabilities of all tables with these margins; None where there are too many.

    Row by row: what each column has left, and the logarithm of the probability so far.
    """
    log, left, done = log_factorials(sum(rows)), np.array(columns)[:, None], np.zeros(1)
    for total in rows[:-1]:
        shares = _shares(total, columns)
        if shares is None or shares.shape[1] * done.size > 8 * _MOST:
            return None
        i, j = np.nonzero((left[:, :, None] >= shares[:, None]).all(axis=0))
        left, done = left[:, i] - shares[:, j], done[i] - log[shares].sum(axis=0)[j]
        if done.size > _MOST:
            return None
    constant = log[list(rows)].sum() + log[list(columns)].sum() - log[sum(rows)]
    return np.asarray(constant + done - log[left].sum(axis=0))


def _shares(total: int, columns: tuple[int, ...]) -> np.ndarray | None:
    """Return all ways to share a row's total among the columns, (c, m); None where there are too many."""
    if len(columns) == 2:
        share = np.arange(max(0, total - columns[1]), min(total, columns[0]) + 1)
        return np.array([share, total - share])
    spans = [min(total, c) + 1 for c in columns[:-1]]
    if math.prod(spans) > _MOST:
        return None
    first = np.array(list(product(*(range(s) for s in spans))), int).reshape(-1, len(spans))
    last = total - first.sum(axis=1)
    fits = (last >= 0) & (last <= columns[-1])
    return np.vstack([first.T, last])[:, fits]


def _simulated(observed: float, rows: tuple[int, ...], columns: tuple[int, ...]) -> TableTest:
    """Draw tables with these margins and count those not likelier than the observed one (R: simulate.p.value)."""
    generator = np.random.default_rng(_SEED)
    left = np.tile(np.array(columns), (SIMULATED, 1))
    tables = np.empty((SIMULATED, len(rows), len(columns)), int)
    for i, total in enumerate(rows[:-1]):
        tables[:, i] = _drawn(generator, left, total)
        left = left - tables[:, i]
    tables[:, -1] = left
    as_rare = int((_log_probability(tables, rows, columns) <= observed + math.log(_RELATIVE)).sum())
    p = (as_rare + 1) / (SIMULATED + 1)
    return TableTest(MONTE_CARLO, p, math.sqrt(p * (1 - p) / SIMULATED))


def _drawn(generator: np.random.Generator, left: np.ndarray, total: int) -> np.ndarray:
    """Draw a row's counts, column by column, from what the columns have left, (m, c)."""
    out = np.zeros_like(left)
    need, rest = np.full(len(left), total), left.sum(axis=1)
    for j in range(left.shape[1] - 1):
        rest = rest - left[:, j]
        out[:, j] = generator.hypergeometric(left[:, j], rest, need)
        need = need - out[:, j]
    out[:, -1] = need
    return out
