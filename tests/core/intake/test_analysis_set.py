"""Who is analysed: screen failures and population flags."""

import pytest

from core import read_cohort
from core.errors import MappingError

ARMS = ("TACE", "TACE+RT", "Screen Failure")


def file(*more, header=""):
    rows = "".join(f"p{i},{('A', 'B', 'Scrnfail')[i % 3]},{ARMS[i % 3]},{i + 1},{i % 2}"
                   f"{''.join(',' + m[i % len(m)] for m in more)}\n" for i in range(30))
    return f"USUBJID,ARMCD,ARM,OS_months,OS_event{header}\n{rows}".encode()


def test_screen_failures_are_left_out_and_named():
    cohort = read_cohort(file())
    assert cohort.n == 20 and cohort.levels("arm") == ("TACE", "TACE+RT") and cohort.mapping.arm.column == "ARM"
    assert not cohort.mapping.factors  # ARMCD says the same
    said = cohort.findings[cohort.findings.message.str.contains("not in the analysis set")]
    assert said.row.tolist() == [i + 2 for i in range(30) if i % 3 == 2] and set(said.value) == {"Screen Failure"}
    everybody = read_cohort(file(), {**cohort.mapping.to_json(), "population": None,
                                     "missing_in": {"ARM": ["Screen Failure"]}})
    assert everybody.n == 30


def test_a_flag_decides_before_the_arm_and_no_flag_is_a_factor():
    cohort = read_cohort(file("YN", "YYN", header=",ITTFL,EFFFL"))
    assert cohort.mapping.population.column == "ITTFL" and cohort.n == 15
    assert {f.column for f in cohort.mapping.factors}.isdisjoint({"ITTFL", "EFFFL"})
    mapping = cohort.mapping.to_json()
    assert mapping["population"] == {"column": "ITTFL", "values": ["Y"]}
    assert read_cohort(file("YN", "YYN", header=",ITTFL,EFFFL"), mapping).n == cohort.n


@pytest.mark.parametrize("population", [{"column": "ARM"}, {"column": "ARM", "values": ["x"], "without": ["y"]}])
def test_a_population_is_said_in_one_way(population):
    mapping = read_cohort(file()).mapping.to_json()
    with pytest.raises(MappingError, match="names no values, or both"):
        read_cohort(file(), {**mapping, "population": population})


def test_an_empty_analysis_set_is_refused():
    mapping = read_cohort(file()).mapping.to_json()
    with pytest.raises(MappingError, match="Nobody is in the analysis set"):
        read_cohort(file(), {**mapping, "population": {"column": "ARM", "values": ["other"]}})
