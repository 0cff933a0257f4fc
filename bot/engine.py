"""The one door in: letters become rows, a batch at a time: load, decide, save.

Decides purely in memory between one reading and one writing; sends nothing and waits for nothing. Called by
the writer thread with its open transaction, and by nobody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, text

from bot import attachments, briefing, duties, mailroom, reception, wishes
from bot import roster as roster_files
from bot.clock import Clock
from bot.deciding import Decider, event_of
from bot.digests import Digests
from bot.letters import Letter, Receipt
from bot.machines import DATA, LASTING, SEALED, WORKFLOWS
from bot.office import Absence, Mails, Office
from bot.packs import Packs
from bot.papers import BUILT_IN, Papers
from bot.presence import Presence
from bot.tokens import Tokens
from handlers import filed, intents, router
from handlers.lexicon import SEALED_TALK
from store import tables
from store.codec import instant, micros, parse, reader
from store.fast import Read
from store.rows import Duty, Note, Timer
from store.seal import Seal
from store.shelf import Shelf
from store.world import World
from workflows.people import Roster, Site

LEASE = timedelta(seconds=15)
"""How long a row belongs to the process that claimed it."""

LATE = timedelta(seconds=60)
"""From when on a reminder says that it comes late."""


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What a batch came to: receipts in order, and the outbox rows this process has already claimed."""

    receipts: list[Receipt]
    notes: list[Note]
    next_due: datetime | None = None
    withdrawn: list[str] = field(default_factory=list)

    def add(self, world: World) -> None:
        """What one world of the batch came to; a later one may withdraw what an earlier one wished to send."""
        self.withdrawn += world.withdrawn
        notes = [*self.notes, *(note for note in world.notes.values() if note.state == "waiting")]
        gone = frozenset(world.withdrawn)
        self.notes = [note for note in notes if note.key not in gone]
        due = world.soonest()
        self.next_due = min((at for at in (self.next_due, due) if at is not None), default=None)


