"""The roster file: read whole or refused whole, written so that it reads back, stored, and compared in words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from bot.roster import RosterErrors, difference, from_json, read_roster, to_json, write_roster
from workflows.people import Role, Roster

EXAMPLE = Path(__file__).parents[1] / "roster.toml"
TEXT = EXAMPLE.read_text(encoding="utf-8")


def pack_length(pack: str) -> int | None:
    """The packs of these tests."""
    return {"failed-exams-new": 3, "failed-exams-old": 3, "six": 6}.get(pack)


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Roster]:
    """Reads the example with pairs of texts exchanged and text added at the end."""

    def reader(*exchanges: tuple[str, str], add: str = "", packs: dict[str, str] | None = None) -> Roster:
        text = TEXT
        for old, new in exchanges:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / "roster.toml"
        path.write_text(text + add, encoding="utf-8")
        return read_roster(path, pack_length=pack_length, packs=packs)

    return reader


Read = Callable[..., Roster]


def problems(read: Read, *exchanges: tuple[str, str], **more: Any) -> list[str]:
    """What is wrong with the changed example."""
    with pytest.raises(RosterErrors) as error:
        read(*exchanges, **more)
    assert all("\n" not in line for line in error.value.problems)
    return error.value.problems


def test_the_example_is_read_as_it_is_written() -> None:
    roster = read_roster(EXAMPLE, pack_length=pack_length)
    assert list(roster.agents) == ["ana", "ben", "cora", "dan", "eli", "fay"]
    assert roster.agents["ben"].tz == "America/Phoenix"
    assert roster.people["tim"].roles == {Role.certifier, Role.tbt_sme}
    nov16 = roster.classes["NOV16"]
    assert (nov16.shift_start, nov16.shift_end, nov16.breaks[1].name) == (time(8), time(16, 30), "lunch")
    assert (nov16.start, nov16.call_cert_start) == (date(2026, 11, 16), date(2026, 11, 20))
    assert roster.sites["slc"].days == {0, 1, 2, 3, 4}
    assert date(2026, 11, 26) in roster.sites["slc"].holidays
    assert roster.exams["ahip-final"].attempts == 3
    assert roster.contacts["licensing_team"] == ("licensing@example.com",)
    assert len(roster.contacts["tbt_search_pack"]) == 3
    assert roster.packs["tbt"] == "off"
    assert roster.channels["wfm"] == "#wfm"


def test_a_site_may_work_every_day_round_the_clock_without_holidays(read: Read) -> None:
    roster = read(
        ('["mon", "tue", "wed", "thu", "fri"]', '["mon", "tue", "wed", "thu", "fri", "sat", "sun"]'),
        ('open = "08:00", close = "17:00"', 'open = 00:00:00, close = "24:00"'),
        (re.search(r"holidays = .*", TEXT)[0], "holidays = []"),  # type: ignore[index]
        ("America/Denver", "Australia/Lord_Howe"),
    )
    site = roster.sites["slc"]
    assert (site.days, site.close, site.holidays) == (frozenset(range(7)), time(0), frozenset())


def test_overtime_without_an_offset_is_wall_clock_of_the_class(read: Read) -> None:
    slots = "ot = [{ start = 2026-11-21T09:00:00, end = 2026-11-21T12:00:00-07:00 }]\n[agent.ben]"
    [(start, end)] = read(("[agent.ben]", slots)).agents["ana"].ot
    assert (start, end) == (datetime(2026, 11, 21, 16, tzinfo=UTC), datetime(2026, 11, 21, 19, tzinfo=UTC))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('tl = "tara"', 'tl = "taraa"', "agent.ana.tl: nobody is called 'taraa'; did you mean 'tara'?"),
        ('tl = "tara"', 'tl = "pia"', "agent.ana.tl: Pia Moss (pia) does not have the role tl"),
        ('tl = "tara"', 'tl = "ben"', "agent.ana.tl: ben is an agent, not staff"),
        ('tl = "tara"', "", "agent.ana.tl: missing"),
        ('tl = "tara"', 'tll = "tara"', "agent.ana.tll: unknown key; did you mean 'tl'?"),
        ('class = "NOV16"', 'class = "NOV17"', "agent.ana.class: there is no class 'NOV17'; did you mean 'NOV16'?"),
        ('site            = "slc"', 'site = "nyc"', "class.NOV16.site: there is no site 'nyc'"),
        ('host            = "lia"', 'host = "li"', "class.NOV16.host: nobody is called 'li'; did you mean 'lia'?"),
        ('["tim"]', '["cass"]', "class.NOV16.tbt_smes[0]: Cass Moy (cass) does not have the role tbt_sme"),
        ('["tl"]', '["tll"]', "person.tara.roles[0]: unknown role 'tll'; did you mean 'tl'?"),
        ('["tl"]', '["agent"]', "person.tara.roles[0]: agent is not given here: it comes from the class or the case"),
        ('["tl"]', '["tl"]\nmanager = "evee"', "person.tara.manager: nobody is called 'evee'; did you mean 'eve'?"),
        ('["tl"]', '["tl"]\nmanager = "tara"', "person.tara.manager: tara ends up as his own manager"),
        ('"America/Denver"', '"America/Denvr"', "site.slc.tz: 'America/Denvr' is not a time zone of the tz database"),
        ('"America/Denver"', '"America"', "site.slc.tz: 'America' is not a time zone of the tz database"),
        ('"America/Denver"', '"../etc"', "site.slc.tz: '../etc' is not a time zone of the tz database"),
        ('open = "08:00"', 'open = "8 am"', 'site.slc.hours.open: 8 am is not a time of day such as "08:00"'),
        ('open = "08:00"', 'open = "24:00"', 'site.slc.hours.open: 24:00 is not a time of day such as "08:00"'),
        ("2026-11-26", "2026-11-31", "site.slc.holidays[0]: 2026-11-31 is not a day such as 2026-11-16"),
        (
            'open = "08:00"',
            'open = "18:00"',
            "site.slc.hours: site slc: it closes at 17:00, before it opens at 18:00",
        ),
        ('["mon", "tue", "wed", "thu", "fri"]', "[]", "site.slc.hours: site slc: no open days"),
        ('start = "10:00", end', 'start = "07:45", end', "class.NOV16.breaks[0]: b1 lies outside the shift"),
        ('end = "12:30"', 'end = "14:40"', "class.NOV16.breaks[2]: b2 begins before lunch ends"),
        ('end = "10:15"', 'end = "09:15"', "class.NOV16.breaks[0]: ends at 09:15, before it starts at 10:00"),
        ('end = "16:30"', 'end = "06:30"', "class.NOV16.shift: ends at 06:30, before it starts at 08:00"),
        ("= 2026-11-20 ", "= 2026-11-10 ", "class.NOV16.call_cert_start: 2026-11-10 is before the class starts"),
        ('"#esp-nov16"', '"esp nov16"', "class.NOV16.channel: 'esp nov16' is not a channel such as \"#wfm\""),
        (
            '"ana.rivera@example.com"',
            '"ana@rivera@x.com"',
            "agent.ana.email: 'ana@rivera@x.com' is not an e-mail address",
        ),
        ('"ana.rivera@example.com"', '"ana@localhost"', "agent.ana.email: 'ana@localhost' is not an e-mail address"),
        (
            '"ana.rivera@example.com"',
            '"ana@example.com\\r\\nBcc: x@example.com"',
            "agent.ana.email: 'ana@example.com\\r\\nBcc: x@example.com' is not an e-mail address",
        ),
        (
            '"ana.rivera@example.com"',
            '"Tara.Lee@example.com"',
            "agent.ana.email: the address Tara.Lee@example.com is also that of person.tara.email",
        ),
        ('"Rivera"', '"Ri\\nvera"', "agent.ana.last: holds a line break or another control character"),
        ('"Rivera"', '"Rivera\\u202e"', "agent.ana.last: holds a line break or another control character"),
        ('"Rivera"', '" "', "agent.ana.last: must not be empty or begin or end with a space"),
        ('"40112"', '"40111"', "agent.ben.oid: the OID 40111 is also that of agent.ana.oid"),
        ('"40111"', "40111", "agent.ana.oid: input should be a valid string"),
        ("[person.dev]", "[person.ana]", "agent.ana: ana is also a person; an agent cannot be staff"),
        ("[person.dev]", "[person.Tara]", "person.Tara: the username Tara is also that of person.tara"),
        ("[person.dev]", "[person.certdesk]", "person.certdesk: certdesk is the bot's own name"),
        ("[person.dev]", '[person."d v"]', "person.d v: 'd v' cannot be a username"),
        ('kind     = "limited"', 'kind = "hard"', "exam.ahip-final.kind: input should be 'limited' or 'practice'"),
        (
            "attempts = 3 ",
            "attempts = 4 ",
            "exam.ahip-final.attempts: is 4, but the pack failed-exams-new has 3 attempts",
        ),
        (
            "attempts = 3 ",
            'attempts = 3\npack = "seven" ',
            "exam.ahip-final.pack: there is no failed-exam pack 'seven'",
        ),
        ('"failed-exams-new"', '"new"', "packs.failed_exam: there is no failed-exam pack 'new'"),
        (
            '"ahip", "ahip final", "ahip exam"',
            '"Aetna"',
            "exam.aetna-core.aliases[0]: the name aetna is also that of exam.ahip-final.aliases[0]",
        ),
        (
            'carrier  = "AHIP"',
            'carrier = "AHIP"\nplan_year_starts = "13-01"',
            "exam.ahip-final.plan_year_starts: '13-01' is not a day of the year such as \"07-01\"",
        ),
        ('wfm       = "#wfm"', "", "channels.wfm: missing"),
        ('"#licensing"', '"licensing"', "channels.licensing: 'licensing' is not a channel such as \"#wfm\""),
        ('"it@example.com"', '"it"', "contacts.it_service_desk[0]: 'it' is not an e-mail address"),
        ('licensing_team   = "licensing@example.com"', "", "contacts.licensing_team: missing"),
        ("[contacts]", "[contact]", "contact: unknown table; did you mean 'contacts'?"),
        (
            "failed_exam = ",
            "failed_exams = ",
            "packs.failed_exams: unknown key; did you mean 'failed_exam'?",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(read: Read, old: str, new: str, problem: str) -> None:
    assert problem in problems(read, (old, new))


def test_everything_wrong_is_said_at_once(read: Read) -> None:
    found = problems(
        read,
        ('"America/Denver"', '"Mars"'),
        ('["mon", ', '["monday", '),
        ('tl = "tara"', 'tl = "nobody-here"'),
        ('email = "ben.ortiz@example.com"', 'email = "ben"\nshoe = 44'),
        ('kind     = "limited"', 'kind = "hard"'),
    )
    places = [line.split(": ")[0] for line in found]
    assert sorted(places) == sorted(
        [
            "site.slc.tz",
            "site.slc.hours.days[0]",
            "agent.ana.tl",
            "agent.ben.email",
            "agent.ben.shoe",
            "exam.ahip-final.kind",
        ]
    )


def test_an_entry_that_is_wrong_itself_is_judged_with_the_others_as_far_as_it_is_right(read: Read) -> None:
    found = problems(
        read,
        ('last  = "Rivera"', 'last = ""\nshoe = 44'),
        ('class = "NOV16"', 'class = "NOV17"'),
        ('tl = "tara"', 'tl = "pia"'),
        ('hr_rep = "hana"', 'hr_rep = "hanna"'),
        ('oid   = "40112"', 'oid = "40111"\nnpn = 7'),
        ('roles = ["pm"]', 'roles = ["pm", "tll"]\nmanager = "evee"\nshoe = 44'),
        ("call_cert_start = 2026-11-20", 'call_cert_start = "soon"'),
        ('host            = "lia"', 'host = "li"'),
        ('"ahip", "ahip final", "ahip exam"', '"", "Aetna"'),
    )
    assert sorted(found) == sorted(
        [
            "agent.ana.last: must not be empty or begin or end with a space",
            "agent.ana.shoe: unknown key",
            "agent.ana.class: there is no class 'NOV17'; did you mean 'NOV16'?",
            "agent.ana.tl: Pia Moss (pia) does not have the role tl",
            "agent.ana.hr_rep: nobody is called 'hanna'; did you mean 'hana'?",
            "agent.ben.npn: input should be a valid string",
            "agent.ben.oid: the OID 40111 is also that of agent.ana.oid",
            "person.pia.shoe: unknown key",
            "person.pia.roles[1]: unknown role 'tll'; did you mean 'tl'?",
            "person.pia.manager: nobody is called 'evee'; did you mean 'eve'?",
            "class.NOV16.call_cert_start: soon is not a day such as 2026-11-16",
            "class.NOV16.host: nobody is called 'li'; did you mean 'lia'?",
            "exam.ahip-final.aliases[0]: must not be empty or begin or end with a space",
            "exam.aetna-core.aliases[0]: the name aetna is also that of exam.ahip-final.aliases[1]",
        ]
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('roles = ["tl"]', "roles = 3", "person.tara.roles: input should be a valid list"),
        ('roles = ["tl"]', "roles = [3]", "person.tara.roles[0]: input should be a valid string"),
        ('tz       = "America/Denver"', "", "site.slc.tz: missing"),
        ('start = "08:00", end = "16:30"', 'start = "08:00"', "class.NOV16.shift.end: missing"),
        ('failed_exam = "failed-exams-new"', "failed_exam = 3", "packs.failed_exam: input should be a valid string"),
        (
            "attempts = 3 ",
            'attempts = 6\npack = "" ',
            "exam.ahip-final.pack: must not be empty or begin or end with a space",
        ),
    ],
)
def test_what_cannot_be_judged_is_not_reported(read: Read, old: str, new: str, problem: str) -> None:
    assert problems(read, (old, new)) == [problem]


def test_a_wrong_person_is_not_reported_as_an_unknown_one(read: Read) -> None:
    found = problems(read, ('email = "tara.lee@example.com"', 'email = "tara"'))
    assert found == ["person.tara.email: 'tara' is not an e-mail address"]


def test_all_doubled_tables_are_named_with_their_lines(read: Read) -> None:
    lines = TEXT.count("\n")
    found = problems(read, add='\n[agent.ana]\nfirst = "A"\n[person."tara"]\n')
    first = TEXT.splitlines().index("[agent.ana]") + 1
    assert [re.sub(r"^.*roster\.toml:", "", line) for line in found] == [
        f"{lines + 2}: [agent.ana] is there twice, first on line {first}",
        f"{lines + 4}: [person.tara] is there twice, first on line {TEXT.splitlines().index('[person.tara]') + 1}",
    ]


@pytest.mark.parametrize("add", ["\nfirst = \n", '\n[agent.zed]\nfirst = "A"\nfirst = "B"\n', "\n[agent.zed"])
def test_what_is_no_toml_is_named_with_its_line(read: Read, add: str) -> None:
    [problem] = problems(read, add=add)
    assert re.search(r"roster\.toml:\d+: [A-Z]", problem)


def test_a_file_that_cannot_be_read_is_a_problem_too(tmp_path: Path) -> None:
    with pytest.raises(RosterErrors, match="cannot be read"):
        read_roster(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "Zo\xeb"')
    with pytest.raises(RosterErrors, match="not UTF-8"):
        read_roster(tmp_path / "latin.toml")


def test_attempts_follow_the_pack_that_is_really_in_force(read: Read) -> None:
    six = ("attempts = 3 ", "attempts = 6 ")
    core = ('carrier  = "Aetna"\nkind     = "limited"\nattempts = 3', 'carrier = "Aetna"\nkind = "limited"')
    assert len(problems(read, six, core)) == 1
    roster = read(six, core, packs={"failed_exam": "six"})
    assert (roster.packs["failed_exam"], roster.exams["aetna-core"].attempts) == ("six", 6)
    own = read(("attempts = 3 ", 'attempts = 6\npack = "six" '))
    assert own.exams["ahip-final"].pack == "six"


def test_packs_that_are_not_named_are_the_default_ones(read: Read) -> None:
    assert read(('tbt         = "off"\n', "")).packs["tbt"] == "tbt"


# -- out again


def odd(roster: Roster) -> Roster:
    """The example with everything an export could stumble over."""
    ana, site, nov16 = roster.agents["ana"], roster.sites["slc"], roster.classes["NOV16"]
    slot = (datetime(2026, 11, 21, 16, 0, 0, 5, tzinfo=UTC), datetime(2026, 11, 21, 19, tzinfo=UTC))
    agents = {
        **roster.agents,
        "zoë": replace(
            ana,
            username="z.b-2",
            first='Zo"ë\\',
            last="[Ö] # = 'x' 😀",
            oid="9",
            email="z@example.com",
            personal_email=None,
            workshop_lead=None,
            npn="1",
            ot=(slot, slot),
        ),
    }
    tara = replace(roster.people["tara"], manager="eve")
    return Roster.build(
        sites=[replace(site, close=time(0), days=frozenset(range(7)), holidays=frozenset())],
        classes=[replace(nov16, shift_end=time(0), breaks=(), host=None, tbt_smes=(), tz="Asia/Kathmandu")],
        people=[*(p for p in roster.people.values() if p.username != "tara"), tara],
        agents=agents.values(),
        exams=[replace(e, plan_year_starts="02-29") for e in roster.exams.values()],
        channels=roster.channels,
        contacts=roster.contacts,
        packs=roster.packs,
    )


@pytest.mark.parametrize("change", [lambda r: r, odd], ids=["example", "odd"])
def test_what_is_written_reads_back_equal(tmp_path: Path, change: Callable[[Roster], Roster]) -> None:
    roster = change(read_roster(EXAMPLE, pack_length=pack_length))
    write_roster(roster, tmp_path / "out.toml")
    assert read_roster(tmp_path / "out.toml", pack_length=pack_length) == roster


@pytest.mark.parametrize("change", [lambda r: r, odd], ids=["example", "odd"])
def test_a_stored_snapshot_comes_back_equal_and_as_the_same_bytes(change: Callable[[Roster], Roster]) -> None:
    roster = change(read_roster(EXAMPLE, pack_length=pack_length))
    stored = to_json(roster)
    assert from_json(stored) == roster
    assert to_json(from_json(stored)) == stored
    assert from_json(stored).roles_towards("tara", "ana") == {Role.tl}


def test_the_bytes_do_not_depend_on_the_order_in_the_file(tmp_path: Path) -> None:
    data = tomllib.loads(TEXT)
    head, *tables = re.split(r"(?m)^(?=\[)", TEXT)
    assert len(tables) == sum(len(data[t]) for t in ("site", "class", "person", "agent", "exam")) + 3
    (tmp_path / "turned.toml").write_text("\n".join([head, *reversed(tables)]), encoding="utf-8")
    assert to_json(read_roster(tmp_path / "turned.toml")) == to_json(read_roster(EXAMPLE))


def test_a_change_is_said_in_plain_words(read: Read) -> None:
    old = read_roster(EXAMPLE, pack_length=pack_length)
    new = read(
        ('tl = "tara"', 'tl = "dev"'),
        ('workshop_lead = "will"\n', ""),
        ('personal_email = "ben@home.example.net"\n', ""),
        ('close = "17:00"', 'close = "18:00"'),
        ('"2026-11-26", ', '"2026-11-27", '),
        ('roles = ["tl"]', 'roles = ["tl", "pm"]'),
        ('host            = "lia"', 'host = "wes"'),
        ('end = "10:15"', 'end = "10:20"'),
        ('failed_exam = "failed-exams-new"', 'failed_exam = "failed-exams-old"'),
        ("[person.cass]", "[person.carl]"),
        ("attempts = 3 ", 'attempts = 3\nplan_year_starts = "07-01" '),
    )
    assert difference(old, new) == [
        "SLC: close 17:00 -> 18:00",
        "SLC: holidays 2026-11-26 removed; 2026-11-27 added",
        "NOV16: breaks b1 10:00 10:15 removed; b1 10:00 10:20 added",
        "NOV16: host Lia Cruz -> Wes Fox",
        "Cass Moy (person cass): no longer there",
        "Cass Moy (person carl): new",
        "Tara Lee: roles PM added",
        "Ana Rivera: TL Tara Lee -> Dev Shah",
        "Ana Rivera: Workshop Lead Will Lane -> none",
        "Ben Ortiz: personal e-mail ben@home.example.net -> none",
        "AHIP Final: plan year starts none -> 07-01",
        "packs: failed exam failed-exams-new -> failed-exams-old",
    ]
    assert difference(old, old) == []
