"""What files hold of single patients: every time of a curve, or whole months that add up to the same."""

import io

import numpy as np
import pandas as pd
import pytest

from core.export import Style, made
from core.export.privacy import holds_times, in_whole_months, privacy_words
from tests.shared.every_figure import every_figure
from tests.shared.figures import figures, km

pytestmark = pytest.mark.slow


def test_whole_months_hold_the_same_events_and_the_curve_at_their_end(sample):
    figure = km(sample)
    before, after = figure.drawn, in_whole_months(figure).drawn
    assert list(after.columns) == list(before.columns) and len(after) < len(before)
    assert (after.time == after.time.round()).all() and not after.duplicated(["strata", "time"]).any()
    for level, part in after.groupby("strata", observed=True):
        exact = before[before.strata == level]
        assert part.n_event.sum() == exact.n_event.sum() and part.n_censor.sum() == exact.n_censor.sum()
        at_end = [exact.estimate[exact.time <= t].iloc[-1] for t in part.time]
        np.testing.assert_array_equal(part.estimate, at_end)


def test_files_are_thinned_where_it_is_chosen_and_charts_are_not(sample):
    figure = km(sample)
    exact, thinned = (pd.read_csv(io.BytesIO(made(figure, ".csv", Style(months=m)))) for m in (False, True))
    assert len(exact) == len(figure.drawn) > len(thinned)
    assert made(figure, ".svg", Style(months=True)) == made(figure, ".svg")


@pytest.mark.parametrize("kind", ["incidence", "weighted", "km panes", "km hazard"])
def test_every_kind_of_curve_can_be_thinned(kind):
    figure = every_figure("two")[kind]
    after = in_whole_months(figure).drawn
    assert holds_times(figure) and 0 < len(after) <= len(figure.drawn)
    assert set(after.columns) == set(figure.drawn.columns) and not after.time.isna().any()


def test_only_figures_that_hold_something_of_patients_say_so(sample):
    assert "every time" in privacy_words(km(sample))
    assert "single patients" in privacy_words(every_figure("two")["swimmer"])
    events = figures(sample)[1]
    assert privacy_words(events) == "" and in_whole_months(events) is events
