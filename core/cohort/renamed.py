"""A cohort whose levels and endpoints have other names, for a figure that is to be read elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core import schema
from core.cohort.cohort import Cohort
from core.cohort.filters import Filters
from core.errors import FilterError
from core.language import say


def renamed(cohort: Cohort, names: Mapping[str, Mapping[str, str]], labels: Mapping[str, str]) -> Cohort:
    """Return the cohort with other names; who is in it, and every number, stays.

    Parameters
    ----------
    names : new name of a level, by variable and level
    labels : new label of an endpoint, by its name

    Raises
    ------
    FilterError
        If the cohort has no such variable or level, or two levels would have one name.
    """
    whole, table, mapping = cohort.whole, cohort.whole.table, cohort.whole.mapping
    for key, of in names.items():
        levels = whole.levels(key)
        if strange := [level for level in of if level not in levels]:
            raise FilterError(say("{label} has no level {strange}.", label=whole.variable(key).label,
                                  strange=f"{strange[0]!r}"),
                              say("Choose from: {levels}.", levels=', '.join(levels)))
        new = [of.get(level, "").strip() or level for level in levels]
        if len(set(new)) < len(new):
            raise FilterError(say("Two levels of {label} would have one name.", label=whole.variable(key).label),
                              say("Give each another."))
        table = table.assign(**{key: table[key].cat.rename_categories(dict(zip(levels, new, strict=True)))})
        if key == schema.ARM and mapping.arm:
            arm = mapping.arm
            mapping = replace(mapping, arm=replace(arm, reference=_name(of, arm.reference), levels={
                raw: _name(of, level) for raw, level in arm.levels.items()}))
        mapping = replace(mapping, factors=tuple(
            replace(f, reference=_name(of, f.reference), levels={raw: _name(of, v) for raw, v in f.levels.items()})
            if f.key == key else f for f in mapping.factors))
    mapping = replace(mapping, endpoints=tuple(replace(e, label=labels.get(e.name, "").strip() or e.label)
                                               for e in mapping.endpoints))
    references = tuple((key, _name(names.get(key, {}), level)) for key, level in whole.references)
    changed = replace(whole, table=table, mapping=mapping, references=references)
    conditions = {key: c if c.levels is None or key not in names else
                  replace(c, levels=tuple(_name(names[key], level) for level in c.levels))
                  for key, c in cohort.filters.conditions.items()}
    return changed.filter(Filters(conditions)) if conditions else changed


def _name(of: Mapping[str, str], level: str) -> str:
    return of.get(level, "").strip() or level
