"""A department at work: people with cohorts of their own behind the proxy, who click every three seconds, and between
clicks load the cohort anew or save a file; then one process is killed.

    python -m bench.department [PEOPLE [SECONDS]]
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from bench.load import report, timed_click
from tests.hosting.department import RunningDepartment, running_department
from tests.shared.person import Lost, Person

_PAUSE = 3.0  # seconds between two clicks of a person
_LARGE = 100_000  # patients
_OTHER = 12  # clicks between two other things: a file saved, the cohort loaded anew
_SAMPLE = Path("sample_data/yang2023_synthetic.csv").read_text(encoding="utf-8").splitlines()


def canary(number: int) -> str:
    """Return a text that stands in one person's cohort alone."""
    return f"canary-{number:03d}-"


def cohort(number: int) -> bytes:
    """Return the sample with a column of one person's canaries."""
    head, *rows = _SAMPLE
    centres = [f"{canary(number)}{'north' if i % 2 else 'south'}" for i in range(len(rows))]
    return "\n".join([f"{head},centre", *(f"{row},{c}" for row, c in zip(rows, centres, strict=True))]).encode()


def many(patients: int) -> bytes:
    """Return the sample's rows again and again, each patient with a number, whose reading takes seconds."""
    head, *rows = _SAMPLE
    numbered = (f"Q{i:06d},{rows[i % len(rows)].split(',', 1)[1]}" for i in range(patients))
    return "\n".join([head, *numbered]).encode()


class Colleague:
    """One person, and how it went."""

    def __init__(self, url: str, number: int, people: int) -> None:
        self.number = number
        self.person = Person(url, address=f"127.0.1.{1 + number}",
                             canaries=[canary(n) for n in range(people)])
        self.times: list[float] = []
        self.errors: list[str] = []
        self.told: float | None = None  # when the connection ended

    async def begin(self) -> None:
        await self.person.visit()
        await self.person.load("cohort.csv", cohort(self.number))
        await self.person.go("")

    async def work(self, until: float) -> None:
        """Click until a moment; between clicks save a file, or load the cohort anew."""
        done = 0
        while time.monotonic() < until:
            begun = time.monotonic()
            try:
                self.times.append(await timed_click(self.person))
                done += 1
                if done % _OTHER == self.number % _OTHER:
                    await self._other(done)
            except Lost:
                self.told = time.monotonic()
                return
            except Exception as error:  # of any kind: each is one of the errors that the run counts
                self.errors.append(f"{type(error).__name__}: {error}")
                return
            await asyncio.sleep(max(0.0, _PAUSE - (time.monotonic() - begun)))

    async def _other(self, done: int) -> None:
        if (done // _OTHER + self.number) % 2:
            await self.person.save("Save")
        else:
            await self.person.load("cohort.csv", cohort(self.number))
            await self.person.go("")


async def memory(department: RunningDepartment, seconds: float) -> None:
    """Say each minute how much memory the processes hold."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        app, workers = [await asyncio.to_thread(department.metric, f"cohortscope_{name}memory_bytes") / 1e6
                        for name in ("", "workers_")]
        print(f"  {time.monotonic() - begun:4.0f} s: {app:.0f} MB, those who read and draw {workers:.0f} MB, "
              f"load {os.getloadavg()[0]:.1f}", flush=True)
        await asyncio.sleep(60)


async def measure(department: RunningDepartment, people: int, seconds: float) -> None:
    crowd = [Colleague(department.url, n, people) for n in range(people)]
    for colleague in crowd:
        await colleague.begin()
    alone = [await timed_click(crowd[0].person) for _ in range(8)]
    report("one person", alone)
    report(f"one person, while another of the same process works with {_LARGE:,} patients", await beside_large(crowd))
    await asyncio.gather(at_work(crowd, seconds), memory(department, seconds))
    report(f"{people} people", [t for colleague in crowd for t in colleague.times])
    strange = sum(len(w.person.seen - {canary(w.number).encode()}) for w in crowd)
    print(f"errors: {[e for w in crowd for e in w.errors]}; lost: {sum(w.told is not None for w in crowd)}; "
          f"canaries in another session: {strange}", flush=True)
    its_people, others, last = await killed(department, crowd)
    print(f"a process killed: {len(its_people)} people, all know after {last:.1f} s (a click each 3 s); others: "
          f"{sum(w.told is not None for w in others)} lost, {sum(len(w.errors) for w in others)} errors", flush=True)
    report("the others meanwhile", [t for colleague in others for t in colleague.times])


async def beside_large(crowd: list[Colleague]) -> list[float]:
    """Return how long a person's clicks take while another of the same process works with many patients."""
    first, second = crowd[0].person, next(
        other.person for other in crowd[1:]
        if other.person.http.cookies["cohortscope_process"] == crowd[0].person.http.cookies["cohortscope_process"])

    async def work() -> None:
        await first.load("large.csv", many(_LARGE))
        for page in ("", "Survival", "Hazard_ratios", "Toxicity", "Response", ""):
            await first.go(page)
    large, times = asyncio.create_task(work()), []
    while not large.done():
        times.append(await timed_click(second))
        await asyncio.sleep(0.2)
    await large
    await crowd[0].person.load("cohort.csv", cohort(0))
    await crowd[0].person.go("")
    return times


async def at_work(crowd: list[Colleague], seconds: float) -> None:
    """Let people work, who begin one after the other."""
    until = time.monotonic() + seconds

    async def later(colleague: Colleague) -> None:
        await asyncio.sleep(_PAUSE * colleague.number / len(crowd))
        await colleague.work(until)
    await asyncio.gather(*(later(colleague) for colleague in crowd))


async def killed(department: RunningDepartment, crowd: list[Colleague],
                 ) -> tuple[list[Colleague], list[Colleague], float]:
    """Kill a process while people work.

    Returns
    -------
    its people, the others, and after how many seconds the last of its people knew
    """
    name, number = next(iter(department.processes().items()))
    its_people = [w for w in crowd if w.person.http.cookies.get("cohortscope_process") == name]
    others = [w for w in crowd if w not in its_people]
    for colleague in crowd:
        colleague.times.clear()
    work = asyncio.create_task(at_work(crowd, 24))
    await asyncio.sleep(4)
    os.kill(number, signal.SIGKILL)
    at = time.monotonic()
    await work
    return its_people, others, max((colleague.told or float("inf")) - at for colleague in its_people)


if __name__ == "__main__":
    given = [int(v) for v in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as folder, running_department(Path(folder)) as server:
        asyncio.run(measure(server, given[0] if given else 60, given[1] if given[1:] else 600))
