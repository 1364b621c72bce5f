"""The house keeps its rules (CONTRIBUTING): what each room may import, and how its files are written.

Every rule is tried by a text that breaks it.
"""

import ast
import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from importlib import import_module

import pytest

from tests import structure
from tests.conftest import ROOT
from tests.structure import CORE, FLOOR, PAGES, UI, module_of, room_of, source_of

OUTSIDE = [*UI, *PAGES, ROOT / "serve.py", *sorted((ROOT / "bench").glob("*.py")),
           *sorted((ROOT / "launch").glob("*.py"))]
FACES = {room: structure.face_of(source_of(path)) for room in FLOOR
         if (path := ROOT.joinpath(*room.split("."), "__init__.py")).exists()}


def offences(paths, rule):
    """Return what a rule, a function of a path, finds in each of some files, leaving out those that keep it."""
    return {str(path.relative_to(ROOT)): broken for path in paths if (broken := rule(path))}


def test_core_knows_no_screen():
    assert offences(CORE, lambda path: structure.tops(source_of(path)) & {"streamlit", "ui", "pages", "app"}) == {}


def test_the_server_knows_no_statistics_and_no_screen():
    others = {"core", "ui", "streamlit", "pages", "pandas"}
    assert offences(structure.HOSTING, lambda path: structure.tops(source_of(path)) & others) == {}


def test_every_file_of_core_is_in_a_room():
    assert [p for p in CORE if module_of(p) != "core" and not room_of(module_of(p))] == []


def test_imports_run_down():
    assert offences([*CORE, *UI], lambda path: structure.upward(module_of(path), source_of(path))) == {}


@pytest.mark.parametrize("module, text", [
    ("core.errors", "from core.hazards import cox"),
    ("core.statistics.bitsets", "from core.hazards import subgroups"),
    ("core.survival.kaplan_meier", "def f():\n    import core.intake.build"),
    ("core.hazards.cox", "from core import cox"),
    ("core.summaries.response", "from core.hazards import cox"),
    ("core.reading.dates", "from core.cohort import Cohort"),
    ("ui.shell.page", "from ui.shared.curves import choices"),
    ("ui.toxicity.page", "from ui.response.page import response_page"),
])
def test_an_import_that_runs_up_would_be_seen(module, text):
    assert structure.upward(module, text)
    assert not structure.upward("core.hazards.cox", "from core import schema\nfrom core.errors import CohortError")


def test_rooms_are_entered_by_their_faces():
    paths = [*CORE, *OUTSIDE]
    assert offences(paths, lambda path: structure.behind_faces(module_of(path), source_of(path), FACES)) == {}


@pytest.mark.parametrize("text", [
    "from core.survival.kaplan_meier import kaplan_meier", "from core.survival import _step",
    "import core.survival.kaplan_meier", "from core.charts.marks.steps import draw"])
def test_a_way_round_a_face_would_be_seen(text):
    assert structure.behind_faces("core.charts.spline", text, FACES)
    assert not structure.behind_faces("core.charts.spline", "from core.survival import kaplan_meier", FACES)


@pytest.mark.parametrize("room", FACES)
def test_a_face_has_what_others_take_and_no_more(room):
    """What nobody outside takes is the room's affair; what `core` hands on is taken by scripts."""
    source = source_of(ROOT.joinpath(*room.split("."), "__init__.py"))
    assert {name for _, name in structure.imports(source)} == set(FACES[room])
    taken = {name for path in (*CORE, *OUTSIDE) if room_of(module_of(path)) != room
             for module, name in structure.imports(source_of(path)) if module == room}
    assert set(FACES[room]) == taken


@pytest.mark.parametrize("room", FACES)
def test_no_circle_in_a_room(room):
    graph = defaultdict(set)
    for path in (p for p in CORE if room_of(module_of(p)) == room and p.name != "__init__.py"):
        graph[module_of(path)] |= {m for module, name in structure.imports(source_of(path))
                                   for m in (module, f"{module}.{name}")} - {module_of(path)}
    assert structure.circles(graph) == []


def test_a_circle_would_be_seen():
    assert structure.circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == ["a", "b", "c", "d"]
    assert structure.circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []


def test_arrays_know_no_frames_and_no_patients():
    paths = [p for p in CORE if room_of(module_of(p)) in structure.NUMBERS_ALONE]
    assert offences(paths, lambda path: structure.tops(source_of(path)) & {"pandas", "lifelines", "altair"}) == {}


def test_what_is_computed_knows_no_charts():
    for path in (p for p in CORE if FLOOR.get(room_of(module_of(p)), 99) < FLOOR["core.figure"]):
        assert not structure.tops(source_of(path)) & {"altair", "vl_convert", "pptx", "docx"}, path


def test_export_knows_no_statistics():
    for path in (p for p in CORE if room_of(module_of(p)) == "core.export"):
        rooms = ("enclosed", "errors", "export", "figure", "format", "language", "options", "version")
        allowed = {f"core.{room}" for room in rooms}
        assert structure.rooms_imported(source_of(path)) <= allowed, path


