"""Late entry is asked about, start/stop rows are refused by name, and of several dates one is chosen by a person."""

import io

import numpy as np
import pytest

from core import NeedsAnswer, read_cohort
from core.errors import MappingError
from tests.conftest import read_answered

N = 40
TIMES = np.round(np.random.default_rng(3).weibull(1.2, N) * 20 + 2, 1)
DEAD = np.arange(N) % 3 > 0
LAG = np.round(TIMES * 12).astype(int)  # days until they entered


def table(**columns):
    rows = zip(range(N), TIMES, DEAD.astype(int), *columns.values(), strict=True)
    header = ",".join(["id", "os_months", "death", *columns])
    return "\n".join([header, *(",".join(map(str, r)) for r in rows)]).encode()


@pytest.mark.parametrize("header", [
    "entry", "entry_time", "months_to_enrolment", "Time to sequencing", "tstart", "start", "left_truncation_months",
    "左截断时间", "delayed entry (months)"])
def test_an_entry_is_asked_about_with_what_it_would_mean(header):
    data = table(**{header: np.round(TIMES * 0.4, 1)})
    with pytest.raises(NeedsAnswer, match="came under observation") as asked:
        read_cohort(data)
    assert asked.value.meanings[0] != asked.value.meanings[1]
    assert read_answered(data, "Yes, late entry").mapping.endpoints[0].entry == header
    followed = read_answered(data, "No: all are followed from time zero")
    assert not followed.mapping.endpoints[0].entry and not followed.mapping.factors


@pytest.mark.parametrize("values", [TIMES * 0, TIMES * 3, -TIMES], ids=["all zero", "after the end", "before zero"])
def test_what_can_be_no_late_entry_is_not_asked(values):
    assert not read_cohort(table(entry=np.round(values, 1))).mapping.endpoints[0].entry


def test_an_entry_in_another_unit_is_converted():
    cohort = read_answered(table(entry_days=np.round(TIMES * 12)), "Yes")
    assert cohort.mapping.endpoints[0].entry_unit == "days"
    assert cohort.table["OS entry"].to_numpy() == pytest.approx(np.round(TIMES * 12) / 30.4375)


def test_words_under_such_a_header_stay_a_factor():
    assert "start" in read_cohort(table(start=[("early", "late")[i % 2] for i in range(N)])).variables


@pytest.mark.parametrize("values", [np.arange(N) % 2, np.arange(N) % 4], ids=["flag", "codes"])
@pytest.mark.parametrize("header", ["biopsy", "registration", "start", "T0"])
def test_flags_and_codes_are_no_entry(header, values):
    assert not read_cohort(table(**{header: values})).mapping.endpoints[0].entry


@pytest.mark.parametrize(("start", "stop"), [("tstart", "tstop"), ("start", "stop"), ("time1", "time2"), ("t0", "t"),
                                              ("start_months", "stop_months"), ("begin", "end"), ("t0", "t1"),
                                              ("开始时间", "结束时间")])
def test_start_stop_rows_are_refused_in_those_words(start, stop):
    rows = [f"{i},{a},{b},{int(b == 9)},{k}" for i in range(20) for k, (a, b) in enumerate([(0, 3), (3, 5), (5, 9)])]
    data = "\n".join([f"id,{start},{stop},event,transplant", *rows]).encode()
    with pytest.raises(MappingError, match="file: 60 rows are intervals") as refused:
        read_cohort(data)
    assert "start/stop (counting process)" in str(refused.value) and "time-dependent" in str(refused.value)
    assert "late entry" in refused.value.remedy


def test_visits_are_no_intervals():
    rows = [f"{i},{k},{10 + i},{i % 2},{k}" for i in range(20) for k in range(3)]
    with pytest.raises(NeedsAnswer, match="Which row"):
        read_cohort("\n".join(["id,start,stop,event,visit", *rows]).encode())


def dated(lag):
    start = np.datetime64("2018-03-01") + np.arange(N) * 9
    columns = {"date_of_diagnosis": start, "treatment_start_date": start + lag,
               "last_follow_up": start + np.round(TIMES * 30.4375).astype(int)}
    rows = zip(range(N), *columns.values(), DEAD.astype(int), strict=True)
    return "\n".join([",".join(["id", *columns, "death"]), *(",".join(map(str, r)) for r in rows)]).encode()


def test_of_several_dates_one_is_chosen_where_time_begins():
    with pytest.raises(NeedsAnswer, match="From which date does time run") as asked:
        read_cohort(dated(20))
    assert len(set(asked.value.meanings)) >= 2 and len(asked.value.choices) == 3
    late = read_answered(dated(20), "From date_of_diagnosis, under observation from treatment_start_date (late entry)")
    assert (late.mapping.endpoints[0].start, late.mapping.endpoints[0].entry) == (
        "date_of_diagnosis", "treatment_start_date")
    treated = read_answered(dated(20), "From treatment_start_date")
    assert treated.table["OS time"].max() == pytest.approx(late.table["OS time"].max() - 20 / 30.4375)
    assert read_cohort(io.BytesIO(dated(0))).mapping.endpoints[0].start == "date_of_diagnosis"


def test_the_median_beside_the_question_says_which_unit_it_assumes():
    data = table(entry=np.round(TIMES * 0.4, 1)).replace(b"os_months", b"os_time")
    with pytest.raises(NeedsAnswer, match="In which unit") as asked:
        read_cohort(data)
    mapping = asked.value.answered("months")
    with pytest.raises(NeedsAnswer, match="under observation") as asked:
        read_cohort(data, mapping)
    late = asked.value
    assert all(m.endswith(", if the times are in days") or m.endswith(", if the times are in months")
               for m in late.meanings)
    assert "in the unit of 'os_time', after time zero" in late.problem


def entered(lag, **more):
    start = np.datetime64("2018-03-01") + np.arange(N) * 9
    return table(date_of_diagnosis=start, enrolment_date=start + lag, **more)


def test_a_date_of_entry_beside_a_column_of_times_is_asked_about():
    with pytest.raises(NeedsAnswer, match="come under observation only at 'enrolment_date'") as asked:
        read_cohort(entered(LAG))
    assert asked.value.meanings[0] != asked.value.meanings[1]
    late = read_answered(entered(LAG), "Yes, late entry at enrolment_date")
    assert late.table["OS entry"].to_numpy() == pytest.approx(LAG / 30.4375)
    again = read_cohort(entered(LAG), late.mapping)
    assert (again.mapping.endpoints[0].start, again.mapping.endpoints[0].entry) == (
        "date_of_diagnosis", "enrolment_date")
    assert not read_answered(entered(LAG), "No: all are followed").mapping.endpoints[0].entry


def test_last_dates_that_show_time_to_run_from_the_entry_are_enough():
    start = np.datetime64("2018-03-01") + np.arange(N) * 9 + 400
    last = start + np.round(TIMES * 30.4375).astype(int)
    assert not read_cohort(entered(400, last_follow_up=last)).mapping.endpoints[0].entry


def test_a_date_of_entry_after_the_times_end_is_not_asked():
    assert not read_cohort(entered(4000)).mapping.endpoints[0].entry
