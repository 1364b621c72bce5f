"""The languages: catalogues are whole, figures say nothing in English in them, and no number changes."""

import gettext
import re
import threading
from collections.abc import Iterator

import pytest

from core import language
from core.export import methods_paragraph, results_sentences
from core.figure import Figure, headings_of
from core.format import plural
from core.language import CHINESE, ENGLISH, LANGUAGES, LOCALE, in_this_language, say, speaking, spoken
from tests.shared.catalogue import constants, read, texts
from tests.shared.every_figure import AWKWARD, every_figure

OTHERS = [code for code in LANGUAGES if code != ENGLISH]
FIGURES = [(name, kind) for name in ("sample", "two", "awkward") for kind in every_figure(name)]
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*|\.\d+")
# Words that are the data's, of papers and of R; tests and methods keep their authors' names in every language.
_NAMES = re.compile(r"[A-Z][\w.+-]*|n_\w+|log-?log|cox\.zph|transform|km|zph|survival 3|logistic|vs|et al")


def fields(text: str) -> set[str]:
    """Return the names of the values that a text has places for, those in doubled braces among them."""
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_has_every_text_of_the_code_and_no_other(code):
    known = {str(m.id): str(m.string) for m in read(code) if m.id}
    assert [t for t in texts() if not known.get(t)] == []
    said, written = texts(), constants()
    assert [t for t in known if t not in said and t not in written] == []


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_takes_the_values_of_its_text_and_no_other(code):
    wrong = {m.id: fields(str(m.string)) - fields(str(m.id)) for m in read(code) if m.id}
    assert {text: names for text, names in wrong.items() if names} == {}


def test_catalogues_are_of_languages_and_languages_have_catalogues():
    assert {path.stem for path in LOCALE.glob("*.po")} == set(OTHERS)


def test_a_text_is_english_until_another_language_is_spoken():
    assert say("Undo") == "Undo" and plural(1, "patient") == "1 patient" and plural(1234, "patient") == "1,234 patients"
    with speaking(CHINESE):
        assert say("Undo") == "撤销" and plural(1, "patient") == "1 例患者" == plural(1, "patient")
        assert say("") == "" and say("a text that nobody translated") == "a text that nobody translated"
        with speaking(ENGLISH):
            assert say("Undo") == "Undo"
    assert spoken() == ENGLISH


def test_values_are_put_in_as_they_are():
    with speaking(CHINESE):
        assert say("Remove {words}", words="{label} <b>") == "移除 {label} <b>"


def test_what_is_made_later_in_another_thread_keeps_its_language():
    with speaking(CHINESE):
        made = in_this_language(lambda: say("Undo"))
    out = []
    thread = threading.Thread(target=lambda: out.append((made(), say("Undo"))))
    thread.start()
    thread.join()
    assert out == [("撤销", "Undo")]


class _Marked(gettext.NullTranslations):
    """A language in which every text is English in brackets: what stands outside of them was not said."""

    def gettext(self, message: str) -> str:
        return re.sub(r"(?<!{){\w+}(?!})", lambda value: f"⟧{value[0]}⟦", f"⟦{message}⟧")


def walked(chart: object, name: str = "") -> Iterator[str]:
    """Walk the texts that a chart shows."""
    if isinstance(chart, dict):
        for key, value in chart.items():
            if key == "datasets":
                rows = (row for dataset in value.values() for row in dataset)
                yield from (row[k] for row in rows for k in ("text", "tip", "label") if k in row)
            elif key in ("title", "text") and isinstance(value, str):
                yield value
            elif key not in ("usermeta", "config"):
                yield from walked(value, key)
    elif isinstance(chart, list):
        for value in chart:
            yield from walked(value, name)


def shown(figure: Figure) -> Iterator[str]:
    """Walk all that a figure says: words, table, chart."""
    yield from (figure.full_title, figure.alt, *figure.summary, *figure.warnings, *figure.footnote()[:-1])
    yield from (text for pair in headings_of(figure.table) for text in pair)
    yield from (str(v) for row in figure.table.to_numpy().tolist() for v in row)
    yield from (str(text) for text in walked(figure.chart))


@pytest.fixture
def marked(monkeypatch):
    monkeypatch.setattr(language, "_catalogue", lambda code: _Marked())


@pytest.mark.slow
def test_a_figure_says_all_its_words_through_the_catalogue(marked):
    names = re.compile("|".join(map(re.escape, sorted(
        {*AWKWARD, "A: Drug X", "B: Placebo", "Stage", "Marker", "Size", "Change", "Rash", "ValueOf", "failure_local",
         "failure_distant", "Dermatological", "Other", "every.csv", "log-log"}, key=len, reverse=True))))
    left = {}
    with speaking("marked"):
        for kind, figure in every_figure("two").items():
            for text in shown(figure):
                bare = names.sub("", re.sub(r"⟦[^⟦⟧]*⟧", "", text))
                if words := [w for w in re.findall(r"[A-Za-z]{3,}", bare) if not _NAMES.fullmatch(w)]:
                    left.setdefault(kind, set()).add((tuple(words), text))
    assert left == {}


@pytest.mark.slow
@pytest.mark.parametrize("case", FIGURES, ids="-".join)
def test_in_chinese_every_number_is_the_same(case):
    name, kind = case
    english = every_figure(name)[kind]
    with speaking(CHINESE):
        chinese = every_figure(name)[kind]
    assert chinese.table.shape == english.table.shape
    cells = ([str(v) for row in f.table.to_numpy().tolist() for v in row] for f in (english, chinese))
    for before, after in zip(*cells, strict=True):
        assert sorted(_NUMBER.findall(before)) == sorted(_NUMBER.findall(after)), (before, after)
    assert set(_NUMBER.findall(results_sentences([english]))) <= set(_NUMBER.findall(results_sentences([chinese])))


@pytest.mark.slow
def test_methods_say_the_same_in_both_languages():
    english = methods_paragraph([f.ready() for f in every_figure("two").values()])
    with speaking(CHINESE):
        chinese = methods_paragraph([f.ready() for f in every_figure("two").values()])
    assert english.split("\n")[1:] == chinese.split("\n")[1:] and "采用 Kaplan-Meier 法" in chinese


def test_a_figure_keeps_its_language_where_another_is_spoken():
    with speaking(CHINESE):
        figure = every_figure("sample")["km survival"]
    assert figure.language == CHINESE and figure.key_words().startswith("图示")
    assert "风险集人数" in str(figure.laid_out("slide")) and "Number at risk" not in str(figure.laid_out("slide"))
