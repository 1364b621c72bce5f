"""What a damaged file makes of the libraries that read it, turned into one error in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import CohortError, ReadingError
from core.language import say


@contextmanager
def damage_said(what: str) -> Iterator[None]:
    """Turn whatever exception a reader ends in into one in words: a file never ends in a traceback.

    Parameters
    ----------
    what : what is being read, as it begins a sentence

    Raises
    ------
    ReadingError
        For every exception that is no `CohortError` already.
    """
    try:
        yield
    except CohortError:
        raise
    except MemoryError as error:
        raise ReadingError(say("{what} needs more memory than there is for it.", what=what),
                           say("Keep the columns and rows that you need.")) from error
    except Exception as error:  # of openpyxl, zipfile, expat, Arrow and others, which have no common base
        raise ReadingError(say("{what} cannot be read: a part of it is damaged, or of a kind that is not known.",
                               what=what),
                           say("Save it anew, or as CSV UTF-8.")) from error
