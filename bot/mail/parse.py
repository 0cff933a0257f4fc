"""From the bytes of a mail to what it says: who, to whom, in answer to what, in which own words, with which files.

Judges nobody (see `authenticity.py`) and decides nothing. Whatever a stranger sends, it answers in linear time and
without an exception.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_tz

from bot import attachments
from bot.mail import mime, quoting
from bot.mail.mime import Part
from bot.ports import File

LONGEST_TEXT = 64 * 1024
"""Bytes of a mail's words that are read."""

MOST_FILES = 25
LONGEST_SUBJECT = 500
_FORWARD = re.compile(
    r"\s{0,3}(?:fwd?|wg|weitergeleitet|rv|reenviado|tr|enc)\s{0,2}(?:\[\d+\])?\s{0,2}[:：]\s{0,3}", re.IGNORECASE
)
_REPLY = re.compile(
    r"\s{0,3}(?:re|aw|antw|antwort|sv|rif|odp|res)\s{0,2}(?:\[\d+\])?\s{0,2}[:：]\s{0,3}", re.IGNORECASE
)
_AWAY = re.compile(
    r"out of (?:the )?office|automatic reply|auto(?:matic)?[- ]?(?:reply|response)|abwesen|automatische antwort"
    r"|fuera de (?:la )?oficina|respuesta autom[aá]tica|r[eé]ponse automatique|absence|on (?:leave|vacation|pto)"
    r"|annual leave",
    re.IGNORECASE,
)  # fmt: skip
_AWAY_MARK = re.compile(
    r"\s{0,3}(?:automatic reply|auto(?:matic)?[- ]?reply|auto-?response|out of (?:the )?office(?: auto-?reply)?"
    r"|automatische antwort|abwesenheits(?:notiz|nachricht)|respuesta autom[aá]tica|r[eé]ponse automatique"
    r"|risposta automatica|automatisch antwoord)\s{0,2}[:：]",
    re.IGNORECASE,
)  # fmt: skip
"""What mail programs put before the subject of an answer they give by themselves."""
_AUTOREPLY = (
    "x-autoreply", "x-autorespond", "x-auto-reply", "x-autoresponder", "x-autoreply-from", "x-auto-reply-from",
    "x-mail-autoreply",
)  # fmt: skip
_ANSWERED = frozenset({"reply", "counter", "declinecounter", "refresh"})
"""What a calendar sends when somebody answers an invitation."""
_BATV = re.compile(r"\Aprvs=[0-9a-z]{1,20}=")
_TAG = re.compile(
    r"^\s{0,3}(?:\[(?:ext|external|extern|spam\??)\]|\*{2,5}(?:ext|external|spam)\*{2,5})\s{0,3}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A delivery report: the Message-ID it speaks of, and (address, status, sentence) of each failure; `enclosed` when
    the id stands in the mail it gives back, not only among those the report answers."""

    message_id: str
    failed: tuple[tuple[str, str, str], ...]
    enclosed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """A mail handed on: who had written it ("" when it is not said), under which subject, and its own words."""

    sender: str
    name: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One mail as it came. Addresses are bare and in lower case, ids have their brackets.

    `sender` is "" unless there is exactly one From with exactly one mailbox. `envelope` is the Return-Path: "" is
    the null path, None that nobody said. `automatic` says why no person wrote it ("" when one may have); `away`
    that it is an out-of-office answer. `text` is the writer's own, `quoted` the rest; `lost` are the names of files
    too large to be taken, `beyond` of those too many. `results` are all Authentication-Results, topmost first.
    """

    message_id: str
    raw_hash: str
    content_hash: str
    sender: str
    sender_name: str
    envelope: str | None
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    date: datetime | None
    answers: tuple[str, ...]
    text: str
    quoted: str = ""
    automatic: str = ""
    away: bool = False
    bounce: Bounce | None = None
    forward: Forward | None = None
    files: tuple[File, ...] = ()
    lost: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    results: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Its name in the inbox: Message-ID and content; one without an id is known by its bytes."""
        return f"mail:{self.message_id or '<' + self.raw_hash[:32] + '>'}#{self.content_hash[:32]}"

    @property
    def replies(self) -> bool:
        """Whether it answers another mail, so that its subject is not the writer's own."""
        return bool(self.answers) or _REPLY.match(self.subject) is not None

    @property
    def topic(self) -> str:
        """The subject without reply and forward marks."""
        return bare_subject(self.subject)


def bare_subject(subject: str) -> str:
    """The subject without the marks clients and gateways put before it."""
    for _ in range(12):
        for pattern in (_TAG, _REPLY, _FORWARD):
            subject = pattern.sub("", subject, count=1)
    return subject.strip()


def parse(raw: bytes, envelope: str | None = None) -> Received:
    """The mail of these bytes; `envelope` is the sender the mail server named, where it did."""
    whole = mime.split(raw)
    parts = list(mime.walk(whole))
    reads = _read(parts)
    bounce = _bounce(whole, parts)
    froms = [box for value in whole.all("from") for box in mime.mailboxes(value) or [("", "")]]
    if any(mime.grouped(value) for value in whole.all("from")):
        froms = []
    name, sender = froms[0] if len(froms) == 1 else ("", "")
    subject = _one_line(mime.decoded(whole.get("subject")))[:LONGEST_SUBJECT]
    files, lost, beyond = _files(parts, bounce is not None)
    found = ids_of(whole)
    return Received(
        message_id=next(iter(mime.ids(whole.get("message-id"))), ""),
        raw_hash=hashlib.sha256(raw).hexdigest(),
        content_hash=_content_hash(subject, reads, files, found),
        sender=sender,
        sender_name=_one_line(name)[:200],
        envelope=_envelope(whole) if envelope is None else path_of(envelope),
        to=_addresses(whole, "to"),
        cc=_addresses(whole, "cc"),
        subject=subject,
        date=date_of(whole.get("date")),
        answers=found,
        text=reads.own,
        quoted=reads.quoted,
        automatic=_automatic(whole, envelope, subject, bounce, parts),
        away=_is_away(whole, subject, bounce),
        bounce=bounce,
        forward=_forward(subject, reads, parts),
        files=files,
        lost=lost,
        beyond=beyond,
        results=whole.all("authentication-results"),
    )


# -- headers -----------------------------------------------------------------------------------------------


def _one_line(text: str) -> str:
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())


