"""The bones of a mail as it came over the wire: headers, parts, encodings, in linear time and without a judgement.

Written anew because the library's parser recurses into nested parts and reads every line once for each of them.
Nothing here raises for what a stranger may send.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

DEEPEST = 20
"""Levels of parts that are opened; what is deeper is left shut."""

MOST_PARTS = 300
MOST_HEADERS = 500
LONGEST_HEADER = 64 * 1024
"""Characters of one header that are read."""

STEP = 256 * 1024
"""Bytes worked on at once: what is done in one piece holds every other thread up for so long."""

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]*(.*)", re.DOTALL)
_WORD = re.compile(r"=\?([A-Za-z0-9_.:-]{1,60})(?:\*[A-Za-z0-9-]{0,20})?\?([BbQq])\?([^?\s]{0,4000})\?=")
_BETWEEN = re.compile(r"(\?=)[ \t\r\n]{1,100}(?==\?)")
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"\\@]{1,200}@[A-Za-z0-9.\-]{1,250}\Z")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNSAFE_CODECS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
_ALIASES = {"iso-8859-8-i": "iso-8859-8", "cp-850": "cp850", "unknown-8bit": "utf-8", "ansi_x3.110-1983": "latin-1"}


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its headers (name in lower case, raw value), the bytes behind them, how deep it lies."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    depth: int = 0
    path: tuple[str, ...] = field(default=())

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a header, topmost first, unfolded and undecoded."""
        return tuple(value for key, value in self.headers if key == name)

    def get(self, name: str) -> str:
        """The topmost value of a header, or ""."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def type(self) -> str:
        """ "text/plain" in lower case; what says nothing sensible is plain text."""
        said = self.get("content-type")
        main = said.partition(";")[0].strip().lower()
        if re.fullmatch(r"[a-z0-9.+_-]{1,60}/[a-z0-9.+_-]{1,120}", main):
            return main
        return "text/plain"

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the content type."""
        return parameters(self.get("content-type"))

    @property
    def filename(self) -> str:
        """The name the sender gave it; "" for none."""
        named = parameters(self.get("content-disposition")).get("filename") or self.parameters.get("name") or ""
        return decoded(named)

    @property
    def attached(self) -> bool:
        """Whether it says that it is an attachment, or has a name."""
        return self.get("content-disposition").strip().lower().startswith("attachment") or bool(self.filename)

    def content(self, most: int | None = None) -> bytes:
        """The bytes with their transfer encoding undone; of text no more than `most` need be right."""
        encoding, body = self.get("content-transfer-encoding").split(";")[0].strip().lower(), self.body
        if encoding == "base64":
            return unbase64(body if most is None else body[: most * 2 + 200])
        if encoding == "quoted-printable":
            body = body if most is None else body[: most * 4]
            return b"".join(quopri.decodestring(piece) for piece in _steps(body))
        if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
            return _uudecode(body)
        return body if most is None else body[:most]

    def text(self, most: int) -> str:
        """Its words, of at most so many bytes."""
        content = self.content(most)
        return _CONTROLS.sub("", words(content[:most], self.parameters.get("charset", ""), len(content) >= most))


