"""Tests and intervals of tables of counts beside R: fisher.test, chisq.test, binom.test and a base-R script."""

import numpy as np
import pandas as pd
import pytest

from core.statistics.contingency import MONTE_CARLO, exact_test, pearson_test
from core.statistics.proportions import clopper_pearson, koopman, log_ratio, newcombe, odds_ratio, pair_p
from core.statistics.two_by_two import fisher_exact, miettinen_nurminen
from tests.shared.from_r import agree, from_r

R = from_r("statistics")
TABLES = tuple(np.array(v) for v in zip(*(t["table"] for t in R["two"]), strict=True))


def theirs(name):
    return np.array([np.nan if t[name] is None else t[name] for t in R["two"]], float)


@pytest.mark.parametrize(("test", "name"), [("Fisher exact", "fisher"), ("Fisher mid-p", "mid"),
                                            ("Pearson χ²", "pearson"), ("Yates χ²", "yates")])
def test_p_of_two_groups(test, name):
    assert pair_p(test, *TABLES) == pytest.approx(theirs(name), rel=1e-6)


@pytest.mark.parametrize(("ours", "name"), [(newcombe, "newcombe"), (log_ratio, "katz"), (koopman, "koopman")])
def test_limits_of_two_groups(ours, name):
    _, low, high = ours(*TABLES)
    for i, t in enumerate(R["two"]):
        for limit, wanted in zip((low[i], high[i]), t[name], strict=True):
            if wanted is None:  # R's NA, or infinite
                assert not np.isfinite(limit)
            else:
                assert limit == pytest.approx(wanted, rel=1e-6, abs=1e-9), (name, t["table"])


def test_the_conditional_odds_ratio_and_the_exact_share():
    found = np.column_stack(odds_ratio(*TABLES))
    low, high = clopper_pearson(*TABLES[:2])
    for i, t in enumerate(R["two"]):
        wanted = [np.inf if v is None else v for v in t["odds"]]
        assert found[i] == pytest.approx(wanted, rel=1e-6)
        roughly = [np.inf if v is None else v for v in t["odds_own"]]
        assert found[i] == pytest.approx(roughly, rel=2e-2)  # its own root is found to 1e-4
        assert (low[i], high[i]) == pytest.approx(t["exact"], rel=1e-6, abs=1e-12)


def test_published_examples():
    """Koopman 1984: 36 of 40 against 16 of 80. Newcombe 1998, table II (a): 56 of 70 against 48 of 80."""
    ratio, low, high = (v[0] for v in koopman(*(np.array([v]) for v in (36, 40, 16, 80))))
    assert (ratio, low, high) == pytest.approx((4.5, 2.94, 7.15), abs=0.006)
    apart, low, high = (v[0] for v in newcombe(*(np.array([v]) for v in (56, 70, 48, 80))))
    assert (apart, low, high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert newcombe(*(np.array([v]) for v in (10, 10, 0, 10)))[1][0] == pytest.approx(0.6075, abs=5e-5)


@pytest.mark.parametrize("i", range(len(R["tables"])))
def test_larger_tables(i):
    t = R["tables"][i]
    table = np.array(t["table"])
    found = exact_test(table)
    assert found.p_value == pytest.approx(t["fisher"], rel=1e-6) and found.error == 0 and "exact" in found.test
    assert exact_test(table.T).p_value == pytest.approx(found.p_value, rel=1e-12)
    assert pearson_test(table).p_value == pytest.approx(t["pearson"], rel=1e-9)


def test_a_table_too_large_is_simulated_with_its_error_and_the_same_seed():
    table = np.array(R["big"]["table"])
    found = exact_test(table)
    assert found.test == MONTE_CARLO and 0 < found.error < 0.002
    assert abs(found.p_value - R["big"]["p"]) < 4 * found.error
    assert exact_test(table) == found


def test_nothing_to_compare_has_no_p():
    for table in ([[0, 0], [3, 4]], [[5, 0], [7, 0]], [[0, 0], [0, 0]]):
        assert np.isnan(exact_test(np.array(table)).p_value) and np.isnan(pearson_test(np.array(table)).p_value)
    nobody = (np.array([0, 0, 4]), np.array([0, 9, 4]), np.array([2, 0, 7]), np.array([5, 8, 7]))
    for test in ("Pearson χ²", "Yates χ²"):
        assert np.isnan(pair_p(test, *nobody)).all()
    assert np.isnan(koopman(*nobody)[0][:2]).all() and np.isnan(odds_ratio(*nobody)[0]).all()
    assert np.isnan(clopper_pearson(np.array([0]), np.array([0]))).all()


def test_fisher_and_risk_difference():
    """fisher.test, and Miettinen-Nurminen limits found without their closed form."""
    tables = pd.DataFrame(R["two_by_two"])
    x1, n1, x0, n0 = (tables[c].to_numpy(dtype=int) for c in ("x1", "n1", "x0", "n0"))
    agree(fisher_exact(x1, n1, x0, n0), tables.fisher.tolist())
    difference, low, high = miettinen_nurminen(x1, n1, x0, n0)
    np.testing.assert_allclose(difference, x1 / n1 - x0 / n0, atol=1e-15)
    np.testing.assert_allclose(np.column_stack([low, high]), np.array(tables.limits.tolist()), atol=1e-6)


@pytest.mark.parametrize(("table", "low", "high"), [
    ((56, 70, 48, 80), 0.0528, 0.3382),
    ((9, 10, 3, 10), 0.1700, 0.8406),
    ((5, 56, 0, 29), -0.0326, 0.1933),
    ((10, 10, 0, 10), 0.6636, 1.0),
])
def test_published_intervals(table, low, high):
    """Newcombe RG. Stat Med 1998;17:873, table II, method 6 (Miettinen-Nurminen)."""
    x1, n1, x0, n0 = (np.array([v]) for v in table)
    _, ours_low, ours_high = miettinen_nurminen(x1, n1, x0, n0)
    assert ours_low[0] == pytest.approx(low, abs=5e-5)
    assert ours_high[0] == pytest.approx(high, abs=5e-5)
