"""Every mail by its name in the specification: to whom it goes, and how it reads with example facts.

Printed into docs/templates.md and shown on the demo's page; what it says of recipients is held against the workflows.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from bot import preview
from bot.preview_cast import Example
from bot.render import Renderer
from bot.reports import pictures


@dataclass(frozen=True, slots=True)
class Kind:
    """One mail of the specification. `to`, `cc` and `behalf` (whom an answer reaches) are roles and contacts; `when`
    says under which wording, where there are two."""

    spec: str
    name: str
    template: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    behalf: str
    when: str = ""


def _kind(spec: str, name: str, template: str, to: str, cc: str, behalf: str, when: str = "") -> Kind:
    return Kind(spec, name, template, tuple(to.split()), tuple(cc.split()), behalf, when)


OLD, NEW = "old wording", "new wording"
KINDS = (
    _kind("E-01", "Failed attempt", "failed_exam/notice", "tl pm licensing_team", "agent", "agent", NEW),
    _kind("E-01", "Failed attempt", "failed_exam/notice", "workshop_lead", "agent", "agent", OLD),
    _kind("E-02", "Proctor needed", "failed_exam/proctor_needed", "pm", "tl", "workshop_lead", OLD),
    _kind("E-03", "Proctor needed", "failed_exam/proctor_needed", "licensing_team", "tl", "tl", NEW),
    _kind("E-04", "Third attempt not passed", "failed_exam/locked", "site_director", "hr_rep pm tl", "tl", NEW),
    _kind(
        "E-04", "Third attempt not passed", "failed_exam/locked", "site_director", "hr_rep pm tl", "workshop_lead", OLD
    ),
    _kind("E-05", "CAP draft", "discipline/draft", "tl", "hr_rep", "tl", "Final CAP"),
    _kind("E-05", "CAP draft", "discipline/draft", "tl", "", "tl", "Written CAP"),
    _kind("E-06", "CAP receipt request", "discipline/receipt_mail", "agent", "tl", "tl"),
    _kind("E-07", "CAP filed", "discipline/filed", "hr_rep", "tl", "tl"),
    _kind("E-08", "Correction", "house/correction_mail", "told", "", ""),
    _kind("E-09", "Coaching record", "discipline/coaching_record", "tl", "agent", "tl"),
    _kind("E-10", "Session link", "session_link/link", "agent personal", "", "licensing"),
    _kind("E-11", "Accountability", "carrier_cert/accountability", "esp_manager", "tl", "licensing", OLD),
    _kind("E-12", "Pace missed", "carrier_cert/overdue", "tl", "hr_rep", "licensing", NEW),
    _kind("E-13", "Inhibiting situation", "concern/inhibitor", "ops_management", "tl licensing_team", "licensing"),
    _kind("E-14", "Red flag", "concern/flag", "esp_manager pm", "", "reporter"),
    _kind("E-15", "Producer World name mismatch", "ticket/name_mismatch", "pw_name_mismatch", "tl", "tl"),
    _kind("E-16", "ESP complete", "completion/complete", "pm", "tl", "tl"),
    _kind("E-17", "EOD Call Cert", "site_day/eod_call", "ops_leadership", "cert_coordinator", "cert_coordinator"),
    _kind("E-18", "EOD TBT", "site_day/eod_tbt", "aetna_leadership", "cert_coordinator", "cert_coordinator"),
    _kind("E-19", "TBT search pack", "tbt/search_pack", "tbt_search_pack", "tbt_sme cert_coordinator", "tbt_sme"),
    _kind("E-20", "Progress missing", "progress/missing_mail", "agent", "", "cert_coordinator"),
    _kind("E-21", "Receipt, question or rejection", "house/mail_receipt", "writer", "", ""),
    _kind("E-21", "TBT failed often", "tbt/failed_often", "tl licensing_team", "", "tbt_sme"),
    _kind("E-22", "Term review request", "discipline/review", "hr_rep", "site_director pm tl", "tl"),
    _kind("E-23", "Scorecard receipt", "call_cert/received", "certifier", "cert_coordinator", "cert_coordinator"),
    _kind("E-24", "Call cert not passed", "call_cert/not_passed", "tl cert_coordinator", "pm", "certifier"),
    _kind("E-25", "Scheduling proctor", "failed_exam/slot", "agent proctor", "tl", "licensing", NEW),
    _kind("E-25", "Scheduling proctor", "failed_exam/slot", "agent proctor", "tl", "pm", OLD),
    _kind("", "Proof to verify", "carrier_cert/claimed", "licensing_team", "", "agent"),
    _kind("", "TBT proof to look at", "tbt/proof_mail", "tbt_sme", "", "agent"),
    _kind("", "TBT proof sent by two agents", "tbt/proof_mail", "licensing", "", "agent"),
    _kind("", "IT ticket", "equipment/it_ticket", "it_service_desk", "agent", "owner"),
    _kind("", "Scorecard to fill in or send", "call_cert/sheet", "certifier", "", "cert_coordinator"),
    _kind("", "An agent's file", "house/export", "asker", "", ""),
    _kind("", "Weekly report", "site_day/report", "site_director esp_manager", "", "esp_manager"),
)
"""Every mail, in the order of the specification; those it has no name for come last."""

CALLED = {
    "tl": "TL",
    "pm": "PM",
    "hr_rep": "HR rep",
    "esp_manager": "ESP Manager",
    "site_director": "Site Director",
    "workshop_lead": "Workshop Lead",
    "cert_coordinator": "Cert Coordinator",
    "certifier": "Certifier",
    "tbt_sme": "TBT SME",
    "licensing": "licensing",
    "licensing_team": "licensing team",
    "ops_management": "Ops Management",
    "ops_leadership": "Ops Leadership Distro",
    "aetna_leadership": "Aetna Leadership distro",
    "pw_name_mismatch": "contact for name mismatches",
    "tbt_search_pack": "the three named contacts",
    "it_service_desk": "IT service desk",
    "personal": "own private address",
    "told": "exactly those who got the original",
    "writer": "whoever wrote",
    "reporter": "whoever raised it",
    "owner": "whoever sent it",
    "asker": "the HR rep who asked, alone",
}
"""What the specification's table calls a role or contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A mail as somebody reads it: what it is, who gets it, and its words."""

    spec: str
    name: str
    template: str
    note: str
    recipients: str
    subject: str
    text: str
    html: str


