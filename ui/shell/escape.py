"""The one way by which text from the data becomes a part of what Streamlit reads as Markdown.

Labels, help texts, titles, and the options of pills, segmented controls and radio buttons are Markdown; the options of
select boxes, placeholders and file names are shown as they are and must not be escaped (tests/test_escaping.py).
"""

from __future__ import annotations

import re

_SPACE = re.compile(r"[ \t\r\n\f\v]+")
# What begins something wherever it stands, or beside certain letters, or at the begin; the last of a match is escaped.
# Nothing more is, because a screen reader is given the text with its escapes.
_MARKS = re.compile(r"[\\`*\[\]$~|]|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|&(?=[#\w])|:(?=[\w/+-]|$)|^[-+#>=]"
                    r"|^\d{1,9}[.)]")
# Links, icons, emoji and arrows are looked for once escapes are resolved: the text is parted inside of them.
_INSIDE = re.compile(r"(?<=:)(?=[\w/+-]|$)|(?=@)|(?<=www)(?=\.)|(?<=[<>~-])(?=[->=])", re.IGNORECASE)
_NOTHING = ":color[]"  # an empty element: the text on the page stays as it is


def plain(text: str) -> str:
    """Return Markdown that shows a text as it is: no picture, no link, no icon, no formula."""
    bare = _SPACE.sub(" ", text).strip()
    return _NOTHING.join(_MARKS.sub(_escaped, part) for part in _INSIDE.split(bare))


def _escaped(mark: re.Match[str]) -> str:
    return f"{mark[0][:-1]}\\{mark[0][-1]}"
