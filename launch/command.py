"""The command `cohortscope` of the wheel (`pipx install`, `uvx`): it starts the app and opens the browser."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

HOME = Path(__file__).parent / "app"  # in the wheel; the files of the app as they stand in the project


def main(arguments: Sequence[str] | None = None) -> None:
    """Start the app; it ends with Ctrl-C, or when its window is closed."""
    options, others = _parser().parse_known_args(arguments)
    os.chdir(HOME)  # where Streamlit reads its configuration, and the processes that read files find `core`
    sys.path.insert(0, str(HOME))
    if options.version:
        from core.version import __version__

        print(f"Cohortscope {__version__}")
        return
    sys.argv = [str(HOME / "serve.py"), *server_options(options.port, browser=not options.no_browser), *others]
    runpy.run_path(sys.argv[0], run_name="__main__")


def server_options(port: int | None, *, browser: bool) -> list[str]:
    """Return the options for Streamlit: it takes a free port, from 8501 on, where none is named."""
    return [*(["--server.port", str(port)] if port else []), *([] if browser else ["--server.headless", "true"])]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cohortscope", description="Cohortscope in the browser, on this machine alone.",
        epilog="Other options go to `streamlit run`.")
    parser.add_argument("--port", type=int, help="of the address that the browser opens; a free one unless named")
    parser.add_argument("--no-browser", action="store_true", help="print the address and open nothing")
    parser.add_argument("--version", action="store_true", help="print the version and end")
    return parser
