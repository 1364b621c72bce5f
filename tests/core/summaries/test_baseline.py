"""The baseline table beside R's tests and quartiles, and against the published table's counts."""

import io

import numpy as np
import pandas as pd
import pytest

from core import read_cohort
from core.charts.baseline import baseline_figure
from core.errors import NotEstimable
from core.statistics.normality import lilliefors_p
from core.summaries.baseline import BaselineOptions, baseline
from core.summaries.grouped_numbers import GroupedNumbers, number_test
from tests.shared.from_r import from_r

R = from_r("summaries")["baseline"]
PUBLISHED = {  # patients with sorafenib, without
    "tumor_number": {"single": (19, 26), "multiple": (16, 21)},
    "pvtt": {"Vp2": (3, 2), "Vp3": (14, 24), "Vp4": (14, 13)}, "hvtt": {"yes": (7, 9), "no": (28, 38)},
    "t_stage": {"T3b": (33, 46), "T4": (2, 1)},
    "n_stage": {"N0": (27, 42), "N1": (8, 5)}, "afp": {"≤ 400": (20, 27), "> 400": (15, 20)},
    "etiology": {"HBV": (31, 39), "HCV": (1, 4), "none": (3, 4)}}
NUMBERS, LEVELS = ("age", "tumor_size", "afp"), ("sex", "pvtt", "etiology", "ecog")


def of(found, key, level=""):
    tests = found.tests
    return tests[(tests.variable == key) & (tests.level == level)].iloc[0]


@pytest.mark.parametrize("key", NUMBERS)
@pytest.mark.parametrize(("test", "name"), [("Student t", "student"), ("Welch t", "welch"),
                                            ("Mann-Whitney", "wilcoxon"),
                                            ("Mann-Whitney, uncorrected", "uncorrected")])
def test_numbers_of_two_groups(sample, key, test, name):
    found = of(baseline(sample, variables=[key], options=BaselineOptions(number_test=test)), key)
    assert found.p_value == pytest.approx(R[key][name], rel=1e-6) and found.test == test


@pytest.mark.parametrize("key", NUMBERS)
def test_summaries_distance_and_more_than_two_groups(sample, key):
    found = baseline(sample, variables=[key])
    rows = found.rows[found.rows.level == ""]
    assert rows[["low_quartile", "median", "high_quartile"]].to_numpy().ravel() == pytest.approx(R[key]["quartiles"])
    assert rows[["mean", "sd"]].to_numpy().ravel() == pytest.approx(R[key]["moments"])
    assert of(found, key).smd == pytest.approx(abs(R[key]["smd"]), rel=1e-9)
    assert lilliefors_p(sample.table[key].to_numpy()) == pytest.approx(R[key]["lilliefors"][1], rel=1e-6)
    three = baseline(sample, by="etiology", variables=[key])
    assert of(three, key).p_value == pytest.approx(R[key]["kruskal"], rel=1e-6)
    means = baseline(sample, by="etiology", variables=[key], options=BaselineOptions(rule="mean (SD)"))
    assert of(means, key).p_value == pytest.approx(R[key]["anova"], rel=1e-6)


@pytest.mark.parametrize("key", LEVELS)
def test_levels(sample, key):
    found = of(baseline(sample, variables=[key]), key)
    assert found.p_value == pytest.approx(R[key]["fisher"], rel=1e-6)
    assert found.smd == pytest.approx(R[key]["smd"], rel=1e-6)
    pearson = of(baseline(sample, variables=[key], options=BaselineOptions(level_test="Pearson χ²")), key)
    assert pearson.p_value == pytest.approx(R[key]["pearson"], rel=1e-6)


def test_the_published_table(sample):
    """Yang 2023, table 1: age p = .624 is Student's, tumour size p = .921 Mann-Whitney without correction."""
    rows = baseline(sample).rows
    for key, levels in PUBLISHED.items():
        for level, (ours, others) in levels.items():
            own = rows[(rows.variable == key) & (rows.level == level)].set_index("group")
            assert (own["count"]["TACE+IMRT+sorafenib"], own["count"]["TACE+IMRT"]) == (ours, others), (key, level)
    assert round(of(baseline(sample, options=BaselineOptions(number_test="Student t")), "age").p_value, 3) == 0.624
    uncorrected = baseline(sample, options=BaselineOptions(number_test="Mann-Whitney, uncorrected"))
    assert round(of(uncorrected, "tumor_size").p_value, 3) == 0.921


def test_small_samples_without_ties_are_exact(sample):
    sub = sample.filter({"etiology": {"in": ["none"]}})
    found = of(baseline(sub, variables=["age"]), "age")
    reference = from_r("summaries")["small"]["wilcoxon"]
    assert found.test == "Mann-Whitney exact" and found.p_value == pytest.approx(reference, rel=1e-9)


