"""Who is told what: behind, overdue, blocked, verified, complete. Channels get the operational minimum."""

from __future__ import annotations

from workflows import handoffs
from workflows.carrier_cert import clock
from workflows.carrier_cert.changes import accepted, ending, known, proposal, refused, said_again
from workflows.carrier_cert.data import CarrierCert
from workflows.carrier_cert.facts import LATE, facts, last_miss, reason, slots_left, tell_actor
from workflows.carrier_cert.items import counted, fileless, held, out_of_order, usable
from workflows.carrier_cert.states import BEHIND, COMPLETE, EXTENSION, ON_TRACK
from workflows.effects import ACTOR, Effect, Hand, Mail, Post, Tell, Track
from workflows.machine import Moment
from workflows.people import Role

STATUS, COMPLETION = "AHIP/Aetna Status", "AHIP+Aetna Completion"
APART, TOGETHER = ("call_cert", "tbt"), ("ladder",)
"""Workflows whose clocks stand still with this one: for each reason apart, or for all of them together."""

# -- checkpoints -------------------------------------------------------------------------------------------


def tell_behind(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """The agent hears what is missing, the TL in one line; the pack's mail where it has one."""
    miss = last_miss(m)
    assert miss is not None
    said = facts(m, late=m.at - miss.due > LATE)
    return (
        Tell(to=Role.agent, template="carrier_cert/behind", facts=said),
        Tell(to=Role.tl, template="carrier_cert/behind_tl", many="carrier_cert/behind_tl_many", facts=said),
        *_notice(m),
    )


def _notice(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """E-11 or E-12: the mail of the checkpoint missed last."""
    miss = last_miss(m)
    notice = next((each.notice for each in m.policy.pace.checkpoint if miss and each.name == miss.name), None)
    if notice is None:
        return ()
    mail = Mail(
        to=notice.to,
        cc=notice.cc,
        behalf=notice.behalf,
        id=notice.id,
        template=notice.template,
        facts=facts(m),
        tag="missed",
    )
    return (mail,)


def tell_overdue(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """E-12, and the agent in the words of the specification."""
    return (*_notice(m), Tell(to=Role.agent, template="carrier_cert/overdue_agent", facts=facts(m)))


def tell_caught_up(m: Moment[CarrierCert]) -> Effect | None:
    """The agent is on pace again."""
    if (m.was.state, m.case.state) != (BEHIND, ON_TRACK):
        return None
    return Tell(to=Role.agent, template="carrier_cert/caught_up", facts=facts(m))


# -- claims and proofs -------------------------------------------------------------------------------------


def answer_report(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """What a report leaves open: a file that is needed, modules out of order."""
    said: list[Effect] = []
    if without := fileless(m.policy, m.was.data, m.event):
        template = "file_small" if m.event.evidence else "file_needed"
        titles = m.policy.pace.titled(without)
        said.append(Tell(to=Role.agent, template=f"carrier_cert/{template}", facts=facts(m, titles=titles)))
    if before := out_of_order(m.was.data, m.event):
        titles = m.policy.pace.titled(tuple(f"M{n}" for n in before))
        words = "progress " + " ".join(f"m{n}" for n in before)
        more = (("They are done too", words),)
        said.append(
            Tell(to=Role.agent, template="carrier_cert/order", facts=facts(m, titles=titles, words=words), more=more)
        )
    items = (*counted(m.policy, m.was.data, m.event), *said_again(m))
    if held(usable(m.policy, m.event.evidence)) and any(item in m.policy.pace.proof.items for item in items):
        said.append(Tell(to=Role.agent, template="carrier_cert/proof_held", facts=facts(m)))
    return tuple(said)


def mail_claim(m: Moment[CarrierCert]) -> Effect | None:
    """Licensing gets the file, or hears that none came."""
    proofs = m.policy.pace.proof
    items = tuple(item for item in counted(m.policy, m.was.data, m.event) if item in proofs.items)
    files = usable(m.policy, m.event.evidence)
    again = said_again(m)
    if not files or held(files) or not (items or again):
        return None
    notice = proofs.notice
    return Mail(
        to=notice.to,
        cc=notice.cc,
        behalf=notice.behalf,
        id=notice.id,
        template=notice.template,
        facts=facts(m, titles=m.policy.pace.titled((*items, *again)), files=tuple(file.name for file in files)),
        evidence=files,
        tag="claim",
    )


def tell_verified(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """The tracker, licensing and the agent hear what is verified."""
    items = m.policy.pace.titled(accepted(m))
    whole = m.case.state == COMPLETE
    value = m.policy.pace.tracker_complete if whole else m.policy.pace.tracker_open
    said = facts(m, titles=items, complete=whole, tracker=value)
    return (
        Track(column=STATUS, value=value, note=f"Verified: {', '.join(items)}"),
        Tell(to=ACTOR, template="carrier_cert/verified", facts=said, undo=True),
        Tell(to=Role.agent, template="carrier_cert/verified_agent", facts=said),
    )


def tell_refused(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """The agent hears what licensing asks for again, the tracker where it had said otherwise."""
    items = refused(m)
    data = m.was.data
    stood = any((claim := data.claim(item)) and claim.verified_at for item in items)
    said = facts(m, titles=m.policy.pace.titled(items), why=m.event.why)
    track = Track(column=STATUS, value=m.policy.pace.tracker_open, note=f"Asked for again: {', '.join(said['titles'])}")
    cleared = Track(column=COMPLETION, value="", note="Asked for again") if data.form else None
    return (
        *((track,) if stood else ()),
        *((cleared,) if cleared else ()),
        Tell(to=ACTOR, template="carrier_cert/redo", facts=said, undo=True),
        Tell(to=Role.agent, template="carrier_cert/redo_agent", facts=said),
    )


def tell_complete(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """The TL hears it, ESP completion counts it; what is left of the extra sessions is not needed."""
    if m.was.state == COMPLETE or m.case.state != COMPLETE:
        return ()
    fell = handoffs.CauseFell(cause=m.case.id, step=1, reason="all items are complete")
    drafted = m.was.data.overdue_at is not None and m.was.data.cap_delivered_at is None
    return (
        Tell(to=Role.tl, template="carrier_cert/complete_tl", facts=facts(m)),
        Hand(workflow="completion", event=handoffs.ItemChanged(item="ahip", done=True, ref=m.case.id)),
        *((Hand(workflow="discipline", event=fell),) if drafted else ()),
        *cancel_sessions(m),
    )


def tell_reopened(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """What was complete is not any more."""
    if m.was.state != COMPLETE or m.case.state == COMPLETE:
        return ()
    return (
        Tell(to=Role.tl, template="carrier_cert/reopened_tl", facts=facts(m)),
        Hand(workflow="completion", event=handoffs.ItemChanged(item="ahip", done=False, ref=m.case.id)),
    )


# -- blocks ------------------------------------------------------------------------------------------------


def tell_blocked(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """Who granted it, the agent and the TL hear the new checkpoint times."""
    said = facts(m, since=m.data.open_blocks[-1].since, why=reason(m, m.data.open_blocks[-1].reason))
    return (
        Tell(to=ACTOR, template="carrier_cert/blocked", facts=said, undo=True),
        Tell(to=Role.agent, template="carrier_cert/blocked_agent", facts=said),
        Tell(to=Role.tl, template="carrier_cert/blocked_tl", facts=said),
    )


def hand_blocked(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """Every clock of scheduled time hears it: each reason for itself where reasons are told apart, else the first."""
    found: list[Effect] = []
    for block in m.data.open_blocks:
        if block in m.was.data.open_blocks:
            continue
        event = handoffs.Blocked(reason=block.reason, since=block.since, by=block.by, ends=block.ends)
        found += [Hand(workflow=workflow, event=event) for workflow in APART]
    if not m.data.open_blocks:
        return ()
    since = min(each.since for each in m.data.open_blocks)
    before = min((each.since for each in m.was.data.open_blocks), default=None)
    if before is None or before > since:
        first = m.data.open_blocks[0]
        event = handoffs.Blocked(reason=first.reason, since=since, by=first.by, ends=first.ends)
        found += [Hand(workflow=workflow, event=event) for workflow in TOGETHER]
    return tuple(found)


def hand_unblocked(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """Every clock goes on when nothing stops the agent any more."""
    still = {each.reason for each in m.data.open_blocks}
    found: list[Effect] = []
    for was in m.was.data.open_blocks:
        if was.reason in still:
            continue
        until = max(each.until or m.at for each in m.data.blocks if each.reason == was.reason)
        event = handoffs.Unblocked(until=until, by=m.actor, reason=was.reason)
        found += [Hand(workflow=workflow, event=event) for workflow in APART]
    if m.was.data.open_blocks and not m.data.open_blocks:
        until = max(each.until or m.at for each in m.data.blocks)
        event = handoffs.Unblocked(until=until, by=m.actor)
        found += [Hand(workflow=workflow, event=event) for workflow in TOGETHER]
    return tuple(found)


def tell_unblocked(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """The new checkpoint times, to whoever said it, the agent and the TL."""
    why = tuple(reason(m, each.reason) for each in ending(m))
    said = facts(m, ended=why)
    return (
        Tell(to=ACTOR, template="carrier_cert/unblocked", facts=said, undo=True),
        Tell(to=Role.agent, template="carrier_cert/unblocked_agent", facts=said),
        Tell(to=Role.tl, template="carrier_cert/unblocked_tl", facts=said),
    )


def tell_proposed(m: Moment[CarrierCert]) -> Effect:
    """Somebody else decides."""
    why = reason(m, m.event.reason)
    if known_before(m):
        return Tell(to=ACTOR, template="carrier_cert/proposed_before", facts=facts(m, why=why))
    return Tell(to=ACTOR, template="carrier_cert/proposed", facts=facts(m, why=why), undo=True)


def known_before(m: Moment[CarrierCert]) -> bool:
    """Whether the same was proposed or granted before."""
    return known(m)


def tell_not_granted(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """Whoever proposed it hears that it is not granted now."""
    asked = proposal(m)
    assert asked is not None
    said = facts(m, why=reason(m, asked.reason))
    return (
        Tell(to=ACTOR, template="carrier_cert/not_granted", facts=said, undo=True),
        *((Tell(to=f"@{asked.by}", template="carrier_cert/not_granted_to", facts=said),) if asked.by else ()),
    )


# -- the extension -----------------------------------------------------------------------------------------


def cancel_sessions(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """WFM hears that what is left of the extra sessions is not needed; nothing when none was asked for."""
    left = slots_left(m)
    if not left and (m.was.data.overdue_at is None or len(m.was.data.ot) > 0):
        return ()
    return (Post(channel="wfm", template="carrier_cert/wfm_ot_cancel", facts={"slots": left}, id="C-WFM-OT"),)


def tell_extension(m: Moment[CarrierCert]) -> Effect | None:
    """The agent hears what counts from now on."""
    if m.was.state == EXTENSION or m.case.state != EXTENSION:
        return None
    return Tell(to=Role.agent, template="carrier_cert/extension", facts=facts(m))


def tell_planned(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """WFM is thanked, the agent and the TL hear the sessions."""
    wanted = m.policy.pace.extension.sessions - len(m.data.ot)
    ends = clock.hours_end(m.policy, m.calendar, m.data, m.at)
    said = facts(m, wanted=wanted, ends=ends)
    return (
        Tell(to=ACTOR, template="carrier_cert/planned", facts=said, undo=True),
        Tell(to=Role.agent, template="carrier_cert/planned_agent", facts=said, tag="sessions"),
        Tell(to=Role.tl, template="carrier_cert/planned_tl", facts=said, tag="sessions"),
    )


tell_form = tell_actor("form_filed")


def track_form(m: Moment[CarrierCert]) -> Effect:
    """The completion column follows the form (R-001-64)."""
    form = m.policy.pace.form
    number = f" {m.event.number}" if m.event.number else ""
    return Track(column=COMPLETION, value=form.tracker, note=f"{form.title}{number} submitted")