@dataclass(kw_only=True)
class Engine:
    """Takes letters. `office` is the setting; it is read anew when the store says that it changed."""

    clock: Clock
    seal: Seal
    packs: Packs
    override: dict[str, str] = field(default_factory=dict)
    per_minute: int = 10
    mailbox: str = ""
    mails: Mails = field(default_factory=Mails)
    papers: Papers = BUILT_IN
    office: Office | None = None
    _version: str = ""
    _spoken: dict[str, dict[str, float]] = field(default_factory=dict)
    _ticked: int = 0
    _roster: tuple[int, Roster] | None = None
    _shelf: Shelf = field(default_factory=Shelf)
    _pinned: frozenset[tuple[str, str]] = frozenset()
    _presence: Presence = field(default_factory=Presence)

    def _tick(self) -> int:
        """The microsecond it is, or the next one after the last: steps of one instant keep their order."""
        self._ticked = max(self._ticked + 1, micros(self.clock.now()))
        return self._ticked

    # -- the setting

    def setting(self) -> Office:
        """The office in force; there is one from the first `refresh` on."""
        assert self.office is not None, "the engine has not read its setting yet"
        return self.office

    def refresh(self, connection: Connection) -> Office:
        """The office as the store has it, read again only when its version moved."""
        rows = dict(_META.all(connection))
        version = f"{rows.get('office', '0')}"
        if self.office is None or version != self._version:
            self.office = self._read_office(connection, rows)
            self._version = version
        return self.office

    def _read_office(self, connection: Connection, rows: dict[str, str]) -> Office:
        roster = self._read_roster(connection)
        for row in connection.execute(select(tables.pins)):
            if row.kind == "pack":
                self.packs.add_text(row.id, row.content)
        absences = tuple(
            Absence(
                id=row.id,
                kind=row.kind,
                person=row.person,
                delegate=row.delegate,
                since=instant(row.since),
                until=instant(row.until),
            )
            for row in connection.execute(select(tables.absences).where(tables.absences.c.open))
        )
        standings = {row.agent: row.status for row in connection.execute(select(tables.standings))}
        office = Office(
            roster=roster,
            packs=self.packs,
            tokens=Tokens(self.seal, rows.get("salt", "")),
            absences=absences,
            standings=standings,
            override=self.override,
            per_minute=self.per_minute,
            mails=self.mails,
            papers=self.papers,
        )
        for row in connection.execute(select(tables.pins).where(tables.pins.c.kind == "calendar")):
            office.add_calendar(row.pin, reader(Site)(parse(row.content)))
        return office

    def _read_roster(self, connection: Connection) -> Roster:
        """The roster in force; the one at hand while its version stands, with all it has worked out."""
        r = tables.rosters.c
        version = connection.execute(select(r.version).order_by(r.version.desc()).limit(1)).scalar()
        if version is None:
            raise NoRoster("there is no roster yet: run `certdesk roster import FILE`")
        if self._roster is None or version != self._roster[0]:
            content = connection.execute(select(r.content).where(r.version == version)).scalar()
            self._roster = (version, roster_files.from_json(content or b""))
        return self._roster[1]

    # -- the door

    def handle(self, connection: Connection, letters: Sequence[Letter]) -> Outcome:
        """Take a batch inside the caller's transaction; an exception leaves nothing behind but a rollback."""
        office, now = self.refresh(connection), self.clock.now()
        world = self._world(connection, now)
        seen = world.seen(letter.source for letter in letters)
        receipts = [Receipt(source=letter.source, verdict="seen") for letter in letters]
        fresh: list[tuple[Letter, Receipt]] = []
        taken: set[str] = set()
        for letter, receipt in zip(letters, receipts, strict=True):
            if letter.source in seen or letter.source in taken:
                receipt.lines.append({"kind": "seen", "at": now, "source": letter.source})
                continue
            taken.add(letter.source)
            fresh.append((letter, receipt))
        if moot := [letter for letter in letters if letter.timer and letter.source in seen]:
            connection.execute(_MOOT, [_timer_of(letter) for letter in moot])
        fresh = in_their_threads(connection, fresh)
        outcome = Outcome(receipts=receipts, notes=[])
        while fresh:
            fresh = mailroom.sort(office, world, fresh, now)
            fresh = fresh[self._decide(office, world, fresh, now) :]
            world.save()
            self._pin(connection, office, world, now)
            outcome.add(world)
            if not fresh:
                break
            office, world = self.refresh(connection), self._world(connection, now)
        return outcome

    def forget(self) -> None:
        """What was read in a transaction that was rolled back does not hold, wherever it was kept."""
        self._version, self._roster = "", None
        self._shelf, self._presence, self._pinned = Shelf(), Presence(), frozenset()

    def _world(self, connection: Connection, now: datetime) -> World:
        return World(
            connection=connection,
            seal=self.seal,
            data_types=DATA,
            sealed=SEALED.__contains__,
            lasting=LASTING,
            tick=self._tick,
            shelf=self._shelf,
            lease=lambda at: max(at, now) + LEASE,
        )

    def apologise(self, connection: Connection, letter: Letter) -> list[Note]:
        """A poisoned letter: its sender and the ops channel are told, politely and without its words."""
        office, now = self.refresh(connection), self.clock.now()
        world = self._world(connection, now)
        sender = letter if letter.mail is None else mailroom.known_sender(office, letter)
        desk = Decider(office, world, sender, [], now)
        desk.answer("house/poisoned", {}, room=f"@{sender.actor}" if letter.mail is not None else "")
        desk.chat(
            office.channel("ops"), "house/ops_poisoned", {"source": letter.source, "since": now}, desk.answer_key()
        )
        world.save()
        return list(world.notes.values())

    def _decide(self, office: Office, world: World, fresh: list[tuple[Letter, Receipt]], now: datetime) -> int:
        """How many of these were decided: the rest is to be read anew, because one of them changed who is who, or
        what a later one answers, or said what the next one says."""
        world.ask_of(letter.actor for letter, _ in fresh if letter.actor)
        asked = {letter.source: _asked(world, letter) for letter, _ in fresh}
        meant = {letter.source: self._meaning(office, world, letter) for letter, _ in fresh}
        self._load(office, world, fresh, meant)
        reminders, digests, changed, decided = Reminders(office, world, now), Digests(), False, 0
        for letter, receipt in fresh:
            if changed or _asked(world, letter) != asked[letter.source] or mailroom.said_just_now(world, letter):
                break
            decided += 1
            desk = Decider(office, world, letter, receipt.lines, now)
            desk.digests = digests
            if letter.files:
                attachments.keep(office, world, letter)
            self._presence.note(office, letter, desk)
            if letter.timer:
                fire(desk, reminders)
            elif letter.mail is not None:
                mailroom.receive(desk, meant[letter.source])
            elif self._welcome(desk, meant[letter.source]):
                reception.receive(desk, meant[letter.source])
            desk.flush_cards()
            receipt.verdict = "done"
            if desk.office_changed:
                changed = True
                world.extra.append((_TOUCH, [{}]))
            world.letters.append(
                {
                    "source": letter.source,
                    "at": micros(letter.at),
                    "kind": letter.kind,
                    "actor": letter.actor,
                    "room": letter.room,
                    "text": "" if SEALED_TALK.search(letter.text) else letter.text[:4000],
                    "verdict": desk.verdict or _verdict(meant.get(letter.source, ())),
                    **mailroom.marks(letter, desk.verdict),
                }
            )
        reminders.flush()
        digests.flush()
        return decided

    # -- reading what was said

    def _meaning(self, office: Office, world: World, letter: Letter) -> Sequence[intents.Intent]:
        if letter.intents is not None:
            return letter.intents
        if letter.mail is not None:
            return mailroom.meant(office, world, letter, wishes.listener(office, letter), self.mailbox)
        if letter.timer or letter.edited or letter.encrypted:
            return ()
        if letter.actor not in office.roster.people and letter.actor not in office.roster.agents:
            return ()
        desk = wishes.listener(office, letter)
        meant = router.route(letter.text, desk, pending=_asked(world, letter) if desk.direct else "", ref=letter.ref)
        return filed.told(meant, desk)

    def _load(
        self,
        office: Office,
        world: World,
        fresh: list[tuple[Letter, Receipt]],
        meant: dict[str, Sequence[intents.Intent]],
    ) -> None:
        agents: set[str] = set()
        refs: set[str] = set()
        for letter, _ in fresh:
            named, called = reception.agents_meant(meant[letter.source])
            agents |= named
            refs |= called | {letter.ref.upper(), letter.case_id} - {""}
            if letter.actor in office.roster.agents:
                agents.add(letter.actor)
            elif meant[letter.source] and not named and not called and not letter.ref:
                agents.update(world.agents_owing(letter.actor))
            if any(
                (isinstance(intent, intents.Wish) and intent.name == "team") or reception.nobodys_result(intent)
                for intent in meant[letter.source]
            ):
                agents.update(
                    agent for agent in office.roster.agents if office.roster.roles_towards(letter.actor, agent)
                )
        for question in world.questions.values():
            if question.open and question.agent:
                agents.add(question.agent)
        agents.update(world.agents_of(refs).values())
        for letter, _ in fresh:
            for intent in meant[letter.source]:
                if isinstance(intent, intents.Act) and WORKFLOWS[intent.workflow].scope != "agent":
                    agents.add(office.subject(intent.workflow, intent.agent or letter.actor))
        agents.update(subject for letter, _ in fresh if (subject := self._presence.wanted(office, letter)))
        world.load(agents)

    # -- manners

    def _welcome(self, desk: Decider, meant: Sequence[intents.Intent]) -> bool:
        """Whether the letter is to be acted on; says why when it is not."""
        letter, office = desk.letter, desk.office
        known = letter.actor in office.roster.people or letter.actor in office.roster.agents
        direct = letter.room.startswith("@")
        if letter.encrypted or letter.kind in ("command", "day"):
            return not letter.encrypted
        if letter.edited:
            if known and direct:
                desk.answer("house/edited_notice", {})
            return False
        if not known:
            if direct and not self._greeted(desk):
                desk.answer("house/stranger", {})
            return False
        if letter.kind == "chat" and not direct and any(_private(intent) for intent in meant):
            desk.chat(letter.room, "house/use_dm", {}, desk.answer_key(), reader=letter.actor)
        return self._paced(desk, meant)

    def _greeted(self, desk: Decider) -> bool:
        """Whether this stranger had his sentence within a day."""
        i = tables.inbox.c
        since = micros(desk.at - timedelta(days=1))
        query = select(i.source).where(i.actor == desk.letter.actor, i.verdict == "stranger", i.at >= since).limit(1)
        earlier = any(row["actor"] == desk.letter.actor for row in desk.world.letters)
        return earlier or desk.world.connection.execute(query).first() is not None

    def _paced(self, desk: Decider, meant: Sequence[intents.Intent]) -> bool:
        """Ten commands a minute, then one notice; facts and valid presses never count (SPEC 4)."""
        if not self.per_minute or all(
            isinstance(intent, intents.Act | intents.Press | intents.Silence | intents.Fill | intents.Choice)
            for intent in meant
        ):
            return True
        second, source = desk.at.timestamp(), desk.letter.source
        spoken = {each: at for each, at in self._spoken.get(desk.letter.actor, {}).items() if second - at < 60}
        spoken.setdefault(source, second)  # a letter taken anew keeps its place
        self._spoken[desk.letter.actor] = spoken
        earlier = list(spoken).index(source)
        if earlier < self.per_minute:
            return True
        if earlier == self.per_minute:
            desk.answer("house/rate_limited", {"per_minute": self.per_minute})
        return False

    # -- pins

    def _pin(self, connection: Connection, office: Office, world: World, now: datetime) -> None:
        """The text of every pack and calendar a case is pinned to is stored at first use."""
        wanted = {
            (kind, pin) for case in world.changed for kind, pin in (("pack", case.pack), ("calendar", case.calendar))
        }
        missing = wanted - self._pinned
        if not missing:
            return
        known = {(row.kind, row.pin) for row in connection.execute(select(tables.pins.c.kind, tables.pins.c.pin))}
        rows = []
        for kind, pin in sorted(missing - known):
            if kind == "pack":
                pack = office.packs.by_pin(pin)
                rows.append({"pin": pin, "kind": kind, "id": pack.workflow, "content": pack.text, "at": micros(now)})
            else:
                agent = next(case.agent for case in world.cases.values() if case.calendar == pin)
                rows.append(
                    {
                        "pin": pin,
                        "kind": kind,
                        "id": office.site(agent).key,
                        "content": office.site_text(office.site(agent)),
                        "at": micros(now),
                    }
                )
        if rows:
            connection.execute(tables.pins.insert(), rows)
        self._pinned = self._pinned | (wanted & known)  # what was only written now may yet be rolled back


