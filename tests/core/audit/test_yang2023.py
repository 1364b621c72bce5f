"""Every published figure is reproduced, or the reason why it cannot be is said."""

import io

import pandas as pd
import pytest

from core import read_cohort
from core.audit.finding import AGREES, DIFFERS
from core.audit.yang2023 import NOT_HERE, compare
from core.audit.yang2023_figures import published
from core.charts.published import comparison_figure, comparison_table
from core.errors import CohortError
from core.survival import kaplan_meier
from tests.conftest import REFERENCE
from tests.shared.from_r import MODEL_MAPPINGS

PLACES = {"Table 1": 103, "Table 2": 29, "Failure pattern": 17, "Text": 33, "Figure 1": 14, "Table 3": 56,
          "Table 4, as printed": 101, "Table 4, labels corrected": 164, "Abstract": 2}


@pytest.fixture(scope="module")
def found(sample):
    return compare(sample)


def test_the_walk_over_every_published_figure_is_complete(found, capsys):
    rows = found.rows
    assert rows.place.value_counts().to_dict() == PLACES and len(rows) == len(published()) == 519
    assert not rows.duplicated(["place", "item", "level", "group", "quantity"]).any()
    unexplained = rows[(rows.verdict != AGREES) & (rows.reason == "")]
    assert unexplained.empty, unexplained
    assert ((rows.verdict != AGREES) | (rows.how != "")).all()
    with capsys.disabled():
        print(f"\n{len(rows)} published figures: {found.totals()}")


def test_what_the_synthetic_cohort_must_reproduce(found):
    """All of Tables 1, 2 and 4, the failure pattern and Figure 1, but for where the paper contradicts itself."""
    rows = found.rows
    whole = rows[rows.place.isin(["Table 1", "Table 2", "Failure pattern", "Figure 1", "Table 4, labels corrected"])]
    off = whole[whole.verdict != AGREES]
    named = set(map(tuple, off[off.verdict == DIFFERS][["item", "level", "quantity"]].to_numpy()))
    # Two p-values that no test of their counts gives, and a percentage that is not 9 of 35.
    assert named == {("underlying", "", "p"), ("ecog", "", "p"), ("Fatigue", "1-2", "%")}
    empty = off[off.verdict == NOT_HERE]
    assert len(empty) == 12 and (empty.level == ">=3").all()
    assert empty.reason.str.contains("there is nothing to test").all()
    treatment = rows[(rows.place == "Table 3") & (rows["item"] == "treatment") & (rows.quantity == "hazard ratio")]
    assert treatment.verdict.item() == AGREES and round(treatment.ours.item(), 3) == 0.488


def test_the_figures_are_the_pages_own(found, sample):
    medians = kaplan_meier(sample, endpoint="PFS", by="arm").medians.set_index("strata")
    rows = found.rows[(found.rows.place == "Figure 1") & (found.rows.quantity == "median")]
    rows = rows[rows["item"] == "PFS"]
    for group, arm in zip("AB", found.arms, strict=True):
        assert rows[rows.group == group].ours.item() == medians["median"][arm]


def test_the_labels_of_table_4_are_kept_as_printed_and_corrected(found):
    rows = found.rows[found.rows.place == "Table 4, as printed"]
    assert rows["item"].nunique() == 11 and rows.reason.str.contains("one row too low").all()
    by = published().set_index(["place", "item", "level", "group", "quantity"]).printed
    assert by["Table 4, as printed", "Leukopenia", "1-2", "A", "n"] == \
        by["Table 4, labels corrected", "Hematological (group)", "1-2", "A", "n"] == "26"


def test_another_cohort_is_compared_with_the_literature():
    cohort = read_cohort(REFERENCE / "veteran.csv", MODEL_MAPPINGS["veteran.csv"])
    found = compare(cohort)
    assert found.arms == ("2", "1")
    assert found.totals()[NOT_HERE] > 450 and (found.rows.place == "Figure 1").sum() == 14
    assert found.rows[found.rows.verdict != AGREES].reason.ne("").all()


def test_a_filtered_cohort_says_its_patients(sample):
    sub = sample.filter({"hvtt": {"in": ["no"]}})
    found = compare(sub)
    assert 0 < found.totals()[AGREES] < 345
    assert "66 of 82 patients" in comparison_figure(sub, found, found.rows, slice(0, 40)).provenance.patients


def test_one_arm_is_refused(hcc):
    with pytest.raises(CohortError, match="compares two arms; this cohort has none"):
        compare(hcc)


def test_the_table_shows_printed_digits(found):
    rows = found.rows[(found.rows["item"] == "age") & (found.rows.quantity == "p") & (found.rows.place == "Table 1")]
    table = comparison_table(found, rows)
    assert isinstance(table, pd.DataFrame) and table.Recomputed.item() == ".624 (Student t)"


def test_what_is_recomputed_fits_its_column(found):
    """What gave a p is named shortly; the whole of it stands under "How"."""
    texts = comparison_table(found, found.rows)
    assert texts["Recomputed"].str.len().max() <= 36
    third = texts[(texts.Place == "Table 3") & texts.Figure.str.endswith(": p")]
    assert third["Recomputed"].str.endswith("(Wald)").all() and len(third) > 5
    assert third["How, or why not"].str.contains("ECOG 0 and 1 as one level").all()


def test_levels_that_are_not_the_paper_s_give_no_zeros():
    text = "id,arm,sex,response,OS_months,OS_event\n" + "".join(
        f"p{i},{'AB'[i % 2]},{('male', 'female')[i % 3 == 0]},{('Complete response', 'Progressive disease')[i % 2]},"
        f"{3 + i % 20},{i % 2}\n" for i in range(40))
    found = compare(read_cohort(io.BytesIO(text.encode())))
    male = found.rows[(found.rows.place == "Table 1") & (found.rows["item"] == "male")]
    assert (male.verdict == NOT_HERE).all() or (male.ours > 0).any()
    complete = found.rows[(found.rows.place == "Table 2") & (found.rows["item"] == "CR") & (found.rows.quantity == "n")]
    assert sorted(complete.ours) == [0, 20]
    assert not found.rows.reason.str.contains("does not follow").any() or \
        found.rows[found.rows.reason.str.contains("does not follow")]["item"].unique().tolist() == ["Fatigue"]
