"""A small stage: plays steps through the whole bot against a fresh SQLite file and answers who was told what.

Times are site local, written "11-17 10:02" (2026) or "2027-03-12 10:02"; people are their usernames, addresses
that belong to a person print as his username, those of the roster's contacts as LIC, OPSMGMT and so on.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
import shutil
import sqlite3
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot import logs
from bot.clock import HandClock
from bot.premises import open_premises
from bot.rehearse import Rehearsal
from bot.replay import replay
from bot.roster import read_roster
from bot.script import Script
from workflows.people import Roster

TESTS = Path(__file__).parents[1]
ROSTER = TESTS / "roster.toml"
DENVER = ZoneInfo("America/Denver")
START = "11-17 10:00"
FAST = "/dev/shm" if Path("/dev/shm").is_dir() else None  # a file that no disk has to keep
CONTACTS = {
    "licensing@example.com": "LIC", "ops-management@example.com": "OPSMGMT", "ops-leadership@example.com": "OPSLEAD",
    "aetna-leadership@example.com": "AETNALEAD",
}  # fmt: skip

Line = dict[str, Any]
Step = dict[str, Any]

logs.configure(quiet=True)


# -- steps -------------------------------------------------------------------------------------------------


def local(text: str) -> datetime:
    """ "11-17 10:02" or "2027-03-12 10:02" as an instant."""
    return datetime.strptime(text if text[4:5] == "-" else f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=DENVER)


def _at(at: str) -> Step:
    return {"at": local(at)} if at else {}


def say(who: str, text: str, at: str = "", room: str = "") -> Step:
    """A line of chat, by direct message unless a room is named."""
    return {**_at(at), "chat": {"from": who, "text": text, "room": room}}


def press(who: str, label: str, at: str = "", ref: str = "", room: str = "") -> Step:
    """A pressed button."""
    return {**_at(at), "press": {"by": who, "label": label, "ref": ref, "room": room}}


def wait(how_long: str) -> Step:
    """Time passes."""
    return {"wait": how_long}


def until(at: str) -> Step:
    """Time passes until then."""
    return {"until": local(at)}


def restart(down: str = "", at: str = "") -> Step:
    """The bot stops and starts again, `down` later."""
    return {**_at(at), "restart": down or True}


def packs(at: str = "", **chosen: str) -> Step:
    """Other packs are in force from now on."""
    return {**_at(at), "packs": chosen}


# -- what came of it ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Show:
    """The lines of a rehearsal, or of some of its steps."""

    lines: Sequence[Line]

    def step(self, *numbers: int) -> Show:
        """What these steps (from 0; -1 is the last) led to, and what fell due before the next one."""
        last = max((line["step"] for line in self.lines), default=0)
        wanted = {last + 1 + n if n < 0 else n for n in numbers}
        return Show([line for line in self.lines if line["step"] in wanted])

    def between(self, start: str, end: str) -> Show:
        """What happened from `start` until before `end` (site local)."""
        first, last = local(start), local(end)
        return Show([line for line in self.lines if first <= datetime.fromisoformat(line["at"]) < last])

    def at(self, moment: str) -> Show:
        """What happened at that minute."""
        return Show([line for line in self.lines if when(line["at"]) == moment])

    def of(self, kind: str, **fields: Any) -> list[Line]:
        """The lines of a kind with these values."""
        return [line for line in self.lines if line["kind"] == kind and all(line[k] == v for k, v in fields.items())]

    def mails(self, spec: str = "") -> list[Line]:
        """The mails, or those of one name of the specification."""
        return [line for line in self.of("mail") if not spec or line["id"] == spec]

    def mail(self, spec: str) -> Line:
        """The only mail of that name."""
        (found,) = self.mails(spec)
        return found

    def chats(self, room: str = "") -> list[Line]:
        """The chat messages, or those to one room ("@tara", "#wfm")."""
        return [line for line in self.of("chat") if not room or line["to"] == room]

    def posts(self, room: str = "") -> list[Line]:
        """The messages in shared channels."""
        return [line for line in self.chats(room) if line["to"].startswith("#")]

    def text(self, room: str) -> str:
        """All that was said in a room, as one text."""
        return "\n".join(line["text"] for line in self.chats(room))

    def states(self, ref: str) -> list[str]:
        """The states a case came to, in order, each change once."""
        return [line["to"] for line in self.of("state", ref=ref) if line["to"] != line["from"]]

    def state(self, ref: str) -> str:
        """Where a case stands."""
        found: str = self.of("state", ref=ref)[-1]["to"]
        return found

    def armed(self, ref: str = "") -> dict[str, str]:
        """The timers still armed at the end, with their due times (site local)."""
        found: dict[str, str] = {}
        for line in self.of("timer"):
            if ref and line["ref"] != ref:
                continue
            name = line["name"] if ref else f"{line['ref']} {line['name']}"
            found.pop(name, None)
            if line["status"] == "armed":
                found[name] = when(line["due"])
        return found

    def owed(self, ref: str = "") -> dict[str, str]:
        """The duties still open at the end, with their owners."""
        found: dict[str, str] = {}
        for line in self.of("duty"):
            if ref and line["ref"] != ref:
                continue
            name = line["duty"] if ref else f"{line['ref']} {line['duty']}"
            found.pop(name, None)
            if line["status"] in ("open", "reminded", "escalated"):
                found[name] = line["owner"]
        return found

    def declined(self) -> list[Line]:
        """What was politely refused."""
        return self.of("declined")

    def tracker(self) -> list[Line]:
        """Cells and notes of the tracker."""
        return self.of("tracker")

    def sent(self) -> list[str]:
        """Everything that left the house, one short line each, sorted: with `nothing else` in mind."""
        return sorted(_short(line) for line in self.lines if line["kind"] in ("chat", "mail", "tracker"))

    def words(self) -> str:
        """Every word that left the house."""
        return "\n".join(_words(line) for line in self.lines if line["kind"] in ("chat", "mail", "tracker"))


def when(at: str) -> str:
    """An instant of a line in site time: "11-17 10:02", with the year when it is not 2026."""
    found = datetime.fromisoformat(at).astimezone(DENVER)
    return found.strftime("%m-%d %H:%M" if found.year == 2026 else "%Y-%m-%d %H:%M")


@cache
def _roster(path: Path) -> Roster:
    return read_roster(path)


def whom(addresses: Sequence[str]) -> str:
    """Usernames of work addresses, sorted: "LIC, pia, tara"."""
    roster = _roster(ROSTER)
    known = {roster.email_of(user): user for user in (*roster.people, *roster.agents)}
    return ", ".join(sorted(CONTACTS.get(each) or known.get(each) or each for each in addresses))


def _short(line: Line) -> str:
    if line["kind"] == "mail":
        copies = f" cc {whom(line['cc'])}" if line["cc"] else ""
        return f"{line['id'] or line['template']} to {whom(line['to'])}{copies}"
    if line["kind"] == "tracker":
        return f"tracker {line['agent']} {line['column']}: {line['value'] or line['note']}"
    buttons = "".join(f" [{label}]" for label in sorted(line["buttons"]))
    return f"{line['to']} {line['id'] or line['template']}{buttons}"


def _words(line: Line) -> str:
    files = "\n".join(file["text"] for file in line.get("attachments", ()))
    parts = [line.get("subject"), line.get("text"), line.get("html"), line.get("value"), line.get("note"), files]
    return "\n".join(part for part in parts if part)


@dataclass(kw_only=True)
class Staged(Rehearsal):
    """A rehearsal that replays every journal at its end; `differences` are what does not fold to what is stored."""

    differences: list[str] = field(default_factory=list)

    async def _play_steps(self) -> None:
        await super()._play_steps()
        with self.premises.database.reading() as connection:
            found = list(replay(connection, self.premises.seal))
            mails = connection.exec_driver_sql("SELECT key, raw FROM outbox WHERE raw IS NOT NULL").all()
        self.differences = [
            f"the journal of {case.ref} gives another case: {case.wrong}" for case in found if case.wrong
        ]
        people = {self.roster.email_of(user) for user in (*self.roster.people, *self.roster.agents)}
        for key, raw in mails:
            plain = raw if b"\n" in raw else self.premises.seal.open_bytes(raw)
            head = email.message_from_bytes(plain.partition(b"\r\n\r\n")[0], policy=email.policy.default)
            named = [each.display_name for each in head["Reply-To"].addresses if each.addr_spec in people]
            if not any(named) or head["Auto-Submitted"] not in ("auto-generated", "auto-replied"):
                self.differences.append(f"mail {key} has no named person in Reply-To (SPEC 8.16)")


# -- playing -----------------------------------------------------------------------------------------------


@cache
def blank() -> Path:
    """A database with every table and no rows, made once a session."""
    folder = Path(tempfile.mkdtemp(prefix="certdesk-blank-", dir=FAST))
    path = folder / "blank.db"
    premises = open_premises(
        url=f"sqlite:///{path}", key_file=folder / "key", clock=HandClock(local(START)), create=True
    )
    with premises.database.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    premises.close()
    return path


def play(
    *steps: Step | Sequence[Step],
    start: str = START,
    old: bool = False,
    pack: str = "",
    policies: Path | None = None,
    roster: Path = ROSTER,
    changed: Mapping[str, str] | None = None,
    odd: bool = False,
) -> Show:
    """Play the steps. `old` takes the Workshop Lead's wording, `changed` exchanges texts of the roster.

    What every rehearsal must keep (`kept_promises`) is checked at the end, unless the story is meant to be `odd`.
    """
    chosen = {"failed_exam": pack or "failed-exams-old"} if old or pack else {}
    script = Script.model_validate({"start": local(start), "packs": chosen, "step": list(_flat(steps))})
    return play_script(script, roster=roster, policies=policies, changed=changed, odd=odd)


def play_script(
    script: Script,
    *,
    roster: Path = ROSTER,
    policies: Path | None = None,
    changed: Mapping[str, str] | None = None,
    odd: bool = False,
) -> Show:
    """Play a whole script; a step that breaks raises BrokenScript."""
    told = repr((script, roster, policies, changed, odd))
    if told in SHOWN:
        return SHOWN[told]
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="certdesk-stage-", dir=FAST) as folder:
        database = Path(folder) / "stage.db"
        shutil.copyfile(blank(), database)
        rehearsal = Staged(
            script=script,
            roster=_changed(roster, changed, Path(folder)) if changed else _roster(roster),
            emit=lambda line: lines.append(dict(line)),
            policies=policies,
            url=f"sqlite:///{database}",
        )
        asyncio.run(rehearsal.play())
        broken = [*kept_promises(lines, rehearsal.roster), *_dead_letters(database), *rehearsal.differences]
    assert odd or not broken, "\n".join(broken)
    SHOWN[told] = Show(lines)
    return SHOWN[told]


SHOWN: dict[str, Show] = {}
"""Stories already played: the same steps give the same show."""


def _dead_letters(database: Path) -> list[str]:
    """What could not be rendered or sent."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT key, template, error FROM outbox WHERE state = 'dead'").fetchall()
    return [f"{template} ({key}) could not go out: {error}" for key, template, error in rows]


