"""A story told to the machines, purely in memory: who says what when, and what follows.

Hands run at once, timers fire when the clock passes them, duties and timers are kept by name as the engine does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, Self
from zoneinfo import ZoneInfo

from bot.machines import WORKFLOWS, machine_for
from bot.packs import Packs, load_packs
from tests.core.ladders import packs_of_tests
from workflows.calendar import Calendar
from workflows.effects import Arm, Ask, Correct, Disarm, Effect, Hand, Hush, Mail, Owe, Settle, Tell, Track
from workflows.failed_exam import ExamFailed, ExamPassed
from workflows.handoffs import AgentLeft
from workflows.machine import Case, Declined, Event, Moment, Stepped
from workflows.people import Agent, Person, Role, Roster, Site, TrainingClass

DENVER = ZoneInfo("America/Denver")
STAFF = {
    "tara": ("Tara Lee", (Role.tl,)),
    "dev": ("Dev Shah", (Role.tl,)),
    "will": ("Will Lane", (Role.workshop_lead,)),
    "pia": ("Pia Moss", (Role.pm,)),
    "sam": ("Sam Dean", (Role.site_director,)),
    "hana": ("Hana Ruiz", (Role.hr_rep,)),
    "eve": ("Eve Marsh", (Role.esp_manager,)),
    "lia": ("Lia Cruz", (Role.licensing,)),
    "wes": ("Wes Fox", (Role.wfm,)),
}
SLC = Site(
    key="slc",
    name="SLC",
    tz="America/Denver",
    days=frozenset(range(5)),
    open=time(8),
    close=time(17),
    holidays=frozenset({date(2026, 11, 26), date(2026, 12, 25), date(2027, 1, 1)}),
)
NOV16 = TrainingClass(
    name="NOV16",
    site="slc",
    channel="#esp-nov16",
    start=date(2026, 11, 16),
    shift_start=time(8),
    shift_end=time(16, 30),
)
ANA = Agent(
    username="ana",
    first="Ana",
    last="Rivera",
    oid="40111",
    email="ana.rivera@example.com",
    class_name="NOV16",
    tl="tara",
    workshop_lead="will",
    pm="pia",
    site_director="sam",
    hr_rep="hana",
    esp_manager="eve",
)
ROSTER = Roster.build(
    sites=[SLC],
    classes=[NOV16],
    people=[
        Person(username=key, name=name, email=f"{key}@example.com", roles=frozenset(roles))
        for key, (name, roles) in STAFF.items()
    ],
    agents=[ANA],
)
CALENDAR = Calendar.of(SLC)
RUN = ("failed_exam", "discipline", "review", "concern")
"""The workflows of these stories; what is handed to others is not their matter."""


def clock(text: str) -> datetime:
    """ "11-17 10:02" at the site, of 2026."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=DENVER)


@lru_cache
def packs() -> Packs:
    """The built-in packs and those of the tests, read once."""
    return Packs([*load_packs(), *packs_of_tests()])


def failed(claimed: int | None = None, **more: Any) -> ExamFailed:
    """ "I failed the AHIP Final.\""""
    return ExamFailed(exam="ahip", exam_name="AHIP Final", carrier="AHIP", plan_year=2026, claimed=claimed, **more)


def passed() -> ExamPassed:
    """ "I passed the AHIP Final.\""""
    return ExamPassed(exam="ahip", exam_name="AHIP Final", carrier="AHIP", plan_year=2026)


