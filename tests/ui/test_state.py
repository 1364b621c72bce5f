"""What a session does with clicks, and with widgets that report an old value beside a click."""

from __future__ import annotations

from streamlit.runtime.scriptrunner import RerunException
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

from core import Filters
from ui.shell import state
from ui.shell.state import Session


def named(key: str, *levels: str):
    """What a sidebar widget suggests."""
    return lambda filters: filters.with_levels(key, list(levels))


def test_an_echo_beside_a_click_is_dropped_and_any_other_suggestion_is_made():
    session = Session()
    session.act(Filters().toggled("sex", "M"))
    session.suggest(named("sex"))  # the widget's value before the click
    session.suggest(named("ecog", "0"))
    session.settle()
    assert list(session.filters.conditions) == ["sex", "ecog"]
    assert len(session.history) == 2


def test_an_echo_of_any_of_several_clicks_is_dropped():
    session = Session()
    session.act(Filters().toggled("sex", "M"))
    session.act(session.filters.toggled("sex", "F"))
    session.undo()
    session.suggest(named("sex"))
    session.suggest(named("sex", "M", "F"))
    session.settle()
    assert session.filters.key == Filters().toggled("sex", "M").key


def test_a_widget_takes_back_what_a_click_of_an_earlier_run_did():
    session = Session()
    session.act(Filters().toggled("sex", "M"))
    session.settle()
    session.suggest(named("sex"))
    session.settle()
    assert not session.filters


def test_a_newer_click_does_not_end_what_a_callback_reads(monkeypatch):
    """It is asked for again, and ends the run where it draws."""
    asked, interruptions = [], [RerunException(RerunData(query_string="newer"))]

    class Requests:
        def request_rerun(self, data):
            asked.append(data.query_string)

    class Context:
        script_requests = Requests()

    class Interrupted(dict):
        def get(self, key, default=None):
            if interruptions:
                raise interruptions.pop()
            return super().get(key, default)

    monkeypatch.setattr(state.st, "session_state", Interrupted(pills=["Vp3"]))
    monkeypatch.setattr(state, "get_script_run_ctx", Context)
    assert state.value_of("pills") == ["Vp3"]
    assert asked == ["newer"]
