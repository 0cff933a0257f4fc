"""Reads a roster file: all that is wrong with it is said at once, each with its place, or nothing is taken.

Its form is in `bot/roster_form.py`; writing, storing and comparing rosters is in `bot/roster_export.py`.
Long, because every check needs the whole file in view.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from bot import roster_form as form
from bot.roster_export import difference, from_json, to_json, write_roster
from workflows.calendar import Calendar, NeverOpen, instant
from workflows.people import (
    ASSIGNED,
    OF_THE_MOMENT,
    Agent,
    Break,
    Exam,
    Person,
    Role,
    Roster,
    Site,
    TrainingClass,
    fold,
)

__all__ = [
    "PackLength",
    "RosterErrors",
    "difference",
    "from_json",
    "read_roster",
    "read_tables",
    "to_json",
    "write_roster",
]

PackLength = Callable[[str], int | None]
"""How many attempts a failed-exam pack has; None when there is no such pack."""

PACKS_IN_FORCE = {  # SPEC 0.2, the default active set
    "failed_exam": "failed-exams-new",
    "licensing_training": "licensing-training-new",
    "call_cert": "call-cert-new",
    "tbt": "tbt",
    "attendance": "attendance",
}
OWN_PACKS = ("progress", "equipment", "ticket", "completion", "site_day")
"""Workflows whose only pack has their own name; the roster may name another, or switch them off."""
OFF = "off"
"""In place of a pack's id: the workflow is not run here."""

TABLES = ("site", "class", "person", "agent", "exam", "channels", "contacts", "packs")
NEEDED = {"channels": ("wfm", "licensing", "ops"), "contacts": ("licensing_team",)}
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
RESERVED = {"certdesk": "is the bot's own name", "all": "is a mention of the chat", "here": "is a mention of the chat"}

F = TypeVar("F", bound=form.Table)


class RosterErrors(ValueError):
    """What is wrong with a roster; `problems` holds one line each: "agent.ana.tl: nobody is called 'taraa'"."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_roster(
    path: Path | str, *, pack_length: PackLength | None = None, packs: Mapping[str, str] | None = None
) -> Roster:
    """The roster of a TOML file, or RosterErrors with every problem in it.

    `pack_length` checks an exam's attempts against its pack (SPEC 3.1); without it they are taken as written.
    `packs` overrides the file's packs in force (a rehearsal's `[packs]`). Times of day are wall clock of the
    site or class; an OT slot without an offset is wall clock of its class.
    """
    return _Reading(_parse(Path(path)), packs or {}).roster(pack_length)


def read_tables(raw: dict[str, Any], *, pack_length: PackLength | None = None) -> Roster:
    """The roster of tables that are read already (as tomllib gives them), or RosterErrors."""
    return _Reading(raw, {}).roster(pack_length)


# -- the file


def _parse(path: Path) -> dict[str, Any]:
    """The tables of the file; RosterErrors naming file and line when it is no TOML or says a table twice."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise RosterErrors([f"{path}: cannot be read: {reason}"]) from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        doubled = dict(_doubled(text))
        problems = [f"{path}:{line}: {what}" for line, what in doubled.items()]
        place = re.search(r"\s*\(at line (\d+), column \d+\)", str(error))
        line = int(place[1]) if place else text.count("\n") + 1
        if line not in doubled:
            problems.append(f"{path}:{line}: {str(error).replace(place[0], '') if place else error}")
        raise RosterErrors(problems) from None


