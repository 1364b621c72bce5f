"""A zip or gzip archive of one table: its content, within the limits."""

from __future__ import annotations

import io
import zipfile
import zlib

from core.errors import ReadingError
from core.format import megabytes
from core.language import say
from core.reading.damage import damage_said
from core.reading.limits import MAX_UNPACKED
from core.reading.workbook import ZIP

_GZIP, _EMPTY_ZIP, _CHUNK = b"\x1f\x8b", b"PK\x05\x06", 1 << 20
_DOCUMENT = ("[Content_Types].xml", "mimetype", "META-INF/manifest.xml", "word/document.xml", "xl/workbook.xml",
             "xl/workbook.bin")


def unpacked(data: bytes) -> tuple[bytes, str]:
    """Return the one table in an archive, and its name; a file that is no archive as it is, with "".

    Raises
    ------
    ReadingError
        If the archive holds several tables or none, is damaged or encrypted, or unpacks beyond the limit.
    """
    if data.startswith(_GZIP):
        content = _inflated(data)
        return (_inflated(content) if content.startswith(_GZIP) else
                content), say("its content")  # at times packed twice
    if not data.startswith((ZIP, _EMPTY_ZIP)):
        return data, ""
    with damage_said(say("This workbook or zip archive")):
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = archive.infolist()
    if any(p.filename in _DOCUMENT for p in parts):
        return data, ""
    tables = [p for p in parts if not p.is_dir() and not p.filename.startswith("__MACOSX")
              and not p.filename.rsplit("/", 1)[-1].startswith(".")]
    if len(tables) != 1:
        listed = ", ".join(p.filename for p in tables[:5])
        raise ReadingError(say("This is a zip archive of {tables} files{words}.", tables=len(tables),
                               words=f': {listed}' if listed else ''),
                           say("Unpack it first, and load the table."))
    if tables[0].flag_bits & 1:
        raise ReadingError(say("The archive has a password."), say("Unpack it first, and load the table."))
    if tables[0].file_size > MAX_UNPACKED:
        raise _too_large(tables[0].file_size)
    with damage_said(say("The archive")), archive.open(tables[0]) as part:
        content = part.read(MAX_UNPACKED + 1)
    if len(content) > MAX_UNPACKED:
        raise _too_large(len(content))
    return content, tables[0].filename


def _inflated(data: bytes) -> bytes:
    """Unpack gzip, chunk by chunk, so that a small file cannot fill the memory."""
    content, rest = bytearray(), data
    while rest.strip(b"\0"):  # an archive may have several members, one after the other
        reader = zlib.decompressobj(wbits=31)
        with damage_said(say("This gzip archive")):
            while rest and not reader.eof:
                content += reader.decompress(rest, _CHUNK)
                rest = reader.unconsumed_tail or reader.unused_data
                if len(content) > MAX_UNPACKED:
                    raise _too_large(len(content))
        if not reader.eof:
            raise ReadingError(say("This gzip archive is not complete."), say("Copy or download it again."))
    return bytes(content)


def _too_large(size: int) -> ReadingError:
    return ReadingError(say("The archive unpacks to more than {size}; the limit is {most}.",
                            size=megabytes(size), most=megabytes(MAX_UNPACKED)),
                        say("Keep the columns and rows that you need."))
