"""The wheel: built, installed beside the packages of the tests, started from another folder by its command."""

import os
import subprocess
import sys
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

from core.version import __version__
from launch.command import server_options
from tests.browser.server import free_port, when_healthy
from tests.conftest import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
                    "-w", str(folder), str(ROOT)], check=True)
    made, = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def command(wheel, tmp_path_factory) -> Path:
    """Return the command, in an environment that has the packages of this one beneath its own."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    binaries = folder / ("Scripts" if os.name == "nt" else "bin")
    packages, = folder.glob("Lib/site-packages" if os.name == "nt" else "lib/*/site-packages")
    below = next(path for path in sys.path if path.endswith("site-packages"))
    (packages / "below.pth").write_text(below)
    subprocess.run([sys.executable, "-m", "pip", "--python", str(folder), "install", "--quiet", "--no-deps",
                    str(wheel)], check=True)
    return binaries / "cohortscope"


def test_the_wheel_has_every_file_of_the_app_and_its_packages(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("core", "ui", "pages", "static", "sample_data", ".streamlit"):
        listed = subprocess.run(["git", "ls-files", folder], cwd=ROOT, check=True, capture_output=True,
                                text=True).stdout
        assert {f"cohortscope/app/{name}" for name in listed.splitlines()} <= names
    assert {"cohortscope/app/app.py", "cohortscope/app/serve.py"} <= names
    assert {name.split("/")[0] for name in names} == {"cohortscope", f"cohortscope-{__version__}.dist-info"}
    metadata = zipfile.ZipFile(wheel).read(f"cohortscope-{__version__}.dist-info/METADATA").decode()
    required = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line]
    assert [line.removeprefix("Requires-Dist: ") for line in metadata.splitlines()
            if line.startswith("Requires-Dist")] == sorted(required)


def test_the_command_says_its_version_and_what_it_takes(command, tmp_path):
    def said(*options: str) -> str:
        return subprocess.run([command, *options], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert said("--version") == f"Cohortscope {__version__}\n"
    assert "--no-browser" in said("--help")


def test_the_command_starts_the_app_from_any_folder(command, tmp_path):
    port = free_port()
    started = subprocess.Popen([command, "--port", str(port), "--no-browser"], cwd=tmp_path, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        url = when_healthy(f"http://127.0.0.1:{port}", started)
        with urllib.request.urlopen(f"{url}/app/static/icon.png", timeout=60) as icon:
            assert icon.read() == (ROOT / "static" / "icon.png").read_bytes()  # served where the configuration says so
    finally:
        started.terminate()
        started.wait(60)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("port, browser, options", [
    (None, True, []), (9000, True, ["--server.port", "9000"]), (None, False, ["--server.headless", "true"])])
def test_options_go_to_streamlit(port, browser, options):
    assert server_options(port, browser=browser) == options
