"""The gate of a process: it lets nobody in who may not, whatever is asked for: page, websocket, upload or saved file.

It stands before all of Streamlit's routes. The proxy checked the name, the origin and the size; here the cookie is
checked, or given, and the person's page script is told who it is.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hosting import metrics
from hosting.audit import format_of
from hosting.people import HEADER, ID_HEADER, NotLetIn, Visitor, cookie_name, roles
from hosting.process import Hosted
from hosting.proxy import PROCESS_COOKIE

SIGN_IN, CALLBACK, SIGN_OUT = "/sign-in", "/sign-in/callback", "/sign-out"
_OPEN = ("/_stcore/health", "/_stcore/host-config", "/favicon.png", "/healthz", "/readyz", SIGN_IN, CALLBACK, SIGN_OUT)
_UPLOAD, _FILES = "/_stcore/upload_file/", "/media/"
_PATIENCE = 20.0  # seconds that a body may take whatever its pace


class Gate:
    """ASGI middleware that asks everybody who they are."""

    def __init__(self, app: ASGIApp, process: Hosted) -> None:
        self.app, self.process = app, process
        self.people, self.chosen = process.people, process.settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        address = address_of(request)
        path = str(scope["path"])
        if scope["type"] == "http" and (answer := self._about_the_process(path, request)):
            await answer(scope, receive, send)
            return
        if path in _OPEN:
            await self.app(scope, receive, self._with_cookies(send, scope, None))
            return
        try:
            visitor = self._let_in(request, address)
        except NotLetIn as reason:
            await self._refuse(reason, Visitor(address=address), scope, receive, send)
            return
        try:
            self._may_do(path, scope, request, visitor)
        except NotLetIn as reason:
            await _read_away(self._bounded(receive, visitor))
            await self._refuse(reason, visitor, scope, receive, send)
            return
        self._tell_script(scope, visitor)
        if _is_page(request) and request.cookies.get(cookie_name(is_secure(request))):
            self.people.saw(visitor)
        sender = self._with_cookies(send, scope, visitor)
        if path.startswith(_FILES) and scope.get("method") == "GET":
            sender = self._noting_export(sender, visitor, path)
        with self._coming(path, scope, request):
            await self.app(scope, self._watched(receive, scope, path, visitor), sender)

    # ---- who may enter

    def _let_in(self, request: HTTPConnection, address: str) -> Visitor:
        """Return who asks: whom the cookie names; else, at a page, somebody new where nobody or the proxy asks."""
        by = self.chosen.sign_in.by
        named = self._named_by_proxy(request) if by == "proxy" else None
        try:
            visitor = self.people.visitor(request.cookies.get(cookie_name(is_secure(request))), address)
        except NotLetIn as reason:
            if by == "openid" or not _is_page(request) or reason.reason == "other_address":
                raise
            visitor = Visitor(address=address)
        if named is not None and (visitor.who, visitor.may_upload) != named:
            if not _is_page(request):
                raise NotLetIn("no_cookie", "Reload the page: the proxy names another person now.")
            visitor = Visitor(address=address, who=named[0], may_upload=named[1])
            self.process.audit.record("signed_in", who=visitor.who, address=address)
        return visitor

    def _named_by_proxy(self, request: HTTPConnection) -> tuple[str, bool]:
        """Return whom the proxy in front names, and whether that person may load files."""
        chosen = self.chosen.sign_in
        if not chosen.trusts(request.headers.get("x-proxy-address", "")):
            raise NotLetIn("untrusted_proxy", "This server is reached by its sign-in page alone.")
        who = request.headers.get(chosen.header, "").strip()
        groups = [group.strip() for group in request.headers.get(chosen.roles_header, "").split(",")]
        enters, may_upload = roles(groups, may_enter=chosen.may_enter, may_upload=chosen.may_upload)
        if not who or not enters:
            raise NotLetIn("group", "Your account may not use this app.")
        return who, may_upload

    def _may_do(self, path: str, scope: Scope, request: HTTPConnection, visitor: Visitor) -> None:
        """Refuse uploads into another's session, by those who may not, and beyond what a session may keep."""
        if not path.startswith(_UPLOAD) or scope.get("method") not in ("PUT", "POST", "DELETE"):
            return
        session = _session_of(path)
        if not self.people.may_use(session, visitor):
            raise NotLetIn("other_session", "This session is another person's.")
        if not visitor.may_upload:
            raise NotLetIn("role", "Your account may look at the sample, but load no files.")
        most = self.chosen.limits.session_mb
        coming = request.headers.get("content-length", "")
        if scope["method"] != "DELETE" and not coming.isdecimal():
            raise NotLetIn("too_large", "Say how large the file is.")
        together = self.process.held(session) + self.process.coming.get(session, 0)
        if scope["method"] != "DELETE" and together + int(coming) > 1024**2 * (most + 1):
            raise NotLetIn("too_large", f"A session can keep files of {most} MB together.")

    async def _refuse(self, reason: NotLetIn, visitor: Visitor, scope: Scope, receive: Receive, send: Send) -> None:
        metrics.REFUSED.labels(reason.reason).inc()
        request = HTTPConnection(scope)
        if reason.reason != "no_cookie" or not _is_page(request):
            self.process.audit.record("not_let_in", who=visitor.who, address=visitor.address, reason=reason.reason)
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": reason.words[:120]})
            return
        response: Response
        if _is_page(request) and reason.reason not in ("group", "untrusted_proxy"):
            asked = _with_query(request)
            begin = f"{SIGN_IN}?next={quote(asked)}" if self.chosen.sign_in.by == "openid" else asked
            response = RedirectResponse(begin, status_code=302)
            set_visitor(response, "", request)
            _set(response, PROCESS_COOKIE, self.process.name, request)
        else:
            status = 413 if reason.reason == "too_large" else 403
            response = PlainTextResponse(reason.words + self.chosen.look.contact, status_code=status)
        await response(scope, receive, send)

    # ---- what is told

    def _about_the_process(self, path: str, request: HTTPConnection) -> Response | None:
        """Answer what monitors ask for, and lead pages elsewhere once the process drains."""
        if path == "/healthz":
            return PlainTextResponse("ok")
        if path == "/readyz":
            ready = self.process.drains_until is None
            return PlainTextResponse("ok" if ready else "drains", status_code=200 if ready else 503)
        if path == "/metrics":
            content, kind = metrics.exposition()
            return Response(content, media_type=kind)
        if self.process.drains_until is not None and _is_page(request) and PROCESS_COOKIE in request.cookies:
            response = RedirectResponse(_with_query(request), status_code=307)
            response.delete_cookie(PROCESS_COOKIE)
            return response
        return None

    @staticmethod
    def _tell_script(scope: Scope, visitor: Visitor) -> None:
        """Put the visitor into a header for the page's script, in place of any that came from outside."""
        told = {HEADER.encode(): visitor.to_header().encode(), ID_HEADER.encode(): visitor.id.encode()}
        scope["headers"] = [*(each for each in scope["headers"] if each[0].lower() not in told), *told.items()]

    def _with_cookies(self, send: Send, scope: Scope, visitor: Visitor | None) -> Send:
        """Give a page and a websocket the cookies that they lack: whom they belong to, and which process has them."""
        request = HTTPConnection(scope)
        is_page = _is_page(request)

        async def send_with_cookies(message: Message) -> None:
            if message["type"] == "websocket.accept" or (is_page and message["type"] == "http.response.start"):
                message.setdefault("headers", [])
                headers, cookies = MutableHeaders(scope=message), Response()
                if request.cookies.get(PROCESS_COOKIE) != self.process.name and self.process.drains_until is None:
                    _set(cookies, PROCESS_COOKIE, self.process.name, request)
                if visitor is not None and is_page:
                    set_visitor(cookies, self.people.cookie(visitor), request)
                for name, value in cookies.raw_headers:
                    if name == b"set-cookie":
                        headers.append("set-cookie", value.decode("latin-1"))
            await send(message)
        return send_with_cookies

    # ---- what comes in and goes out

    @contextmanager
    def _coming(self, path: str, scope: Scope, request: HTTPConnection) -> Iterator[None]:
        """Count a file into its session's while it is on its way."""
        if not path.startswith(_UPLOAD) or scope.get("method") not in ("PUT", "POST"):
            yield
            return
        coming, session = self.process.coming, _session_of(path)
        size = int(request.headers["content-length"])
        coming[session] = coming.get(session, 0) + size
        try:
            yield
        finally:
            coming[session] -= size
            if not coming[session]:
                del coming[session]

    def _watched(self, receive: Receive, scope: Scope, path: str, visitor: Visitor) -> Receive:
        if scope["type"] == "websocket":
            return self._noting_clicks(receive, visitor)
        if path.startswith(_UPLOAD) and scope["method"] in ("PUT", "POST"):
            return self._bounded(receive, visitor)
        return receive

    def _noting_clicks(self, receive: Receive, visitor: Visitor) -> Receive:
        async def receive_noting() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive" and not self.people.has_ended(visitor):
                self.people.saw(visitor)
            return message
        return receive_noting

    def _bounded(self, receive: Receive, visitor: Visitor) -> Receive:
        """Let an upload come in no slower than the settings say."""
        begun, got = time.monotonic(), 0
        least = 1024 * self.chosen.limits.slowest_upload_kb

        async def receive_bounded() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            taken = time.monotonic() - begun
            if taken > _PATIENCE and got < least * taken and message.get("more_body"):
                metrics.REFUSED.labels("slow_body").inc()
                self.process.audit.record("upload_refused", who=visitor.who, address=visitor.address,
                                          reason="slow_body", bytes=got)
                return {"type": "http.disconnect"}
            return message
        return receive_bounded

    def _noting_export(self, send: Send, visitor: Visitor, path: str) -> Send:
        """Note that a file was saved: its format and size."""
        async def send_noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if "attachment" in headers.get("content-disposition", ""):
                    form = format_of(path)
                    metrics.EXPORTED.labels(form).inc()
                    self.process.audit.record("exported", who=visitor.who, address=visitor.address, format=form,
                                              bytes=int(headers.get("content-length", 0)))
            await send(message)
        return send_noting