def test_lifelines_stays_in_one_room():
    for path in (*CORE, *UI, *PAGES):
        assert "lifelines" not in structure.tops(source_of(path)) or room_of(module_of(path)) == "core.verification"


def test_nothing_under_kaplan_meier_reads_files():
    """Statistics stand on the cohort, the cohort does not stand on how it was read."""
    below, todo = set(), ["core.survival"]
    while todo:
        room = todo.pop()
        below.add(room)
        for path in (p for p in CORE if room_of(module_of(p)) == room):
            todo += structure.rooms_imported(source_of(path)) - below
    assert not below & {"core.reading", "core.guessing", "core.intake", "core.workers"}


def test_a_page_has_no_pandas_and_no_statistics():
    others = {"pandas", "numpy", "altair", "lifelines", "scipy"}
    assert offences(PAGES, lambda path: structure.tops(source_of(path)) & others) == {}
    assert max(structure.lines_of(PAGES).values()) <= structure.MOST_LINES_OF_A_PAGE


def test_no_file_grows_beyond_400_lines():
    lines = structure.lines_of([*structure.APP, *sorted((ROOT / "tests").rglob("*.py"))])
    assert {name: n for name, n in lines.items() if n > structure.MOST_LINES} == {}


def test_no_function_grows_beyond_40_lines():
    paths = [*structure.APP, *sorted((ROOT / "bench").glob("*.py"))]
    assert offences(paths, lambda path: structure.long_functions(source_of(path))) == {}


def test_a_long_function_would_be_seen():
    assert structure.long_functions("def f():\n" + "    x = 1\n" * 40) == ["f"]
    assert structure.long_functions('def f():\n    """' + "w\n" * 40 + '"""\n' + "    x = 1\n" * 30) == []


def test_what_is_public_has_a_docstring():
    assert offences([*CORE, *UI], lambda path: structure.undocumented(source_of(path))) == {}


def test_what_has_no_docstring_would_be_seen():
    source = "def f():\n    pass\nclass C:\n    def g(self):\n        pass\ndef _h():\n    pass"
    assert structure.undocumented(source) == ["f", "C", "g"]


def test_results_are_kept_in_the_session_alone():
    """A cache shared between sessions would hold one hospital's patients for another's."""
    assert offences([*UI, *PAGES], lambda path: structure.other_caches(source_of(path))) == {}


def test_another_cache_would_be_seen():
    assert structure.other_caches("@st.cache_data(max_entries=3)\ndef f(): ...")


def test_texts_of_the_data_are_not_kept_by_the_process():
    """Beside languages, the names of a figure's fields and the columns of forests, which are the project's."""
    keepers = offences([*CORE, *UI], lambda path: structure.kept_functions(source_of(path)))
    kept = {(path, name) for path, names in keepers.items() for name in names}
    keeping = {path for path, name in kept if path != "core/language.py"
               and structure.takes_text(getattr(import_module(path.removesuffix(".py").replace("/", ".")), name))}
    assert keeping == {"core/figure/figure.py", "core/charts/marks/forest.py"}


def test_the_columns_of_forests_are_constants():
    """Their drawings are kept by them."""
    charts = [path for path in CORE if "charts" in path.parts]
    made = {str(path): re.findall(r"(?:ForestLayout|TextColumn)\(", ast.unparse(f)) for path in charts
            for f in structure.nodes_of(source_of(path)) if isinstance(f, ast.FunctionDef)}
    assert not any(made.values()), made


@dataclass(frozen=True)
class _Named:
    """Holds a text."""

    names: tuple[str, ...]


def test_a_kept_text_would_be_seen():
    def of_text(name: str) -> None: ...
    def of_texts(names: tuple[_Named, ...]) -> None: ...
    def of_numbers(n: int) -> None: ...
    assert structure.takes_text(of_text) and structure.takes_text(of_texts) and not structure.takes_text(of_numbers)
    assert structure.kept_functions("@lru_cache(maxsize=8)\ndef f(name: str): ...") == ["f"]
    assert structure.kept_functions("@once_per_language(8)\ndef f(n: int): ...") == ["f"]


def test_session_state_is_touched_in_one_file():
    touching = offences([*UI, *PAGES], lambda path: structure.session_states(source_of(path)))
    assert set(touching) == {"ui/shell/state.py"}


def test_session_state_elsewhere_would_be_seen():
    assert structure.session_states("import streamlit as st\nst.session_state['x'] = 1")


def test_a_button_in_a_list_is_keyed_by_what_it_is_of():
    """But for the steps, which are places: their buttons say which filters they lead to."""
    by_place = offences([*UI, *PAGES], lambda path: structure.buttons_by_place(source_of(path)))
    assert by_place == {"ui/shell/filters.py": ["f'step-{step}'"]}


def test_a_button_keyed_by_its_place_would_be_seen():
    assert structure.buttons_by_place("st.button('Remove', key=f'remove-{i}', on_click=remove)") == ["f'remove-{i}'"]
    assert structure.buttons_by_place("st.button('Remove', key=f'remove-{i + 1}')")
    assert not structure.buttons_by_place("st.button('Remove', key=f'remove-{name}')")


