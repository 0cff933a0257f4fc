"""Refusals worth more than the plain words (SPEC 3.14)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workflows.discipline.events import Acknowledged, Delivered, NotSigned, Witnessed
from workflows.discipline.facts import facts
from workflows.discipline.guards import before_its_draft
from workflows.discipline.states import DRAFT, DRAFTED, FILED, HANDED_OVER, HR_REVIEW, READY, REFUSED
from workflows.effects import ACTOR, Answer, Ask, Tell
from workflows.machine import Declined, Moment


def refusal(m: Moment[Any], declined: Declined) -> Tell | Ask | None:
    """Refusals that need their own words."""
    event, state = m.event, m.was.state
    if isinstance(event, Acknowledged | NotSigned) and state in DRAFTED:
        return Tell(to=ACTOR, template="discipline/not_delivered_yet", facts=facts(m))
    if isinstance(event, Witnessed) and state == REFUSED and declined.reason != "not_yours":
        again = Answer(label="", event=replace(event, name="", user="", half=False), fills="name", done="named")
        return Ask(template="discipline/witness_unfit", facts=facts(m, half=event.half), answers=(again,))
    if isinstance(event, Delivered) and state in (DRAFT, HR_REVIEW):
        return Tell(to=ACTOR, template="discipline/not_ready", facts=facts(m))
    if isinstance(event, Delivered) and state == READY and before_its_draft(m):
        return Tell(to=ACTOR, template="discipline/delivered_early", facts=facts(m, drafted_at=m.was.data.drafted_at))
    if isinstance(event, Delivered) and state in (*HANDED_OVER, FILED):
        return Tell(to=ACTOR, template="discipline/is_delivered", facts=facts(m))
    return None
