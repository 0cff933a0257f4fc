"""The changes of a CAP: its answer and its delivery."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from workflows.discipline.data import Cap
from workflows.machine import Moment


def change(fields: Callable[[Moment[Cap]], dict[str, Any]]) -> Any:
    """The data with these fields changed."""
    return lambda m: replace(m.was.data, **fields(m))


def answered(answer: str) -> Any:
    """What the agent answered, when, to which document and by which way."""
    return change(
        lambda m: {
            "answer": answer,
            "answered_at": m.at,
            "answered_to": m.event.document,
            "way": m.event.way,
            "proof": m.event.proof,
        }
    )


def delivered(m: Moment[Cap]) -> Cap:
    """Handed over: when, by whom, how, and which document it was."""
    event = m.event
    on = event.on if event.on and event.on <= m.at else m.at
    return replace(
        m.was.data,
        delivered_at=on,
        delivered_by=m.actor,
        method=event.method or "in person",
        present=event.present,
        fell="",
        document=event.document,
        size=event.size,
    )