@pytest.mark.slow
def test_slow_libraries_are_not_loaded_at_start():
    """lifelines, scipy.stats, vl-convert and python-pptx wait until they are needed."""
    code = ("import sys, serve; serve.warm_up(); "
            "print([m for m in ('lifelines', 'scipy.stats', 'vl_convert', 'pptx') if m in sys.modules])")
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip().splitlines()[-1] == "[]"


def test_no_name_of_an_import_is_given_away():
    assert offences([*CORE, *UI, *PAGES], lambda path: structure.shadowed(source_of(path))) == {}


def test_a_name_that_is_given_away_would_be_seen():
    assert structure.shadowed("from a import b\ndef f():\n    b = 1\n    return b(2)")


def test_a_file_that_is_made_at_its_click_needs_no_session():
    assert not [(path.name, wrong) for path in UI if (wrong := structure.without_session(source_of(path)))]


@pytest.mark.parametrize("data", ["lambda: f(session())", "partial(make, 1)"])
def test_a_file_that_needs_a_session_would_be_seen(data):
    source = f"def make(a):\n    return session().style\n\nst.download_button('Save', {data}, 'a.csv')"
    assert structure.without_session(source)


def test_names_say_what_they_hold():
    assert offences(structure.APP, lambda path: structure.vague_names(source_of(path))) == {}


def test_a_vague_name_would_be_seen():
    source = "def f(found):\n    own = found + 1\n    for some in own: pass"
    assert sorted(structure.vague_names(source)) == ["found", "own", "some"]


def test_numbers_become_text_in_format_alone():
    paths = [p for p in (*CORE, *UI, *PAGES) if module_of(p) != "core.format"]
    assert offences(paths, lambda path: structure.number_formats(source_of(path))) == {}


@pytest.mark.parametrize("source", ['f"{x:.3f}"', 'f"{x:g}"', 'f"{x:,.2f}"', 'f"{x:.{n}f}"', "str(round(x, 2))"])
def test_a_number_formatted_elsewhere_would_be_seen(source):
    assert structure.number_formats(source)
    assert not structure.number_formats('f"{n:,} {name}"')


def test_colours_stand_in_the_theme_alone():
    paths = [p for p in (*CORE, *UI, *PAGES) if module_of(p) not in ("core.figure.theme", "core.figure.dark")]
    assert offences(paths, lambda path: structure.colours(source_of(path))) == {}


@pytest.mark.parametrize("source", ['x = "#0b5d3f"', "y = '#FFF'", """f'<rect fill="#ffffff"/>'"""])
def test_a_colour_elsewhere_would_be_seen(source):
    assert structure.colours(source)
    assert not structure.colours('note("see #12")')


def test_nothing_in_the_tests_measures_time():
    """A wait is a bound for the worst machine, never a measure: clocks and short waits stand in no test."""
    for path in sorted((ROOT / "tests").rglob("*.py")):
        if path.name not in ("structure.py", "test_structure.py"):
            assert structure.clocks(source_of(path)) == [], path.name


def test_a_clock_in_a_test_would_be_seen():
    assert structure.clocks("t = time.perf_counter()") and structure.clocks("run(timeout=5)")
    assert not structure.clocks("run(timeout=60_000)")


def test_no_test_runs_a_loop_beside_that_of_the_browser():
    """Of all tests in one process; `person.finished` does it in a thread."""
    outside = [path for path in sorted((ROOT / "tests").rglob("*.py"))
               if path.name not in ("person.py", "test_structure.py")]
    assert [path.name for path in outside if "asyncio.run(" in source_of(path)] == []


def test_a_test_is_named_after_its_file():
    """The tests of a file are found by its path; R's figures are a room's."""
    assert structure.tests_without_a_file((ROOT / "tests" / "core").rglob("test_*.py")) == []


def test_a_test_of_no_file_would_be_seen():
    assert structure.tests_without_a_file([ROOT / "tests" / "core" / "survival" / "test_odds.py"]) == ["test_odds.py"]


def test_what_tests_share_has_one_definition():
    """A fixture of two conftests is made twice by one run of all tests: two browsers, which Playwright refuses."""
    conftests = sorted((ROOT / "tests").rglob("conftest.py"))
    assert structure.fixtures_taken_over(map(source_of, conftests)) == []


def test_a_fixture_taken_over_would_be_seen():
    shared = "@pytest.fixture(scope='session')\ndef browser(): ..."
    assert structure.fixtures_taken_over([shared, "from tests.conftest import ROOT, browser"]) == ["browser"]
    assert structure.fixtures_taken_over([shared, shared]) == ["browser"]
    assert structure.fixtures_taken_over([shared, "from tests.conftest import ROOT"]) == []


DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def test_paths_that_are_named_exist():
    paths = [*(p for p in DOCUMENTS if p.name != "CHANGELOG.md"), *structure.APP]
    assert offences(paths, lambda path: structure.missing_paths(source_of(path))) == {}


def test_a_path_that_is_gone_would_be_seen():
    assert structure.missing_paths("see core/frames.py and `ui/shell/state.py`") == ["core/frames.py"]
