"""The house keeps its floors: core without streamlit, statistics without altair, lean start-up."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

CORE = sorted((ROOT / "core").rglob("*.py"))
STATISTICS = [p for p in CORE if "charts" not in p.parts and "export" not in p.parts
              and p.name != "figure.py"]
PAGES = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py"))]


def imports(path: Path) -> set[str]:
    """Return the modules a file imports anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def tops(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


@pytest.mark.parametrize("path", CORE, ids=lambda p: str(p.relative_to(ROOT)))
def test_core_knows_no_screen(path):
    assert not tops(path) & {"streamlit", "ui", "pages", "app"}


@pytest.mark.parametrize("path", STATISTICS, ids=lambda p: str(p.relative_to(ROOT)))
def test_statistics_know_no_charts_and_no_exports(path):
    assert not tops(path) & {"altair", "vl_convert", "pptx"}
    assert not {m for m in imports(path) if m.startswith(("core.charts", "core.export", "core.figure.figure"))}


def test_export_knows_no_statistics():
    for path in (ROOT / "core" / "export").glob("*.py"):
        known = {m for m in imports(path) if m.startswith("core.")}
        assert known <= {"core.figure", "core.format"} | {m for m in known if "core.export" in m}


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_a_page_has_no_pandas_and_no_statistics(path):
    assert not tops(path) & {"pandas", "numpy", "altair", "lifelines", "scipy"}
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 120


def test_no_file_grows_beyond_400_lines():
    files = [*CORE, *PAGES, *(ROOT / "ui").glob("*.py")]
    assert {p.name for p in files if len(p.read_text(encoding="utf-8").splitlines()) > 400} == set()


def test_caches_are_the_session_s_own():
    """A cache shared between sessions would hold one hospital's patients for another's."""
    for path in (ROOT / "ui").glob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("@st.cache"):
                assert 'scope="session"' in line and "max_entries" in line, (path.name, line)


def test_slow_libraries_are_not_loaded_at_start():
    """lifelines, scipy.stats, vl-convert and python-pptx wait until they are needed."""
    code = ("import sys, serve; serve.warm_up(); "
            "print([m for m in ('lifelines', 'scipy.stats', 'vl_convert', 'pptx') if m in sys.modules])")
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip().splitlines()[-1] == "[]"


FORMATTED = [p for p in (*CORE, *sorted((ROOT / "ui").glob("*.py")), *PAGES) if p.name != "format.py"]


def number_formats(source: str) -> list[str]:
    """Return where a text formats a number by itself: a width, a decimal point, or one of e, f, g, %."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
            spec = "".join(str(v.value) if isinstance(v, ast.Constant) else "?" for v in node.format_spec.values)
            if "." in spec or spec[-1:] in "eEfFgG%":
                found.append(f"line {node.lineno}: {ast.unparse(node)}")
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("format", "str", "repr") and node.args and \
                isinstance(node.args[0], ast.Call) and getattr(node.args[0].func, "id", "") in ("round", "float"):
            found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found


def shadowed(source: str) -> list[str]:
    """Return where a function gives the name of an import to something else, so that a call of it fails."""
    tree = ast.parse(source)
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    imported = {(name.asname or name.name).split(".")[0] for node in imports for name in node.names}
    return [f"line {n.lineno}: {n.id}" for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) for n in ast.walk(f)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.id in imported]


@pytest.mark.parametrize("path", [*CORE, *sorted((ROOT / "ui").glob("*.py")), *PAGES],
                         ids=lambda p: str(p.relative_to(ROOT)))
def test_no_name_of_an_import_is_given_away(path):
    assert shadowed(path.read_text(encoding="utf-8")) == []


def test_a_name_that_is_given_away_would_be_seen():
    assert shadowed("from a import b\ndef f():\n    b = 1\n    return b(2)")


@pytest.mark.parametrize("path", FORMATTED, ids=lambda p: str(p.relative_to(ROOT)))
def test_numbers_become_text_in_format_alone(path):
    assert number_formats(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("source", ['f"{x:.3f}"', 'f"{x:g}"', 'f"{x:,.2f}"', 'f"{x:.{n}f}"', "str(round(x, 2))"])
def test_a_number_formatted_elsewhere_would_be_seen(source):
    assert number_formats(source)
    assert not number_formats('f"{n:,} {name}"')


def test_nothing_in_the_tests_measures_time():
    """A wait is a bound for the worst machine, never a measure: clocks and short waits stand in no test."""
    for path in sorted((ROOT / "tests").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if path == Path(__file__):
            continue
        assert not re.search(r"perf_counter|time\.time\(|monotonic|process_time", source), path.name
        for bound in re.findall(r"timeout=([\d_]+)", source):
            seconds = int(bound.replace("_", ""))
            assert seconds >= 60, f"{path.name}: a wait of {bound} is too short a bound"
