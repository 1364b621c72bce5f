"""Cookies: signed, of one address, and no longer than the settings say."""

import os
from dataclasses import asdict, replace

import pytest
from itsdangerous import URLSafeSerializer

from hosting.people import NotLetIn, People, Visitor, roles

WHO = Visitor(who="a@hospital.example", address="10.0.0.5")
STRANGE = URLSafeSerializer("t" * 32, salt="visitor").dumps(asdict(WHO))  # of another server


@pytest.fixture
def people(tmp_path):
    """Make the people of a process; all processes of a machine share a folder."""
    def made(secret="s" * 32, **changes):
        return People(secret, folder=tmp_path,
                      **{"hours": 12, "idle_minutes": 60, "bind_to_address": True} | changes)
    return made


def test_a_cookie_names_whom_it_was_given_to(people):
    known = people()
    assert known.visitor(known.cookie(WHO), "10.0.0.5").who == WHO.who


def test_all_processes_of_a_server_read_it(people):
    assert people().visitor(people().cookie(WHO), "10.0.0.5").id == WHO.id


def forged(cookie):
    """Another signature: its last letter alone may stand for the same bytes."""
    content, signature = cookie.rsplit(".", 1)
    return f"{content}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


@pytest.mark.parametrize("reason, value, address", [
    ("no_cookie", lambda p: None, "10.0.0.5"),
    ("no_cookie", lambda p: "", "10.0.0.5"),
    ("wrong_cookie", lambda p: "rubbish", "10.0.0.5"),
    ("wrong_cookie", lambda p: forged(p.cookie(WHO)), "10.0.0.5"),
    ("wrong_cookie", lambda p: STRANGE, "10.0.0.5"),
    ("wrong_cookie", lambda p: p._signer.dumps({"another": "shape"}), "10.0.0.5"),
    ("other_address", lambda p: p.cookie(WHO), "10.0.0.6"),
    ("ended", lambda p: p.cookie(replace(WHO, begun=WHO.begun - 13 * 3600)), "10.0.0.5"),
    ("idle", lambda p: p._signer.dumps({**vars(WHO), "seen": WHO.seen - 3700}), "10.0.0.5"),
])
def test_any_other_is_refused(people, reason, value, address):
    known = people()
    with pytest.raises(NotLetIn) as error:
        known.visitor(value(known), address)
    assert error.value.reason == reason and error.value.words.endswith(".")


def test_a_click_keeps_a_visitor(people):
    known, old = people(), replace(WHO, seen=WHO.seen - 3700)
    assert known.has_ended(old)
    known.saw(old)
    assert people().visitor(known.cookie(old), "10.0.0.5").id == WHO.id, "another process knows it, too"
    assert people().idle(old) < 60 and not known.has_ended(old)


def test_who_signed_out_is_gone(people):
    known = people()
    cookie = known.cookie(WHO)
    known.forget(WHO)
    for process in (known, people()):
        with pytest.raises(NotLetIn, match="has ended"):
            process.visitor(cookie, "10.0.0.5")


def test_what_is_kept_of_visitors_does_not_grow_for_ever(people, tmp_path):
    known = people(hours=1)
    known.saw(WHO)
    known.forget(WHO)
    for path in tmp_path.iterdir():
        os.utime(path, (WHO.seen - 3700, WHO.seen - 3700))
    known.forget_old()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("changes", [{"begun": -13 * 3600}, {"seen": -3700}])
def test_an_open_session_ends_as_well(people, changes):
    assert people().has_ended(replace(WHO, **{name: WHO.seen + by for name, by in changes.items()}))


def test_a_session_is_used_by_its_visitor_alone(people):
    known = people()
    known.of_session["s"] = WHO.id
    assert known.may_use("s", WHO) and not known.may_use("s", Visitor())
    assert known.may_use("another", Visitor())


@pytest.mark.parametrize("groups, enter, upload, expected", [
    ((), (), (), (True, True)),
    (["staff"], ("staff",), (), (True, True)),
    (["staff"], ("staff",), ("analysts",), (True, False)),
    (["analysts"], ("staff",), ("analysts",), (True, True)),
    (["guests"], ("staff",), ("analysts",), (False, False)),
    ("staff", ("staff",), ("staff",), (True, True)),
    (None, ("staff",), (), (False, True)),
])
def test_groups_are_roles(groups, enter, upload, expected):
    assert roles(groups, may_enter=enter, may_upload=upload) == expected


def test_the_header_for_the_script_tells_the_same():
    assert Visitor.of_header(replace(WHO, who="李").to_header()).who == "李"
    assert replace(WHO, who="李").to_header().isascii()
    assert Visitor.of_header(None) is None
