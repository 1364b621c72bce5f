"""Levels with the lowest first."""

import itertools
import random

import pytest

from core import read_cohort
from core.guessing.level_order import lowest_first

SCALES = [
    ["<50", "50-65", ">65"], ["<=20", "20-50", ">50"], ["none", "1-3", "4-9", ">=10"],
    ["under 50", "50-64", "65 and over"],
    ["≤ 5 cm", "5-10 cm", "> 10 cm"], ["50岁以下", "50岁以上"], ["placebo", "50 mg", "100mg", "400 mg bid"],
    ["well", "moderate", "poor"], ["low", "intermediate", "high"], ["never", "former", "current"], ["低", "中", "高"],
    ["高分化", "中分化", "低分化"], ["I", "II", "III", "IV"], ["Ⅰ期", "Ⅱ期", "Ⅳ期"],
    ["stage I", "stage II", "stage Ⅲ", "stage Ⅳ"],
    ["Stage II", "Stage IIIa", "Stage IIIb", "Stage IV"], ["T1", "T2a", "T2b", "T4"], ["N0", "N1a", "N1b", "N2"],
    ["G1", "G2", "G3"], ["1级", "2级", "3级"], ["none", "mild", "moderate", "severe"], ["-", "+", "++", "+++"],
    ["localized", "regional", "distant"], ["轻度", "中度", "重度"], ["low risk", "intermediate risk", "high risk"],
    ["0", "1-3", "4+"], ["none", "Vp2", "Vp3", "Vp4"], ["single", "multiple"], ["<3", "3 to 5", "≥5"],
    ["Tis", "T1", "T2"], ["N0", "N1mi", "N1", "N2"], ["low grade", "high grade"], ["PS 0", "PS 1", "PS >=2"],
    ["Low", "Intermediate-1", "Intermediate-2", "High"], ["<18.5", "18.5-24.9", "25-29.9", ">=30"],
    ["underweight", "normal", "overweight", "obese"], ["(0,10]", "(10,50]", "(50,Inf]"], ["[0,5)", "[5,10)", "[10,20]"],
    ["I-II", "III-IV"], ["G1", "G2", "G3", "GX"], ["A5", "A6", "B7", "C10"], ["none", "single", "multiple"],
    ["grade 1/2", "grade 3"], ["1st line", "2nd line", "3rd line"], ["first", "second", "third"],
    ["Stage 0", "Stage A", "Stage B"], ["early", "intermediate", "advanced"], ["A", "B", "C"]]


@pytest.mark.parametrize("levels", SCALES, ids=" ".join)
def test_every_arrangement_is_put_in_order(levels):
    arrangements = list(itertools.permutations(levels))
    for mixed in random.Random(0).sample(arrangements, min(len(arrangements), 24)):
        assert lowest_first(mixed) == levels


@pytest.mark.parametrize("levels", [["male", "female"], ["HBV", "HCV", "none of these"], ["B1", "A2"], ["red", "blue"],
                                    ["CR", "PR", "SD"], ["left", "right"], ["one level"]])
def test_names_without_an_order_have_none(levels):
    assert lowest_first(levels) is None


@pytest.mark.parametrize("levels", SCALES, ids=" ".join)
def test_a_factor_s_levels_stand_lowest_first(levels):
    rows = "".join(f"p{i},{'ab'[i % 2]},{i + 1},{i % 2},\"{levels[-1 - i % len(levels)]}\"\n" for i in range(30))
    cohort = read_cohort(f"id,arm,OS_months,OS_event,scale of it\n{rows}".encode())
    shown = cohort.levels(cohort.mapping.factors[0].key)
    assert [v.replace(" ", "") for v in shown] == [v.replace(" ", "") for v in levels if v != "-" or v in shown]


def test_a_letter_with_and_without_its_word_is_one_level():
    rows = "".join(f"p{i},{'ab'[i % 2]},{i + 1},{i % 2},{('A级', 'A', 'B', 'B级')[i % 4]}\n" for i in range(20))
    cohort = read_cohort(f"id,arm,OS_months,OS_event,class\n{rows}".encode())
    assert len(cohort.levels(cohort.mapping.factors[0].key)) == 2