@dataclass
class Story:
    """Cases of Ana's, and all that was wished for since the last `says`."""

    pack: str = "failed-exams-new"
    now: datetime = field(default_factory=lambda: clock("11-17 10:02"))
    cases: dict[str, Case[Any]] = field(default_factory=dict)
    duties: dict[tuple[str, str], Owe] = field(default_factory=dict)
    hushed: set[tuple[str, str]] = field(default_factory=set)
    timers: dict[tuple[str, str], Arm] = field(default_factory=dict)
    wished: list[tuple[str, Effect]] = field(default_factory=list)
    declined: Declined | None = None

    # -- telling

    def at(self, text: str) -> Self:
        """Move the clock, firing what falls due on the way."""
        return self.until(clock(text))

    def until(self, then: datetime) -> Self:
        """As `at`, to an instant."""
        assert then >= self.now, "a story does not go back"
        while due := min(self.timers.items(), key=lambda item: item[1].due, default=None):
            (ref, name), arm = due
            if arm.due > then:
                break
            self.now = arm.due
            del self.timers[ref, name]
            self._enter(self.cases[ref], arm.event, "", frozenset({Role.bot}))
        self.now = then
        return self

    def says(self, who: str, event: Event, ref: str = "") -> Self:
        """Somebody says something; what is wished for is kept until the next one."""
        self.wished, self.declined = [], None
        case = self.cases[ref] if ref else self._case_for(event)
        result = self._enter(case, event, who, self.roles(who, case))
        self.declined = result if isinstance(result, Declined) else None
        return self

    def leaves(self, who: str) -> Self:
        """Ana has left: every open case hears it."""
        self.wished, self.declined = [], None
        for case in list(self.cases.values()):
            if case.state not in self.machine(case).ends:
                self._enter(case, AgentLeft(by=who), who, self.roles(who, case))
        return self

    def presses(self, who: str, label: str, **fills: Any) -> Self:
        """Somebody presses a button of an open duty of theirs, or of a question asked of them just now."""
        for (ref, _), owe in reversed(self.duties.items()):
            mine = self.roles(who, self.cases[ref])
            if not any(role in mine for role in owe.to):
                continue
            for answer in owe.answers:
                if answer.label.startswith(label) and answer.event is not None:
                    return self.says(who, replace(answer.event, **fills) if fills else answer.event, ref)
        for ref, effect in self.wished:
            if isinstance(effect, Ask):
                for answer in effect.answers:
                    if answer.label.startswith(label):
                        return self.says(who, answer.event, ref)
        raise AssertionError(f"{who} has no button {label!r}; open: {sorted(name for _, name in self.duties)}")

    # -- looking

    def state(self, letter: str = "F") -> str:
        """The state of the newest case of that letter."""
        return self.case(letter).state

    def case(self, letter: str = "F") -> Case[Any]:
        """The newest case of that letter."""
        return [case for case in self.cases.values() if case.id.startswith(letter)][-1]

    @property
    def data(self) -> Any:
        """What the failed exam remembers."""
        return self.case().data

    def effects(self, kind: type[Any], letter: str = "") -> list[Any]:
        """The wishes of one kind since the last `says`."""
        return [effect for ref, effect in self.wished if isinstance(effect, kind) and ref.startswith(letter)]

    def mails(self) -> dict[str, tuple[set[str], set[str]]]:
        """The mails since the last `says`: id -> (to, cc)."""
        found = self.effects(Mail)
        assert len({mail.id for mail in found}) == len(found), [mail.id for mail in found]
        return {mail.id: (set(mail.to), set(mail.cc)) for mail in found}

    def mail(self, id: str) -> Mail:
        """The mail of that name."""
        (mail,) = (mail for mail in self.effects(Mail) if mail.id == id)
        return mail

    def told(self, role: str = "") -> list[str]:
        """The templates of direct messages since the last `says`, to one role or to anybody."""
        return [tell.template.partition("/")[2] for tell in self.effects(Tell) if role in ("", tell.to)]

    def corrected(self) -> list[str]:
        """What was taken back."""
        return [correct.tag for correct in self.effects(Correct)]

    def owed(self, letter: str = "F") -> dict[str, tuple[str, ...]]:
        """Open duties of the newest case of that letter: name -> roles."""
        ref = self.case(letter).id
        return {name: tuple(owe.to) for (where, name), owe in self.duties.items() if where == ref}

    def armed(self, letter: str = "F") -> dict[str, str]:
        """Timers of the newest case of that letter: name -> local time."""
        ref = self.case(letter).id
        return {
            name: arm.due.astimezone(DENVER).strftime("%m-%d %H:%M")
            for (where, name), arm in self.timers.items()
            if where == ref
        }

    # -- inside

    def machine(self, case: Case[Any]) -> Any:
        """The table of a case."""
        return machine_for(case.workflow, packs().by_pin(case.pack).policy)

    def roles(self, who: str, case: Case[Any]) -> frozenset[Role]:
        """What somebody is to Ana, in this case."""
        given = {role for role, users in self.machine(case).people(case).items() if who in users}
        return ROSTER.roles_towards(who, "ana") | given

    def _case_for(self, event: Event) -> Case[Any]:
        for case in reversed(self.cases.values()):
            machine = self.machine(case)
            if machine.rows_for(case.state, type(event)) or (machine.hears(type(event)) and case.state != "VOID"):
                return case
        return self._open("failed_exam", event)

    def _open(self, workflow: str, event: Any) -> Case[Any]:
        kind = WORKFLOWS[workflow]
        pack = packs().get(self.pack if kind.pack == "failed_exam" else kind.pack)
        machine = machine_for(workflow, pack.policy)
        key = machine.key(event) or ""
        for case in self.cases.values():
            if case.workflow == workflow and case.key == key and case.state not in machine.ends:
                return case
        number = sum(case.id.startswith(machine.letter) for case in self.cases.values()) + 1
        return Case(
            id=f"{machine.letter}-{number}",
            workflow=workflow,
            key=key,
            agent="ana",
            pack=pack.pin,
            calendar="slc",
            state=machine.start,
            data=machine.fresh(event),
            opened=self.now,
        )

    def _enter(self, case: Case[Any], event: Event, who: str, by: frozenset[Role]) -> Stepped[Any] | Declined:
        moment = Moment(
            case=case,
            was=case,
            event=event,
            at=self.now.astimezone(ZoneInfo("UTC")),
            actor=who,
            by=by,
            policy=packs().by_pin(case.pack).policy,
            calendar=CALENDAR,
            source=f"{who} {self.now:%m-%d %H:%M}",
            about=ANA,
            klass=NOV16,
            others=tuple(other for other in self.cases.values() if other.id != case.id),
        )
        machine = self.machine(case)
        result = machine.step(moment)
        if isinstance(result, Declined):
            words = machine.refusal(moment, result)
            words = words if isinstance(words, tuple) else (words,)
            self.wished += [(case.id, each) for each in words if each]
            return result
        self.cases[case.id] = result.case
        for effect in result.effects:
            self.wished.append((case.id, effect))
            self._carry_out(result.case, effect, who)
        return result

    def _carry_out(self, case: Case[Any], effect: Effect, who: str) -> None:
        match effect:
            case Owe():
                assert (case.id, effect.duty) not in self.duties, f"{effect.duty} is owed twice"
                self.duties[case.id, effect.duty] = effect
            case Settle():
                for key in self._named(self.duties, case, effect.duty):
                    del self.duties[key]
                    self.hushed.discard(key)
            case Hush():
                self.hushed.update(self._named(self.duties, case, effect.duty))
            case Arm():
                assert effect.due > self.now - timedelta(seconds=1), f"{effect.name} is due in the past"
                self.timers[case.id, effect.name] = effect
            case Disarm():
                for key in self._named(self.timers, case, effect.name):
                    del self.timers[key]
            case Hand():
                self._hand(case, effect, who)

    @staticmethod
    def _named(kept: Iterable[tuple[str, str]], case: Case[Any], pattern: str) -> list[tuple[str, str]]:
        return [key for key in kept if key[0] == case.id and fnmatchcase(key[1], pattern)]

    def _hand(self, case: Case[Any], effect: Hand, who: str) -> None:
        event = effect.event
        if effect.workflow not in RUN:
            return
        if effect.ref:
            targets = [self.cases[effect.ref]] if effect.ref in self.cases else []
        elif type(event) in machine_for(effect.workflow, self._policy(effect.workflow)).opens:
            targets = [self._open(effect.workflow, event)]
        else:
            known = [other for other in self.cases.values() if other.workflow == effect.workflow]
            targets = [
                other for other in known if (other.data.due.cause, other.data.due.step) == (event.cause, event.step)
            ]
        for target in targets:
            result = self._enter(target, event, who, self.roles(who, target))
            if isinstance(result, Declined):
                assert result.reason == "finished", (
                    f"{target.id} in {target.state} does not take {type(event).__name__}"
                )

    @staticmethod
    def _policy(workflow: str) -> Any:
        return packs().get(WORKFLOWS[workflow].pack).policy

    def tracked(self) -> list[tuple[str, str | None, str | None]]:
        """Tracker cells and notes since the last `says`."""
        return [(track.column, track.value, track.note) for track in self.effects(Track)]