def _changed(roster: Path, changed: Mapping[str, str], folder: Path) -> Roster:
    text = roster.read_text(encoding="utf-8")
    for old, new in changed.items():
        assert old in text, f"the roster does not say {old!r}"
        text = text.replace(old, new, 1)
    path = folder / "roster.toml"
    path.write_text(text, encoding="utf-8")
    return read_roster(path)


def _flat(steps: Sequence[Step | Sequence[Step]]) -> Iterator[Step]:
    for step in steps:
        if isinstance(step, dict):
            yield step
        else:
            yield from step


def toml_steps(path: Path) -> Script:
    """A script kept in tests/rehearsals."""
    return Script.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


# -- what holds in every rehearsal -------------------------------------------------------------------------

DISCIPLINE = re.compile(
    r"\b(?:caps?|coach\w*|fail\w*|review\w*|disciplin\w*|terminat\w*|warning|written|attempts?|first|second|third"
    r"|1st|2nd|3rd|passed|not pass\w*|uncoached|final cap)\b",
    re.IGNORECASE,
)
WORDED = (
    re.compile(r"Please end today's cert session for .+ \(OID \d+\) in TeleOpti\. Ref F-\d+\."),
    re.compile(
        r"Correction: please disregard the end-session request for .+; reinstate if already ended\. Ref F-\d+\."
    ),
    re.compile(r".+: proctored final attempt needed for .+\. Ref F-\d+\."),
)
"""The channel posts SPEC section 3 words itself."""


