"""The figure of cumulative incidence."""

import pandas as pd
import pytest

from core.charts import incidence_figure
from core.export.raster import png
from core.survival.cumulative_incidence import cumulative_incidence, incidence_at
from core.survival.first_cause import (
    causes,
)
from tests.conftest import REFERENCE
from tests.shared.from_r import curve_cohort

pytestmark = pytest.mark.slow


def test_the_figure_has_a_pane_per_cause_and_says_gray_s_p():
    cohort = curve_cohort(REFERENCE / "pbc.csv")
    longest = float(causes(cohort, "first").times.max())
    for by, panes in (("stage", 2), (None, 1)):
        result = cumulative_incidence(cohort, endpoint="first", by=by)
        figure = incidence_figure(cohort, result, incidence_at(result, [12.0, 60.0]), longest=longest)
        assert len(figure.chart["datasets"]["titles"]) == (panes if panes > 1 else 0)
        assert len(figure.table) == 2 * len(result.levels)
        assert png(figure).startswith(b"\x89PNG")
    assert "death: Gray's test p < .001" in incidence_figure(
        cohort, cumulative_incidence(cohort, endpoint="first", by="stage"),
        pd.DataFrame({"cause": [], "strata": [], "time": []}), longest=longest).summary
