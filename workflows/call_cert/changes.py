"""How a round changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from workflows.call_cert.data import Call, CallCert
from workflows.call_cert.guards import call_meant, known_call, of_sheet, passes, result_of
from workflows.machine import Moment


def connect(m: Moment[CallCert]) -> CallCert:
    """Connected, or handed to another Certifier: the clock goes on."""
    data, event = m.was.data, m.event
    watch = data.watch if data.watch.since else replace(data.watch, since=m.at)
    return replace(
        data,
        certifier=event.certifier,
        certifier_name=event.certifier_name,
        link=event.link or data.link,
        override=event.why if event.forced else data.override,
        connected_at=data.connected_at or m.at,
        watch=watch,
    )


def score(m: Moment[CallCert]) -> CallCert:
    """A call is scored, or scored anew; the scores it had are kept."""
    data, event, known = m.was.data, m.event, known_call(m)
    call = Call(
        score=event.score.replace(",", "."),
        passed=passes(m.policy, event.score),
        well=event.well.strip() or (known.well if known else ""),
        down=event.down.strip() or (known.down if known else ""),
        prepare=event.prepare.strip() or (known.prepare if known else ""),
        at=m.at,
        by=m.actor,
        earlier=(*known.earlier, known.score) if known else (),
    )
    n = call_meant(m)
    calls = (*data.calls[: n - 1], call, *data.calls[n:])
    result, rate = result_of(m.policy, calls)
    return replace(data, calls=calls, result=result, rate=rate, scored_at=data.scored_at or (m.at if result else None))


def pause(m: Moment[CallCert]) -> CallCert:
    """The clock stops."""
    return replace(m.was.data, watch=m.was.data.watch.halt("pause", m.at), paused_why=m.event.why.strip())


def resume(m: Moment[CallCert]) -> CallCert:
    """The clock runs."""
    return replace(m.was.data, watch=m.was.data.watch.go("pause", m.at), paused_why="")


def block(m: Moment[CallCert]) -> CallCert:
    """Blocked: no time counts from then on."""
    return replace(m.was.data, watch=m.was.data.watch.block(m.event))


def unblock(m: Moment[CallCert]) -> CallCert:
    """Not blocked any more."""
    return replace(m.was.data, watch=m.was.data.watch.unblock(m.event))


def hear_item(m: Moment[CallCert]) -> CallCert:
    """What is known of the agent's equipment."""
    if m.event.item != "equipment":
        return m.was.data
    return replace(m.was.data, equipment="ok" if m.event.done else "issue")


def alert(m: Moment[CallCert]) -> CallCert:
    """The hours are used up, and those concerned know."""
    return replace(m.was.data, alerted=True)


def submit(m: Moment[CallCert]) -> CallCert:
    """The scorecard is there."""
    return replace(m.was.data, file=m.event.evidence, submitted_at=m.at)


def take(m: Moment[CallCert]) -> CallCert:
    """The calls are scored as the sheet has them."""
    calls = of_sheet(m)
    result, rate = result_of(m.policy, calls)
    return replace(m.was.data, calls=calls, result=result, rate=rate, scored_at=m.at)


def take_and_submit(m: Moment[CallCert]) -> CallCert:
    """And it is the scorecard."""
    return replace(take(m), file=m.event.evidence, submitted_at=m.at)


def upload(m: Moment[CallCert]) -> CallCert:
    """It is uploaded."""
    return replace(m.was.data, uploaded_at=m.at, uploaded_by=m.actor)


def limit(policy: Any) -> timedelta:
    """The time a round may take."""
    return timedelta(hours=policy.hours)
