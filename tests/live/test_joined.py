"""The browser's modules as they are sent: put together they are one module that a browser takes."""

import subprocess

import pytest

from tests.live.node import node
from ui.explore.modules import COMPOSITION, LIVE, joined
from ui.shell.in_browser import module


@pytest.mark.parametrize("text", [joined(COMPOSITION), joined(LIVE), module()], ids=["composition", "live", "page"])
def test_they_are_one_module(text, tmp_path):
    """Two that give the same name to something are none."""
    path = tmp_path / "joined.mjs"
    path.write_text(text, encoding="utf-8")
    looked = subprocess.run([node(), "--check", path], capture_output=True, text=True, check=False)
    assert looked.returncode == 0, looked.stderr
