"""What a browser may do with the app's pages, told with every answer: it loads nothing from elsewhere and calls nobody.

The policy is one under which the app really works: Streamlit writes its styles into the page, the modules of its
components come as blobs, and Vega makes functions of a chart's expressions.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hosting import preload
from hosting.frame import FRAME


def _scripts_of_the_frame() -> str:
    """Return the hashes of the scripts that stand in Streamlit's page itself; no other script in a page is run."""
    page = (FRAME / "index.html").read_text(encoding="utf-8")
    hashes = (b64encode(sha256(script.encode()).digest()).decode()
              for script in re.findall(r"<script>(.*?)</script>", page, re.DOTALL))
    return " ".join(f"'sha256-{value}'" for value in hashes)


_POLICY = {
    "default-src": "'self'",
    "script-src": f"'self' blob: {_scripts_of_the_frame()}",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "frame-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in _POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


_OF_PATIENTS = "/media/"  # saved files and pictures, which no browser is to keep


class WithHeaders:
    """ASGI middleware that gives every answer these headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if scope["path"].startswith(_OF_PATIENTS):
                    headers["Cache-Control"] = "no-store"
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Link"] = preload.link()
            await send(message)
        await self.app(scope, receive, send_with_headers)