def _addresses(whole: Part, header: str) -> tuple[str, ...]:
    found = (address for value in whole.all(header) for _, address in mime.mailboxes(value) if address)
    return tuple(dict.fromkeys(found))


def _envelope(whole: Part) -> str | None:
    said = whole.all("return-path")
    return path_of(said[0]) if said else None


def path_of(said: str) -> str:
    """An envelope sender in lower case, without the mark a bounce filter (BATV) puts on it; "" is the null path and
    nothing else."""
    bare = said.strip().strip("<>").strip()
    return _BATV.sub("", mime.address(bare) or bare.lower()[:300])


def ids_of(whole: Part) -> tuple[str, ...]:
    """The mails it answers, the nearest first."""
    nearest = mime.ids(whole.get("in-reply-to"))
    return tuple(dict.fromkeys((*nearest, *reversed(mime.ids(whole.get("references"))))))


def date_of(value: str) -> datetime | None:
    """The instant of a Date header, UTC; None for none or nonsense."""
    try:
        read = parsedate_tz(value[:200])
        if read is None:
            return None
        year, month, day, hour, minute, second = read[:6]
        local = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        return datetime.fromtimestamp(local.timestamp() - (read[9] or 0), UTC)
    except (ValueError, OverflowError, TypeError, IndexError, OSError):
        return None


def _automatic(whole: Part, envelope: str | None, subject: str, bounce: Bounce | None, parts: Sequence[Part]) -> str:
    """Why no person wrote this now; "" when one may have."""
    if bounce is not None or whole.type == "multipart/report":
        return "report"
    submitted = mime.sections(whole.get("auto-submitted"))[0].strip().lower()
    if submitted and submitted != "no":
        return "auto-submitted"
    if _answers_by_itself(whole) or _AWAY_MARK.match(_TAG.sub("", subject)):
        return "autoreply"
    if whole.get("precedence").strip().lower().replace("-", "_") in ("bulk", "auto_reply", "list", "junk"):
        return "precedence"
    if any(key.startswith("list-") for key, _ in whole.headers):
        return "list"
    if whole.get("x-failed-recipients"):
        return "report"
    if any(part.type == "text/calendar" and part.parameters.get("method", "").lower() in _ANSWERED for part in parts):
        return "calendar"
    null = path_of(envelope) == "" if envelope is not None else _envelope(whole) == ""
    return "null path" if null else ""


