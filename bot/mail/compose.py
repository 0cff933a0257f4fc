"""From a mail as people think of it to its exact bytes; nothing is sent here and nothing is looked up.

The serialisation is our own, so that the same mail has the same bytes on every Python: the library's
header checks differ between 3.11 and 3.13 and its boundaries are random. Every byte written is 7-bit.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import re
import textwrap
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote

import css_inline

from bot.ports import File, RawMail

MAX_BYTES = 10_000_000
"""The largest mail, as serialised; Postfix refuses from 10,240,000 bytes on unless told otherwise."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*\Z")
_EMAIL = re.compile(rf"(?=.{{3,254}}\Z)(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*\Z")
_TOKEN = re.compile(r"[A-Za-z0-9._=+-]{1,128}\Z")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>\Z")  # foreign ones need not hold an @; none may hold a space or bracket
_TYPE = re.compile(r"(?!multipart/|message/)[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*\Z")
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+\Z")
_METHOD = re.compile(rb"^METHOD:(REQUEST|CANCEL)\r?$", re.MULTILINE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ASCII = bytes(range(128))
_AUTOMATIC = ("auto-generated", "auto-replied")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A mailbox: the name people read and the bare address."""

    name: str = ""
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """One mail, complete.

    `text` and `html` say the same; `html` already has its styles inline (see `inline`). `message_id` is
    what `message_id()` made, with its brackets; ids of others that no header could carry (`in_reply_to`,
    `references`) are left out. `date` is aware, any zone. `invite` is an iCalendar object whose METHOD is
    REQUEST or CANCEL. `auto_submitted` is "auto-generated" or, for an answer to a mail, "auto-replied".
    `pictures` stand in the page, each as "cid:" and its name without the ending.
    """

    subject: str
    text: str
    html: str
    to: tuple[Address, ...]
    sender: Address
    message_id: str
    date: datetime
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    attachments: tuple[File, ...] = ()
    invite: bytes | None = None
    auto_submitted: str = "auto-generated"
    pictures: tuple[File, ...] = ()


def message_id(token: str, domain: str) -> str:
    """The Message-ID "<token@domain>"; the token is our key, up to 128 of [A-Za-z0-9._=+-].

    Raises ValueError naming token or domain.
    """
    if not _TOKEN.match(token):
        raise ValueError(f"message_id: token {token!r} holds what no Message-ID may hold")
    if not _DOMAIN.match(domain):
        raise ValueError(f"message_id: domain {domain!r} is not a host name")
    return f"<{token}@{domain}>"


def checked_email(email: str, field: str) -> str:
    """The same bare address if it is one: ASCII dot-atom, @, host name. Raises ValueError naming `field`."""
    if not _EMAIL.match(email):
        raise ValueError(f"{field}: {email!r} is not a mail address")
    return email


def one_line(text: str) -> str:
    """The text on one line: controls, line ends and bidi marks of any script gone, runs of space made one."""
    kept = (" " if char.isspace() else char for char in text if char.isspace() or _visible(char))
    return " ".join("".join(kept).split())


class TooLarge(ValueError):
    """The mail has more bytes than it may."""


def compose(mailing: Mailing, most: int = MAX_BYTES) -> RawMail:
    """The mail's bytes, its envelope sender and its recipients (to and cc, each once, in order).

    The same Mailing always gives the same bytes. Raises ValueError naming the field at fault: no
    recipient, an address that is none, a naive date, an id of another form, a calendar without a known
    METHOD; TooLarge for more than `most` bytes.
    """
    content = b"\r\n".join([*_headers(mailing), _body(mailing)])
    if len(content) > most:
        raise TooLarge(f"attachments: the mail has {len(content)} bytes, more than {most}")
    who = recipients(address.email for address in (*mailing.to, *mailing.cc))
    return RawMail(content=content, sender=mailing.sender.email, recipients=who)


def recipients(emails: Iterable[str]) -> tuple[str, ...]:
    """Each address once, in order, as first written."""
    found: dict[str, str] = {}
    for email in emails:
        found.setdefault(email.lower(), email)
    return tuple(found.values())


@functools.cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


def inline(html: str) -> str:
    """The page with its style rules moved onto the elements; media rules stay in the head, links are dropped."""
    return _inliner().inline(html)


def _headers(mailing: Mailing) -> list[bytes]:
    """All header lines but the first part's own, each without its line end."""
    if not mailing.to:
        raise ValueError("to: nobody")
    if mailing.date.tzinfo is None:
        raise ValueError(f"date: {mailing.date} has no time zone")
    if not _MESSAGE_ID.match(mailing.message_id) or "@" not in mailing.message_id:
        raise ValueError(f"message_id: {mailing.message_id!r} is not of the form <token@domain>")
    if mailing.auto_submitted not in _AUTOMATIC:
        raise ValueError(f"auto_submitted: {mailing.auto_submitted!r} is not one of {_AUTOMATIC}")
    known = [one for one in mailing.references if _MESSAGE_ID.match(one)]
    answered = mailing.in_reply_to if mailing.in_reply_to and _MESSAGE_ID.match(mailing.in_reply_to) else None
    fields = [
        ("Date", format_datetime(mailing.date.astimezone(UTC))),
        ("From", _people((mailing.sender,), "sender")),
        ("Reply-To", _people(mailing.reply_to, "reply_to")),
        ("To", _people(mailing.to, "to")),
        ("Cc", _people(mailing.cc, "cc")),
        ("Subject", _unstructured(one_line(mailing.subject))),
        ("Message-ID", mailing.message_id),
        ("In-Reply-To", answered or ""),
        ("References", "\r\n ".join(dict.fromkeys(known))),
        ("Auto-Submitted", mailing.auto_submitted),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        ("MIME-Version", "1.0"),
    ]
    return [f"{name}: {value}".encode("ascii") for name, value in fields if value]


def _body(mailing: Mailing) -> bytes:
    """Content-Type and all that follows: alternative, inside mixed when something is attached.

    A page with pictures is a related part of its own, so that a reader without them still has page and text.
    """
    page = _text_part("text/html", mailing.html)
    if mailing.pictures:
        page = _multipart("related", [page, *map(_picture_part, mailing.pictures)], mailing.message_id, "text/html")
    ways = [_text_part("text/plain", mailing.text), page]
    attached = [_file_part(file) for file in mailing.attachments]
    if mailing.invite is not None:
        found = _METHOD.search(mailing.invite)
        if found is None:
            raise ValueError("invite: the calendar names no METHOD of REQUEST or CANCEL")
        way = f"Content-Type: text/calendar; charset=utf-8; method={found[1].decode()}\r\n".encode()
        ways.append(way + _base64(mailing.invite))
        attached.append(_file_part(File(name="invite.ics", type="application/ics", content=mailing.invite)))
    alternative = _multipart("alternative", ways, mailing.message_id)
    return _multipart("mixed", [alternative, *attached], mailing.message_id) if attached else alternative


def _multipart(kind: str, parts: Iterable[bytes], seed: str, root: str = "") -> bytes:
    """The parts between boundaries; "=_" stands in no quoted-printable and no base64 line."""
    boundary = b"=_" + hashlib.sha256(f"{kind} {seed}".encode()).hexdigest()[:32].encode()
    of = f';\r\n type="{root}"'.encode() if root else b""
    lines = [b"Content-Type: multipart/" + kind.encode() + of + b';\r\n boundary="' + boundary + b'"\r\n']
    for part in parts:
        lines += [b"--" + boundary, part]
    return b"\r\n".join([*lines, b"--" + boundary + b"--", b""])


def _text_part(kind: str, text: str) -> bytes:
    """A text in whichever encoding is shorter; controls but line ends and tabs are gone."""
    raw = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).encode("utf-8", "replace")
    head = f"Content-Type: {kind}; charset=utf-8\r\n".encode()
    if len(raw.translate(None, delete=_ASCII)) * 6 > len(raw):  # three characters for each such byte, or 4/3 for all
        return head + _base64(raw.replace(b"\n", b"\r\n"))
    quoted = binascii.b2a_qp(raw, istext=True).replace(b"\n", b"\r\n")
    return head + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted


