"""The files of Streamlit's page from memory: as they are on the disk, and nothing else."""

import pytest

from hosting import frame
from tests.shared.person import finished

SCRIPT = next(path for path in sorted((frame.FRAME / "static" / "js").glob("index.*.js")))
AT = f"/static/js/{SCRIPT.name}"


def asked(path, *, method="GET", headers=()):
    """Return the messages of an answer, or what the app behind was asked."""
    answered = []

    async def behind(scope, receive, send):
        answered.append(scope["path"])

    async def send(message):
        answered.append(message)
    scope = {"type": "http", "method": method, "path": path, "headers": list(headers)}
    finished(frame.FrameFiles(behind)(scope, None, send))
    return answered


def test_a_script_comes_whole_and_is_kept_by_the_browser():
    begun, body = asked(AT)
    headers = dict(begun["headers"])
    assert body["body"] == SCRIPT.read_bytes() and int(headers[b"content-length"]) == SCRIPT.stat().st_size
    assert headers[b"content-type"].startswith(b"text/javascript") and b"immutable" in headers[b"cache-control"]


@pytest.mark.parametrize("path", ["/", "/index.html", "/static/js/none.js", "/static/../index.html", "/static/js/",
                                  "/media/x"])
def test_all_else_goes_on(path):
    assert asked(path) == [path]


def test_a_part_of_a_file_and_other_methods_go_on():
    assert asked(AT, headers=[(b"range", b"bytes=0-9")]) == [AT]
    assert asked(AT, method="HEAD") == [AT]