def shown(renderer: Renderer | None = None) -> Iterator[Shown]:
    """Every example of every mail, in the order of the specification."""
    said = renderer or Renderer(by_mail=True)
    examples: dict[str, list[Example]] = {}
    for each in preview.examples():
        if each.kind == "mail":
            examples.setdefault(each.template, []).append(each)
    for template in dict.fromkeys(kind.template for kind in KINDS):
        kinds = [kind for kind in KINDS if kind.template == template]
        for each in examples.get(template, ()):
            letter = said.mail(template, preview.context(each))
            yield Shown(
                spec=" and ".join(dict.fromkeys(kind.spec for kind in kinds if kind.spec)),
                name=kinds[0].name,
                template=template,
                note=each.note,
                recipients=recipients(kinds),
                subject=letter.subject,
                text=letter.text,
                html=_drawn(letter.html),
            )


def _drawn(page: str) -> str:
    """The page with a picture where the mail itself would carry one."""
    return re.sub(r"cid:[^\"]+", lambda _: _picture(), page) if "cid:" in page else page


@cache
def _picture() -> str:
    days = [("Mon 23", [("waiting", 3), ("in progress", 2)]), ("Tue 24", [("waiting", 1), ("passed", 4)])]
    drawn = pictures.png(pictures.bars("The cohort by status", days, "An example"))
    return f"data:image/png;base64,{b64encode(drawn).decode()}"


def recipients(kinds: list[Kind]) -> str:
    """Who gets a mail and whom an answer reaches, in words; each wording by itself where they differ."""
    said = {kind.when: _recipients(kind) for kind in kinds}
    if len(set(said.values())) == 1:
        return next(iter(said.values()))
    return " ".join(f"{when[0].upper()}{when[1:]}: {words}" for when, words in said.items())


def _recipients(kind: Kind) -> str:
    parts = [f"To {_listed(kind.to)}"]
    if kind.cc:
        parts.append(f"cc {_listed(kind.cc)}")
    if kind.behalf:
        parts.append(f"an answer reaches the {_listed((kind.behalf,))} and the bot".replace("the whoever", "whoever"))
    return f"{'; '.join(parts)}."


def _listed(roles: tuple[str, ...]) -> str:
    return ", ".join(CALLED.get(role, role) for role in roles)
