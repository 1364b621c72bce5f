"""The order in which a change draws the parts of a page."""

from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.testing.v1 import AppTest

from core import read_cohort
from core.cohort import Filters
from core.cohort.groups import Definition
from tests.conftest import ROOT, SAMPLE
from ui.shell import parts
from ui.shell.state import Session, session


@pytest.mark.parametrize(("page", "name", "choice", "to"), [
    ("app.py", "survival", "endpoint", "PFS"), ("pages/2_Survival.py", "curves", "endpoint", "PFS"),
    ("pages/4_Toxicity.py", "rates", "ae-band", ">=3")])
def test_widgets_stand_above_the_charts_and_are_drawn_after_them(monkeypatch, page, name, choice, to):
    asked = []
    monkeypatch.setattr(st, "rerun", lambda scope="app": asked.append(scope))
    monkeypatch.setattr(parts, "_draws_the_whole_page", lambda: False)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run().switch_page(page).run()
    app.segmented_control(key=choice).set_value(to).run()
    assert not app.exception
    order = asked[-1]
    assert order[:3] == ["numbers", name, "chips"] and order[-1] == "choices"
    app.session_state.cohortscope.act(Filters.from_json({"pvtt": {"in": ["Vp3"]}}))
    app.segmented_control(key=choice).set_value(app.segmented_control(key=choice).options[0]).run()
    assert asked[-1][:4] == ["numbers", name, "chips", "tools"], "Undo changes something now"
    assert len(set(order)) == len(order)


def test_widgets_do_not_wait_for_a_chart_that_takes_long(monkeypatch):
    for seconds, order in ((0.1, ["numbers", "model", "chips", "subgroups", "choices"]),
                           (9.0, ["numbers", "chips", "model", "subgroups", "choices"])):
        held = SimpleNamespace(parts={"numbers": "in order", "chips": "second", "choices": "late", "model": "in order",
                                      "subgroups": "in order"}, took={"model": seconds}, shown={})
        held.shows = dict.fromkeys(held.parts, lambda: None)
        monkeypatch.setattr(parts, "session", lambda held=held: held)
        assert parts._at_a_change() == order


def test_a_part_is_not_drawn_again_while_it_shows_the_same(monkeypatch):
    asked = []
    monkeypatch.setattr(parts, "_draws_the_whole_page", lambda: False)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    app.session_state.cohortscope.sidebar_open = False
    app.run()
    monkeypatch.setattr(st, "rerun", lambda scope="app": asked.append(scope))

    def drawn_at(change):
        change(app.session_state.cohortscope)
        app.toggle(key="band").set_value(not app.toggle(key="band").value).run()
        assert not app.exception
        return set(asked.pop()) & {"tools", "pairs", "attrition", "choices", "sidebar"}

    assert drawn_at(lambda held: held.act(Filters.from_json({"pvtt": {"in": ["Vp3"]}}))) == {"tools", "attrition"}
    assert drawn_at(lambda held: held.act(Filters.from_json({"pvtt": {"in": ["Vp4"]}}))) == set()
    assert drawn_at(lambda held: held.undo()) == {"tools"}, "Redo changes something now"
    assert drawn_at(lambda held: held.undo()) == {"tools", "attrition"}
    assert drawn_at(lambda held: setattr(held, "by", "pvtt")) == {"choices"}
    app.session_state["steps"] = True
    assert drawn_at(lambda held: None) == {"tools"}, "the list of steps is open"
    app.session_state["pairs"] = app.session_state["attrition"] = True
    assert drawn_at(lambda held: setattr(held, "sidebar_open", True)) == {"tools", "pairs", "attrition", "sidebar"}


