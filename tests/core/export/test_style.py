"""Styles: places, colours that stay apart, p-values as journals write them, and what a file of one may hold."""

import itertools
import json
import re

import pytest

from core.errors import CohortError
from core.export.journals import restyled
from core.export.picture import svg
from core.export.style import PRESETS, Style, dressed, recoloured
from core.figure import ROOMS, theme
from tests.shared.every_figure import every_figure
from tests.shared.figures import km

pytestmark = pytest.mark.slow


def test_greys_of_groups_are_apart_and_all_is_grey(sample):
    lightness = [255 * theme.lightness(c) for c in theme.GREYS]
    assert min(abs(a - b) for a, b in itertools.combinations(lightness, 2)) >= 25
    drawing = svg(km(sample), Style(colours="Greys")).decode()
    colours = set(re.findall(r'(?:fill|stroke)="(#[0-9a-fA-F]{6})"', drawing))
    assert colours and all(len({c[1:3], c[3:5], c[5:7]}) == 1 for c in colours)
    assert {theme.GREYS[0], theme.GREYS[1]} <= colours


@pytest.mark.parametrize("palette", [p for p in theme.PALETTES if p != "Okabe and Ito"])
def test_a_palette_changes_groups_and_their_tints_and_no_words(palette):
    figure = every_figure("sample")["adverse events"]
    before, after = (svg(figure, Style(colours=c)).decode() for c in ("Okabe and Ito", palette))
    first = theme.PALETTES[palette][0]
    assert theme.STRATA[0].lower() in before.lower() and theme.STRATA[0].lower() not in after.lower()
    assert first.lower() in after.lower() and theme.tint(first, 0.4) in after
    words = [re.findall(r">([^<>]+)</text>", re.sub("</?tspan[^>]*>", "", text)) for text in (before, after)]
    assert words[0] == words[1]
    name = "fill=&quot;#0072B2&quot; is a name</text>"
    assert recoloured(f'<text fill="#1f2933">{name}', Style(colours="Calm")).endswith(name)


@pytest.mark.parametrize(("text", "nejm", "lancet"), [
    ("Log-rank p = .023", "Log-rank P=0.023", "Log-rank p=0·023"), ("p < .001", "P<0.001", "p<0·001"),
    ("p > .99, n = 12", "P>0.99, n = 12", "p>0·99, n = 12"), ("HR 0.40 (0.21–0.75)", "HR 0.40 (0.21–0.75)",
                                                            "HR 0.40 (0.21–0.75)"),
    ("stage .05", "stage .05", "stage .05"), ("v0.1.0, step .5", "v0.1.0, step .5", "v0.1.0, step .5")])
def test_p_values_are_written_as_journals_have_them(text, nejm, lancet):
    assert (restyled(text, "AMA"), restyled(text, "NEJM"), restyled(text, "Lancet")) == (text, nejm, lancet)


def test_a_column_of_p_values_is_restyled_and_levels_are_not():
    figure = every_figure("sample")["subgroups"].ready()
    other = dressed(figure, Style(p_style="NEJM"))
    place = [name for _, name in figure.table.columns].index("p interaction")
    changed = [(a, b) for a, b in zip(figure.table.iloc[:, place], other.table.iloc[:, place], strict=True) if a != b]
    assert changed and all(b == a.replace(".", "0.", 1) for a, b in changed)
    assert figure.table.iloc[:, 1].tolist() == other.table.iloc[:, 1].tolist()
    assert any("P=" in line for line in other.summary) and not any("p = ." in line for line in other.summary)


def test_a_title_of_one_s_choice_keeps_the_subgroup(vp3):
    figure = dressed(km(vp3), Style(title="  Survival   of our patients "))
    assert figure.full_title.startswith("Survival of our patients · PVTT grade Vp3")


def test_a_style_comes_back_from_its_file_and_another_file_is_refused_in_words():
    style = Style(purpose="column", dpi=600, bare=True, colours="Greys", p_style="Lancet", title="of one figure")
    assert Style.from_json(json.dumps(style.to_json())) == Style(purpose="column", dpi=600, bare=True, colours="Greys",
                                                                 p_style="Lancet")
    for text in ("{", "[]", '{"colours": "Plaid"}', '{"dpi": 10}', '{"dpi": "300"}', '{"paper": "A4"}', "[" * 100_000,
                 '{"bare": 1}', b"\xff\xfe", '{"purpose": ["slide"]}'):
        with pytest.raises(CohortError):
            Style.from_json(text)


def test_every_place_has_a_room_and_letters():
    assert {p.room for p in PRESETS.values()} <= set(ROOMS)
    assert PRESETS["column"].width == pytest.approx(85 / 25.4 * 72) and PRESETS["columns"].least == 7