def test_the_rule_chooses_the_summary(sample):
    found = baseline(sample, options=BaselineOptions(rule="by Lilliefors' test"))
    assert of(found, "age").summary == "mean (SD)" and of(found, "afp").summary == "median (IQR)"
    assert of(found, "age").test == "Student t" and of(found, "afp").test == "Mann-Whitney"


def test_missing_is_counted_and_no_level():
    text = "id,arm,sex,age\n" + "".join(f"p{i},{'AB'[i % 2]},{s},{a}\n" for i, (s, a) in enumerate(
        [("M", 50), ("F", 61), ("", 45), ("M", ""), ("F", 70), ("M", 58), ("F", 39), ("", 66)]))
    cohort = read_cohort(io.BytesIO(text.encode()))
    found = baseline(cohort, by="arm")
    assert of(found, "sex").missing == 2 and of(found, "age").missing == 1
    rows = found.rows[found.rows.variable == "sex"]
    assert set(rows.level) == {"F", "M"} and rows.groupby("group").n.first().sum() == 6
    figure = baseline_figure(cohort, found, p=True)
    assert "1 missing" in figure.table.to_string()


def test_one_group_and_nothing_to_describe(hcc, sample):
    empty = baseline(sample.filter({"arm": {"in": ["TACE+IMRT"]}}))
    assert empty.tests.p_value.isna().all() and empty.tests.smd.isna().all()
    thin = GroupedNumbers(values=np.array([1.0, 2.0, 3.0]), counts=np.array([[1, 1, 0], [0, 0, 1]]))
    assert number_test("Student t", "mean (SD)", thin) == ("", pytest.approx(np.nan, nan_ok=True))
    with pytest.raises(NotEstimable, match="no variable for a baseline table"):
        baseline(hcc, by="BCLC", variables=["BCLC"])


def test_all_together_stand_before_the_groups_and_alter_no_comparison(sample):
    """The sum over the groups: what the table of one group has."""
    plain, more = baseline(sample), baseline(sample, options=BaselineOptions(overall=True))
    assert list(more.groups) == ["All patients", *plain.groups] and more.groups["All patients"] == 82
    pd.testing.assert_frame_equal(plain.tests, more.tests)
    together = more.rows.group == "All patients"
    pd.testing.assert_frame_equal(more.rows[~together].reset_index(drop=True), plain.rows)
    one = baseline(sample, by=None)
    pd.testing.assert_frame_equal(more.rows[together].reset_index(drop=True), one.rows)
    age = one.rows[(one.rows.variable == "age") & (one.rows.level == "")].iloc[0]
    values = sample.values("age").to_numpy()
    assert np.isclose(age["mean"], values.mean()) and np.isclose(age.sd, values.std(ddof=1)) and age.n == 82
    assert one.tests.smd.isna().all() and one.tests.p_value.isna().all()


def test_a_cohort_without_an_arm_has_one_column():
    lines = [f"{i},{40 + i},{'FM'[i % 2]},{i + 1},{i % 2}" for i in range(20)]
    cohort = read_cohort(io.BytesIO("\n".join(["id,age,sex,OS_months,OS_event", *lines]).encode()))
    found = baseline(cohort)
    assert found.by is None and list(found.groups) == ["All patients"] and "sex" in set(found.rows.variable)
    figure = baseline_figure(cohort, found, p=False)
    assert figure.title == "Baseline" and list(figure.table) == ["Variable", "All patients (n = 20)"]


def test_p_can_be_left_out(sample):
    found = baseline(sample)
    assert "p" not in baseline_figure(sample, found, p=False).table.columns
    shown = baseline_figure(sample, found, p=True)
    assert {"p", "Test", "SMD"} <= set(shown.table.columns) and "STROBE" in baseline_figure(
        sample, found, p=False).provenance.method


def test_groups_that_share_nothing_are_infinitely_apart():
    text = "id,arm,sex,dose\n" + "".join(f"p{i},{'AB'[i % 2]},{'MF'[i % 2]},{(5, 9)[i % 2]}\n" for i in range(40))
    cohort = read_cohort(io.BytesIO(text.encode()))
    found = baseline(cohort)
    assert np.isinf(of(found, "sex").smd) and "∞" in baseline_figure(cohort, found, p=False).table.SMD.tolist()


def test_a_variable_missing_in_everybody_is_said_to_be():
    lines = [f"p{i},{'ab'[i % 2]},{'MF'[i % 3 == 0]},," for i in range(20)]
    mapping = {"patient_id": "id", "arm": {"column": "arm", "reference": "a", "levels": {"a": "a", "b": "b"}},
               "factors": {key: {"column": key, "kind": "categorical"} for key in ("sex", "grade")}}
    cohort = read_cohort(io.BytesIO("\n".join(["id,arm,sex,grade,", *lines]).encode()), mapping)
    table = baseline_figure(cohort, baseline(cohort), p=True).table.set_index("Variable")
    assert table.loc["grade"].tolist()[:2] == ["10 missing", "10 missing"] and table.loc["sex, n (%)"].p == ">.99"
