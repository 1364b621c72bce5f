"""Levels as hospitals write them: one level in several spellings, their order, what means event."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from core.format import plain_number
from core.guessing.level_order import lowest_first
from core.mapping import Entry, dictionary
from core.reading import TextColumn

MANY = 200  # beyond so many distinct values a column is not listed
_VP = re.compile(r"vp[\s_-]*([0-4]|iv|i{1,3})", re.IGNORECASE | re.ASCII)
_BARE = re.compile(r"(?:cheng|程氏)?[\s_-]*(?:type|grade|class)?[\s_-]*([1-4]|iv|i{1,3})\s*(?:型|级|期|度)?",
                   re.IGNORECASE | re.ASCII)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_GRADE = re.compile(r"(?:ctcae)?\s*(?:grade|gr|g)?[\s_.-]*([0-5]|iv|v|i{1,3})(?:\.0+)?\s*(?:级|度)?",
                    re.IGNORECASE | re.ASCII)
_COMPONENTS = re.compile(r"\s*(?:[+＋/&、,-]|联合|加|\band\b|\bplus\b|\bwith\b)\s*", re.IGNORECASE)
_NEGATION = re.compile(r"non?[\s-]+|non(?=[a-z])|without\s+|非|无|未", re.IGNORECASE)
_POSITIVE = re.compile(r"\d?\+{1,4}|±|\+/?-|阳性|弱阳性|pos(itive)?", re.IGNORECASE)
_GRADE_LETTER = re.compile(r"([a-e]|i{1,3}|iv|v|\d)(?:级|期|型|度)")
_SEX = {"male": ("m", "male", "man", "男", "男性"), "female": ("f", "female", "woman", "女", "女性")}


def levels_of(column: TextColumn, missing: Iterable[str]) -> list[str]:
    """Return a column's distinct values, missing codes aside, in natural order.

    Of a column with more than `MANY` only so many are returned and one more, in no order.
    """
    if column.n_distinct <= MANY and any(_POSITIVE.fullmatch(t) for t in column.texts()):
        missing = frozenset(missing) - {"-"}  # beside + and ++ it is the negative
    present = ~column.is_in(missing)
    if present.sum() > MANY:
        listed = column.values.slice(0, 4 * MANY).to_pylist()
        absent = set(missing)
        return [t for t in listed if t not in absent][: MANY + 1]
    return sorted((t for t, is_present in zip(column.texts(), present, strict=True) if is_present), key=natural_order)


def natural_order(text: str) -> tuple[bool, float, list[tuple[int, str]]]:
    """Sort numbers by size and before words; numbers inside words by size, too."""
    number = as_number(text)
    parts = [(int(p), "") if p.isdecimal() else (-1, p) for p in re.split(r"(\d+)", text.lower())]
    return (number is None, number or 0.0, parts)


def as_number(text: str) -> float | None:
    """Return a plainly written number, or None."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if "_" not in text and number - number == 0 else None


def squeeze(text: str) -> str:
    """Return a text without case, width and spaces: what spellings of one level have in common."""
    wide = unicodedata.normalize("NFKC", text).strip().casefold()
    return re.sub(r"(?<!\d)\s+|\s+(?!\d)", "", wide)


def labels_for(levels: list[str], entry: Entry | None, counts: Mapping[str, int] | None = None) -> dict[str, str]:
    """Return raw value -> label in order; the spellings of one level share a label.

    A level in one spelling keeps it; of several the commonest stands, or the common word for sex,
    yes and no. A thrombus grade is always written `Vp3`.
    """
    answers = all(squeeze(v) in (*dictionary.YES_WORDS, *dictionary.NO_WORDS) for v in levels) and \
        not all(v.isdecimal() for v in levels)
    meanings = {v: _meaning(v, entry, answers) for v in levels}
    names = {}
    for value, (meaning, word) in meanings.items():
        alike = [v for v in levels if meanings[v][0] == meaning]
        commonest = max(alike, key=lambda v: ((counts or {}).get(v, 0), v[:1].isupper(), v))
        names[value] = word if word and (len(alike) > 1 or _VP.fullmatch(_wide(value))) else commonest
    rank = {squeeze(v): i for i, v in enumerate(entry.levels)} if entry else {}
    if not all(squeeze(name) in rank for name in names.values()):
        known = lowest_first(list(dict.fromkeys(names.values()))) or ()
        rank = {squeeze(v): i for i, v in enumerate(known)} or rank
    order = sorted(levels, key=lambda v: (rank.get(squeeze(names[v]), len(rank)), natural_order(names[v]),
                                          natural_order(v)))
    return {v: names[v] for v in order}


