"""One machine for many: the line before heavy work, and memory that is nearly full, as people see them."""

import asyncio

import pytest

from bench.department import many
from tests.conftest import ROOT
from tests.hosting.department import running_department
from tests.shared.person import Person, finished

pytestmark = pytest.mark.slow
_SAMPLE = (ROOT / "sample_data" / "yang2023_synthetic.csv").read_bytes()


def test_who_waits_sees_how_many_are_before_and_others_click_on(tmp_path):
    async def work(running):
        people = [Person(running.url, address=f"127.0.0.{30 + i}") for i in range(4)]
        for person in people:
            await person.visit()
        *readers, clicks = people
        for person in readers:
            await person.go("Cohort")
        large = many(60_000)
        tasks = [asyncio.create_task(person.upload("large.csv", large)) for person in readers]
        while not all(task.done() for task in tasks):
            await clicks.click()
        statuses = [task.result() for task in tasks]
        said = [person.said for person in readers]
        for person in people:
            await person.leave()
        return statuses, said
    with running_department(tmp_path, "processes = 2\n[limits]\ntasks_at_once = 1\n") as running:
        statuses, said = finished(asyncio.wait_for(work(running), 300))
    assert all(status < 300 for status in statuses)
    assert any(b"The server is busy: 1 before you" in each and b"Give up" in each for each in said)
    assert all(b"Explore this cohort" in each for each in said)


def test_when_the_memory_is_nearly_full_files_are_refused_and_idle_sessions_end(tmp_path):
    async def work(running):
        person = Person(running.url, address="127.0.0.40")
        await person.visit()
        await person.go("Cohort")
        await person.upload("cohort.csv", _SAMPLE)
        refused = person.said
        await person.until("Click anything to stay")
        await person.until("the server's memory was full")
        await person.leave()
        return refused
    settings = "processes = 1\n[limits]\nmemory_percent = 0.5\nidle_minutes = 0.05\nwarning_minutes = 0.05\n"
    with running_department(tmp_path, settings) as running:
        refused = finished(asyncio.wait_for(work(running), 300))
        events = {(e["event"], e.get("reason")) for e in running.events()}
    assert b"no new file is read now" in refused and b"Try again" in refused
    assert {("upload_refused", "memory"), ("session_ended", "memory")} <= events


def test_the_bound_of_a_department_holds(tmp_path):
    async def work(running):
        person = Person(running.url, address="127.0.0.41")
        await person.visit()
        await person.go("Cohort")
        statuses = [await person.upload("large.csv", b"a" * 3 * 1024**2), await person.upload("cohort.csv", _SAMPLE)]
        said = person.said
        await person.leave()
        return statuses, said
    with running_department(tmp_path, "processes = 1\n[limits]\nupload_mb = 1\n") as running:
        statuses, said = finished(asyncio.wait_for(work(running), 300))
    assert statuses[0] == 413 and statuses[1] < 300 and b"Explore this cohort" in said
