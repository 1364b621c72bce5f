"""Pages without a browser: no component can tell that the sidebar is open."""

import pytest

from ui.shell.state import Session


@pytest.fixture(autouse=True)
def open_sidebar(monkeypatch):
    """Open the sidebar from the start."""
    begun = Session.__init__

    def with_sidebar(self, *args, **kwargs):
        begun(self, *args, **{"sidebar_open": True, **kwargs})
    monkeypatch.setattr(Session, "__init__", with_sidebar)
