"""Every word people read: it exists, renders strictly, is harmless whatever a name holds, and is named somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot import preview
from bot.preview_cast import Example
from bot.render import FOLDER, Context, Letter, Renderer
from tests.store.said import ROSTER, Said, asks, everything
from workflows.effects import ACTOR, Mail, Owe, Tell

ROOT = Path(__file__).parents[2]
RENDERER = Renderer()
FOLDERS = (
    "failed_exam",
    "engagement",
    "attendance",
    "discipline",
    "coaching",
    "carrier_cert",
    "session_link",
    "concern",
    "completion",
    "ladder",
    "call_cert",
    "tbt",
    "duty",
    "house",
    "say",
    "progress",
    "equipment",
    "ticket",
    "site_day",
)
EXAMPLES = preview.examples()
LONGEST_CHAT = 1500
CHANNELS = [
    "carrier_cert/wfm_ot",
    "carrier_cert/wfm_ot_cancel",
    "session_link/morning",
    "failed_exam/wfm_end",
    "engagement/check",
    "engagement/morning",
    "engagement/wfm",
    "engagement/wfm_correction",
    "attendance/wfm",
    "attendance/wfm_correction",
    "attendance/wfm_time",
    "attendance/wfm_undo",
    "failed_exam/schedule",
    "failed_exam/thanks_wfm",
    "failed_exam/thanks_no_session",
    "site_day/wfm_summary",
    "house/correction_wfm",
    "house/correction_post",
    "house/use_dm",
    "house/away_post",
    "house/ops_dead_letter",
    "house/ops_delayed",
    "house/ops_poisoned",
    "house/mail_aside",
    "house/mail_back",
    "house/mail_forged",
]
DISCIPLINE = re.compile(
    r"\b(fail\w*|caps?|coach\w*|disciplin\w*|terminat\w*|corrective|warning|review|first|second|third|practice)\b", re.I
)
HOSTILE = "<b>Bo</b>\r\n@all *x* {{ 7*7 }} [y](http://evil.example) `z`"
FREE = (
    "exam",
    "why",
    "category",
    "subject",
    "proctor_name",
    "witness",
    "returned",
    "reason",
    "what",
    "name",
    "title",
    "original_subject",
)
AWAITED = {
    "duty/delegated",
    "house/delegation_ended",
    "house/encrypted_room",
    "house/error_answer",
    "house/voided_request",
}
"""Written ahead of the code that will say them; a name leaves this set when the code names it."""


BY_THE_HOUSE = {
    "carrier_cert/behind_tl_many",
    "ladder/amber_many",
    "tbt/nudge_many",
    "tbt/hours_used_many",
    "call_cert/absent",
    "carrier_cert/no_case",
    "call_cert/no_queue",
    "call_cert/queue",
    "tbt/absent",
    "tbt/list",
    "tbt/search_pack",
    "attendance/wfm_undo",
    "engagement/no_class",
    "engagement/closed_day",
}
"""What is said of a workflow's cases, but by none of them."""


def label(example: Example) -> str:
    return f"{example.template}-{example.kind}-{example.note or example.reader}".replace(" ", "_")


def chat(template: str, **more: Any) -> str:
    """The chat text of the first example of that template, with other facts where given."""
    example = next(e for e in EXAMPLES if e.template == template and e.kind == "chat")
    reader = more.pop("reader", example.reader)
    context = preview.context(replace(example, reader=reader, facts={**example.facts, **more}))
    return RENDERER.chat(template, context)


def mail(template: str, **more: Any) -> Letter:
    """The mail of the first example of that template, with other facts where given."""
    example = next(e for e in EXAMPLES if e.template == template and e.kind == "mail")
    return RENDERER.mail(template, preview.context(replace(example, facts={**example.facts, **more})))


@cache
def said() -> tuple[Said, ...]:
    """What the workflows said on their walks."""
    return tuple(everything())


