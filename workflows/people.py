"""Who is who: a frozen snapshot of the roster, with the look-ups handlers and the engine make.

Delegations, leave and anything that changes by the hour live in the store and must not enter here.
Source: SPEC 1.1, 6 and the end of 7.7. Long, because it is one vocabulary and half of it is fields.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from operator import attrgetter
from types import MappingProxyType


class Role(StrEnum):
    """What a person is to an agent, or to the operation (SPEC 1.1)."""

    agent = "agent"
    tl = "tl"
    workshop_lead = "workshop_lead"
    pm = "pm"
    site_director = "site_director"
    hr_rep = "hr_rep"
    esp_manager = "esp_manager"
    cert_coordinator = "cert_coordinator"
    certifier = "certifier"
    tbt_sme = "tbt_sme"
    licensing = "licensing"
    wfm = "wfm"
    proctor = "proctor"
    host = "host"
    bot = "bot"


ASSIGNED = (
    Role.tl,
    Role.workshop_lead,
    Role.pm,
    Role.site_director,
    Role.hr_rep,
    Role.esp_manager,
    Role.cert_coordinator,
)
"""Roles a person has only towards the agents he is assigned to; each is a field of `Agent`."""

FOR_ALL = (Role.certifier, Role.tbt_sme, Role.licensing, Role.wfm)
"""Roles a person has towards every agent."""

OF_THE_MOMENT = (Role.agent, Role.proctor, Role.host, Role.bot)
"""Roles that come from the situation, never from a person's list in the roster."""

ESCALATES_TO: Mapping[Role, Role] = MappingProxyType(
    {
        Role.tl: Role.esp_manager,
        Role.workshop_lead: Role.esp_manager,
        Role.pm: Role.site_director,
        Role.hr_rep: Role.site_director,
        Role.licensing: Role.esp_manager,
        Role.cert_coordinator: Role.esp_manager,
        Role.certifier: Role.esp_manager,
        Role.tbt_sme: Role.esp_manager,
        Role.wfm: Role.esp_manager,
        Role.host: Role.esp_manager,
        Role.proctor: Role.esp_manager,
        Role.agent: Role.tl,
    }
)
"""Who hears it when somebody stays silent (SPEC end of 7.7; host, proctor and agent by analogy)."""

