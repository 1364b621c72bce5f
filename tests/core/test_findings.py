"""Findings of one kind are one."""

import pytest

from core import read_cohort
from core.errors import ValidationError
from core.findings import grouped_by_kind
from tests.shared.files import late_cohort


def test_findings_of_one_kind_are_one():
    kinds = grouped_by_kind(late_cohort().findings)
    late = next(k for k in kinds if "lies after" in k.kind.iloc[0])
    assert late.rows.sum() == 30 and len(kinds) < 10
    with pytest.raises(ValidationError, match=r"And 19 more like it\.") as refused:
        read_cohort(("id,arm,OS_months,OS_event\n" + "".join(
            f"p{i},{'AB'[i % 2]},{-1 - i if i < 20 else i},1\n" for i in range(60))).encode(), {
            "patient_id": "id", "endpoints": {"OS": {"time": "OS_months", "event": "OS_event", "event_values": ["1"]}}})
    assert str(refused.value).count("negative time") == 1
