"""A department's server: nginx and the processes of the app behind it, begun, watched, replaced and ended together.

    python -m hosting.department            # settings: see docs/settings.md
    kill -HUP <its number>                  # replace the processes one by one, after an update: people finish
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from prometheus_client.multiprocess import mark_process_dead

from hosting.audit import AuditLog
from hosting.health import is_well
from hosting.process import NAME, SECRET
from hosting.proxy import Process, configuration, nginx
from hosting.settings import Settings, SettingsError, read_settings

_ROOT = Path(__file__).resolve().parents[1]
_TICK = 0.2  # seconds between looks at the processes
_START = 120.0  # seconds that a process may take to answer
_AGAIN = 2.0  # seconds before one that ended at once is begun again
_GRACE = 60.0  # seconds beyond its time, after which a process that drains is killed
_SECRET = "secret"


class Department:
    """The proxy and its processes."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.server.folder
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        about = self.folder.stat()
        if about.st_uid != os.geteuid() or about.st_mode & 0o022:
            raise SettingsError(f"server.folder: {self.folder} is another account's, or others can write into it.")
        shutil.rmtree(self.folder / "metrics", ignore_errors=True)
        shutil.rmtree(self.folder / "turns", ignore_errors=True)
        self._environment = os.environ | self._for_all()
        self._audit = AuditLog(settings.audit.folder, "p0", keep_days=settings.audit.keep_days)
        self.running: dict[Process, subprocess.Popen[bytes]] = {}
        self._made = 0
        self._last_call: dict[str, float] = {}  # when a process that drains is ended in any case
        self._proxy: subprocess.Popen[bytes] | None = None
        self._replacing = threading.Event()
        self._ends = threading.Event()

    def _for_all(self) -> dict[str, str]:
        """Return what every process finds in its environment: the folders they share, and what signs the cookies."""
        metrics, turns = self.folder / "metrics", self.folder / "turns"
        for folder in (metrics, turns):
            folder.mkdir(mode=0o700)
        kept = self.folder / _SECRET
        if not kept.exists():
            new = kept.with_suffix(".new")
            new.touch(mode=0o600)
            new.write_text(secrets.token_hex(32), encoding="ascii")
            new.replace(kept)
        secret = os.environ.get(SECRET) or kept.read_text(encoding="ascii")
        return {"PROMETHEUS_MULTIPROC_DIR": str(metrics), "COHORTSCOPE_TURNS": str(turns), SECRET: secret,
                "COHORTSCOPE_AT_ONCE": str(self.settings.limits.tasks_at_once or os.cpu_count() or 1),
                "STREAMLIT_SERVER_COOKIE_SECRET": secret}

    def begin(self) -> None:
        """Start the processes, and the proxy once they answer.

        Raises
        ------
        SettingsError
            If one of them does not; what it says stands in this program's output.
        """
        for _ in range(self.settings.server.processes):
            self._start(self._next())
        for process in list(self.running):
            if not self._wait(process) and not self._ends.is_set():
                raise SettingsError(f"{process.name} did not start.")
        self._write()
        self._proxy = subprocess.Popen([nginx(), "-c", str(self._path), "-p", str(self.folder)])
        until = time.monotonic() + _START
        while not is_well(self.settings.server) and time.monotonic() < until and not self._ends.is_set():
            if self._proxy.poll() is not None:
                raise SettingsError("nginx did not start.")
            time.sleep(_TICK)

    def watch(self) -> None:
        """Put a new process in the place of each that ends, until the server is to end."""
        while not self._ends.wait(_TICK):
            for process, child in list(self.running.items()):
                if child.poll() is not None:
                    self._ended(process, child.returncode)
                elif time.monotonic() > self._last_call.get(process.name, float("inf")):
                    child.kill()
            if self._proxy is not None and self._proxy.poll() is not None:
                raise SettingsError("nginx has ended; what it said is in nginx.log.")
            if self._replacing.is_set():
                self._replacing.clear()
                self._replace_all()

    def end(self) -> None:
        """End the proxy first, so that nobody comes, then the processes."""
        for children in ([self._proxy] if self._proxy else [], list(self.running.values())):
            for child in children:
                child.terminate()
            for child in children:
                try:
                    child.wait(timeout=20)
                except subprocess.TimeoutExpired:
                    child.kill()

    def ask_to_end(self, *_: object) -> None:
        """Take a signal to end."""
        self._ends.set()

    def ask_to_replace(self, *_: object) -> None:
        """Take a signal to replace all processes."""
        self._replacing.set()

    # ---- one process

    @property
    def _path(self) -> Path:
        return self.folder / "nginx.conf"

    def _next(self) -> Process:
        """Name a process, and take the next port that none of the running ones has."""
        taken = {process.port for process in self.running}
        port = next(p for p in range(self.settings.server.first_port, 65536) if p not in taken and is_free(p))
        self._made += 1
        return Process(f"p{self._made}", port)

    def _start(self, process: Process) -> None:
        command = [sys.executable, "serve.py", "--server.port", str(process.port), "--server.headless", "true"]
        self.running[process] = subprocess.Popen(command, cwd=_ROOT, env=self._environment | {NAME: process.name},
                                                 stdout=subprocess.DEVNULL)
        self._audit.record("process_began", process=process.name)

    def _wait(self, process: Process) -> bool:
        """Wait until a process answers; tell whether it does."""
        until = time.monotonic() + _START
        while time.monotonic() < until and not self._ends.is_set():
            if self.running[process].poll() is not None:
                return False
            if answers(process.port):
                return True
            time.sleep(_TICK)
        return False

    def _ended(self, process: Process, code: int) -> None:
        """Note the end of a process; begin another unless it was to end."""
        self._audit.record("process_ended", process=process.name, code=code)
        ended = self.running.pop(process)
        mark_process_dead(ended.pid, str(self.folder / "metrics"))  # type: ignore[no-untyped-call]  # has no types
        if process.drains:
            self._write()
            self._read_again()
        else:
            time.sleep(_AGAIN if code else 0.0)
            self._start(Process(process.name, process.port))

    def _replace_all(self) -> None:
        """Replace each process by a new one; the old ones keep their people until they leave or the time is over."""
        for old in [process for process in self.running if not process.drains]:
            new = self._next()
            self._start(new)
            if not self._wait(new):
                print(f"{new.name} did not start: {old.name} and those after it go on.", file=sys.stderr, flush=True)
                self.running.pop(new).kill()
                return
            child = self.running.pop(old)
            self.running[Process(old.name, old.port, drains=True)] = child
            self._write()
            self._read_again()
            if child.poll() is None:
                child.send_signal(signal.SIGUSR1)
            self._last_call[old.name] = time.monotonic() + 60 * self.settings.server.drain_minutes + _GRACE

    def _read_again(self) -> None:
        """Let the proxy read its configuration: those who are connected stay where they are."""
        assert self._proxy
        self._proxy.send_signal(signal.SIGHUP)

    def _write(self) -> None:
        new = self._path.with_suffix(".new")
        new.write_text(configuration(self.settings, list(self.running)), encoding="utf-8")
        new.replace(self._path)


def is_free(port: int) -> bool:
    """Tell whether no program of this machine has a port."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    """Tell whether the app answers on a port of this machine."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5):
            return True
    except (OSError, urllib.error.URLError):
        return False


def main() -> int:
    """Run until a signal; return the exit code."""
    try:
        department = Department(read_settings())
    except (SettingsError, OSError) as error:
        print(f"Cohortscope cannot start.\n{error}", file=sys.stderr)
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, department.ask_to_end)
    signal.signal(signal.SIGHUP, department.ask_to_replace)
    try:
        department.begin()
        print(f"Cohortscope answers at {department.settings.server.origin}", flush=True)
        department.watch()
    except (SettingsError, OSError) as error:
        print(f"Cohortscope cannot start.\n{error}", file=sys.stderr)
        return 1
    finally:
        department.end()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
