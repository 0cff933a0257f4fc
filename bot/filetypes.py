"""What a file is by its content, and why it is not taken at any door. Nothing is run, and nothing unpacked unmeasured.

A zip is judged by its directory alone; the few parts of it that are read are read by `unpacked`, to a limit.
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile
import zlib
from dataclasses import dataclass

from bot import pdfs

UNKNOWN, EMPTY = "application/octet-stream", "application/x-empty"
PDF, CSV, TEXT, HTML, SVG = "application/pdf", "text/csv", "text/plain", "text/html", "image/svg+xml"
PROGRAM, SCRIPT = "application/x-msdownload", "text/x-script"
ZIP, JAR = "application/zip", "application/java-archive"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSM = "application/vnd.ms-excel.sheet.macroenabled.12"
XLSB = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOCM = "application/vnd.ms-word.document.macroenabled.12"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
NUMBERS = "application/vnd.apple.numbers"
XLS, DOC = "application/vnd.ms-excel", "application/msword"
OLE, LOCKED = "application/x-ole-storage", "application/x-ole-locked"
READABLE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Pictures everybody's mail program shows; of other kinds another copy is asked for."""

_MAGIC = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x7fELF", "application/x-executable"),
    (b"\xcf\xfa\xed\xfe", "application/x-executable"),
    (b"\xce\xfa\xed\xfe", "application/x-executable"),
    (b"\xca\xfe\xba\xbe", "application/x-executable"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"MSCF\x00\x00\x00\x00", "application/vnd.ms-cab-compressed"),
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
"""Bytes no text has."""
_LETTERS = ((re.compile(rb"MZ"), PROGRAM), (re.compile(rb"BZh[1-9]"), "application/x-bzip2"))
"""Heads that are letters, with which a name may begin as well; what stands behind them in a file is never text."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PHONE = {b"avif": "image/avif", b"avis": "image/avif"} | dict.fromkeys(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "image/heic"
)
_FILMS = frozenset({b"isom", b"iso2", b"mp41", b"mp42", b"avc1", b"qt  ", b"M4V ", b"3gp4", b"3gp5"})
_PROGRAMS = frozenset({PROGRAM, SCRIPT, JAR, "application/x-executable", "application/x-ms-shortcut"})
_PACKED = frozenset(
    {ZIP, "application/x-7z-compressed", "application/vnd.rar", "application/gzip", "application/x-bzip2",
     "application/x-xz", "application/zstd", "application/vnd.ms-cab-compressed", "application/x-tar"}
)  # fmt: skip
_RUN = re.compile(
    r"\.(?:exe|com|scr|bat|cmd|ps1|psm1|vbs|vbe|jse?|wsf|wsh|msi|msp|jar|hta|cpl|lnk|pif|reg|dll|app|apk|dmg|pkg|sh"
    r"|iso|img|vhdx?|chm|url|scf|inf|jnlp|gadget|sct|application|appx|msix|py|pyw|rb|pl|php)\Z",
    re.IGNORECASE,
)

_OFFICE = re.compile(r"\.(?:xls[xmb]?|ods|numbers|docx?|odt|pages|pptx?|pdf|png|jpe?g)\Z", re.IGNORECASE)
"""Endings whose readers say themselves what they want, when the content is something else."""

MOST_PIXELS = 100_000_000
"""Pixels of a picture: a phone's largest has half of them, a picture made to break its viewer many more."""

MOST_PARTS, MOST_UNPACKED = 2_000, 64 * 1024 * 1024
"""Files in a zip, and bytes all of them may say they unpack to."""

_TYPES_PART, _TYPES_LIMIT = "[Content_Types].xml", 256 * 1024


# -- what it is


def type_of(name: str, content: bytes) -> str:
    """The media type the content shows; what is said of it counts for plain text only."""
    if not content:
        return EMPTY
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    for head, kind in _LETTERS:
        if head.match(content) and _CONTROL.search(content):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[:2] == b"BM" and content[6:10] == b"\x00\x00\x00\x00":
        return "image/bmp"
    if content[4:8] == b"ftyp":
        brand = content[8:12]
        return _PHONE.get(brand) or ("video/mp4" if brand in _FILMS else UNKNOWN)
    if content.startswith(b"PK\x03\x04"):
        return _zipped(content)
    if content.startswith(_OLE):
        return _ole(content)
    if content[257:262] == b"ustar":
        return "application/x-tar"
    return _written(name, content)


def _written(name: str, content: bytes) -> str:
    """Text of some kind, or nothing known; spreadsheet programs also write CSV as UTF-16 and in the Windows page."""
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        plain = not _CONTROL.search(content)
        return CSV if plain and name.lower().endswith(".csv") else UNKNOWN
    if "\x00" in text:
        return UNKNOWN
    head = text[:1024].lstrip().lower()
    if head.startswith(("#!", "<?php", "@echo off")):
        return SCRIPT
    if "<svg" in head:
        return SVG
    if head.startswith(("<!doctype html", "<html", "<head", "<body")) or "<script" in head or "<html" in head:
        return HTML
    return CSV if name.lower().endswith(".csv") else TEXT


