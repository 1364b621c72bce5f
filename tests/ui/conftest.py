"""Pages without a browser: no component can tell that the sidebar is open, and a run draws the whole page."""

import pytest
import streamlit as st

from ui.shell.state import Session


@pytest.fixture(autouse=True)
def whole_page(monkeypatch):
    """Open the sidebar from the start; let a change run the page, for the test reads what one run has drawn."""
    begun = Session.__init__

    def with_sidebar(self, *args, **kwargs):
        begun(self, *args, **{"sidebar_open": True, **kwargs})
    monkeypatch.setattr(Session, "__init__", with_sidebar)
    monkeypatch.setattr(st, "rerun", lambda scope="app": None)
