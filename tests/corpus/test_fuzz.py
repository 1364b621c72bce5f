"""A good file, mutated: read or refused in words, and no row lost in silence.

`make fuzz` runs 100,000 cases; a failure names its seed, and `read(seed)` repeats it.
"""

import csv
import io
import os
import random

import pytest

from core import CohortError, read_cohort
from core.cohort import make_cohort
from core.files.delimited import DELIMITERS
from core.files.encoding import ENCODINGS
from core.reading import read_table
from tests.corpus.files import chinese, columns, cycle, text, typed_rows, workbook
from tests.corpus.test_corpus import named_rows

CASES = int(os.environ.get("FUZZ_CASES", "2000"))
PARTS = 20
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


def test_damaged_workbooks():
    """Bytes of a workbook flipped: read, or refused in words; openpyxl's and zipfile's own errors never come through."""
    good = workbook(typed_rows())
    came = set()
    for seed in range(max(CASES // 5, 100)):
        rng, data = random.Random(seed), bytearray(good)
        for _ in range(rng.randint(1, 6)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        try:
            came.add(bool(read_cohort(bytes(data)).n))
        except CohortError as error:
            assert error.problem and error.remedy, f"seed {seed}: {error!r}"
            came.add(False)
    assert came == {True, False}