def reader_of(one: Said) -> str:
    effect = one.effect
    if isinstance(effect, Owe):
        return "" if effect.channel else "tara"
    if isinstance(effect, Tell) and effect.to != ACTOR:
        return "ana" if effect.to == "agent" else "tara"
    return one.actor


def words_of(one: Said) -> Iterator[str]:
    """All that becomes of one effect: the chat text and what its buttons ask, or the mail's words."""
    ana = ROSTER.agents["ana"]
    context = Context(
        roster=ROSTER, zone="America/Denver", agent=ana, ref=one.case.id, reader=reader_of(one), facts=one.facts
    )
    if isinstance(one.effect, Mail):
        letter = RENDERER.mail(one.effect.template, context)
        yield from (letter.subject, letter.text, letter.html)
        return
    yield RENDERER.chat(one.effect.template, context)
    for template in asks(one):
        yield RENDERER.chat(template, context)


# -- complete ----------------------------------------------------------------------------------------------


def test_whatever_the_workflows_say_renders_strictly_for_every_pack() -> None:
    mails: dict[tuple[str, str], int] = {}
    for one in said():
        if isinstance(one.effect, Mail):
            key = (one.effect.template, one.pack)
            mails[key] = mails.get(key, 0) + 1
            if mails[key] > 60:
                continue
        for words in words_of(one):
            assert words.strip()
            assert "None" not in words
            assert isinstance(one.effect, Mail) or len(words) <= LONGEST_CHAT


def test_the_walks_reach_every_template_of_the_workflows() -> None:
    seen = {one.effect.template for one in said()} | {template for one in said() for template in asks(one)}
    written = {
        name
        for name in RENDERER.names()
        if name.split("/")[0]
        in (
            "failed_exam",
            "discipline",
            "coaching",
            "carrier_cert",
            "session_link",
            "concern",
            "completion",
            "ladder",
            "call_cert",
            "tbt",
            "engagement",
            "attendance",
        )
    }
    written -= BY_THE_HOUSE
    assert sorted(written - seen) == sorted(AWAITED & written)
    assert sorted(seen - written) == []


@pytest.mark.parametrize("example", EXAMPLES, ids=label)
def test_every_example_renders_and_fits_a_phone(example: Example) -> None:
    context = preview.context(example)
    if example.kind == "mail":
        letter = RENDERER.mail(example.template, context)
        assert len(letter.subject) <= 150
        assert "<style" not in letter.html.split("<body", 1)[1]
        assert "http://" not in letter.html
        return
    text = RENDERER.chat(example.template, context)
    assert 0 < len(text) <= LONGEST_CHAT
    assert "\n\n" not in text


def test_every_template_has_an_example_and_every_example_a_template() -> None:
    shown = {(example.template, example.kind) for example in EXAMPLES}
    written = {
        (name, kind)
        for name in RENDERER.names()
        for kind in ("chat", "mail")
        if name.split("/")[0] in FOLDERS and RENDERER.exists(name, kind)
    }
    assert shown == written


def test_no_template_is_orphaned_and_none_that_is_named_is_missing() -> None:
    sources = [
        path.read_text(encoding="utf-8")
        for folder in ("bot", "handlers", "workflows")
        for path in (ROOT / folder).rglob("*.py")
        if not path.name.startswith("preview")
    ]
    quoted = {name for source in sources for name in re.findall(rf'"((?:{"|".join(FOLDERS)})/[a-z_]+)"', source)}
    quoted |= {f"duty/{kind}" for source in sources for kind in re.findall(r'"(reminder|escalation|repeat)"', source)}
    written = {name for name in RENDERER.names() if name.split("/")[0] in ("duty", "house")}
    assert sorted(written - quoted) == sorted(AWAITED & written)
    assert sorted(name for name in quoted if not (FOLDER / name).is_dir()) == []