def _answers_by_itself(whole: Part) -> bool:
    """Whether a header of autoresponders is there."""
    return (
        any(whole.get(name) for name in _AUTOREPLY)
        or "autorespond" in whole.get("x-post-messageclass").lower()
        or whole.get("delivered-to").strip().lower() == "autoresponder"
        or whole.get("preference").strip().lower().replace("-", "_") == "auto_reply"
    )


def _is_away(whole: Part, subject: str, bounce: Bounce | None) -> bool:
    """Whether it is somebody's out-of-office answer."""
    if (
        bounce is not None
        or whole.type == "multipart/report"
        or any(key.startswith("list-") for key, _ in whole.headers)
    ):
        return False
    submitted = mime.sections(whole.get("auto-submitted"))[0].strip().lower()
    precedence = whole.get("precedence").strip().lower().replace("-", "_")
    return (
        submitted == "auto-replied"
        or precedence == "auto_reply"
        or _answers_by_itself(whole)
        or _AWAY_MARK.match(_TAG.sub("", subject)) is not None
        or (bool(submitted) and _AWAY.search(subject) is not None)
    )


# -- words -------------------------------------------------------------------------------------------------


def _read(parts: Sequence[Part]) -> quoting.Said:
    """The words: all inline texts, each once: of two ways to say the same the plain one."""
    plain, pages, left = "", "", LONGEST_TEXT
    for part in parts:
        if part.attached or "multipart/report" in part.path or left <= 0:
            continue
        if part.type == "text/plain":
            text = _flowed(part, part.text(left))
            plain += f"{text}\n" if text.strip() else ""
            left -= len(text.encode("utf-8", "replace"))
        elif part.type in ("text/html", "application/xhtml+xml") and not pages:
            pages = part.text(LONGEST_TEXT * 4)
    if not plain.strip() and not pages:
        reported = next(
            (part for part in parts if part.type in ("text/plain", "text/html") and not part.attached), None
        )
        plain = reported.text(LONGEST_TEXT) if reported is not None else ""
    if plain.strip():
        return quoting.told_apart(_cut(plain))
    said = quoting.page_said(pages) if pages else quoting.Said(own="")
    return quoting.Said(
        own=_cut(said.own), quoted=_cut(said.quoted), forwarded=said.forwarded, sender=said.sender, subject=said.subject
    )


def _cut(text: str) -> str:
    raw = text.encode("utf-8", "replace")
    return text if len(raw) <= LONGEST_TEXT else raw[:LONGEST_TEXT].decode("utf-8", "ignore")


def _flowed(part: Part, text: str) -> str:
    """Soft line ends of format=flowed are none."""
    if part.parameters.get("format", "").lower() != "flowed":
        return text
    lines: list[str] = []
    soft = False
    for line in text.replace("\r\n", "\n").split("\n"):
        body = line[1:] if line.startswith(" ") else line
        if soft and not body.startswith(">") and body != "-- ":
            lines[-1] += body
        else:
            lines.append(body)
        soft = body.endswith(" ") and body != "-- " and not body.startswith(">")
    return "\n".join(lines)


