"""What a decision may look at besides rows: the roster in force, who is away, the packs, the tables.

It answers "who is that today" and "by which table"; it changes nothing. Reloaded when the store says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.machines import WORKFLOWS, machine_for
from bot.packs import Pack, Packs
from bot.papers import BUILT_IN, Papers
from bot.roster import OFF
from bot.tokens import Tokens
from store.codec import dump
from workflows.calendar import Calendar
from workflows.machine import Case, Machine
from workflows.people import ASSIGNED, CLASS_, SITE_, Role, Roster, Site
from workflows.policy import Sla


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Somebody is away ("leave") or is stood in for ("delegate"), from `since` until before `until` (UTC)."""

    id: str
    kind: str
    person: str
    delegate: str
    since: datetime
    until: datetime

    def covers(self, at: datetime) -> bool:
        """Whether it holds at that instant."""
        return self.since <= at < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Recipients of one message: usernames, or a contact of the roster where there is no person."""

    users: tuple[str, ...]
    away: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mails:
    """How much is taken from mail (SPEC 5.2): for so many hours the same content under a new Message-ID is the same
    mail; older than so many hours it is never acted on by itself; so many mails of one sender are acted on in an
    hour, and so many questions "Did you send this?" asked of one person; out-of-office answers of one person lead to
    one suggestion in so many days, of a stand-in for so many business days."""

    duplicate_hours: int = 24
    stale_hours: int = 72
    per_hour: int = 20
    asked_per_hour: int = 3
    away_days: int = 7
    cover_days: int = 3


@dataclass(kw_only=True)
class Office:
    """The setting of all decisions of one process. `override` are packs in force over the roster's."""

    roster: Roster
    packs: Packs
    tokens: Tokens
    absences: tuple[Absence, ...] = ()
    standings: Mapping[str, str] = field(default_factory=dict)
    override: dict[str, str] = field(default_factory=dict)
    per_minute: int = 10
    mails: Mails = field(default_factory=Mails)
    papers: Papers = BUILT_IN
    _machines: dict[tuple[str, str], Machine[Any]] = field(default_factory=dict)
    _pins: dict[str, str] = field(default_factory=dict)
    _calendars: dict[str, Calendar] = field(default_factory=dict)

    # -- policy

    def pack_in_force(self, workflow: str, event: Any) -> Pack:
        """The pack a new case of this workflow is pinned to. KeyError when the roster names an unknown one."""
        key = WORKFLOWS[workflow].pack
        exam = self.roster.exams.get(getattr(event, "exam", ""))
        if exam is not None and exam.pack:
            return self.packs.get(exam.pack)
        return self.packs.get(self.override.get(key) or self.roster.packs.get(key) or key)

    def runs(self, workflow: str) -> bool:
        """Whether that workflow is in force: its pack is there, and the roster does not say "off"."""
        key = WORKFLOWS[workflow].pack
        wanted = self.override.get(key) or self.roster.packs.get(key) or key
        return wanted != OFF and wanted in self.packs

    def subject(self, workflow: str, agent: str) -> str:
        """Whom a case of that workflow is about when it concerns this agent: himself, his class or his site."""
        scope = WORKFLOWS[workflow].scope
        if scope == "agent" or agent not in self.roster.agents:
            return agent
        klass = self.roster.class_of(agent)
        return f"{CLASS_}{klass.name}" if scope == "class" else f"{SITE_}{klass.site}"

    def machine(self, workflow: str, pin: str) -> Machine[Any]:
        """The table a case of that pin runs by."""
        known = self._machines.get((workflow, pin))
        if known is None:
            known = self._machines[workflow, pin] = machine_for(workflow, self.packs.by_pin(pin).policy)
        return known

    def machine_of(self, case: Case[Any]) -> Machine[Any]:
        """The table of this case."""
        return self.machine(case.workflow, case.pack)

    def policy(self, case: Case[Any]) -> Any:
        """The typed pack of this case."""
        return self.packs.by_pin(case.pack).policy

    def sla(self, case: Case[Any], name: str) -> Sla | None:
        """The SLA of that name in the case's pack, or "pin#name" in another; None for no clock."""
        if not name:
            return None
        pin, _, plain = name.rpartition("#")
        slas = self.packs.by_pin(pin or case.pack).policy.sla
        return slas.get(plain) if slas else None

    # -- time

    def site(self, agent: str) -> Site:
        """The site of an agent, a class or a site; the first one for anybody else."""
        if agent in self.roster.agents or agent.startswith((CLASS_, SITE_)):
            return self.roster.site_of(agent)
        return next(iter(self.roster.sites.values()))

    def calendar(self, agent: str) -> Calendar:
        """The business calendar in force for an agent (or for the first site)."""
        return Calendar.of(self.site(agent))

    def calendar_of(self, case: Case[Any]) -> Calendar:
        """The calendar a case is pinned to."""
        return self._calendars.get(case.calendar) or self.calendar(case.agent)

    def pin_calendar(self, agent: str) -> str:
        """The content hash of the calendar in force for an agent."""
        site = self.site(agent)
        known = self._pins.get(site.key)
        if known is None:
            known = self._pins[site.key] = hashlib.sha256(self.site_text(site).encode()).hexdigest()[:16]
            self._calendars[known] = Calendar.of(site)
        return known

    def add_calendar(self, pin: str, site: Site) -> None:
        """A pinned calendar out of the store."""
        self._calendars.setdefault(pin, Calendar.of(site))

    @staticmethod
    def site_text(site: Site) -> str:
        """The stored form of a calendar."""
        return dump(site)

    # -- people

    def absence(self, person: str, at: datetime) -> Absence | None:
        """Why somebody is away at that moment: a delegation before a leave."""
        found = [absence for absence in self.absences if absence.person == person and absence.covers(at)]
        return min(found, key=lambda absence: absence.kind, default=None)

    def stand_in(self, person: str, role: str, agent: str, at: datetime) -> str:
        """Who answers for that person in that role now: himself, his delegate, or his manager."""
        absence = self.absence(person, at)
        if absence is None:
            return person
        if absence.delegate and self.absence(absence.delegate, at) is None:
            return absence.delegate
        known = Role(role) if role in Role.__members__ else Role.tl
        manager = self.roster.manager_of(person, known, agent or None)
        return manager if manager and self.absence(manager, at) is None else person

    def holders(self, role: str, agent: str, case: Case[Any] | None = None) -> tuple[str, ...]:
        """Who has that role towards this agent, away or not."""
        if role.startswith("@"):
            return (role[1:],)
        if role == Role.agent:
            return self.roster.members(agent)
        if case is not None and (given := self.machine_of(case).people(case).get(Role(role))):
            return given
        if role not in Role.__members__ or not (agent in self.roster.agents or agent.startswith((CLASS_, SITE_))):
            return self.roster.by_role(Role(role)) if role in Role.__members__ else ()
        return self.roster.assigned(agent, Role(role))

    def party(self, role: str, agent: str, at: datetime, case: Case[Any] | None = None) -> Party:
        """Who gets a message for that role now, and who of them is away and stood in for."""
        users: dict[str, None] = {}
        away: dict[str, None] = {}
        for holder in self.holders(role, agent, case):
            stays = role == Role.agent or holder in self.roster.agents  # nobody reads an agent's messages for him
            other = holder if stays else self.stand_in(holder, role, agent, at)
            users.setdefault(other)
            if other != holder:
                away.setdefault(holder)
        present = [user for user in users if user in self.holders(role, agent, case)]
        if role == Role.licensing and present:  # a team: those who are here answer for those who are not
            users = dict.fromkeys(present)
        return Party(users=tuple(users), away=tuple(person for person in away if person not in users))

    def acting(self, agent: str, at: datetime) -> dict[str, str]:
        """Role -> who answers for it towards this agent at that instant, where its holder is away."""
        if agent not in self.roster.agents or not any(absence.covers(at) for absence in self.absences):
            return {}
        found = {}
        for role in ASSIGNED:
            holders = self.roster.assigned(agent, role)
            if holders and (other := self.stand_in(holders[0], role, agent, at)) != holders[0]:
                found[str(role)] = other
        return found

    def roles(self, actor: str, agent: str, at: datetime, case: Case[Any] | None = None) -> frozenset[Role]:
        """The roles somebody has towards an agent now: his own, the case's, and those of whom he stands in for."""
        roles = set(self.roster.roles_towards(actor, agent))
        if case is not None:
            roles |= {role for role, users in self.machine_of(case).people(case).items() if actor in users}
        for absence in self.absences:
            if not absence.covers(at):
                continue
            for role in self.roster.roles_towards(absence.person, agent) - {Role.agent}:
                if self.stand_in(absence.person, role, agent, at) == actor:
                    roles.add(role)
        return frozenset(roles)

    def answers_for(self, role: str, agent: str, at: datetime, case: Case[Any] | None = None) -> list[str]:
        """Name and address of the person a reply to a mail reaches: one of that role, or the agent's TL, or the ESP
        Manager, so that every automatic mail has a named owner (SPEC 8.16); empty when the roster has none of them."""
        for wanted in dict.fromkeys((role, Role.tl, Role.esp_manager)):
            known = wanted in Role.__members__ or wanted.startswith("@")
            for user in self.party(wanted, agent, at, case).users if known else ():
                if email := self.roster.email_of(user):
                    return [self.roster.name_of(user), email]
        return []

    def manager(self, person: str, roles: Iterable[str], agent: str, at: datetime) -> str | None:
        """Who hears of somebody's silence about an agent."""
        for role in roles:
            if role in Role.__members__ and (above := self.roster.manager_of(person, Role(role), agent)):
                return self.stand_in(above, "esp_manager", agent, at)
        return None

    def gone(self, agent: str) -> bool:
        """Whether the agent has left."""
        return self.standings.get(agent) == "left"

    def active(self, agent: str) -> bool:
        """Whether the agent is still in his class: not left, not moved to production."""
        return self.standings.get(agent) not in ("left", "production")

    def on_leave(self, agent: str, at: datetime) -> bool:
        """Whether the agent is on approved leave: no prompts, no reminders."""
        return any(a.person == agent and a.kind == "leave" and a.covers(at) for a in self.absences)

    def channel(self, key: str) -> str:
        """The room name of a channel of the roster."""
        return self.roster.channels.get(key, f"#{key}")
