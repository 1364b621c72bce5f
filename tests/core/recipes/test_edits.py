"""What a person changes of a figure: names, axes, colours; the numbers stay."""

import json
import re

import numpy as np
import pytest

from core.charts import CurveOptions, km_figure, part_of
from core.cohort import SELECTION, against_rest
from core.errors import CohortError
from core.export.picture import svg
from core.export.style import Style
from core.figure import Recipe
from core.recipes.edits import Edits, named_by
from core.recipes.made import edited, remade
from tests.shared.every_figure import cohorts, every_figure


@pytest.fixture(scope="module")
def figure(sample):
    return km_figure(part_of(sample, endpoint="OS", by="arm", whole=sample))


def drawn_texts(figure):
    return svg(figure, Style()).decode()


def test_names_axes_and_what_stands_beside_curves(sample, figure):
    edits = Edits(names=(("TACE+IMRT", "Control <1>"),), label="Survival since TACE", up_title="Alive", every=4.0,
                  across_title="Months since the first TACE", until=24.0, band=False, counts=("at risk", "events"))
    made = edited(sample, figure, edits)
    text = drawn_texts(made)
    for words in ("Control &lt;1&gt;", "Survival since TACE", ">Alive<", "Months since the first TACE", ">20<",
                  "Events so far"):
        assert words in text, words
    assert ">36<" not in text and "shaded" not in made.key_words()
    np.testing.assert_array_equal(made.drawn.estimate, figure.drawn.estimate)  # the file has all of the follow-up
    assert made.table.iloc[1].tolist()[1:] != figure.table.iloc[0].tolist()[1:]
    assert made.recipe == edits.of(sample, figure.recipe) and made.warnings == figure.warnings


def test_curves_end_at_the_axis_and_go_on_to_it(sample):
    result = part_of(sample, endpoint="OS", by="arm").result.curves
    short = km_figure(part_of(sample, endpoint="OS", by="arm"), CurveOptions(until=13.0)).drawing["datasets"]["curve"]
    for place, level in enumerate(sample.levels("arm")):
        of = [row for row in short if row["k"] == str(place)]
        steps = result[(result.strata == level) & (result.time <= 13)]
        assert max(row["x"] for row in of) == pytest.approx(1.0)
        assert of[-1]["y"] == pytest.approx(steps.estimate.iloc[-1])
    early = km_figure(part_of(sample, endpoint="OS", by="arm"), CurveOptions(until=1.0)).drawing["datasets"]["curve"]
    assert {row["y"] for row in early} == {1.0} and max(row["x"] for row in early) == 1.0


def test_every_figure_with_groups_or_an_endpoint_can_be_changed():
    whole = cohorts()["two"].whole
    for kind in ("subgroups", "model", "weighted", "response", "butterfly", "failure", "incidence", "km panes"):
        made = edited(whole, every_figure("two")[kind], Edits(names=(("A: Drug X", "Verum"),), label="Time to death"))
        words = drawn_texts(made) + " ".join(made.words()) + made.table.to_string()
        assert "Verum" in words and "A: Drug X" not in words, kind


def test_colours_of_groups(sample, figure):
    before = drawn_texts(figure)
    chosen = edited(sample, figure, Edits(inks=("", "#123456")))
    after = svg(chosen, Style()).decode()
    assert chosen.digest != figure.ready().digest and edited(sample, figure, Edits()).digest == figure.ready().digest
    assert "#D55E00" in before and "#d55e00" not in after.lower() and "#123456" in after
    assert "#0072b2" in after.lower()
    grey = svg(edited(sample, figure, Edits(inks=("#abcdef",))), Style(colours="Greys")).decode()
    assert "#abcdef" in grey and "#0072B2" not in grey


def test_what_has_no_names_of_its_own(sample):
    assert named_by(sample, km_figure(part_of(sample, endpoint="OS", by=None)).recipe) == ""
    assert named_by(sample, km_figure(part_of(sample, endpoint="OS", by="age")).recipe) == ""
    selected = against_rest(sample.filter({"pvtt": {"in": ["Vp4"]}}))
    assert named_by(selected, km_figure(part_of(selected, endpoint="OS", by=SELECTION)).recipe) == ""
    with pytest.raises(CohortError, match="cannot be changed"):
        edited(sample, every_figure("sample")["audit"], Edits())


def test_they_are_kept_as_data():
    edits = Edits(names=(("a", "b"),), counts=("events",), until=3.0, inks=("#aabbcc",), band=False)
    assert Edits.from_json(json.loads(json.dumps(edits.to_json()))) == edits
    assert Edits.from_json({"inks": ["red; }", "#aabbcc"]}).inks == ("", "#aabbcc")
    for damaged in (None, [], {"until": "x"}, {"until": 0.0}, {"wide": 1}, {"counts": ["pie"]}, {"names": "a"}):
        with pytest.raises(CohortError, match="damaged"):
            Edits.from_json(damaged)


@pytest.mark.parametrize(("more", "ratio", "median"), [(-1, r"HR 0\.\d ", r" \d+ \("),
                                                       (0, r"HR 0\.\d\d ", r" \d+\.\d \("),
                                                       (1, r"HR 0\.\d{3} ", r" \d+\.\d\d \(")])
def test_decimals_are_those_that_were_asked_for(sample, more, ratio, median):
    figure = km_figure(part_of(sample, endpoint="OS", by="arm"))
    made = edited(sample, figure, Edits(decimals=more))
    assert re.search(ratio, " ".join(made.summary)) and re.search(median, f" {made.table.iloc[0, 4]}")
    assert made.recipe.decimals == more and Recipe.from_json(made.recipe.to_json()) == made.recipe
    assert remade(sample, made.recipe).ready().digest == made.digest
    assert edited(sample, figure, Edits()).digest == figure.ready().digest  # and nothing of it stays behind
    old = {k: v for k, v in figure.recipe.to_json().items() if k != "decimals"}
    assert Recipe.from_json(old) == figure.recipe


def test_further_changes_begin_with_those_that_a_figure_was_made_with(sample):
    first = Edits(names=(("TACE+IMRT", "Control"),), label="Survival", inks=("#123456",), decimals=1)
    made = edited(sample, km_figure(part_of(sample, endpoint="OS", by="arm")), first)
    assert Edits.of_recipe(sample, made.recipe) == first
    assert edited(sample, made, Edits.of_recipe(sample, made.recipe)).digest == made.digest
