"""What a double click does: an old Python is refused in words, the environment is made once, and anew when needed."""

import ast
import re
import sys

import pytest

from launch import laptop
from tests.conftest import ROOT


@pytest.fixture
def home(tmp_path, monkeypatch):
    (tmp_path / "requirements.lock").write_text("streamlit==1\n")

    def create(folder, *, with_pip, clear):
        assert with_pip and clear
        python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        python.parent.mkdir(parents=True, exist_ok=True)
        python.write_text("")
    monkeypatch.setattr(laptop.venv, "create", create)
    return tmp_path


class Commands:
    """Notes commands; `codes`: what those that hold a word end with."""

    def __init__(self, **codes: int) -> None:
        self.codes, self.ran = codes, []

    def __call__(self, command) -> int:
        self.ran.append(list(command))
        return next((code for word, code in self.codes.items() if word in command), 0)

    def installs(self) -> int:
        return sum("install" in command for command in self.ran)


@pytest.mark.parametrize("version", [(3, 10, 9), (3, 8), (2, 7, 18)])
def test_an_old_python_is_refused_with_where_a_newer_one_is(version):
    with pytest.raises(laptop.CannotStart, match=r"needs 3\.11 or later.*python\.org"):
        laptop.check_python(version)


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 1), (4, 0)])
def test_a_newer_one_will_do(version):
    laptop.check_python(version)


def test_the_environment_is_made_once_and_anew_when_the_packages_change(home):
    commands = Commands()
    python = laptop.environment(home, commands)
    assert python.exists() and commands.installs() == 1
    assert laptop.environment(home, commands) == python and commands.installs() == 1
    (home / "requirements.lock").write_text("streamlit==2\n")
    laptop.environment(home, commands)
    assert commands.installs() == 2


def test_what_was_interrupted_is_made_again(home):
    with pytest.raises(laptop.CannotStart, match="HTTPS_PROXY"):
        laptop.environment(home, Commands(install=1))
    commands = Commands(pip=0)
    laptop.environment(home, commands)
    assert commands.installs() == 1


def test_packages_of_a_folder_beside_the_app_need_no_network(home):
    assert "--no-index" not in laptop.install_command(home, home / "python")
    (home / "wheels").mkdir()
    command = laptop.install_command(home, home / "python")
    assert command[command.index("--find-links") + 1] == str(home / "wheels") and "--no-index" in command


def test_what_stops_it_is_said_without_a_traceback(home, monkeypatch, capsys):
    monkeypatch.setattr(laptop, "HOME", home)
    monkeypatch.setattr(laptop, "_call", Commands(install=1))
    assert laptop.main() == 1
    assert "Cohortscope cannot start. The packages could not be installed." in capsys.readouterr().err
    monkeypatch.setattr(laptop, "_call", commands := Commands())
    assert laptop.main(["--server.port", "9000"]) == 0
    assert commands.ran[-1][1:] == [str(home / "serve.py"), "--server.port", "9000"]


def test_an_old_python_can_read_the_file():
    """So that it says so, and does not end in a syntax error: nothing that 3.8 lacks runs before the look at it."""
    source = (ROOT / "launch" / "laptop.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 8))
    generic = {"Callable", "Sequence", "list", "dict", "tuple"}
    outside = [n for statement in tree.body if not isinstance(statement, ast.FunctionDef | ast.ClassDef)
               for n in ast.walk(statement)]
    subscripts = [n for n in outside if isinstance(n, ast.Subscript) and getattr(n.value, "id", "") in generic]
    assert subscripts == []


def test_the_start_file_calls_it_and_keeps_the_window_open_where_it_fails():
    start = (ROOT / "start.bat").read_bytes()
    assert start.count(b"\r\n") == start.count(b"\n")
    text = start.decode("ascii")
    for called in re.findall(r"(launch\\\w+\.py)", text):
        assert (ROOT / called.replace("\\", "/")).exists()
    assert "py -3 launch\\laptop.py" in text and "if errorlevel 1 pause" in text and "python.org" in text
