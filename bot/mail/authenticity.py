"""Whose word a mail is: what the receiving server said of it, and the one roster address it comes from.

Pure. Of all Authentication-Results only the topmost of our own server counts; everything else anybody can write.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.mail import mime
from bot.mail.parse import Received
from handlers.lexicon import these
from workflows.people import Roster

_RESULT = re.compile(r"\s*([a-z0-9_-]{1,40})\s*(?:/\s*\d{1,3}\s*)?=\s*([a-z]{1,20})\b", re.IGNORECASE)
_PROPERTY = re.compile(
    r"\b(smtp|header|policy|body)\s*\.\s*([a-z0-9-]{1,40})\s*=\s*(\"[^\"]{0,300}\"|[^\s;\"]{1,300})", re.IGNORECASE
)
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?)+\Z")


@dataclass(frozen=True, slots=True)
class Checked:
    """One method's result with its properties ("header.from"), all in lower case."""

    method: str
    result: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the mail says it is of (`user`, "" for nobody we know) and whether that stands (`proven`).

    `personal` is an agent's private address. `why` names what is missing, in a few words for the ops channel.
    """

    user: str = ""
    proven: bool = False
    personal: bool = False
    why: str = ""


def believed(results: Sequence[str], authserv_id: str) -> tuple[Checked, ...]:
    """What our own server found: the topmost header that carries its name; nothing when there is none."""
    ours = authserv_id.strip().lower().rstrip(".")
    if not ours:
        return ()
    for value in results:
        head, *rest = mime.sections(value)
        named = head.strip().split()
        if named and named[0].strip('"').lower().rstrip(".") == ours:
            return tuple(found for piece in rest[:50] if (found := _checked(piece)) is not None)
    return ()


def _checked(piece: str) -> Checked | None:
    said = _RESULT.match(piece[:4000])
    if said is None:
        return None
    found: dict[str, str] = {}
    for kind, name, value in _PROPERTY.findall(piece[said.end() : 4000]):
        found.setdefault(f"{kind}.{name}".lower(), value.strip('"').lower())
    return Checked(said[1].lower(), said[2].lower(), found)


def stands(mail: Received, authserv_id: str) -> str:
    """ "" when our server vouches for the address in From; else why not."""
    domain = mail.sender.rpartition("@")[2]
    if not domain:
        return "it has no single sender"
    checks = believed(mail.results, authserv_id)
    if not checks:
        return "our mail server says nothing of it"
    dmarc = [each for each in checks if each.method == "dmarc"]
    if dmarc:
        fits = all(each.result == "pass" and _about(each, domain) for each in dmarc)
        if fits:
            return ""
        if any(each.result not in ("none", "pass") or not _about(each, domain) for each in dmarc):
            return "DMARC does not vouch for it"
    if any(_aligned(each, domain) for each in checks):
        return ""
    return "neither DMARC, SPF nor DKIM vouches for its sender"


def _about(check: Checked, domain: str) -> bool:
    """Whether a DMARC result speaks of this domain, where it says of which."""
    said = check.properties.get("header.from")
    return said is None or said.rpartition("@")[2] == domain


def _aligned(check: Checked, domain: str) -> bool:
    if check.result != "pass":
        return False
    if check.method == "spf":
        who = check.properties.get("smtp.mailfrom") or ""
    elif check.method == "dkim":
        who = check.properties.get("header.d") or check.properties.get("header.i") or ""
    else:
        return False
    return _same_house(who.rpartition("@")[2], domain)


def _same_house(other: str, domain: str) -> bool:
    """The same domain, or one under it; never a mere top-level domain."""
    if not (_HOST.match(other) and _HOST.match(domain)):
        return False
    if other == domain:
        return True
    upper, lower = sorted((other, domain), key=len)
    return lower.endswith(f".{upper}") and upper.count(".") >= 1 and not _public(upper)


_PUBLIC = these("co.uk org.uk ac.uk com.au com.br com.mx co.jp co.nz co.za com.ar com.es com.tr co.in github.io")


def _public(name: str) -> bool:
    return name in _PUBLIC


def owner_of(roster: Roster, address: str) -> tuple[str, bool]:
    """(username, whether it is an agent's private address) of an address; ("", False) when it is nobody's alone."""
    found = [
        *(
            (user, False)
            for user in (*roster.people, *roster.agents)
            if (roster.email_of(user) or "").lower() == address
        ),
        *((user, True) for user, agent in roster.agents.items() if (agent.personal_email or "").lower() == address),
    ]
    return found[0] if address and len({user for user, _ in found}) == 1 else ("", False)


def identify(mail: Received, authserv_id: str, roster: Roster) -> Identity:
    """Whose word it is. A missing Return-Path is no contradiction where DMARC vouches; another one is."""
    user, personal = owner_of(roster, mail.sender)
    why = stands(mail, authserv_id)
    if not user:
        return Identity(why=why or "nobody of the roster writes from there")
    if mail.envelope is not None and mail.envelope != mail.sender:
        return Identity(user=user, personal=personal, why="its envelope names another sender")
    if why:
        return Identity(user=user, personal=personal, why=why)
    if mail.envelope is None and not any(
        each.method == "dmarc" and each.result == "pass" for each in believed(mail.results, authserv_id)
    ):
        return Identity(user=user, personal=personal, why="it has no Return-Path")
    return Identity(user=user, personal=personal, proven=True)
