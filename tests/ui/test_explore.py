"""What the browser's composition sends: numbered actions, each of which counts once, in order."""

import pytest

from core import Filters
from core.cohort import Condition, between
from core.errors import FilterError
from ui.explore import composition
from ui.shell.state import Session


@pytest.fixture
def taken(monkeypatch, sample):
    """Return a function that hands over actions, and the session that they act on."""
    current, sent = Session(), {}
    monkeypatch.setattr(composition, "session", lambda: current)
    monkeypatch.setattr(composition.state, "value_of", lambda name: {"actions": sent["actions"]})
    monkeypatch.setattr(composition, "redraw", lambda *parts: None)

    def take(*actions):
        sent["actions"] = list(actions)
        composition._take(sample, "composition")
        return current
    return take


def click(number, level):
    return {"id": number, "kind": "toggle", "key": "pvtt", "level": level}


def test_what_is_sent_again_counts_once(taken):
    taken(click(1, "Vp3"))
    current = taken(click(1, "Vp3"), click(2, "Vp4"))  # the first was not acknowledged yet
    assert current.filters == Filters.from_json({"pvtt": {"in": ["Vp3", "Vp4"]}}) and current.acknowledged == 2
    taken(click(1, "Vp3"), click(2, "Vp4"))
    assert current.filters == Filters.from_json({"pvtt": {"in": ["Vp3", "Vp4"]}}) and len(current.history) == 2


def test_a_range_and_a_click_after_it_both_count(taken, sample):
    current = taken({"id": 1, "kind": "range", "key": "afp", "low": 3, "high": 40, "looks": 12}, click(2, "Vp3"))
    assert current.filters.conditions["afp"] == between(sample, "afp", 3, 40) and current.looks == 12
    assert current.filters.conditions["pvtt"].levels == ("Vp3",)
    everything = {"id": 3, "kind": "range", "key": "afp", "low": 0, "high": 155, "looks": 1}
    assert "afp" not in taken(everything).filters and current.looks == 13


def test_a_range_and_missing_values_are_excluded_where_this_was_asked_for(taken):
    current = taken({"id": 1, "kind": "range", "key": "afp", "low": 3, "high": 40, "exclude": True})
    assert current.filters.conditions["afp"].negated and current.filters.conditions["afp"].bounds
    current = taken({"id": 2, "kind": "missing", "key": "age", "exclude": True})
    assert current.filters.to_json()["age"] == {"not": {"missing": True}}


def test_a_typed_bound_is_left_out_where_this_was_asked_for(sample):
    typed = {"key": "afp", "kind": "typed", "sign": "gt", "at": 400}
    excluding = typed | {"exclude": True}
    assert composition._after(sample, Filters(), typed).to_json() == {"afp": {"gt": 400.0}}
    left_out = composition._after(sample, Filters(), excluding)
    assert left_out.to_json() == {"afp": {"not": {"gt": 400.0}}}
    changed = composition._after(sample, left_out, excluding | {"at": 20})
    assert changed.to_json() == {"afp": {"not": {"gt": 20.0}}}
    with pytest.raises(FilterError):
        composition._after(sample, Filters(), typed | {"sign": "no such"})


def test_a_split_is_taken_back_and_one_of_a_former_mapping_changes_nothing(taken):
    def split(number, key):
        return {"id": number, "kind": "split", "key": key}
    assert taken(split(1, "pvtt")).by == "pvtt"
    assert taken(split(2, "pvtt")).by == "arm"
    assert taken(split(3, "arm")).by is None
    current = taken(split(4, "no such"), click(5, "Vp3"))
    assert current.by is None and current.acknowledged == 5 and "pvtt" in current.filters


def pressed(button, nth, number):
    return {"id": number, "kind": "button", "key": "", "button": button, "nth": nth}


def test_buttons_take_their_turn_whatever_order_they_are_heard_in(taken, sample):
    """Also where the button's key has letters that are no part of a class on the page."""
    waiting = [click(1, "Vp3"), pressed("remove---", 1, 2), click(3, "Vp4"), pressed("undo", 1, 4), click(5, "Vp2")]
    current = taken()
    composition.state.value_of = lambda name: {"actions": waiting}
    composition._press(sample, "", "undo", current.undo)
    assert current.acknowledged == 1 and current.filters.to_json() == {"pvtt": {"in": ["Vp3"]}}
    composition._press(sample, "", "remove-性别", lambda: current.put_on("sex", Condition(levels=("M",))))
    assert current.acknowledged == 5 and current.heard == {"remove---": 1, "undo": 1}
    assert current.filters.to_json() == {"pvtt": {"in": ["Vp3", "Vp2"]}, "sex": {"in": ["M"]}}
    assert not composition._do(sample, "")


def test_presses_that_are_named_count_once_each(taken, sample):
    current = taken(click(1, "Vp3"), click(2, "Vp4"), click(3, "Vp2"))
    composition.state.value_of = lambda name: {"actions": waiting}
    waiting = []
    composition._press(sample, "", "undo", current.undo)  # alone: it was heard by itself
    assert current.filters.conditions["pvtt"].levels == ("Vp3", "Vp4") and current.heard == {"undo": 1}
    waiting = [pressed("undo", 1, 4), click(5, "none"), pressed("undo", 2, 6), pressed("undo", 3, 7)]
    composition._press(sample, "", "undo", current.undo)
    assert current.filters.conditions["pvtt"].levels == ("Vp3",)  # none, and the step before it, taken back
    current.heard["undo"] = 9  # of a file before
    waiting = [click(8, "none"), pressed("undo", 10, 9)]
    composition._press(sample, "", "undo", current.undo)
    assert current.acknowledged == 9 and current.filters.conditions["pvtt"].levels == ("Vp3",)
    assert not composition._do(sample, "")  # as the run ends by drawing
    waiting = [pressed("undo", 11, 10)]  # of a button that is not heard in the next run
    assert composition._do(sample, "") and current.acknowledged == 10
    assert current.filters.conditions["pvtt"].levels == ("Vp3",)
