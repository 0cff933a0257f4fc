"""Examples of what is said about the call-cert ladder, the completion of ESP and red flags."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.preview_cast import AT, Example

LADDER = {
    "subject": "Call certification and TBTs",
    "open": ["call certs", "TBTs"],
    "day": 2,
    "last_day": 3,
    "deadline": "2026-11-24T23:30:00+00:00",
    "at": AT["third"],
    "since": AT["second"],
    "reason": "N-Number not there yet",
}


def ladder() -> Iterator[Example]:
    """A word to the TL, a word to HR."""
    yield Example(template="ladder/amber", ref="D-4", reader="tara", facts=LADDER)
    rows = [{**LADDER, "agent": agent, "ref": ref} for agent, ref in (("ana", "D-4"), ("ben", "D-5"))]
    yield Example(template="ladder/amber_many", ref="", reader="tara", facts={"rows": rows})
    yield Example(template="ladder/done_in_review", ref="D-4", reader="hana", facts=LADDER)
    yield Example(template="ladder/blocked_in_review", ref="D-4", reader="hana", facts=LADDER)


def _item(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "done": True, "at": AT["coached"], "waived_by": "", "why": "", **more}


ITEMS = [
    _item("AHIP/Aetna"),
    _item("TBTs"),
    _item("Call certs"),
    _item("Equipment", waived_by="eve", why="own laptop"),
    _item("RTS"),
    _item("Inhibitors cleared", at=None),
]
DONE: dict[str, Any] = {
    "table": ITEMS,
    "missing": [],
    "complete_at": AT["third"],
    "held_by": "pia",
    "held_why": "no seat yet",
    "state": "PM_NOTIFIED",
    "by": "pia",
    "yes": True,
    "item": "Equipment",
    "named": "badge",
    "known": False,
    "text": "laptop on its way",
}
BUTTONS = {
    "transition": ("Transitioned", "Hold"),
    "held": ("Release", "Transitioned"),
    "rts_set": ("Undo",),
    "waived": ("Undo",),
    "noted": ("Undo",),
}
HEARD = {
    "agent_complete": "ana",
    "transition": "pia",
    "held": "pia",
    "ask_hold": "pia",
    "hold_noted": "pia",
    "released": "pia",
    "transitioned": "pia",
    "on_hold": "tara",
    "off_hold": "tara",
    "moved": "tara",
    "noted": "tara",
    "rts_set": "lia",
    "waived": "eve",
    "not_waived": "eve",
    "computed": "tara",
}


def completion() -> Iterator[Example]:
    """From the last item to production."""
    yield Example(template="completion/complete", kind="mail", note="E-16", ref="Z-3", facts={**DONE, "behalf": "tara"})
    for name, reader in HEARD.items():
        yield Example(
            template=f"completion/{name}", ref="Z-3", reader=reader, facts=DONE, buttons=BUTTONS.get(name, ())
        )
    less = {**DONE, "missing": ["RTS"], "yes": False, "state": "IN_ESP", "known": True, "complete_at": None}
    for name in ("computed", "rts_set", "waived", "not_waived"):
        yield Example(template=f"completion/{name}", note="RTS missing", ref="Z-3", reader=HEARD[name], facts=less)
    late = {**less, "state": "TRANSITIONED", "missing": []}
    yield Example(template="completion/rts_set", note="after the move", ref="Z-3", reader="lia", facts=late)


FLAG = {"by": "tara", "taken_by": "eve"}


def red_flags() -> Iterator[Example]:
    """Somebody should call; about what, nobody reads here."""
    yield Example(template="concern/flag", kind="mail", note="E-14", ref="X-8", facts={**FLAG, "behalf": "tara"})
    card = {"flag_card": ("I have it", "Close"), "flag_open": ("Close",), "flag_yours": ("Undo",)}
    for name, buttons in card.items():
        yield Example(template=f"concern/{name}", ref="X-8", reader="eve", facts=FLAG, buttons=buttons)
    for name in ("flag_raised", "flag_taken", "flag_closed"):
        yield Example(template=f"concern/{name}", ref="X-8", reader="tara", facts=FLAG)


def asked() -> Iterator[Example]:
    """What the router asks, or will not take."""
    for name in ("flag_direct", "flag_whom"):
        yield Example(template=f"say/{name}", ref="", reader="tara")
    example = {"example": "note @ben laptop on its way"}
    yield Example(template="say/note_discipline", ref="", reader="tara", facts=example)
    yield Example(
        template="say/rts_yes_or_no", ref="", reader="lia", facts={"name": "Ana Rivera"}, buttons=("Yes", "No")
    )
    items = ["ahip", "call", "equipment", "inhibitor", "rts", "tbt"]
    yield Example(template="say/waive_what", ref="", reader="eve", facts={"known": items})
