"""Arrays in, numbers out: tails of distributions, 2x2 and larger tables, intervals, adjusted p-values."""

from core.statistics.bitsets import in_both, packed
from core.statistics.contingency import FISHER_2X2, TableTest, exact_test, exact_tests, pearson_test
from core.statistics.distributions import Z95, chi_square_p, two_sided_p
from core.statistics.e_value import e_values
from core.statistics.multiplicity import Adjustment, adjusted
from core.statistics.normality import lilliefors_p
from core.statistics.proportions import (
    PAIR_TESTS,
    PairTest,
    clopper_pearson,
    koopman,
    log_ratio,
    newcombe,
    odds_ratio,
    pair_p,
)
from core.statistics.segments import Runs
from core.statistics.spans import Spans
from core.statistics.splines import spline_basis
from core.statistics.two_by_two import miettinen_nurminen

__all__ = ["FISHER_2X2", "PAIR_TESTS", "Z95", "Adjustment", "PairTest", "Runs", "Spans", "TableTest", "adjusted",
           "chi_square_p", "clopper_pearson", "e_values", "exact_test", "exact_tests", "in_both", "koopman",
           "lilliefors_p", "log_ratio", "miettinen_nurminen", "newcombe", "odds_ratio", "packed", "pair_p",
           "pearson_test", "spline_basis", "two_sided_p"]
