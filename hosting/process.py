"""What one process of a department's server knows; a laptop's app has none of it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from hosting.audit import AuditLog
from hosting.people import People
from hosting.settings import Settings, SettingsError, settings

NAME, SECRET = "COHORTSCOPE_PROCESS", "COHORTSCOPE_SECRET"  # in the environment, set by who starts the processes


@dataclass
class Hosted:
    """One process behind the proxy.

    Attributes
    ----------
    drains_until : seconds since 1970 at which it ends, once another takes its place; None while it takes new people
    warned : sessions that are told to save, by their names, and when they end
    """

    settings: Settings
    name: str
    people: People
    audit: AuditLog
    drains_until: float | None = None
    warned: dict[str, float] = field(default_factory=dict)
    held: Callable[[str], int] = lambda session: 0  # bytes of the files that a session holds
    coming: dict[str, int] = field(default_factory=dict)  # bytes of those that are on their way to it
    ended: dict[str, str] = field(default_factory=dict)  # sessions and why they ended (see audit.py)

    def drain(self) -> None:
        """Take nobody new, and let those who are here know how long they can work on."""
        if self.drains_until is None:
            self.drains_until = time.time() + 60 * self.settings.server.drain_minutes
            self.audit.record("process_drains", process=self.name)


@lru_cache(maxsize=1)
def hosted() -> Hosted | None:
    """Return this process's state; None on a laptop."""
    name, secret = os.environ.get(NAME), os.environ.get(SECRET)
    if not name:
        return None
    if not secret:
        raise SettingsError(f"{SECRET} is empty: without it nobody can be known.")
    chosen = settings()
    people = People(secret, hours=chosen.sign_in.hours, idle_minutes=chosen.sign_in.idle_minutes,
                    bind_to_address=chosen.sign_in.bind_to_address,
                    folder=chosen.server.folder / "visitors")
    return Hosted(settings=chosen, name=name, people=people,
                  audit=AuditLog(chosen.audit.folder, name, keep_days=chosen.audit.keep_days))
