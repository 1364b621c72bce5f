"""Who somebody is: a signed cookie, checked with every request, and what one has done last."""

from __future__ import annotations

import contextlib
import json
import secrets
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

_COOKIE = "cohortscope_visitor"
_TELL, _TIDY = 10.0, 600.0  # seconds between two notes that somebody clicked, and between two looks for old ones
# By which the gate tells the page's script who it is, and Streamlit whose a session is: nobody else resumes it. What
# comes under these names from outside is taken away.
HEADER, ID_HEADER = "x-cohortscope-visitor", "x-cohortscope-id"


def cookie_name(secure: bool) -> str:
    """Return the cookie's name: over TLS with the prefix that binds it to this host and to TLS (RFC 6265bis)."""
    return f"__Host-{_COOKIE}" if secure else _COOKIE


class NotLetIn(Exception):
    """Says why a cookie does not count; `reason` is its name in the audit log."""

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(words)
        self.reason, self.words = reason, words


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A person in one browser.

    Attributes
    ----------
    who : as the provider or proxy names the person; "" where nobody asks
    begun, seen : seconds since 1970 at the sign-in, and of the last page or click that is known
    """

    id: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    who: str = ""
    may_upload: bool = True
    address: str = ""
    begun: float = field(default_factory=time.time)
    seen: float = field(default_factory=time.time)

    def to_header(self) -> str:
        """Return the visitor as text of a header (ASCII)."""
        return json.dumps(asdict(self))

    @classmethod
    def of_header(cls, text: str | None) -> Visitor | None:
        """Read what `to_header` wrote; None where there is no gate."""
        return cls(**json.loads(text)) if text else None


class People:
    """The visitors of one process.

    Parameters
    ----------
    secret : signs the cookies; the same for all processes
    hours, idle_minutes : after which a sign-in ends, from its begin and without a click
    bind_to_address : whether a cookie counts for the address alone to which it was given
    folder : shared by all processes of a machine, which tell each other there who clicked last and who signed out
    """

    def __init__(self, secret: str, *, hours: float, idle_minutes: float, bind_to_address: bool, folder: Path) -> None:
        self._signer = URLSafeSerializer(secret, salt="visitor")
        self._hours, self._idle, self._bind_to_address, self._folder = hours, idle_minutes, bind_to_address, folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._told: dict[str, float] = {}  # when others were told last that somebody clicked
        self._looked = 0.0
        self.of_session: dict[str, str] = {}  # visitors by the app's sessions

    def cookie(self, visitor: Visitor) -> str:
        """Return the cookie's value, as of what was seen last."""
        return str(self._signer.dumps(asdict(replace(visitor, seen=self._last(visitor)))))

    def visitor(self, value: str | None, address: str) -> Visitor:
        """Return whom a cookie names.

        Raises
        ------
        NotLetIn
            If there is none, it is not ours, it has ended, or it was given to another address.
        """
        if not value:
            raise NotLetIn("no_cookie", "Open the app's page first: this request came without its cookie.")
        try:
            visitor = Visitor(**self._signer.loads(value))
        except (BadData, TypeError):
            raise NotLetIn("wrong_cookie", "This cookie is not from this server. Reload the page.") from None
        if self._bind_to_address and visitor.address != address:
            raise NotLetIn("other_address", "This session began at another address. Reload the page for a new one.")
        if self.is_gone(visitor) or self.is_over(visitor):
            raise NotLetIn("ended", "This session has ended. Reload the page to begin a new one.")
        if self.idle(visitor) > 60 * self._idle:
            raise NotLetIn("idle", "This session ended because nothing was clicked for long. Reload the page.")
        return visitor

    def saw(self, visitor: Visitor) -> None:
        """Note that a visitor opened a page or clicked."""
        at = time.time()
        if at - self._told.get(visitor.id, 0.0) > min(_TELL, 6 * self._idle):
            self._told[visitor.id] = at
            (self._folder / visitor.id).touch(mode=0o600)

    def idle(self, visitor: Visitor) -> float:
        """Return the seconds since a visitor's last page or click."""
        return time.time() - self._last(visitor)

    def forget(self, visitor: Visitor) -> None:
        """Let a visitor's cookies count no longer."""
        self._sign_of_leaving(visitor).touch(mode=0o600)

    def is_gone(self, visitor: Visitor) -> bool:
        """Tell whether a visitor has signed out."""
        return self._sign_of_leaving(visitor).exists()

    def is_over(self, visitor: Visitor) -> bool:
        """Tell whether a visitor must sign in again."""
        return time.time() - visitor.begun > 3600 * self._hours

    def has_ended(self, visitor: Visitor) -> bool:
        """Tell whether a visitor signed out, must sign in again, or clicked nothing for too long."""
        return self.is_gone(visitor) or self.is_over(visitor) or self.idle(visitor) > 60 * self._idle

    def forget_old(self) -> None:
        """Forget, now and then, those whose sign-in is over in any case."""
        at, over = time.time(), 3600 * self._hours
        if at - self._looked < _TIDY:
            return
        self._looked = at
        self._told = {name: told for name, told in self._told.items() if at - told < over}
        for path in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):  # another process tidies as well
                if at - path.stat().st_mtime > over:
                    path.unlink()

    def may_use(self, session: str, visitor: Visitor) -> bool:
        """Tell whether a session of the app is not another visitor's."""
        return self.of_session.get(session, visitor.id) == visitor.id

    def _last(self, visitor: Visitor) -> float:
        try:
            told = (self._folder / visitor.id).stat().st_mtime
        except FileNotFoundError:
            told = 0.0
        return max(visitor.seen, told)

    def _sign_of_leaving(self, visitor: Visitor) -> Path:
        return self._folder / f"{visitor.id}.gone"


def roles(groups: Any, *, may_enter: tuple[str, ...], may_upload: tuple[str, ...]) -> tuple[bool, bool]:
    """Tell whether somebody of these groups may enter, and load files; an empty list of groups lets everybody."""
    of = {groups} if isinstance(groups, str) else {str(group) for group in groups or ()}
    return not may_enter or bool(of & {*may_enter, *may_upload}), not may_upload or bool(of & set(may_upload))
