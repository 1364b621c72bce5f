"""Adjusted p."""

import numpy as np

from core.statistics.multiplicity import adjusted


def test_adjustment_leaves_missing_values_out():
    p = adjusted(np.array([0.01, np.nan, 0.04, 0.03]), "holm")
    np.testing.assert_allclose(p[[0, 2, 3]], [0.03, 0.06, 0.06])
    assert np.isnan(p[1])
