"""Reads the source for the rules of CONTRIBUTING; each rule takes a text, so that one that breaks it can be tried."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import typing
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from tests.conftest import ROOT

# The rooms of core, from the ground up: a room imports from those of lower floors, never from its own floor or above.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("language",),
    ("errors", "schema", "format", "memo", "read_options", "version", "enclosed"),
    ("options", "findings"),
    ("statistics", "mapping", "workers"),
    ("likelihood", "reading", "cohort"),
    ("survival",),
    ("guessing",),
    ("intake", "hazards", "summaries"),
    ("audit", "verification", "overview"),
    ("figure",),
    ("charts.marks",),
    ("charts", "export"),
    ("recipes",),
    ("scripts",),
)
FLOOR = {f"core.{room}": i for i, rooms in enumerate(FLOORS) for room in rooms}
# Of ui: the shell, what pages share, the pages. A page's room knows no other page's.
UI_FLOORS = (("hosted",), ("shell",), ("shared",),
             ("cohort", "explore", "survival", "hazard_ratios", "toxicity", "response", "published", "slides"))
UI_FLOOR = {f"ui.{room}": i for i, rooms in enumerate(UI_FLOORS) for room in rooms}
NUMBERS_ALONE = ("core.statistics", "core.likelihood")
MOST_LINES, MOST_LINES_OF_A_PAGE, MOST_LINES_OF_A_FUNCTION = 400, 120, 40
VAGUE = ("own", "some", "found", "here", "now", "said")

CORE = sorted((ROOT / "core").rglob("*.py"))
UI = sorted((ROOT / "ui").rglob("*.py"))
PAGES = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py"))]
HOSTING = sorted((ROOT / "hosting").glob("*.py"))
APP = [*CORE, *UI, *PAGES, *HOSTING, ROOT / "serve.py"]


@cache
def source_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def tree_of(source: str) -> ast.Module:
    return ast.parse(source)


@cache
def nodes_of(source: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree_of(source)))

PLACES = {"i", "j", "n", "index", "number", "place", "row", "step"}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    """Return the room that a module of core or ui is in, "" for core itself and for what is outside."""
    floors = FLOOR | UI_FLOOR
    return max((r for r in floors if module == r or module.startswith(f"{r}.")), key=len, default="")


@cache
def imports(source: str) -> tuple[tuple[str, str], ...]:
    """Return each module that a text imports from, anywhere in it, and the name; "" where it takes the whole module."""
    out: list[tuple[str, str]] = []
    for node in nodes_of(source):
        if isinstance(node, ast.Import):
            out += ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            out += ((node.module, alias.name) for alias in node.names)
    return tuple(out)


def tops(source: str) -> set[str]:
    """Return the packages that a text imports from."""
    return {module.split(".")[0] for module, _ in imports(source)}


def rooms_imported(source: str) -> set[str]:
    """Return the rooms that a text imports from; `from core import schema` is of the ground."""
    return {room for module, name in imports(source) if (room := room_of(f"{module}.{name}"))}


def upward(module: str, source: str) -> list[str]:
    """Return the rooms that a module of core or ui imports though they do not lie below its own."""
    floors = FLOOR | UI_FLOOR
    room = room_of(module)
    if not room:
        return []
    wrong = [other for other in rooms_imported(source) - {room}
             if other.split(".")[0] == room.split(".")[0] and floors[other] >= floors[room]]
    if room.startswith("core") and any(m == "core" and not room_of(f"core.{name}") for m, name in imports(source)):
        wrong.append("core")
    return wrong


def without_session(source: str) -> list[str]:
    """Return what makes a file at its click, where there is no session, and yet reads from one."""
    functions = {node.name: node for node in nodes_of(source) if isinstance(node, ast.FunctionDef)}
    wrong = []
    for node in nodes_of(source):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
                and node.func.attr == "download_button" and len(node.args) > 1):
            continue
        data = node.args[1]
        maker = functions.get(ast.unparse(data.args[0])) if isinstance(data, ast.Call) and data.args else data.body \
            if isinstance(data, ast.Lambda) else None
        if maker and any(isinstance(n, ast.Call) and re.match(r"(session$|st\.|state\.|cache\.)", ast.unparse(n.func))
                         for n in ast.walk(maker)):
            wrong.append(ast.unparse(data))
    return wrong


def buttons_by_place(source: str) -> list[str]:
    """Return keys of buttons that name a place in a list: a second press is lost, or of what comes next."""
    calls = [node for node in nodes_of(source) if isinstance(node, ast.Call) and ast.unparse(node.func) == "st.button"]
    keys = [keyword.value for call in calls for keyword in call.keywords if keyword.arg == "key"]
    return [ast.unparse(key) for key in keys if {n.id for n in ast.walk(key) if isinstance(n, ast.Name)} & PLACES]


def face_of(source: str) -> list[str]:
    """Return what a room's `__init__` names in `__all__`."""
    for node in tree_of(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return [str(e.value) for e in node.value.elts if isinstance(e, ast.Constant)]
    return []


def behind_faces(module: str, source: str, faces: dict[str, list[str]]) -> list[str]:
    """Return what a module takes from another room of core otherwise than by its face."""
    out = []
    for other, name in imports(source):
        room = room_of(f"{other}.{name}")
        if not room.startswith("core.") or ("." not in room[5:] and room not in faces) or room == room_of(module):
            continue
        if (other != room and room_of(other) == room) or (name and other == room and name not in faces[room]):
            out.append(f"from {other} import {name}")
    return out


def circles(graph: dict[str, set[str]]) -> list[str]:
    """Return the modules that import each other in a circle, directly or by others."""
    left = {m: {o for o in others if o in graph} for m, others in graph.items()}
    while free := [m for m, others in left.items() if not others]:
        left = {m: others - set(free) for m, others in left.items() if m not in free}
    return sorted(left)


def long_functions(source: str) -> list[str]:
    """Return the functions of more lines than allowed, their docstrings not counted."""
    out = []
    for node in nodes_of(source):
        if isinstance(node, ast.FunctionDef):
            first = node.body[0]
            words = first.end_lineno - first.lineno + 1 if ast.get_docstring(node) else 0
            if node.end_lineno - node.lineno + 1 - words > MOST_LINES_OF_A_FUNCTION:
                out.append(node.name)
    return out


def number_formats(source: str) -> list[str]:
    """Return where a text formats a number by itself: a width, a decimal point, or one of e, f, g, %."""
    out = []
    for node in nodes_of(source):
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
            spec = "".join(str(v.value) if isinstance(v, ast.Constant) else "?" for v in node.format_spec.values)
            if "." in spec or spec[-1:] in "eEfFgG%":
                out.append(f"line {node.lineno}: {ast.unparse(node)}")
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("format", "str", "repr") and node.args and \
                isinstance(node.args[0], ast.Call) and getattr(node.args[0].func, "id", "") in ("round", "float"):
            out.append(f"line {node.lineno}: {ast.unparse(node)}")
    return out


def shadowed(source: str) -> list[str]:
    """Return where a function gives the name of an import to something else, so that a call of it fails."""
    tree = tree_of(source)
    statements = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    imported = {(name.asname or name.name).split(".")[0] for node in statements for name in node.names}
    return [f"line {n.lineno}: {n.id}" for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) for n in ast.walk(f)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.id in imported]


