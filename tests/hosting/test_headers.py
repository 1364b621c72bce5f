"""The headers of every answer, on a laptop as well."""

import re

from hosting.headers import HEADERS, WithHeaders
from tests.shared.person import finished

POLICY = dict(part.split(" ", 1) for part in HEADERS["Content-Security-Policy"].split("; "))


def answered(path):
    """Return the headers that an answer gets on its way."""
    sent = []

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"cache-control", b"max-age=60")]})

    async def send(message):
        sent.append(message)
    finished(WithHeaders(app)({"type": "http", "path": path}, None, send))
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def test_every_answer_has_them():
    assert {name.lower(): value for name, value in HEADERS.items()}.items() <= answered("/").items()


def test_a_browser_keeps_no_file_of_patients():
    assert answered("/media/abc.png")["cache-control"] == "no-store"
    assert answered("/static/js/index.js")["cache-control"] == "max-age=60"


def test_the_policy_names_no_other_server_and_runs_no_text():
    assert not re.search(r"https?:|\*|unsafe-eval", HEADERS["Content-Security-Policy"])
    assert "unsafe-inline" not in POLICY["script-src"]
    assert POLICY["default-src"] == POLICY["connect-src"] == "'self'"
    assert POLICY["object-src"] == POLICY["base-uri"] == POLICY["frame-ancestors"] == "'none'"


def test_the_frames_script_is_known_by_its_hash():
    assert len(re.findall(r"'sha256-[\w+/]{43}='", POLICY["script-src"])) == 1
