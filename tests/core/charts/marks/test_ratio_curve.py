"""Curves of hazard ratios: names at their ends keep apart and within the plot."""

import numpy as np
import pandas as pd
import pytest

from core.charts.marks.ratio_curve import ratio_curve


def drawn(*ends: float) -> dict:
    curves = [(f"arm {i}", "#000000", pd.DataFrame({"value": [1.0, 2.0], "hazard_ratio": [1.0, end],
                                                    "conf_low": [0.5, end / 2], "conf_high": [2.0, end * 2]}))
              for i, end in enumerate(ends)]
    return ratio_curve(curves, np.array([1.5, 9.0]), "age", log=False)["datasets"]


@pytest.mark.parametrize("ends", [(1.0,), (1.0, 1.01, 0.99, 1.02), (0.05, 0.1, 0.11), (30.0, 10.0, 9.9), (4.0, 0.2)])
def test_names_keep_apart_and_within_the_plot(ends):
    names = sorted(np.log10(row["y"]) for row in drawn(*ends)["names"])
    assert (np.diff(names) > 0.15).all() and names[0] >= -1 - 1e-9 and names[-1] <= 1 + 1e-9


def test_a_name_stands_at_its_curve_s_end_where_there_is_room():
    names = drawn(4.0, 0.2)["names"]
    assert [row["y"] for row in names] == pytest.approx([4.0, 0.2]) and {row["x"] for row in names} == {2.0}


def test_curves_are_cut_where_a_forest_s_axis_ends_and_marks_beyond_them_are_left_out():
    data = drawn(30.0)
    assert max(row["high"] for row in data["points"]) == 10.0 and data["knots"] == [{"x": 1.5}]
