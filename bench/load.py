"""Many people at one process: each clicks every three seconds over a websocket of their own, as a browser would.

    python -m bench.load [PEOPLE [SECONDS]]

The time runs from the click that is sent to the last message of its answer. Beside it stands that of one person alone,
in the same run.
"""

from __future__ import annotations

import asyncio
import sys
import time
from statistics import median, quantiles

from tests.browser.server import running_server
from tests.shared.person import Person

_PAUSE = 3.0  # seconds between two clicks of a person


async def timed_click(person: Person) -> float:
    """Click; return the seconds until the answer is there."""
    begun = time.perf_counter()
    await person.click()
    return time.perf_counter() - begun


async def clicks(person: Person, many: int, start: float, times: list[float]) -> None:
    """Click so many times, from a moment on."""
    await asyncio.sleep(start)
    for _ in range(many):
        taken = await timed_click(person)
        times.append(taken)
        await asyncio.sleep(max(0.0, _PAUSE - taken))


def report(words: str, times: list[float]) -> None:
    """Say how long clicks took."""
    late = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    print(f"{words}: {len(times)} clicks, median {1e3 * median(times):.0f} ms, 95th percentile {1e3 * late:.0f} ms, "
          f"longest {1e3 * max(times):.0f} ms", flush=True)


async def measure(url: str, people: int, seconds: int) -> None:
    crowd = [Person(url) for _ in range(people)]
    for person in crowd:
        await person.visit()
    alone: list[float] = []
    await clicks(crowd[0], 8, 0.0, alone)
    report("one person", alone)
    times: list[float] = []
    many = int(seconds / _PAUSE)
    await asyncio.gather(*(clicks(person, many, _PAUSE * i / people, times) for i, person in enumerate(crowd)))
    report(f"{people} people", times)
    print(f"the median is {median(times) / median(alone):.1f} times that of one person alone")


if __name__ == "__main__":
    given = [int(v) for v in sys.argv[1:]]
    with running_server() as address:
        asyncio.run(measure(address, given[0] if given else 30, given[1] if given[1:] else 60))