def kept_promises(lines: Sequence[Line], roster: Roster) -> list[str]:
    """What every rehearsal must keep; the promises broken, one line each."""
    return [*_channels(lines), *_readers(lines, roster), *_clocks(lines), *_voice(lines)]


def _channels(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        if line["kind"] != "chat" or not line["to"].startswith("#"):
            continue
        if any(worded.fullmatch(line["text"]) for worded in WORDED):
            continue
        if found := DISCIPLINE.search(line["text"]):
            yield f"{line['to']} reads {found[0]!r}: {line['text']}"


def _readers(lines: Sequence[Line], roster: Roster) -> Iterator[str]:
    about = {line["ref"]: line["agent"] for line in lines if line["kind"] == "state"}
    for line in lines:
        agent = about.get(line.get("ref") or "")
        if agent is None or agent not in roster.agents:  # a class's or site's own case speaks to everybody in it
            continue
        if line["kind"] == "chat" and line["to"][1:] in roster.agents and line["to"][1:] != agent:
            yield f"{line['to']} hears of {agent}: {line['text']}"
        if line["kind"] == "mail":
            others = {roster.email_of(other) for other in roster.agents if other != agent}
            if others & {*line["to"], *line["cc"]}:
                yield f"another agent is written to about {agent}: {line['subject']}"
    for line in lines:
        if line["kind"] == "chat" and line["template"].startswith("house/ops_"):
            yield f"a message could not be made: {line['text']}"
        if line["kind"] == "declined" and line["reason"] == "poisoned":
            yield f"a letter was poisoned: {line['text']}"
        if line["kind"] in ("chat", "mail") and re.search(r"[{}]|\bNone\b|Undefined|\[\]|&lt;|&amp;", line["text"]):
            yield f"a template shows through: {line['text']}"


def _clocks(lines: Sequence[Line]) -> Iterator[str]:
    fired: set[tuple[str, str, str]] = set()
    for line in lines:
        if line["kind"] == "timer" and line["status"] == "fired":
            if (mark := (line["ref"], line["name"], line["due"])) in fired:
                yield f"a timer fired twice: {mark}"
            fired.add(mark)


def _voice(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        if line["kind"] in ("chat", "mail") and re.search(r"will be (?:terminated|fired|dismissed)", _words(line)):
            yield f"the bot decides: {_words(line)}"
