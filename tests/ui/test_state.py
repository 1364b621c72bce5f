"""What a session does with clicks that overlap."""

from __future__ import annotations

from streamlit.runtime.scriptrunner import RerunException
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

from ui.shell import state


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

    monkeypatch.setattr(state.st, "session_state", Interrupted(names=["Vp3"]))
    monkeypatch.setattr(state, "get_script_run_ctx", Context)
    assert state.value_of("names") == ["Vp3"]
    assert asked == ["newer"]
