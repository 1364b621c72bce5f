"""What is later than the end of follow-up is said."""

import numpy as np

from core import read_cohort
from core.findings import grouped_by_kind
from core.intake.plausibility import last_seen
from tests.conftest import REFERENCE
from tests.shared.files import late_cohort


def test_events_and_responses_after_the_end_are_named():
    found = late_cohort().findings
    events = found[found.message.str.contains("lies after the patient's death or last follow-up")]
    assert events.rows.sum() == 30 and events.kind.nunique() == 1 and "of 40 dated events" in events.kind.iloc[0]
    responses = found[found.message.str.contains("Response became known after")]
    assert responses.row.tolist() == [2, 3, 4, 5, 6]


def test_the_adam_study_has_its_late_events_said():
    folder = REFERENCE / "adam"
    cohort = read_cohort({p.name: p for p in folder.glob("*.csv")})
    late = cohort.findings[cohort.findings.message.str.contains("lies after the patient's death or last follow-up")]
    assert late.rows.sum() > 0 and len(grouped_by_kind(late)) == 1


def test_a_patient_is_followed_at_least_to_their_last_event():
    """Without overall survival: censored for one endpoint at 2, an event of another at 5; one had only events."""
    rows = "".join(f"p{i},{'ab'[i % 2]},2,0,5,1\n" for i in range(4)) + "p4,a,3,1,6,1\n"
    cohort = read_cohort(f"id,arm,LRC_months,LRC_event,PFS_months,PFS_event\n{rows}".encode(), {
        "patient_id": "id", "arm": {"column": "arm", "reference": "a"},
        "endpoints": {name: {"time": f"{name}_months", "unit": "months", "event": f"{name}_event",
                             "event_values": ["1"]} for name in ("LRC", "PFS")}})
    np.testing.assert_array_equal(last_seen(cohort.table, cohort.mapping), [5, 5, 5, 5, np.nan])
