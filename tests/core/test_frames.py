"""A result frame equals the one that pandas makes of the same columns, and shares nothing with them."""

import numpy as np
import pandas as pd
import pytest

from core.frames import frame

COLUMNS = {
    "strata": np.array(["A", "B", None], dtype=object), "n": np.array([1, 2, 3]),
    "estimate": np.array([0.5, np.nan, 1.0]),
    "told": np.array([True, False, True]), "reason": np.array(["", "no events", ""], dtype=object),
    "conf_low": np.array([0.1, 0.2, 0.3]), "n_event": np.array([0, 1, 2]),
}


def test_equals_what_pandas_makes() -> None:
    pd.testing.assert_frame_equal(frame(COLUMNS), pd.DataFrame(COLUMNS))
    empty = {name: values[:0] for name, values in COLUMNS.items()}
    pd.testing.assert_frame_equal(frame(empty), pd.DataFrame(empty))


def test_takes_texts_from_sequences() -> None:
    made = frame({"level": ("Vp3", "Vp4"), "n": np.array([4, 5]), "reason": ["", "one arm"]})
    pd.testing.assert_frame_equal(made, pd.DataFrame({"level": ["Vp3", "Vp4"], "n": [4, 5], "reason": ["", "one arm"]}))
    pd.testing.assert_frame_equal(frame({"level": np.array(["a", "bc"])}), pd.DataFrame({"level": ["a", "bc"]}))
    assert frame({"level": [], "n": np.array([], int)}).empty


def test_works_like_any_frame() -> None:
    made = frame(COLUMNS)
    kept = made[made.n > 1].assign(more=1.5).sort_values("estimate")
    assert kept.columns.tolist() == [*COLUMNS, "more"] and kept.n.tolist() == [3, 2]
    pd.testing.assert_frame_equal(pd.concat([made, made], ignore_index=True).iloc[3:].reset_index(drop=True), made)


def test_shares_nothing() -> None:
    values = np.array([1.0, 2.0])
    made, other = frame({"time": values, "n": np.array([1, 1])}), frame({"time": values, "n": np.array([1, 1])})
    values[0] = 9.0
    made.loc[1, "time"] = 7.0
    made.columns.name = "figure"
    assert made.time.tolist() == [1.0, 7.0] and other.time.tolist() == [1.0, 2.0] and other.columns.name is None


@pytest.mark.parametrize("n", [np.array([1, 2, 3]), np.array([1.0, 2.0, 3.0])])
def test_refuses_columns_of_several_lengths(n: np.ndarray) -> None:
    with pytest.raises(ValueError):
        frame({"time": np.array([1.0, 2.0]), "n": n})
