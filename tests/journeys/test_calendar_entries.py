"""The calendar entries of a proctored sitting: one entry that moves and goes, to those who were asked, read strictly."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.mail.compose import Address
from bot.mail.invite import Session, invite
from tests.journeys.stage import Line, Show, play, say
from tests.journeys.stories import COACHED

SECOND = [*COACHED, say("ana", "fail ahip 2", "11-17 13:00")]
SET = [*SECOND, say("lia", "proctor F-1 wed 10:00 @lia", "11-17 13:10")]
MOVED = [*SET, say("lia", "proctor F-1 thu 12:00 @lia", "11-17 13:20")]
DISCIPLINE = re.compile(r"attempt|fail|\bcap\b|coach|correct|warn|terminat|discipl|third|final a", re.IGNORECASE)

_LINE = re.compile(
    r"""(?P<name>[A-Z-]+)
    (?P<params>(?:;[A-Z-]+=(?:"[^"\x00-\x1f\x7f]*"|[^";:,\x00-\x1f\x7f]+))*)
    :(?P<value>[^\x00-\x08\x0a-\x1f\x7f]*)\Z""",
    re.VERBOSE,
)
_TEXT = re.compile(r"(?:[^\\;,\x00-\x1f\x7f]|\\[\\;,nN])*\Z")
_UTC = re.compile(r"\d{8}T\d{6}Z\Z")
ONCE = (
    "UID",
    "SEQUENCE",
    "DTSTAMP",
    "DTSTART",
    "DTEND",
    "SUMMARY",
    "DESCRIPTION",
    "STATUS",
    "CLASS",
    "TRANSP",
    "ORGANIZER",
)


def entry(ics: bytes) -> dict[str, list[str]]:
    """The values of an entry by their names, read as RFC 5545 writes them and not a bit more kindly."""
    assert ics.endswith(b"\r\n")
    lines = ics.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert all(b"\n" not in line and b"\r" not in line for line in lines)
    for line in lines:
        line.decode()  # no character is split by folding
    found: dict[str, list[str]] = {}
    order = []
    for text in b"\r\n".join(lines).replace(b"\r\n ", b"").decode().split("\r\n"):
        read = _LINE.match(text)
        assert read, text
        order.append(read["name"] if read["name"] not in ("BEGIN", "END") else f"{read['name']}:{read['value']}")
        found.setdefault(read["name"], []).append(read["value"])
        if read["name"] in ("SUMMARY", "DESCRIPTION", "LOCATION"):
            assert _TEXT.match(read["value"]), text
        if read["name"].startswith("DT"):
            assert _UTC.match(read["value"]), text  # in UTC no time zone need be known, or change, anywhere
    assert order[0] == "BEGIN:VCALENDAR"
    assert order[-2:] == ["END:VEVENT", "END:VCALENDAR"]
    assert order.index("METHOD") < order.index("BEGIN:VEVENT") < order.index("UID")
    assert found["VERSION"] == ["2.0"]
    assert all(len(found[name]) == 1 for name in ("METHOD", "PRODID", *ONCE))
    return found


def entries(show: Show) -> list[tuple[Line, dict[str, list[str]]]]:
    """The mails with an entry, in order."""
    return [
        (mail, entry(file["text"].encode()))
        for mail in show.mails("E-25")
        for file in mail["attachments"]
        if file["name"] == "invite.ics"
    ]


def brief(found: dict[str, list[str]]) -> tuple[str, int, str, str]:
    """Method, sequence, start and status."""
    return found["METHOD"][0], int(found["SEQUENCE"][0]), found["DTSTART"][0], found["STATUS"][0]


def test_a_sitting_is_one_entry_that_moves_and_goes_and_comes_again() -> None:
    told = entries(
        play(
            MOVED,
            say("lia", "proctor F-1 cancel", "11-17 13:30"),
            say("lia", "proctor F-1 fri 9:00 @lia", "11-17 13:40"),
            say("ana", "passed ahip", "11-17 14:00"),
        )
    )
    assert [brief(found) for _, found in told] == [
        ("REQUEST", 1, "20261118T170000Z", "CONFIRMED"),
        ("REQUEST", 2, "20261119T190000Z", "CONFIRMED"),
        ("CANCEL", 3, "20261119T190000Z", "CANCELLED"),
        ("REQUEST", 4, "20261120T160000Z", "CONFIRMED"),
        ("CANCEL", 5, "20261120T160000Z", "CANCELLED"),
    ]
    assert len({found["UID"][0] for _, found in told}) == 1
    assert all(a["DTSTAMP"] <= b["DTSTAMP"] for (_, a), (_, b) in itertools.pairwise(told))


def test_exactly_those_to_whom_the_mail_goes_are_invited_and_called_off() -> None:
    told = entries(play(MOVED, say("lia", "proctor F-1 cancel", "11-17 13:30")))
    for mail, found in told:
        assert [who.removeprefix("mailto:") for who in found["ATTENDEE"]] == mail["to"]
        assert mail["to"] == ["ana.rivera@example.com", "lia.cruz@example.com"]
        assert found["ORGANIZER"] == ["mailto:certdesk@example.com"]


def test_a_proctor_who_is_replaced_is_called_off_alone_and_the_other_is_asked() -> None:
    told = entries(play(MOVED, say("lia", "proctor F-1 thu 13:00 @pia", "11-17 13:30")))
    (asked, new), (gone, old) = told[-2:] if told[-1][1]["METHOD"] == ["CANCEL"] else reversed(told[-2:])
    assert (new["METHOD"], old["METHOD"]) == (["REQUEST"], ["CANCEL"])
    assert asked["to"] == ["ana.rivera@example.com", "pia.moss@example.com"]
    assert gone["to"] == ["lia.cruz@example.com"]
    assert old["ATTENDEE"] == ["mailto:lia.cruz@example.com"]
    assert new["UID"] == old["UID"]
    assert min(int(each["SEQUENCE"][0]) for each in (new, old)) > int(told[1][1]["SEQUENCE"][0])


def test_no_entry_speaks_of_attempts_or_discipline() -> None:
    for mail, found in entries(play(MOVED, say("lia", "proctor F-1 cancel", "11-17 13:30"))):
        assert found["SUMMARY"] == ["Proctored session: AHIP Final"]
        (ics,) = [file["text"] for file in mail["attachments"] if file["name"] == "invite.ics"]
        assert not DISCIPLINE.search(ics.replace("\r\n ", ""))


SESSION = Session(
    uid="F-1-2-0a1b2c@example.com",
    sequence=1,
    exam="AHIP Final",
    start=datetime(2026, 11, 18, 17, 0, tzinfo=UTC),
    stamp=datetime(2026, 11, 17, 17, 0, tzinfo=UTC),
    zone="America/Denver",
    organizer=Address(name="certdesk", email="certdesk@example.com"),
    attendees=(Address(name="Ana Rivera", email="ana.rivera@example.com"),),
)


@pytest.mark.parametrize(
    ("local", "utc", "words"),
    [
        ("2026-10-31 09:00", "20261031T150000Z", "2026-10-31 09:00 MDT"),
        ("2026-11-01 09:00", "20261101T160000Z", "2026-11-01 09:00 MST"),  # the clocks went back that night
        ("2027-03-13 09:00", "20270313T160000Z", "2027-03-13 09:00 MST"),
        ("2027-03-14 09:00", "20270314T150000Z", "2027-03-14 09:00 MDT"),  # and forward
    ],
)
def test_a_time_is_right_on_both_sides_of_either_change_of_the_clocks(local: str, utc: str, words: str) -> None:
    start = datetime.strptime(local, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo("America/Denver"))
    found = entry(invite(replace(SESSION, start=start, minutes=120)))
    assert found["DTSTART"] == [utc]
    assert words in found["DESCRIPTION"][0]


def test_a_sitting_across_the_change_lasts_as_long_as_it_lasts() -> None:
    start = datetime(2026, 11, 1, 0, 30, tzinfo=ZoneInfo("America/Denver"))
    found = entry(invite(replace(SESSION, start=start, minutes=120)))
    assert (found["DTSTART"], found["DTEND"]) == (["20261101T063000Z"], ["20261101T083000Z"])


def test_commas_semicolons_and_long_names_survive_and_break_no_line() -> None:
    exam = "AHIP; part 1, 2 \\ 3 " + "Ünïcödé 🎓 " * 12
    who = (Address(name='Zoë "Z" O\'Neil; x:y, ' + "w" * 90, email="zoe@example.com"),)
    found = entry(invite(replace(SESSION, exam=exam, attendees=who)))
    plain = found["SUMMARY"][0].replace("\\;", ";").replace("\\,", ",").replace("\\\\", "\\")
    assert plain == f"Proctored session: {' '.join(exam.split())}"
    assert found["ATTENDEE"] == ["mailto:zoe@example.com"]


def test_an_entry_says_that_its_buttons_reach_nobody() -> None:
    ics = invite(SESSION).replace(b"\r\n ", b"")
    assert b"RSVP=FALSE" in ics
    assert b"for another time\\, answer the mail" in ics
