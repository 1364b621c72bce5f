"""The browser's modules as they are sent: put together they are one module that a browser takes."""

import subprocess

import pytest

from tests.live.node import node
from ui.explore.modules import COMPOSITION, LIVE
from ui.shell.condition import MODULES
from ui.shell.in_browser import module
from ui.shell.modules import joined


@pytest.mark.parametrize("text", [joined(*COMPOSITION), joined(*LIVE), joined(*MODULES), module()],
                         ids=["composition", "live", "conditions", "page"])
def test_they_are_one_module(text, tmp_path):
    """Two that give the same name to something are none."""
    path = tmp_path / "joined.mjs"
    path.write_text(text, encoding="utf-8")
    looked = subprocess.run([node(), "--check", path], capture_output=True, text=True, check=False)
    assert looked.returncode == 0, looked.stderr
