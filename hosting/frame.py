"""The files of Streamlit's own page, answered from memory: a first visit asks for 130 of them."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from mimetypes import guess_type
from pathlib import Path

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

FRAME = Path(str(files("streamlit"))) / "static"
_KEEP = {"Cache-Control": "public, immutable, max-age=31536000"}  # as Streamlit says it: a name holds its file's digest


class FrameFiles:
    """ASGI middleware that answers for the files in `static/` of Streamlit's page; all else goes on.

    By itself Streamlit asks the disk for each file three times, in threads of their own: 1.3 ms a file.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.files = {f"/{path.relative_to(FRAME).as_posix()}": path
                      for path in (FRAME / "static").rglob("*") if path.is_file()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = self.files.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        in_part = path and any(name == b"range" for name, _ in scope["headers"])
        await (_answer(path) if path and not in_part else self.app)(scope, receive, send)


@lru_cache(maxsize=512)
def _answer(path: Path) -> Response:
    """Return the answer with a file; on Windows the registry may take scripts for plain text, which no browser runs."""
    kind = "text/javascript" if path.suffix == ".js" else guess_type(path.name)[0]
    return Response(path.read_bytes(), media_type=kind or "application/octet-stream", headers=_KEEP)
