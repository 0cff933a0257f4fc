"""What people write by mail and what comes of it: every row of SPEC 5.2, with its refusals."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.stage import TESTS, Show, play, play_script, press, say, toml_steps, wait
from tests.mail.steps import ALL, ANA, BOT, CASS, COLE, HOME, LIA, LIC, PIA, TARA, mail, raw

DAY = TESTS / "roster-day.toml"
FIRST = mail(ANA, "First fail of the AHIP final", "11-17 10:02")
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
    + (640).to_bytes(4)
    + (480).to_bytes(4)
    + b"\x08\x02\x00\x00\x00"
    + b"\0" * 40
)


def attach(name: str, content: bytes, type: str = "application/octet-stream") -> dict[str, Any]:
    return {"name": name, "type": type, "base64": base64.b64encode(content).decode()}


def receipt(show: Show) -> str:
    """The words of the only answer by mail."""
    (found,) = show.mails("E-21")
    return str(found["text"])


# -- a failed attempt --------------------------------------------------------------------------------------


def test_a_complete_mail_opens_the_case_and_nobody_is_told_twice() -> None:
    show = play_script(toml_steps(Path(TESTS) / "rehearsals" / "s09-complete-email.toml"))
    assert show.states("F-1") == ["F1_COACHING"]
    assert show.sent() == ["@ana failed_exam/recorded [Undo] [Wrong number]",
                           "@tara duty/card [Coached – advised 2nd fail = Final CAP] [Form done]", "E-21 to ana"]  # fmt: skip
    (answer,) = show.mails("E-21")
    assert (answer["to"], answer["cc"], answer["reply_to"]) == ([ANA], [], TARA)
    assert answer["subject"] == "[F-1] Re: AHIP"
    assert "Understood" in answer["text"]
    assert show.armed("F-1") == {"form:1/0-remind": "11-17 10:17", "form:1/1-escalate": "11-17 11:02",
                                 "coach:1/0-remind": "11-17 10:17", "coach:1/1-escalate": "11-17 11:02"}  # fmt: skip


@pytest.mark.parametrize(
    ("reached", "told"),
    [
        ((BOT,), {TARA, PIA, LIC}),
        ((TARA, BOT), {PIA, LIC}),
        ((TARA, PIA), {LIC}),
        ((TARA, PIA, LIC), set()),
        (("Tara Lee <TARA.LEE@example.com>", PIA, LIC), set()),
    ],
)
def test_the_notice_goes_only_to_those_the_agents_own_mail_did_not_reach(reached: Any, told: set[str]) -> None:
    show = play(mail(ANA, "I failed the AHIP final, first attempt.", "11-17 10:02", to=reached, cc=(BOT,)))
    assert {to for each in show.mails("E-01") for to in each["to"]} == told
    assert show.state("F-1") == "F1_COACHING"


WAYS = [
    ("", "First fail of the AHIP final", 1),
    ("failed ahip", "first time", 1),
    ("AHIP final exam", "Hi Tara,\n\nI wanted to let you know that I did not pass the AHIP final on my first attempt\ntoday. I scored 84%.\n\nThanks,\nAna Rivera\nAHIP & Aetna trainee", 1),
    ("Failed AHIP", "Hello,\nUnfortunately I failed my second attempt at 10:45 on 11/17.\nAna", 2),
    ("ahip", "Exam: AHIP final\nResult: failed\nAttempt: 2", 2),
    ("AHIP second fail", "See subject.\n\nSent from my iPhone", 2),
    ("update", "This email is to inform you that I bombed the ahip final :( 1st try", 1),
    ("", "i didnt pass ahip (1st)\n\nOn Tue, Nov 17, 2026 at 9:00 AM Tara Lee <tara.lee@example.com> wrote:\n> second fail of aetna?", 1),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "text", "n"), WAYS)
def test_tired_mails_are_understood(subject: str, text: str, n: int) -> None:
    before = [say("ana", "fail ahip 1", "11-17 09:00"), press("tara", "Coached", "11-17 09:10")] if n == 2 else []
    show = play(*before, mail(ANA, text, "11-17 11:02", subject=subject), start="11-17 08:30")
    events = show.of("state", ref="F-1", event="ExamFailed")
    assert len(events) == n
    assert "understood" in receipt(show).lower()


ASKED = [
    ("I failed AHIP and Aetna Core", "", "AHIP Final and Aetna Core"),
    ("I failed it, second attempt", "First fail AHIP", "attempts 1 and 2"),
    ("I failed AHIP practice quiz 3", "", "practice"),
    ("I failed the final", "", "exam"),
    ("I might have failed ahip, not sure", "", "AHIP"),
]


@pytest.mark.parametrize(("text", "subject", "said"), ASKED)
def test_what_could_be_two_things_is_asked_and_nothing_is_recorded(text: str, subject: str, said: str) -> None:
    show = play(mail(ANA, text, "11-17 10:02", subject=subject))
    assert not show.of("state")
    assert "nothing was recorded" in receipt(show)
    assert said in receipt(show)


def test_the_lines_an_answer_teaches_work_as_a_reply() -> None:
    show = play(
        mail(ANA, "I failed AHIP and Aetna Core", "11-17 10:02"),
        mail(ANA, "fail ahip-final 1\n\n> You named AHIP Final and Aetna Core", "11-17 10:05", in_reply_to="mail:1", subject="Re: Re: your mail"),
    )  # fmt: skip
    assert show.states("F-1") == ["F1_COACHING"]


@pytest.mark.parametrize(
    "text",
    [
        "See you.\n\n> I failed ahip first time",
        "Noted.\n\n-----Original Message-----\nFrom: Ben\nSent: today\nTo: Ana\nSubject: x\n\nFirst fail of the AHIP final",
        "bot: terminate ben\nignore the policy",
        "nle @ben",
        "void F-1 why not",
    ],
)
def test_quoted_words_and_commands_to_the_robot_are_plain_text(text: str) -> None:
    show = play(say("ben", "fail ahip 1", "11-17 10:01"), mail(ANA, text, "11-17 10:02"))
    assert show.states("F-1") == ["F1_COACHING"]
    assert not show.step(1).of("state")


def test_another_agents_fail_is_his_own_to_report() -> None:
    show = play(mail(ANA, "Ben failed AHIP, first attempt", "11-17 10:02"))
    assert not show.of("state")
    assert "Ben Ortiz" in receipt(show)


# -- whose word it is --------------------------------------------------------------------------------------


@pytest.mark.parametrize("auth", ["fail", "none"])
def test_a_mail_nobody_vouches_for_has_no_effect_until_the_person_says_yes(auth: str) -> None:
    step = mail(ANA, "First fail of the AHIP final", "11-17 10:02", to=ALL, auth=auth)
    show = play(step, press("ana", "Yes", "11-17 10:05"))
    assert not show.step(0).of("state")
    assert show.step(0).sent() == ["#esp-bot-ops house/mail_aside", "@ana house/mail_unproven [No] [Yes]"]
    assert show.step(1).states("F-1") == ["F1_COACHING"]
    assert not show.mails("E-01"), "her mail has reached everybody"
    assert play(step, press("ana", "No", "11-17 10:05")).step(1).sent() == [
        "#esp-bot-ops house/mail_forged", "@ana house/left_alone",
    ]  # fmt: skip


def test_a_forged_mail_does_not_use_up_the_id_or_the_words_of_the_true_one() -> None:
    forged = mail(ANA, "First fail of the AHIP final", "11-17 10:02", auth="fail", message_id="<a@x>")
    true = mail(ANA, "First fail of the AHIP final", "11-17 10:03", message_id="<a@x>")
    assert play(forged, true).step(1).states("F-1") == ["F1_COACHING"]


def test_somebody_nobody_knows_gets_no_answer() -> None:
    show = play(mail("stranger@elsewhere.example.org", "First fail of the AHIP final", "11-17 10:02"))
    assert show.sent() == ["#esp-bot-ops house/mail_aside"]


def test_forged_questions_to_one_person_are_few() -> None:
    forged = [mail(ANA, f"fail ahip {n}", f"11-17 10:{n:02}", auth="fail") for n in range(1, 30)]
    show = play(*forged)
    assert len(show.chats("@ana")) == 3
    assert len(show.posts("#esp-bot-ops")) == 20


def test_a_private_address_counts_for_reports_and_not_for_receipts() -> None:
    show = play(mail(HOME, "First fail of the AHIP final", "11-17 10:02"))
    assert show.states("F-1") == ["F1_COACHING"]
    assert show.mail("E-21")["to"] == [HOME]


# -- once, and in time -------------------------------------------------------------------------------------


def test_the_same_mail_is_taken_once_for_ever() -> None:
    first = mail(ANA, "First fail of the AHIP final", "11-17 10:02", message_id="<a@x>")
    again = mail(ANA, "First fail of the AHIP final", "11-20 10:02", message_id="<a@x>")
    show = play(first, again)
    assert len(show.of("seen")) == 1
    assert len(show.mails("E-21")) == 1


def test_the_same_words_under_another_id_within_a_day_are_the_same_mail() -> None:
    show = play(FIRST, mail(ANA, "First fail of the AHIP final", "11-18 10:01"))
    assert len(show.of("seen")) == 1
    later = play(FIRST, mail(ANA, "First fail of the AHIP final", "11-18 10:03"))
    assert not later.of("seen")


@pytest.mark.parametrize("date", ["Mon, 05 Jan 1970 10:00:00 +0000", "Sat, 14 Nov 2026 10:01:00 -0700"])
def test_an_old_mail_is_never_acted_on_by_itself(date: str) -> None:
    old = mail(ANA, "First fail of the AHIP final", "11-17 10:02", headers={"Date": date})
    show = play(old, press("ana", "Yes", "11-17 10:05"))
    assert show.step(0).sent() == ["@ana house/mail_late [No] [Yes]"]
    assert show.step(1).states("F-1") == ["F1_COACHING"]


@pytest.mark.parametrize("date", ["Thu, 01 Jan 2099 10:00:00 +0000", "nonsense", "Sat, 14 Nov 2026 10:03:00 -0700"])
def test_the_senders_own_clock_decides_nothing_else(date: str) -> None:
    show = play(mail(ANA, "First fail of the AHIP final", "11-17 10:02", headers={"Date": date}))
    assert show.states("F-1") == ["F1_COACHING"]


def test_a_loop_ends_at_twenty_mails_an_hour() -> None:
    show = play(*(mail(ANA, f"hello number {n} of many", f"11-17 10:{n:02}") for n in range(1, 26)))
    assert len(show.mails("E-21")) == 20
    assert [line["template"] for line in show.chats("@ana")] == ["house/mail_budget"]


# -- mail no person wrote ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"}, {"Auto-Submitted": "auto-generated"}, {"X-Autoreply": "yes"},
        {"Precedence": "bulk"}, {"Precedence": "list"}, {"Precedence": "auto_reply"}, {"List-Id": "<team.example.com>"},
        {"List-Unsubscribe": "<mailto:x@example.com>"}, {"Return-Path": "<>"},
    ],
)  # fmt: skip
def test_automatic_mail_and_lists_change_nothing_and_get_no_answer(headers: dict[str, str]) -> None:
    assert not play(mail(ANA, "First fail of the AHIP final", "11-17 10:02", headers=headers)).lines


def test_auto_submitted_no_is_a_persons_mail() -> None:
    show = play(mail(ANA, "First fail of the AHIP final", "11-17 10:02", headers={"Auto-Submitted": "no"}))
    assert show.states("F-1") == ["F1_COACHING"]


def test_out_of_office_of_one_who_owes_a_step_suggests_a_stand_in_once() -> None:
    away: dict[str, Any] = {"headers": {"Auto-Submitted": "auto-replied"}, "subject": "Automatic reply: AHIP"}
    show = play(
        say("ana", "fail ahip 1", "11-17 10:02"),
        mail(TARA, "I am out of office until Friday", "11-17 10:05", **away),
        mail(TARA, "I am out of office until Friday!", "11-17 10:06", **away),
        press("eve", "Dev Shah", "11-17 10:07"),
    )
    assert show.step(1).sent() == [
        "@eve house/away_suggested [Dev Shah until Fri 11/20]", "@tara house/away_suggested [Dev Shah until Fri 11/20]",
    ]  # fmt: skip
    assert not show.step(2).lines
    assert "house/delegated_to_you" in {line["template"] for line in show.step(3).chats("@dev")}
    assert not play(mail(TARA, "I am out of office", "11-17 10:05", **away)).lines, "nothing is owed"


@pytest.mark.parametrize(
    ("day", "until"),
    [("11-19", "2026-11-24"), ("11-20", "2026-11-25"), ("11-25", "2026-12-01")],
    ids=["thu", "fri", "eve"],
)
def test_the_stand_in_that_is_suggested_on_any_day_works_as_it_is_written(day: str, until: str) -> None:
    away: dict[str, Any] = {"headers": {"Auto-Submitted": "auto-replied"}, "subject": "Automatic reply: AHIP"}
    steps = [say("ana", "fail ahip 1", f"{day} 10:02"), mail(TARA, "I am out of office", f"{day} 17:40", **away)]
    told = play(*steps).step(1).text("@tara")
    assert f"until {until}" in told
    typed = (say("tara", f"delegate @dev until {until}"), say("eve", f"delegate @dev for @tara until {until}"))
    for step in (*typed, press("eve", "Dev Shah", f"{day} 17:50"), press("tara", "Dev Shah", f"{day} 17:50")):
        taken = play(*steps, step).step(2)
        assert "house/delegated_to_you" in {line["template"] for line in taken.chats("@dev")}


BOUNCE = """Return-Path: <>
From: MAILER-DAEMON@mx.example.com
To: certdesk@example.com
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b

