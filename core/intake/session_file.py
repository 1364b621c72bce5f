"""The session as a file: which data it was of, their mapping, and what was looked at; no patient is in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from core.cohort import Filters, Groups
from core.enclosed import enclosed
from core.errors import CohortError
from core.language import say
from core.read_options import ReadOptions

_KIND = "cohortscope_session"
_VERSION = 1
_LATER: dict[str, Any] = {"groups": {}, "record": {}, "charts": [], "landmark": 0.0, "tau": {}, "references": {},
                          "style": {}, "talk": {}, "edits": {}}  # not in old files
_DEEPEST = 60  # of named groups, which are combined of others
_HELP = "Give a file that “Save” has made."


@dataclass(frozen=True, kw_only=True)
class SessionFile:
    """What a session file holds.

    Attributes
    ----------
    name, fingerprint : of the data; the fingerprint is the SHA-256 of what was read
    reading : how the file was read, where a person chose it
    by : what the curves are split by, None for one curve
    steps : filters that were on one after another, of which `place` is on
    groups : the named groups, as definitions
    landmark : month, 0 for none
    tau : per endpoint the month to which restricted means run, where it was chosen
    references : strata that others are compared with, by variable, where they were chosen
    charts : those of Explore in order, where they were chosen
    record : comparisons that were looked at, and declared analyses
    style : in which figures are saved, as far as it was chosen
    talk : its figures as recipes; see `core.recipes`
    edits : what was changed of figures before they were saved, by their slugs
    """

    name: str
    fingerprint: str
    mapping: Mapping[str, Any]
    reading: Mapping[str, Any] = field(default_factory=dict)
    page: str = ""
    endpoint: str = ""
    by: str | None = None
    steps: Sequence[Mapping[str, Any]] = ()
    place: int = 0
    groups: Mapping[str, Any] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict)
    charts: Sequence[str] = field(default_factory=list)
    landmark: float = 0.0
    tau: Mapping[str, float] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    style: Mapping[str, Any] = field(default_factory=dict)
    talk: Mapping[str, Any] = field(default_factory=dict)
    edits: Mapping[str, Any] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Return the file."""
        content = {_KIND: _VERSION, **asdict(self), "steps": list(self.steps), "charts": list(self.charts)}
        return json.dumps(content, ensure_ascii=False, indent=1).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> SessionFile:
        """Read a file that `to_bytes` wrote, or what a saved figure encloses.

        Raises
        ------
        CohortError
            If it is damaged, or of a newer version.
        """
        content: dict[str, Any] = _LATER | _json(data)
        if content.get(_KIND) != _VERSION:
            raise CohortError(say("This session file is of another version of Cohortscope."), _HELP)
        kinds: dict[str, Any] = {"name": str, "fingerprint": str, "mapping": dict, "reading": dict, "page": str,
                                 "endpoint": str, "by": (str, type(None)), "steps": list, "place": int,
                                 "groups": dict, "record": dict, "charts": list, "landmark": (int, float),
                                 "tau": dict, "references": dict, "style": dict, "talk": dict, "edits": dict}
        if _depth(content) > _DEEPEST:
            raise CohortError(say("The session file is damaged: it is nested too deeply."), _HELP)
        wrong = [k for k, kind in kinds.items() if k not in content or not isinstance(content[k], kind)]
        if wrong or not 0 <= content["place"] < max(len(content["steps"]), 1):
            raise CohortError(say("The session file is damaged: {words}.", words=f"{wrong[0] if wrong else 'place'!r}"),
                              _HELP)
        out = cls(**{k: content[k] for k in kinds})
        try:
            out.to_bytes()
        except UnicodeEncodeError as error:
            raise CohortError(say("The session file holds half a character."), _HELP) from error
        for step in out.steps:
            Filters.from_json(step)
        Groups.from_json(out.groups)
        out.read_options()
        return out

    def read_options(self) -> ReadOptions:
        """Return how the file was read.

        Raises
        ------
        CohortError
            If there is no such option.
        """
        known = ReadOptions.__dataclass_fields__
        if strange := [k for k in self.reading if k not in known]:
            raise CohortError(say("The session file is damaged: {strange}.", strange=f"{strange[0]!r}"), _HELP)
        try:
            return ReadOptions(**self.reading)
        except ValueError as error:
            raise CohortError(say("The session file is damaged: {error}.", error=error), _HELP) from error


def is_session(data: bytes) -> bool:
    """Tell whether a file is a session, or a figure that was saved here, rather than a table or a mapping."""
    view = enclosed(data)
    return view is not None or (_KIND.encode() in data[:200] and _KIND in _json(data))


def _depth(data: Any) -> int:
    """Return how deeply plain data are nested, as far as it matters; without recursion, which has a bound itself."""
    depth, level = 0, [data]
    while level and depth <= _DEEPEST:
        depth += 1
        level = [part for one in level if isinstance(one, (dict, list))
                 for part in (one.values() if isinstance(one, dict) else one)]
    return depth


def _json(data: bytes) -> dict[str, Any]:
    data = enclosed(data) or data
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
