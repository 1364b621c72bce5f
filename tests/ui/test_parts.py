"""The order in which a change draws the parts of a page."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT


@pytest.mark.parametrize("page", ["app.py", "pages/2_Survival.py"])
def test_choices_stand_above_the_curves_and_are_drawn_after_them(monkeypatch, page):
    asked = []
    monkeypatch.setattr(st, "rerun", lambda scope="app": asked.append(scope))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run().switch_page(page).run()
    app.segmented_control(key="endpoint").set_value("PFS").run()
    assert not app.exception
    order = asked[-1]
    assert order[:2] == ["bar", "survival"] and order[-1] == "choices" and order.count("choices") == 1
