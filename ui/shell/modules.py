"""The browser's modules as they are sent: plain JavaScript, several put together as one; no build, no other source."""

from __future__ import annotations

import re
from pathlib import Path

_UI = Path(__file__).parents[1]
_IMPORT = re.compile(r'^import .* from "\.[\w./]+";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


def joined(*names: str) -> str:
    """Return modules as one: each may use what stands before it, and the last exports what Streamlit calls."""
    texts = [(_UI / name).read_text(encoding="utf-8") for name in names]
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", text)) for text in texts)