def in_their_threads(connection: Connection, fresh: list[tuple[Letter, Receipt]]) -> list[tuple[Letter, Receipt]]:
    """The letters, those written in the thread of a case carrying its reference."""
    roots = {letter.thread for letter, _ in fresh if letter.thread and not letter.ref}
    if not roots:
        return fresh
    t = tables.threads.c
    found = connection.execute(select(t.wire_id, t.case_id).where(t.wire_id.in_(sorted(roots))))
    refs = {row.wire_id: row.case_id for row in found}
    return [
        (replace(letter, ref=refs.get(letter.thread, "")), receipt) if letter.thread in refs else (letter, receipt)
        for letter, receipt in fresh
    ]


class NoRoster(Exception):
    """There is nobody to work for yet."""


def _private(intent: intents.Intent) -> bool:
    """Whether a line said in a channel had better been a direct message; what WFM and proctors do may be seen."""
    if isinstance(intent, intents.Act):
        return not intent.event.overt
    return isinstance(intent, intents.Confirm)


def _asked(world: World, letter: Letter) -> str:
    """The kind of words the sender was last asked for; "" when for none."""
    kinds = [q.kind for q in world.questions.values() if q.actor == letter.actor and q.open and q.kind != "choice"]
    return kinds[-1] if kinds else ""


