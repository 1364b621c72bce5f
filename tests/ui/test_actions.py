"""What the browser's components send: numbered actions, each of which counts once, in order."""

import pytest

from core import Filters
from core.cohort import Condition, between, quarters, strata
from core.errors import FilterError
from core.hazards.subgroups import condition_of
from ui.shell import actions
from ui.shell import filters as steps
from ui.shell.state import Session


@pytest.fixture
def taken(monkeypatch, sample):
    """Return a function that hands over actions, and the session that they act on."""
    current, sent = Session(components=["composition", "sidebar"]), {}
    monkeypatch.setattr(actions, "session", lambda: current)
    monkeypatch.setattr(actions, "chart_id", lambda cohort: "this")
    monkeypatch.setattr(actions.state, "value_of", sent.get)
    monkeypatch.setattr(actions, "redraw", lambda *parts: None)
    monkeypatch.setattr(actions.cache, "filtered", lambda whole, filters: whole.filter(filters))

    def take(*done, by="composition"):
        sent[by] = {"actions": list(done)}
        actions.take(sample)
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
    assert actions.after(sample, Filters(), typed).to_json() == {"afp": {"gt": 400.0}}
    left_out = actions.after(sample, Filters(), excluding)
    assert left_out.to_json() == {"afp": {"not": {"gt": 400.0}}}
    changed = actions.after(sample, left_out, excluding | {"at": 20})
    assert changed.to_json() == {"afp": {"not": {"gt": 20.0}}}
    with pytest.raises(FilterError):
        actions.after(sample, Filters(), typed | {"sign": "no such"})


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
    actions.state.value_of = lambda name: {"actions": waiting}
    actions._press(sample, "undo", current.undo)
    assert current.acknowledged == 1 and current.filters.to_json() == {"pvtt": {"in": ["Vp3"]}}
    actions._press(sample, "remove-性别", lambda: current.put_on("sex", Condition(levels=("M",))))
    assert current.acknowledged == 5 and current.heard == {"remove---": 1, "undo": 1}
    assert current.filters.to_json() == {"pvtt": {"in": ["Vp3", "Vp2"]}, "sex": {"in": ["M"]}}
    assert not actions._do(sample)


def test_presses_that_are_named_count_once_each(taken, sample):
    current = taken(click(1, "Vp3"), click(2, "Vp4"), click(3, "Vp2"))
    actions.state.value_of = lambda name: {"actions": waiting}
    waiting = []
    actions._press(sample, "undo", current.undo)  # alone: it was heard by itself
    assert current.filters.conditions["pvtt"].levels == ("Vp3", "Vp4") and current.heard == {"undo": 1}
    waiting = [pressed("undo", 1, 4), click(5, "none"), pressed("undo", 2, 6), pressed("undo", 3, 7)]
    actions._press(sample, "undo", current.undo)
    assert current.filters.conditions["pvtt"].levels == ("Vp3",)  # none, and the step before it, taken back
    current.heard["undo"] = 9  # of a file before
    waiting = [click(8, "none"), pressed("undo", 10, 9)]
    actions._press(sample, "undo", current.undo)
    assert current.acknowledged == 9 and current.filters.conditions["pvtt"].levels == ("Vp3",)
    assert not actions._do(sample)  # as the run ends by drawing
    waiting = [pressed("undo", 11, 10)]  # of a button that is not heard in the next run
    assert actions._do(sample) and current.acknowledged == 10
    assert current.filters.conditions["pvtt"].levels == ("Vp3",)


def test_actions_of_two_components_count_in_the_order_in_which_they_were_done(taken):
    """Each sends all that waits: what the other has sent, too."""
    taken(click(1, "Vp3"), {"id": 3, "kind": "invert", "key": "pvtt"}, by="sidebar")
    current = taken(click(4, "Vp4"), by="composition")
    taken(click(4, "Vp4"), click(5, "Vp2"), by="sidebar")
    assert current.acknowledged == 5 and len(current.history) == 4
    assert current.filters.to_json() == {"pvtt": {"not": {"in": ["Vp3", "Vp4", "Vp2"]}}}


def test_what_was_meant_of_another_file_is_acknowledged_and_not_done(taken):
    current = taken(click(1, "Vp3") | {"of": "other"}, {"id": 2, "kind": "split", "key": "pvtt", "of": "other"})
    assert current.acknowledged == 2 and not current.filters and current.by == ""
    assert taken(click(3, "Vp3") | {"of": "this"}).filters


@pytest.mark.parametrize("action", [
    {"kind": "toggle", "key": "no such", "level": "x"}, {"kind": "toggle", "key": "pvtt", "level": "Vp9"},
    {"kind": "range", "key": "no such", "low": 1, "high": 3}, {"kind": "typed", "key": "pvtt", "sign": "gt", "at": 2},
    {"kind": "bounds", "key": "pvtt", "number": 0, "before": [], "signs": {"from": "ge", "to": "le"},
     "at": {"from": 3, "to": None}},
    {"kind": "range", "key": "pvtt", "low": 1, "high": 3},
    {"kind": "quarter", "key": "pvtt", "at": 0}, {"kind": "event", "key": "no such", "band": "any"},
    {"kind": "invert", "key": "no such"}, {"kind": "missing", "key": "no such"}], ids=lambda one: one["kind"])