def _doubled(text: str) -> Iterator[tuple[int, str]]:
    """(line, sentence) of each table header that was there before."""
    seen: dict[str, int] = {}
    for line, content in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[([^\[\]]+)\]\s*(#.*)?$", content):
            table = re.sub(r"[\s\"']", "", header[1])
            if table in seen:
                yield line, f"[{table}] is there twice, first on line {seen[table]}"
            seen.setdefault(table, line)


class _Reading:
    """One file being read: its tables as far as they are right, and what is wrong so far."""

    def __init__(self, raw: dict[str, Any], packs: Mapping[str, str]) -> None:
        self.problems = [f"{table}: unknown table{_perhaps(table, TABLES)}" for table in raw if table not in TABLES]
        self.raw = {table: self._table(raw, table) for table in TABLES}
        self.sites = self._forms("site", form.SiteForm)
        self.classes = self._forms("class", form.ClassForm)
        self.people = self._forms("person", form.PersonForm)
        self.agents = self._forms("agent", form.AgentForm)
        self.exams = self._forms("exam", form.ExamForm)
        self.channels: dict[str, str] = self._values("channels", form.Channels)
        self.contacts: dict[str, list[str]] = self._values("contacts", form.Contacts)
        self.packs: dict[str, str] = PACKS_IN_FORCE | self._values("packs", form.Packs) | dict(packs)

    def wrong(self, place: str, what: str) -> None:
        """Note a problem."""
        self.problems.append(f"{place}: {what}")

    def _table(self, raw: dict[str, Any], table: str) -> dict[str, Any]:
        found = raw.get(table, {})
        if isinstance(found, dict):
            return found
        self.wrong(table, "must be a table")
        return {}

    def _forms(self, table: str, model: type[F]) -> dict[str, F]:
        """The entries of a table; of one that is wrong by itself what is right of it, to be judged with the rest."""
        found = {}
        for key, value in self.raw[table].items():
            try:
                found[key] = model.model_validate(value)
            except ValidationError as error:
                self._report(f"{table}.{key}", error, [f.alias or n for n, f in model.model_fields.items()])
                if isinstance(value, dict):
                    found[key] = form.as_far_as_right(model, value)
        return found

    def _values(self, table: str, form_of: Any) -> dict[str, Any]:
        """A table of plain values, without those that are wrong."""
        self.problems += [f"{table}.{key}: missing" for key in NEEDED.get(table, ()) if key not in self.raw[table]]
        said, adapter = self.raw[table], TypeAdapter(form_of)
        try:
            return dict(adapter.validate_python(said, strict=True))
        except ValidationError as error:
            self._report(table, error, [*PACKS_IN_FORCE, *OWN_PACKS])
            wrong = {each["loc"][0] for each in error.errors(include_url=False)}
            return dict(adapter.validate_python({k: v for k, v in said.items() if k not in wrong}, strict=True))

    def _report(self, place: str, error: ValidationError, keys: list[str]) -> None:
        for each in error.errors(include_url=False):
            where = place + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in each["loc"] if p != "[key]")
            match each["type"]:
                case "missing":
                    what = "missing"
                case "model_type":
                    what = "must be a table"
                case "literal_error" if each["loc"][-1] == "[key]":
                    what = "unknown key" + _perhaps(str(each["loc"][0]), keys)
                case "extra_forbidden":
                    what = "unknown key" + (_perhaps(str(each["loc"][-1]), keys) if len(each["loc"]) == 1 else "")
                case "value_error":
                    what = str(each["ctx"]["error"])
                case _:
                    what = each["msg"][0].lower() + each["msg"][1:]
            self.wrong(where, what)

    # -- what belongs together: an entry may be whole, or lack (None) what is wrong by itself, hence Any

    def roster(self, pack_length: PackLength | None) -> Roster:
        """The roster, or RosterErrors."""
        for key, s in self.sites.items():
            self.check_site(key, s)
        for key, c in self.classes.items():
            self.check_class(key, c)
        for key, p in self.people.items():
            self.check_person(key, p)
        for key, a in self.agents.items():
            self.check_agent(key, a)
        for key, e in self.exams.items():
            self.check_exam(key, e, pack_length)
        self.unique()
        if self.problems:
            raise RosterErrors(self.problems)
        return Roster.build(
            sites=[_site(key, s) for key, s in self.sites.items()],
            classes=[_class(key, c) for key, c in self.classes.items()],
            people=[_person(key, p) for key, p in self.people.items()],
            agents=[self.agent(key, a) for key, a in self.agents.items()],
            exams=[self.exam(key, e, pack_length) for key, e in self.exams.items()],
            channels=self.channels,
            contacts={key: tuple(addresses) for key, addresses in self.contacts.items()},
            packs=self.packs,
        )

    def check_site(self, key: str, s: Any) -> None:
        """That its hours open it now and then."""
        if s.tz is None or s.hours is None:
            return
        try:
            Calendar(_site(key, s))
        except NeverOpen as error:
            self.wrong(f"site.{key}.hours", str(error))

    def check_class(self, key: str, c: Any) -> None:
        """That its site and people are there and its days are in order."""
        place = f"class.{key}"
        self.known(f"{place}.site", "site", c.site)
        if c.start and c.call_cert_start and c.call_cert_start < c.start:
            self.wrong(f"{place}.call_cert_start", f"{c.call_cert_start} is before the class starts")
        if c.shift is not None:
            self.check_breaks(place, c)
        if c.host is not None:
            self.staff(f"{place}.host", c.host)
        for n, username in enumerate(c.tbt_smes or ()):
            self.staff(f"{place}.tbt_smes[{n}]", username, Role.tbt_sme)

    def check_breaks(self, place: str, c: Any) -> None:
        """That the breaks lie in the shift, apart from each other."""
        spans = [(b.name, b.start, b.end, f"{place}.breaks[{n}]") for n, b in enumerate(c.breaks or ()) if b]
        for _, start, end, where in [*spans, ("", c.shift.start, c.shift.end, f"{place}.shift")]:
            if not start < end and end != form.MIDNIGHT:
                self.wrong(where, f"ends at {end:%H:%M}, before it starts at {start:%H:%M}")
        for name, start, end, where in spans:
            inside = c.shift.start <= start and (c.shift.end == form.MIDNIGHT or form.MIDNIGHT < end <= c.shift.end)
            if not inside:
                self.wrong(where, f"{name} lies outside the shift")
            if sum(name == other[0] for other in spans) > 1:
                self.wrong(where, f"there are two breaks called {name}")
        for one, next_one in pairwise(sorted(spans, key=lambda span: span[1])):
            if next_one[1] < one[2]:
                self.wrong(next_one[3], f"{next_one[0]} begins before {one[0]} ends")

    def check_person(self, key: str, p: Any) -> None:
        """That there are such roles, and a manager above."""
        place = f"person.{key}"
        self.username(place, key)
        roles = [r.value for r in Role if r not in OF_THE_MOMENT]
        for n, role in enumerate(p.roles or ()):
            if role in list(OF_THE_MOMENT):
                self.wrong(f"{place}.roles[{n}]", f"{role} is not given here: it comes from the class or the case")
            elif role is not None and role not in roles:
                self.wrong(f"{place}.roles[{n}]", f"unknown role {role!r}{_perhaps(role, roles)}")
        if p.manager is not None:
            self.staff(f"{place}.manager", p.manager)
            if key in self.above(key):
                self.wrong(f"{place}.manager", f"{key} ends up as his own manager")

    def above(self, username: str) -> list[str]:
        """The chain of managers above somebody, up to its end or its first repetition."""
        chain_up: list[str] = []
        while (p := self.people.get(username)) and p.manager and p.manager not in chain_up:
            chain_up.append(username := p.manager)
        return chain_up

    def check_agent(self, key: str, a: Any) -> None:
        """That his people are there and have the roles they are named in."""
        place = f"agent.{key}"
        self.username(place, key)
        if key in self.raw["person"]:
            self.wrong(place, f"{key} is also a person; an agent cannot be staff")
        self.known(f"{place}.class", "class", a.class_name)
        for role in ASSIGNED:
            username = getattr(a, role.value)
            if username is not None:
                self.staff(f"{place}.{role.value}", username, role)
        for n, slot in enumerate(a.ot or ()):
            if slot is not None and self.slot_time(a, slot.end) <= self.slot_time(a, slot.start):
                self.wrong(f"{place}.ot[{n}]", "ends before it starts")

    def agent(self, key: str, a: form.AgentForm) -> Agent:
        """An agent, his overtime in UTC."""
        ot = tuple((self.slot_time(a, slot.start), self.slot_time(a, slot.end)) for slot in a.ot)
        return Agent(username=key, ot=ot, **a.model_dump(exclude={"ot"}))

    def slot_time(self, a: form.AgentForm, t: datetime) -> datetime:
        """An OT time as UTC; without an offset it is wall clock of the agent's class."""
        if t.tzinfo is not None:
            return t.astimezone(UTC)
        klass = self.classes.get(a.class_name)
        site = self.sites.get(klass.site) if klass else None
        tz = klass.tz if klass and klass.tz else site.tz if site else "UTC"
        return instant(t.date(), t.time(), ZoneInfo(tz))

    def check_exam(self, key: str, e: Any, pack_length: PackLength | None) -> None:
        """That it has as many attempts as its pack has rungs (SPEC 3.1)."""
        judged = e.pack is not None or "pack" not in self.raw["exam"][key]
        pack = e.pack or self.packs["failed_exam"]
        if e.kind != "limited" or pack_length is None or pack == OFF or not judged:
            return
        length = pack_length(pack)
        if length is None:
            place = f"exam.{key}.pack" if e.pack else "packs.failed_exam"
            self.wrong(place, f"there is no failed-exam pack {pack!r}")
        elif e.attempts not in (None, length):
            self.wrong(f"exam.{key}.attempts", f"is {e.attempts}, but the pack {pack} has {length} attempts")

    def exam(self, key: str, e: form.ExamForm, pack_length: PackLength | None) -> Exam:
        """An exam; a limited one that does not say how many attempts it has, has those of its pack."""
        attempts, pack = e.attempts, e.pack or self.packs["failed_exam"]
        if e.kind == "limited" and pack_length is not None and pack != OFF:
            attempts = attempts or pack_length(pack)
        return Exam(key=key, **(e.model_dump() | {"aliases": tuple(e.aliases), "attempts": attempts}))

    # -- checks used by several

    def known(self, place: str, table: str, key: str | None) -> None:
        """That there is such an entry."""
        if key is not None and key not in self.raw[table]:
            self.wrong(place, f"there is no {table} {key!r}{_perhaps(key, self.raw[table])}")

    def staff(self, place: str, username: str | None, role: Role | None = None) -> None:
        """That there is such a person, with that role."""
        if username is None:
            return
        if username not in self.raw["person"]:
            if username in self.raw["agent"]:
                self.wrong(place, f"{username} is an agent, not staff")
            else:
                self.wrong(place, f"nobody is called {username!r}{_perhaps(username, self.raw['person'])}")
        elif role and not self.may_be(username, role):
            name = self.people[username].name or username
            self.wrong(place, f"{name} ({username}) does not have the role {role.value}")

    def may_be(self, username: str, role: Role) -> bool:
        """Whether somebody has a role, as far as can be told: a wrong entry is named for itself only."""
        roles: Any = self.people[username].roles if username in self.people else None
        return roles is None or None in roles or role.value in roles

    def username(self, place: str, key: str) -> None:
        """That a key can be a username of Rocket.Chat."""
        if not re.fullmatch(r"[A-Za-z0-9._-]+", key):
            self.wrong(place, f"{key!r} cannot be a username")
        elif key.casefold() in RESERVED:
            self.wrong(place, f"{key} {RESERVED[key.casefold()]}")

    def unique(self) -> None:
        """That usernames, addresses, OIDs and names of exams each mean one only."""
        staff, pupils = self.people.items(), self.agents.items()
        usernames = [(f"{t}.{key}", key, t + key) for t in ("person", "agent") for key in self.raw[t]]
        self._once("username", [u for u in usernames if not (u[0] == f"agent.{u[1]}" and u[1] in self.raw["person"])])
        self._once("OID", [(f"agent.{key}.oid", a.oid or "", key) for key, a in pupils])
        self._once(
            "address",
            chain(
                ((f"person.{key}.email", p.email or "", key) for key, p in staff),
                ((f"agent.{key}.email", a.email or "", key) for key, a in pupils),
                ((f"agent.{key}.personal_email", a.personal_email or "", key) for key, a in pupils),
            ),
        )
        exams = self.exams.items()
        self._once(
            "name",
            chain(
                ((f"exam.{key}", fold(key), key) for key, _ in exams),
                ((f"exam.{key}.name", fold(e.name or ""), key) for key, e in exams),
                (
                    (f"exam.{key}.aliases[{n}]", fold(alias or ""), key)
                    for key, e in exams
                    for n, alias in enumerate(e.aliases or ())
                ),
            ),
        )

    def _once(self, what: str, entries: Any) -> None:
        """That no two owners share a value; entries are (place, value, owner)."""
        first: dict[str, tuple[str, str]] = {}
        for place, value, owner in entries:
            if value:
                there, holder = first.setdefault(value.casefold(), (place, owner))
                if holder != owner:
                    self.wrong(place, f"the {what} {value} is also that of {there}")


def _site(key: str, s: form.SiteForm) -> Site:
    return Site(
        key=key,
        name=s.name,
        tz=s.tz,
        days=frozenset(WEEK.index(d) for d in s.hours.days),
        open=s.hours.open,
        close=s.hours.close,
        holidays=frozenset(filter(None, s.holidays or ())),
    )


def _class(key: str, c: form.ClassForm) -> TrainingClass:
    return TrainingClass(
        name=key,
        site=c.site,
        channel=c.channel,
        start=c.start,
        call_cert_start=c.call_cert_start,
        shift_start=c.shift.start,
        shift_end=c.shift.end,
        breaks=tuple(Break(name=b.name, start=b.start, end=b.end) for b in c.breaks),
        host=c.host,
        tbt_smes=tuple(c.tbt_smes),
        tz=c.tz,
    )


def _person(key: str, p: form.PersonForm) -> Person:
    return Person(username=key, name=p.name, email=p.email, roles=frozenset(map(Role, p.roles)), manager=p.manager)


def _perhaps(word: str, known: Any) -> str:
    close = get_close_matches(word, [str(k) for k in known], n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
