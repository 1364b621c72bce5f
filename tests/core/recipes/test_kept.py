"""A talk is kept as recipes and made again; what cannot be made is said, and nothing damaged is read."""

import io
import json
from dataclasses import replace

import pytest
from pptx import Presentation

from core.charts import km_figure, part_of
from core.errors import CohortError
from core.export.deck import Entry, Talk, deck_pptx
from core.export.report import report_html
from core.recipes.edits import Edits
from core.recipes.kept import KeptTalk, kept_talk, made_again
from core.recipes.made import edited
from tests.shared.every_figure import cohorts, every_figure

pytestmark = pytest.mark.slow


def talk_of(*kinds):
    entries = [Entry(figure=every_figure("sample")[kind], caption=f"On {kind}") for kind in kinds]
    return kept_talk(entries, Talk(title="中文 title", methods=False))


def test_a_talk_comes_back_with_its_words(sample):
    kept = KeptTalk.from_json(json.loads(json.dumps(talk_of("response", "subgroups", "baseline").to_json())))
    assert kept == talk_of("response", "subgroups", "baseline")
    shares = []
    made = made_again(sample, kept.figures, progress=shares.append)
    assert [f.digest for f in made] == [every_figure("sample")[k].ready().digest
                                        for k in ("response", "subgroups", "baseline")]
    assert shares[-1] == 1 and kept.talk.title == "中文 title"


def test_what_was_said_with_a_figure_stays_and_a_new_title_too(sample):
    figure = replace(every_figure("sample")["response"], title="Our title", warnings=("Exploratory: seen before.",))
    made, = made_again(sample, kept_talk([Entry(figure=figure)], Talk()).figures)
    assert made.title == "Our title" and made.warnings == ("Exploratory: seen before.",)


def test_colours_of_groups_are_kept_in_every_form(sample):
    figure = edited(sample, every_figure("sample")["response"], Edits(inks=("#123456", "")))
    made, = made_again(sample, KeptTalk.from_json(kept_talk([Entry(figure=figure)], Talk()).to_json()).figures)
    assert made.digest == figure.digest
    curves = edited(sample, km_figure(part_of(sample, endpoint="OS", by="arm")), Edits(inks=("#123456", "")))
    entry = [Entry(figure=curves)]
    assert b"#123456" in report_html(entry, Talk()) and b"#0072b2" not in report_html(entry, Talk()).lower()
    deck = deck_pptx(entry, Talk())
    text = "".join(shape._element.xml for slide in Presentation(io.BytesIO(deck)).slides for shape in slide.shapes)
    assert "123456" in text and "0072B2" not in text.upper().replace("ACCENT", "")


def test_a_figure_without_recipe_is_not_kept():
    figure = every_figure("sample")["audit"]
    assert figure.recipe is None and not kept_talk([Entry(figure=figure)], Talk()).figures


def test_in_place_of_a_figure_that_cannot_be_made_stands_why():
    kept = talk_of("response", "subgroups")
    made = made_again(cohorts()["two"].whole, kept.figures)
    assert all(isinstance(one, CohortError) and "read in another way" in str(one) for one in made)


def test_no_talk_and_damaged_talks():
    assert KeptTalk.from_json({}) == KeptTalk()
    good = talk_of("response").to_json()
    for damaged in ({**good, "figures": {}}, {**good, "title": 3}, {**good, "more": ""}, {**good, "methods": "yes"},
                    {**good, "figures": [{}]}, {**good, "figures": good["figures"] * 201},
                    {**good, "figures": [good["figures"][0] | {"title": None}]},
                    {**good, "figures": [good["figures"][0] | {"warnings": [1]}]},
                    {**good, "figures": [good["figures"][0] | {"recipe": {}}]}):
        with pytest.raises(CohortError, match="damaged"):
            KeptTalk.from_json(damaged)
