"""The one way by which text from the data becomes a part of what Streamlit reads as Markdown.

Labels, help texts, titles, and the options of pills, segmented controls and radio buttons are Markdown; the options of
select boxes, placeholders and file names are shown as they are and must not be escaped (tests/test_escaping.py).
"""

from __future__ import annotations

import re

_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_MARKS = re.compile(r"([!-/:-@\[-`{-~])")  # all of ASCII's
# Links, icons, emoji and arrows are looked for once escapes are resolved: the text is parted inside of them.
_INSIDE = re.compile(r"(?<=:)(?=[\w/+-]|$)|(?=@)|(?<=www)(?=\.)|(?<=[<>~-])(?=[->=])", re.IGNORECASE)
_NOTHING = ":color[]"  # an empty element: the text on the page stays as it is


def plain(text: str) -> str:
    """Return Markdown that shows a text as it is: no picture, no link, no icon, no formula."""
    bare = _SPACE.sub(" ", text).strip()
    return _NOTHING.join(_MARKS.sub(r"\\\1", part) for part in _INSIDE.split(bare))
