"""Bytes into text: what is no text is refused by its content, the rest is decoded where plausible."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from itertools import islice

from core.errors import NeedsAnswer, ReadingError
from core.language import say

ENCODINGS = {"UTF-8": "utf-8-sig", "UTF-16": "utf-16", "GB18030": "gb18030", "Big5": "big5", "Shift-JIS": "cp932",
             "EUC-KR": "cp949", "Windows-1250": "cp1250", "Windows-1251": "cp1251", "Windows-1252": "cp1252"}

# Names that pages state for a part of one of these.
_WIDER = {"gb2312": "GB18030", "gbk": "GB18030", "euc_kr": "EUC-KR", "shift_jis": "Shift-JIS",
          "iso8859-1": "Windows-1252", "iso8859-2": "Windows-1250"}
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,30})", re.IGNORECASE)
_SIGNATURES = (
    (b"%PDF", "a PDF", "Export the table as CSV and load that."),
    (b"\x89PNG", "a picture", "Load the table as CSV."),
    (b"\xff\xd8\xff", "a picture", "Load the table as CSV."),
    (b"GIF8", "a picture", "Load the table as CSV."),
    (b"BM\x36", "a picture", "Load the table as CSV."),
    (b"II*\x00", "a picture", "Load the table as CSV."),
    (b"MM\x00*", "a picture", "Load the table as CSV."),
    (b"BZh", "a bzip2 archive", "Unpack it first."),
    (b"\xfd7zXZ\x00", "an xz archive", "Unpack it first."),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "Unpack it first."),
    (b"Rar!", "a RAR archive", "Unpack it first."),
    (b"RDX", "an R workspace (.RData)", "In R, write the data frame with write.csv and load that."),
    (b"RDA", "an R workspace (.RData)", "In R, write the data frame with write.csv and load that."),
    (b"X\n\x00", "an R object (.rds)", "In R, write the data frame with write.csv and load that."),
    (b"A\n3\n", "an R object (.rds)", "In R, write the data frame with write.csv and load that."),
    (b"{\\rtf", "a text document (RTF)", "Save the table as CSV."),
    (b"SQLite format 3", "a database", "Export the table as CSV."),
)
# Beside letters, what Western clinical text holds.
_WESTERN_SIGNS = set("µ°±²³·–—‘’“”…€×®™ªº½¼¾§%«»¿¡´¨£\u00a0†‡•÷¹")
_HIGH = re.compile(r"[^\x00-\x7f]")
_HIGH_RUN = re.compile(r"[^\x00-\x7f]+")
_MOST_CHAOS, _AS_GOOD, _LOOKED_AT = 0.15, 0.02, 100_000
_SHOWN_LINES, _SHOWN = 2, 80  # lines and characters that a question shows
_RUN, _RUNS = 4, 200_000  # letters in a row that no accent explains; runs looked at
_CONTROL = re.compile(r"[\x80-\x9f]")
_JSON = re.compile(rb"\{\s*(\"|\}|$)|\[\s*(\{|\[|\"|\]|-?\d)")


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """A file's text and the name of the encoding it was read in; `certain` where the bytes say it."""

    text: str
    encoding: str
    certain: bool


def refuse_what_is_not_text(data: bytes) -> None:
    """Refuse documents, pictures, archives and pages by their content, with the remedy."""
    if not data[:1000].strip() and not data.strip():
        raise ReadingError(say("The file is empty."), say("It needs a header and one row per patient."))
    for signature, what, remedy in _SIGNATURES:
        if data.startswith(signature):
            raise ReadingError(say("This is {what}, not a text table.", what=what), remedy)
    start = data[:400].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if _JSON.match(start):
        raise ReadingError(say("This is JSON, not a text table."), say("Export the table as CSV."))


def is_markup(text: str) -> bool:
    """Tell whether a text is a web page or XML."""
    start = text[:400].lstrip("\ufeff \t\r\n").lower()
    return start.startswith(("<!doctype", "<html", "<head", "<body", "<table", "<?xml", "<!--", "<meta", "<style"))


