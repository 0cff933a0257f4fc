"""Mail as a step of a story, and small shorthands for it."""

from __future__ import annotations

from typing import Any

from tests.journeys.stage import Step, local

ANA, BEN, TARA, PIA = "ana.rivera@example.com", "ben.ortiz@example.com", "tara.lee@example.com", "pia.moss@example.com"
LIA, COLE, CASS = "lia.cruz@example.com", "cole.carr@example.com", "cass.moy@example.com"
LIC, BOT, HOME = "licensing@example.com", "certdesk@example.com", "ana@home.example.net"
ALL = (TARA, PIA, LIC)


def mail(
    sender: str, text: str = "", at: str = "", to: Any = (BOT,), cc: Any = (), subject: str = "", **more: Any
) -> Step:
    """A mail that comes in; `more` as in a script."""
    said = {"from": sender, "to": list(to), "cc": list(cc), "subject": subject, "text": text, **more}
    return {**({"at": local(at)} if at else {}), "mail": {key: value for key, value in said.items() if value != ""}}


def raw(text: str, at: str = "") -> Step:
    """A whole message as received."""
    return {**({"at": local(at)} if at else {}), "mail": {"raw": text}}
