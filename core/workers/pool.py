"""Tasks in a separate process with limits of time and memory, so that no file, whatever it does, can stop the app.

A worker is started once and waits. A task goes to it and its result comes back through pipes, in memory; progress comes
on the way. A task that takes too long, needs too much or is given up ends with its worker, and another takes its place.
"""

from __future__ import annotations

import contextlib
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psutil

from core.errors import CohortError
from core.format import megabytes, number
from core.language import say, spoken
from core.workers.turns import Turns

Line = Callable[[int], None]  # called while others are before this task, with how many
Wait = Callable[[float], None]  # called now and then with the share that is done; may raise to give the task up
_ROOT = Path(__file__).parents[2]
_START = 60.0  # seconds that a process may take to begin, on a machine that is busy
_TICK = 0.05  # seconds between looks at a task
_MOST = 2  # workers
_BUSY = 5  # times its seconds that a task may take by the clock
_LARGE = 8 * 1024**2  # bytes of a task, after which its worker ends: its memory is the system's again


class TaskEnded(CohortError):
    """Say that a task did not come to its end, and which bound it met."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What a task may take: seconds from its start, bytes beyond what its worker begins with; what to do if not.

    A task that is late but has not had the processor for so long, because others keep the machine busy, goes on until
    it has, or until five times these seconds are over.
    """

    seconds: float
    memory: int = 1024**3
    remedy: str = "Keep the columns and rows that you need, or save the table as CSV."

    @staticmethod
    def of_files(sizes: Sequence[int]) -> Bounds:
        """Return the bounds of reading files of so many bytes: 4 s for each and 0.7 GB; more for more than 1 MB."""
        return Bounds(seconds=sum(4 + 4 * max(size / 1e6 - 1, 0) for size in sizes),
                      memory=700 * 1024**2 + 12 * sum(sizes))


