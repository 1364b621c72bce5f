"""Many people at one process: each clicks every three seconds over a websocket of their own, as a browser would.

    python -m bench.load [PEOPLE [SECONDS]], at most 93 seconds

The time runs from the click that is sent to the last message of its answer; the seconds of the processor are those of
the server. Each click leads to a cohort that the person has not seen before: no result is a kept one. Beside them stand
the figures of one person alone, in the same run.
"""

from __future__ import annotations

import asyncio
import sys
import time
from statistics import median, quantiles

import psutil

from bench.click import DIFFERENT, toggled
from tests.browser.server import Server
from tests.shared.person import Person

_PAUSE, _REST = 3.0, 10.0  # seconds between two clicks of a person, and in which nobody clicks


async def timed_click(person: Person, *bar: str) -> float:
    """Click a bar, of a column and level where they are named; return the seconds until the answer is there."""
    begun = time.perf_counter()
    await person.click(*bar)
    return time.perf_counter() - begun


async def clicks(person: Person, many: int, start: float, times: list[float]) -> None:
    """Click so many times, from a moment on."""
    await asyncio.sleep(start)
    for i in range(many):
        taken = await timed_click(person, *toggled(i))
        times.append(taken)
        await asyncio.sleep(max(0.0, _PAUSE - taken))


def used(server: Server) -> float:
    """Return the seconds of the processor that a server has used."""
    taken = psutil.Process(server.process.pid).cpu_times()
    return float(taken.user + taken.system)


def report(words: str, times: list[float]) -> None:
    """Say how long clicks took."""
    late = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    print(f"{words}: {len(times)} clicks, median {1e3 * median(times):.0f} ms, 95th percentile {1e3 * late:.0f} ms, "
          f"longest {1e3 * max(times):.0f} ms", flush=True)


def spent(seconds: float, times: list[float]) -> None:
    """Say what clicks cost the server."""
    print(f"of the server's processor each: {1e3 * seconds / len(times):.0f} ms", flush=True)


async def measure(server: Server, people: int, seconds: int) -> None:
    first, *crowd = [Person(server.url) for _ in range(people + 1)]
    for person in (first, *crowd):
        await person.visit()
    await asyncio.sleep(_REST)  # what visits leave to be done is done
    before = used(server)
    await asyncio.sleep(_REST)
    idle = (used(server) - before) / _REST
    print(f"of the server's processor a second while nobody clicks: {1e3 * idle:.0f} ms", flush=True)
    alone: list[float] = []
    many = max(1, min(DIFFERENT, int(seconds / _PAUSE)))
    before, begun = used(server), time.perf_counter()
    await clicks(first, many, 0.0, alone)
    report("one person", alone)
    spent(used(server) - before - idle * (time.perf_counter() - begun), alone)
    times: list[float] = []
    before, begun = used(server), time.perf_counter()
    await asyncio.gather(*(clicks(person, many, _PAUSE * i / people, times) for i, person in enumerate(crowd)))
    report(f"{people} people", times)
    spent(used(server) - before - idle * (time.perf_counter() - begun), times)
    print(f"the median is {median(times) / median(alone):.1f} times that of one person alone")


if __name__ == "__main__":
    given = [int(v) for v in sys.argv[1:]]
    running = Server(["serve.py"])
    try:
        asyncio.run(measure(running, given[0] if given else 30, given[1] if given[1:] else 60))
    finally:
        running.end()
