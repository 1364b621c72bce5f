"""Cells become a cohort: levels, codes, missing values, findings."""

import pytest

from core import read_cohort, treatment_effect
from core.errors import MappingError, ValidationError
from core.hazards import cox
from tests.corpus.files import BASE, cycle, raw, text
from tests.shared.files import from_text, rows, with_column


def test_the_reference_of_a_factor_is_what_others_are_compared_with():
    cohort = read_cohort(raw(BASE))
    mapping = cohort.mapping.to_json()
    mapping["factors"]["pvtt"]["reference"] = "Vp4"
    other = read_cohort(raw(BASE), mapping)
    assert other.levels("pvtt") == cohort.levels("pvtt")
    first = treatment_effect(cohort, endpoint="OS", by="pvtt").terms.set_index("level").coef
    last = treatment_effect(other, endpoint="OS", by="pvtt").terms
    assert last.reference.unique().tolist() == ["Vp4"] and last.level.tolist() == ["Vp2", "Vp3"]
    assert last.set_index("level").coef["Vp2"] == pytest.approx(-first["Vp4"], rel=1e-9)
    joint = cox(other, endpoint="OS", covariates=["pvtt", "age"]).terms
    assert joint.reference.tolist()[:2] == ["Vp4", "Vp4"]
    with pytest.raises(Exception, match="no level 'Vp9'"):
        read_cohort(raw(BASE), {**mapping, "factors": {"pvtt": {"column": "pvtt", "reference": "Vp9"}}})


def test_levels_of_one_name_are_merged_and_a_named_code_is_no_missing_one():
    mapping = {"patient_id": "patient_id",
               "factors": {"g": {"column": "g", "levels": {"-": "low", "+": "high", "++": "high"}}}}
    cohort = read_cohort(raw(text(g=cycle("-", "+", "++"))), mapping)
    assert cohort.levels("g") == ("low", "high") and cohort.patients.g.value_counts().tolist() == [16, 8]


def test_none_stays_a_level():
    text = rows().replace("age\n", "age,invasion\n")
    text = "\n".join(f"{line},{'None' if i % 2 else 'Micro'}" if i else line
                     for i, line in enumerate(text.strip().split("\n")))
    assert from_text(text).levels("invasion") == ("Micro", "None")


def test_missing_codes_are_codes():
    text = rows().replace("p3,b,4,1", "p3,b,4,").replace(",45\n", ",999\n")
    base = from_text(rows()).mapping.to_json()
    for codes, age in (([999], 1), (["999"], 1), ("NA", 0)):
        cohort = from_text(text, {**base, "missing": codes})
        assert cohort.patients["OS event"].isna().sum() == 1  # a blank is missing whatever the list says
        assert cohort.patients.age.isna().sum() == age
    with pytest.raises(MappingError, match="missing codes"):
        from_text(text, {**base, "missing": [["a"]]})


def test_an_unnamed_value_never_joins_a_level():
    mapping = {"patient_id": "id", "factors": {"g": {"column": "g", "levels": {"0": "1", "1": "2"}}}}
    with pytest.raises(ValidationError, match="holds '2', which the mapping does not name"):
        from_text(with_column("g", "012"), mapping)


def test_codes_with_a_decimal_point_are_codes():
    """As pandas and R write integers where some are missing."""
    text = with_column("ae_fever", ["0.0", "1.0", "3.0", ""])
    text = text.replace(",1,4", ",1.0,4").replace(",0,4", ",0.0,4").replace(",1,5", ",1.0,5")
    cohort = from_text(text)
    assert cohort.worst_grades.terms == ("Fever",)
    assert cohort.worst_grades.grades[:3, 0].tolist() == [0, 1, 3]
    assert cohort.patients["OS event"].tolist() == [float(i % 2) for i in range(24)]


def test_a_name_may_have_several_lines():
    """As headers from Excel have, in the file and in the mapping that is made of it."""
    text = rows().replace("age", '"age\\n(years)"'.replace("\\n", "\n"), 1)
    cohort = from_text(text)
    again = from_text(text, cohort.mapping.to_json())
    assert again.n == cohort.n == 12 and again.mapping.to_json() == cohort.mapping.to_json()
