"""What a person changes of a figure before it is saved: names, axes, colours; never a number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar

from core.charts import Count
from core.cohort import GROUPS, SELECTION, Cohort
from core.errors import CohortError
from core.figure import MOST_DECIMALS, Recipe
from core.language import LANGUAGES, say, spoken
from core.options import Checked, Limits
from core.recipes.read import options_of
from core.schema import ARM

CURVES = ("curves", "panes")
_OF_ARMS = ("model", "subgroups", "weighted", "love", "benefit and risk")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_HELP = "Give a session file that “Save” has made."


@dataclass(frozen=True, kw_only=True)
class Edits(Checked):
    """Changes of a figure; what is empty or None stays.

    Attributes
    ----------
    names : level and its other name, of the variable that is compared
    label : the endpoint's
    up_title, across_title, until, every, band, faint, inside, counts : see `CurveOptions`
    inks : colours of the groups in their order, "" for that of the palette
    decimals : of estimates, beside the usual ones
    language : of all texts, "" for that of the figure
    """

    limits: ClassVar[Limits] = {"until": (0.1, 1e4), "every": (0.1, 1e4), "decimals": (-1, MOST_DECIMALS)}

    names: tuple[tuple[str, str], ...] = ()
    label: str = ""
    up_title: str = ""
    across_title: str = ""
    until: float | None = None
    every: float | None = None
    band: bool | None = None
    faint: bool | None = None
    inside: bool | None = None
    counts: tuple[Count, ...] | None = None
    inks: tuple[str, ...] = ()
    decimals: int = 0
    language: str = ""

    def of(self, cohort: Cohort, recipe: Recipe) -> Recipe:
        """Return the recipe of the figure as it is changed."""
        key, endpoint = named_by(cohort, recipe), recipe.choices.get("endpoint", "")
        names = {level: name for level, name in self.names if name.strip()}
        changed = replace(recipe, inks=self.inks or recipe.inks, decimals=self.decimals,
                          language=self.language or recipe.language,
                          names={key: names} if key and names else {},
                          labels={endpoint: self.label} if endpoint and self.label.strip() else {})
        if recipe.kind not in CURVES:
            return changed
        drawn = {name: getattr(self, name) for name in (
            "up_title", "across_title", "until", "every", "band", "faint", "inside", "counts")}
        options = {**recipe.choices["options"], **{k: v for k, v in drawn.items() if v not in (None, "")}}
        behind = options["faint"] and (recipe.choices["behind"] or bool(self.faint))
        return replace(changed, choices={**recipe.choices, "options": options, "behind": behind})

    @classmethod
    def of_recipe(cls, cohort: Cohort, recipe: Recipe) -> Edits:
        """Return the changes that a figure was made with, so that further ones begin there."""
        key, endpoint = named_by(cohort, recipe), recipe.choices.get("endpoint") or ""
        return cls(names=tuple(recipe.names.get(key, {}).items()), label=recipe.labels.get(endpoint, ""),
                   inks=recipe.inks, decimals=recipe.decimals,
                   language="" if recipe.language == spoken() else recipe.language)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> Edits:
        """Read what `to_json` wrote.

        Raises
        ------
        CohortError
            If it is damaged.
        """
        try:
            if not isinstance(data, Mapping):
                raise TypeError("no names with values")
            out = options_of(cls, data)
        except (CohortError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise CohortError(say("The changes of a figure are damaged: {error}", error=error), _HELP) from error
        return replace(out, inks=tuple(ink if _COLOUR.fullmatch(ink) else "" for ink in out.inks),
                       language=out.language if out.language in LANGUAGES else "")


def named_by(cohort: Cohort, recipe: Recipe) -> str:
    """Return the variable whose levels can have other names in a figure; "" where it has none."""
    key = ARM if recipe.kind in _OF_ARMS else recipe.choices.get("by") or ""
    known = key in cohort.variables and key not in (GROUPS, SELECTION) and cohort.variable(key).kind == "categorical"
    return key if known else ""
