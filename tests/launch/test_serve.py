"""What keeps the app from starting, in words: an address that others reach, an odd option, a wrong setting."""

import json
import subprocess
import sys

import pytest
from streamlit.testing.v1 import AppTest

import serve
from core.export import Style
from hosting import settings as hosting_settings
from tests.conftest import ROOT
from tests.shared.page_text import texts
from ui.hosted import look


@pytest.fixture(autouse=True)
def read_anew():
    """Settings are read once by a process; each test has its own."""
    for kept in (hosting_settings.settings, look.first_choices):
        kept.cache_clear()
    yield
    for kept in (hosting_settings.settings, look.first_choices):
        kept.cache_clear()


@pytest.mark.parametrize("arguments, options", [
    (["--server.port", "8600", "--server.headless=true"], {"server.port": "8600", "server.headless": "true"}),
    ([], {}),
])
def test_options_are_read(arguments, options):
    assert serve.options(arguments, None) == options


@pytest.mark.parametrize("arguments", [["--server.port"], ["8600", "--server.port"], ["server.port", "8600"]])
def test_an_option_without_a_value_is_said(arguments):
    with pytest.raises(SystemExit, match="a name and a value"):
        serve.options(arguments, None)


@pytest.mark.parametrize("address", ["0.0.0.0", "10.0.0.1", "::", "hospital.example"])
def test_the_app_alone_is_not_opened_to_others(address, monkeypatch):
    with pytest.raises(SystemExit, match="nobody asks who they are"):
        serve.check({"server.address": address})
    monkeypatch.setenv("COHORTSCOPE_SIGN_IN__OPEN_TO_EVERYONE", "true")
    hosting_settings.settings.cache_clear()
    serve.check({"server.address": address})


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "localhost", ""])
def test_it_is_on_this_machine(address):
    serve.check({"server.address": address})


@pytest.mark.parametrize("name, value, words", [
    ("COHORTSCOPE_LOOK__SAMPLE", "/nowhere.csv", "nowhere.csv"),
    ("COHORTSCOPE_LOOK__STYLE", "/nowhere.json", "nowhere.json"),
    ("COHORTSCOPE_LIMITS__FILES", "many", "limits.files"),
])
def test_a_wrong_setting_is_said(monkeypatch, name, value, words):
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=words):
        serve.check({})


def test_streamlit_run_shows_nothing_to_others(monkeypatch):
    """Whoever starts `streamlit run app.py --server.address 0.0.0.0` goes around serve.py."""
    monkeypatch.setattr("ui.shell.serving.get_option", lambda name: "0.0.0.0")
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert "nobody asks who they are" in texts(app) and "82" not in texts(app)


def test_a_department_has_a_sample_and_a_style_of_its_own(monkeypatch, tmp_path):
    sample = tmp_path / "ours.csv"
    lines = (ROOT / "sample_data" / "yang2023_synthetic.csv").read_text(encoding="utf-8").splitlines()
    without = "\n".join(lines[:41]).replace("os_months,os_event", "x,y").replace(",pvtt,", ",z,")
    sample.write_text(without, encoding="utf-8")
    style = tmp_path / "style.json"
    style.write_text(json.dumps(Style(purpose="poster", least=5).to_json()), encoding="utf-8")
    monkeypatch.setenv("COHORTSCOPE_LOOK__STYLE", str(style))
    template = tmp_path / "ours.potx"
    template.write_bytes(b"slides")
    monkeypatch.setenv("COHORTSCOPE_LOOK__TEMPLATE", str(template))
    monkeypatch.setenv("COHORTSCOPE_LOOK__SAMPLE", str(sample))
    monkeypatch.setenv("COHORTSCOPE_LOOK__SAMPLE_NOTE", "Forty patients of <our> ward")
    monkeypatch.setenv("COHORTSCOPE_LOOK__TITLE", "Ward 3 & 4")
    monkeypatch.setenv("COHORTSCOPE_LOOK__LANGUAGE", "zh")
    serve.check({})
    serve.warm_up()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    shown = texts(app)
    assert "Forty patients of &lt;our&gt; ward" in shown and "Ward 3 &amp; 4" in shown
    assert "<b>40</b>" in shown and app.session_state["cohortscope"].language == "zh"
    assert app.session_state["cohortscope"].style == Style(purpose="poster", least=5)
    assert app.session_state["cohortscope"].template == b"slides"


_LOADED = """
import gc, json, serve
from ui.shell.serving import set_libraries_aside
serve.warm_up()
before = len(gc.get_objects())
set_libraries_aside()
print(json.dumps([before, len(gc.get_objects())]))
"""


def test_a_closed_tab_does_not_make_the_server_walk_its_libraries():
    """It would stop everybody for 0.2 s; what is left is a tenth at most of what a started server holds."""
    loaded = subprocess.run([sys.executable, "-c", _LOADED], cwd=ROOT, capture_output=True, text=True, check=True)
    before, after = json.loads(loaded.stdout)
    assert after < before / 10
