"""Which factors a field adjusts for, in the order in which a model or a forest begins with them."""

from __future__ import annotations

import re
from collections.abc import Iterable

# By key, or by what stands in it: tumour biology of the liver first, then stage, grade, performance, age, sex.
_FIRST = ("pvtt", "cheng", "vascular_invasion", "hvtt", "afp", "tumor_size", "tumor_number", "child_pugh", "albi",
          "bclc", "tnm", "t_stage", "n_stage", "m_stage")
_THEN = (re.compile(r"stage|stadium|分期|figo|ajcc"), re.compile(r"grade|differentiation|gleason|分化"),
         re.compile(r"ecog|karno|performance|体力"), re.compile(r"node|lymph|淋巴"),
         re.compile(r"^age$|年龄|age_at|alter$"),
         re.compile(r"^sex$|gender|性别"))


def adjusted_first(keys: Iterable[str]) -> list[str]:
    """Return factor keys, those first that are usually adjusted for; the others in their order."""
    return sorted(keys, key=_place)


def _place(key: str) -> int:
    if key in _FIRST:
        return _FIRST.index(key)
    return len(_FIRST) + next((i for i, words in enumerate(_THEN) if words.search(key)), len(_THEN))