CLASS_, SITE_ = "class:", "site:"
"""Whom a case is about when it is about no single agent: "class:NOV16" or "site:slc" stands in the agent's place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One site; `open` (included) and `close` (excluded; 00:00 = end of day) are wall clock in `tz`; Monday = 0."""

    key: str
    name: str
    tz: str
    days: frozenset[int]
    open: time
    close: time
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """One break of a shift; wall clock in the class's zone."""

    name: str
    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingClass:
    """One class; its times are wall clock in `tz`, or in its site's zone when that is None (SPEC 0.3).

    `name` is its key in the roster, `site` a key of `Roster.sites`; a `shift_end` of 00:00 is the end of the day.
    """

    name: str
    site: str
    channel: str
    start: date
    shift_start: time
    shift_end: time
    call_cert_start: date | None = None
    breaks: tuple[Break, ...] = ()
    host: str | None = None
    tbt_smes: tuple[str, ...] = ()
    tz: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Anybody of the staff; `manager` is the one to turn to where the role's own chain has no answer."""

    username: str
    name: str
    email: str
    roles: frozenset[Role]
    manager: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """An agent and the people assigned to him (usernames); `tz` is for display only; `ot` are aware UTC slots.

    `call_cert_start` is his own day 1 of call certs when he joined later than his class.
    """

    username: str
    first: str
    last: str
    oid: str
    email: str
    class_name: str
    tl: str
    pm: str
    site_director: str
    hr_rep: str
    esp_manager: str
    workshop_lead: str | None = None
    cert_coordinator: str | None = None
    personal_email: str | None = None
    tz: str | None = None
    npn: str | None = None
    n_number: str | None = None
    n_number_requested: date | None = None
    call_cert_start: date | None = None
    ot: tuple[tuple[datetime, datetime], ...] = ()

    @property
    def name(self) -> str:
        """ "First Last"."""
        return f"{self.first} {self.last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """An exam of the catalogue; `kind` is "limited" or "practice", `plan_year_starts` "MM-DD" or None (SPEC 0.2)."""

    key: str
    name: str
    aliases: tuple[str, ...]
    carrier: str
    kind: str
    attempts: int | None = None
    pack: str | None = None
    plan_year_starts: str | None = None


def fold(text: str) -> str:
    """The form in which names are compared: no case, no accents, no apostrophes, one space for any other sign."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c for c in bare if not unicodedata.combining(c) and c not in "'’‘`")
    return " ".join("".join(c if c.isalnum() else " " for c in kept).split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """All of it, keyed by username or key; made by `Roster.build`, compared by content."""

    sites: Mapping[str, Site]
    classes: Mapping[str, TrainingClass]
    people: Mapping[str, Person]
    agents: Mapping[str, Agent]
    exams: Mapping[str, Exam]
    channels: Mapping[str, str]
    contacts: Mapping[str, tuple[str, ...]]
    packs: Mapping[str, str]
    _by_role: Mapping[Role, tuple[str, ...]] = field(compare=False, repr=False)
    _everywhere: Mapping[str, frozenset[Role]] = field(compare=False, repr=False)
    _towards: Mapping[str, Mapping[str, frozenset[Role]]] = field(compare=False, repr=False)
    _names: Mapping[str, tuple[str, ...]] = field(compare=False, repr=False)
    _usernames: Mapping[str, tuple[str, ...]] = field(compare=False, repr=False)
    _exam_names: Mapping[str, Exam] = field(compare=False, repr=False)
    _shared: dict[tuple[str, str], frozenset[Role]] = field(default_factory=dict, compare=False, repr=False)
    _members: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def build(
        cls,
        *,
        sites: Iterable[Site] = (),
        classes: Iterable[TrainingClass] = (),
        people: Iterable[Person] = (),
        agents: Iterable[Agent] = (),
        exams: Iterable[Exam] = (),
        channels: Mapping[str, str] | None = None,
        contacts: Mapping[str, tuple[str, ...]] | None = None,
        packs: Mapping[str, str] | None = None,
    ) -> Roster:
        """A roster in order of keys, its tables made once; it trusts its input, which `bot/roster.py` checks."""
        places = {s.key: s for s in sorted(sites, key=attrgetter("key"))}
        klasses = {c.name: c for c in sorted(classes, key=attrgetter("name"))}
        persons = {p.username: p for p in sorted(people, key=attrgetter("username"))}
        pupils = {a.username: a for a in sorted(agents, key=attrgetter("username"))}
        catalogue = {e.key: e for e in sorted(exams, key=attrgetter("key"))}
        everywhere = {p.username: frozenset(p.roles & set(FOR_ALL)) for p in persons.values()}
        towards = {a.username: _towards(a, klasses.get(a.class_name), everywhere) for a in pupils.values()}
        return cls(
            sites=MappingProxyType(places),
            classes=MappingProxyType(klasses),
            people=MappingProxyType(persons),
            agents=MappingProxyType(pupils),
            exams=MappingProxyType(catalogue),
            channels=MappingProxyType(dict(sorted((channels or {}).items()))),
            contacts=MappingProxyType(dict(sorted((contacts or {}).items()))),
            packs=MappingProxyType(dict(sorted((packs or {}).items()))),
            _by_role={r: tuple(p.username for p in persons.values() if r in p.roles) for r in Role}
            | {Role.agent: tuple(pupils)},
            _everywhere=everywhere,
            _towards=towards,
            _names=_index(
                [(n, p.username) for p in persons.values() for n in (p.username, p.name, p.name.split(" ")[0])]
                + [(n, a.username) for a in pupils.values() for n in _called(a)]
            ),
            _usernames=_index([(u, u) for u in (*persons, *pupils)], key=str.casefold),
            _exam_names={fold(n): e for e in catalogue.values() for n in (e.key, e.name, *e.aliases)},
        )

    def agent(self, username: str) -> Agent | None:
        """The agent of that username, or None."""
        return self.agents.get(username)

    def person(self, username: str) -> Person | None:
        """The staff member of that username, or None."""
        return self.people.get(username)

    def name_of(self, username: str) -> str:
        """ "First Last"; the username itself when the roster does not know it (somebody who has left)."""
        known = self.people.get(username) or self.agents.get(username)
        return known.name if known else username

    def email_of(self, username: str) -> str | None:
        """The work address, or None when the roster does not know the username."""
        known = self.people.get(username) or self.agents.get(username)
        return known.email if known else None

    def by_role(self, role: Role) -> tuple[str, ...]:
        """Everybody with that role, in order of username; `Role.agent` gives all agents."""
        return self._by_role.get(role, ())

    def assigned(self, agent: str, role: Role) -> tuple[str, ...]:
        """Who is that to this agent: his own TL and so on, his class's host and TBT SMEs, else all of the role.

        To a class or site ("class:NOV16") it is whoever is that to one of its agents. Empty when nobody is, and for
        `proctor` and `bot`, which come from the case. KeyError for no agent.
        """
        if agent not in self.agents and agent.startswith((CLASS_, SITE_)):
            return tuple(dict.fromkeys(user for each in self.members(agent) for user in self.assigned(each, role)))
        pupil = self.agents[agent]
        if role in ASSIGNED:
            username: str | None = getattr(pupil, role.value)
            return (username,) if username else ()
        if role is Role.agent:
            return (agent,)
        klass = self.classes.get(pupil.class_name)
        if role is Role.host:
            return (klass.host,) if klass and klass.host else ()
        if role is Role.tbt_sme and klass and klass.tbt_smes:
            return klass.tbt_smes
        return self.by_role(role)

    def roles_towards(self, username: str, agent: str) -> frozenset[Role]:
        """The roles that person has towards this agent; a TL is a TL only to his own agents. Empty for strangers.

        Towards a class or site: the roles he has towards any of its agents.
        """
        if agent.startswith((CLASS_, SITE_)) and agent not in self.agents:
            if (username, agent) not in self._shared:
                own = self._everywhere.get(username, frozenset())
                all_of_them = (self.roles_towards(username, each) for each in self.members(agent))
                self._shared[username, agent] = own.union(*all_of_them)
            return self._shared[username, agent]
        found = self._towards.get(agent, {}).get(username)
        return self._everywhere.get(username, frozenset()) if found is None else found

    def manager_of(self, username: str, role: Role, agent: str | None = None) -> str | None:
        """Who hears of that person's silence in that role about this agent (SPEC end of 7.7); never himself.

        Where the role's chain has no answer it is the person's own `manager`; without an agent that one comes
        first and the first holder of the chain's role after it. None when nobody is above.
        """
        above = ESCALATES_TO.get(role)
        person = self.people.get(username)
        own = person.manager if person else None
        if agent is not None and (agent in self.agents or agent.startswith((CLASS_, SITE_))):
            chain = self.assigned(agent, above) if above else ()
            choices = (*chain, own)
        else:
            choices = (own, *(self.by_role(above) if above else ()))
        return next((c for c in choices if c and c != username), None)

    def find_people(self, text: str) -> tuple[str, ...]:
        """Usernames meant by "@ana" (that username only), "Ana", "ana rivera", "Rivera, Ana" or an OID.

        Case and accents do not matter. More than one is an ambiguity to ask about, none is a stranger.
        """
        text = text.strip()
        if text.startswith("@"):
            return self._usernames.get(text[1:].casefold(), ())
        return self._names.get(fold(text), ())

    def find_exam(self, text: str) -> Exam | None:
        """The exam with that key, name or alias (case, accents, hyphens do not matter), or None."""
        return self._exam_names.get(fold(text))

    def pack_for(self, exam: Exam) -> str | None:
        """The id of the exam's own pack, else of the failed-exam pack in force (SPEC 3.1)."""
        return exam.pack or self.packs.get("failed_exam")

    def class_of(self, agent: str) -> TrainingClass:
        """The class of that agent (username); KeyError when there is none."""
        return self.classes[self.agents[agent].class_name]

    def site_of(self, agent: str) -> Site:
        """The site of that agent's class, or of that class or site itself; KeyError when there is none."""
        if agent not in self.agents and agent.startswith((CLASS_, SITE_)):
            kind, _, name = agent.partition(":")
            return self.sites[self.classes[name].site if f"{kind}:" == CLASS_ else name]
        return self.sites[self.class_of(agent).site]

    def members(self, subject: str) -> tuple[str, ...]:
        """The agents of "class:NOV16" or "site:slc", in order of username; an agent is his own only member."""
        if subject in self.agents:
            return (subject,)
        if subject not in self._members:
            self._members[subject] = self._all_of(subject)
        return self._members[subject]

    def _all_of(self, subject: str) -> tuple[str, ...]:
        kind, _, name = subject.partition(":")
        if f"{kind}:" == CLASS_:
            return self.agents_of(name)
        return tuple(
            agent for klass in self.classes.values() if klass.site == name for agent in self.agents_of(klass.name)
        )

    def agents_of(self, class_name: str) -> tuple[str, ...]:
        """The agents of a class, in order of username."""
        return tuple(a.username for a in self.agents.values() if a.class_name == class_name)


def _towards(
    agent: Agent, klass: TrainingClass | None, everywhere: Mapping[str, frozenset[Role]]
) -> dict[str, frozenset[Role]]:
    """The people with a role of their own towards this agent, each with all his roles towards him."""
    own: dict[str, set[Role]] = {agent.username: {Role.agent}}
    for role in ASSIGNED:
        username = getattr(agent, role.value)
        if username:
            own.setdefault(username, set()).add(role)
    if klass and klass.host:
        own.setdefault(klass.host, set()).add(Role.host)
    return {username: everywhere.get(username, frozenset()) | roles for username, roles in own.items()}


def _called(agent: Agent) -> tuple[str, ...]:
    """Everything an agent may be called by."""
    return (
        agent.username,
        agent.oid,
        agent.first,
        agent.first.split(" ")[0],
        agent.name,
        f"{agent.last} {agent.first}",
    )


def _index(pairs: Iterable[tuple[str, str]], key: Callable[[str], str] = fold) -> dict[str, tuple[str, ...]]:
    """What `key` makes of a name -> usernames, each once, in order."""
    found: dict[str, dict[str, None]] = {}
    for name, username in pairs:
        if folded := key(name):
            found.setdefault(folded, {})[username] = None
    return {name: tuple(usernames) for name, usernames in found.items()}
