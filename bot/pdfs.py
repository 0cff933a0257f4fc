"""Why a PDF is not taken: what it says outside of its pages' streams, read as bytes and never run.

A reader mends what is broken; so names are looked for in all that can be unpacked, whatever else is wrong with it.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator

_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia)(?![A-Za-z0-9])")
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_HEXED = re.compile(rb"#([0-9A-Fa-f]{2})")
_ENDS = re.compile(rb"startxref\s+\d{1,10}\s+%%EOF\s*\Z")
_INFLATED = 8 * 1024 * 1024
"""Bytes of a PDF's packed objects that are looked through."""

_AT_ONCE = 1024
_MOST_STREAMS, _MOST_HEXED = 40_000, 20_000
"""Streams of a PDF, and signs spelled in hex outside of them: an honest one of 10 MB has a few thousand."""


def trouble_of(content: bytes) -> str:
    """active: it runs something; locked: it asks for a password before it can be read; or ""."""
    encrypted, hexed = False, 0
    for n, words in enumerate(_dictionaries(content)):
        hexed += words.count(b"#")
        if n > _MOST_STREAMS or hexed > _MOST_HEXED:
            return "active"  # made to keep whoever looks through it busy
        plain = _spelled(words)
        if _ACTIVE.search(plain):
            return "active"
        encrypted = encrypted or b"/Encrypt" in plain
    return "locked" if encrypted and _asks_password(content) else ""


def _spelled(words: bytes) -> bytes:
    """Names in their plain letters, for each may also be spelled in hex."""
    return _HEXED.sub(lambda found: bytes((int(found[1], 16),)), words)


def _dictionaries(content: bytes) -> Iterator[bytes]:
    """What a PDF says outside of its streams, and the objects packed into some of them."""
    at, left = 0, _INFLATED
    while (found := _STREAM.search(content, at)) is not None:
        words = content[at : found.end()]
        yield words
        end = content.find(b"endstream", found.end())
        end = end if end >= 0 else len(content)
        if b"/ObjStm" in _spelled(words) and left > 0:
            objects = _unpacked(content[found.end() : end], left)
            left -= len(objects)
            yield objects
        at = end
    yield content[at:]


def _unpacked(packed: bytes, most: int) -> bytes:
    """The bytes of a packed stream up to where it breaks, without regard to its checksum."""
    inflate, found = zlib.decompressobj(-15), bytearray()
    try:
        for at in range(2, len(packed), _AT_ONCE):
            found += inflate.decompress(inflate.unconsumed_tail + packed[at : at + _AT_ONCE], most - len(found))
            if len(found) >= most:
                break
    except zlib.error:
        pass  # what came before it is looked at
    return bytes(found)


def _asks_password(content: bytes) -> bool:
    """Whether an encrypted PDF does not open without a password; many are only kept from being changed."""
    import pypdf

    if not _ENDS.search(content[-1024:]):
        return False  # broken: looking for its end takes seconds
    try:
        return not pypdf.PdfReader(io.BytesIO(content), strict=True).decrypt("")
    except Exception:  # noqa: BLE001 - odd ones raise, and are not mended here: people will see
        return False
