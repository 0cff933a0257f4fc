"""Carrier certification (D001; SPEC 3.4): an agent's pace through AHIP and Aetna, against the clock of his class.

Read it in this order: states, events, data, items and clock, guards, changes, then the effects (facts, notices,
duties), then the table and the machine. The state follows from the record; the table says which event may lead where.
The CAP and the review are handed to `discipline`, blocked time to every clock of scheduled time.
"""

from workflows.carrier_cert.clock import due, hours_end, hours_used, next_due, to_come
from workflows.carrier_cert.data import Block, CarrierCert, Claim, Miss, Proposal
from workflows.carrier_cert.events import (
    BlockAsked,
    BlockGranted,
    BlockOver,
    BlockRefused,
    CheckpointDue,
    CompletionFormFiled,
    HoursUsed,
    PaceBegun,
    PaceStarted,
    ProofAccepted,
    ProofRefused,
    SessionsPlanned,
    UnblockAsked,
)
from workflows.carrier_cert.items import awaited, missing, unclaimed
from workflows.carrier_cert.machine import machine, refusal
from workflows.carrier_cert.states import standing

__all__ = [
    "Block",
    "BlockAsked",
    "BlockGranted",
    "BlockOver",
    "BlockRefused",
    "CarrierCert",
    "CheckpointDue",
    "Claim",
    "CompletionFormFiled",
    "HoursUsed",
    "Miss",
    "PaceBegun",
    "PaceStarted",
    "ProofAccepted",
    "ProofRefused",
    "Proposal",
    "SessionsPlanned",
    "UnblockAsked",
    "awaited",
    "due",
    "hours_end",
    "hours_used",
    "machine",
    "missing",
    "next_due",
    "refusal",
    "standing",
    "to_come",
    "unclaimed",
]
