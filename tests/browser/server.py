"""Start the app as README does, on a free port."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def running_server(*start: str) -> Iterator[str]:
    """Yield the address of a running app, that of `serve.py` unless told otherwise; end it with the `with`."""
    server = Server(list(start) or ["serve.py"])
    try:
        yield server.url
    finally:
        server.end()


class Server:
    """A running app.

    Parameters
    ----------
    start : what Python runs: `serve.py`, or a module that starts it
    port : to take one that another server had
    """

    def __init__(self, start: list[str], *, port: int | None = None) -> None:
        self.port = port or free_port()
        self.process = subprocess.Popen(
            [sys.executable, *start, "--server.port", str(self.port), "--server.headless", "true"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = when_healthy(f"http://127.0.0.1:{self.port}", self.process)

    def ask(self) -> str:
        """Send a line of input; return the line that comes back (after those that the server says at its start)."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        while not (line := self.process.stdout.readline()).startswith("{"):
            assert line, "the server has ended"
        return line

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def end(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=60)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def when_healthy(url: str, process: "subprocess.Popen[str]") -> str:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=60).close()
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.2)
        else:
            return url
    raise RuntimeError("the app did not start")
