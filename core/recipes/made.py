"""A figure by its recipe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from inspect import signature

from core.cohort import Cohort, Filters, Groups, against_rest, landmark, renamed, with_groups, with_references
from core.errors import CohortError, NotEstimable
from core.figure import Figure, Recipe, coding_of
from core.format import more_decimals
from core.hazards import condition_of
from core.language import say, speaking, spoken
from core.overview import standing
from core.recipes import others, survival
from core.recipes.edits import Edits

MAKERS: dict[str, Callable[..., Figure]] = {
    "curves": survival.curves, "panes": survival.panes, "incidence": survival.incidence,
    "survival-at": survival.at_times, "quantiles": survival.months_until, "follow-up": survival.followed,
    "test": survival.comparison_of_curves, "trend": survival.trend_of_curves,
    "pairs of curves": survival.pairs_of_curves, "restricted-means": survival.restricted_means_to,
    "model": others.model, "proportional hazards": others.proportional_hazards, "model tests": others.model_tests,
    "time split": others.split, "spline": others.spline, "course": others.course, "subgroups": others.subgroups,
    "along": others.along, "along numbers": others.numbers,
    "weighted": others.weighted, "love": others.love, "pairs": others.pairs, "baseline": others.baseline_of,
    "attrition": others.flow, "missing": others.missing, "benefit and risk": others.glance,
    "composition": others.composition, "response": others.best_response, "failure": others.failure,
    "waterfall": others.waterfall, "swimmer": others.swimmer, "duration": others.duration,
    "adverse events": others.rates, "butterfly": others.butterfly, "risk differences": others.risk_differences,
    "volcano": others.volcano, "grades": others.grades, "all arms": others.all_arms,
    "burden": others.events_per_patient, "term": others.term}


def remade(whole: Cohort, recipe: Recipe) -> Figure:
    """Make a figure of the patients that its recipe names.

    Raises
    ------
    CohortError
        If the file's columns are read in another way than then, or the recipe is damaged; what its analysis raises.
    """
    if recipe.coding != coding_of(whole):
        raise CohortError(say("The figure “{kind}” was made where columns of the file were read in another way.",
                              kind=recipe.kind),
                          say("Load the mapping of that day, or add the figure again."))
    maker = MAKERS.get(recipe.kind)
    if maker is None:
        raise CohortError(say("There is no figure of the kind {kind}.", kind=f"{recipe.kind!r}"),
                          say("It may be of a later version."))
    try:
        signature(maker).bind(whole, **recipe.choices)
        if recipe.language not in ("", spoken()):
            whole = replace(whole)  # what a cohort remembers is named in the page's language
        with more_decimals(recipe.decimals), speaking(recipe.language or spoken()):
            made = replace(maker(patients_of(whole, recipe), **recipe.choices), recipe=recipe)
            return made.ready() if recipe.decimals or recipe.language else made  # its layouts are written so, too
    except CohortError:
        raise
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
        raise CohortError(say("The recipe of the figure “{kind}” does not fit: {error}", kind=recipe.kind, error=error),
                          say("Add it again.")) from error


def of_each(whole: Cohort, recipe: Recipe, key: str, levels: Sequence[str], *,
            progress: Callable[[float], None] = lambda share: None) -> list[Figure | CohortError]:
    """Make a figure within each level of a variable, beside its other conditions; in place of one that cannot be, why.

    Raises
    ------
    FilterError
        If the cohort has no such variable.
    """
    made: list[Figure | CohortError] = []
    for i, level in enumerate(levels):
        try:
            made.append(remade(whole, within(whole, recipe, key, level)).ready())
        except CohortError as error:
            made.append(error.with_traceback(None))
        progress((i + 1) / len(levels))
    return made


def edited(whole: Cohort, figure: Figure, edits: Edits) -> Figure:
    """Make a figure with what a person has changed of it; what was said of it and where it leads back to stay.

    Raises
    ------
    CohortError
        If it cannot be made anew, or two groups would have one name.
    """
    if figure.recipe is None:
        raise CohortError(say("“{title}” cannot be changed.", title=figure.title), say("Save it as it is."))
    made = remade(whole, edits.of(whole, figure.recipe))
    warnings = figure.warnings if made.language == figure.language else (*made.warnings, *standing(figure.warnings))
    return replace(made, warnings=warnings,
                   provenance=replace(made.provenance, view=figure.provenance.view)).ready()


def within(whole: Cohort, recipe: Recipe, key: str, level: str) -> Recipe:
    """Return the recipe of the same figure within a level of a variable, beside all its conditions.

    Raises
    ------
    CohortError
        If no patient of the level passes the conditions; of a selection against all others, whose rest would change.
    """
    if recipe.rest:
        raise NotEstimable(say("A selection against all others has no groups within."),
                           say("Filter to the group first."))
    filters, wanted = Filters.from_json(recipe.filters), condition_of(whole, key, level)
    former = filters.conditions.get(key)
    both = wanted if former is None else former.and_within(wanted)
    conditions = {**filters.conditions, key: both} if both else filters.conditions
    inside = replace(recipe, filters=Filters(conditions).to_json())
    if both is None or not patients_of(whole, inside).n:
        raise NotEstimable(say("No patient of {label} {level} is among those of the figure.",
                               label=whole.variable(key).label, level=level))
    return inside


def patients_of(whole: Cohort, recipe: Recipe) -> Cohort:
    """Return the cohort that a recipe is of: groups, references, filters, landmark; whether against the rest."""
    if recipe.groups:
        whole = with_groups(whole, Groups.from_json(recipe.groups))
    if recipe.references:
        whole = with_references(whole, recipe.references)
    cohort = whole.filter(Filters.from_json(recipe.filters))
    if recipe.landmark:
        endpoint, at = recipe.landmark
        cohort = landmark(cohort, endpoint=endpoint, at=at).cohort
    if recipe.names or recipe.labels:
        cohort = renamed(cohort, recipe.names, recipe.labels)
    return against_rest(cohort) if recipe.rest else cohort
