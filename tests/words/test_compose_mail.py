"""A mail's bytes: they say what was meant, the same on every Python, and nobody can write a header through them."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mail.compose import MAX_BYTES, Address, Mailing, compose, inline, message_id
from bot.mail.invite import Session, invite, title
from bot.ports import File

TARA = Address(name="Tara Lee", email="tara.lee@example.com")
ANA = Address(name="Ana Rivera", email="ana.rivera@example.com")
BOT = Address(name="certdesk", email="certdesk@example.com")
AT = datetime(2026, 11, 17, 10, 2, tzinfo=timezone(timedelta(hours=-7)))
PLAIN = Mailing(
    subject="[F-1043] Failed attempt 2: AHIP Final - Ana Rivera",
    text="Ana reported attempt 2.\n",
    html="<p>Ana reported attempt 2.</p>",
    to=(TARA,),
    cc=(ANA,),
    reply_to=(TARA, BOT),
    sender=BOT,
    message_id=message_id("7f3a", "example.com"),
    date=AT,
)
SESSION = Session(
    uid="F-1043.third@example.com",
    sequence=0,
    exam="AHIP Final",
    start=datetime(2026, 11, 18, 10, 0, tzinfo=timezone(timedelta(hours=-7))),
    stamp=AT,
    zone="America/Denver",
    organizer=TARA,
    attendees=(ANA, TARA),
)


def read(mailing: Mailing) -> EmailMessage:
    return email.message_from_bytes(compose(mailing).content, policy=email.policy.default)


def body(mailing: Mailing, kind: str) -> str:
    part = read(mailing).get_body((kind,))
    assert part is not None
    return cast(str, part.get_content())


def test_a_mail_reads_as_it_was_meant() -> None:
    mail = read(PLAIN)
    assert mail["Subject"] == PLAIN.subject
    assert mail["From"] == "certdesk <certdesk@example.com>"
    assert mail["To"] == "Tara Lee <tara.lee@example.com>"
    assert mail["Reply-To"] == "Tara Lee <tara.lee@example.com>, certdesk <certdesk@example.com>"
    assert mail["Message-ID"] == "<7f3a@example.com>"
    assert mail["Date"].datetime == AT
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "multipart/alternative"
    assert body(PLAIN, "plain") == PLAIN.text.replace("\n", "\r\n") or body(PLAIN, "plain") == PLAIN.text
    assert "Ana reported" in body(PLAIN, "html")
    assert not mail.defects


def test_the_envelope_names_everybody_once() -> None:
    raw = compose(replace(PLAIN, cc=(ANA, Address(email="TARA.LEE@example.com"))))
    assert raw.sender == "certdesk@example.com"
    assert raw.recipients == ("tara.lee@example.com", "ana.rivera@example.com")


def test_the_same_mail_has_the_same_bytes_and_another_one_has_others() -> None:
    full = replace(PLAIN, attachments=(File(name="a.pdf", type="application/pdf", content=b"%PDF"),))
    assert compose(full) == compose(replace(full))
    assert compose(full).content != compose(replace(full, message_id="<other@example.com>")).content


def test_the_bytes_are_these_on_every_python() -> None:
    plain = replace(PLAIN, cc=(), reply_to=(), subject="Grüße", text="a\n.\nb =\n", html="<p>x</p>")
    assert compose(plain).content.decode().split("\r\n") == [
        "Date: Tue, 17 Nov 2026 17:02:00 +0000",
        "From: certdesk <certdesk@example.com>",
        "To: Tara Lee <tara.lee@example.com>",
        "Subject: =?utf-8?b?R3LDvMOfZQ==?=",
        "Message-ID: <7f3a@example.com>",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "MIME-Version: 1.0",
        "Content-Type: multipart/alternative;",
        ' boundary="=_c0e8d940860e658c144121d31b6cca39"',
        "",
        "--=_c0e8d940860e658c144121d31b6cca39",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "a",
        "=2E",
        "b =3D",
        "",
        "--=_c0e8d940860e658c144121d31b6cca39",
        "Content-Type: text/html; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "<p>x</p>",
        "--=_c0e8d940860e658c144121d31b6cca39--",
        "",
    ]


@pytest.mark.parametrize(
    "subject",
    ["x\r\nBcc: eve@example.com", "x\nBcc: eve@example.com", "x\rBcc: y", "x\x00y", "x\u2028Bcc: y", "x\x85Bcc: y"],
)
def test_a_subject_cannot_write_a_header(subject: str) -> None:
    raw = compose(replace(PLAIN, subject=subject))
    mail = email.message_from_bytes(raw.content)
    assert mail["Bcc"] is None
    assert raw.recipients == compose(PLAIN).recipients
    assert b"\x00" not in raw.content


def test_a_subject_cannot_turn_the_reading_direction() -> None:
    assert read(replace(PLAIN, subject="pay \u202eliveD\u202c \u2066x\u2069\u200f now"))["Subject"] == "pay liveD x now"


@pytest.mark.parametrize(
    "name", ["Eve\r\nBcc: x@y.z", 'Eve" <eve@evil.example>, "', "Eve <eve@evil.example>", "Zoë\n X"]
)
def test_a_name_cannot_become_an_address_or_a_header(name: str) -> None:
    mail = read(replace(PLAIN, to=(Address(name=name, email="tara.lee@example.com"),)))
    assert [one.addr_spec for one in mail["To"].addresses] == ["tara.lee@example.com"]
    assert mail["Bcc"] is None


@pytest.mark.parametrize(
    "bad",
    [
        "", "x", "x@", "@x", "a b@example.com", "a@b@example.com", "a@example.com\n", "a@example.com\r\nBcc: b@c.d",
        "<a@example.com>", "a@example.com>", "a@-x.com", "a@x..com", "a..b@example.com", ".a@example.com",
        "alice@example.org)bob@example.com", '"a b"@example.com', "ü@example.com", "a@exämple.com",
        "a@example.com,b@c.d", "x" * 65 + "@example.com", "a@" + "x" * 64 + ".com",
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["to", "cc", "reply_to", "sender"])
def test_what_is_no_address_is_refused_by_the_name_of_its_field(bad: str, field: str) -> None:
    value = Address(email=bad) if field == "sender" else (Address(email=bad),)
    with pytest.raises(ValueError, match=rf"^{field}: "):
        compose(replace(PLAIN, **{field: value}))  # type: ignore[arg-type]


@given(
    local=st.text(max_size=20),
    between=st.sampled_from(["", "\r\n", "\n", "\r", ">", ",", "> RCPT TO:<", "\x00", "\u2028", "\t"]),
    more=st.text(max_size=20),
)
def test_no_address_carries_a_second_one_or_a_line(local: str, between: str, more: str) -> None:
    address = f"tara{local}{between}{more}@example.com"
    try:
        raw = compose(replace(PLAIN, to=(Address(email=address),), cc=()))
    except ValueError:
        return
    assert raw.recipients == (address,)
    assert address.isascii()
    assert not set(address) & set('\r\n\t\x00 <>,;:"()[]\\')


def test_other_faults_are_named_too() -> None:
    faults = {
        "to": (),
        "date": datetime(2026, 11, 17),  # noqa: DTZ001 - the fault
        "message_id": "<a b@c>",
        "auto_submitted": "no\r\nX: y",
        "invite": b"BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\n",
        "attachments": (File(name="big", type="text/plain", content=bytes(MAX_BYTES * 3 // 4)),),
    }
    for field, value in faults.items():
        with pytest.raises(ValueError, match=rf"^{field}: "):
            compose(replace(PLAIN, **{field: value}))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="token"):
        message_id("a\r\nb", "example.com")
    with pytest.raises(ValueError, match="domain"):
        message_id("a", "example.com\n")


def test_an_id_of_others_that_no_header_could_carry_is_left_out() -> None:
    mail = read(replace(PLAIN, in_reply_to="<a\r\nBcc: x@y.z>", references=("<ok@x>", "<b c>", "<ok@x>", "<odd>")))
    assert mail["In-Reply-To"] is None
    assert mail["Bcc"] is None
    assert "".join(mail["References"].split()) == "<ok@x><odd>"


@given(
    subject=st.text(max_size=300), name=st.text(max_size=120), text=st.text(max_size=500), file=st.text(max_size=200)
)
def test_whatever_people_write_gives_a_sound_mail(subject: str, name: str, text: str, file: str) -> None:
    attached = (File(name=file, type=file, content=b"\x00\xff"),)
    mailing = replace(PLAIN, subject=subject, text=text, to=(replace(TARA, name=name),), attachments=attached)
    raw = compose(mailing).content
    assert raw.isascii()
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    mail = email.message_from_bytes(raw, policy=email.policy.compat32)
    known = "Date From Reply-To To Cc Subject Message-ID Auto-Submitted X-Auto-Response-Suppress MIME-Version"
    order = [*known.split(), "Content-Type"]
    assert mail.keys() in (order, [name for name in order if name != "Subject"])
    alternative, carried = cast(list[email.message.Message], mail.get_payload())
    assert carried.get_payload(decode=True) == b"\x00\xff"
    first = cast(list[email.message.Message], alternative.get_payload())[0]
    assert isinstance(first.get_payload(decode=True), bytes)


@pytest.mark.parametrize(
    "subject", ["short", "word " * 60, "Ünïcödé 🎓 " * 20, "x" * 2000, "=?utf-8?b?eA==?= kept as typed"]
)
def test_a_subject_arrives_whole(subject: str) -> None:
    assert read(replace(PLAIN, subject=subject))["Subject"] == " ".join(subject.split())


@pytest.mark.parametrize(
    "text",
    ["Ärger mit Öl\n", "日本語のテキスト。\n" * 30, "trailing \n\ttab\nFrom x\n.\n", "x" * 5000 + "\n", "no end"],
)
def test_a_text_arrives_whole(text: str) -> None:
    assert body(replace(PLAIN, text=text), "plain").replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")


def test_attachments_travel_beside_the_words_with_their_names() -> None:
    files = (
        File(name="CAP-12.pdf", type="application/pdf", content=b"%PDF-1.7"),
        File(name="Übersicht “Q4”.pdf", type="application/pdf", content=b"x"),
        File(name="../../etc/passwd\r\nX: y", type="text/html; x=1", content=b"<b>"),
        File(name="mail.eml", type="message/rfc822", content=b"Subject: x\n\nx"),
    )
    mail = read(replace(PLAIN, attachments=files))
    assert mail.get_content_type() == "multipart/mixed"
    parts = list(mail.iter_attachments())
    assert [part.get_filename() for part in parts] == [
        "CAP-12.pdf", "Übersicht “Q4”.pdf", "_.._etc_passwd X: y", "mail.eml",
    ]  # fmt: skip
    assert [part.get_content_type() for part in parts][2:] == ["application/octet-stream"] * 2
    assert [part.get_payload(decode=True) for part in parts] == [file.content for file in files]


def test_an_invitation_is_both_a_way_of_reading_and_an_attachment() -> None:
    ics = invite(SESSION)
    mail = read(replace(PLAIN, invite=ics))
    ways = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert [way.get_param("method") for way in ways] == ["REQUEST"]
    assert ways[0].get_payload(decode=True) == ics
    assert [part.get_filename() for part in mail.iter_attachments()] == ["invite.ics"]


def unfolded(ics: bytes) -> list[str]:
    return ics.replace(b"\r\n ", b"").decode().split("\r\n")


def test_a_session_is_in_utc_and_says_the_local_time_in_words() -> None:
    lines = unfolded(invite(SESSION))
    assert "DTSTART:20261118T170000Z" in lines
    assert "DTEND:20261118T180000Z" in lines
    assert "DTSTAMP:20261117T170200Z" in lines
    said = "Accepting or declining here changes nothing: for another time\\, answer the mail."
    assert f"DESCRIPTION:Wednesday\\, 2026-11-18 10:00 MST (America/Denver)\\, 60 minutes. {said}" in lines
    assert 'ORGANIZER;CN="Tara Lee":mailto:tara.lee@example.com' in lines
    assert sum(line.startswith("ATTENDEE") for line in lines) == 2


def test_a_calendar_title_never_speaks_of_attempts() -> None:
    assert title("AHIP Final") == "Proctored session: AHIP Final"
    everything = invite(SESSION).decode().lower()
    assert not [word for word in ("attempt", "fail", "cap", "warning", "terminat") if word in everything]


def test_a_change_keeps_the_uid_and_a_cancellation_says_so() -> None:
    moved = replace(SESSION, sequence=1, start=SESSION.start + timedelta(days=1))
    gone = unfolded(invite(replace(moved, sequence=2), "CANCEL"))
    assert {"METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:2", f"UID:{SESSION.uid}"} <= set(gone)
    assert f"UID:{SESSION.uid}" in unfolded(invite(moved))


@given(exam=st.text(max_size=200), name=st.text(max_size=200), place=st.text(max_size=200))
def test_no_exam_name_or_place_can_write_a_calendar_line(exam: str, name: str, place: str) -> None:
    ics = invite(replace(SESSION, exam=exam, place=place, organizer=replace(TARA, name=name)))
    assert max(map(len, ics.split(b"\r\n"))) <= 75
    names = [line.partition(":")[0].partition(";")[0] for line in unfolded(ics)]
    plain = invite(replace(SESSION, place="x" if "LOCATION" in names else ""))
    assert names == [line.partition(":")[0].partition(";")[0] for line in unfolded(plain)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("uid", "a b\r\nX:y"), ("sequence", -1), ("minutes", 0), ("attendees", ()),
        ("attendees", (Address(email="x\r\n"),)), ("start", AT.replace(tzinfo=None)),
    ],
)  # fmt: skip
def test_a_session_that_is_none_is_refused_by_field(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=rf"^{field}: "):
        invite(replace(SESSION, **{field: value}))  # type: ignore[arg-type]


def test_styles_move_onto_the_elements_and_nothing_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("p { color: red }")
    links = f'<link rel="stylesheet" href="{tmp_path}/a.css"><link rel="stylesheet" href="http://127.0.0.1:9/a.css">'
    rules = "p { margin: 0 } @media print { p { margin: 1px } }"
    page = inline(f"<html><head>{links}<style>{rules}</style></head><p>x")
    assert 'style="margin: 0' in page
    assert "red" not in page
    assert "@media print" in page


def frame(child: str, **facts: object) -> str:
    templates = Path(__file__).parents[2] / "templates"
    loader = jinja2.ChoiceLoader([jinja2.FileSystemLoader(templates), jinja2.DictLoader({"child": child})])
    env = jinja2.Environment(loader=loader, undefined=jinja2.StrictUndefined, autoescape=True)
    return inline(env.get_template("child").render(facts))


CHILD = '{% extends "_base/mail.html" %}{% block body %}<p>{{ said }}</p>{% endblock %}'


def test_the_frame_needs_little_and_escapes_what_people_wrote() -> None:
    page = frame(CHILD, title="<b>T</b>", why="you are the team lead.", said="<script>x</script>")
    assert "<script" not in page
    assert "<h1" in page
    assert "<b>T</b>" not in page
    assert "Why you get this: you are the team lead." in page
    assert "Case" not in page
    assert "A reply reaches" not in page


def test_the_frame_says_the_case_the_steps_and_whom_a_reply_reaches() -> None:
    actions = [{"label": "Open", "href": "https://certdesk.example.com/c"}, {"label": "Form done", "say": "form F-1"}]
    page = frame(CHILD, title="T", why="x", said="y", ref="F-1", reply_reaches="Tara Lee and certdesk", actions=actions)
    assert 'href="https://certdesk.example.com/c"' in page
    assert all(word in page for word in ("Case F-1", "form F-1", "A reply reaches Tara Lee and certdesk.", "[F-1]"))


def test_the_frame_loads_nothing_from_anywhere() -> None:
    page = frame(CHILD, title="T", why="x", said="y")
    assert not [word for word in ("<img", "src=", "url(", "@import", "<link", "<script", "http:") if word in page]
    assert "prefers-color-scheme: dark" in page


def test_utc_dates_are_written_for_any_zone() -> None:
    assert read(replace(PLAIN, date=AT))["Date"] == read(replace(PLAIN, date=AT.astimezone(UTC)))["Date"]
