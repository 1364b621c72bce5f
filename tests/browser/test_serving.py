"""Who the server answers: this machine's own names alone, and nothing about what it holds."""

import re
import socket
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest

from tests.browser.app import App

_SHAKE = ("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: {origin}\r\n\r\n")


def status(url, *, host, origin):
    """Return the status with which the server answers when a browser asks for a session."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=60) as line:
        line.sendall(_SHAKE.format(path="/_stcore/stream", host=host, origin=origin).encode())
        return int(line.recv(100).split()[1])


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_a_session_is_opened_for_the_names_of_this_machine(server, name):
    port = urlsplit(server).port
    assert status(server, host=f"{name}:{port}", origin=f"http://{name}:{port}") == 101


@pytest.mark.parametrize("named", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", ""])
def test_no_session_is_opened_for_another_name(server, named):
    """DNS rebinding: a page of another name that resolves to this machine; with and without its origin told."""
    port = urlsplit(server).port
    host = f"{named}:{port}"
    assert status(server, host=host, origin=f"http://{host}") in (400, 403)
    assert status(server, host=host, origin=f"http://127.0.0.1:{port}") in (400, 403)
    assert status(server, host=f"127.0.0.1:{port}", origin=f"http://{host}") in (400, 403)


def test_metrics_tell_nothing(app, server):
    """Also while a session is open; neither as text nor as protobuf."""
    for accepted in ("text/plain", "application/x-protobuf"):
        request = urllib.request.Request(f"{server}/_stcore/metrics", headers={"Accept": accepted})
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.read().strip() in (b"", b"# EOF")


def test_there_is_no_agent(server):
    request = urllib.request.Request(f"{server}/_stcore/agent/interact", data=b"{}",
                                     headers={"Content-Type": "application/json"})
    with pytest.raises(urllib.error.HTTPError, match=r"40\d") as answer:
        urllib.request.urlopen(request, timeout=60)
    assert "does not serve the agent API" in answer.value.read().decode()


def test_the_first_page_needs_no_script_of_which_the_browser_was_not_told(page, server):
    """Each would be asked for when its first element comes, while the server computes the charts."""
    with urllib.request.urlopen(server, timeout=60) as answer:
        told = re.findall(r"static/js/([\w.-]+\.js)", answer.read().decode() + answer.headers["Link"])
    App(page, server).open()
    asked = page.evaluate("() => performance.getEntriesByType('resource').map(each => each.name)")
    assert {url.rsplit("/", 1)[1] for url in asked if url.endswith(".js")} <= set(told)
    assert len(told) == len(set(told)) > 100