def _file_part(file: File) -> bytes:
    """An attachment; a type we would not vouch for travels as plain bytes."""
    kind = file.type.lower() if _TYPE.match(file.type.lower()) else "application/octet-stream"
    name = one_line(file.name).replace("/", "_").replace("\\", "_").strip(". ") or "file"
    if len(name) > 80:  # keeps the ending, and the line below 998 bytes
        name = f"{name[:60]}_{name[-19:]}"
    plain = re.sub(r"[^A-Za-z0-9 ._()+-]", "", unicodedata.normalize("NFKD", name)).strip()
    plain = f"file{plain}" if plain.startswith(".") or not plain else plain
    real = f'filename="{plain}"' if plain == name else f"filename*=utf-8''{quote(name, safe='')}"
    lines = [f'Content-Type: {kind};\r\n name="{plain}"', f"Content-Disposition: attachment;\r\n {real}"]
    return "\r\n".join([*lines, ""]).encode("ascii") + _base64(file.content)


def _picture_part(file: File) -> bytes:
    """A picture of the page, under its own name."""
    name = re.sub(r"[^A-Za-z0-9._-]", "", file.name)
    head = (
        f'Content-Type: {file.type};\r\n name="{name}"\r\n'
        f"Content-ID: <{picture_id(file.name)}>\r\n"
        f'Content-Disposition: inline;\r\n filename="{name}"\r\n'
    )
    return head.encode("ascii") + _base64(file.content)


def picture_id(name: str) -> str:
    """What a page calls the picture of that file name, after "cid:"."""
    return re.sub(r"[^A-Za-z0-9-]", "", name.rpartition(".")[0] or name) + "@certdesk"


def _base64(raw: bytes) -> bytes:
    return b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(raw).replace(b"\n", b"\r\n")


def _people(addresses: tuple[Address, ...], field: str) -> str:
    """A header's addresses, one to a line."""
    return ",\r\n ".join(_mailbox(one, field) for one in addresses)


def _mailbox(address: Address, field: str) -> str:
    email = checked_email(address.email, field)
    name = one_line(address.name)[:200]
    if not name:
        return email
    if not name.isascii() or "=?" in name or len(name) > 60:
        return f"{_encoded(name)} <{email}>"
    if _PHRASE.match(name):
        return f"{name} <{email}>"
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <{email}>'


def _unstructured(text: str) -> str:
    """A subject: folded between words while ASCII, else as encoded words."""
    words = textwrap.wrap(text, 66, break_long_words=False, break_on_hyphens=False)
    plain = text.isascii() and "=?" not in text and all(len(word) <= 900 for word in words)
    return "\r\n ".join(words) if plain else _encoded(text)


def _encoded(text: str) -> str:
    """RFC 2047 words of at most 75 characters, none of which splits a character."""
    words, piece = [], b""
    for char in text:
        raw = char.encode("utf-8", "replace")
        if len(piece) + len(raw) > 42:
            words.append(piece)
            piece = b""
        piece += raw
    words.append(piece)
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words)


def _visible(char: str) -> bool:
    """Not a control (Cc), not a format or bidi mark (Cf) and not half a character (Cs)."""
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs")
