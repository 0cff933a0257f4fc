"""`python -m bench.fuzz_mail --seconds N`: torn, forged and swollen mails against reader, authenticity and meaning.

Grows from the made mails of tests/mail: a mail whose reading looks like none before is kept and torn further. What
breaks a promise (an error, a mail that is believed, time beyond its size) is written to a folder, each kind once; a
finding that is mended goes to tests/mail/findings, where a test reads it for ever.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import random
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot import attachments, mailroom
from bot.letters import Letter
from bot.mail import authenticity
from bot.mail.parse import LONGEST_TEXT, Received, parse
from bot.roster import read_roster
from handlers import mail as meanings
from handlers.intents import Desk
from workflows.calendar import Calendar
from workflows.people import Role, Roster

OURS = "mx.example.com"
AT = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)
REFUSED = f"Return-Path: <ana.rivera@example.com>\r\nAuthentication-Results: {OURS}; dmarc=fail\r\n".encode()
"""What our own server puts on top of a mail nobody vouches for: whatever is below it convinces nobody."""

READERS = ("ana", "ana", "tara", "lia", "cass")
"""As whose mails they are read, in turn."""

LARGEST = 300_000
POOL = 4000
PER_MEGABYTE, PATIENCE = 6.0, 0.6
"""Seconds of this processor a mail may take: so many for each megabyte, and so many besides."""

WORDS: Sequence[bytes] = tuple(
    word.encode()
    for word in (
        "From: ", "To: ", "Subject: ", "Date: ", "Message-ID: <a@x>", "In-Reply-To: <", "References: ",
        f"Authentication-Results: {OURS}; dmarc=pass header.from=example.com", f"{OURS}; ", "dmarc=pass", "dkim=pass",
        "header.d=example.com", "header.from=example.com", "smtp.mailfrom=ana.rivera@example.com", "(", ")", '"', "\\",
        ";", "=", "*0*=utf-8''", "boundary=", '"=_b"', "--=_b", "--=_b--", "charset=", "utf-7", "utf-16", "idna", "hz",
        "iso-2022-jp", "Content-Type: multipart/mixed; boundary=b", "Content-Type: message/rfc822", "--b", "text/html",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b", "message/delivery-status",
        "Final-Recipient: rfc822; pia.moss@example.com", "Action: failed", "Status: 5.1.1", "Original-Recipient: ",
        "Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: quoted-printable", "x-uuencode", "=?utf-8?q?",
        "=?utf-8?b?", "?=", "=0d=0a", "> ", ">> ", "On Tue, Tara Lee <tara.lee@example.com> wrote:", "From: Tara Lee",
        "Sent: Tuesday", "-----Original Message-----", "---------- Forwarded message ---------", "-- ", "Sent from my ",
        "<div style='display:none'>", "</div>", "<blockquote>", "<!--", "-->", "<style>", "&#0;", "&nbsp;", "<a href=",
        "First fail of the AHIP final", "failed ahip ", "modules: 1-3", "TBT 7/15", "coached advised", "received",
        "[F-1]", "Return-Path: <>", "\u202e", "proctor: 2026-11-23 10:00", "2nd attempt", "not",
        "\r\n", "\n", "\r", "\r\n\r\n", "\t", "\x00", "\x0b",
        "\u200b", "\ud7ff", "é", "ﬁ", "Auto-Submitted: auto-replied", "List-Id: <x>", "Precedence: bulk", "@", "<", ">",
        "ana.rivera@example.com", "аna.rivera@example.com", "ana.rivera@example.com, tara.lee@example.com", ":", ",",
        "99999999999999999999", "-1", "Thu, 01 Jan 1970 00:00:00 +0000", "Thu, 31 Dec 9999 23:59:60 +2359",
    )
)  # fmt: skip


class Broken(Exception):
    """A promise was broken; the text says which."""


def torn(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    """The mail, changed in one to six places."""
    for _ in range(chance.randint(1, 6)):
        raw = chance.choice(CHANGES)(raw, other, chance)
        if len(raw) > LARGEST:
            raw = raw[:LARGEST]
    return raw


def _at(raw: bytes, chance: random.Random) -> int:
    """A place, more often in the headers than its share."""
    return chance.randint(0, min(len(raw), 1200) if chance.random() < 0.5 else len(raw))


def _word(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    at = _at(raw, chance)
    return raw[:at] + chance.choice(WORDS) + raw[at:]


def _line(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    at = raw.find(b"\n", _at(raw, chance)) + 1
    return raw[:at] + chance.choice(WORDS) + chance.choice(WORDS) + b"\r\n" + raw[at:]


def _noise(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    at = _at(raw, chance)
    return raw[:at] + chance.randbytes(chance.randint(1, 12)) + raw[at + chance.randint(0, 12) :]


def _cut(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    at = _at(raw, chance)
    return raw[:at] + raw[at + chance.randint(1, 400) :]


def _end(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    return raw[: _at(raw, chance)]


def _again(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    at = _at(raw, chance)
    piece = raw[at : at + chance.randint(1, 300)]
    return raw[:at] + piece * chance.randint(2, 40) + raw[at:]


def _swell(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    at = _at(raw, chance)
    word = chance.choice(WORDS) + chance.choice((b"", b" ", b"\r\n", chance.choice(WORDS)))
    return raw[:at] + word * (chance.randint(1, 60_000) // max(1, len(word))) + raw[at:]


def _splice(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    return raw[: _at(raw, chance)] + other[_at(other, chance) :]


def _within(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    head = b"From: Tara Lee <tara.lee@example.com>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    kind = chance.choice(
        (b"Content-Type: message/rfc822\r\n\r\n", b"Content-Type: multipart/mixed; boundary=b\r\n\r\n", b"")
    )
    return head + kind + raw + b"\r\n--b--\r\n"


def _coded(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    head, sign, body = raw.partition(b"\r\n\r\n")
    return head + b"\r\nContent-Transfer-Encoding: base64" + sign + base64.encodebytes(body)


def _ends(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    return raw.replace(b"\r\n", chance.choice((b"\n", b"\r", b"\r\r\n", b"\n\r")))


CHANGES: Sequence[Callable[[bytes, bytes, random.Random], bytes]] = (
    _word, _word, _line, _line, _noise, _cut, _end, _again, _swell, _splice, _within, _coded, _ends,
)  # fmt: skip


# -- what is promised


def try_one(raw: bytes, roster: Roster) -> tuple[object, ...]:
    """Read it in every way; how its reading looks. Raises Broken, or whatever breaks."""
    began = time.process_time()
    letter = mailroom.letter(raw, AT, OURS)
    assert letter.mail is not None
    found = letter.mail.received
    _well_formed(found)
    _storable(letter)
    who = authenticity.identify(found, OURS, roster)
    if who.proven and not who.user:
        raise Broken("nobody is believed")
    below = authenticity.identify(parse(REFUSED + raw), OURS, roster)
    if below.proven:
        raise Broken(f"{below.user} is believed below a refusal of our own server")
    _meaning(found, READERS[len(raw) % len(READERS)], roster)
    spent = time.process_time() - began
    if spent > PATIENCE + PER_MEGABYTE * len(raw) / 1e6:
        raise Broken(f"{spent:.1f} s for {len(raw)} bytes")
    return (
        bool(found.sender), who.proven, who.why, bool(found.text), bool(found.quoted), found.automatic, found.away,
        found.bounce is not None and (bool(found.bounce.message_id), len(found.bounce.failed)), found.replies,
        found.forward is not None and (bool(found.forward.sender), bool(found.forward.text)), len(found.files),
        len(found.lost), len(found.to), len(found.cc), len(found.results), len(found.answers), found.date is not None,
        found.envelope, len(found.text).bit_length(), len(found.subject).bit_length(),
    )  # fmt: skip


def _well_formed(found: Received) -> None:
    for line in (found.subject, found.sender_name, found.sender, *found.to, *found.cc, found.message_id):
        if any(sign in line for sign in "\r\n\x00"):
            raise Broken("a line holds more than a line")
    if len(found.text.encode("utf-8", "replace")) > LONGEST_TEXT or "\x00" in found.text:
        raise Broken("words are too long, or hold a NUL")
    for file in found.files:
        if not file.name or file.name.startswith(".") or set(file.name) & set("/\\\r\n\x00\u202e"):
            raise Broken(f"a file is called {file.name!r}")


def _storable(letter: Letter) -> None:
    for text in (letter.source, letter.room, letter.text, letter.actor):
        if "\x00" in text or len(text) > 8000:
            raise Broken("no database stores that")
        text.encode()


def _meaning(found: Received, actor: str, roster: Roster) -> None:
    """What its words mean to the desk; a handler never raises."""
    calendar = Calendar(next(iter(roster.sites.values())))
    roles = frozenset({Role.agent}) if actor in roster.agents else roster.people[actor].roles
    desk = Desk(
        roster=roster, actor=actor, roles=roles, room=f"@{actor}", at=AT, direct=True, calendar=lambda agent: calendar,
        files=tuple(attachments.evidence(file) for file in found.files),
    )  # fmt: skip
    inner = found.forward
    handed = None
    if inner is not None:
        user, _ = authenticity.owner_of(roster, inner.sender)
        handed = meanings.HandedOn(user=user, name=inner.name, subject=inner.subject, text=inner.text)
    meanings.read(
        meanings.Mail(
            subject="" if found.replies else found.topic, text=found.text, reached=(*found.to, *found.cc),
            forward=handed, forwards=inner is not None, about="E-06" if found.answers else "",
        ),
        desk,
    )  # fmt: skip


# -- the run


def blamed(error: BaseException) -> str:
    """The kind of an error: what it is and where it was raised."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return (
        str(error).split(" for ")[0]
        if isinstance(error, Broken)
        else f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
    )


