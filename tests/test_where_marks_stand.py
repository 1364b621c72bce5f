"""No mark of any kind of chart moves by more than two pixels, in any room, without being seen."""

import json

import pytest

from tests.shared.snapshots import FILE, groups, snapshots

pytestmark = pytest.mark.slow
_MOST = 2  # pixels
BEFORE = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def after():
    return snapshots()


def test_every_chart_has_its_snapshot(after):
    assert list(after) == list(BEFORE), "python -m tests.shared.snapshots writes them anew"


@pytest.mark.parametrize("case", BEFORE)
def test_no_mark_has_moved(after, case):
    """Where this is meant: python -m tests.shared.snapshots, and look at the charts that changed."""
    assert [g[:2] for g in after[case]] == [g[:2] for g in BEFORE[case]]
    for one, other in zip(after[case], BEFORE[case], strict=True):
        assert max(abs(a - b) for a, b in zip(one[2:], other[2:], strict=True)) <= _MOST, (one, other)


def test_a_moved_mark_would_be_seen():
    def box(x):
        return groups('<svg><g transform="translate(5,5)"><g class="mark-rule">'
                      f'<line transform="translate({x},2)" x2="3" y2="4"/></g>'
                      '<g class="mark-text"><text transform="translate(1,1)">a</text></g></g></svg>')
    assert box(10) == [["mark-rule", 1, 15, 7, 18, 11], ["mark-text", 1, 6, 6, 6, 6]] and box(13) != box(10)