def split(raw: bytes, depth: int = 0, path: tuple[str, ...] = ()) -> Part:
    """Headers and body of a message or a part."""
    lines = raw
    if b"\r" in raw[:STEP]:
        lines = b"".join(piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n") for piece in _steps(raw))
    found: list[tuple[str, str]] = []
    at, size = 0, len(lines)
    pending: list[bytes] = []
    length = 0

    def keep() -> None:
        match = _FIELD.fullmatch(b" ".join(piece.strip() if i else piece for i, piece in enumerate(pending)))
        if match and len(found) < MOST_HEADERS:
            found.append((match[1].decode("ascii").lower(), _loose(match[2][:LONGEST_HEADER])))
        pending.clear()

    while at < size:
        end = lines.find(b"\n", at)
        end = size if end < 0 else end
        line = lines[at:end]
        if not line.strip():
            at = end + 1
            break
        if line[:1] in b" \t":
            length += len(line)
            if pending and length < LONGEST_HEADER and len(pending) < 2000:
                pending.append(line)
        elif line.startswith((b"From ", b">From ")) and not found and not pending:
            pass  # an mbox's own line
        elif _FIELD.match(line[:LONGEST_HEADER]):
            if pending:
                keep()
            pending.append(line[:LONGEST_HEADER])
            length = len(line)
        else:  # no header: the body begins without its empty line
            break
        at = end + 1
    if pending:
        keep()
    return Part(headers=tuple(found), body=lines[at:], depth=depth, path=path)


def _steps(raw: bytes) -> Iterator[bytes]:
    """The bytes in pieces that end with a line, where there are lines."""
    at, size = 0, len(raw)
    while at < size:
        end = min(at + STEP, size)
        if end < size:
            line = raw.rfind(b"\n", at, end)
            end = line + 1 if line >= 0 else end
        yield raw[at:end]
        at = end


def walk(whole: Part) -> Iterator[Part]:
    """Every part that holds something, in order; messages inside are given whole and not opened."""
    stack, seen = [whole], 0
    while stack and seen < MOST_PARTS:
        part = stack.pop()
        seen += 1
        boundary = part.parameters.get("boundary", "") if part.type.startswith("multipart/") else ""
        if boundary and part.depth < DEEPEST:
            stack.extend(reversed(list(_pieces(part, boundary))))
        elif not part.type.startswith("multipart/"):
            yield part
        elif part.depth < DEEPEST:  # says it has parts and does not say how to tell them apart
            yield Part(headers=(), body=part.body, depth=part.depth, path=part.path)


def _pieces(part: Part, boundary: str) -> Iterator[Part]:
    """The parts between the boundary lines."""
    mark, body = b"--" + boundary.encode("utf-8", "replace"), part.body
    digest = part.type == "multipart/digest"
    start: int | None = None
    at, made = 0, 0
    while made < MOST_PARTS:
        found = body.find(mark, at)
        if found < 0:
            break
        at = found + len(mark)
        if found and body[found - 1 : found] != b"\n":
            continue
        end = body.find(b"\n", at)
        end = len(body) if end < 0 else end
        rest = body[at:end].strip()
        if rest not in (b"", b"--"):
            continue  # a longer boundary begins the same way
        if start is not None:
            yield _piece(body[start : max(found - 1, start)], part, digest)
            made += 1
        start = None if rest == b"--" else end + 1
        at = end
        if rest == b"--":
            return
    if start is not None and start < len(body):  # cut off in the middle
        yield _piece(body[start:], part, digest)


def _piece(raw: bytes, part: Part, digest: bool) -> Part:
    found = split(raw, part.depth + 1, (*part.path, part.type)[-DEEPEST:])
    if digest and not found.get("content-type"):
        return Part(
            headers=(("content-type", "message/rfc822"), *found.headers), body=found.body, depth=found.depth,
            path=found.path,
        )  # fmt: skip
    return found


# -- values ------------------------------------------------------------------------------------------------


def _loose(raw: bytes) -> str:
    """Header bytes as text: ASCII as a rule, UTF-8 or Latin-1 where somebody did not care."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return _CONTROLS.sub("", text).strip()


def words(raw: bytes, charset: str, cut: bool = False) -> str:
    """Bytes as text in the charset named, else in UTF-8, else in Latin-1; never an error. `cut` bytes may end in the
    middle of a sign."""
    name = charset.strip().strip("\"'").lower()
    known = codec(_ALIASES.get(name, name)) if name else ""
    for each in dict.fromkeys((known, "utf-8") if known not in ("ascii", "utf-8") else ("utf-8",)):
        if not each:
            continue
        try:
            return raw.decode(each)
        except (UnicodeError, ValueError):
            continue
    if known in ("", "ascii", "utf-8"):
        return raw.decode("utf-8", "ignore") if cut and _torn(raw) else raw.decode("cp1252", "replace")
    return raw.decode(known, "replace")


def _torn(raw: bytes) -> bool:
    """Whether only the last sign is no UTF-8."""
    try:
        raw[:-3].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(raw) - 6
    return True


def codec(name: str) -> str:
    """The codec of that charset, if it is one for text; else ""."""
    if not re.fullmatch(r"[a-z0-9_.:-]{1,40}", name):
        return ""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    if not getattr(found, "_is_text_encoding", True) or found.name.replace("-", "_") in _UNSAFE_CODECS:
        return ""
    return found.name


def decoded(value: str) -> str:
    """A header's value with its encoded words read."""
    if "=?" not in value:
        return value
    return _WORD.sub(_word, _BETWEEN.sub(r"\1", value))


def _word(found: re.Match[str]) -> str:
    charset, how, text = found[1], found[2].upper(), found[3]
    if how == "B":
        raw = unbase64(text.encode("ascii", "ignore"))
    else:
        raw = quopri.decodestring(text.replace("_", " ").encode("ascii", "ignore"), header=False)
    return _CONTROLS.sub("", words(raw, charset)).replace("\n", " ").replace("\r", " ")


_FOREIGN = bytes(range(256)).translate(None, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
"""Bytes that are no base64."""


def unbase64(raw: bytes) -> bytes:
    """Base64 as far as it goes: foreign signs are left out, a torn end is filled up."""
    found: list[bytes] = []
    left = b""
    for at in range(0, len(raw), STEP):
        clean = left + raw[at : at + STEP].translate(None, _FOREIGN)
        whole = len(clean) - len(clean) % 4
        found.append(_binary(clean[:whole]))
        left = clean[whole:]
    if len(left) > 1:
        found.append(_binary(left + b"=" * (-len(left) % 4)))
    return b"".join(found)


def _binary(clean: bytes) -> bytes:
    try:
        return base64.b64decode(clean)
    except (binascii.Error, ValueError):
        return b""


def _uudecode(raw: bytes) -> bytes:
    found = []
    for piece in _steps(raw):
        for line in piece.split(b"\n"):
            if line.startswith((b"begin ", b"end")) or not line.strip():
                continue
            try:
                found.append(binascii.a2b_uu(line))
            except (binascii.Error, ValueError):
                continue
    return b"".join(found)


def parameters(value: str) -> dict[str, str]:
    """The parameters behind the first ";", in lower-case names; RFC 2231's pieces and charsets are put together."""
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for said in sections(value)[1:][:60]:
        key, sign, given = said.partition("=")
        key, given = key.strip().lower(), _unquoted(given.strip())
        if not sign or not key or len(key) > 60:
            continue
        base, star, number = key.partition("*")
        if not star:
            plain.setdefault(base, given)
            continue
        encoded = number.endswith("*") or number == ""
        digits = number.rstrip("*") or "0"
        if digits.isdecimal() and len(digits) < 4:
            pieces.setdefault(base, {})[int(digits)] = (given, encoded)
    for base, found in pieces.items():
        plain[base] = _joined([found[n] for n in sorted(found)])
    return plain


def _joined(found: list[tuple[str, bool]]) -> str:
    """Pieces of one parameter; the first encoded one may name the charset."""
    charset, raw = "", b""
    for n, (given, encoded) in enumerate(found):
        if encoded and n == 0 and given.count("'") >= 2:
            charset, _, given = given.split("'", 2)
        raw += unquote_to_bytes(given) if encoded else given.encode("utf-8", "replace")
    return _CONTROLS.sub("", words(raw, charset))


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == '"':
        end = text.rfind('"')
        text = text[1:end] if end > 0 else text[1:]
        return re.sub(r"\\(.)", r"\1", text)
    return text


def sections(value: str, at: str = ";") -> list[str]:
    """The value parted at a sign outside quotes and comments; comments are left out."""
    found: list[str] = []
    piece: list[str] = []
    quoted, depth, escaped = False, 0, False
    for sign in value[:LONGEST_HEADER]:
        if escaped:
            escaped = False
            if not depth:
                piece.append(sign)
            continue
        if sign == "\\" and (quoted or depth):
            escaped = True
            if quoted and not depth:
                piece.append(sign)
        elif depth:
            depth += (sign == "(") - (sign == ")")
        elif sign == '"':
            quoted = not quoted
            piece.append(sign)
        elif quoted:
            piece.append(sign)
        elif sign == "(":
            depth = 1
        elif sign == at:
            found.append("".join(piece))
            piece = []
        else:
            piece.append(sign)
    return [*found, "".join(piece)]


def mailboxes(value: str) -> list[tuple[str, str]]:
    """(name, address in lower case) of every mailbox of a header; one that is none has the address ""."""
    found: list[tuple[str, str]] = []
    for said in sections(value.replace(";", ","), ",")[:2000]:
        said = said.strip()
        if ":" in said and "@" not in said.split(":")[0]:  # a group: its name is nobody
            said = _outside(said)
        if not said:
            continue
        bare = re.sub(r'"(?:[^"\\]|\\.)*"', lambda m: " " * len(m[0]), said)
        if "<" in bare:
            start = bare.index("<")
            end = bare.find(">", start)
            inner = said[start + 1 : end if end > 0 else None].strip()
            name = decoded(_unquoted(said[:start].strip()))
            found.append((name, address(inner)))
        else:
            found.append(("", address(said)))
    return found


def grouped(value: str) -> bool:
    """Whether a header names a group ("Team: a@x, b@x;") instead of mailboxes."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", value)
    return ":" in re.sub(r"<[^<>]*>", "", bare)


def _outside(said: str) -> str:
    quoted = False
    for i, sign in enumerate(said):
        quoted ^= sign == '"'
        if sign == ":" and not quoted:
            return said[i + 1 :].strip()
    return said


def address(text: str) -> str:
    """The bare address in lower case if it is one; else ""."""
    text = text.strip().strip("<>").strip()
    return text.lower() if text.isascii() and _ADDRESS.match(text) and ".." not in text else ""


def ids(value: str) -> tuple[str, ...]:
    """The message ids of a header, with their brackets."""
    return tuple(re.findall(r"<[^<>\s]{1,900}>", value)[:200])
