"""What a figure was made of, as plain data: of which patients, and with which choices; no patient is in it.

By its recipe a figure is made anew of the same file, of other patients, or as a script (see `core.recipes`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from typing import Any

from core.cohort import GROUPS, SELECTION, Cohort, Groups
from core.errors import CohortError
from core.language import LANGUAGES, say, spoken

_KINDS: dict[str, Any] = {"kind": str, "choices": dict, "filters": dict, "landmark": list, "groups": dict, "rest": bool,
                          "references": dict,
                          "coding": str, "names": dict, "labels": dict, "inks": list, "decimals": int, "language": str}
_HELP = "Give a session file that “Save” has made."
_LONGEST = 1e6  # months of a landmark
MOST_DECIMALS = 2  # beside the usual ones
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def _is_landmark(data: list[Any]) -> bool:
    return not data or ([type(v) for v in data] in ([str, int], [str, float]) and 0 <= data[1] <= _LONGEST)


def _are_texts(data: Any) -> bool:
    return isinstance(data, dict) and all(isinstance(v, str) for v in data.values())


_INNER: dict[str, Callable[[Any], bool]] = {
    "landmark": _is_landmark, "labels": _are_texts, "references": _are_texts,
    "names": lambda names: all(map(_are_texts, names.values())),
    "inks": lambda inks: all(isinstance(ink, str) and (not ink or _COLOUR.fullmatch(ink)) for ink in inks),
    "decimals": lambda more: -1 <= more <= MOST_DECIMALS, "language": lambda code: code in ("", *LANGUAGES)}


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a figure was made.

    Attributes
    ----------
    kind : of figure, as `core.recipes` names them
    choices : endpoint, strata, and the options of what was computed and drawn
    filters : the patients', as JSON
    landmark : endpoint and month where its clock starts later, else empty
    groups : the named groups, as definitions
    references : strata that others are compared with, where they are not the mapping's
    rest : whether the patients who pass the filters are compared with all others
    coding : identifies how the file's columns are read
    names : other names of levels, by variable and level
    labels : other labels of endpoints, by their names
    inks : colours of the groups in their order, "" for that of the palette
    decimals : of estimates, beside the usual ones
    language : of its texts, "" for that of the page
    """

    kind: str
    choices: Mapping[str, Any]
    filters: Mapping[str, Any] = field(default_factory=dict)
    landmark: tuple[str, float] | None = None
    groups: Mapping[str, Any] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    rest: bool = False
    coding: str = ""
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    inks: tuple[str, ...] = ()
    decimals: int = 0
    language: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**asdict(self), "landmark": list(self.landmark or ()), "inks": list(self.inks)}

    @classmethod
    def from_json(cls, data: Any) -> Recipe:
        """Read what `to_json` wrote; one of an earlier version lacks references, decimals and a language.

        Raises
        ------
        CohortError
            If it is damaged.
        """
        data = {"references": {}, "decimals": 0, "language": "", **data} if isinstance(data, Mapping) else data
        wrong = list(_KINDS) if not isinstance(data, Mapping) or set(data) != set(_KINDS) else [
            name for name, kind in _KINDS.items() if not isinstance(data[name], kind)]
        wrong = wrong or [name for name, fits in _INNER.items() if not fits(data[name])]
        if wrong:
            raise CohortError(say("A figure's recipe is damaged: {wrong}.", wrong=f"{wrong[0]!r}"), _HELP)
        landmark = data["landmark"]
        return cls(**{**data, "landmark": (landmark[0], float(landmark[1])) if landmark else None,
                      "inks": tuple(data["inks"])})


def coding_of(whole: Cohort) -> str:
    """Identify how a file's columns are read: of two mappings that differ in anything it differs."""
    def coded() -> str:
        factors = tuple(f for f in whole.mapping.factors if f.key != SELECTION)
        mapping = replace(whole.mapping, factors=factors).to_json()
        return hashlib.sha256(json.dumps(mapping, ensure_ascii=False).encode()).hexdigest()[:12]
    return whole.remember("coding", coded)


def recipe(cohort: Cohort, kind: str, **choices: Any) -> Recipe:
    """Return the recipe of a figure of these patients."""
    whole = cohort.whole
    rest = whole.variables.get(SELECTION)
    groups = whole.named_groups if choices.get("by") == GROUPS else None
    return Recipe(kind=kind, choices=_plain(choices), landmark=whole.landmark, rest=rest is not None,
                  filters=json.loads(rest.column) if rest else cohort.filters.to_json(), coding=coding_of(whole),
                  language=spoken(), references=dict(whole.references),
                  inks=Groups.from_json(groups.column).inks if groups else (),
                  groups=json.loads(whole.named_groups.column) if whole.named_groups else {})


def _plain(value: Any) -> Any:
    """Return options as JSON has them."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, (tuple, list)) else value
