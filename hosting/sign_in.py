"""Sign-in by OpenID Connect, any provider: the authorization code flow with PKCE (RFC 6749, RFC 7636), by Authlib."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth, StarletteOAuth2App
from httpx2 import HTTPError
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from hosting.gate import CALLBACK, SIGN_IN, SIGN_OUT, address_of, is_secure, set_visitor
from hosting.people import NotLetIn, Visitor, cookie_name, roles
from hosting.process import Hosted

_NEXT = "next"
_FAILURES = (HTTPError, OAuthError, JoseError, ValueError, KeyError, RuntimeError)  # of the provider, or of its answer
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Cohortscope</title>
<style>body{{font:18px/1.5 sans-serif;max-width:34rem;margin:18vh auto;padding:0 1rem;color:#1f2933}}a{{color:#1f5f8b}}
@media(prefers-color-scheme:dark){{body{{background:#15191d;color:#e4e8ec}}a{{color:#7cc0ea}}}}</style></head>
<body><h1>Cohortscope</h1><p role="status">{words}</p><p><a href="{path}">{link}</a></p></body></html>"""


class SignIn:
    """The routes by which people sign in and out."""

    def __init__(self, process: Hosted) -> None:
        self.process, self.chosen = process, process.settings.sign_in
        self.provider = _provider(process)

    def routes(self) -> list[Route]:
        """Return the routes for the app."""
        return [Route(SIGN_IN, self.begin), Route(CALLBACK, self.end), Route(SIGN_OUT, self.sign_out)]

    async def begin(self, request: Request) -> Response:
        """Lead to the provider; keep where somebody wanted to go."""
        request.session[_NEXT] = _local(request.query_params.get(_NEXT, "/"))
        try:
            answer: Response = await self.provider.authorize_redirect(request, self._callback())
        except _FAILURES:
            return self._said("The sign-in service does not answer.", status=503)
        return answer

    async def end(self, request: Request) -> Response:
        """Take the provider's statement of who somebody is, and give the cookie."""
        try:
            token = await self.provider.authorize_access_token(request)
            person = token.get("userinfo") or await self.provider.userinfo(token=token)
            who = _name(person)
        except _FAILURES:
            self.process.audit.record("not_let_in", address=address_of(request), reason="provider")
            return self._said("The sign-in did not succeed.", status=403)
        enters, may_upload = roles(person.get(self.chosen.roles_claim), may_enter=self.chosen.may_enter,
                                   may_upload=self.chosen.may_upload)
        if not enters:
            self.process.audit.record("not_let_in", who=who, address=address_of(request), reason="group")
            return self._said("Your account may not use this app.", status=403)
        visitor = Visitor(who=who, may_upload=may_upload, address=address_of(request))
        self.process.audit.record("signed_in", who=who, address=visitor.address)
        response = RedirectResponse(_local(request.session.pop(_NEXT, "/")), status_code=302)
        set_visitor(response, self.process.people.cookie(visitor), request)
        return response

    async def sign_out(self, request: Request) -> Response:
        """Let the cookie count no longer, end what it had open, and say so; a page elsewhere cannot ask for it."""
        if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return RedirectResponse("/", status_code=302)
        try:
            cookie = request.cookies.get(cookie_name(is_secure(request)))
            visitor = self.process.people.visitor(cookie, address_of(request))
        except NotLetIn:
            pass
        else:
            self.process.people.forget(visitor)
            self.process.audit.record("signed_out", who=visitor.who, address=visitor.address)
        response = self._said("You are signed out, and your data are gone.", link="Sign in again", status=200)
        set_visitor(response, "", request)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def _callback(self) -> str:
        """Return the address to which the provider sends people back: by the server's name, never by a header."""
        return f"{self.process.settings.server.origin}{CALLBACK}"

    def _said(self, words: str, *, status: int, link: str = "Try again") -> Response:
        text = html.escape(words + (self.process.settings.look.contact if status != 200 else ""))
        return HTMLResponse(_PAGE.format(words=text, path="/", link=link), status_code=status)


def routes(process: Hosted) -> list[Route]:
    """Return the routes by which people sign in and out; none where no OpenID provider is asked."""
    return SignIn(process).routes() if process.settings.sign_in.by == "openid" else []


def _provider(process: Hosted) -> StarletteOAuth2App:
    chosen = process.settings.sign_in
    client: Any = OAuth().register(
        "provider", client_id=chosen.client, client_secret=chosen.client_secret.get_secret_value(),
        server_metadata_url=f"{chosen.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": chosen.scopes, "code_challenge_method": "S256"})
    return client


def _name(person: Mapping[str, Any]) -> str:
    """Return how the provider names a person: the e-mail unless the provider says that nobody checked it."""
    email = person.get("email") if person.get("email_verified") is not False else None
    return str(email or person.get("preferred_username") or person["sub"])


def _local(path: str) -> str:
    """Return a path on this server; any other address becomes the first page (no open redirect)."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"

