"""By which words a column is recognised: its name, or what the file says it holds where the name says nothing."""

from __future__ import annotations

from core.mapping import AE_FILE_NAMES, dictionary, header_meaning, known_later
from core.reading import TextTable
from core.schema import AE_PREFIX

_ROLES = frozenset((*dictionary.ID_NAMES, *dictionary.ARM_NAMES, *dictionary.RESPONSE_NAMES, *dictionary.VISIT_NAMES,
                    *dictionary.SAFETY_NAMES, *dictionary.START_NAMES, *dictionary.END_DATES,
                    *(n for names in AE_FILE_NAMES.values() for n in names)))


def heading(table: TextTable, column: str) -> str:
    """Return a column's name, or its label where the dictionaries do not know the name (`v12`)."""
    label = table.labels.get(column, "")
    return column if not label or _is_known(column) else label


def _is_known(name: str) -> bool:
    return bool(dictionary.fold(name) in _ROLES or dictionary.dictionary_entry(name) or known_later(name)
                or not header_meaning(name).says_nothing or name.lower().startswith(AE_PREFIX)
                or dictionary.ae_category(dictionary.ae_term(name)) != "Other")
