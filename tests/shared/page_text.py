"""What a page says, without a browser."""

import re

from streamlit.testing.v1 import AppTest

_TERM = re.compile(r"<span class='cs-term'[^>]*>(.*?)</span>")


def texts(app: AppTest) -> str:
    """Return the HTML of a page without its scripts and styles; terms of the glossary stand in it as plain words."""
    bodies = (str(e.proto.body) for e in app.get("html"))
    return _TERM.sub(r"\1", " ".join(b for b in bodies if not b.startswith(("<i data-session", "<style"))))
