"""The language that the app speaks: English stands in the code, others in catalogues of gettext beside it.

`say` is what other modules use of it. A text that a catalogue lacks is said in English; names and values from the data
are put into a text as they are, in every language.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

T = TypeVar("T")
P = ParamSpec("P")
ENGLISH, CHINESE = "en", "zh"
LANGUAGES = {ENGLISH: "English", CHINESE: "中文"}
LOCALE = Path(__file__).parent / "locale"
_chosen: ContextVar[str] = ContextVar("language", default="")
_asked: list[Callable[[], str]] = []  # what says which language a page is in


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language, whatever the page's is."""
    former = _chosen.set(language)
    try:
        yield
    finally:
        _chosen.reset(former)


def follow(language: Callable[[], str]) -> None:
    """Ask for the language whenever a text is said outside of `speaking`: each session has one."""
    _asked[:] = [language]


def in_this_language(make: Callable[[], T]) -> Callable[[], T]:
    """Return what makes something later, perhaps in another thread, in the language that is spoken now."""
    language = spoken()

    def made() -> T:
        with speaking(language):
            return make()
    return made


def spoken() -> str:
    """Return the language in which texts are said."""
    return _chosen.get() or (_asked[0]() if _asked else "") or ENGLISH


def say(text: str, /, **values: object) -> str:
    """Say a text of the app in the language that is spoken.

    Parameters
    ----------
    text : English; `{name}` stands for a value, and only then `{{` for a brace
    values : put in as they are
    """
    language = spoken()
    known = text if language == ENGLISH or not text else _catalogue(language).gettext(text)  # gettext heads it by ""
    return known.format(**values) if values else known


def once_per_language(most: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Decorate what makes something that holds texts but no data: it is kept, for each language apart."""
    def decorated(make: Callable[P, T]) -> Callable[P, T]:
        @lru_cache(maxsize=most * len(LANGUAGES))
        def made(language: str, *args: P.args, **kwargs: P.kwargs) -> T:
            return make(*args, **kwargs)

        @wraps(make)
        def asked(*args: P.args, **kwargs: P.kwargs) -> T:
            return made(spoken(), *args, **kwargs)  # type: ignore[arg-type]  # lru_cache forgets the signature
        return asked
    return decorated


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    """Read a language's catalogue; it holds no data."""
    if language not in LANGUAGES:
        return gettext.NullTranslations()
    with (LOCALE / f"{language}.po").open("rb") as source:
        made = io.BytesIO()
        write_mo(made, read_po(source, locale=language))
    made.seek(0)
    return gettext.GNUTranslations(made)
