"""Several rows of one patient: merged where they do not contradict each other, else asked or refused."""

import pytest

from core import NeedsAnswer, read_cohort
from core.errors import ValidationError

NONE = "'--"  # as GDC writes what is missing
GDC = "case_id\tsex\tdays_to_death\tvital_status\tdays_to_last_follow_up\ttreatment_type\n" + "".join(
    f"c{i}\t{'MF'[i % 2]}\t{100 + 7 * i if i % 3 else NONE}\t{'Dead' if i % 3 else 'Alive'}\t"
    f"{NONE if i % 3 else 900 + i}\t{kind}\n" for i in range(30) for kind in ("Radiation", "Pharmaceutical"))
REDCAP = "record_id,redcap_event_name,arm,age,os_months,os_event\n" + "".join(
    f"{i},baseline_arm_1,{1 + i % 2},{40 + i},,\n{i},followup_arm_1,,,{3 + i},{i % 2}\n" for i in range(1, 31))


def test_rows_that_differ_in_treatment_alone_are_one_patient():
    """Days to death where there was one, else days to the last follow-up; R: ifelse(is.na(a), b, a)."""
    cohort = read_cohort(GDC.encode())
    endpoint, = cohort.mapping.endpoints
    assert (cohort.n, endpoint.time, endpoint.otherwise, endpoint.unit) == (
        30, "days_to_death", "days_to_last_follow_up", "days")
    expected = [100 + 7 * i if i % 3 else 900 + i for i in range(30)]
    assert (cohort.patients["OS time"] * 30.4375).to_numpy() == pytest.approx(expected)
    assert cohort.patients["OS event"].tolist() == [int(i % 3 > 0) for i in range(30)]
    assert "treatment_type" not in {f.column for f in cohort.mapping.factors}
    assert any("merged" in m for m in cohort.findings.message)


def test_a_mapping_with_both_times_comes_back():
    mapping = read_cohort(GDC.encode()).mapping.to_json()
    assert mapping["endpoints"]["OS"]["otherwise"] == "days_to_last_follow_up" and mapping["rows"] == {"take": "merge"}
    again = read_cohort(GDC.encode(), mapping)
    assert again.mapping.to_json() == mapping


def test_events_of_a_redcap_project_are_merged():
    cohort = read_cohort(REDCAP.encode())
    assert cohort.n == 30 and cohort.patients["OS time"].tolist() == [3.0 + i for i in range(1, 31)]
    assert cohort.patients["arm"].value_counts().tolist() == [15, 15]


def test_rows_whose_numbers_differ_are_asked_and_never_merged_in_silence():
    text = "id,visit,arm,alt,OS_months,OS_event\n" + "".join(
        f"p{i},{v},{'ab'[i % 2]},{20 + v + i},{i + 2},{i % 2}\n" for i in range(20) for v in (0, 1))
    with pytest.raises(NeedsAnswer, match="Which row of a patient counts") as asked:
        read_cohort(text.encode())
    mapping = {**asked.value.mapping, "rows": {"take": "merge"}}
    with pytest.raises(ValidationError, match="different values of 'alt'"):
        read_cohort(text.encode(), mapping)


def test_rows_that_differ_in_arm_stage_or_dates_are_asked():
    """Such columns say something of the patient: none is dropped in silence."""
    for column, values in (("arm", "AB"), ("stage", ("I", "III")), ("last seen", ("2015-03-25", "2018-06-01"))):
        text = f"patient_id,age,{column},OS_months,OS_event\n" + "".join(
            f"p{i},{40 + i},{v},{i + 2},{i % 2}\n" for i in range(20) for v in values)
        with pytest.raises(NeedsAnswer, match="Which row of a patient counts"):
            read_cohort(text.encode())


def test_what_stands_in_later_rows_alone_is_known_later():
    text = "record_id,redcap_event_name,age,afp,os_months,os_event\n" + "".join(
        f"{i},baseline_arm_1,{40 + i},,,\n{i},month_6_arm_1,,{80 + i},{i + 2},{i % 2}\n" for i in range(1, 31))
    cohort = read_cohort(text.encode())
    assert {f.column: f.known for f in cohort.mapping.factors} == {"age": "baseline", "afp": "later"}
