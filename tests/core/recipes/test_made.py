"""Every figure is made anew from its recipe, and equals itself."""

import json
from dataclasses import asdict, replace

import pytest

from core.charts import km_figure, part_of
from core.charts.model_tables import split_figure
from core.charts.pairs import pairs_figure
from core.cohort import (
    SELECTION,
    Definition,
    Filters,
    Groups,
    against_rest,
    landmark,
    strata,
    with_groups,
    with_references,
)
from core.cohort.groups import GROUPS
from core.errors import CohortError
from core.figure import Recipe
from core.hazards import CoxOptions, condition_of, cox, pairs, time_split
from core.recipes.made import MAKERS, of_each, remade
from core.recipes.others import duration, flow, glance
from core.recipes.survival import (
    at_times,
    comparison_of_curves,
    followed,
    months_until,
    pairs_of_curves,
    restricted_means_to,
    trend_of_curves,
)
from core.survival import TestOptions
from tests.shared.every_figure import cohorts, every_figure

pytestmark = pytest.mark.slow

DRAWN_OTHERWISE = ("km", "incidence", "missing")  # in the tests than on the pages
NOT_OF_PATIENTS = ("published", "audit", "widths")
FIGURES = [(name, kind) for name in ("sample", "two", "awkward") for kind in every_figure(name)
           if kind not in NOT_OF_PATIENTS]


def through_json(recipe):
    return Recipe.from_json(json.loads(json.dumps(recipe.to_json())))


def again(figure, whole):
    return remade(whole, through_json(figure.recipe))


def more(cohort):
    """Return the figures that pages make beside those of `every_figure`."""
    at = {"endpoint": "OS", "by": "arm", "conf_type": "log"}
    test = asdict(TestOptions(weight="Fleming-Harrington", q=1.0))
    factor, other = next(iter(cohort.filters.conditions)), "arm"
    found = [at_times(cohort, **at, times=(6.0, 12.0)), months_until(cohort, **at, shares=(0.5,)),
             followed(cohort, **at), comparison_of_curves(cohort, endpoint="OS", by="arm", test=test),
             restricted_means_to(cohort, endpoint="OS", by="arm", tau=10.0), flow(cohort, endpoint="OS"),
             glance(cohort, endpoint="OS"), glance(cohort.whole, endpoint="PFS"),
             pairs_figure(cohort, pairs(cohort, first=factor, second=other, endpoint="OS"), "hazard ratio")]
    if cohort.mapping.response.when:
        found.append(duration(cohort, by="arm", options={}))
    if len(cohort.levels("arm")) > 2:
        of = {"endpoint": "OS", "by": "arm", "test": asdict(TestOptions())}
        found += [trend_of_curves(cohort, **of), pairs_of_curves(cohort, **of, adjust="BH")]
    model = cox(cohort, endpoint="OS", options=CoxOptions(ties="breslow"))
    split = time_split(cohort, endpoint="OS", covariates=("arm",), at=9.0, options=model.options)
    return [*found, split_figure(cohort, model, split, ["arm"], at=9.0)]


@pytest.mark.parametrize("case", FIGURES, ids="-".join)
def test_a_figure_is_made_anew(case):
    figure = every_figure(case[0])[case[1]]
    whole = cohorts()[case[0]].whole
    made = again(figure, whole)
    assert again(made, whole).digest == made.digest
    assert (made.slug, made.title) == (figure.slug, figure.title)
    if not case[1].startswith(DRAWN_OTHERWISE):
        assert made.digest == figure.digest


@pytest.mark.parametrize("name", ["sample", "two", "awkward"])
def test_what_else_pages_show_is_made_anew(name):
    cohort = cohorts()[name]
    for figure in more(cohort):
        assert again(figure, cohort.whole).digest == figure.digest, figure.slug


def test_every_kind_is_tried():
    tried = {every_figure(name)[kind].recipe.kind for name, kind in FIGURES}
    tried |= {figure.recipe.kind for name in ("two", "awkward") for figure in more(cohorts()[name])}
    assert tried == set(MAKERS)


def test_landmark_groups_and_the_rest_are_part_of_it(sample):
    filtered = sample.filter({"pvtt": {"in": ["Vp4"]}})
    groups = Groups().with_group("Large", Definition(filters=Filters.from_json({"tumor_size": {"gt": 10}}))) \
        .with_group("Small", Definition(filters=Filters.from_json({"tumor_size": {"le": 10}})))
    grouped = with_groups(sample, groups).filter({"pvtt": {"in": ["Vp3", "Vp4"]}})
    seen = [(landmark(filtered, endpoint="OS", at=3).cohort, "arm"), (against_rest(filtered), SELECTION),
            (grouped, GROUPS), (with_references(sample, {"arm": "TACE+IMRT+sorafenib"}), "arm"),
            (landmark(grouped, endpoint="OS", at=3).cohort, GROUPS)]
    for cohort, by in seen:
        figure = km_figure(part_of(cohort, endpoint="OS", by=by, whole=cohort.whole))
        assert again(figure, sample).digest == figure.digest
        assert not {"line", "patient_id"} & set(json.dumps(figure.recipe.to_json()).split('"'))


