"""A department's server for the tests: the proxy and its processes, on free ports of this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.browser.server import free_port
from tests.conftest import ROOT


class RunningDepartment:
    """A server that runs.

    Attributes
    ----------
    url : that people open
    """

    def __init__(self, folder: Path, process: subprocess.Popen[str], url: str) -> None:
        self.folder, self.process, self.url = folder, process, url

    def events(self) -> list[dict[str, Any]]:
        """Return the audit log's lines in their order."""
        lines = [line for path in (self.folder / "audit").glob("*.jsonl")
                 for line in path.read_text(encoding="utf-8").splitlines()]
        return sorted((json.loads(line) for line in lines), key=lambda event: str(event["time"]))

    def processes(self) -> dict[str, int]:
        """Return the numbers of the app's processes by their names."""
        task = Path(f"/proc/{self.process.pid}/task/{self.process.pid}")
        children = (task / "children").read_text(encoding="ascii").split()
        out = {}
        for child in children:
            try:
                environment = Path(f"/proc/{child}/environ").read_bytes().split(b"\0")
            except OSError:  # it has just ended
                continue
            for variable in environment:
                if variable.startswith(b"COHORTSCOPE_PROCESS="):
                    out[variable.split(b"=")[1].decode()] = int(child)
        return out

    def replace(self) -> None:
        """Ask for new processes in place of the old ones."""
        self.process.send_signal(signal.SIGHUP)

    def metric(self, name: str) -> float:
        """Return a figure of the page for Prometheus."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=60) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.split("{")[0].split(" ")[0] == name)


@contextmanager
def running_department(folder: Path, settings: str = "", *, at: int | None = None, home: Path = ROOT,
                       **environment: str) -> Iterator[RunningDepartment]:
    """Start a server with three processes; end it with the `with`.

    Parameters
    ----------
    settings : further lines of the settings, whose first may belong to `[server]`
    at : its port; a free one unless told
    home : the folder with the app
    environment : further settings, by their variables
    """
    port, first = at or free_port(), 10_000 + 10 * (os.getpid() % 2_000)  # below those that connections take
    file = folder / "settings.toml"
    file.write_text(f'[audit]\nfolder = "{folder}/audit"\n[server]\nname = "127.0.0.1"\nport = {port}\n'
                    f'first_port = {first}\nfolder = "{folder}/run"\n{settings}', encoding="utf-8")
    log = (folder / "log").open("w", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "hosting.department"], cwd=home, stdout=subprocess.PIPE, stderr=log, text=True,
        env=os.environ | {"COHORTSCOPE_SETTINGS": str(file)} | environment)
    try:
        yield RunningDepartment(folder, process, _address(process, folder / "log"))
    finally:
        process.terminate()
        process.communicate(timeout=60)
        log.close()


def _address(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout
    while line := process.stdout.readline():
        if line.startswith("Cohortscope answers at "):
            return line.removeprefix("Cohortscope answers at ").strip()
    raise RuntimeError(f"the server did not start: {log.read_text(encoding='utf-8')}")