class _Worker:
    """A process that does one task at a time."""

    def __init__(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "core.workers.process"], cwd=_ROOT,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.said: queue.Queue[tuple[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        """Hand on what the process says, and that it has ended."""
        out = self.process.stdout
        assert out is not None
        with contextlib.suppress(Exception):  # a pipe that was closed, or a message that cannot be unpacked
            while True:
                self.said.put(received(out))
        self.said.put(("ended", None))

    def begin(self, task: bytes) -> None:
        """Send a task, without waiting until the process takes it: the pipe holds less than a file."""
        threading.Thread(target=self._send, args=(task,), daemon=True).start()

    def _send(self, task: bytes) -> None:
        into = self.process.stdin
        assert into is not None
        with contextlib.suppress(OSError, ValueError):  # a process that has ended says so itself
            send_bytes(into, task)

    def seconds(self) -> float:
        """Return the seconds of the processor that the process has used."""
        try:
            used = psutil.Process(self.process.pid).cpu_times()
        except psutil.Error:  # it has ended, and says so itself
            return 0.0
        return float(used.user + used.system)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                with contextlib.suppress(OSError, ValueError):
                    pipe.close()


class Workers:
    """A few processes that wait for tasks."""

    def __init__(self, most: int = _MOST) -> None:
        self._free: list[_Worker] = []
        self._turns = Turns.of_environment()
        self._most = max(most, self._turns.at_once)  # who has a turn on the machine does not wait for one here
        self._places = threading.Semaphore(self._most)
        self._lock = threading.Lock()

    def warm(self) -> None:
        """Start a worker, so that the first task need not wait for it."""
        with self._lock, contextlib.suppress(OSError):  # the task that needs it will say that there is none
            if not self._free:
                self._free.append(_Worker())

    def end(self) -> None:
        """End the workers that wait, and with them whatever their memory holds of earlier tasks."""
        with self._lock:
            waiting, self._free = self._free, []
        for worker in waiting:
            worker.end()

    def renew(self) -> None:
        """Put a new worker in the place of those that wait."""
        self.end()
        self.warm()

    def run(self, function: Callable[..., Any], *args: Any, bounds: Bounds, wait: Wait = lambda share: None,
            in_line: Line = lambda ahead: None, **kwargs: Any) -> Any:
        """Call a function of the app in a worker and return what it returns.

        Parameters
        ----------
        function : of a module, by whose name the worker finds it
        wait : called every few hundredths of a second, also while all workers are busy
        in_line : called instead while the machine has enough to do, with how many tasks must end before

        Raises
        ------
        TaskEnded
            If the task took more than its bounds, or its process died.
        CohortError
            What the function raises, and in words whatever else it does.
        """
        task = pickle.dumps((spoken(), function, args, kwargs, bounds), protocol=pickle.HIGHEST_PROTOCOL)
        with self._place(wait, in_line):
            try:
                worker, ended_well = self._take(), False
            except OSError as error:
                raise TaskEnded(say("The system cannot start another process."),
                                say("Close other programs and try again.")) from error
            try:
                worker.begin(task)
                kind, result = self._followed(worker, bounds, wait)
                ended_well = True
            finally:
                self._put_back(worker, worth_keeping=ended_well and len(task) <= _LARGE)
        if kind == "error":
            raise result
        return result

    @contextlib.contextmanager
    def _place(self, wait: Wait, in_line: Line) -> Iterator[None]:
        with self._turns.ticket() as ticket:
            while ahead := ticket.ahead():
                in_line(ahead)
                time.sleep(_TICK)
            while not self._places.acquire(timeout=_TICK):
                wait(0.0)
            try:
                yield
            finally:
                self._places.release()
                threading.Thread(target=self.warm, daemon=True).start()

    def waiting(self) -> int:
        """Return how many tasks of all processes of the server wait for their turn."""
        return self._turns.waiting()

    def _put_back(self, worker: _Worker, *, worth_keeping: bool) -> None:
        with self._lock:
            if worth_keeping and len(self._free) < self._most:
                self._free.append(worker)
                return
        worker.end()

    def _take(self) -> _Worker:
        with self._lock:
            while self._free:
                worker = self._free.pop()
                if worker.process.poll() is None:
                    return worker
        return _Worker()

    @staticmethod
    def _followed(worker: _Worker, bounds: Bounds, wait: Wait) -> tuple[str, Any]:
        """Wait for a task's end; pass its progress on."""
        until, share, used, begun = time.monotonic() + _START, 0.0, 0.0, False
        while True:
            try:
                kind, content = worker.said.get(timeout=_TICK)
            except queue.Empty:
                kind, content = "progress", share
            if kind == "ready":  # the clock starts when the worker has its libraries
                until, begun, used = time.monotonic() + bounds.seconds, True, worker.seconds()
            elif kind == "progress":
                share = content
                wait(share)
            elif kind == "ended":
                raise TaskEnded(say("It needed more than {megabytes} of memory, or its process ended.",
                                    megabytes=megabytes(bounds.memory)),
                                bounds.remedy)
            else:
                return kind, content
            if time.monotonic() > until and not begun:
                raise TaskEnded(say("The process that should do it did not begin: the machine is very busy."),
                                say("Try again."))
            late = time.monotonic() - until
            if late > 0 and (worker.seconds() - used > bounds.seconds or late > (_BUSY - 1) * bounds.seconds):
                raise TaskEnded(say("It took more than {seconds} seconds and was ended.",
                                    seconds=number(round(bounds.seconds))),
                                bounds.remedy)


def send_bytes(stream: IO[bytes], data: bytes) -> None:
    """Write a message: its length, and it."""
    stream.write(len(data).to_bytes(8, "little"))
    stream.write(data)
    stream.flush()


def received_bytes(stream: IO[bytes]) -> bytes:
    """Read a message.

    Raises
    ------
    EOFError
        If the stream ends before it.
    """
    size = int.from_bytes(_exactly(stream, 8), "little")
    return _exactly(stream, size)


def received(stream: IO[bytes]) -> tuple[str, Any]:
    """Read a message that is an object: what it is, and its content."""
    kind, content = pickle.loads(received_bytes(stream))
    return kind, content


def _exactly(stream: IO[bytes], size: int) -> bytes:
    parts, left = [], size
    while left:
        part = stream.read(min(left, 1 << 24))
        if not part:
            raise EOFError
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


WORKERS = Workers()