def colours(source: str) -> list[str]:
    """Return the colours that a text writes out."""
    return re.findall(r"""["']#[0-9a-fA-F]{3,8}["']|fill=.?"#[0-9a-fA-F]{3,8}""", source)


def session_states(source: str) -> list[str]:
    """Return where a text touches Streamlit's session state."""
    return [ast.unparse(n) for n in nodes_of(source)
            if isinstance(n, ast.Attribute) and n.attr == "session_state" and ast.unparse(n.value) == "st"]


def other_caches(source: str) -> list[str]:
    """Return the caches of a text beside the session's results: sessions would share them, or they outlive it."""
    return re.findall(r"st\.cache\w*|cache_data|cache_resource", source)


def kept_functions(source: str) -> list[str]:
    """Return the functions of a text whose results the whole process keeps."""
    return [f.name for f in nodes_of(source) if isinstance(f, ast.FunctionDef)
            and any("lru_cache" in (name := ast.unparse(d)) or name == "cache" or "once_per_language" in name
                    for d in f.decorator_list)]


def takes_text(function: Callable[..., object]) -> bool:
    """Return whether a function is given a text, also within a dataclass, which may be of the data."""
    hints = typing.get_type_hints(inspect.unwrap(function))
    return any(_holds_text(kind) for name, kind in hints.items() if name != "return")


