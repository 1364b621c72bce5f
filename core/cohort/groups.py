"""Named groups: patients by filters or by sets of filters, compared as the levels of one more variable.

A group is saved as its definition, never as its patients: it stands in the address and in a session's file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np

from core.cohort.cohort import Cohort
from core.cohort.filters import Filters
from core.cohort.strata import categorical
from core.errors import FilterError
from core.language import say
from core.mapping import FactorRole

GROUPS = "named-groups"  # no key of a factor has a hyphen
MOST_COMPARED, MOST_GROUPS = 5, 20
_DEEPEST, _LONGEST = 8, 60
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
How = Literal["and", "or", "without"]
_FORM = 'For example {"groups": [{"name": "Vp4", "of": {"filters": {"pvtt": {"in": ["Vp4"]}}}}]}.'


@dataclass(frozen=True, kw_only=True)
class Definition:
    """Who is in a group: who passes filters; or both of two definitions, either, or the first without the second."""

    filters: Filters = field(default_factory=Filters)
    how: How | None = None
    of: tuple[Definition, ...] = ()

    def mask(self, whole: Cohort) -> np.ndarray:
        """Return who of the whole cohort is in it, one bool per patient.

        Raises
        ------
        FilterError
            If the cohort has no such variable or level.
        """
        if self.how is None:
            return whole.filter(self.filters).rows
        first, second = (part.mask(whole) for part in self.of)
        if self.how == "and":
            return first & second
        return first | second if self.how == "or" else first & ~second

    def words(self, whole: Cohort) -> str:
        """Say who is in it: `PVTT grade Vp4; AFP > 400 ng/mL`, `(Sex F) without (ECOG 0)`."""
        if self.how is None:
            return whole.filter(self.filters).words() or say("all patients")
        first, second = (part.words(whole) for part in self.of)
        return f"({first}) {self.how} ({second})"

    def variables(self) -> set[str]:
        """Return the keys of all variables that it asks for."""
        return set(self.filters.conditions).union(*(part.variables() for part in self.of))

    def to_json(self) -> dict[str, Any]:
        """Return the definition as `from_json` reads it."""
        return {"filters": self.filters.to_json()} if self.how is None else {self.how: [p.to_json() for p in self.of]}

    @classmethod
    def from_json(cls, data: Any, depth: int = 0) -> Definition:
        """Build a definition from `{"filters": {...}}`, `{"and": [a, b]}`, `{"or": [a, b]}` or `{"without": [a, b]}`.

        Raises
        ------
        FilterError
            If it is not of this form.
        """
        if not isinstance(data, Mapping) or len(data) != 1 or depth > _DEEPEST:
            raise FilterError(say("A group's definition has another form."), _FORM)
        (how, content), = data.items()
        if how == "filters":
            return cls(filters=Filters.from_json(content))
        if how not in get_args(How) or not isinstance(content, (list, tuple)) or len(content) != 2:
            raise FilterError(say("A group's definition has {how}.", how=f"{how!r}"),
                              say("Combine two definitions by and, or, without."))
        return cls(how=how, of=tuple(cls.from_json(part, depth + 1) for part in content))


@dataclass(frozen=True, kw_only=True)
class Group:
    """A named group; `compared` where it is a level of the variable, `colour` as #rrggbb, "" for the palette's."""

    name: str
    of: Definition
    compared: bool = True
    colour: str = ""