def test_the_preview_shows_everything_on_one_page(tmp_path: Path) -> None:
    page = preview.preview(tmp_path / "shown").read_text(encoding="utf-8")
    assert page.count('<div class="card">') == sum(example.kind == "chat" for example in EXAMPLES)
    assert page.count("<iframe") == sum(example.kind == "mail" for example in EXAMPLES)


# -- harmless ----------------------------------------------------------------------------------------------


def attacked(example: Example, evil: str) -> Context:
    """The example's context with that in every place a person may have filled."""
    context = preview.context(example)
    facts = {key: evil if key in FREE and value else value for key, value in example.facts.items()}
    assert context.agent is not None
    return replace(context, agent=replace(context.agent, first=evil, last="Rivera"), facts=facts)


@pytest.mark.parametrize("example", EXAMPLES, ids=label)
def test_a_hostile_name_changes_nothing_but_the_name(example: Example) -> None:
    if example.kind == "chat":
        text, plain = (RENDERER.chat(example.template, attacked(example, evil)) for evil in (HOSTILE, "Bo"))
        assert not re.search(r"@(all|here)|<b>|\]\(|://evil|\*x\*|`z`|\r|49", text)
        assert text.count("\n") == plain.count("\n")
        return
    letter, calm = (RENDERER.mail(example.template, attacked(example, evil)) for evil in (HOSTILE, "Bo"))
    assert letter.subject.isprintable()
    assert "<b>" not in letter.html
    assert "\r" not in letter.text
    assert "49" not in letter.text.replace("7*7", "")
    assert letter.text.count("\n") == calm.text.count("\n")


@pytest.mark.parametrize("template", CHANNELS)
def test_posts_in_channels_hold_no_word_of_discipline(template: str) -> None:
    for example in (e for e in EXAMPLES if e.template == template):
        text = RENDERER.chat(template, replace(preview.context(example), reader=""))
        assert not DISCIPLINE.search(text.replace("final attempt", "")), text


def test_our_own_voice_never_announces_a_termination() -> None:
    for path in FOLDER.rglob("*"):
        if path.is_file() and path.parent.parent.name in FOLDERS:
            assert not re.search(r"will (be terminated|result in termination)", path.read_text(encoding="utf-8")), path


# -- the words of the specification ------------------------------------------------------------------------


def test_channel_texts_are_exactly_those_of_the_specification() -> None:
    end = "Please end today's cert session for Ana Rivera (OID 40111) in TeleOpti. Ref F-1043."
    undo = (
        "Correction: please disregard the end-session request for Ana Rivera; reinstate if already ended. Ref F-1043."
    )
    assert chat("failed_exam/wfm_end") == end
    assert chat("failed_exam/schedule") == "Ana Rivera: proctored final attempt needed for AHIP Final. Ref F-1043."
    assert chat("failed_exam/schedule", final=False).startswith("Ana Rivera: proctored attempt needed")
    assert chat("house/correction_wfm") == undo


def test_the_agent_is_told_what_to_do_in_the_words_of_the_specification() -> None:
    base = {"confirming": False, "coach": "", "cap": "", "proctor": ""}
    assert "Reported. Please wait for coaching before attempt 2." in chat("failed_exam/recorded")
    second = {**base, "n": 2, "cap": "final", "proctor": "licensing"}
    new = "Please stop. Attempt 3 is proctored; licensing will contact you. Your TL will meet you."
    old = "Please stop. Attempt 3 is proctored; a Production Manager will contact you. Your TL will meet you."
    assert new in chat("failed_exam/recorded", **second)
    assert old in chat("failed_exam/recorded", **{**second, "cap": "written", "proctor": "a Production Manager"})
    assert chat("failed_exam/recorded", **{**base, "n": 3, "confirming": True}).startswith("Recorded, being confirmed.")
    guessed = chat("failed_exam/recorded", **{**second, "guessed": True})
    assert guessed.startswith("Recorded as your second fail: right?")
    assert chat("failed_exam/cleared").startswith("You may take attempt 2.")
    assert chat("failed_exam/ready").startswith("Final attempt is set for Wed 18 Nov, 10:00")
    assert "Already recorded at 10:02, ref F-1043; nothing sent twice" in chat("failed_exam/already")
    assert "closed for 2026; ask licensing" in chat("failed_exam/closed")
    assert "licensing schedules it; I have nudged them" in chat("failed_exam/schedule_nudged")
    assert "is passed since 11/18. If the carrier shows otherwise press [Tell licensing]." in chat(
        "failed_exam/is_passed"
    )
    assert "Attempt 2 has not been reported." in chat("failed_exam/too_early")
    assert chat("discipline/thanks").startswith("Receipt recorded. Receipt is not agreement.")


