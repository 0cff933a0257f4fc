"""A policy pack in plain words, and what changes between two of them. For `certdesk policy show` and `diff`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot import pack_walk
from workflows.policy import (
    AttemptRule,
    ConcernPolicy,
    DisciplinePolicy,
    FailedExamPolicy,
    Notice,
    Offset,
    Policy,
    Sla,
    SlaStep,
)

if TYPE_CHECKING:
    from bot.packs import Pack

ORDINALS = ("", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth")
NAMES = {
    "agent": "the agent",
    "tl": "the TL",
    "workshop_lead": "the Workshop Lead",
    "pm": "the PM",
    "site_director": "the Site Director",
    "hr_rep": "the HR rep",
    "esp_manager": "the ESP Manager",
    "cert_coordinator": "the Cert Coordinator",
    "certifier": "the Certifier",
    "tbt_sme": "the TBT SME",
    "licensing": "licensing",
    "wfm": "WFM",
    "proctor": "the proctor",
}
CONTACTS = {
    "ops_management": "Ops Management",
    "ops_leadership": "Ops Leadership",
    "aetna_leadership": "Aetna Leadership",
    "tbt_search_pack": "the contacts of the TBT search pack",
    "personal": "the agent's own address",
}
GATES = {"none": "HR gate: none", "inform": "HR gets a copy of the CAP", "approve": "HR approves the CAP first"}
UNITS = {"business_minutes": "business minute", "business_days": "business day", "hours": "hour"}
NOT_FORESEEN = "not foreseen"

TOLD = (FailedExamPolicy, DisciplinePolicy, ConcernPolicy)
"""Packs with sentences of their own; any other is walked through."""

Aspects = dict[str, str]
"""What a rule says, aspect by aspect; the same aspect of two packs can be held side by side."""


def describe(pack: Pack) -> str:
    """What the pack says, in plain words, a line each."""
    policy = pack.policy
    lines = [f"{pack.id}: {policy.title}", f"{policy.source}; in force from {policy.effective_from:%Y-%m-%d}"]
    if policy.description:
        lines.append(policy.description)
    lines += ["", *(_general(policy).values() if isinstance(policy, TOLD) else _walk(policy).paragraphs(policy))]
    if isinstance(policy, FailedExamPolicy):
        for n, rule in enumerate(policy.attempt, 1):
            lines += ["", f"{_fail(n)} ({rule.source}):"]
            lines += [f"  {said}" for said in _aspects(policy, rule).values() if not said.startswith("no ")] or [
                "  nothing"
            ]
    if slas := policy.sla:
        lines += ["", "Deadlines:", *(f"  {name}: {_clock(sla)}" for name, sla in slas.items())]
    name, *rest = lines
    return "\n".join([name, *(line[:1].upper() + line[1:] for line in rest)]) + "\n"


def difference(a: Pack, b: Pack) -> list[str]:
    """What changes from `a` to `b`, a line each: "Second fail: Written CAP ... -> Final CAP ..."; empty: nothing."""
    if a.workflow != b.workflow:
        return [f"{a.id} is for {a.workflow}, {b.id} for {b.workflow}: they cannot be compared"]
    lines = _changes("", _heading(a.policy) | _general(a.policy), _heading(b.policy) | _general(b.policy))
    if isinstance(a.policy, FailedExamPolicy) and isinstance(b.policy, FailedExamPolicy):
        for n in range(1, max(a.policy.last, b.policy.last) + 1):
            lines += _changes(f"{_fail(n)}: ", _of(a.policy, n), _of(b.policy, n))
    old, new = a.policy.sla or {}, b.policy.sla or {}
    clocks = ({name: _clock(sla) for name, sla in slas.items()} for slas in (old, new))
    lines += _changes("Deadline ", *({name: f"{name}: {said}" for name, said in each.items()} for each in clocks))
    return lines


def _of(policy: FailedExamPolicy, n: int) -> Aspects:
    return _aspects(policy, policy.rule(n)) if n <= policy.last else {}


def _changes(prefix: str, a: Aspects, b: Aspects) -> list[str]:
    lines = []
    for aspect in dict.fromkeys((*a, *b)):
        old, new = a.get(aspect), b.get(aspect)
        if (
            old == new
            or (old is None and new and new.startswith("no "))
            or (new is None and old and old.startswith("no "))
        ):
            continue
        lines.append(f"{prefix}{old or NOT_FORESEEN} -> {new or NOT_FORESEEN}")
    return lines


# -- aspects -----------------------------------------------------------------------------------------------


def _heading(policy: Policy) -> Aspects:
    """What is written above a pack."""
    return {"title": f'called "{policy.title}"', "from": f"in force from {policy.effective_from:%Y-%m-%d}"}


def _general(policy: Policy) -> Aspects:
    """What a pack says of every case."""
    if isinstance(policy, FailedExamPolicy):
        held = "waits until somebody says whether coaching took place" if policy.uncoached == "hold" else "goes ahead"
        return {
            "attempts": f"{policy.last} attempt{'s' * (policy.last != 1)} a plan year",
            "owner": f"handled by {name(policy.owner)}",
            "correct": f"later corrections confirmed by {names(policy.correct_by, 'or')}",
            "undo": f"can be taken back for {policy.undo_minutes} minutes",
            "merge": f"the same report within {policy.merge_hours} hours is one report",
            "echo": f"one without its number by the other door within {policy.echo_minutes} minutes is the same one",
            "uncoached": f"a CAP after an attempt without coaching {held}",
        }
    if isinstance(policy, DisciplinePolicy):
        withheld = ", ".join(policy.export_withholds).replace("_", " ")
        concurrent = "is told" if policy.concurrent_notice else "is not told"
        return {
            "deliver": f"CAPs delivered by {names(policy.deliver_by, 'or')}",
            "hr": f"approved by and filed with {name(policy.hr)}",
            "final": f"drafts of a Final CAP are copied to {names(policy.final_cc)}",
            "review": f"reviews asked of {names(policy.review_to)}, copy to {names(policy.review_cc)}",
            "decide": f"outcomes recorded by {names(policy.decide_by, 'or')}",
            "concurrent": f"HR {concurrent} of a second Final CAP",
            "personal": "a CAP may be answered by mail from the private address"
            if policy.personal_receipts
            else "no CAP is answered by mail from a private address",
            "withholds": f"an agent's file for HR leaves out: {withheld or 'nothing'}",
            "consequence": f'a CAP says of the consequence "{policy.consequence}"',
            "support": f'support offered: "{policy.support}"',
        }
    if isinstance(policy, ConcernPolicy):
        return {"notice": _notice(policy.notice, "E-13"), "by": f"recorded by {names(policy.by, 'or')}"} | {
            place: words for place, words in _walk(policy).aspects(policy).items() if place not in ("notice", "by")
        }
    return _walk(policy).aspects(policy)


def _walk(policy: Policy) -> pack_walk.Walk:
    return pack_walk.Walk(name, _notice, lambda sla: _by(policy, sla), _length)


def _aspects(policy: FailedExamPolicy, rule: AttemptRule) -> Aspects:
    """What follows one fail. What is not wanted begins with "no "."""
    return dict(_told(policy, rule)) | dict(_next(policy, rule)) | dict(_ending(policy, rule))


def _told(policy: FailedExamPolicy, rule: AttemptRule) -> Iterator[tuple[str, str]]:
    form, coach, cap = rule.form, rule.coach, rule.cap
    yield "told", _notice(rule.notice)
    yield "form", f"tracking form filed by {name(form.owner)} {_by(policy, form.sla)}" if form else "no tracking form"
    said = f', with the statement "{coach.statement}"' if coach and coach.statement else ""
    yield "coach", f"coaching by {name(coach.owner)} {_by(policy, coach.sla)}{said}" if coach else "no coaching"
    if coach:
        yield "asks", f'the card of the coaching asks "{coach.asks}"' if coach.asks else "the card asks no question"
    yield "cap", f"{cap.kind.title()} CAP by {name(cap.owner)} {_by(policy, cap.sla)}" if cap else "no CAP"
    if cap:
        yield "gate", GATES[cap.gate]
        yield "clause", f'the CAP says "{cap.clause}"'
        yield "expectation", f'the CAP expects "{cap.expectation}"'
        yield "allowed", f'the CAP allows "{cap.allowed}"'
        wait = "waits for" if cap.before_next else "does not wait for"
        yield "before_next", f"the next attempt {wait} the CAP's delivery"


def _next(policy: FailedExamPolicy, rule: AttemptRule) -> Iterator[tuple[str, str]]:
    proctor, review = rule.proctor, rule.review
    if proctor:
        yield "proctor", f"next attempt proctored by {name(proctor.by)}, scheduled {_by(policy, proctor.sla)}"
        yield "asked", f"asked by {_notice(proctor.notice)}"
        yield "posted", f"posted in the channel {proctor.post}" if proctor.post else "no post asks for a proctor"
        result = _by(policy, proctor.result_sla)
        yield "sitting", f"a sitting of {proctor.minutes} minutes; its result is asked for {result}"
    else:
        yield "proctor", "no proctor"
    yield "review", f"review by {name(review.owner)} {_by(policy, review.sla)}" if review else "no review"
    yield "wfm", "WFM ends today's session" if rule.end_session else "no word to WFM"


def _ending(policy: FailedExamPolicy, rule: AttemptRule) -> Iterator[tuple[str, str]]:
    confirm, lock = rule.confirm, rule.lock
    if confirm:
        needed = "confirmed" if confirm.required else "may be confirmed"
        yield "confirm", f"{needed} by {names(confirm.by, 'or')} {_by(policy, confirm.sla)}"
        yield "cards", f"asked by card: {names(confirm.cards)}"
    else:
        yield "confirm", "no confirmation"
    if lock:
        yield "lock", f"locked for the plan year; {_notice(lock.notice)}"
        yield "tracker", f'the tracker says "{lock.tracker}"'
        by = lock.inhibitor
        yield "inhibitor", f"{name(by)} may record the inhibitor" if by else "no inhibitor is offered"
    else:
        yield "lock", "no lock"


# -- words -------------------------------------------------------------------------------------------------


def name(who: str) -> str:
    """A role or contact in words."""
    return NAMES.get(who) or CONTACTS.get(who) or f"the {who.replace('_', ' ')}"


def names(people: Sequence[str], last: str = "and") -> str:
    """Several of them."""
    words = [name(who) for who in people]
    if len(words) < 2:
        return words[0] if words else "nobody"
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def _fail(n: int) -> str:
    return f"{ORDINALS[n]} fail" if n < len(ORDINALS) else f"Fail {n}"


def _notice(notice: Notice, usual: str = "mail") -> str:
    copy = f", copy to {names(notice.cc)}" if notice.cc else ""
    return f"{notice.id or usual} to {names(notice.to)}{copy}, on behalf of {name(notice.behalf)}"


def _by(policy: Policy, sla: str) -> str:
    """When, in short: "immediately (15/60 business minutes)", "within the next business day"."""
    known = (policy.sla or {}).get(sla)
    if known is None:
        return f"by {sla}"
    if known.due.unit == "business_minutes" and known.due.offset <= 60:
        steps = [str(step.offset) for step in known.steps if step.anchor == "start"]
        return f"immediately ({'/'.join(steps) or known.due.offset} business minutes)"
    if (known.due.offset, known.due.unit) == (1, "business_days"):
        return "within the next business day"
    return f"within {_length(known.due)}"


def _clock(sla: Sla) -> str:
    parts = [f"due after {_length(sla.due)}", *(_step(step) for step in sla.steps)]
    if sla.repeat:
        parts.append(f"silence repeated every {_length(sla.repeat).removeprefix('1 ')}")
    return "; ".join(parts)


def _step(step: SlaStep) -> str:
    known = {"owner": "reminder", "delegate": "word to the delegate", "manager": "escalation"}
    what = known.get(step.to) or f"word to {name(step.to)}"
    if step.anchor == "start":
        return f"{what} after {_length(step)}"
    if step.offset == 0:
        return f"{what} when due"
    return f"{what} {_length(step).lstrip('-')} {'before' if step.offset < 0 else 'after'} it is due"


def _length(offset: Offset | SlaStep) -> str:
    return f"{offset.offset} {UNITS[offset.unit]}{'s' * (abs(offset.offset) != 1)}"
