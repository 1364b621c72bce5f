"""Dates alone say who had an event and when, once a person has said that a blank means none."""

import numpy as np
import pytest

from core import NeedsAnswer, read_cohort
from tests.conftest import read_answered

N = 30
START = np.datetime64("2016-03-01") + np.arange(N) * 5
DIED = np.arange(N) % 3 == 0
PROGRESSED = np.arange(N) % 2 == 0


def table(start="date of diagnosis", death="date of death", last="last follow-up", progression=""):
    died = [str(d + 400) if x else "" for d, x in zip(START, DIED, strict=True)]
    columns = {"id": np.arange(N), start: START, death: died, last: START + 900, "age": 40 + np.arange(N)}
    if progression:
        columns[progression] = [str(d + 200) if x else "" for d, x in zip(START, PROGRESSED, strict=True)]
    rows = zip(*columns.values(), strict=True)
    return "\n".join([",".join(columns), *(",".join(map(str, r)) for r in rows)]).encode()


@pytest.mark.parametrize("names", [{}, {"start": "诊断日期", "death": "死亡日期", "last": "末次随访日期"}])
def test_a_date_of_death_without_a_status(names):
    data = table(**names)
    with pytest.raises(NeedsAnswer, match="only those, the event of OS who have a date in") as asked:
        read_cohort(data)
    assert asked.value.meanings[0].startswith("30 patients, 10 events")
    cohort = read_answered(data, "Yes")
    assert np.array_equal(cohort.table["OS event"], DIED)
    assert cohort.table["OS time"].to_numpy() == pytest.approx(np.where(DIED, 400, 900) / 30.4375)
    assert read_cohort(data, cohort.mapping.to_json()).mapping == cohort.mapping
    assert not read_answered(data, "No").endpoints


def test_progression_is_dated_by_itself_and_death_counts():
    cohort = read_answered(table(progression="progression date"), "Yes", "Yes")
    assert cohort.endpoints == ("OS", "PFS")
    assert np.array_equal(cohort.table["PFS event"], PROGRESSED | DIED)
    assert cohort.table["PFS time"].to_numpy() == pytest.approx(
        np.where(PROGRESSED, 200, np.where(DIED, 400, 900)) / 30.4375)


def test_dates_that_all_have_or_nobody_are_no_events():
    every = table().replace(b",,", b",2019-05-05,")
    assert not read_cohort(every).endpoints


def test_progression_without_dates_of_death_is_a_time_to_progression():
    """Who died is told by a status: a PFS in which the dead are censored would be wrong."""
    data = table(progression="progression date")
    lines = [line.split(",") for line in data.decode().split("\n")]
    place = lines[0].index("date of death")
    for i, line in enumerate(lines[1:]):
        line[place] = str(int(DIED[i]))
    lines[0][place] = "death"
    cohort = read_answered("\n".join(map(",".join, lines)).encode(), "Yes")
    assert cohort.endpoints == ("OS", "TTP")
    assert np.array_equal(cohort.table["TTP event"], PROGRESSED) and not cohort.mapping.endpoints[1].death_counts
