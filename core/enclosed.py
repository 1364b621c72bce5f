"""The view that a saved figure carries within its file: what leads back to it, as a session file without patients.

PNG keeps it as an international text chunk (iTXt), SVG as metadata, PDF in its information, PowerPoint and Word as a
custom XML part, Excel as a text of the sheet "About". Source: PNG 11.3.3.4; ISO 32000-1, 14.3.3; ECMA-376-1, 15.2.4.
"""

from __future__ import annotations

import html
import io
import re
import struct
import zipfile
import zlib

KEY = "CohortscopeView"
NAMESPACE = "urn:cohortscope:view"
_PNG = b"\x89PNG\r\n\x1a\n"
_SVG = re.compile(rb"<metadata id=\"" + KEY.encode() + rb"\">([^<]*)</metadata>")
_PDF = re.compile(rb"/" + KEY.encode() + rb" ?\(([0-9a-f]*)\)")
_XML = re.compile(rb"<view xmlns=\"" + NAMESPACE.encode() + rb"\">([^<]*)</view>")
_CELL = re.compile(rb">" + KEY.encode() + rb": ([^<]*)<")
_MOST = 4 * 1024**2  # bytes of a part that is looked into


def as_xml(view: str) -> bytes:
    """Return a view as the custom XML part of an Office file."""
    return (f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
            f'<view xmlns="{NAMESPACE}">{html.escape(view, quote=False)}</view>').encode()


def as_ascii(view: str) -> str:
    """Return a view in digits and letters, which no file writes as anything else."""
    return view.encode().hex()


def enclosed(data: bytes) -> bytes | None:
    """Return the view within a file that was saved here; None where there is none, whatever else it is."""
    if data.startswith(_PNG):
        return _in_png(data)
    if data.startswith(b"%PDF"):
        return _decoded(_PDF.search(data))
    if data.startswith(b"PK"):
        return _in_zip(data)
    if data[:200].lstrip().startswith(b"<svg"):
        return _unescaped(_SVG.search(data))
    return None


def _in_png(data: bytes) -> bytes | None:
    """Walk the chunks of a PNG to the text with our key."""
    at = len(_PNG)
    while at + 12 <= len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        content = data[at + 8:at + 8 + min(length, _MOST)]
        if kind == b"iTXt" and content.startswith(KEY.encode() + b"\0"):
            text = content[len(KEY) + 3:].split(b"\0", 2)[-1]  # behind how it is packed, language and translated key
            return _inflated(text) if content[len(KEY) + 1:len(KEY) + 2] == b"\1" else text
        at += 12 + length
    return None


def _inflated(data: bytes) -> bytes | None:
    try:
        return zlib.decompressobj().decompress(data, _MOST)
    except zlib.error:
        return None


def _decoded(match: re.Match[bytes] | None) -> bytes | None:
    return bytes.fromhex(match[1].decode()) if match and len(match[1]) % 2 == 0 else None


def _unescaped(match: re.Match[bytes] | None) -> bytes | None:
    return html.unescape(match[1].decode("utf-8", "replace")).encode() if match else None


def _in_zip(data: bytes) -> bytes | None:
    """Look into the parts of an Office file where a view may stand."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for item in packed.infolist():
                pattern = _XML if re.fullmatch(r"customXml/item\d+\.xml", item.filename) else \
                    _CELL if item.filename == "xl/sharedStrings.xml" else None
                if pattern and item.file_size <= _MOST:
                    view = _unescaped(pattern.search(packed.read(item)))
                    if view:
                        return view
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        return None
    return None
