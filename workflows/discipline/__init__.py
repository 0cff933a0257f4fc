"""CAPs and reviews (SPEC 3.9): drafted by the bot, delivered, acknowledged and decided by people.

Read it in this order: states, events, data, guards, changes, then the effects (facts, notices, duties), refusals and
the table of one CAP; review is the other machine, one request that people look at a matter. Neither ever decides
anything about a job. Nothing of this room may reach a channel, the tracker, a report or a log.
"""

from workflows.discipline.data import Cap, ReviewData
from workflows.discipline.events import (
    Acknowledged,
    AskedAgain,
    CapApproved,
    CapReturned,
    Commented,
    Delivered,
    DraftMended,
    DraftWanted,
    FiledAsIs,
    Filing,
    KeptAnyway,
    NoAnswer,
    NotSigned,
    OutcomeRecorded,
    Withdrawn,
    Witnessed,
)
from workflows.discipline.review import OUTCOMES, review_machine
from workflows.discipline.states import CHAT, MAIL, PRIVATE_MAIL, RELEASED_MAIL
from workflows.discipline.table import machine

__all__ = [
    "CHAT",
    "MAIL",
    "OUTCOMES",
    "PRIVATE_MAIL",
    "RELEASED_MAIL",
    "Acknowledged",
    "AskedAgain",
    "Cap",
    "CapApproved",
    "CapReturned",
    "Commented",
    "Delivered",
    "DraftMended",
    "DraftWanted",
    "FiledAsIs",
    "Filing",
    "KeptAnyway",
    "NoAnswer",
    "NotSigned",
    "OutcomeRecorded",
    "ReviewData",
    "Withdrawn",
    "Witnessed",
    "machine",
    "review_machine",
]
