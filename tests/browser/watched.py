"""The app as `serve.py` starts it; on each line of input it says what it still holds of a file's data.

    python -m tests.browser.watched FILE [options of streamlit run]
"""

import gc
import json
import runpy
import sys
import threading
from pathlib import Path

import ui.serving

_WHEN_CLOSED = 3.0  # seconds, so that the test need not wait as long as a person's connection may be interrupted


def main() -> None:
    """Start the app, and beside it the thread that answers."""
    out = sys.stdout
    name = sys.argv.pop(1)
    ui.serving.KEEP = _WHEN_CLOSED
    threading.Thread(target=_answer, args=(name, out), daemon=True).start()
    runpy.run_path(str(Path(__file__).parents[2] / "serve.py"), run_name="__main__")


def _answer(name: str, out: object) -> None:
    for _ in sys.stdin:
        print(json.dumps(held(name)), file=out, flush=True)  # type: ignore[call-overload]


def held(name: str) -> dict[str, int]:
    """Count the living cohorts and tables of a file, and all uploads and saved files that the server holds."""
    from streamlit.runtime import Runtime

    from core.cohort import Cohort
    from core.text_table import TextTable

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
