"""What runs in the browser on every page, as a module: no script stands in the page's HTML, and none there is run."""

from __future__ import annotations

import streamlit as st

from core.language import spoken
from ui.shell.language import words_of_scripts
from ui.shell.modules import joined

_NAMES = ("words.js", "connection.js", "keys.js", "reader.js", "files.js", "terms.js", "tour.js", "copy.js",
          "leaving.js", "presses.js", "actions.js")
_MODULE = """
{scripts}
export default ({{ data }}) => {{
  globalThis.cohortscopeWords = data.words;
  document.documentElement.lang = data.language;
}};
"""


def module() -> str:
    """Return the page's scripts as one module."""
    return _MODULE.format(scripts=joined(*(f"shell/{name}" for name in _NAMES)))


_scripts = st.components.v2.component("cohortscope_page", html="<div></div>", isolate_styles=False, js=module())


def scripts() -> None:
    """Run the page's scripts: what looks after the connection, keys, reading aloud, the glossary, the tour, copying."""
    _scripts(key="page-scripts", data={"language": spoken(), "words": words_of_scripts()})
