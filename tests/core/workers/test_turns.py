"""The line of heavy tasks: bounded, first come first served, and nobody waits for a process that has ended."""

import subprocess
import sys
from contextlib import ExitStack

from core.workers.turns import Turns


def test_so_many_begin_and_the_others_wait_in_their_order(tmp_path):
    turns = Turns(tmp_path, 2)
    with turns.ticket() as a, turns.ticket() as b, turns.ticket() as c:
        with turns.ticket() as d:
            assert [t.ahead() for t in (a, b, c, d)] == [0, 0, 1, 2]
            assert turns.waiting() == 2
        assert [t.ahead() for t in (a, b, c)] == [0, 0, 1]
    assert turns.waiting() == 0 and list(tmp_path.iterdir()) == []


def test_the_next_begins_when_one_ends(tmp_path):
    turns = Turns(tmp_path, 1)
    with ExitStack() as first, ExitStack() as later:
        first.enter_context(turns.ticket())
        second, third = (later.enter_context(turns.ticket()) for _ in range(2))
        assert [second.ahead(), third.ahead()] == [1, 2]
        first.close()
        assert [second.ahead(), third.ahead()] == [0, 1]


def test_a_task_that_fails_leaves_the_line(tmp_path):
    turns = Turns(tmp_path, 1)
    try:
        with turns.ticket():
            raise RuntimeError
    except RuntimeError:
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_place_of_a_process_that_was_killed_is_free(tmp_path):
    code = ("import sys, os, pathlib; from core.workers.turns import Turns\n"
            "with Turns(pathlib.Path(sys.argv[1]), 1).ticket(): os._exit(9)")
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 9
    assert len(list(tmp_path.iterdir())) == 1
    with Turns(tmp_path, 1).ticket() as mine:
        assert mine.ahead() == 0
    assert list(tmp_path.iterdir()) == []


def test_without_a_folder_nobody_waits():
    turns = Turns(None, 1)
    with turns.ticket() as a, turns.ticket() as b:
        assert (a.ahead(), b.ahead(), turns.waiting()) == (0, 0, 0)