@dataclass(frozen=True, kw_only=True)
class Groups:
    """The named groups of a session, in the order in which they are compared.

    Attributes
    ----------
    keep_first : who is in two compared groups counts in the first of them; else these patients are left out
    """

    groups: tuple[Group, ...] = ()
    keep_first: bool = False

    def __bool__(self) -> bool:
        return bool(self.groups)

    @property
    def compared(self) -> tuple[Group, ...]:
        """The groups that are levels, at most five."""
        return tuple(g for g in self.groups if g.compared)[:MOST_COMPARED]

    @property
    def compared_key(self) -> str:
        """Identify what is compared: who is in the compared groups, whatever their names."""
        return json.dumps([[g.of.to_json() for g in self.compared], self.keep_first], ensure_ascii=False)

    @property
    def inks(self) -> tuple[str, ...]:
        """The colours of the compared groups; empty where all have the palette's."""
        inks = tuple(g.colour for g in self.compared)
        return inks if any(inks) else ()

    @property
    def key(self) -> str:
        """Identify the groups."""
        return json.dumps(self.to_json(), ensure_ascii=False)

    def with_group(self, name: str, of: Definition) -> Groups:
        """Add a group, compared where fewer than five are; a name that is there already gets a number.

        Raises
        ------
        FilterError
            If there are too many groups, or it is combined of too many.
        """
        if len(self.groups) >= MOST_GROUPS:
            raise FilterError(say("There are {most_groups} groups already.", most_groups=MOST_GROUPS),
                              say("Remove one of them."))
        Definition.from_json(of.to_json())  # it can be saved and read
        compared = len(self.compared) < MOST_COMPARED
        return replace(self, groups=(*self.groups, Group(name=self._free(name), of=of, compared=compared)))

    def renamed(self, place: int, name: str) -> Groups:
        """Give a group another name; it keeps its own where the new one is empty."""
        former = self.groups[place]
        if not name.strip() or name.strip() == former.name:
            return self
        rest = replace(self, groups=(*self.groups[:place], *self.groups[place + 1:]))
        return self._changed(place, replace(former, name=rest._free(name)))

    def without(self, place: int) -> Groups:
        """Take a group away."""
        return replace(self, groups=(*self.groups[:place], *self.groups[place + 1:]))

    def comparing(self, place: int, compared: bool) -> Groups:
        """Let a group be compared or not."""
        return self._changed(place, replace(self.groups[place], compared=compared))

    def coloured(self, place: int, colour: str) -> Groups:
        """Give a group a colour, or with "" that of the palette again."""
        return self._changed(place, replace(self.groups[place], colour=colour if _COLOUR.fullmatch(colour) else ""))

    def keeping_first(self, keep_first: bool) -> Groups:
        """Say what becomes of patients in two compared groups."""
        return replace(self, keep_first=keep_first)

    def _changed(self, place: int, group: Group) -> Groups:
        return replace(self, groups=(*self.groups[:place], group, *self.groups[place + 1:]))

    def _free(self, name: str) -> str:
        """Return a name, shortened and numbered where another group has it."""
        words, taken = " ".join(name.split()) or "Group", {g.name for g in self.groups}
        ends = ("", *(f" ({i})" for i in range(2, MOST_GROUPS + 2)))
        return next(n for n in (f"{words[:_LONGEST - len(end)].strip()}{end}" for end in ends) if n not in taken)

    def to_json(self) -> dict[str, Any]:
        """Return the groups as plain JSON data."""
        return {"groups": [{"name": g.name, "of": g.of.to_json(), "compared": g.compared,
                            **({"colour": g.colour} if g.colour else {})} for g in self.groups],
                "keep_first": self.keep_first}

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | str) -> Groups:
        """Build groups as `to_json` writes them.

        Raises
        ------
        FilterError
            If they are not of this form.
        """
        try:
            content = json.loads(data) if isinstance(data, str) else data
            json.dumps(content, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise FilterError(say("The groups are not valid JSON."), _FORM) from error
        listed = content.get("groups", []) if isinstance(content, Mapping) else None
        if not isinstance(listed, (list, tuple)) or not all(
                isinstance(g, Mapping) and isinstance(g.get("name"), str) and "of" in g for g in listed):
            raise FilterError(say("The groups have another form."), _FORM)
        out = cls(keep_first=content.get("keep_first") is True)
        for place, one in enumerate(listed):
            out = out.with_group(one["name"], Definition.from_json(one["of"]))
            out = out.comparing(place, one.get("compared") is not False).coloured(place, str(one.get("colour", "")))
        return out


def with_groups(whole: Cohort, groups: Groups) -> Cohort:
    """Return the whole cohort with one more variable: in which of the compared groups each patient is.

    Who is in none has no value; who is in two has none either, or the first with `keep_first`.

    Raises
    ------
    FilterError
        If a group asks for a variable or level that the cohort does not have.
    """
    whole = replace(whole, named_groups=None) if whole.named_groups else whole
    for group in groups.groups:  # also those that are not compared must be of this cohort
        group.of.mask(whole)
    compared = groups.compared
    if not compared:
        return whole
    inside = _masks(whole, groups)
    codes = np.where(inside.any(axis=0), inside.argmax(axis=0), -1)
    if not groups.keep_first:
        codes[inside.sum(axis=0) > 1] = -1
    names = [g.name for g in compared]
    later = any(whole.variable(key).known == "later" for g in compared for key in g.of.variables())
    # The definitions stand in the role's column, and so in the new cohort's key.
    role = FactorRole(key=GROUPS, label=say("Named group"), column=groups.key, kind="categorical",
                      levels={v: v for v in names}, known="later" if later else "baseline")
    grouped = replace(whole, table=whole.table.assign(**{GROUPS: categorical(codes, names)}), named_groups=role)
    grouped.memo.update({k: v for k, v in whole.memo.items() if isinstance(k, tuple) and k[0] == "timeline"})
    return grouped


def overlaps(whole: Cohort, groups: Groups) -> list[tuple[tuple[str, ...], int]]:
    """Count the patients of each combination of compared groups that has any: who is in these and in no other."""
    inside = _masks(whole, groups)
    if not inside.size:
        return []
    combinations, n = np.unique(inside, axis=1, return_counts=True)
    names = np.array([g.name for g in groups.compared])
    counted = [(tuple(names[column].tolist()), int(count)) for column, count in zip(combinations.T, n, strict=True)]
    return sorted(counted, key=lambda one: (len(one[0]), [names.tolist().index(v) for v in one[0]]))


def absence(by: str | None, label: str) -> str:
    """Say why a patient is in no stratum."""
    return say("in none of the named groups, or in two") if by == GROUPS else say("{label} missing", label=label)


def _masks(whole: Cohort, groups: Groups) -> np.ndarray:
    """Return who is in each compared group: bool (groups, n)."""
    masks = [g.of.mask(whole) for g in groups.compared]
    return np.array(masks) if masks else np.zeros((0, 0), bool)
