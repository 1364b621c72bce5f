"""The modules that a browser is told of with a page: those of its elements, what these import, and no others."""

from hosting import preload
from hosting.frame import FRAME


def test_imports_of_imports_are_needed_once_and_what_is_there_is_not(tmp_path):
    texts = {"Html.a1.js": 'import{x as y}from"./purify.b2.js";import"./index.c3.js"',
             "purify.b2.js": 'import { z } from "./shared.d4.js";import{q}from"./Html.a1.js"',
             "shared.d4.js": 'const late=()=>import(`./Slider.e5.js`)', "index.c3.js": "", "Slider.e5.js": "",
             "HtmlReader.f6.js": ""}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    needed = preload.needed({name: tmp_path / name for name in texts}, {"index.c3.js"})
    assert sorted(needed) == ["Html.a1.js", "purify.b2.js", "shared.d4.js"]


def test_what_is_told_exists_and_holds_the_charts():
    told = preload.link().split(", ")
    assert all(each.endswith("; rel=modulepreload") for each in told)
    paths = [each[len("<"):each.index(">")] for each in told]
    assert all((FRAME / path.lstrip("/")).is_file() for path in paths)
    assert any(path.startswith("/static/js/embed.") for path in paths), "Vega is most of what the first page waits for"
    assert not any("SyntaxHighlighter" in path for path in paths)
