"""Sixty people at once, each with a cohort of their own: nobody sees another's data, nobody is left without answer.

How quick it is, is measured by `make bench-department`, for ten minutes; a test measures no time.
"""


import pytest

from bench.department import Colleague, at_work, canary, killed
from tests.hosting.department import running_department
from tests.shared.person import finished

pytestmark = pytest.mark.slow
_PEOPLE = 60


async def work(running):
    crowd = [Colleague(running.url, number, _PEOPLE) for number in range(_PEOPLE)]
    for worker in crowd:
        await worker.begin()
    await at_work(crowd, 30)
    before = [(list(worker.errors), worker.told) for worker in crowd]
    its, others, _ = await killed(running, crowd)
    for worker in crowd:
        await worker.person.leave()
    return crowd, before, its, others


def test_sixty_people_work_and_one_process_dies(tmp_path):
    with running_department(tmp_path) as running:
        crowd, before, its, others = finished(work(running))
        events = running.events()
    assert before == [([], None)] * _PEOPLE
    assert all(len(worker.times) >= 1 for worker in others)
    assert [worker.person.seen for worker in crowd] == [{canary(number).encode()} for number in range(_PEOPLE)]
    assert 1 <= len(its) < _PEOPLE and all(worker.told is not None for worker in its)
    assert [(worker.told, worker.errors) for worker in others] == [(None, [])] * len(others)
    assert sum(e["event"] == "loaded" for e in events) >= _PEOPLE
    text = str(events)
    assert not any(canary(number) in text for number in range(_PEOPLE)) and "cohort.csv" not in text


def test_a_canary_in_the_wrong_session_would_be_seen():
    worker = Colleague("http://127.0.0.1:1", 3, 5)
    worker.person._look(f"... {canary(4)}north ...".encode())
    assert worker.person.seen == {canary(4).encode()}