def _verdict(meant: Sequence[intents.Intent]) -> str:
    return ",".join(type(intent).__name__.lower() for intent in meant) or "stranger"


# -- timers


@dataclass
class Reminders:
    """Reminders of one person about one agent that fall due together are one message."""

    office: Office
    world: World
    now: datetime
    _gathered: dict[tuple[str, str, str], list[tuple[Decider, Duty, bool]]] = field(default_factory=dict)

    def add(self, desk: Decider, user: str, duty: Duty, kind: str, late: bool) -> None:
        """One more for that person."""
        self._gathered.setdefault((user, duty.agent, kind), []).append((desk, duty, late))

    def flush(self) -> None:
        """Into the outbox."""
        for (user, _, kind), found in self._gathered.items():
            desk, first, _ = found[0]
            late = any(is_late for _, _, is_late in found)
            items = [desk.item(duty) for _, duty, _ in found]
            buttons = desk.buttons(*(duty for _, duty, _ in found)) if kind == "reminder" else []
            facts = {
                "items": items,
                "late": late,
                "owners": list(dict.fromkeys(owner for _, duty, _ in found for owner in duty.owners)),
                "since": first.since,
            }
            case = self.world.cases[first.case_id]
            desk.chat(
                f"@{user}",
                f"duty/{kind}",
                facts,
                f"{desk.letter.source}.{kind}.{user}",
                case=case,
                buttons=buttons,
                reader=user,
            )


