"""Examples of what is said about technical failures: the carrier counts them, the ladder does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.preview_cast import AT, FIRST, SECOND, THIRD, Example, following

READERS: Mapping[str, str] = {
    "technical_agent": "ana",
    "technical_asked": "ana",
    "technical_refused": "ana",
    "counts_agent": "ana",
    "closed_agent": "ana",
    "technical": "lia",
    "technical_for": "lia",
    "technical_known": "lia",
    "technical_refused_for": "lia",
    "technical_kept": "lia",
    "counts": "lia",
    "counts_half": "tara",
    "counts_for": "tara",
    "no_technical": "tara",
    "closed_owner": "tara",
    "cap_stands": "hana",
    "being_confirmed": "lia",
}
BUTTONS: Mapping[str, tuple[str, ...]] = {
    "technical": ("Technical", "Not technical"),
    "counts": ("It counts", "Stays technical"),
    "technical_for": ("Undo",),
    "counts_half": ("Undo",),
    "counts_for": ("Undo",),
}


def technical() -> Iterator[Example]:
    """A second attempt that crashed, what comes of it, and an exam it used up."""
    why = {"attempt": 2, "taken_at": AT["second"], "why": "computer crashed", "known": True, "asker": "tara"}
    crash = {**FIRST, **why, "technical": 1, "remaining": 1, "cap": "C-88"}
    used_up = {**SECOND, **why, "technical": 1, "remaining": 0, "over": True}
    for name, reader in READERS.items():
        facts = used_up if name.startswith("closed") else THIRD if name == "being_confirmed" else crash
        buttons = BUTTONS.get(name, ())
        yield Example(template=f"failed_exam/{name}", reader=reader, facts=facts, buttons=buttons)
    yield Example(template="failed_exam/confirmed", note="the carrier's last", reader="lia", facts=used_up)
    none = {**crash, "attempt": 0, "known": False}
    yield Example(template="failed_exam/technical_known", note="no such attempt", reader="lia", facts=none)
    said = {**SECOND, **following(2), "crashed": True, "technical": 1, "remaining": 0, "over": True, "behalf": "ana"}
    yield Example(template="failed_exam/recorded", note="it crashed", reader="ana", facts=said)
    yield Example(template="failed_exam/notice", kind="mail", note="E-01, it crashed", facts=said)
