"""A good file, mutated: read or refused in words, and no row lost in silence.

`make fuzz` runs 100,000 cases of delimited text and 10,000 of workbooks; a failure names its seed, by which `read` and
`changed_book` repeat it.
"""

import csv
import io
import os
import random
import re
import zipfile

import pytest

from core import CohortError, read_cohort
from core.intake.build import make_cohort
from core.reading.delimited import DELIMITERS
from core.reading.encoding import ENCODINGS
from core.reading.read_table import read_table
from tests.corpus.files import chinese, columns, cycle, text, typed_rows, workbook, zipped
from tests.corpus.test_corpus import named_rows

pytestmark = pytest.mark.slow

CASES = int(os.environ.get("FUZZ_CASES", "2000"))
PARTS = 20
BOOKS = max(500, CASES // 10)
_CODECS = ("utf-8", "utf-8-sig", "utf-16", "gb18030", "cp1252")
_JUNK = (b'"', b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"\x00", b"\xff", b"\xe9", b" ", b"=1+1", b"\xc2\xa0", b"-",
         b"inf", b"1e999", b"NA", b"#", b"\xef\xbb\xbf", b"|")


def mutated(rng: random.Random) -> bytes:
    """Write a cohort in some encoding and separator, and damage it up to four times."""
    whole = chinese() if rng.random() < 0.3 else text(
        columns(), ae_fever=cycle("0", "1", "3"), note=cycle('"a ""b"""', "c, d" if rng.random() < 0.1 else "e"))
    separator = rng.choice(",;\t|")
    data = bytearray(whole.replace(",", separator).replace("\n", rng.choice(["\n", "\r\n", "\r"])).encode(
        rng.choice(_CODECS), errors="replace"))
    for _ in range(rng.randint(0, 4)):
        _damage(data, rng)
    return bytes(data)


def _damage(data: bytearray, rng: random.Random) -> None:
    place = rng.randrange(len(data)) if data else 0
    match rng.randrange(6):
        case 0:  # a byte flipped
            if data:
                data[place] ^= 1 << rng.randrange(8)
        case 1:  # junk let in
            data[place:place] = rng.choice(_JUNK)
        case 2:  # a piece lost
            del data[place:place + rng.randint(1, 30)]
        case 3:  # two cells exchanged
            cells = data.split(b",")
            i, j = rng.randrange(len(cells)), rng.randrange(len(cells))
            cells[i], cells[j] = cells[j], cells[i]
            data[:] = b",".join(cells)
        case 4:  # a line twice
            lines = data.split(b"\n")
            lines.insert(rng.randrange(len(lines) + 1), rng.choice(lines))
            data[:] = b"\n".join(lines)
        case 5:  # two lines exchanged
            lines = data.split(b"\n")
            i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
            lines[i], lines[j] = lines[j], lines[i]
            data[:] = b"\n".join(lines)


def rows_below(data: bytes, encoding: str, delimiter: str, header: int) -> set[int] | None:
    """Return the lines of all rows with any text below the header, by Python's own csv reader."""
    whole = data.decode(ENCODINGS[encoding]).replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(io.StringIO(whole, newline=""), delimiter=DELIMITERS[delimiter], strict=True)
    lines, begin = set(), 1
    try:
        for row in reader:
            if any(cell.strip(' \t"') for cell in row) and begin > header:
                lines.add(begin)
            begin = reader.line_num + 1
    except csv.Error:
        return None
    return lines


def read(seed: int) -> str:
    """Read the mutated file of a seed and hold what must hold; say what came of it."""
    data = mutated(random.Random(seed))
    try:
        table = read_table(data)
        cohort = make_cohort(table)
    except CohortError as error:
        assert error.problem and error.remedy, f"seed {seed}: {error!r}"
        return "refused"
    found = table.detected
    rows = rows_below(data, found.encoding, found.delimiter, found.header_line)
    if rows is not None:
        lost = rows - set(cohort.lines.tolist()) - named_rows(cohort.findings)
        assert not lost, f"seed {seed}: lines {sorted(lost)} are neither patients nor named"
    return "read"


@pytest.mark.parametrize("part", range(PARTS))
def test_fuzz(part):
    came = [read(seed) for seed in range(part, CASES, PARTS)]
    assert {"read", "refused"} <= set(came)


def outcome(data: bytes, seed: int) -> bool:
    """Tell whether a file is read; whatever else it ends in must be an error in words with its remedy."""
    try:
        return read_cohort(data).n > 0
    except CohortError as error:
        assert error.problem and error.remedy, f"seed {seed}: {error!r}"
        return False


def test_workbooks_with_flipped_bytes():
    """What the archive's checksums find: openpyxl's and zipfile's exceptions never come through."""
    good = workbook(typed_rows())
    came = set()
    for seed in range(BOOKS):
        rng, data = random.Random(seed), bytearray(good)
        for _ in range(rng.randint(1, 6)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        came.add(outcome(bytes(data), seed))
    assert came == {True, False}


@pytest.mark.parametrize("part", range(PARTS))
def test_workbooks_whose_xml_is_changed(part):
    came = {outcome(changed_book(seed), seed) for seed in range(part, BOOKS, PARTS)}
    assert came == {True, False}


_ELEMENT = re.compile(rb"<(row|c|v|f|t|si|is|mergeCell|sheet|Relationship|xf|numFmt|Override)\b[^>]*?(/>|>)")
_VALUE = re.compile(rb"=\"([^\"]*)\"")
_CONTENT = re.compile(rb">([^<>]+)<")
_ODD = (b"", b"-1", b"0", b"1e999", b"NaN", b"99999999999999999999", b"1048577", b"XFD1", b"A0", b"$A$1", b"s", b"b",
        b"e", b"d", b"str", b"inlineStr", b"2020-13-45", b"#N/A", b"&lt;", b"&#0;", b"&x;", b"\xff", b"\xe4\xb8\xad", b"x" * 40_000)


def changed_book(seed: int) -> bytes:
    """Return a workbook whose parts were changed in up to four places and zipped anew, so that no checksum fails."""
    rng = random.Random(seed)
    with zipfile.ZipFile(io.BytesIO(workbook(typed_rows(), merge="B2:B5" if rng.random() < 0.3 else ""))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(rng.randint(1, 4)):
        name = rng.choice(["xl/worksheets/sheet1.xml"] * 3 + list(parts))
        if rng.random() < 0.05:
            del parts[name]
            return zipped(parts)
        parts[name] = _changed_xml(parts[name], rng)
    return zipped(parts)


def _changed_xml(xml: bytes, rng: random.Random) -> bytes:
    """Change one place: an attribute, a content, an element that is lost, doubled or moved; or a piece of the text."""
    patterns = {"value": _VALUE, "content": _CONTENT, "lost": _ELEMENT, "doubled": _ELEMENT, "moved": _ELEMENT}
    kind = rng.choice([*patterns, "cut", "junk"])
    if kind in patterns:
        places = list(patterns[kind].finditer(xml))
        if not places:
            return xml
        at = rng.choice(places)
        if kind in ("value", "content"):
            return xml[:at.start(1)] + rng.choice(_ODD) + xml[at.end(1):]
        there = rng.choice(places).start()
        rest = xml if kind == "doubled" else xml[:at.start()] + xml[at.end():]
        return rest if kind == "lost" else rest[:there] + at[0] + rest[there:]
    place = rng.randrange(len(xml)) if xml else 0
    return xml[:place] + (xml[place + rng.randint(1, 40):] if kind == "cut" else rng.choice(_JUNK) + xml[place:])
