"""What of Streamlit's own files the first page needs: the browser is told with the page, and loads it at once.

By itself Streamlit asks for the module of an element when the first of its kind comes, and for what that module
imports once it is read: the charts would wait three times for the server while it computes them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from hosting.frame import FRAME

# The elements of Explore, by the names of their modules.
_ELEMENTS = ("Html", "BidiComponent", "Button", "PageLink", "ButtonGroup", "DownloadButton", "Selectbox", "Checkbox",
             "ArrowVegaLiteChart")
_IMPORT = re.compile(r"""(?:from|import)\s*["']\./([\w.-]+\.js)["']""")
_NAMED = re.compile(r"static/js/([\w.-]+\.js)")


@lru_cache(maxsize=1)
def link() -> str:
    """Return the modules as a Link header (RFC 8288, WHATWG `modulepreload`)."""
    texts = {path.name: path for path in (FRAME / "static" / "js").glob("*.js")}
    with_frame = set(_NAMED.findall((FRAME / "index.html").read_text(encoding="utf-8")))
    return ", ".join(f"</static/js/{name}>; rel=modulepreload" for name in needed(texts, with_frame))


def needed(texts: Mapping[str, Path], there: set[str]) -> list[str]:
    """Return the modules of the elements and all that they import, those that are there already left out.

    Parameters
    ----------
    texts : the modules by their names, such as `Html.CzLZZ4bP.js`
    """
    todo = [name for name in texts if name.split(".")[0] in _ELEMENTS]
    named = dict.fromkeys(todo)
    while todo:
        imported = _IMPORT.findall(texts[todo.pop()].read_text(encoding="utf-8"))
        todo += [name for name in imported if name not in named and name not in there]
        named |= dict.fromkeys(todo)
    return list(named)
