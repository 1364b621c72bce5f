"""From a cohort file to its board: in Python, and in a real Chromium from the upload on.

    python -m bench.upload 10000 1000000

Files have 40 columns. The server's memory is the largest that its process ever held (Linux).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench.simulate import simulate
from tests.browser.app import App
from tests.browser.chromium import FLAGS, chromium
from tests.browser.server import running_server

_PATIENCE = 120_000
_IN_PYTHON = """
import resource, sys, time
from core import adverse_events, kaplan_meier, read_cohort, treatment_effect
start = time.perf_counter()
cohort = read_cohort(sys.argv[1])
for endpoint in cohort.endpoints:
    kaplan_meier(cohort, endpoint=endpoint, by="arm"); treatment_effect(cohort, endpoint=endpoint, by="arm")
adverse_events(cohort)
print(f"{time.perf_counter() - start:.2f} s, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")
"""


def in_browser(path: Path) -> str:
    """Upload a file, accept its mapping, and wait for its curves; return time and memory in words."""
    program = chromium()
    if program is None:
        return "no Chromium: see README for how to install one"
    with running_server() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(_PATIENCE)
        app = App(page, url).open().go("Cohort")
        page.get_by_text("Load a cohort").wait_for()
        start = time.perf_counter()
        app.upload(path)
        page.get_by_test_id("ready").wait_for()
        ready = time.perf_counter() - start
        page.get_by_role("button", name="Explore this cohort").click()
        page.wait_for_function("n => document.querySelector('[data-testid=summary]')?.innerText.includes(n)",
                               arg=f"{_rows(path):,} patients")
        page.locator(".st-key-curves svg.marks, .st-key-curves canvas").first.wait_for()
        said = f"ready after {ready:.1f} s, on the board after {time.perf_counter() - start:.1f} s, {_peak(url)}"
        browser.close()
    return said


def _rows(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file) - 1


def _peak(url: str) -> str:
    """Return the most memory that the server's process ever held."""
    port = url.rsplit(":", maxsplit=1)[-1]
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if port.encode() in (folder / "cmdline").read_bytes() and folder.name != str(os.getpid()):
                size = re.search(r"VmHWM:\s+(\d+) kB", (folder / "status").read_text())
                return f"server {int(size[1]) / 1e6:.2f} GB" if size else ""
        except OSError:
            continue
    return ""


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        for size in sys.argv[1:] or ["10000"]:
            path = simulate(int(size), Path(scratch), laboratory=14)
            run = subprocess.run([sys.executable, "-c", _IN_PYTHON, str(path)], capture_output=True, text=True,
                                 check=True)
            print(f"n = {int(size):>9,}, {path.stat().st_size / 1e6:.0f} MB   in Python {run.stdout.strip()}   "
                  f"in the browser {in_browser(path)}", flush=True)


if __name__ == "__main__":
    main()
