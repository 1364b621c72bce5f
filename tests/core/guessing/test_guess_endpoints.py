"""Columns that are times by their names and hold none, several that contradict each other, and ids that are lost."""

import pytest

from core import NeedsAnswer, read_cohort
from tests.conftest import read_answered

N = 30


def table(**columns):
    every = {"id": [f"P{i}" for i in range(N)], "os_months": [i + 2.5 for i in range(N)],
             "os_event": [i % 2 for i in range(N)], "age": [40 + i for i in range(N)], **columns}
    return "\n".join([",".join(every), *(",".join(map(str, r)) for r in zip(*every.values(), strict=True))]).encode()


@pytest.mark.parametrize(("values", "words"), [
    ([f"2020-01-{1 + i % 28:02d}" for i in range(N)], "holds dates"), ([0] * N, "holds nothing but 0"),
    ([43_000 + i for i in range(N)], "days as a spreadsheet counts dates")], ids=["dates", "zeros", "serial numbers"])
def test_a_time_that_is_none_is_said_and_not_taken(values, words):
    cohort = read_cohort(table(os_months=values))
    assert not cohort.endpoints and words in " ".join(cohort.findings.message)


def test_two_times_of_one_endpoint_that_contradict_are_asked():
    data = table(OS_Months=[(i + 2.5) * 3 for i in range(N)])
    with pytest.raises(NeedsAnswer, match="Which column is the time of OS") as asked:
        read_cohort(data)
    assert len(set(asked.value.meanings)) == 2
    assert read_answered(data, "'OS_Months'").mapping.endpoints[0].time == "OS_Months"


def test_the_same_time_in_two_units_is_not_asked():
    read_cohort(table(os_days=[round((i + 2.5) * 30.4375) for i in range(N)]))


@pytest.mark.parametrize("ids", [
    ["1.23E+11"] * 20 + [f"{i}" for i in range(10)], [f"{1 + i % 3}.5e+12" for i in range(N)]], ids=["most", "all"])
def test_ids_that_a_spreadsheet_rounded_are_said_and_not_used(ids):
    cohort = read_cohort(table(id=ids))
    assert cohort.n == N and cohort.mapping.patient_id is None and "id" not in cohort.variables
    assert "A spreadsheet turned ids" in " ".join(cohort.findings.message)


@pytest.mark.parametrize("header", ["os_days (months)", "OS months (days)"])
def test_a_header_that_contradicts_itself_is_asked(header):
    with pytest.raises(NeedsAnswer, match="In which unit"):
        read_cohort(table(os_months=[i + 2.5 for i in range(N)]).replace(b"os_months", header.encode()))