def _holds_text(kind: object) -> bool:
    if dataclasses.is_dataclass(kind):
        return any(_holds_text(held) for held in typing.get_type_hints(kind).values())
    if typing.get_origin(kind) is typing.Literal:
        return False
    return kind is str or any(_holds_text(part) for part in typing.get_args(kind))


def vague_names(source: str) -> list[str]:
    """Return the names of variables and parameters that say nothing of what they hold."""
    stored = (n.id for n in nodes_of(source) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    given = (n.arg for n in nodes_of(source) if isinstance(n, ast.arg))
    return sorted(name for name in (*stored, *given) if name in VAGUE)


def clocks(source: str) -> list[str]:
    """Return where a test looks at a clock, or waits by a bound shorter than the worst machine needs."""
    bounds = [b for b in re.findall(r"timeout=([\d_]+)", source) if int(b.replace("_", "")) < 60]
    return [*re.findall(r"perf_counter|time\.time\(|monotonic|process_time", source), *bounds]


def fixtures_taken_over(conftests: Iterable[str]) -> list[str]:
    """Return the fixtures that the texts of several conftests define, or import, more than once."""
    trees = [tree_of(source) for source in conftests]
    made = [n.name for tree in trees for n in tree.body if isinstance(n, ast.FunctionDef)
            and any("fixture" in ast.unparse(mark) for mark in n.decorator_list)]
    taken = [name.name for tree in trees for n in tree.body if isinstance(n, ast.ImportFrom) for name in n.names]
    return sorted({name for name in made if (made + taken).count(name) > 1})


def undocumented(source: str) -> list[str]:
    """Return the public functions, classes and methods of a text without a docstring."""
    public = _public(tree_of(source).body)
    inside = [n for kind in public if isinstance(kind, ast.ClassDef) for n in _public(kind.body)]
    return [n.name for n in (*public, *inside) if not ast.get_docstring(n)]


def _public(body: list[ast.stmt]) -> list[ast.FunctionDef | ast.ClassDef]:
    return [n for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef) and not n.name.startswith("_")]


def lines_of(paths: Iterable[Path]) -> dict[str, int]:
    return {str(p.relative_to(ROOT)): len(source_of(p).splitlines()) for p in paths}


def missing_paths(text: str) -> list[str]:
    """Return the files of this project that a text names by their path, and that are not there."""
    named = re.findall(r"\b(?:core|ui|pages|tests|bench|docs|sample_data)/[\w./-]*\.\w+", text)
    return sorted({path for path in named if not (ROOT / path).exists()})


def tests_without_a_file(paths: Iterable[Path]) -> list[str]:
    """Return the test files that stand at the place of no file of the app."""
    places = [(path.relative_to(ROOT / "tests").parent, path.name.removeprefix("test_")) for path in paths]
    return [f"test_{name}" for folder, name in places
            if not name.endswith("against_r.py") and not (ROOT / folder / name).exists()]