def refuse_markup() -> ReadingError:
    """Say that a web page holds no table."""
    return ReadingError(say("This is a web page or XML, not a text table."),
                        say("It may be an error page saved in place of the file: download it again."))


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """Decode a file's bytes, in the encoding that is asked for or the first plausible one.

    Raises
    ------
    ReadingError
        If the bytes fit no encoding plausibly; it names the line.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Decoded(text=_strictly(data, "UTF-16"), encoding="UTF-16", certain=True)
    if b"\x00" in data:
        raise _nul(data)
    if encoding and encoding not in ENCODINGS:
        raise ReadingError(say("Unknown encoding {encoding}.", encoding=f"{encoding!r}"),
                           say("Choose one of: {encodings}.", encodings=', '.join(ENCODINGS)))
    if encoding:
        return Decoded(text=_strictly(data, encoding), encoding=encoding, certain=True)
    if stated := _stated_in_page(data):
        return Decoded(text=_strictly(data, stated), encoding=stated, certain=False)
    text = _decoded(data, "UTF-8")
    if text is not None:
        _refuse_controls(text)
        return Decoded(text=text, encoding="UTF-8", certain=True)
    return _decoded_legacy(data)


def _stated_in_page(data: bytes) -> str:
    """Return the encoding that a web page states, by the name that it has here; "" where none fits."""
    stated = _CHARSET.search(data[:4_000]) if data.lstrip()[:1] == b"<" else None
    if stated is None:
        return ""
    try:
        codec = codecs.lookup(stated[1].decode("ascii")).name
    except LookupError:
        return ""
    names = {codecs.lookup(codec_of).name: name for name, codec_of in ENCODINGS.items()} | _WIDER
    name = names.get(codec, "")
    return name if name and name != "UTF-8" and _decoded(data, name) is not None else ""


def _decoded_legacy(data: bytes) -> Decoded:
    """Decode what is not UTF-8: by the letters that a rule expects and by statistics; where these differ, ask."""
    votes = encodings_by_statistics(data)
    by_rule, refused = _by_rule(data)
    if by_rule and (not votes or any(_decoded(data, vote) == _decoded(data, by_rule) for vote in votes)):
        return Decoded(text=_strictly(data, by_rule), encoding=by_rule, certain=False)
    if len(readings := [*votes, *filter(None, [by_rule])]) > 1:
        raise _ask_encoding(data, readings)
    if votes:
        return Decoded(text=_strictly(data, votes[0]), encoding=votes[0], certain=False)
    raise refused or ReadingError(say("Line {line_of_high_byte} fits no known text encoding ({encodings}).",
                                      line_of_high_byte=_line_of_high_byte(data), encodings=', '.join(ENCODINGS)),
                                  say("Save the table as CSV UTF-8."))


def _by_rule(data: bytes) -> tuple[str, ReadingError | None]:
    """Return GB18030 where nearly all letters are Han, Windows-1252 where all are Western; else why not."""
    text = _decoded(data, "GB18030")
    if text is not None and _looks_chinese(text):
        return "GB18030", None
    text = _decoded(data, "Windows-1252")
    if text is None:
        return "", None
    try:
        _refuse_stray(text)
    except ReadingError as error:
        return "", error
    return "Windows-1252", None


def _ask_encoding(data: bytes, readings: list[str]) -> NeedsAnswer:
    """Ask which encoding a text is in, with the first lines that tell in each."""
    texts = {name: _strictly(data, name) for name in dict.fromkeys(readings)}
    lines = [i for i, line in enumerate(data.splitlines()) if not line.isascii()][:_SHOWN_LINES]
    shown = {name: " / ".join(text.splitlines()[i][:_SHOWN] for i in lines if i < len(text.splitlines()))
             for name, text in texts.items()}
    return NeedsAnswer(say("In which encoding is this text? It is not UTF-8, and could be read in several."),
                       say("Choose the reading in which the letters are right."), list(texts),
                       [{"reading": {"encoding": name}} for name in texts], meanings=[shown[name] for name in texts])


def encodings_by_statistics(data: bytes) -> list[str]:
    """Return the encodings that charset-normalizer finds as likely as the likeliest, by its statistics of letters.

    None where even the likeliest looks damaged; none of single bytes whose letters are those of no language.
    """
    from charset_normalizer import from_bytes

    by_codec = {codec: name for name, codec in ENCODINGS.items() if not name.startswith("UTF")}
    matches = from_bytes(_telling(data), cp_isolation=list(by_codec), language_threshold=0.0)
    ranked = [(m.chaos - m.coherence, m.chaos, by_codec[m.encoding]) for m in matches if m.encoding in by_codec
              and (m.coherence or not by_codec[m.encoding].startswith("Windows"))]
    if not ranked or min(chaos for _, chaos, _ in ranked) > _MOST_CHAOS:
        return []
    best = min(score for score, _, _ in ranked)
    return [name for score, _, name in ranked if score <= best + _AS_GOOD and _decoded(data, name) is not None]


def _telling(data: bytes) -> bytes:
    """Return the lines that are not ASCII, at most so many bytes: the others tell nothing."""
    return b"\n".join(line for line in data[:_LOOKED_AT * 8].splitlines() if not line.isascii())[:_LOOKED_AT]


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(ENCODINGS[encoding])
    except UnicodeDecodeError:
        return None


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(ENCODINGS[encoding])
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ReadingError(say("Line {line} is not {encoding}.", line=line, encoding=encoding),
                           say("Save the file as CSV UTF-8, or choose another encoding.")) from error


def _nul(data: bytes) -> ReadingError:
    line = data[: data.index(b"\x00")].count(b"\n") + 1
    if data.count(b"\x00") > len(data) // 4:
        return ReadingError(say("The file looks like UTF-16 without a byte order mark: it holds NUL bytes from line "
                                "{line} on.", line=line), say("Save it as CSV UTF-8."))
    return ReadingError(say("Line {line} holds a NUL byte: this is no text file.", line=line),
                        say("Save the table as CSV UTF-8."))


def _refuse_controls(text: str) -> None:
    if not text.isascii() and (control := _CONTROL.search(text)):
        line = text.count("\n", 0, control.start()) + 1
        raise ReadingError(say("Line {line} holds a control character (U+{ord}): the text was written in one "
                               "encoding and saved in another.", line=line, ord=f"{ord(control[0]):04X}"),
                           say("Save the table anew as CSV UTF-8."))


def _refuse_stray(text: str) -> None:
    """Refuse Windows-1252 where it gives signs that no table holds: such bytes are no Western text."""
    for sign in sorted(set(_HIGH.findall(text))):
        if not sign.isalpha() and sign not in _WESTERN_SIGNS:
            line = text.count("\n", 0, text.index(sign)) + 1
            raise ReadingError(say("Line {line} holds bytes that fit no encoding plausibly (as Windows-1252 they "
                                   "would be {sign}).", line=line, sign=f"{sign!r}"),
                               say("Save the table as CSV UTF-8."))
    for run in _HIGH_RUN.finditer(text):
        if len(run[0]) >= _RUN and run[0].isalpha():  # Western words have their accents apart
            line = text.count("\n", 0, run.start()) + 1
            raise ReadingError(say("Line {line} holds {run}, which no Western text would hold.", line=line,
                                   run=f"{run[0][:12]!r}"),
                               say("The file is in another encoding: save it as CSV UTF-8."))


def _line_of_high_byte(data: bytes) -> int:
    first = next((i for i, byte in enumerate(data) if byte > 127), 0)
    return data[:first].count(b"\n") + 1


def _looks_chinese(text: str) -> bool:
    """Tell Chinese from Western text that happens to decode: nearly all must be common Han."""
    runs = [run[0] for run in islice(_HIGH_RUN.finditer(text), _RUNS)]
    high = "".join(runs)
    common = sum("\u3000" <= c <= "\u303f" or "\u4e00" <= c <= "\u9fff" or "\uff00" <= c <= "\uffef"
                 for c in high)
    # Western accents stand alone between letters; as GB18030 they swallow the letter after them.
    pairs = any(sum(c > "\u4dff" for c in run) > 1 for run in runs)
    return common >= 0.9 * len(high) and pairs