def run(seconds: float, seed: int, roster: Roster, kept: Path, seeds: list[bytes]) -> int:
    """Tear mails for so long; how many kinds of findings there were."""
    chance, pool = random.Random(seed), list(seeds)
    shapes: set[tuple[object, ...]] = set()
    findings: dict[str, Path] = {}
    tried, slowest, until = 0, 0.0, time.monotonic() + seconds
    while time.monotonic() < until:
        raw = torn(chance.choice(pool), chance.choice(pool), chance) if tried >= len(seeds) else seeds[tried]
        tried += 1
        began = time.process_time()
        try:
            shape = try_one(raw, roster)
        except Exception as error:  # noqa: BLE001 - whatever is raised is a finding
            kind = blamed(error)
            if kind not in findings:
                kept.mkdir(parents=True, exist_ok=True)
                findings[kind] = kept / f"{hashlib.sha256(raw).hexdigest()[:12]}.eml"
                findings[kind].write_bytes(raw)
                print(f"{kind}: {findings[kind]}", flush=True)
            continue
        slowest = max(slowest, time.process_time() - began)
        if shape not in shapes:
            shapes.add(shape)
            if tried > len(seeds) and len(raw) < 60_000:
                pool = [*pool[-POOL:], raw]
    print(f"{tried} mails, {len(shapes)} kinds of readings, slowest {slowest * 1000:.0f} ms, {len(findings)} findings")
    return len(findings)


def main() -> int:
    """The command."""
    words = argparse.ArgumentParser(prog="python -m bench.fuzz_mail", description=(__doc__ or "").split("\n")[0])
    words.add_argument("--seconds", type=float, default=60.0, help="how long")
    words.add_argument("--seed", type=int, default=0, help="the same seed tears the same mails in the same way")
    words.add_argument("--keep", type=Path, default=Path("data/fuzz"), help="the folder findings are written to")
    words.add_argument("--read", type=Path, nargs="*", default=[], help="only read these files, once")
    said = words.parse_args()
    from tests.mail import corpus  # the made mails live beside their expectations

    roster = read_roster(Path(corpus.__file__).parents[1] / "roster.toml")
    for each in said.read:
        try_one(each.read_bytes(), roster)
    if said.read:
        return 0
    return 1 if run(said.seconds, said.seed, roster, said.keep, [made.raw for made in corpus.everything()]) else 0


if __name__ == "__main__":
    sys.exit(main())
