"""A talk as plain data, for a session's file: the recipe of each figure and what was written beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from core.cohort import Cohort
from core.errors import CohortError
from core.export import Entry, Talk
from core.figure import Figure, Recipe
from core.language import say
from core.recipes.made import remade

_MOST = 200  # figures of a talk
_HELP = "Give a session file that “Save” has made."


@dataclass(frozen=True, kw_only=True)
class KeptFigure:
    """A figure of a talk that is to be made: its recipe, and the words that were with it.

    Without a title it gets its own, and its warnings beside those that were said of it.
    """

    recipe: Recipe
    title: str
    caption: str = ""
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"recipe": self.recipe.to_json(), "title": self.title, "caption": self.caption,
                "warnings": list(self.warnings)}


@dataclass(frozen=True, kw_only=True)
class KeptTalk:
    """A talk whose figures are to be made."""

    figures: tuple[KeptFigure, ...] = ()
    talk: Talk = field(default_factory=Talk)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data; no patient is in it."""
        return {"figures": [f.to_json() for f in self.figures], **asdict(self.talk)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> KeptTalk:
        """Read what `to_json` wrote; `{}` is no talk.

        Raises
        ------
        CohortError
            If it is damaged.
        """
        figures, words = data.get("figures", []), {k: v for k, v in data.items() if k != "figures"}
        kinds = {name: type(value) for name, value in asdict(Talk()).items()}
        if not isinstance(figures, list) or len(figures) > _MOST or any(
                k not in kinds or type(v) is not kinds[k] for k, v in words.items()):
            raise CohortError(say("The talk of the session file is damaged."), _HELP)
        return cls(figures=tuple(_figure(one) for one in figures), talk=Talk(**words))


def kept_talk(entries: Sequence[Entry], talk: Talk) -> KeptTalk:
    """Return a talk without its numbers; figures that have no recipe are not in it."""
    return KeptTalk(talk=talk, figures=tuple(
        KeptFigure(recipe=e.figure.recipe, title=e.figure.title, caption=e.caption, warnings=e.figure.warnings)
        for e in entries if e.figure.recipe))


def made_again(whole: Cohort, kept: Sequence[KeptFigure], *,
               progress: Callable[[float], None] = lambda share: None) -> list[Figure | CohortError]:
    """Make the figures of a talk; in place of one that cannot be made, why."""
    made: list[Figure | CohortError] = []
    for i, one in enumerate(kept):
        try:
            figure = remade(whole, one.recipe)
            made.append(replace(figure, title=one.title or figure.title, warnings=one.warnings if one.title else (
                *figure.warnings, *one.warnings)).ready())
        except CohortError as error:
            made.append(error.with_traceback(None))
        progress((i + 1) / len(kept))
    return made


def _figure(data: Any) -> KeptFigure:
    texts = ("title", "caption")
    if not isinstance(data, Mapping) or set(data) != {"recipe", *texts, "warnings"} \
            or not all(isinstance(data[k], str) for k in texts) \
            or not isinstance(data["warnings"], list) or not all(isinstance(w, str) for w in data["warnings"]):
        raise CohortError(say("The talk of the session file is damaged."), _HELP)
    return KeptFigure(recipe=Recipe.from_json(data["recipe"]), title=data["title"], caption=data["caption"],
                      warnings=tuple(data["warnings"]))
