"""What each paper must hold, may hold, and must say: the slots a template is given, and the words it owes.

`FORMS` is the list of all papers; a template of the same name lies in `templates/cap`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

Fact = tuple[str, str]
"""When, in site time, and what."""
Slots = Mapping[str, Any]
"""Text, lists of text, and lists of rows of text, by slot."""

REQUIRED: Mapping[str, str] = {
    "agent": "the agent's name",
    "oid": "the agent's OID",
    "date": "the date",
    "tl": "the team lead",
    "policy": "the policy's name",
    "policy_version": "the policy's version",
    "facts": "the facts with their times",
    "prior_steps": "the prior steps, by id (an empty list says there are none)",
    "expectation": "the expectation",
    "time_allowed": "the time allowed",
    "consequence": "the consequence",
    "support": "the support offered",
}
"""Slot -> what it holds. `facts` is a list of (time, text), `prior_steps` and `support` may be lists; times are
written out in site time."""

OPTIONAL = ("organisation", "id", "ref", "status", "clause", "comment", "receipt", "delivered")
"""Letterhead, the paper's id, its case, "Draft" or the like, the policy's mandatory clause, the agent's comment so
far, how receipt was acknowledged and of which document, and how the paper was handed over."""

PARTS = ("acknowledges receipt, not agreement", "Agent's comment", "Signature")
"""Words every signed paper says (SPEC 3.9)."""

REVIEW = {
    "id": "the review's reference",
    "agent": "the agent's name",
    "oid": "the agent's OID",
    "date": "the date",
    "tl": "the team lead",
    "subject": "what it is about",
    "cause": "the case that asks for it",
    "timeline": "what happened, with times and sources",
    "steps": "every step taken, with its evidence (an empty list says there are none)",
    "contrary": "what speaks for the agent (an empty list says nothing is on record)",
}

CASE = {
    "agent": "the agent's name",
    "subject": "what the file is of",
    "made": "when it was made",
    "made_for": "for whom",
    "zone": "the zone of its times",
    "cover": "what stands on the cover, as (name, value)",
    "overview": "the cases, as (ref, what, opened, what came of it)",
    "withheld": "what is restricted to others",
    "given": "files made before",
    "cases": "each case: ref, title, head, receipt, steps, duties, messages",
    "policies": "each wording: title, about, lines",
    "documents": "the papers, as (name, case, since when, SHA-256, state)",
}
NESTED: Slots = {
    "cases": [
        {
            "ref": "slotref",
            "title": "slottitle",
            "head": [("slotheadname", "slotheadvalue")],
            "receipt": ["slotreceipt"],
            "steps": [
                {
                    "when": "slotwhen", "who": "slotwho", "what": "slotwhat", "words": "slotwords",
                    "details": ["slotdetail"], "rule": "slotrule", "state": "slotstate", "back": "slotback",
                }
            ],
            "duties": [("slotduty", "slotowner", "slotdue", "slotfate")],
            "messages": [
                {
                    "head": "slotmessage", "to": "slotto", "cc": "slotcc", "subject": "slotsubject",
                    "text": "slottext", "attachments": ["slotattached"],
                }
            ],
        }
    ],
    "policies": [{"title": "slotpolicy", "about": "slotabout", "lines": [(False, "slotline"), (True, "slotinner")]}],
}  # fmt: skip
"""What a template of a file is tried with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One kind of paper. `rows` are slots that hold lists of rows, by their number of columns; `lists` slots that
    hold lists of text; `printed` optional slots that must be on the page when there is something in them; `nested`
    an example for slots that hold more than rows."""

    required: Mapping[str, str]
    optional: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    lists: tuple[str, ...] = ()
    may_be_empty: tuple[str, ...] = ()
    printed: tuple[str, ...] = ()
    nested: Slots = field(default_factory=dict)

    @property
    def slots(self) -> frozenset[str]:
        """Every slot there is."""
        return frozenset((*self.required, *self.optional))

    def empty(self) -> dict[str, Any]:
        """Nothing in any slot."""
        return {
            name: () if name in self.rows or name in self.lists or name in self.nested else "" for name in self.required
        }


def sample(form: Form) -> dict[str, Any]:
    """Something in every slot that must be printed, to be found again on the page."""
    found: dict[str, Any] = {}
    for n, name in enumerate((*form.required, *form.printed), 1):
        mark = f"slot{n}x{name.replace('_', '')}"
        columns = form.rows.get(name)
        if name in form.nested:
            found[name] = form.nested[name]
        elif columns:
            found[name] = [tuple(f"{mark}{'abcdef'[column]}" for column in range(columns))]
        elif name in form.lists:
            found[name] = [f"{mark}a", f"{mark}b"]
        else:
            found[name] = mark
    return found


def untimed(name: str, rows: object, columns: int) -> list[str]:
    """The rows of a slot that lack a part."""
    if isinstance(rows, str) or not isinstance(rows, Sequence):
        return [f"{name}: a list of (time, text) is wanted"]
    whole = [
        isinstance(one, Sequence)
        and not isinstance(one, str)
        and len(one) == columns
        and all(words_of(part) for part in one[:2])
        for one in rows
    ]
    return [f"{name}: number {n} lacks its time or its text" for n, fine in enumerate(whole, 1) if not fine]


def words_of(value: object) -> str:
    """All that a slot says, in one case and single spaces."""
    if isinstance(value, str):
        return " ".join(value.lower().split())
    if isinstance(value, bool):
        return ""
    if isinstance(value, Mapping):
        return words_of(list(value.values()))
    return " ".join(filter(None, (words_of(one) for one in cast(Sequence[object], value))))


_SIGNED = Form(
    required=REQUIRED,
    optional=OPTIONAL,
    parts=PARTS,
    rows={"facts": 2},
    lists=("prior_steps", "support", "receipt"),
    may_be_empty=("prior_steps",),
    printed=("clause", "comment", "delivered", "receipt"),
)
KINDS = ("coaching", "written", "final")
"""Papers an agent signs."""

FORMS: Mapping[str, Form] = {
    **dict.fromkeys(KINDS, _SIGNED),
    "review": Form(
        required=REVIEW,
        optional=("organisation", "outcomes", "policy"),
        parts=("No decision has been made", "nothing here recommends one"),
        rows={"timeline": 3, "steps": 3},
        lists=("contrary", "outcomes"),
        may_be_empty=("steps", "contrary", "timeline"),
    ),
    "case": Form(
        required=CASE,
        optional=("organisation",),
        parts=("recommends nothing", "SHA-256"),
        rows={"cover": 2, "overview": 4, "documents": 5},
        lists=("withheld", "given"),
        may_be_empty=("overview", "withheld", "given", "documents", "cases", "policies"),
        nested=NESTED,
    ),
}