async def _read_away(receive: Receive) -> None:
    """Take in a body and keep nothing of it: whoever still sends would not see the answer."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return


def _session_of(path: str) -> str:
    """Return the app's session to which a file is sent."""
    return path.removeprefix(_UPLOAD).split("/")[0]


def set_visitor(response: Response, value: str, request: HTTPConnection) -> None:
    """Give the cookie that names a visitor; "" takes it away."""
    _set(response, cookie_name(is_secure(request)), value, request)


def _set(response: Response, name: str, value: str, request: HTTPConnection) -> None:
    response.set_cookie(name, value, max_age=None if value else 0, httponly=True, samesite="lax",
                        secure=is_secure(request))


def address_of(request: HTTPConnection) -> str:
    """Return whose request this is, as the proxy on this machine says."""
    return request.headers.get("x-forwarded-for", "") or (request.client.host if request.client else "")


def _is_page(request: HTTPConnection) -> bool:
    """Tell whether a browser asks for a page to show."""
    return (request.scope["type"] == "http" and request.scope["method"] in ("GET", "HEAD")
            and "text/html" in request.headers.get("accept", "") and not request.scope["path"].startswith("/_stcore/"))


def is_secure(request: HTTPConnection) -> bool:
    """Tell whether a request came over TLS."""
    return request.headers.get("x-forwarded-proto") == "https"


def _with_query(request: HTTPConnection) -> str:
    return quote(request.scope["path"]) + (f"?{request.url.query}" if request.url.query else "")

