"""Colours that a person chose for named groups: in the drawing, in the figure's recipe, and in what is saved."""

from core.charts import CurveOptions, km_figure, part_of
from core.cohort import Definition, Filters, Groups, with_groups
from core.cohort.groups import GROUPS
from core.figure import inked, theme
from core.recipes import Edits
from core.recipes.made import remade

CHOSEN = "#123456"


def groups() -> Groups:
    of = {level: Definition(filters=Filters.from_json({"pvtt": {"in": [level]}})) for level in ("Vp3", "Vp4")}
    return Groups().with_group("three", of["Vp3"]).with_group("four", of["Vp4"])


def curves(cohort):
    return km_figure(part_of(cohort, endpoint="OS", by=GROUPS, whole=cohort), CurveOptions())


def colours(chart) -> set[str]:
    return {row["c"] for row in chart["datasets"]["curve"]}


def test_a_group_s_colour_is_part_of_its_figures(sample):
    figure = curves(with_groups(sample, groups().coloured(1, CHOSEN)))
    assert figure.recipe.inks == ("", CHOSEN)
    assert colours(inked(figure.drawing, figure.recipe.inks)) == {theme.colour(0), CHOSEN}
    assert colours(figure.drawing) == {theme.colour(0), theme.colour(1)}
    assert remade(sample, figure.recipe).recipe == figure.recipe
    assert Edits(band=False).of(sample, figure.recipe).inks == ("", CHOSEN)


def test_without_one_nothing_changes(sample):
    figure = curves(with_groups(sample, groups()))
    assert figure.recipe.inks == () and inked(figure.drawing, ()) is figure.drawing
    arms = km_figure(part_of(with_groups(sample, groups().coloured(0, CHOSEN)), endpoint="OS", by="arm", whole=sample),
                     CurveOptions())
    assert arms.recipe.inks == ()


def test_tints_follow_and_texts_stay():
    usual = theme.STRATA[0]
    chart = {"mark": {"fill": theme.tint(usual, 0.5)}, "datasets": {"rows": [{"c": usual, "text": usual}]},
             "params": [{"name": "x", "value": usual}]}
    changed = inked(chart, (CHOSEN,))
    assert changed["mark"]["fill"] == theme.tint(CHOSEN, 0.5)
    assert changed["datasets"]["rows"] == [{"c": CHOSEN, "text": usual}] and changed["params"] == chart["params"]


def test_it_is_saved_with_the_group_and_nothing_but_a_colour_is_taken():
    chosen = groups().coloured(0, CHOSEN)
    assert Groups.from_json(chosen.key) == chosen and chosen.inks == (CHOSEN, "")
    assert "colour" not in groups().key
    assert chosen.coloured(0, "red;background:url(x)").inks == () and chosen.coloured(0, "") == groups()
    wrong = chosen.to_json()
    wrong["groups"][0]["colour"] = ["#123456"]
    assert Groups.from_json(wrong).inks == ()
    assert chosen.comparing(0, False).inks == ()