def _forward(subject: str, reads: quoting.Said, parts: Sequence[Part]) -> Forward | None:
    """What is handed on, when something is: by its mark in the text, by the subject, or as an attached message."""
    attached = next(
        (part for part in parts if part.type == "message/rfc822" and "multipart/report" not in part.path), None
    )
    marked = _FORWARD.match(_TAG.sub("", subject)) is not None
    if attached is not None:
        inner = mime.split(attached.content(), attached.depth + 1)
        said = _read(list(mime.walk(inner)))
        name, sender = next(iter(mime.mailboxes(inner.get("from"))), ("", ""))
        return Forward(
            sender=sender, name=_one_line(name)[:200],
            subject=_one_line(mime.decoded(inner.get("subject")))[:LONGEST_SUBJECT], text=said.own,
        )  # fmt: skip
    if not (reads.forwarded or marked):
        return None
    name, sender = next(
        iter(mime.mailboxes(re.sub(r"\[mailto:([^\]]{1,200})\]", r"<\1>", reads.sender[:400]))), ("", "")
    )
    inner_text = quoting.told_apart(quoting.without_heading(reads.quoted)).own
    said_subject = _one_line(reads.subject)[:LONGEST_SUBJECT] or bare_subject(subject)
    return Forward(sender=sender, name=_one_line(name or reads.sender)[:200], subject=said_subject, text=inner_text)


# -- files -------------------------------------------------------------------------------------------------


def _files(parts: Sequence[Part], report: bool) -> tuple[tuple[File, ...], tuple[str, ...], tuple[str, ...]]:
    """The files, and the names of those too large and of those too many; a report's own parts are none."""
    files: list[File] = []
    lost: list[str] = []
    beyond: list[str] = []
    for part in parts:
        text = part.type in ("text/plain", "text/html", "application/xhtml+xml") and not part.attached
        if text or part.type.startswith("message/") or "multipart/report" in part.path or report:
            continue
        name = attachments.safe_name(part.filename or f"file.{part.type.partition('/')[2]}")
        if len(files) >= MOST_FILES:
            beyond.append(name)
            continue
        if len(part.body) > attachments.LARGEST * 3 // 2:
            lost.append(name)
            continue
        content = part.content()
        if len(content) > attachments.LARGEST:
            lost.append(name)
        elif content or part.filename:  # an empty file was sent too, and is refused by its name
            files.append(File(name=name, type=part.type, content=content))
    return tuple(files), tuple(lost), tuple(beyond)


def _content_hash(subject: str, reads: quoting.Said, files: Sequence[File], answers: Sequence[str]) -> str:
    """What the mail says, whichever way it came."""
    told = hashlib.sha256()
    words = (" ".join(text.split()) for text in (_TAG.sub("", subject), reads.own, reads.quoted))
    for piece in (*words, " ".join(answers)):  # a gateway may fold, wrap and tag what passes through it
        told.update(piece.encode("utf-8", "replace") + b"\x00")
    for file in files:
        told.update(hashlib.sha256(file.content).digest() + file.name.encode("utf-8", "replace") + b"\x00")
    return told.hexdigest()


# -- delivery reports --------------------------------------------------------------------------------------


def _bounce(whole: Part, parts: Sequence[Part]) -> Bounce | None:
    """What a delivery report says has failed; None for any other mail."""
    if whole.type != "multipart/report":
        return None
    status = next((part for part in parts if part.type == "message/delivery-status"), None)
    if status is None:
        return None
    failed = []
    for group in re.split(rb"\n[ \t]*\n", status.content(LONGEST_TEXT).replace(b"\r\n", b"\n"))[:200]:
        said = mime.split(group.strip(b"\n") + b"\n")
        if said.get("action").strip().lower() != "failed":
            continue
        who = _recipient(said.get("original-recipient")) or _recipient(said.get("final-recipient"))
        sentence = said.get("diagnostic-code").partition(";")[2] or said.get("diagnostic-code")
        failed.append((who, said.get("status").strip()[:20], _one_line(sentence)[:300]))
    returned = next(
        (part for part in parts if part.type in ("message/rfc822", "text/rfc822-headers", "message/global-headers",
                                                 "message/global")), None,
    )  # fmt: skip
    about = ""
    if returned is not None:
        head = mime.split(returned.content(LONGEST_TEXT).lstrip(b"\r\n") + b"\n")
        about = next(iter(mime.ids(head.get("message-id"))), "")
    enclosed = bool(about)
    about = about or next(iter(mime.ids(whole.get("in-reply-to")) or mime.ids(whole.get("references"))), "")
    return Bounce(message_id=about, failed=tuple(failed), enclosed=enclosed)


def _recipient(value: str) -> str:
    kind, sign, who = value.partition(";")
    return mime.address(who if sign else kind)
