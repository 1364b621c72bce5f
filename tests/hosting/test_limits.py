"""What one session may take of the machine, and what happens when its memory is nearly full."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from hosting.audit import AuditLog
from hosting.people import People, Visitor
from hosting.process import Hosted
from hosting.settings import Limits, Settings
from ui.hosted import memory, watch


@dataclass
class File:
    size: int


@pytest.fixture
def room(monkeypatch):
    """Let the machine's memory be in use to a percentage that the test chooses."""
    chosen = SimpleNamespace(percent=10.0)
    monkeypatch.setattr(memory, "in_use", lambda: chosen.percent)
    return chosen


def test_so_many_files_and_so_much_together(room):
    limits = Limits(files=2, session_mb=3)
    assert memory.why_not([File(2**20)] * 2, limits) is None
    assert memory.why_not([File(1)] * 3, limits)[0] == "files"
    assert memory.why_not([File(2 * 2**20)] * 2, limits)[0] == "too_large"


def test_nothing_new_is_read_when_the_memory_is_nearly_full(room):
    room.percent = 86.0
    reason, words = memory.why_not([File(1)], Limits())
    assert reason == "memory" and "try again" in words


def test_the_memory_of_this_machine_is_measured():
    assert 0 < memory.in_use() < 100 and memory.resident()[0] > 10 * 2**20


@dataclass
class Session:
    runs: list = field(default_factory=list)

    def request_rerun(self, state):
        self.runs.append(state)


@pytest.fixture
def crowd(tmp_path, room, monkeypatch):
    """Three sessions: a large idle one, a small idle one, and a larger one that is clicked."""
    people = People("s" * 32, hours=12, idle_minutes=60, bind_to_address=True, folder=tmp_path / "visitors")
    process = Hosted(settings=Settings(limits=Limits(idle_minutes=10, warning_minutes=2)), name="p1", people=people,
                     audit=AuditLog(tmp_path, "p1", keep_days=1))
    clicks = Visitor().seen
    idle = clicks - 900
    sessions = [(name, Session(), Visitor(id=name, seen=seen))
                for name, seen in (("large", idle), ("small", idle), ("busy", clicks))]
    monkeypatch.setattr(watch, "held", {"large": 5_000_000, "small": 1000, "busy": 9_000_000}.__getitem__)
    return process, sessions


def test_the_largest_idle_session_is_warned_then_ended(crowd, room):
    process, sessions = crowd
    watch._make_room(process, sessions)
    assert process.warned == {}, "there is room"
    room.percent = 91.0
    watch._make_room(process, sessions)
    assert set(process.warned) == {"large"} and len(sessions[0][1].runs) == 1
    process.warned["large"] = Visitor().seen - 1
    watch._make_room(process, sessions)
    assert process.ended == {"large": "memory"} and len(sessions[0][1].runs) == 2
    watch._make_room(process, sessions)
    assert set(process.warned) == {"small"} and "busy" not in process.ended


def test_who_clicks_after_the_warning_stays(crowd, room):
    process, sessions = crowd
    room.percent = 91.0
    watch._make_room(process, sessions)
    process.people.saw(sessions[0][2])
    room.percent = 50.0
    watch._make_room(process, sessions)
    assert process.warned == {} and process.ended == {}


def test_who_must_sign_in_again_ends_though_clicking(crowd):
    process, sessions = crowd
    late = Visitor(id="busy", begun=Visitor().seen - 13 * 3600)
    watch._end_idle(process, [("busy", sessions[2][1], late)])
    assert process.ended == {"busy": "ended"}


def test_a_warning_ends_with_its_reason(crowd, room):
    process, sessions = crowd
    room.percent = 91.0
    watch._make_room(process, sessions)
    room.percent = 50.0
    process.warned["large"] = Visitor().seen - 1
    watch._make_room(process, sessions)
    assert process.warned == {} and process.ended == {}


def test_who_clicks_nothing_for_an_hour_ends(crowd):
    process, sessions = crowd
    late = [(name, session, Visitor(id=name, seen=Visitor().seen - 3700)) for name, session, _ in sessions[:1]]
    watch._end_idle(process, late + sessions[1:])
    assert process.ended == {"large": "idle"}
    watch._end_idle(process, late)
    assert len(late[0][1].runs) == 1, "it is told once"