@pytest.mark.parametrize("key", ["pvtt", "age"])
def test_within_each_level_it_is_the_figure_of_that_filter(sample, key):
    """Beside the other conditions; a number is cut as everywhere."""
    cohort, shares = sample.filter({"tumor_size": {"gt": 5}}), []
    recipe = km_figure(part_of(cohort, endpoint="OS", by="arm", whole=sample)).recipe
    levels = strata(sample, key).levels
    made = of_each(sample, recipe, key, levels, progress=shares.append)
    assert len(made) == len(levels) == len(shares)
    for level, figure in zip(levels, made, strict=True):
        wanted = sample.filter(cohort.filters.with_condition(key, condition_of(sample, key, level)))
        assert figure.digest == km_figure(part_of(wanted, endpoint="OS", by="arm", whole=sample)).ready().digest


def test_a_variable_that_is_filtered_already_keeps_its_filter(sample):
    cohort = sample.filter({"pvtt": {"in": ["Vp3", "Vp4"]}, "age": {"gt": 60}})
    recipe = km_figure(part_of(cohort, endpoint="OS", by="arm")).recipe
    made = of_each(sample, recipe, "pvtt", sample.levels("pvtt"))
    assert [isinstance(one, CohortError) for one in made] == [True, True, False, False]
    young, old = of_each(sample, recipe, "age", strata(sample, "age").levels)
    inside = cohort.values("age")[cohort.rows]
    assert f"{((inside > 60) & (inside < 65)).sum()} of 82" in young.full_title and "> 60" in young.full_title
    assert f"{(inside >= 65).sum()} of 82" in old.full_title
    negated = km_figure(part_of(sample.filter({"pvtt": {"not": {"in": ["Vp4"]}}}), endpoint="OS", by="arm")).recipe
    assert [isinstance(one, CohortError) for one in of_each(sample, negated, "pvtt", sample.levels("pvtt"))] == \
        [False, False, False, True]
    ranges = km_figure(part_of(sample.filter({"age": {"lt": 50, "or": [{"gt": 60}]}}), endpoint="OS", by="arm")).recipe
    assert all(isinstance(one, CohortError) for one in of_each(sample, ranges, "age", strata(sample, "age").levels))


def test_a_selection_against_all_others_has_no_groups_within(sample):
    """Its rest would hold the selected patients of the other groups."""
    selected = against_rest(sample.filter({"tumor_size": {"gt": 8}}))
    recipe = km_figure(part_of(selected, endpoint="OS", by=SELECTION)).recipe
    assert all(isinstance(one, CohortError) for one in of_each(sample, recipe, "sex", sample.levels("sex")))


@pytest.mark.parametrize("change", [
    {"labels": {"OS": 5}}, {"names": {"arm": {"TACE+IMRT": 5}}}, {"names": {"arm": []}}, {"landmark": ["OS", 10**400]},
    {"inks": ["red"]}, {"inks": [1]}, {"inks": "#123456"}, {"names": {"age": {"x": "y"}}},
    {"choices": {"endpoint": "OS", "by": "arm", "conf_type": "log", "behind": False,
                                                 "options": []}},
    {"choices": {"endpoint": "OS", "by": "arm", "conf_type": "log", "behind": False, "options": {"until": 10**400}}},
    {"choices": {"endpoint": "OS", "by": "arm", "conf_type": "log", "behind": False, "options": {"tau": 10**400}}}])
def test_whatever_a_stranger_writes_it_is_refused_in_words(sample, change):
    data = km_figure(part_of(sample, endpoint="OS", by="arm")).recipe.to_json() | change
    with pytest.raises(CohortError):
        remade(sample, Recipe.from_json(data))


def test_of_a_group_in_which_it_cannot_be_made_it_is_said_why(sample):
    recipe = every_figure("sample")["model"].recipe
    nobody = replace(recipe, filters={"age": {"gt": 200}})
    assert all(isinstance(one, CohortError) and one.problem
               for one in of_each(sample, nobody, "pvtt", sample.levels("pvtt")))


def test_a_recipe_that_does_not_fit_is_refused_in_words(sample):
    figure = km_figure(part_of(sample, endpoint="OS", by="arm"))
    good = figure.recipe
    for wrong, words in (
            (replace(good, kind="pie"), "kind 'pie'"), (replace(good, coding="0"), "read in another way"),
            (replace(good, choices={}), "does not fit"),
            (replace(good, choices={**good.choices, "by": "stage"}), "stage"),
            (replace(good, choices={**good.choices, "options": {"view": "pie"}}), "view"),
            (replace(good, choices={**good.choices, "options": {"wide": 1}}), "wide"),
            (replace(good, landmark=("DFS", 3.0)), "DFS"), (replace(good, filters={"pvtt": {"in": 3}}), "levels")):
        with pytest.raises(CohortError) as caught:
            remade(sample, wrong)
        assert words in str(caught.value)


def test_a_damaged_recipe_is_refused(sample):
    data = km_figure(part_of(sample, endpoint="OS", by="arm")).recipe.to_json()
    for damaged in (None, [], {}, data | {"more": 1}, data | {"choices": []}, data | {"landmark": ["OS"]},
                    data | {"landmark": [1, 2]}, data | {"rest": 1}, data | {"kind": None}):
        with pytest.raises(CohortError, match="damaged"):
            Recipe.from_json(damaged)