def test_what_does_not_fit_a_changed_mapping_is_not_done_and_the_rest_stays(taken, action):
    current = taken(click(1, "Vp3"), action | {"id": 2}, {"id": 3, "kind": "toggle", "key": "sex", "level": "M"})
    assert current.acknowledged == 3
    assert current.filters.to_json() == {"pvtt": {"in": ["Vp3"]}, "sex": {"in": ["M"]}}


def bounds(number, key, given, *, before=(), place=0):
    """Two boxes with their signs: `given` is what stands in them, “gt 400 le 1000”."""
    signs, at = {"from": "ge", "to": "le"}, {"from": None, "to": None}
    for sign, text in zip(given.split()[::2], given.split()[1::2], strict=True):
        side = "from" if sign[0] == "g" else "to"
        signs[side], at[side] = sign, None if text == "-" else float(text)
    return {"id": number, "kind": "bounds", "key": key, "number": place, "before": list(before), "signs": signs,
            "at": at}


def test_bounds_make_the_groups_of_each_number(taken, sample):
    """They keep the patients of the forest's row."""
    number = 0
    for factor in (f for f in sample.mapping.factors if f.kind == "numeric"):
        for level in strata(sample, factor.key).levels:
            condition = condition_of(sample, factor.key, level)
            number += 1
            current = taken(bounds(number, factor.key, " ".join(f"{sign} {at}" for sign, at in condition.bounds)))
            assert current.filters.conditions[factor.key].bounds == condition.bounds
            current.reset()


def test_bounds_are_changed_and_given_up_and_their_signs_stay(taken):
    current = taken(bounds(1, "afp", "gt 400"), bounds(2, "afp", "gt 400 le 1000", before=[["gt", 400]]))
    assert current.filters.to_json() == {"afp": {"gt": 400.0, "le": 1000.0}}
    taken(bounds(3, "afp", "ge 1", place=1), bounds(4, "afp", "ge 1 le 20", before=[["ge", 1]], place=1))
    assert current.filters.conditions["afp"].ranges == ((("ge", 1.0), ("le", 20.0)), (("gt", 400.0), ("le", 1000.0)))
    taken(bounds(5, "afp", "ge -", before=[["ge", 1], ["le", 20]], place=1),
          bounds(6, "afp", "ge - lt -", before=[["gt", 400], ["le", 1000]]))
    assert not current.filters
    assert current.signs == {("afp", 0, "from"): "ge", ("afp", 0, "to"): "lt",
                             ("afp", 1, "from"): "ge", ("afp", 1, "to"): "le"}
    for wrong in (bounds(8, "afp", "glike 4"), bounds(9, "afp", "gt inf"), bounds(10, "afp", "gt nan")):
        assert not taken(wrong).filters and current.acknowledged == wrong["id"]


def test_quarters_come_and_go(taken, sample):
    first, second = (group.bounds for group in quarters(sample, "afp")[:2])

    def quarter(number, at):
        return {"id": number, "kind": "quarter", "key": "afp", "at": at}
    current = taken(quarter(1, 1), quarter(2, 0))
    assert current.filters.conditions["afp"].ranges == (first, second)
    taken(quarter(3, 1), quarter(4, 99))
    assert current.filters.conditions["afp"].ranges == (first,)
    assert "afp" not in taken(quarter(5, 0)).filters


def test_who_had_an_adverse_event_of_any_grade_or_of_high_ones(taken, sample):
    def event(number, band):
        return {"id": number, "kind": "event", "key": "ae_leukopenia", "band": band}
    current = taken(event(1, ">=3"))
    assert sample.filter(current.filters).n == 13
    assert taken(event(2, "any")).filters.conditions["ae_leukopenia"] == actions.HAD["any"]
    assert not taken(event(3, "any")).filters


def test_numbers_that_a_person_sets(taken):
    def set_to(number, name, at):
        return {"id": number, "kind": "set", "key": "", "name": name, "at": at}
    current = taken(set_to(1, "least", 12), set_to(2, "exact", 500))
    assert (current.warn_below, current.exact) == (12, 500)
    taken(set_to(3, "least", None), set_to(4, "exact", -3))
    assert (current.warn_below, current.exact) == (1, 0)


def test_a_step_whose_button_is_late_leads_where_the_button_said(taken, monkeypatch):
    """Three clicks, two of them undone: their steps are listed, and end with another click before one is pressed."""
    current = taken(click(1, "Vp3"), click(2, "Vp4"), click(3, "Vp2"))
    monkeypatch.setattr(steps, "session", lambda: current)
    listed = current.steps
    steps._go_to(1, listed[1])
    assert current.filters == listed[1] and len(current.undone) == 2
    taken(click(4, "none"))
    steps._go_to(2, listed[2])
    assert current.filters == listed[2] and current.history[-1] != listed[1]