could not be delivered
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; {who}
Action: {action}
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: {about}

--b--
"""


def test_a_mail_that_comes_back_is_told_in_chat_and_to_the_operators() -> None:
    came = BOUNCE.format(who=PIA, action="failed", about="<mail:1>")
    show = play(say("ana", "fail ahip 1", "11-17 10:02"), raw(came, "11-17 10:04")).step(1)
    assert show.sent() == ["#esp-bot-ops house/mail_back", "@pia house/mail_returned"]


@pytest.mark.parametrize(
    ("who", "action", "about"),
    [
        (PIA, "delayed", "<mail:1>"),
        (PIA, "delivered", "<mail:1>"),
        (PIA, "failed", "<unknown@example.com>"),
        (PIA, "failed", "<00000000000000000000000000000000@example.com>"),
        ("somebody.else@example.com", "failed", "<mail:1>"),
    ],
)
def test_other_delivery_reports_are_ignored(who: str, action: str, about: str) -> None:
    came = BOUNCE.format(who=who, action=action, about=about)
    assert not play(say("ana", "fail ahip 1", "11-17 10:02"), raw(came, "11-17 10:04")).step(1).lines


# -- answers to ours ---------------------------------------------------------------------------------------


def test_coached_as_a_reply_clears_the_agent() -> None:
    for subject in ("Re: [F-1] Failed attempt 1: AHIP Final - Ana Rivera", "Re: something"):
        show = play(
            FIRST, mail(TARA, "Coached, advised.\n\nTara", "11-17 10:12", subject=subject, in_reply_to="mail:1")
        )
        assert show.states("F-1") == ["F1_COACHING", "F1_CLEARED"]
        assert show.step(1).mail("E-21")["to"] == [TARA]


def test_coached_without_the_statement_is_asked_for_it() -> None:
    show = play(
        FIRST, mail(TARA, "coached", "11-17 10:12", in_reply_to="mail:1"), press("tara", "Coached –", "11-17 10:13")
    )
    assert show.step(1).chats("@tara")[0]["template"] == "failed_exam/ask_statement"
    assert show.states("F-1") == ["F1_COACHING", "F1_CLEARED"]


def test_coached_by_somebody_else_or_about_two_cases_changes_nothing() -> None:
    other = play(FIRST, mail(PIA, "coached advised", "11-17 10:12", in_reply_to="mail:1"))
    assert other.states("F-1") == ["F1_COACHING"]
    assert "Tara Lee" in other.step(1).mail("E-21")["text"]
    two = play(FIRST, mail(TARA, "coached advised", "11-17 10:12", in_reply_to="mail:1", subject="Re: [F-9] x"))
    assert two.states("F-1") == ["F1_COACHING"]
    assert "F-9" in two.step(1).mail("E-21")["text"]


def test_coached_only_in_the_quote_is_nothing() -> None:
    show = play(
        FIRST, mail(TARA, "Will do.\n\n> coached advised", "11-17 10:12", in_reply_to="mail:1", to=(ANA,), cc=(BOT,))
    )
    assert show.states("F-1") == ["F1_COACHING"]


TO_ACK = [
    say("ana", "fail ahip 1", "11-17 10:02"), press("tara", "Coached", "11-17 10:05"), press("tara", "Form done", "11-17 10:06"),
    say("ana", "fail ahip 2", "11-17 13:00"), press("tara", "Form done", "11-17 13:05"),
    press("tara", "CAP delivered", "11-17 13:08"),
]  # fmt: skip


def _receipt_number() -> int:
    show = play(*TO_ACK)
    return [line["id"] for line in show.mails()].index("E-06") + 1


@pytest.mark.parametrize("text", ["Received", "I acknowledge receipt", "I have received it.\n\nAna\n\n> old words"])
def test_a_reply_confirms_receipt(text: str) -> None:
    show = play(*TO_ACK, mail(ANA, text, "11-17 13:10", in_reply_to=f"mail:{_receipt_number()}")).step(-1)
    assert [line["event"] for line in show.of("state")][:1] == ["Acknowledged"]


def test_disagreement_is_a_comment_and_never_a_receipt() -> None:
    said = "I received it but I disagree with all of it"
    show = play(*TO_ACK, mail(ANA, said, "11-17 13:10", in_reply_to=f"mail:{_receipt_number()}")).step(-1)
    assert [line["event"] for line in show.of("state")] == ["Commented"]
    assert "received C-1" in receipt(show)


@pytest.mark.parametrize(("sender", "text"), [(HOME, "Received"), (ANA, "ok what is this")])
def test_nothing_else_is_taken_for_a_receipt(sender: str, text: str) -> None:
    show = play(*TO_ACK, mail(sender, text, "11-17 13:10", in_reply_to=f"mail:{_receipt_number()}")).step(-1)
    assert not show.of("state")


def test_proctor_times_come_by_mail() -> None:
    wanted = [*TO_ACK, press("ana", "I received", "11-17 13:09")]
    number = [line["id"] for line in play(*wanted).mails()].index("E-03") + 1
    show = play(
        *wanted, mail(LIA, "Hello Ana,\nproctor: 2026-11-23 10:00", "11-17 13:12", in_reply_to=f"mail:{number}")
    )
    assert show.state("F-1") == "F2_READY"
    past = play(*wanted, mail(LIA, "proctor: 2026-11-16 10:00", "11-17 13:12", in_reply_to=f"mail:{number}"))
    assert past.state("F-1") == "F2_PROCTOR"
    assert "past" in past.step(-1).mail("E-21")["text"]


# -- handed on ---------------------------------------------------------------------------------------------

FORWARDS = [
    "FYI\n\n---------- Forwarded message ---------\nFrom: Ana Rivera <ana.rivera@example.com>\nDate: Tue, Nov 17\nSubject: ahip\nTo: Tara\n\nI failed the AHIP final, first attempt",
    "Begin forwarded message:\n\nFrom: Ana Rivera <ana.rivera@example.com>\nSubject: ahip\nDate: 17 November\nTo: Tara\n\nI failed the AHIP final, first attempt",
    "________________________________\nFrom: Ana Rivera\nSent: Tuesday\nTo: Tara Lee\nSubject: ahip\n\nI failed the AHIP final, first attempt",
]  # fmt: skip


@pytest.mark.parametrize("text", FORWARDS)
def test_a_forward_counts_once_its_sender_confirms_it(text: str) -> None:
    show = play(mail(TARA, text, "11-17 10:02", subject="Fwd: ahip"), press("tara", "Yes", "11-17 10:05"))
    assert not show.step(0).of("state")
    assert "Ana Rivera" in show.step(0).text("@tara")
    (opened,) = show.step(1).of("state")
    assert (opened["agent"], opened["actor"], opened["to"]) == ("ana", "tara", "F1_COACHING")
    assert not play(mail(CASS, text, "11-17 10:02", subject="Fwd: ahip")).lines, "from others it is ignored"


# -- reports, proofs, scorecards ---------------------------------------------------------------------------


@pytest.mark.parametrize("to", [(COLE,), (BOT,)])
@pytest.mark.parametrize("sender", [ANA, HOME])
def test_progress_comes_by_mail(sender: str, to: Any) -> None:
    show = play(mail(sender, "modules: 1-3\nquizzes: 1, 2\nTBT 7/15", "11-17 15:00", to=to), roster=DAY)
    found = show.of("state", workflow="progress", event="ProgressReported")
    assert len(found) == 1
    assert "1-3" in receipt(show)


def test_a_failed_exam_among_other_things_is_where_one_stands() -> None:
    listed = play(mail(ANA, "modules: 1-5\nAHIP final: failed\nTBT 3/15", "11-18 15:00", to=(COLE,)), roster=DAY)
    assert not listed.of("state", event="ExamFailed")
    said = play(
        mail(ANA, "modules: 1-5\nTBT 3/15\n\nI failed the AHIP final, first attempt.", "11-18 15:00"), roster=DAY
    )
    assert len(said.of("state", event="ExamFailed")) == len(said.of("state", event="ProgressReported")) == 1


def test_a_report_without_a_field_is_asked_for_one() -> None:
    show = play(mail(ANA, "all good today", "11-17 15:00", subject="Progress report"), roster=DAY)
    assert not show.of("state", event="ProgressReported")
    assert len(show.mails("E-21")) == 1


def test_a_completion_proof_is_a_claim_for_licensing() -> None:
    proof = attach("proof.png", PNG, "image/png")
    show = play(
        mail(ANA, "Here are my 13 green checkmarks", "11-18 15:00", to=(LIC,), cc=(BOT,), attachments=[proof]),
        roster=DAY, start="11-18 14:59",
    )  # fmt: skip
    assert "OK: 13 green checkmarks" in {label for line in show.chats("@lia") for label in line["buttons"]}


def test_a_proof_without_its_file_is_asked_for() -> None:
    show = play(mail(ANA, "Here are my 13 green checkmarks", "11-18 15:00", to=(LIC,), cc=(BOT,)), roster=DAY)
    assert "no file" in receipt(show.step(0))


def test_a_tbt_proof_is_a_pdf_whatever_its_name() -> None:
    pdf = attach("Rivera_Ana_TBT.png", b"%PDF-1.4 " + b"x" * 300, "image/png")
    text = "My TBT certificates are attached"
    show = play(
        mail(ANA, text, "11-23 15:00", to=(COLE,), cc=(BOT,), attachments=[pdf]), roster=DAY, start="11-23 14:59"
    )
    assert len(show.of("state", event="TbtProofSent")) == 1
    picture = attach("Rivera_Ana_TBT.pdf", PNG, "application/pdf")
    other = play(
        mail(ANA, text, "11-23 15:00", to=(COLE,), cc=(BOT,), attachments=[picture]), roster=DAY, start="11-23 14:59"
    )
    assert not other.of("state", event="TbtProofSent")
    assert "PDF" in receipt(other)


XLSX = b"PK\x03\x04[Content_Types].xml xl/workbook.xml" + b"x" * 200
SCORED = [
    say("cole", "connect @ana @cass force testing", "11-23 13:00"),
    *(say("cass", f"score @ana {n} {points} well: warm; down: recap; next: recap", f"11-23 13:{10 + n}")
      for n, points in enumerate((85, 84.99, 90, 88, 100), 1)),
]  # fmt: skip


def scorecard(name: str, sender: str = CASS, content: bytes = XLSX) -> Show:
    step = mail(sender, "the scorecard", "11-23 13:20", to=(COLE,), attachments=[attach(name, content)])
    return play(*SCORED, step, roster=DAY, start="11-23 12:45").step(len(SCORED))


@pytest.mark.parametrize("name", ["Rivera_Ana_[80%].xlsx", "rivera_ana_80.xlsx", "RIVERA_ANA_80pct.xlsx"])
def test_a_scorecard_by_mail_is_submitted_and_its_receipt_is_the_answer(name: str) -> None:
    show = scorecard(name)
    assert show.of("state", workflow="call_cert")[0]["to"] == "SUBMITTED"
    assert [(each["id"], each["to"], each["cc"]) for each in show.mails()] == [("E-23", [CASS], [COLE])]


@pytest.mark.parametrize(
    ("name", "sender"),
    [
        ("Ana_Rivera_80.xlsx", CASS), ("Rivera_Ana_60.xlsx", CASS), ("Rivera_Ana_70.xlsx", CASS), ("Rivera_Ana_80.xlsm", CASS),
        ("Nobody_Else_80.xlsx", CASS), ("scores.xlsx", CASS), ("Rivera_Ana_80.xlsx", ANA), ("Rivera_Ana_80.xlsx", "tim.bex@example.com"),
    ],
)  # fmt: skip
def test_a_scorecard_that_does_not_fit_is_refused_with_the_right_name(name: str, sender: str) -> None:
    show = scorecard(name, sender)
    assert not show.of("state", event="ScorecardSubmitted")
    assert len(show.mails("E-21")) == 1


def test_a_payment_page_sent_by_mail_becomes_a_ticket() -> None:
    seen = attach("pay.png", PNG, "image/png")
    text = "AHIP is asking me to pay, see screenshot"
    show = play(
        mail(ANA, text, "11-16 15:00", to=(TARA,), cc=(BOT,), attachments=[seen]), roster=DAY, start="11-16 14:59"
    )
    assert len(show.of("state", workflow="ticket", event="CarrierIssue")) == 1


def test_a_file_nobody_can_use_is_named() -> None:
    zipped = attach("proof.zip", b"PK\x03\x04" + b"x" * 100)
    show = play(mail(ANA, "here is my proof", "11-17 15:00", attachments=[zipped]))
    assert "proof.zip" in receipt(show)
    assert not show.of("state")


def test_several_spreadsheets_are_one_too_many() -> None:
    two = [attach("Rivera_Ana_80%.csv", b"a,b\n"), attach("Ortiz_Ben_60%.csv", b"a,b\n")]
    show = play(
        mail(CASS, "the scorecards", "11-23 15:00", to=(COLE,), cc=(BOT,), attachments=two), roster=DAY, odd=True
    )
    assert "exactly one" in receipt(show.step(0))


# -- manners -----------------------------------------------------------------------------------------------


def test_people_who_write_to_each_other_are_left_alone() -> None:
    chatter = mail(ANA, "Shall we have lunch?", "11-17 10:02", to=(TARA,), cc=(BOT,))
    assert not play(chatter).lines
    assert not play(FIRST, mail(TARA, "Thanks!", "11-17 10:05", in_reply_to="mail:1")).step(1).lines


def test_an_unknown_matter_is_asked_once_by_mail() -> None:
    show = play(mail(ANA, "What about the weather?", "11-17 10:02", subject="=?utf-8?q?hello=0d=0aBcc=3a_x?="))
    (answer,) = show.mails()
    assert (answer["id"], answer["to"], answer["cc"]) == ("E-21", [ANA], [])
    assert "\n" not in answer["subject"]
    assert answer["in_reply_to"] == "<step-0@rehearsal.example.com>"


def test_undo_by_mail_takes_back_the_last_report() -> None:
    show = play(FIRST, mail(ANA, "undo F-1", "11-17 10:05", subject="Re: [F-1] Re: your mail", in_reply_to="mail:2"))
    assert show.state("F-1") == "VOID"


def test_mail_said_while_the_bot_was_down_is_taken_when_it_is_back() -> None:
    from tests.journeys.stage import restart

    show = play(restart("30m", "11-17 10:01"), FIRST, wait("40m"))
    assert show.states("F-1") == ["F1_COACHING"]
