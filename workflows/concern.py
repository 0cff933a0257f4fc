"""Situations that may inhibit an agent's ability to sell, and red flags (R-001-51, R-001-61/62; SPEC 3.11).

Two machines: of an inhibitor only the category is ever told; of a red flag nothing but that somebody should call.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from workflows import handoffs
from workflows.effects import ACTOR, Answer, Effect, Hand, Mail, Owe, Settle, Tell, Track
from workflows.machine import Declined, Machine, Moment, Request, Row
from workflows.people import Role
from workflows.policy import ConcernPolicy

NONE, OPEN, CLEARED, CLOSED_LEFT, VOID = "NONE", "OPEN", "CLEARED", "CLOSED_LEFT", "VOID"
WITH_MANAGER, CLOSED = "WITH_MANAGER", "CLOSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class InhibitorCleared(Request):
    """It no longer stands in the way."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """What may stand in the way, in a few neutral words; `others` was said before and stands as well."""

    category: str
    by: str
    others: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Everything that stands in the way."""
        return (*self.others, self.category)


def facts(m: Moment[Concern], category: str = "") -> dict[str, Any]:
    """The category and nothing else."""
    return {"category": category or m.data.category, "others": m.data.others}


def _known(m: Moment[Concern]) -> bool:
    """The same was said before."""
    return m.event.category.casefold() in {each.casefold() for each in m.was.data.all}


def _another(m: Moment[Concern]) -> Concern:
    """One more thing; what was said before still stands in the way."""
    return Concern(category=m.event.category, by=m.event.by, others=m.was.data.all)


def _left(m: Moment[Concern]) -> tuple[str, ...]:
    """What still stands in the way when the one named is cleared; nothing when none, or all, are meant."""
    said = m.event.why.strip(" .:,").casefold()
    rest = tuple(each for each in m.was.data.all if each.casefold() != said)
    return rest if len(rest) < len(m.was.data.all) else ()


def _some(m: Moment[Concern]) -> bool:
    """Whether only one of several is cleared."""
    return bool(_left(m))


def _less(m: Moment[Concern]) -> Concern:
    """One of several is cleared."""
    *others, last = _left(m)
    return replace(m.was.data, category=last, others=tuple(others))


def report(m: Moment[Concern]) -> tuple[Effect, ...]:
    """E-13 and the tracker at once."""
    notice = m.policy.notice
    return (
        Track(column="Inhibitors", value="; ".join(m.data.all), note=m.data.category),
        Mail(
            to=notice.to, cc=notice.cc, behalf=notice.behalf, id=notice.id, template="concern/inhibitor", facts=facts(m)
        ),
        Tell(to=ACTOR, template="concern/recorded", facts=facts(m), undo=True),
        _item(m, done=False),
    )


def clear(m: Moment[Concern]) -> tuple[Effect, ...]:
    """The tracker says so."""
    return (
        Track(column="Inhibitors", value="", note="Inhibitor cleared"),
        Tell(to=ACTOR, template="concern/cleared", facts=facts(m, "; ".join(m.data.all)) | {"others": ()}, undo=True),
        _item(m, done=True),
    )


def clear_one(m: Moment[Concern]) -> tuple[Effect, ...]:
    """One of several; the rest still stands in the way."""
    gone = next(each for each in m.was.data.all if each not in m.data.all)
    return (
        Track(column="Inhibitors", value="; ".join(m.data.all), note=f"Cleared: {gone}"),
        Tell(to=ACTOR, template="concern/cleared", facts=facts(m, gone) | {"others": m.data.all}, undo=True),
    )


def tell_known(m: Moment[Concern]) -> Effect:
    """It was reported before: nobody is told twice."""
    return Tell(to=ACTOR, template="concern/known", facts=facts(m, m.event.category))


def _item(m: Moment[Concern], *, done: bool) -> Effect:
    """Whether it stands in the way of completion."""
    return Hand(workflow="completion", event=handoffs.ItemChanged(item="inhibitor", done=done, ref=m.case.id))


def refusal(m: Moment[Concern], declined: Declined) -> Tell | None:
    """What was cleared once cannot be cleared again."""
    if not isinstance(m.event, InhibitorCleared) or declined.reason == "not_yours":
        return None
    said = {"name": m.about.name if m.about else m.was.agent, "username": m.was.agent}
    return Tell(to=ACTOR, template="concern/nothing_open", facts=said)


def machine(policy: ConcernPolicy) -> Machine[Concern]:
    """The table for one pack."""
    by = frozenset(Role(role) for role in policy.by)
    rows = (
        Row(
            at=(NONE,),
            on=handoffs.InhibitorFound,
            to=OPEN,
            do=(report,),
            by=by,
            source="R-001-62: report immediately to Ops Management",
        ),
        Row(
            at=(OPEN,),
            on=handoffs.InhibitorFound,
            do=(report,),
            by=by,
            when=lambda m: not _known(m),
            set=_another,
            source="R-001-62: another situation",
        ),
        Row(
            at=(OPEN,),
            on=handoffs.InhibitorFound,
            do=(tell_known,),
            by=by,
            when=_known,
            source="SPEC 3.13: the same again",
        ),
        Row(
            at=(OPEN,),
            on=InhibitorCleared,
            do=(clear_one,),
            by=by,
            when=_some,
            set=_less,
            source="SPEC 3.11: the others still stand",
        ),
        Row(
            at=(OPEN,),
            on=InhibitorCleared,
            to=CLEARED,
            do=(clear,),
            by=by,
            when=lambda m: not _some(m),
            source="SPEC 3.11",
        ),
        Row(at=(OPEN,), on=handoffs.AgentLeft, to=CLOSED_LEFT, source="SPEC 3.13: agent leaves"),
    )
    return Machine(
        name="concern",
        letter="X",
        start=NONE,
        ends=frozenset({CLEARED, CLOSED_LEFT, VOID}),
        rows=rows,
        opens=(handoffs.InhibitorFound,),
        key=lambda event: "inhibitor",
        fresh=lambda event: Concern(category=event.category, by=event.by),
        refusal=refusal,
        absent="concern/nothing_open",
    )


