"""Names beside curves."""

import numpy as np

from core.charts.marks.labels import place_names


def test_names_keep_clear_of_curves():
    time = np.array([5.0, 10.0, 20.0, 30.0])
    high, low = np.array([0.9, 0.85, 0.8, 0.75]), np.array([0.6, 0.4, 0.2, 0.1])
    places = place_names([(time, high), (time, low)], [0.25, 0.25], 30.0)
    for place, own in zip(places, (high, low), strict=True):
        at = np.concatenate([[1.0], own])[np.searchsorted(time, place.x * 30, side="right")]
        assert 0.02 < abs(place.y - at) < 0.35
        assert 0 <= place.x <= 0.75