def _wide(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _meaning(value: str, entry: Entry | None, answers: bool) -> tuple[str, str]:
    """Return what a level means, the same for all its spellings, and the word for it if there is one."""
    text = squeeze(value)
    word = ""
    if entry and entry.key == "pvtt" and (match := _VP.fullmatch(_wide(value))):
        word = f"Vp{_code(match[1])}"
    elif entry and entry.key == "sex":
        word = next((k for k, words in _SEX.items() if text in words), "")
    elif match := _GRADE_LETTER.fullmatch(text):
        text = match[1]  # A级 is A
    elif answers:
        word = "yes" if text in dictionary.YES_WORDS else "no"
    elif (number := as_number(text)) is not None:
        text = word = plain_number(number)  # 0 and 0.0 are one level
    return word or text, word


def _code(text: str) -> int:
    return _ROMAN.get(text.lower()) or int(text)


def bare_grades(levels: list[str]) -> dict[str, int]:
    """Return value -> 1-4 of levels that are all a bare I-IV or 1-4 (beside none or 0), else nothing."""
    grades = {v: _code(m[1]) for v in levels if (m := _BARE.fullmatch(_wide(v)))}
    rest = [squeeze(v) for v in levels if v not in grades]
    return grades if max(grades.values(), default=0) > 1 and all(v in ("0", "none", "no", "无") for v in rest) else {}


def two_schemes(levels: list[str]) -> dict[str, int]:
    """Return value -> 1-4 of thrombus levels that are a bare I-IV or 1-4 beside others that say Vp; else nothing."""
    vp = [v for v in levels if _VP.fullmatch(_wide(v))]
    grades = {v: _code(m[1]) for v in levels if v not in vp and (m := _BARE.fullmatch(_wide(v)))}
    return grades if vp and grades else {}


def grade(text: str) -> float | None:
    """Return a CTCAE grade written as `2`, `Grade 2`, `G2`, `II` or `2级`; none and 无 are 0."""
    if squeeze(text) in ("none", "no", "无", "absent"):
        return 0.0
    match = _GRADE.fullmatch(_wide(text))
    return float(_ROMAN.get(match[1].lower(), match[1])) if match else None


def default_event_values(column: str, levels: list[str]) -> tuple[str, ...]:
    """Return the values that mean event by convention, or nothing.

    0/1 and 1/2: the larger; 0 in a column that counts censoring (`os_censor`, CNSR); words such as
    dead and alive, also behind a code (`1:DECEASED`).
    """
    codes = {as_number(v) for v in levels}
    if codes <= {0.0, 1.0}:
        event = 0.0 if counts_censoring(column) or counts_the_living(column) else 1.0
        return tuple(v for v in levels if as_number(v) == event) or (plain_number(event),)
    if codes <= {1.0, 2.0} and not counts_censoring(column):
        return tuple(v for v in levels if as_number(v) == 2.0)
    words = {v: re.sub(r"^\d+\s*[:=.：]\s*", "", _wide(v)) for v in levels}
    return events_by_words(column, words)


def events_by_words(column: str, words: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values whose words mean event, where every value's word is known; else nothing.

    Yes and no answer the header: yes to censored or alive is no event.
    """
    answers = {*dictionary.YES_WORDS, *dictionary.NO_WORDS}
    if all(squeeze(w) in answers for w in words.values()):
        wanted = dictionary.NO_WORDS if counts_censoring(column) or counts_the_living(column) else dictionary.YES_WORDS
        return tuple(v for v, w in words.items() if squeeze(w) in wanted)
    known = {v: dictionary.means_event(w) for v, w in words.items()}
    return () if None in known.values() else tuple(v for v, event in known.items() if event)


def counts_the_living(column: str) -> bool:
    """Tell whether a header says that its ones are alive."""
    text = unicodedata.normalize("NFKC", column).casefold()
    return any(w in text for w in ("alive", "存活")) and not any(w in text for w in ("dead", "death", "死"))


def counts_censoring(column: str) -> bool:
    """Tell whether a header says that its ones are the censored."""
    folded = dictionary.fold(column)
    return "cens" in folded or "cnsr" in folded or "删失" in folded


def default_reference(levels: Sequence[str]) -> str:
    """Return the likely control arm: named so, else the negation of another, else of the fewest
    components, else the first.

    TACE+IMRT stands before TACE+IMRT+sorafenib, TACE before HAIC+lenvatinib, 非手术 before 手术.
    """
    named = [v for v in levels if _is_control(v)]
    negated = [v for v in levels if (m := _NEGATION.match(v)) and v[m.end():].strip(" -") in levels]
    if named or negated:
        return (named or negated)[0]
    return min(levels, key=lambda v: len(_COMPONENTS.split(v.strip())))


def _is_control(level: str) -> bool:
    words = [w for w in re.split(r"[^\w]+", level.casefold()) if w]
    named = any(w in dictionary.CONTROL_WORDS for w in words) or "对照" in level or "常规" in level
    return named and not _NEGATION.match(level)
