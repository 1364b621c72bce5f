"""Rates and tests of the sample's adverse events against the published table's corrected counts."""

import json

import numpy as np
import pytest
from scipy.stats import fisher_exact

from core import adverse_events
from tests.conftest import ROOT


def test_against_the_published_counts(sample):
    """Yang 2023, table 4 (labels in their corrected places): hand-foot, diarrhoea, leukopenia."""
    rows = adverse_events(sample).rows.set_index(["term", "band", "arm"])
    a, b = "TACE+IMRT+sorafenib", "TACE+IMRT"
    for term, band, in_a, in_b in (("Leukopenia", "1-2", 25, 28), ("Leukopenia", ">=3", 5, 8)):
        assert rows.n_event[term, band, a] == in_a
        assert rows.n_event[term, band, b] == in_b
    assert set(rows.n[:, :, a]) == {35} and set(rows.n[:, :, b]) == {47}
    assert rows.rate["Leukopenia", ">=3", a] == pytest.approx(5 / 35)


def test_every_p_is_fisher_s(sample):
    result = adverse_events(sample)
    counts = result.rows.pivot_table(index=["term", "band"], columns="arm", values="n_event", sort=False)
    for row in result.tests.itertuples():
        x1, x0 = counts.loc[(row.term, row.band), [row.arm, row.reference]].astype(int)
        if x1 + x0 == 0:
            assert np.isnan(row.p_value)
        else:
            assert row.p_value == pytest.approx(fisher_exact([[x1, 35 - x1], [x0, 47 - x0]])[1], rel=1e-9)
        assert row.risk_difference == pytest.approx(x1 / 35 - x0 / 47, abs=1e-15)
        assert row.conf_low <= row.risk_difference <= row.conf_high
        assert row.test == "Fisher exact"


def test_an_empty_arm_gives_no_numbers(sample):
    result = adverse_events(sample.filter({"response": {"in": ["CR"]}}))
    assert result.rows[result.rows.arm == "TACE+IMRT"].rate.isna().all()
    assert result.tests[["p_value", "risk_difference", "conf_low"]].isna().all().all()


def test_without_an_arm_there_is_one_group_and_no_test(hcc, sample):
    assert adverse_events(hcc).rows.empty
    by_none = adverse_events(sample.filter({"hvtt": {"in": ["yes"]}}), by="etiology")
    assert set(by_none.tests.arm) == {"HCV", "none"}


def test_the_mapping_s_json_is_plain(sample):
    assert json.loads(json.dumps(sample.mapping.to_json())) == sample.mapping.to_json()
    assert (ROOT / "sample_data" / "template.csv").read_text().strip().split(",")[0] == "patient_id"