def _elements(app, monkeypatch):
    """Draw the page; return per part what its `shows` says, and the elements that it sends."""
    sent = {}

    def enqueue(context, message):
        if message.WhichOneof("type") == "delta":
            current = session()
            element = type(message.delta).FromString(message.delta.SerializeToString())
            element.new_element.download_button.ClearField("deferred_file_id")  # of each drawing another
            sent.setdefault(current.part, []).append(element)
        return enqueued(context, message)

    enqueued = ScriptRunContext.enqueue
    with monkeypatch.context() as patched:
        patched.setattr(ScriptRunContext, "enqueue", enqueue)
        assert not app.run().exception
    shown = app.session_state.cohortscope.shown
    return {name: (shown[name], sent[name]) for name in ("tools", "choices", "pairs", "attrition", "sidebar")}


def test_what_shows_leaves_out_changes_nothing_of_a_part(monkeypatch):
    """A change that leaves `shows` equal leaves the part's elements equal, too."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    held = app.session_state.cohortscope
    held.sidebar_open, fingerprint = False, read_cohort(SAMPLE).fingerprint
    filters = [Filters.from_json(f) for f in ({"pvtt": {"in": ["Vp3"]}}, {"pvtt": {"in": ["Vp4"]}, "age": {"ge": 50}})]
    changes = [
        lambda: held.act(filters[0]), lambda: held.act(filters[1]), held.undo, held.undo, held.redo, held.reset,
        lambda: setattr(held, "endpoint", "PFS"), lambda: setattr(held, "by", "pvtt"),
        lambda: setattr(held, "by", None), lambda: setattr(held, "warn_below", 50),
        lambda: held.put_groups(held.groups.with_group("Late", Definition(filters=filters[0]))),
        lambda: held.charts.update({fingerprint: ["pvtt"]}), held.charts.clear,
        lambda: setattr(held, "references", {"arm": "TACE+IMRT+sorafenib"}),
        lambda: setattr(held, "landmark", 3.0),
        lambda: app.session_state.__setitem__("steps", True), lambda: app.session_state.__setitem__("pairs", True),
        lambda: held.act(filters[0]), lambda: held.act(filters[1]), lambda: setattr(held, "sidebar_open", True)]
    before, equal = _elements(app, monkeypatch), 0
    for change in changes:
        change()
        after = _elements(app, monkeypatch)
        for name, (shows, elements) in after.items():
            if shows is not None and shows == before[name][0]:
                assert elements == before[name][1], name
                equal += 1
        before = after
    assert equal > 40


def test_a_part_whose_drawing_was_ended_is_drawn_again(monkeypatch):
    """What the browser has of it is neither what it showed before nor what it shows now."""
    held = Session()
    monkeypatch.setattr(parts, "session", lambda: held)
    monkeypatch.setattr(parts, "filtered_cohort", lambda: None)
    monkeypatch.setattr(st, "fragment", lambda key: lambda draw: draw)

    def ended(cohort):
        raise KeyboardInterrupt

    parts.part("flow", lambda cohort: None, shows=lambda: "closed")
    assert parts._at_a_change() == []
    with pytest.raises(KeyboardInterrupt):
        parts.part("flow", ended, shows=lambda: "closed")
    assert parts._at_a_change() == ["flow"]


def test_what_is_chosen_in_one_part_of_a_page_is_drawn_in_the_other(monkeypatch):
    asked = []
    monkeypatch.setattr(st, "rerun", lambda scope="app": asked.append(scope))
    monkeypatch.setattr(parts, "_draws_the_whole_page", lambda: False)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run().switch_page("pages/4_Toxicity.py").run()
    app.selectbox(key="ae-term").select("Diarrhea").run()
    assert not app.exception and asked == [["rates", "details"]]


def test_a_run_that_draws_the_whole_page_is_not_replaced_by_parts(monkeypatch):
    """A button beside the parts, heard in one run with a click on a part, changes what only the page shows."""
    asked = []
    monkeypatch.setattr(st, "rerun", asked.append)
    for fragments, then in ((None, []), ([], []), (["bar"], [["curves"]])):
        asked.clear()
        monkeypatch.setattr(parts, "get_script_run_ctx", lambda of=fragments: SimpleNamespace(fragment_ids_this_run=of))
        parts.redraw("curves")
        assert asked == then
