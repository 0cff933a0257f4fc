"""The record as one PDF for a person who reads it years later: what, when, who, in which words, by which policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot import pack_words, wording
from bot.paper_slots import authenticated
from bot.papers import BUILT_IN, Papers

ANSWERS = {
    "received": "acknowledged receipt, not agreement",
    "not signed": "chose not to sign",
    "no response": "did not answer in the time the policy gives for it",
    "": "has not answered yet",
}
WORKFLOWS = {
    "failed_exam": "Failed exam", "discipline": "CAP", "review": "Review", "coaching": "Coaching",
    "ladder": "Call cert and TBT steps", "carrier_cert": "Carrier certification", "tbt": "TBTs",
    "call_cert": "Call certification", "engagement": "Engagement", "attendance": "Attendance",
    "progress": "Progress report", "equipment": "Equipment", "ticket": "Carrier ticket",
    "completion": "ESP completion", "concern": "Inhibiting situation", "red_flag": "Red flag",
}  # fmt: skip
"""A workflow as the heading of its cases."""

INSIDE = ("cause workflow", "sla", "sla pack", "step", "size", "gate", "owner", "told")
"""Fields of events that only the program needs."""

Record = Mapping[str, Any]


def pdf(record: Record, papers: Papers = BUILT_IN) -> tuple[str, bytes]:
    """The typst source of a record and its PDF; the same bytes for the same record."""
    return papers.paper("case", _Page(record).slots())


class _Page:
    """Writes a record out: times in the site's zone, names, sentences."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.zone = ZoneInfo(record["agent"].get("zone", "UTC"))

    def when(self, value: str | None, otherwise: str = "") -> str:
        if not value:
            return otherwise
        at = datetime.fromisoformat(value).astimezone(self.zone)
        return f"{wording.day(at)}, {wording.clock(at)}"

    def slots(self) -> dict[str, Any]:
        record, agent = self.record, self.record["agent"]
        cases = record["cases"]
        made_for = record["made_for"] or "the operator"
        return {
            "agent": agent["name"],
            "subject": record["of"][:1].upper() + record["of"][1:],
            "made": self.when(record["made_at"]),
            "made_for": made_for,
            "zone": self.zone.key,
            "cover": [
                ("Agent", agent["name"]),
                ("OID", agent["oid"] or "not on record"),
                ("Class", agent["class"] or "not on record"),
            ],
            "overview": [
                (
                    each["ref"],
                    self.titled(each),
                    self.when(each["opened_at"]),
                    self.standing(each),
                )
                for each in cases
            ],
            "given": [f"{each['of']}: to {', '.join(each['to'])}, {self.when(each['at'])}" for each in record["given"]],
            "withheld": [
                f"{each['ref']}: {WORKFLOWS.get(each['workflow'], each['workflow'])}" for each in record["withheld"]
            ],
            "cases": [self.case(each) for each in cases],
            "policies": [self.policy(each) for each in record["policies"]],
            "documents": [
                (
                    each["name"],
                    each["case"],
                    self.when(each["kept_at"]),
                    wording.grouped(each["hash"]),
                    f"{each['size']:,} bytes" if each["intact"] else "ITS BYTES HAVE CHANGED since it was kept",
                )
                for each in record["documents"]
            ],
        }

    def titled(self, case: Record) -> str:
        kind = WORKFLOWS.get(case["workflow"], case["workflow"].replace("_", " ").capitalize())
        if case["workflow"] == "discipline":
            kind = f"{case['data']['due']['kind'].capitalize()} CAP"
        return f"{kind}: {case['about']}" if case["about"] else kind

    def standing(self, case: Record) -> str:
        """What came of it, in words."""
        if outcome := case["outcome"]:
            return (
                f"decided: {outcome['outcome']}, by {outcome['decided_by']['name']}, {self.when(outcome['decided_at'])}"
            )
        if ack := case["acknowledgement"]:
            return f"handed over; the agent {ANSWERS.get(ack['answer'], ack['answer'])}"
        if case["open"]:
            return f"open ({case['state']})"
        return f"ended ({case['state']}), {self.when(case['changed_at'])}"

    # -- one case

    def case(self, case: Record) -> dict[str, Any]:
        policy: Record = next((each for each in self.record["policies"] if each["pin"] == case["policy"]), {})
        head = [
            ("Opened", self.when(case["opened_at"])),
            ("Where it stands", self.standing(case)),
            ("Policy", f"{policy.get('title') or policy.get('id') or case['policy']} ({policy.get('id', '')})"),
        ]
        if case["called_for_by"]:
            head.append(("Called for by", case["called_for_by"]))
        if case["see_also"]:
            head.append(("See also", ", ".join(case["see_also"])))
        if case["outcome"]:
            head.append(("Reason given", case["outcome"]["text"] or "none on record"))
        return {
            "ref": case["ref"],
            "title": self.titled(case),
            "head": head,
            "receipt": list(self.receipt(case)),
            "steps": [self.step(each) for each in case["steps"]],
            "duties": [self.duty(each) for each in case["duties"]],
            "messages": [self.message(each) for each in case["messages"]],
        }

    def receipt(self, case: Record) -> Iterator[str]:
        """How a CAP was handed over and answered, a sentence each."""
        ack = case["acknowledgement"]
        if ack is None:
            return
        present = f", present: {ack['present']}" if ack["present"] else ""
        handed = f"Handed over on {self.when(ack['delivered_at'])} by {ack['delivered_by']['name']}"
        yield f"{handed}, {ack['method']}{present}."
        at = f" on {self.when(ack['answered_at'])}" if ack["answered_at"] else ""
        said = ANSWERS.get(ack["answer"], ack["answer"])
        how = authenticated(ack["way"], ack["proof"]) if ack["answered_at"] else ""
        yield f"{self.record['agent']['name']} {said}{at}{how}."
        if ack["witness"]:
            yield f"Witness that the paper was handed over: {ack['witness']}."
        if ack["comment"]:
            yield f"The agent wrote: \u201c{ack['comment']}\u201d"
        if ack["document"]:
            yield f"The document handed over, SHA-256: {wording.grouped(ack['document'])}"

    def step(self, step: Record) -> dict[str, Any]:
        by = step["by"]
        roles = ", ".join(pack_words.name(role).removeprefix("the ") for role in by["roles"])
        who = f"{by['name']} ({roles or 'no role'})" if by["username"] else "certdesk"
        back = step["taken_back"]
        return {
            "when": self.when(step["at"]),
            "who": f"{who}, {step['door']}",
            "what": step["meaning"],
            "words": step["words"],
            "details": list(details(step["details"])),
            "rule": step["rule"],
            "state": f"{step['from']} \u2192 {step['to']}" if step["from"] != step["to"] else f"stays {step['to']}",
            "back": f"Taken back by {back['by']['name']}, {self.when(back['at'])}"
            if back and back["at"]
            else "Taken back later"
            if back
            else "",
        }

    def duty(self, duty: Record) -> tuple[str, str, str, str]:
        owners = ", ".join(each["name"] for each in duty["owners"])
        if duty["settled_by"]:
            fate = f"{duty['done'] or duty['status']} by {duty['settled_by']['name']}, {self.when(duty['settled_at'])}"
        else:
            fate = duty["status"] + (f", {self.when(duty['settled_at'])}" if duty["settled_at"] else "")
        late = duty["due"] and duty["settled_at"] and duty["status"] == "done" and duty["settled_at"] > duty["due"]
        return duty["title"], owners, self.when(duty["due"], "no time"), f"{fate}{' (late)' if late else ''}"

    def message(self, message: Record) -> dict[str, Any]:
        kind = (
            "Mail" if message["channel"] == "mail" else "Post" if message["to"][0].startswith("#") else "Chat message"
        )
        fate = f"sent {self.when(message['sent_at'])}" if message["sent_at"] else message["state"]
        return {
            "head": f"{' '.join(filter(None, (kind, message['id'])))}, {fate}",
            "to": "; ".join(message["to"]),
            "cc": "; ".join(message["cc"]),
            "subject": message["subject"],
            "text": message["text"] or "(its words were not sent)",
            "attachments": [
                f"{each['name']}, document {wording.fingerprint(each['hash'])}" for each in message["attachments"]
            ],
        }

    def policy(self, policy: Record) -> dict[str, Any]:
        lines = [(line.startswith("  "), line.strip()) for line in policy["words"] if line.strip()]
        version = f", in force from {policy['version']}" if policy["version"] else ""
        return {
            "title": policy["title"] or policy["id"] or policy["pin"],
            "about": f"{policy['id']}{version}; {policy['source'] or 'source not on record'}; pin {policy['pin'][:16]}",
            "lines": lines,
        }


def details(lines: Sequence[str]) -> Iterator[str]:
    """Of what an event carries all that a person has use for; the JSON has the rest."""
    for line in lines:
        label, _, value = line.partition(": ")
        if label in INSIDE:
            continue
        if label == "document":
            yield f"document: {wording.fingerprint(value)}"
        else:
            yield line
