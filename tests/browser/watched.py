"""The app as `serve.py` starts it; on each line of input it says what it still holds of a file's data, and
where it has written.

    python -m tests.browser.watched FILE [options of streamlit run]
"""

import gc
import json
import os
import runpy
import sys
import threading
from pathlib import Path
from typing import TextIO

import ui.shell.serving

WRITTEN: list[str] = []
_WHEN_CLOSED = 3.0  # seconds, so that the test need not wait as long as a person's connection may be interrupted


def main() -> None:
    """Start the app, and beside it the thread that answers."""
    sys.addaudithook(_note_writing)
    out = sys.stdout
    name = sys.argv.pop(1)
    ui.shell.serving.KEEP = _WHEN_CLOSED
    threading.Thread(target=_answer, args=(name, out), daemon=True).start()
    runpy.run_path(str(Path(__file__).parents[2] / "serve.py"), run_name="__main__")


def _note_writing(event: str, args: tuple[object, ...]) -> None:
    """Keep each place that is opened to be written to: a path, or the folder of a file without a name."""
    if event == "open" and isinstance(args[0], (str, bytes)):
        path, mode, flags = os.fsdecode(args[0]), args[1], args[2]
        for_writing = set(mode) & set("wax+") if isinstance(mode, str) else int(flags) & (os.O_WRONLY | os.O_RDWR)
        if for_writing and path != os.devnull:
            WRITTEN.append(path)


def _answer(name: str, out: TextIO) -> None:
    for _ in sys.stdin:
        print(json.dumps(held(name) | {"written": WRITTEN}), file=out, flush=True)


def held(name: str) -> dict[str, int]:
    """Count the living cohorts and tables of a file, and all uploads and saved files that the server holds."""
    from streamlit.runtime import Runtime

    from core.cohort.cohort import Cohort
    from core.reading.text_table import TextTable

    gc.collect()
    runtime = Runtime.instance()
    files = runtime.media_file_mgr._storage._files_by_id.values()
    living = [o for o in gc.get_objects() if isinstance(o, (Cohort, TextTable)) and o.name == name]
    uploads = sum(len(files) for files in runtime.uploaded_file_mgr.file_storage.values())
    return {"cohorts": sum(isinstance(o, Cohort) for o in living),
            "tables": sum(isinstance(o, TextTable) for o in living),
            "uploads": uploads, "saved": sum(name.encode() in f.content for f in files)}


if __name__ == "__main__":
    main()
