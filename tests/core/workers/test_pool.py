"""Work in another process: results, errors in words, bounds of time and memory, giving up; the next task works."""

import os
import re
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from core.errors import CohortError, ReadingError
from core.reading.read_table import read_table
from core.workers.pool import Bounds, TaskEnded, Workers
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

WIDE = Bounds(seconds=60)
NEVER = 3600  # seconds; a task that takes so long is ended by its bound


def twice(n):
    return 2 * n


def sleep(seconds):
    time.sleep(seconds)


def fill(size):
    return int(np.ones(size).sum())


def arrow(size):
    import pyarrow as pa
    return pa.array(np.zeros(size)).nbytes


def die():
    os._exit(3)


def fail():
    raise ZeroDivisionError


def match_for_ever():
    return re.match(r"(a+)+b", "a" * 60)


def shares(progress):
    for share in (0.25, 0.5):
        progress(share)
        time.sleep(0.2)
    return "done"


def test_a_result_comes_back(workers):
    assert workers.run(twice, 21, bounds=WIDE) == 42


def test_a_table_comes_back_as_it_is_read_here(workers):
    data = b"id,arm,OS,dead\n1,a,2.5,1\n2,b,3,0\n"
    here, there = read_table(data), workers.run(read_table, data, bounds=WIDE)
    assert there.columns == here.columns and there.sha256 == here.sha256
    assert [there.cells[c].cell(1) for c in there.columns] == ["2", "b", "3", "0"]


@pytest.mark.parametrize(("function", "args", "bounds", "said"), [
    (sleep, (NEVER,), Bounds(seconds=0.5, remedy="Wait less."), "more than"),
    (fill, (10**9,), Bounds(seconds=60, memory=200 * 1024**2, remedy="Take less."), "memory"),
    (arrow, (10**9,), Bounds(seconds=60, memory=200 * 1024**2, remedy="Take less."), "memory"),
    (die, (), WIDE, "ended"),
    (fail, (), WIDE, "ZeroDivisionError"),
])
def test_whatever_happens_ends_in_words_and_the_next_task_works(workers, function, args, bounds, said):
    with pytest.raises(CohortError) as error:
        workers.run(function, *args, bounds=bounds)
    assert said in error.value.problem and error.value.remedy
    assert workers.run(twice, 4, bounds=WIDE) == 8


def test_an_error_of_core_comes_back_as_it_is(workers):
    with pytest.raises(ReadingError, match="PDF"):
        workers.run(read_table, b"%PDF-1.7", bounds=WIDE)


def test_progress_is_told_and_giving_up_ends_the_task(workers):
    told = []
    assert workers.run(shares, tell_progress=True, bounds=WIDE, wait=told.append) == "done"
    assert 0.25 in told and sorted(told) == told

    def give_up(share):
        raise InterruptedError
    with pytest.raises(InterruptedError):
        workers.run(sleep, NEVER, bounds=Bounds(seconds=NEVER), wait=give_up)
    assert workers.run(twice, 1, bounds=WIDE) == 2


def test_who_waits_for_a_place_can_give_up_too():
    """A single place: the second task is told that time passes although it has not begun, and never does."""
    workers, begun, enough = Workers(most=1), threading.Event(), threading.Event()

    def wait(share):
        begun.set()
        if enough.is_set():
            raise InterruptedError

    def long():
        with pytest.raises(InterruptedError):
            workers.run(sleep, NEVER, bounds=Bounds(seconds=NEVER), wait=wait)

    def give_up(share):
        raise InterruptedError
    first = threading.Thread(target=long)
    first.start()
    assert begun.wait(60)
    with pytest.raises(InterruptedError):
        workers.run(twice, 1, bounds=WIDE, wait=give_up)
    enough.set()
    first.join(60)
    assert not first.is_alive()
    assert workers.run(twice, 1, bounds=WIDE) == 2
    workers.end()


def test_this_process_computes_on_while_another_holds_its_interpreter(workers):
    """A match that takes for ever lets no other thread of its process run; here nothing waits for it."""
    ticks = []
    with pytest.raises(TaskEnded):
        workers.run(match_for_ever, bounds=Bounds(seconds=1), wait=ticks.append)
    assert ticks


def test_what_cannot_be_sent_back_ends_in_words(workers):
    with pytest.raises(CohortError, match="could not be done"):
        workers.run(threading.Lock, bounds=WIDE)
    assert workers.run(twice, 4, bounds=WIDE) == 8


def test_a_system_that_bounds_memory_for_good_is_no_hindrance():
    """A hard limit, as hospitals' servers have; set in a process of the test's own."""
    code = ("import resource; resource.setrlimit(resource.RLIMIT_DATA, (8 * 1024**3, 8 * 1024**3))\n"
            "from core.workers.pool import Bounds, Workers\n"
            "made = Workers()\n"
            "assert [made.run(len, [1, 2], bounds=Bounds(seconds=60)) for _ in range(3)] == [2, 2, 2]\n"
            "made.end()")
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=120)


def test_renewed_workers_are_other_processes(workers):
    before = workers.run(os.getpid, bounds=WIDE)
    assert before != os.getpid()
    workers.renew()
    assert workers.run(os.getpid, bounds=WIDE) != before


def test_files_given_together_have_the_time_that_each_has_alone():
    """A file that is read alone within its bound is then not ended for the company it has."""
    alone = Bounds.of_files([10**5]), Bounds.of_files([10**7])
    assert Bounds.of_files([10**5, 10**7]).seconds == alone[0].seconds + alone[1].seconds


def test_the_bounds_of_a_file_grow_with_it():
    small, large = Bounds.of_files([10**6]), Bounds.of_files([10**8])
    assert small.seconds <= 4 and small.memory < 1024**3
    assert large.seconds > 60 and large.memory > small.memory


def test_a_task_that_waits_for_a_busy_machine_goes_on():
    """It is late by the clock, and has not had the processor for its seconds."""
    assert Workers().run(sleep, 1.5, bounds=Bounds(seconds=0.5)) is None
