"""What may happen to a round of calls and to an agent's TBTs, for the walks that collect every word."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tests.core.samples_calls import MARKS, SAMPLES, SHIFT, STARTED, TBT_STARTED, TEXTS, sheet
from workflows import call_cert, handoffs, tbt
from workflows.machine import Event

POOR = ("84.99", "60", "12")


def call_events(rng: random.Random, at: datetime) -> tuple[Event, ...]:
    """A round: connected, scored, submitted, uploaded, and everything that gets in its way."""
    good = rng.choice(("92", "100", "85"))
    names = [f"Rivera_Ana_{rate}%.xlsx" for rate in (0, 20, 40, 60, 80, 100)]
    odd = ("Ana_Rivera_80%.xlsx", "Rivera_Ana_70%.xlsx", "x.xlsm", "notes.xlsx")
    scored = (call_cert.CallScored(score=score, **TEXTS) for score in (good, good, rng.choice(POOR)) for _ in range(3))
    return (
        STARTED,
        *(call_cert.AgentConnected(certifier="cass", certifier_name="Cass Moy", link=rng.choice(("", "https://x.example.com/1"))) for _ in range(4)),
        call_cert.AgentConnected(certifier="tim", certifier_name="Tim Bex", forced=True, why=rng.choice(("ill", ""))),
        call_cert.AgentConnected(certifier="cass", certifier_name="Cass Moy", issue="H-3"),
        call_cert.AgentConnected(certifier="cass", certifier_name="Cass Moy", busy_with="ben"),
        *scored,
        call_cert.CallScored(score="90"),
        call_cert.CallScored(score="90", well="calm"),
        call_cert.CallScored(score="90", well="calm", down="none"),
        call_cert.CallScored(call=1, score=""),
        *(call_cert.CallScored(call=rng.choice((1, 2)), score=score, **TEXTS) for score in (good, "50")),
        call_cert.CallScored(call=rng.choice((4, 9)), score=rng.choice(("101", "90")), **TEXTS),
        *(call_cert.CallPaused(why=why) for why in ("headset", rng.choice(("headset", "")))),
        *(call_cert.CallResumed() for _ in range(3)),
        *(call_cert.ScorecardSubmitted(evidence=sheet(rng.choice(names))) for _ in range(5)),
        call_cert.ScorecardSubmitted(evidence=sheet(rng.choice(odd))),
        call_cert.ScorecardSubmitted(evidence=replace(sheet("scores.xlsx"), marks=MARKS)),
        call_cert.SheetTaken(evidence=replace(sheet(rng.choice(names)), marks=MARKS)),
        call_cert.SheetLeft(),
        call_cert.ScorecardWanted(),
        call_cert.ScorecardUploaded(),
        call_cert.CallCertReopened(why=rng.choice(("agreed", ""))),
        handoffs.ItemChanged(item="equipment", done=rng.random() < 0.7),
        handoffs.Blocked(reason="outage", since=at, by="tara"),
        handoffs.Unblocked(until=at, by="tara"),
        *((handoffs.AgentLeft(by="eve"),) if rng.random() < 0.1 else ()),
    )  # fmt: skip


def tbt_events(rng: random.Random, at: datetime) -> tuple[Event, ...]:
    """Courses of every kind, as the samples have them."""
    from tests.store.said import PACKS

    policy: Any = PACKS.get("tbt").policy
    soon = replace(SHIFT, first=at.date() + timedelta(days=3))
    begun = replace(TBT_STARTED, shift=soon, smes=rng.choice((0, 3)), blanks=("ben",))
    said: list[Event] = [begun, *((handoffs.AgentLeft(by="eve"),) if rng.random() < 0.05 else ())]
    for kind, sample in SAMPLES.items():
        if kind.__module__.startswith("workflows.tbt"):
            one: Callable[..., Any] = sample
            said += list(one(None, policy, at)) if kind is not tbt.TbtStarted else []
    said += [tbt.SearchVerified(course=course) for course in (policy.numbers[-1], "1")] * 2
    said += [tbt.SearchRefused(course=course, why="it is on page 2") for course in (policy.numbers[-1], "1")]
    return (
        *said,
        handoffs.Blocked(reason="outage", since=at - timedelta(hours=1), by="tara"),
        handoffs.Unblocked(until=at, by="tara"),
    )
