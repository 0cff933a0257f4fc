"""Whose word a mail is, and that it counts once: identity and replay of SPEC 5.2, sentence by sentence, and limits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot import mailroom
from bot.letters import Letter
from bot.mail.parse import parse
from bot.office import Mails
from store import tables
from tests.journeys.stage import Show, play, press, say
from tests.mail import corpus
from tests.mail.steps import ANA, BEN, BOT, HOME, LIC, TARA, mail, raw
from tests.mail.test_same_report import OURS, house
from tests.store.both import TUESDAY, House

FAIL = "First fail of the AHIP final"


def sent(sender: str = ANA, text: str = FAIL, at: str = "11-17 10:02", **more: Any) -> Show:
    return play(mail(sender, text, at, **more))


# -- "envelope and header From match one roster address" ------------------------------------------------------


@pytest.mark.parametrize(
    "sender", ["ANA.RIVERA@EXAMPLE.COM", "Ana Rivera <Ana.Rivera@Example.com>", "Tara Lee <ana.rivera@example.com>"]
)
def test_an_address_counts_in_any_case_and_a_name_counts_for_nothing(sender: str) -> None:
    (opened,) = sent(sender).of("state")
    assert (opened["agent"], opened["actor"]) == ("ana", "ana")


NOBODY = {
    "plus address": mail("ana.rivera+x@example.com", FAIL, "11-17 10:02"),
    "the bot itself": mail(BOT, FAIL, "11-17 10:02"),
    "a team's address": mail(LIC, FAIL, "11-17 10:02"),
    "a borrowed name": mail('"ana.rivera@example.com" <evil@evil.example.org>', FAIL, "11-17 10:02"),
    "another script": mail("ana.rivera@ex\u0430mple.com", FAIL, "11-17 10:02"),
    "two authors": mail(ANA, FAIL, "11-17 10:02", headers={"From": f"{ANA}, {TARA}"}),
    "a group": mail(ANA, FAIL, "11-17 10:02", headers={"From": f"Team: {ANA};"}),
    "a named group": mail(ANA, FAIL, "11-17 10:02", headers={"From": f"Team: Ana <{ANA}>;"}),
    "no author": mail(ANA, FAIL, "11-17 10:02", headers={"From": "Ana Rivera"}),
}


@pytest.mark.parametrize("step", NOBODY.values(), ids=NOBODY.keys())
def test_a_mail_of_nobody_we_know_is_listed_and_has_no_effect(step: dict[str, Any]) -> None:
    assert play(step).sent() == ["#esp-bot-ops house/mail_aside"]


@pytest.mark.parametrize(
    "path", ["<evil@evil.example.org>", "<tara.lee@example.com>", "<SRS0=a=b=example.com=ana.rivera@mx.example.com>"]
)
def test_an_envelope_of_another_sets_it_aside_and_the_person_is_asked(path: str) -> None:
    show = sent(headers={"Return-Path": path})
    assert show.sent() == ["#esp-bot-ops house/mail_aside", "@ana house/mail_unproven [No] [Yes]"]


def test_the_mark_a_bounce_filter_puts_on_the_envelope_is_not_another_sender() -> None:
    assert sent(headers={"Return-Path": f"<prvs=0123abcd={ANA}>"}).states("F-1") == ["F1_COACHING"]


@pytest.mark.parametrize("headers", [{"Sender": "assistant@example.com"}, {"Reply-To": "evil@evil.example.org"}])
def test_an_answer_goes_to_the_address_that_was_proven_and_to_no_other(headers: dict[str, str]) -> None:
    show = sent(headers=headers)
    assert show.states("F-1") == ["F1_COACHING"]
    assert show.mail("E-21")["to"] == [ANA]


def test_our_own_mail_that_comes_back_by_a_copy_rule_does_nothing() -> None:
    ours = corpus_of_ours()
    show = play(say("ana", "fail ahip 1", "11-17 10:02"), raw(ours, "11-17 10:03")).step(1)
    assert not show.lines


def corpus_of_ours() -> str:
    """E-01 as a copy rule of the licensing address would hand it over."""
    head = f"Return-Path: <{BOT}>\nAuthentication-Results: {OURS}; dmarc=pass header.from=example.com\n"
    return (
        (
            f"{head}From: certdesk <{BOT}>\nTo: {TARA}, {LIC}\nSubject: [F-1] Failed attempt 1: AHIP Final - Ana Rivera\n"
            f"Message-ID: <mail:1>\nAuto-Submitted: auto-generated\n\nAna Rivera did not pass the AHIP Final, first attempt.\n"
        )
        .replace("<<", "<")
        .replace(">>", ">")
    )


# -- "processed once forever", "the same hash with a new Message-ID within 24 h" -------------------------------

ONE = {"message_id": "<one@x>"}


def test_a_copy_that_came_through_a_list_first_does_not_use_up_the_persons_own() -> None:
    listed = mail(ANA, FAIL, "11-17 10:02", headers={"List-Id": "<licensing.example.com>"}, **ONE)
    show = play(listed, mail(ANA, FAIL, "11-17 10:03", **ONE))
    assert not show.step(0).lines
    assert show.step(1).states("F-1") == ["F1_COACHING"]
    assert (
        not play(mail(ANA, FAIL, "11-17 10:02", **ONE), listed | {"at": TUESDAY + timedelta(minutes=9)}).step(1).lines
    )


@pytest.mark.parametrize(
    "copy",
    [
        mail(ANA, FAIL, "11-17 10:03", headers={"Received": "from a by b", "X-Copy": "yes"}, **ONE),
        mail(ANA, FAIL, "11-17 10:03", subject="[EXTERNAL] ahip", **ONE),
        mail(ANA, f"{FAIL}  \n\n", "11-17 10:03", subject="ahip", **ONE),
        mail(ANA, FAIL, "11-17 10:03", subject="ahip", to=(TARA, LIC), **ONE),
        mail(ANA, FAIL, "11-17 10:03", subject="ahip", message_id="<two@x>"),
        mail(HOME, FAIL, "11-17 10:03", subject="ahip", message_id="<three@x>"),
    ],
)
def test_several_copies_of_one_mail_enter_once(copy: dict[str, Any]) -> None:
    subject = "" if "X-Copy" in copy["mail"].get("headers", {}) else "ahip"
    show = play(mail(ANA, FAIL, "11-17 10:02", subject=subject, **ONE), copy)
    assert [line["kind"] for line in show.step(1).lines] == ["seen"]


def test_the_same_words_of_two_people_are_two_mails() -> None:
    show = play(mail(ANA, FAIL, "11-17 10:02"), mail(BEN, FAIL, "11-17 10:03"))
    assert {line["agent"] for line in show.of("state")} == {"ana", "ben"}


def test_another_text_under_the_same_id_is_another_mail() -> None:
    show = play(mail(ANA, "hello there", "11-17 10:02", **ONE), mail(ANA, FAIL, "11-17 10:03", **ONE))
    assert show.states("F-1") == ["F1_COACHING"]


def test_a_day_is_counted_from_the_mail_that_was_acted_on() -> None:
    steps = [mail(ANA, "hello there, what now", at) for at in ("11-17 10:00", "11-18 09:00", "11-18 11:00")]
    show = play(*steps)
    assert [line["step"] for line in show.of("seen")] == [1]


def test_a_mail_without_an_id_is_known_by_its_bytes() -> None:
    bare = corpus.plain(FAIL).replace(b"Message-ID: <made@example.com>\r\n", b"")
    assert parse(bare).source == parse(bare).source != parse(bare + b"x").source
    show = play(*(raw(bare.decode(), at) for at in ("11-17 10:02", "11-17 10:03")))
    assert (show.states("F-1"), len(show.of("seen"))) == (["F1_COACHING"], 1)


def test_words_that_were_not_acted_on_may_be_sent_again() -> None:
    late = mail(ANA, FAIL, "11-17 10:02", headers={"Date": "Mon, 09 Nov 2026 10:00:00 -0700"})
    assert play(late, mail(ANA, FAIL, "11-17 10:05")).step(1).states("F-1") == ["F1_COACHING"]
    many = [mail(ANA, f"hello number {n} of many", f"11-17 10:{n:02}") for n in range(20)]
    over = [mail(ANA, FAIL, "11-17 10:30"), mail(ANA, FAIL, "11-17 11:31")]
    show = play(*many, *over)
    assert not show.step(20).of("state")
    assert show.step(21).states("F-1") == ["F1_COACHING"]


def test_a_released_mail_counts_as_the_persons_own_and_a_second_yes_does_nothing() -> None:
    show = play(
        mail(ANA, FAIL, "11-17 10:02", auth="fail"), press("ana", "Yes", "11-17 10:05"), press("ana", "Yes", "11-17 10:06"),
        mail(ANA, FAIL, "11-17 10:07"),
    )  # fmt: skip
    assert show.step(1).states("F-1") == ["F1_COACHING"]
    assert [line["template"] for line in show.step(2).chats()] == ["house/button_stale"]
    assert [line["event"] for line in show.step(3).of("state")] == ["ExamFailed"], "the same one, and told so"
    assert "Already recorded" in show.step(3).mail("E-21")["text"]


# -- limits are settings ------------------------------------------------------------------------------------


def tell(found: House, n: int, at: int, sender: str = ANA, *, auth: str = "pass", text: str = "") -> None:
    made = corpus.plain(
        text or f"hello number {n} of many", From=sender, Return_Path=f"<{sender}>", Message_ID=f"<{n}@x>",
        Authentication_Results=f"{OURS}; dmarc={auth}",
    )  # fmt: skip
    moment = TUESDAY + timedelta(minutes=at)
    found.take(mailroom.letter(made, moment, OURS, sender, now=moment))


def verdicts(found: House) -> list[str]:
    return [row["verdict"] for row in sorted(found.rows()["inbox"], key=lambda row: row["at"])]


def test_how_many_mails_an_hour_and_how_old_is_what_the_settings_say() -> None:
    with house() as (found, _):
        found.engine.mails = Mails(per_hour=2, duplicate_hours=1, asked_per_hour=1)
        for n in range(4):
            tell(found, n, n)
        tell(found, 9, 70, text="hello number 0 of many")
        assert [each for each in verdicts(found) if each == "over budget"] == ["over budget"] * 2
        assert "duplicate" not in verdicts(found)
        for n in range(20, 23):
            tell(found, n, 200 + n, auth="fail")
        asked = [row for row in found.rows()["outbox"] if row["template"] == "house/mail_unproven"]
        assert len(asked) == 1
    with house() as (found, _):
        found.engine.mails = Mails(duplicate_hours=0)
        tell(found, 1, 1, text="the same words")
        tell(found, 2, 2, text="the same words")
        assert "duplicate" not in verdicts(found)


def letter(n: int, at: int, text: str) -> Letter:
    made = corpus.plain(text, Message_ID=f"<{n}@x>")
    moment = TUESDAY + timedelta(minutes=at)
    return mailroom.letter(made, moment, OURS, ANA, now=moment)


@pytest.mark.parametrize("together", [True, False])
def test_words_that_went_over_the_budget_count_when_they_come_again_whatever_came_with_them(together: bool) -> None:
    with house() as (found, _):
        found.engine.mails = Mails(per_hour=1)
        letters = [letter(1, 0, "hello there"), letter(2, 30, FAIL), letter(3, 95, FAIL), letter(4, 170, FAIL)]
        for batch in [letters] if together else [[each] for each in letters]:
            found.take(*batch)
        assert verdicts(found) == ["say", "over budget", "act", "duplicate"]
        assert [row["workflow"] for row in found.rows()["cases"]].count("failed_exam") == 1


def test_the_subject_somebody_wrote_is_sealed_where_no_case_says_so() -> None:
    with house() as (found, _):
        made = {"Subject": "Coaching of Ana", "Return_Path": f"<{ANA}>"}
        forged = corpus.plain("hello", **made, Message_ID="<1@x>", Authentication_Results=f"{OURS}; dmarc=fail")
        own = corpus.plain("hello", **made, Message_ID="<2@x>")
        for raw in (forged, own):
            found.take(mailroom.letter(raw, TUESDAY, OURS, ANA, now=TUESDAY))
        o = tables.outbox.c
        with found.database.connect() as connection:
            bodies = {row.template: row.body_json for row in connection.execute(select(o.template, o.body_json))}
        for template in ("house/mail_unproven", "house/mail_receipt"):
            assert "Coaching of Ana" in found.seal.open(bodies[template])
        assert not any("Coaching" in body for body in bodies.values())


def test_every_mail_that_came_is_kept_raw_under_a_name_its_row_tells() -> None:
    with house() as (found, _):
        tell(found, 1, 1)
        tell(found, 2, 2, auth="fail")
        tell(found, 3, 3, "stranger@elsewhere.example.org")
        rows = found.rows()
        kept = {row["hash"] for row in rows["documents"] if row["type"] == "message/rfc822"}
        assert {row["raw"] for row in rows["inbox"]} == kept
        assert len(kept) == 3
        assert all(row["content"] == "" for row in rows["inbox"] if row["verdict"] == "quarantined")