def fire(desk: Decider, reminders: Reminders) -> None:
    """A timer is due: an event for its case, or a stage of a duty's clock. A moot one is silent."""
    letter = desk.letter
    desk.world.recall([letter.case_id])  # it may have ended, and be none of those an agent's letters are about
    timer = desk.world.timer(letter.case_id, letter.timer)
    if timer is None or not timer.open or timer.source != letter.source:
        return
    timer.open = False
    desk.world.put_timer(timer)
    desk.line("timer", ref=timer.case_id, name=timer.name, due=timer.due, status="fired")
    if timer.event:
        event = event_of([timer.event, timer.payload])
        if event is not None:
            case = desk.world.cases[timer.case_id]
            desk.enter(case, briefing.briefed(desk, case, event, timer.due))
        return
    duty = desk.world.duty(timer.payload["duty"])
    if duty is not None and duty.open:
        remind(desk, reminders, timer, duty)


def remind(desk: Decider, reminders: Reminders, timer: Timer, duty: Duty) -> None:
    """One stage of a duty's clock; recipients are those of this moment."""
    office, case = desk.office, desk.world.cases[duty.case_id]
    calendar = office.calendar_of(case)
    if office.on_leave(duty.agent, desk.now):
        until = max(a.until for a in office.absences if a.person == duty.agent and a.covers(desk.now))
        desk.set_timer(replace(timer, due=calendar.deemed(until), open=True), None)
        return
    owners = (
        tuple(
            dict.fromkeys(user for role in duty.roles for user in office.party(role, duty.agent, desk.now, case).users)
        )
        or duty.owners
    )
    if owners != duty.owners:
        duty.owners = owners
    late = desk.now - timer.due > LATE
    to = timer.payload["to"]
    if to not in ("owner", "delegate"):
        kind = "repeat" if timer.name.endswith("/repeat") else "escalation"
        above = (
            (office.manager(owner, duty.roles, duty.agent, desk.now) for owner in owners)
            if to == "manager"
            else office.party(to, duty.agent, desk.now, case).users
        )
        managers = dict.fromkeys(m for m in above if m)
        for manager in managers or dict.fromkeys(owners):
            reminders.add(desk, manager, duty, kind, late)
        duty.status = "escalated"
    else:
        for owner in owners:
            reminders.add(desk, owner, duty, "reminder", late)
        if duty.status == "open":
            duty.status = "reminded"
    desk.world.touch_duty(duty)
    desk.duty_line(duty)
    sla = office.sla(case, str(duty.stages.get("sla", "")))
    more = any(t.payload.get("duty") == duty.id for t in desk.world.armed(case.id) if t.event == "")
    if sla and sla.repeat and not more:
        above_him = to if to not in ("owner", "delegate") else "manager"
        stage = duties.repeat(duty.name, sla.repeat, timer.due, desk.now, calendar, above_him)
        desk.wind(duty, stage, timer.seq, None)


def _timer_of(letter: Letter) -> dict[str, Any]:
    *_, seq, due = letter.source.split(":")
    return {"case_id": letter.case_id, "name": letter.timer, "seq": int(seq), "due": int(due)}


_MOOT = text(  # a timer that was heard, or broke its step, is not to ring every lease again
    "UPDATE timers SET open = FALSE WHERE open AND case_id = :case_id AND name = :name AND seq = :seq AND due = :due"
)
_META = Read("SELECT key, value FROM meta WHERE key IN ('office', 'salt')")
_TOUCH = text("UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE key = 'office'")