def test_refusals_say_who_may_and_what_happened_already() -> None:
    assert "Only Tara Lee or delegate" in chat("house/not_yours")
    assert chat("house/already_done") == "Already confirmed by Lia Cruz at 11:05. Nothing was sent twice."
    assert chat("house/no_case", reader="tara").startswith(
        "No open case for Ana. Report the fail first: `fail ahip 1 for @ana` (TL)."
    )


def test_subjects_are_those_of_the_specification_with_the_case_first() -> None:
    subjects = {
        "failed_exam/notice": "[F-1043] Failed attempt 1: AHIP Final - Ana Rivera",
        "failed_exam/proctor_needed": "[F-1043] Proctor needed: Ana Rivera, AHIP Final final attempt",
        "failed_exam/locked": "[F-1043] Third attempt not passed: Ana Rivera, AHIP Final",
        "failed_exam/slot": "[F-1043] Final attempt AHIP Final: Wed 18 Nov, 10:00",
        "discipline/draft": "[C-88] Final CAP draft for Ana Rivera",
        "discipline/receipt_mail": "[C-88] Please acknowledge receipt",
        "discipline/filed": "[C-88] Filed: Final CAP C-88",
        "discipline/review": "[R-5] Review requested: Ana Rivera",
        "concern/inhibitor": "[X-7] Ana Rivera: may not be able to sell",
        "house/correction_mail": "[F-1043] CORRECTION: Failed attempt 2: AHIP Final - Ana Rivera",
        "house/mail_receipt": "[F-1043] Re: failed ahip again",
        "discipline/coaching_record": "[C-90] Coaching record Tue 17 Nov 2026",
    }
    assert {template: mail(template).subject for template in subjects} == subjects
    example = next(e for e in EXAMPLES if e.template == "concern/inhibitor")
    without = RENDERER.mail(example.template, preview.context(replace(example, ref="")))
    assert without.subject == "Ana Rivera: may not be able to sell"


def test_the_notice_names_agent_exam_and_ordinal_in_text_and_page() -> None:
    for words in (mail("failed_exam/notice").text, mail("failed_exam/notice").html):
        assert all(part in words for part in ("Ana Rivera", "AHIP Final", "first", "Tue 17 Nov, 10:02"))


def test_the_letter_to_the_site_director_leaves_the_decision_to_people() -> None:
    letter = mail("failed_exam/locked")
    for words in (letter.text, letter.html):
        assert "may result in termination" in words
        assert "decision is yours and HR's" in words
        assert "will be terminated" not in words
        assert not re.search(r"recommend|should be", words)
        assert "Coached by Tara Lee" in words or "coached by Tara Lee" in words
        assert "C-88" in words
    assert "no decision has been made" in mail("discipline/review").text.lower()


def test_receipt_is_never_called_agreement() -> None:
    for words in (mail("discipline/receipt_mail").text, mail("discipline/receipt_mail").html):
        assert "receipt, not agreement" in words
        assert "comment" in words


def test_a_draft_says_when_the_attempt_came_before_the_coaching() -> None:
    note = "attempt 2 was taken before coaching was recorded"
    assert note in mail("discipline/draft").text
    assert note not in mail("discipline/draft", notes=[]).text
