"""The first of several causes, from dates or sites."""

import io

import pytest

from core import read_cohort
from core.cohort.landmark import landmark
from core.errors import MappingError, NotEstimable, ValidationError
from core.survival.cumulative_incidence import cumulative_incidence
from core.survival.first_cause import (
    DEATH_BEFORE,
    DEATH_FIRST,
    FIRST_FAILURE,
    FIRST_SEVERE,
    SEVERAL,
    SEVERE,
    causes,
    competing_endpoints,
    why_no_competing,
)
from tests.conftest import REFERENCE
from tests.shared.from_r import CURVE_MAPPINGS, curve_cohort

SITES = """id,arm,os_months,os_event,failure_local,failure_local_months,failure_distant,failure_distant_months
a,x,10,1,1,4,0,
b,x,12,0,1,5,1,5
c,x,8,1,0,,0,
d,y,9,0,0,,0,
e,y,20,1,1,7,1,3
f,y,6,0,1,,0,
"""


@pytest.fixture
def sites():
    return read_cohort(SITES.encode(), name="sites.csv")


def test_the_earliest_site_is_the_cause(sites):
    """Sites at once are several; death without a failure competes; a failure without its time is left out."""
    assert competing_endpoints(sites) == (FIRST_FAILURE,)
    found = causes(sites, FIRST_FAILURE)
    said = [found.labels[c - 1] if c else "censored" for c in found.cause]
    assert said[:5] == ["Failure local", SEVERAL, DEATH_FIRST, "censored", "Failure distant"]
    assert found.index[5] == -1
    assert [float(found.times[i]) for i in found.index[:5]] == [4, 5, 8, 9, 3]
    ours = cumulative_incidence(sites, endpoint=FIRST_FAILURE, by="arm")
    assert ours.missing_endpoint == 1
    assert set(ours.causes) == {"Failure local", "Failure distant", SEVERAL, DEATH_FIRST}
    assert (sites.findings.message.str.contains("when Failure local became known")).any()


def test_sites_are_known_by_their_names_and_known_later():
    text = SITES.replace("failure_local", "Local recurrence").replace("failure_distant", "distant_failure")
    text = text.replace("id,", "id,heart_failure,", 1).replace(",x,", ",no,x,").replace(",y,", ",yes,y,")
    found = read_cohort(text.encode())
    assert [s.column for s in found.mapping.failure_sites] == ["Local recurrence", "distant_failure"]
    assert all(s.known == "later" and s.when for s in found.mapping.failure_sites)
    assert "heart_failure" in [f.column for f in found.mapping.factors]


def test_without_dates_it_says_why(sample, hcc):
    assert competing_endpoints(sample) == ()
    assert "Failure local, Failure intrahepatic, Failure extrahepatic have no date" in why_no_competing(sample)
    assert "No endpoint names its causes" in why_no_competing(hcc)
    with pytest.raises(NotEstimable, match="no single dated first cause"):
        cumulative_incidence(sample, endpoint="OS")


def test_sites_by_date_run_from_the_start_date():
    text = SITES.replace("os_months", "start,last_followup").replace("_months", "_date")
    lines = text.splitlines()
    dated = [lines[0]] + [",".join([*line.split(",")[:2], "2020-01-01", "2021-06-30", *line.split(",")[3:]])
                          for line in lines[1:]]
    dated = [line.replace(",1,4,", ",1,2020-03-01,").replace(",1,5,1,5", ",1,2020-05-01,1,2020-05-01")
             .replace(",1,7,1,3", ",1,2020-08-01,1,2020-02-01") for line in dated]
    cohort = read_cohort(("\n".join(dated) + "\n").encode(), {
        "patient_id": "id", "endpoints": {"OS": {"start": "start", "end": ["last_followup"], "event": "os_event",
                                                 "event_values": ["1"]}},
        "failure_sites": {k: {"column": f"failure_{k}", "levels": {"0": "no", "1": "yes"},
                              "when": {"column": f"failure_{k}_date", "unit": "date"}} for k in ("local", "distant")}})
    found = causes(cohort, FIRST_FAILURE)
    assert float(found.times[found.index[0]]) == pytest.approx(60 / 30.4375)
    assert found.labels[found.cause[4] - 1] == "distant"


def test_a_date_needs_a_beginning_and_every_event_a_cause():
    site = {"column": "failure_local", "when": {"column": "failure_local_months", "unit": "date"}}
    endpoint = {"time": "os_months", "event": "os_event", "event_values": ["1"], "unit": "months"}
    with pytest.raises(MappingError, match="no endpoint says when time begins"):
        read_cohort(SITES.encode(), {"endpoints": {"OS": endpoint}, "failure_sites": {"local": site}})
    with pytest.raises(MappingError, match="Unknown time unit 'moons'"):
        read_cohort(SITES.encode(), {"failure_sites": {"local": site | {"when": {
            "column": "failure_local_months", "unit": "moons"}}}})
    with pytest.raises(ValidationError, match="1 means an event of OS but has no cause"):
        read_cohort(SITES.encode(), {"patient_id": "id", "endpoints": {"OS": endpoint | {"causes": {"0": "alive"}}}})


def test_a_mapping_with_causes_and_dates_comes_back_whole(sites):
    again = read_cohort(SITES.encode(), sites.mapping.to_json())
    assert again.mapping == sites.mapping
    pbc = curve_cohort(REFERENCE / "pbc.csv")
    assert dict(pbc.mapping.endpoints[1].causes) == CURVE_MAPPINGS["pbc.csv"]["endpoints"]["first"]["causes"]


def test_the_first_severe_event_competes_with_death():
    """Days of events, and death without one; an event without its day leaves the patient out."""
    text = "id,arm,OS_months,OS_event\n" + "".join(f"p{i},{'ab'[i % 2]},{6 + i},{i % 2}\n" for i in range(8))
    events = "id,term,grade,day\np0,Rash,3,30\np0,Rash,4,10\np1,Rash,2,5\np2,Fever,3,\np3,Fever,3,61\n"
    cohort = read_cohort(io.BytesIO(text.encode()), adverse_events=io.BytesIO(events.encode()))
    assert FIRST_SEVERE in competing_endpoints(cohort)
    found = causes(cohort, FIRST_SEVERE)
    assert found.labels == (SEVERE, DEATH_BEFORE) and found.index[2] == -1
    times = [found.times[i] if i >= 0 else None for i in found.index]
    assert times[0] == pytest.approx(10 / 30.4375) and times[3] == pytest.approx(61 / 30.4375) and times[1] == 7
    assert found.cause[[0, 1, 3, 4, 5]].tolist() == [1, 2, 1, 0, 2]
    with pytest.raises(NotEstimable, match="dated from time zero"):
        causes(landmark(cohort, endpoint="OS", at=1).cohort, FIRST_SEVERE)