# -- red flags ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlagRaised(Request):
    """Somebody of the staff has something for the ESP Manager alone; it stays sealed. `said_at` keeps two apart."""

    text: str
    said_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlagTaken(Request):
    """The ESP Manager has it and will call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlagClosed(Request):
    """It is settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlag:
    """What was said, by whom, and who has it. The text is shown to nobody by the bot."""

    text: str
    by: str = ""
    taken_by: str = ""


def flag_facts(m: Moment[RedFlag]) -> dict[str, Any]:
    """Who is to be called, and never about what."""
    return {"by": m.data.by, "taken_by": m.data.taken_by}


def raise_flag(m: Moment[RedFlag]) -> tuple[Effect, ...]:
    """E-14 to the manager and the PM without a detail; the manager's card."""
    notice = m.policy.flag_notice
    return (
        Mail(
            to=notice.to,
            cc=notice.cc,
            behalf=f"@{m.data.by}",
            id=notice.id,
            template="concern/flag",
            facts=flag_facts(m),
            tag="raised",
        ),
        Owe(
            to=(m.policy.flag_owner,),
            duty="take",
            title="call back, confidential",
            template="concern/flag_card",
            facts=flag_facts(m),
            answers=(
                Answer(label="I have it", event=RedFlagTaken(), done="taken"),
                Answer(label="Close", event=RedFlagClosed(), done="closed"),
            ),
            sla=m.policy.flag_sla,
            tag="raised",
        ),
        Tell(to=ACTOR, template="concern/flag_raised", facts=flag_facts(m), undo=True),
    )


def take_flag(m: Moment[RedFlag]) -> tuple[Effect, ...]:
    """The one who raised it knows who has it; it stays open until it is closed."""
    return (
        Settle(duty="take"),
        Owe(
            to=(m.policy.flag_owner,),
            duty="close",
            title="close the confidential matter",
            template="concern/flag_open",
            facts=flag_facts(m),
            answers=(Answer(label="Close", event=RedFlagClosed(), done="closed"),),
            sla=m.policy.flag_open_sla,
        ),
        Tell(to=f"@{m.data.by}", template="concern/flag_taken", facts=flag_facts(m)),
        Tell(to=ACTOR, template="concern/flag_yours", facts=flag_facts(m), undo=True),
    )


def close_flag(m: Moment[RedFlag]) -> tuple[Effect, ...]:
    """Settled."""
    return (
        Settle(duty="take"),
        Settle(duty="close"),
        Tell(to=f"@{m.data.by}", template="concern/flag_closed", facts=flag_facts(m)),
        Tell(to=ACTOR, template="concern/flag_closed", facts=flag_facts(m), undo=True),
    )


def red_flag_machine(policy: ConcernPolicy) -> Machine[RedFlag]:
    """One red flag, for one pack."""
    by = frozenset(Role(role) for role in policy.flag_by)
    managers = frozenset(Role(role) for role in (policy.flag_owner, *policy.flag_close_by))
    spec = "R-001-51; SPEC 3.11"
    rows = (
        Row(
            at=(NONE,),
            on=RedFlagRaised,
            to=OPEN,
            by=by,
            set=lambda m: RedFlag(text=m.event.text, by=m.actor),
            do=(raise_flag,),
            source=f"{spec}: to ESP Manager and PM only",
        ),
        Row(
            at=(OPEN,),
            on=RedFlagTaken,
            to=WITH_MANAGER,
            by=managers,
            set=lambda m: replace(m.was.data, taken_by=m.actor),
            do=(take_flag,),
            source=spec,
        ),
        Row(at=(OPEN, WITH_MANAGER), on=RedFlagClosed, to=CLOSED, by=managers, do=(close_flag,), source=spec),
        Row(
            at=(OPEN, WITH_MANAGER),
            on=handoffs.AgentLeft,
            to=CLOSED_LEFT,
            do=(lambda m: Settle(duty="*", withdrawn=True),),
            source="SPEC 3.13: agent leaves",
        ),
    )
    return Machine(
        name="red_flag",
        letter="X",
        start=NONE,
        ends=frozenset({CLOSED, CLOSED_LEFT, VOID}),
        rows=rows,
        opens=(RedFlagRaised,),
        key=lambda event: event.said_at.isoformat() if isinstance(event, RedFlagRaised) else None,
        fresh=lambda event: RedFlag(text=event.text),
        sealed=True,
    )