def _ole(content: bytes) -> str:
    """What an old office file is, by the names of its streams."""
    for stream, kind in (("EncryptedPackage", LOCKED), ("Workbook", XLS), ("WordDocument", DOC), ("Book", XLS)):
        if stream.encode("utf-16-le") in content:
            return kind
    return OLE


def _zipped(content: bytes) -> str:
    """What a zip is, by its directory; one without is told by the names its bytes hold."""
    parts = directory(content)
    if parts is None:
        if b"vbaProject.bin" in content:
            return XLSM
        return XLSX if b"xl/" in content and _TYPES_PART.encode() in content else ZIP
    names = {part.name.lower() for part in parts}
    macros = _has_macros(content, parts, names)
    if any(each.startswith("xl/") for each in names):
        if "xl/workbook.bin" in names:
            return XLSB
        return XLSM if macros else XLSX
    if any(each.startswith("word/") for each in names):
        return DOCM if macros else DOCX
    if any(each.startswith("ppt/") for each in names):
        return DOCM if macros else PPTX
    if "mimetype" in names:
        said = unpacked(content, next(part for part in parts if part.name.lower() == "mimetype"), 100) or b""
        return ODS if said.startswith(ODS.encode()) else ZIP
    if any(each.endswith(".iwa") for each in names):
        return NUMBERS
    return JAR if names & {"meta-inf/manifest.mf", "androidmanifest.xml"} else ZIP


def _has_macros(content: bytes, parts: list[Part], names: set[str]) -> bool:
    """A project of macros, a sheet of the old kind of them, or a list of parts that names one."""
    if any(each.endswith("vbaproject.bin") or "/macrosheets/" in each or "/activex/" in each for each in names):
        return True
    types = next((part for part in parts if part.name.lower() == _TYPES_PART.lower()), None)
    said = (unpacked(content, types, _TYPES_LIMIT) if types else b"") or b""
    return re.search(rb"macroEnabled|vbaProject|macrosheet", said, re.IGNORECASE) is not None


# -- zips


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of a zip as the directory tells of it: sizes in bytes, `at` where it begins."""

    name: str
    packed: int
    size: int
    at: int
    method: int


def directory(content: bytes) -> list[Part] | None:
    """The files of a zip; None when it has no directory that can be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as zipped:
            return [
                Part(
                    name=each.filename, packed=each.compress_size, size=each.file_size, at=each.header_offset,
                    method=each.compress_type,
                )
                for each in zipped.infolist()
            ]  # fmt: skip
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        return None


def bursts(content: bytes) -> bool:
    """Whether a zip says that it holds more than any honest one: too much, too many, or files laid over each other."""
    parts = directory(content)
    if parts is None:
        return False
    if len(parts) > MOST_PARTS or sum(part.size for part in parts) > MOST_UNPACKED:
        return True
    ordered = sorted(parts, key=lambda part: part.at)
    return any(one.at + one.packed > other.at for one, other in itertools.pairwise(ordered))


def unpacked(content: bytes, part: Part, limit: int) -> bytes | None:
    """The bytes of one file of a zip; None when they are broken, or more than `limit` or than the directory says."""
    begins = part.at + 30
    head = content[part.at : begins]
    if len(head) < 30 or head[:4] != b"PK\x03\x04" or part.size > limit:
        return None
    begins += int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    packed = content[begins : begins + part.packed]
    if part.method == zipfile.ZIP_STORED:
        return packed if len(packed) == part.size else None
    if part.method != zipfile.ZIP_DEFLATED:
        return None
    inflate = zlib.decompressobj(-15)
    try:
        found = inflate.decompress(packed, part.size + 1)
    except zlib.error:
        return None
    return found if len(found) == part.size else None


# -- why it is not taken


def trouble_of(name: str, content: bytes, kind: str, size: tuple[int, int], largest: int) -> str:
    """Why the file is not taken: empty, large, program, archive, bomb, macros, locked, active, web, picture; or ""."""
    if not content:
        return "empty"
    if len(content) > largest:
        return "large"
    if kind in _PROGRAMS or _RUN.search(name):
        return "program"
    if kind in _PACKED and not _OFFICE.search(name):
        return "archive"
    if kind in (HTML, SVG):
        return "web"
    if kind == LOCKED:
        return "locked"
    if kind == DOCM:
        return "macros"
    if content.startswith(b"PK\x03\x04") and bursts(content):
        return "bomb"
    if kind.startswith("image/"):
        if kind not in READABLE:
            return "picture"
        return "bomb" if size[0] * size[1] > MOST_PIXELS else ""
    return pdfs.trouble_of(content) if kind == PDF else ""
