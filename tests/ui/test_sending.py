"""What a run sends is kept back until it is to be seen together, never for long; connections send at once."""

import asyncio
import socket
from types import SimpleNamespace

import pytest

from tests.shared.person import finished
from ui.shell import sending


class Woken:
    """A server whose loop is woken, in place of Streamlit's."""

    times = 0

    @staticmethod
    def exists():
        return True

    @classmethod
    def instance(cls):
        return cls

    @classmethod
    def _enqueued_some_message(cls):
        cls.times += 1


class Session:
    """A session with two messages."""

    id = "s"

    def flush_browser_queue(self):
        return ["bar", "curves"]


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until it is moved; the session of the run that is kept back is “s”."""
    now = SimpleNamespace(at=100.0)
    monkeypatch.setattr(sending, "_now", lambda: now.at)
    monkeypatch.setattr(sending, "get_script_run_ctx", lambda: SimpleNamespace(session_id="s"))
    monkeypatch.setattr(sending, "Runtime", Woken)
    monkeypatch.setattr(sending, "AppSession", Session)
    monkeypatch.setattr(Session, "flush_browser_queue", Session.flush_browser_queue)
    monkeypatch.setattr(asyncio.base_events, "_set_nodelay", asyncio.base_events._set_nodelay)
    monkeypatch.setattr(Woken, "times", 0)
    sending.take_part()
    yield now
    sending._kept.clear()


async def flushed(session="s"):
    asked = Session()
    asked.id = session
    return asked.flush_browser_queue()


def test_what_is_kept_back_goes_when_it_is_sent(clock):
    sending.keep_back()
    assert finished(flushed()) == [] and finished(flushed("another")) == ["bar", "curves"]
    sending.send()
    assert Woken.times == 1
    assert finished(flushed()) == ["bar", "curves"]
    sending.send()
    assert Woken.times == 1, "nothing was kept back"


def test_nothing_is_kept_back_for_long_and_the_server_looks_again_by_itself(clock):
    async def later():
        first = await flushed()
        for _ in range(600):
            if Woken.times:
                break
            await asyncio.sleep(0.1)
        clock.at += sending.MOST
        return first, await flushed()
    sending.keep_back()
    assert finished(later()) == ([], ["bar", "curves"])
    assert Woken.times == 1 and sending._kept == {}


def test_a_connection_sends_at_once_although_the_listening_socket_names_no_protocol(clock):
    async def asked():
        taken = []

        async def take(reader, writer):
            taken.append(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        async with await asyncio.start_server(take, sock=listening):
            reader, writer = await asyncio.open_connection(*listening.getsockname())
            await reader.read()
            writer.close()
        return taken
    assert finished(asked()) != [0]
