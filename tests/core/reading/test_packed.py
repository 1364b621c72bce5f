"""Archives of one table, within the limits."""

import gzip
import io
import zipfile

import pytest

from core.errors import ReadingError
from core.reading import packed
from core.reading.packed import unpacked


def zipped(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_one_table_is_unpacked_and_named():
    assert unpacked(b"id,a\n1,2\n") == (b"id,a\n1,2\n", "")
    assert unpacked(gzip.compress(b"id,a\n1,2\n")) == (b"id,a\n1,2\n", "its content")
    both = gzip.compress(b"id,a\n1,", mtime=0) + gzip.compress(b"2\n3,4\n", mtime=0)
    assert unpacked(both)[0] == b"id,a\n1,2\n3,4\n"  # members one after the other, as bgzip writes them
    assert unpacked(zipped({"a/b.csv": b"id\n", "__MACOSX/._b.csv": b"x", ".DS_Store": b"x"})) == (b"id\n", "a/b.csv")


@pytest.mark.parametrize("data", [
    gzip.compress(bytes(3_000_000), mtime=0), zipped({"big.csv": bytes(3_000_000)})], ids=["gzip", "zip"])
def test_nothing_is_unpacked_beyond_the_limit(data, monkeypatch):
    monkeypatch.setattr(packed, "MAX_UNPACKED", 1_000_000)
    with pytest.raises(ReadingError, match="unpacks to more than"):
        unpacked(data)


@pytest.mark.parametrize(("data", "words"), [
    (gzip.compress(b"id,a\n" * 99)[:20], "not complete"), (b"\x1f\x8bnothing of the kind", "cannot be read"),
    (zipped({"a.csv": b"", "b.csv": b""}), "2 files: a.csv, b.csv"), (zipped({}), "a zip archive of 0 files")],
    ids=["short", "damaged", "two", "none"])
def test_what_is_no_single_table_is_refused(data, words):
    with pytest.raises(ReadingError, match=words) as error:
        unpacked(data)
    assert error.value.remedy
