"""What was frozen of a paper at decision becomes the slots of its template: names from the roster, site times.

The same frozen values, roster and templates give the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from bot import render, wording
from bot.office import Office
from bot.ports import File
from workflows.discipline import CHAT, MAIL, PRIVATE_MAIL, RELEASED_MAIL

PDF = "application/pdf"
ANSWERS = {"received": "Receipt acknowledged", "not signed": "Not signed", "no response": "No response"}
HOW = {
    CHAT: "in a direct message from the agent's own chat account",
    MAIL: "by e-mail from the agent's work address",
    PRIVATE_MAIL: "by e-mail from the agent's private address, which the policy in force allows",
    RELEASED_MAIL: "by e-mail, which the agent then called his own in a direct message from the own chat account",
}
"""A way of answering in words; what vouched for it stands behind in brackets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A paper as it is: its typst source, the file, and the SHA-256 of the file's bytes in hexadecimal."""

    source: str
    file: File
    hash: str


def made(wanted: Mapping[str, Any], agent: str, office: Office) -> Made:
    """The paper of one frozen wish ("kind", "name", "slots") about an agent (a username).

    Raises ValueError for a paper that lacks something, KeyError for an agent the roster does not know.
    """
    kind, slots = str(wanted["kind"]), wanted["slots"]
    pen = Pen(office, agent)
    filled = pen.review(slots) if kind == "review" else pen.signed(slots)
    source, pdf = office.papers.paper(kind, filled)
    file = File(name=wanted["name"], type=PDF, content=pdf)
    return Made(source=source, file=file, hash=hashlib.sha256(pdf).hexdigest())


class Pen:
    """Writes out the frozen values of one agent's paper."""

    def __init__(self, office: Office, agent: str) -> None:
        self.office, self.agent = office, office.roster.agents[agent]
        self.zone = ZoneInfo(office.site(agent).tz)

    def when(self, value: Any) -> str:
        """With the year: papers are read years later."""
        if not value:
            return ""
        at = wording.instant(value).astimezone(self.zone)
        return f"{wording.day(at)}, {wording.clock(at)}"

    def names(self, value: str) -> str:
        """Usernames as names."""
        return render.named(str(value), self.office.roster)

    def signed(self, slots: Mapping[str, Any]) -> dict[str, Any]:
        """The slots of a coaching record or a CAP."""
        policy, _, version = str(slots["policy"]).rpartition(" (")
        told = [(self.when(at), self.names(line)) for at, line in slots["facts"]]
        told += [(self.when(slots["drafted_at"]), note) for note in slots["notes"]]
        filled: dict[str, Any] = {
            "agent": self.agent.name,
            "oid": self.agent.oid,
            "date": self.when(slots["drafted_at"]),
            "tl": self.office.roster.name_of(self.agent.tl),
            "policy": policy,
            "policy_version": version.rstrip(")"),
            "facts": told,
            "prior_steps": list(slots["prior"]),
            "expectation": slots["expectation"],
            "time_allowed": slots["allowed"],
            "consequence": slots["consequence"],
            "support": slots["support"],
            "clause": slots["clause"],
            "id": slots["id"],
            "comment": slots["comment"],
            "status": ANSWERS.get(slots["answer"], ""),
            "delivered": self._delivered(slots) if slots["answer"] else "",
            "receipt": list(self._receipt(slots)),
        }
        return {key: value for key, value in filled.items() if value or key == "prior_steps"}

    def _delivered(self, slots: Mapping[str, Any]) -> str:
        """How it was handed over; the paper that is handed over cannot say it yet."""
        if not slots.get("delivered_at"):
            return ""
        by = self.office.roster.name_of(slots.get("delivered_by") or "")
        present = f", present: {slots['present']}" if slots.get("present") else ""
        said = f"Handed over on {self.when(slots['delivered_at'])}{f' by {by}' if by else ''}"
        return f"{said}, {slots.get('method') or 'in person'}{present}."

    def _receipt(self, slots: Mapping[str, Any]) -> list[str]:
        """What the agent answered, how that is known, and to which document."""
        answer, at, name = slots["answer"], self.when(slots["answered_at"]), self.agent.name
        if not answer:
            return []
        lines = {
            "received": f"{name} acknowledged receipt, not agreement, on {at}",
            "not signed": f"{name} chose not to sign, on {at}",
        }
        said = lines.get(answer, "No answer came in the time the policy gives for it")
        found = [f"{said}{authenticated(slots.get('way', ''), slots.get('proof', ''))}."]
        if slots["witness"]:
            found.append(f"Witness that the paper was handed over: {slots['witness']}.")
        if document := slots.get("answered_to") or slots.get("document"):
            found.append(f"The document handed over, SHA-256: {wording.grouped(document)}")
        return found

    def review(self, slots: Mapping[str, Any]) -> dict[str, Any]:
        """The slots of a review's dossier."""
        return {
            "id": slots["id"],
            "agent": self.agent.name,
            "oid": self.agent.oid,
            "date": self.when(slots["asked_at"]),
            "tl": self.office.roster.name_of(self.agent.tl),
            "subject": slots["subject"],
            "cause": slots["cause"],
            "policy": slots["policy"],
            "timeline": [(self.when(at), self.names(what), self.names(by)) for at, what, by in slots["timeline"]],
            "steps": [
                (step, self.written(fate), self.written(evidence) or "none on record")
                for step, fate, evidence in slots["steps"]
            ],
            "contrary": [self.names(self.written(each)) for each in slots["contrary"]],
            "outcomes": list(slots["outcomes"]),
        }

    def written(self, pieces: Any) -> str:
        """A sentence of pieces: text, and [instant] for a time."""
        if isinstance(pieces, str):
            return self.names(pieces)
        said = (self.when(each[0]) if isinstance(each, list | tuple) else self.names(each) for each in pieces)
        return "".join(said)


def authenticated(way: str, proof: str) -> str:
    """ ", in a direct message from the agent's own chat account (ana)"; "" when nothing is on record."""
    how = HOW.get(way, way)
    return f", {how}{f' ({proof})' if proof else ''}" if how else ""
