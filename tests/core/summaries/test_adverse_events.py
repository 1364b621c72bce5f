"""Rates and tests of the sample's adverse events against the published table's corrected counts."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from core import read_cohort
from core.charts import toxicity
from core.charts.toxicity import EVENT_SORTS, EventView, ordered_within
from core.figure.figure import headings_of
from core.statistics.contingency import exact_test
from core.statistics.multiplicity import adjusted
from core.summaries import adverse_events
from core.summaries.adverse_events import ALL_TERMS, EventOptions, grouped, overall_tests
from core.summaries.burden import burden
from tests.conftest import ROOT, SAMPLE


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


def test_a_category_is_the_worst_over_its_terms(sample):
    worst = sample.worst_grades
    own = [i for i, c in enumerate(worst.categories) if c == "Haematological"]
    highest = worst.grades[:, own].max(axis=1)
    rows = adverse_events(sample, options=EventOptions(rows="categories")).rows
    shown = rows[(rows.term == "Haematological")].groupby("band").n_event.sum()
    assert shown["any"] == (highest > 0).sum() and shown[">=3"] == (highest >= 3).sum()
    every = adverse_events(sample, options=EventOptions(rows="all")).rows
    assert set(every.term) == {ALL_TERMS}
    assert every[every.band == "any"].n_event.sum() == (worst.grades.max(axis=1) > 0).sum()


def test_the_mapping_names_categories(sample):
    mapping = sample.mapping.to_json()
    mapping["adverse_events"]["categories"] = {"Fatigue": "General", "Nausea": "General"}
    cohort = read_cohort(SAMPLE, mapping)
    named = dict(zip(cohort.worst_grades.terms, cohort.worst_grades.categories, strict=True))
    assert named["Fatigue"] == named["Nausea"] == "General" and named["Vomiting"] == "Gastrointestinal"
    assert cohort.mapping.to_json()["adverse_events"]["categories"] == {"Fatigue": "General", "Nausea": "General"}


def test_single_grades_add_up_to_their_band(sample):
    rows = adverse_events(sample, options=EventOptions(single=True)).rows
    by_band = rows.groupby(["band", "term", "arm"]).n_event.sum().unstack(0)
    assert (by_band["1"] + by_band["2"] == by_band["1-2"]).all()
    assert (by_band["1-2"] + by_band[">=3"] == by_band["any"]).all()


def test_adjusted_p_are_those_of_the_band_s_terms(sample):
    tests = adverse_events(sample).tests
    for _, part in tests.groupby("band"):
        p = part.p_value.to_numpy()
        np.testing.assert_allclose(part.p_adjusted.to_numpy(), adjusted(p, "BH"))
        assert (np.isnan(p) == part.p_adjusted.isna()).all()


def test_a_blank_is_missing_and_not_grade_0():
    text = "id,arm,ae_rash\n" + "".join(f"p{i},{'AB'[i % 2]},{v}\n" for i, v in enumerate(
        ["", "0", "1", "", "3", "2", "0", "1"]))
    rows = adverse_events(read_cohort(io.BytesIO(text.encode()))).rows.set_index(["band", "arm"])
    assert rows.n["any", "A"] == 3 and rows.n["any", "B"] == 3  # of four each, one is blank
    assert rows.n_event["any", "A"] == 2 and rows.n_event["any", "B"] == 2


def test_three_groups_have_one_exact_test_per_term(sample):
    result = adverse_events(sample, by="etiology")
    found = pd.concat([overall_tests(result, b) for b in result.bands]).set_index(["term", "band"])
    counts = result.rows[(result.rows.term == "Leukopenia") & (result.rows.band == ">=3")]
    table = np.array([counts.n_event, counts.n - counts.n_event])
    assert found.p_value["Leukopenia", ">=3"] == pytest.approx(exact_test(table).p_value)
    assert found.p_value["Vomiting", ">=3"] != found.p_value["Vomiting", ">=3"]  # no event: no p


def test_the_burden_is_terms_per_patient(sample):
    found = burden(sample).set_index("arm")
    many = (sample.worst_grades.grades > 0).sum(axis=1)
    arm = (sample.table["arm"] == "TACE+IMRT").to_numpy()
    assert found.terms_median["TACE+IMRT"] == np.median(many[arm]) and found.terms_most["TACE+IMRT"] == many[arm].max()
    assert found.serious.isna().all() and found.discontinued.isna().all() and found.n.sum() == 82


def test_who_discontinued_is_counted_where_it_is_recorded():
    rows = "".join(f"p{i},{'AB'[i % 2]},{i % 4},{'yes' if i in (1, 4, 5) else 'no'}\n" for i in range(12))
    cohort = read_cohort(io.BytesIO(f"id,arm,ae_rash,treatment_discontinued\n{rows}".encode()))
    assert burden(cohort).set_index("arm").discontinued.to_dict() == {"A": 1, "B": 2}
    assert next(v for v in cohort.mapping.factors if "discontinu" in v.column).known == "later"


def test_categories_stand_before_their_terms(sample):
    terms, heads = (adverse_events(sample, options=EventOptions(rows=r)) for r in ("terms", "categories"))
    both = grouped(terms, heads)
    for sort in EVENT_SORTS:
        names = ordered_within(both, heads, EventView(sort=sort))
        assert len(names) == len(set(names)) == 17 + len(set(terms.rows.category))
        category = dict(zip(terms.rows.term, terms.rows.category, strict=True))
        now = ""
        for name in names:
            now = both.heads.get(name, now)
            assert name in both.heads or category[name] == now
    head = next(row for row, category in both.heads.items() if category == "Hepatic")
    table = toxicity.event_tests_table(both, "any", [head, "Fatigue"])
    cells = dict(zip(headings_of(table), table.to_numpy().T.tolist(), strict=True))
    assert cells["", "Term"] == ["Hepatic:", "Fatigue"]
    assert all(cells["TACE+IMRT+sorafenib against TACE+IMRT", "p adjusted"])


def test_a_term_that_is_named_like_a_category_is_none():
    """`Skin:` is a term here, and `Skin` a category: their rows are told apart by structure, not by a colon."""
    long = "id,term,grade,category\n" + "".join(
        f"p{i},{term},{1 + i % 3},Skin\n" for i in range(8) for term in ("Skin:", "Rash"))
    rows = "".join(f"p{i},{'AB'[i % 2]}\n" for i in range(12))
    cohort = read_cohort(f"id,arm\n{rows}".encode(), adverse_events=long.encode())
    terms, heads = (adverse_events(cohort, options=EventOptions(rows=r)) for r in ("terms", "categories"))
    both = grouped(terms, heads)
    assert set(both.heads.values()) == {"Skin"} and not set(both.heads) & set(terms.rows.term)
    assert set(ordered_within(both, heads, EventView())) == {*both.heads, "Skin:", "Rash"}
