"""The texts of the app for translators: those of the code, and a catalogue that holds them.

    python -m tests.shared.catalogue LANGUAGE

brings a language's catalogue up to date: texts that are new are added without a translation, those that are gone are
taken away, and what is missing is named.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from core.language import LOCALE
from tests.structure import APP, ROOT, nodes_of, source_of

_SCRIPTS = sorted((ROOT / "ui").rglob("*.js"))
_QUOTE = r'"((?:[^"\\\n]|\\.)*)"'
_QUOTED = re.compile(_QUOTE)
_SAID = re.compile(rf'\b(?:cohortscopeSay|say)\(\s*(?:[^"(),]*\?\s*)?{_QUOTE}(?:\s*:\s*{_QUOTE})?')
_FUNCTIONS = {"say": 0, "plural": 1}  # what takes a text, and in which place


_HEAD = "# Texts of Cohortscope; `python -m tests.shared.catalogue LANGUAGE` brings them up to date."
_NOT_NEEDED = tuple(f'"{name}' for name in ("Project-Id", "Report-Msgid", "POT-Creation", "PO-Revision", "Last-Trans",
                                            "Language-Team", "Generated-By"))


def texts_of(source: str) -> Iterator[str]:
    """Walk the texts that a module says: given to `say` or `plural` as they stand."""
    for node in nodes_of(source):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
            place = _FUNCTIONS[node.func.id]
            for text in _constants(node.args[place]) if len(node.args) > place else ():
                yield text if node.func.id == "say" else f"{{n}} {text}s"


def _constants(node: ast.expr) -> Iterator[str]:
    """Walk the texts that an argument can be: one, or either of two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)


def texts() -> dict[str, str]:
    """Return each text that the code says as it stands, with the first file that says it."""
    out: dict[str, str] = {}
    for path in APP:
        for text in texts_of(source_of(path)):
            out.setdefault(text, path.relative_to(ROOT).as_posix())
    for path in _SCRIPTS:
        for pair in _SAID.findall(path.read_text(encoding="utf-8")):
            out |= {text: path.relative_to(ROOT).as_posix() for text in pair if text and text not in out}
    return out


def constants() -> set[str]:
    """Return all text that stands in the code: what is said of a constant or a table is among it."""
    quoted = {text for path in _SCRIPTS for text in _QUOTED.findall(path.read_text(encoding="utf-8"))}
    return quoted | {node.value for path in APP for node in nodes_of(source_of(path))
                     if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def read(language: str) -> Catalog:
    """Read a language's catalogue; an empty one where there is none."""
    path = LOCALE / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as source:
        return read_po(source, locale=language)


def written(language: str, translations: dict[str, str]) -> list[str]:
    """Write a language's catalogue in the order of the code; return the texts that have no translation."""
    known, made, code = constants(), Catalog(locale=language, fuzzy=False, header_comment=_HEAD), texts()
    for text, path in sorted(code.items(), key=lambda pair: pair[1]):
        made.add(text, translations.get(text, ""), locations=[(path, None)])
    for text in sorted(t for t in translations if t not in code and t in known):
        made.add(text, translations[text])
    text = io.BytesIO()
    write_po(text, made, width=120, include_lineno=False)
    lines = [line for line in text.getvalue().decode().splitlines(keepends=True)
             if not line.startswith(("#,", *_NOT_NEEDED))]
    (LOCALE / f"{language}.po").write_text("".join(lines), encoding="utf-8", newline="\n")
    return [text for text in code if not translations.get(text)]


def main(language: str) -> None:
    before = {str(m.id): str(m.string) for m in read(language) if m.id}
    for text in written(language, before):
        print(f"no translation: {text}")


if __name__ == "__main__":
    main(sys.argv[1])
