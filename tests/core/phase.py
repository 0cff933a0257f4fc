"""One case of one machine, told step by step: its clocks fire when the hand-moved time passes them.

No roster, no class: what a step looks at is its event, its data, its pack and the calendar.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Self
from zoneinfo import ZoneInfo

from bot.machines import machine_for
from store.codec import dump, load
from tests.core.story import CALENDAR, packs
from workflows.calendar import Calendar
from workflows.effects import Arm, Disarm, Effect, Hand, Tell
from workflows.machine import Case, Declined, Event, Moment
from workflows.people import Role

DENVER = ZoneInfo("America/Denver")


def clock(text: str) -> datetime:
    """ "11-17 10:02" of 2026 or "2027-03-12 16:40" at the site, in UTC."""
    whole = text if text[4:5] == "-" else f"2026-{text}"
    return datetime.fromisoformat(whole).replace(tzinfo=DENVER).astimezone(UTC)


def local(at: datetime | None) -> str:
    """An instant as `clock` reads it; "" for none."""
    if at is None:
        return ""
    found = at.astimezone(DENVER)
    return found.strftime("%m-%d %H:%M" if found.year == 2026 else "%Y-%m-%d %H:%M")


@dataclass
class Phase:
    """One case; `did` are the effects of the last step, `all_done` those of every step."""

    workflow: str
    pack: str
    first: Event
    now: datetime
    calendar: Calendar = CALENDAR
    policy: Any = None
    case: Case[Any] = field(init=False)
    timers: dict[str, Arm] = field(default_factory=dict)
    did: list[Effect] = field(default_factory=list)
    all_done: list[Effect] = field(default_factory=list)
    declined: Declined | None = None

    def __post_init__(self) -> None:
        self.policy = self.policy or packs().get(self.pack).policy
        machine = machine_for(self.workflow, self.policy)
        self.case = Case(
            id=f"{machine.letter}-1", workflow=self.workflow, key=machine.key(self.first) or "", agent="ben",
            pack=self.pack, calendar="slc", state=machine.start, data=machine.fresh(self.first), opened=self.now,
        )  # fmt: skip
        self.hear(self.first)

    def at(self, text: str) -> Self:
        """Move the clock, firing what falls due on the way."""
        return self.until(clock(text))

    def until(self, then: datetime) -> Self:
        """As `at`, to an instant."""
        assert then >= self.now
        while due := min(self.timers.items(), key=lambda item: item[1].due, default=None):
            name, arm = due
            if arm.due > then:
                break
            self.now = arm.due
            del self.timers[name]
            self.hear(arm.event)
        self.now = then
        return self

    def hear(self, event: Event, *by: Role, actor: str = "") -> Self:
        """The case hears something, at this instant."""
        moment = Moment(
            case=self.case, was=self.case, event=event, at=self.now, actor=actor or (by[0] if by else ""),
            by=frozenset(by or {Role.bot}), policy=self.policy, calendar=self.calendar,
        )  # fmt: skip
        machine = machine_for(self.workflow, self.policy)
        self.did, self.declined = [], None
        result = machine.step(moment)
        if isinstance(result, Declined):
            self.declined = result
            words = machine.refusal(moment, result)
            self.did += [] if words is None else list(words) if isinstance(words, tuple) else [words]
            return self
        self.case = result.case
        assert load(type(self.case.data), dump(self.case.data)) == self.case.data
        for effect in result.effects:
            self.did.append(effect)
            self.all_done.append(effect)
            match effect:
                case Arm():
                    assert effect.due >= self.now - timedelta(seconds=1), f"{effect.name} is due in the past"
                    self.timers[effect.name] = effect
                case Disarm():
                    self.timers = {k: v for k, v in self.timers.items() if not fnmatchcase(k, effect.name)}
                case Hand(ref=ref) if ref == self.case.id:
                    done = self.did
                    self.hear(effect.event)
                    self.did = done + self.did
                case _:
                    pass
        return self

    # -- looking

    @property
    def state(self) -> str:
        """Where the case stands."""
        return self.case.state

    def armed(self) -> dict[str, str]:
        """The clocks that run: name -> local time."""
        return {name: local(arm.due) for name, arm in self.timers.items()}

    def handed(self, name: str = "") -> list[Any]:
        """The events handed on in the last step, or those of one class."""
        found = [effect.event for effect in self.did if isinstance(effect, Hand)]
        return [event for event in found if name in ("", type(event).__name__)]

    def told(self) -> list[str]:
        """The templates of direct messages of the last step."""
        return [effect.template for effect in self.did if isinstance(effect, Tell)]

    def of(self, kind: type[Any]) -> list[Any]:
        """The effects of one kind of the last step."""
        return [effect for effect in self.did if isinstance(effect, kind)]
