"""The rows of SPEC 5.2 as tired and as hostile people fill them: what is understood, what is asked, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.stage import TESTS, Show, play, press, say
from tests.mail.steps import ANA, BEN, BOT, CASS, COLE, LIA, LIC, PIA, TARA, mail, raw
from tests.mail.test_mail_says import BOUNCE, PNG, TO_ACK, attach

DAY = TESTS / "roster-day.toml"
FIRST = mail(ANA, "First fail of the AHIP final", "11-17 10:02")
PDF = b"%PDF-1.4 " + b"x" * 300


def receipt(show: Show) -> str:
    """The words of the last answer by mail."""
    return str(show.mails("E-21")[-1]["text"])


# -- failed attempt --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Exam", "my first attempt at the AHIP final was unsuccessful"),
        ("Exam", "I was not successful on the AHIP final, first try"),
        ("AHIP final exam failed - attempt 1 of 3", "Score: 76/100. 38 of 50 questions. Time 1:45"),
        ("FAILED AHIP", "failed the AHIP final exam today with 82%. This was attempt #1.\n\nAna"),
        ("AHIP first attempt", "I failed it again"),
    ],
)
def test_a_first_fail_in_other_words_is_a_first_fail(subject: str, text: str) -> None:
    show = play(mail(ANA, text, "11-17 10:02", subject=subject))
    assert show.states("F-1") == ["F1_COACHING"]


def test_the_subject_alone_is_enough() -> None:
    head = f"Return-Path: <{ANA}>\nAuthentication-Results: mx.example.com; dmarc=pass\nFrom: {ANA}\nTo: {BOT}\n"
    show = play(raw(f"{head}Subject: Failed AHIP, first attempt\nMessage-ID: <s@x>\n\n", "11-17 10:02"))
    assert show.states("F-1") == ["F1_COACHING"]


@pytest.mark.parametrize(
    ("subject", "text", "said"),
    [
        ("AHIP", "I failed the ahip practice quiz 3, first attempt", "Practice"),
        ("First attempt", "I failed AHIP for the second time", "attempts 1 and 2"),
        ("aetna", "failed aetna core exam first attempt; ahip tomorrow", "Aetna Core and AHIP Final"),
        ("Question", "What happens if I fail AHIP twice?", "not sure"),
        ("AHIP", "I haven't failed it yet, first attempt is tomorrow", "not sure"),
        ("AHIP", "I failed the AHIP final (1st). Ben failed too.", "Ben Ortiz"),
        ("TBT", "failed a TBT exam, second time", "Which course"),
    ],
)
def test_a_fail_that_is_none_or_two_is_asked_about(subject: str, text: str, said: str) -> None:
    show = play(mail(ANA, text, "11-17 10:02", subject=subject), roster=DAY)
    assert not show.of("state", workflow="failed_exam")
    assert said in receipt(show.step(0))


# -- progress --------------------------------------------------------------------------------------------------


def test_of_a_report_over_64_kilobytes_the_first_64_count() -> None:
    show = play(
        mail(ANA, "modules: 1-2\n" + "blah blah\n" * 9000 + "modules: 5", "11-17 15:00", to=(COLE,)), roster=DAY
    )
    assert "modules 1-2;" in receipt(show.step(0)) or "modules 1-2." in receipt(show.step(0))


# -- proofs ----------------------------------------------------------------------------------------------------


def proof(text: str, *files: dict[str, Any], at: str = "11-18 15:00") -> Show:
    step = mail(ANA, text, at, to=(LIC,), cc=(BOT,), attachments=list(files))
    return play(step, roster=DAY, start=at.replace("15:00", "14:59"), odd=True)


@pytest.mark.parametrize(
    "content",
    [PNG[:16] + (150).to_bytes(4) + PNG[20:], b"PK\x03\x04" + b"x" * 100, b"MZ" + b"x" * 300, b""],
    ids=["tiny", "zip", "exe", "empty"],
)
def test_what_is_no_picture_of_a_size_to_read_is_no_proof(content: bytes) -> None:
    show = proof("13 green checkmarks", attach("proof.png", content))
    assert not [label for line in show.chats("@lia") for label in line["buttons"] if label.startswith("OK")]
    assert len(show.step(0).mails("E-21")) == 1


def test_a_pdf_without_a_word_is_no_tbt_proof_before_there_are_tbts() -> None:
    show = proof("hello", attach("paper.pdf", PDF)).step(0)
    assert "call_cert_start" not in receipt(show)
    assert "paper.pdf" in receipt(show)
    later = proof("hello", attach("paper.pdf", PDF), at="11-23 15:00")
    assert later.of("state", event="TbtProofSent")


def test_a_course_that_is_not_found_is_shown_by_a_picture() -> None:
    show = proof("cannot find TBT 211629", attach("search.png", PNG), at="11-23 15:00").step(0)
    assert "211629" in receipt(show)
    assert "has to be a PDF" not in receipt(show)


# -- "coached" -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Coached. I advised her that failing a second attempt will result in a Final CAP.",
        "Hi,\n\ncoached advised\n\nTara",
        "Thanks Ana!\ncoached, advised",
        "I coached her and told her about the Final CAP.",
        "Coached her at 10:05 today, advised.",
        "[F-1] coached, advised of the final cap",
    ],
)
def test_coached_with_the_statement_clears_however_it_is_said(text: str) -> None:
    show = play(FIRST, mail(TARA, text, "11-17 10:12", in_reply_to="mail:1"))
    assert show.states("F-1") == ["F1_COACHING", "F1_CLEARED"]


@pytest.mark.parametrize(
    "text",
    [
        "coached", "Coached, not advised yet", "I coached her but did not advise her of anything",
        "coached. She will be advised tomorrow.",
    ],
)  # fmt: skip
def test_coached_without_the_statement_is_asked_for_it(text: str) -> None:
    show = play(FIRST, mail(TARA, text, "11-17 10:12", in_reply_to="mail:1"))
    assert show.states("F-1") == ["F1_COACHING"]
    assert [line["template"] for line in show.step(1).chats("@tara")] == ["failed_exam/ask_statement"]


@pytest.mark.parametrize(
    "text", ["I have not coached her yet", "will coach her tomorrow", "Noted.\n\n> coached advised"]
)
def test_coaching_to_come_or_quoted_is_none(text: str) -> None:
    show = play(FIRST, mail(TARA, text, "11-17 10:12", in_reply_to="mail:1"))
    assert show.states("F-1") == ["F1_COACHING"]
    assert not show.step(1).chats("@tara")


@pytest.mark.parametrize("text", ["coached ben advised", "coached F-2 advised"])
def test_an_answer_about_one_case_that_names_another_changes_neither(text: str) -> None:
    both = [FIRST, mail(BEN, "First fail of the AHIP final", "11-17 10:03")]
    show = play(*both, mail(TARA, text, "11-17 10:12", in_reply_to="mail:1"))
    assert (show.states("F-1"), show.states("F-2")) == (["F1_COACHING"], ["F1_COACHING"])
    assert "F-1" in receipt(show)


# -- "acknowledged" --------------------------------------------------------------------------------------------


def acknowledged(text: str, sender: str = ANA, **more: Any) -> Show:
    number = [line["id"] for line in play(*TO_ACK).mails()].index("E-06") + 1
    return play(*TO_ACK, mail(sender, text, "11-17 13:10", in_reply_to=f"mail:{number}", **more)).step(-1)


@pytest.mark.parametrize(
    "text",
    [
        "I disagree", "I have not received it", "Comment: I was sick that day.",
        "Received. My comment: the time is wrong, it was 9:30.",
        "I was told on Tuesday that this attempt would not count for me.",
    ],
)  # fmt: skip
def test_words_about_the_paper_are_kept_as_a_comment_and_the_receipt_stays_open(text: str) -> None:
    show = acknowledged(text)
    assert [line["event"] for line in show.of("state", ref="C-1")] == ["Commented"]
    assert "received C-1" in receipt(show)


@pytest.mark.parametrize("text", ["ok", "Thanks", "yes", "what is this?", "Read: your document"])
def test_a_nod_is_no_receipt(text: str) -> None:
    show = acknowledged(text)
    assert not show.of("state", ref="C-1")


def test_a_fail_reported_in_such_an_answer_is_a_fail() -> None:
    assert [line["event"] for line in acknowledged("failed ahip third attempt").of("state", ref="F-1")] == [
        "ExamFailed"
    ]


@pytest.mark.parametrize("sender", [BEN, TARA])
def test_nobody_else_confirms_a_receipt(sender: str) -> None:
    assert not acknowledged("Received", sender).of("state")


def test_a_receipt_is_never_inferred_from_a_read_report() -> None:
    read = (
        f"Return-Path: <{ANA}>\nAuthentication-Results: mx.example.com; dmarc=pass\nFrom: {ANA}\nTo: {BOT}\n"
        "Subject: Read: [C-1] Please acknowledge receipt\nMessage-ID: <r@x>\n"
        'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\n\n'
        "--b\n\nreceived\n--b\nContent-Type: message/disposition-notification\n\nDisposition: manual-action; displayed\n--b--\n"
    )
    assert not play(*TO_ACK, raw(read, "11-17 13:10")).step(len(TO_ACK)).lines


# -- proctor times ---------------------------------------------------------------------------------------------

READY = [*TO_ACK, press("ana", "I received", "11-17 13:09")]


def scheduled(text: str, sender: str = LIA) -> Show:
    number = [line["id"] for line in play(*READY).mails()].index("E-03") + 1
    return play(*READY, mail(sender, text, "11-17 13:12", in_reply_to=f"mail:{number}")).step(-1)


@pytest.mark.parametrize(
    "text",
    [
        "proctor: 2026-11-23 10:00", "Proctor: 2026-11-23T10:00", "proctor: 23.11.2026 10:00", "proctor: 11/23 10am",
        "proctor: Mon, Nov 23 10:00-12:00", "Hi Ana,\n\nLet us do it then.\nproctor: 2026-11-23 10:00\n\nLia",
    ],
)  # fmt: skip
def test_a_proctor_time_is_read_in_its_usual_forms(text: str) -> None:
    (told,) = scheduled(text).mails("E-25")
    assert "Mon 23 Nov, 10:00" in told["subject"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("proctor: 2026-11-16 10:00", "past"),
        ("proctor: 2026-11-23", "no clock time"),
        ("proctor: 2026-11-23 3:00", "15:00 or 03:00"),
        ("proctor: 2026-11-23 24:30", "24:30"),
        ("proctor: 2026-13-45 10:00", "2026-13-45"),
        ("proctor: 2026-11-23 10:00 EST", "site time"),
        ("proctor: 2026-11-23 18:00", "outside business hours"),
        ("proctor: 2026-11-26 10:00", "outside business hours"),
        ("proctor: monday or tuesday 10:00", "more than one time"),
        ("proctor: 2026-11-23 10:00 or 2026-11-24 10:00", "more than one time"),
        ("proctor: 2026-11-23 10:00 and 14:00", "more than one time"),
        ("proctor: 2027-03-14 02:30 force", "left out"),
        ("proctor: 2027-11-07 01:30 force", "comes twice"),
    ],
)
def test_a_time_that_is_past_or_could_be_two_is_asked(text: str, said: str) -> None:
    show = scheduled(text)
    assert not show.of("state")
    assert said in receipt(show)


@pytest.mark.parametrize("sender", [TARA, PIA, CASS, ANA])
def test_only_who_proctors_sets_the_time(sender: str) -> None:
    assert not scheduled("proctor: 2026-11-23 10:00", sender).of("state", event="ProctorScheduled")


# -- bounces ---------------------------------------------------------------------------------------------------


def bounced(*whom: str, about: str = "<mail:1>", mid: str = "", path: str = "<>") -> Any:
    whole = BOUNCE.format(who=whom[0], action="failed", about=about).replace("Return-Path: <>", f"Return-Path: {path}")
    more = "".join(f"Final-Recipient: rfc822; {each}\nAction: failed\nStatus: 5.1.1\n\n" for each in whom[1:])
    whole = whole.replace("Status: 5.1.1\n\n", f"Status: 5.1.1\n\n{more}", 1)
    return whole.replace("Subject:", f"Message-ID: <{mid}@x>\nSubject:", 1) if mid else whole


REPORTED = say("ana", "fail ahip 1", "11-17 10:02")


def test_each_person_a_mail_did_not_reach_is_told_once() -> None:
    show = play(REPORTED, raw(bounced(PIA, TARA), "11-17 10:04"), raw(bounced(PIA, mid="2"), "11-17 10:05"))
    assert [line["to"] for line in show.step(1).chats() if line["template"] == "house/mail_returned"] == [
        "@pia",
        "@tara",
    ]
    assert not show.step(2).lines, "the same failure once more"


def test_what_a_team_s_address_gives_back_goes_to_its_people() -> None:
    show = play(REPORTED, raw(bounced(LIC), "11-17 10:04")).step(1)
    assert show.sent() == ["#esp-bot-ops house/mail_back", "E-01 to lia"]


def test_a_report_anybody_could_have_written_is_ignored() -> None:
    forged = bounced(PIA, path="<evil@evil.example.org>")
    assert not play(REPORTED, raw(forged, "11-17 10:04")).step(1).lines


NUMBERED = BOUNCE.replace("Message-ID: {about}", "Subject: AHIP").replace(
    "Subject: Und", "In-Reply-To: {about}\nSubject: Und"
)
"""A report that names our mail only as what it answers, as any answer does."""
VOUCHED = "Authentication-Results: mx.example.com; dmarc=pass header.from=mx.example.com\n"


@pytest.mark.parametrize(
    ("whole", "believed"),
    [
        (BOUNCE, True),
        (NUMBERED, True),
        (BOUNCE.replace("Return-Path: <>\n", ""), True),
        (NUMBERED.replace("Return-Path: <>\n", ""), False),
        (NUMBERED.replace("Return-Path: <>\n", VOUCHED), True),
        (NUMBERED.replace("Return-Path: <>\n", VOUCHED.replace("pass", "fail")), False),
        (BOUNCE.replace("Return-Path: <>\n", "Return-Path: <mailer-daemon@mx.example.com>\n" + VOUCHED), False),
    ],
    ids=["null path", "null path and no mail", "no path", "neither", "vouched for", "spoken against", "another path"],
)  # fmt: skip
def test_a_report_without_a_path_brings_our_mail_along_or_a_server_that_is_vouched_for(
    whole: str, believed: bool
) -> None:
    came = whole.format(who=PIA, action="failed", about="<mail:1>")
    told = play(REPORTED, raw(came, "11-17 10:04")).step(1)
    assert told.sent() == (["#esp-bot-ops house/mail_back", "@pia house/mail_returned"] if believed else [])


def test_a_receipt_request_that_comes_back_stays_off_private_addresses() -> None:
    number = [line["id"] for line in play(*TO_ACK).mails()].index("E-06") + 1
    show = play(*TO_ACK, raw(bounced(ANA, about=f"<mail:{number}>"), "11-17 13:15")).step(-1)
    assert show.sent() == ["#esp-bot-ops house/mail_back", "@ana house/mail_returned"]


def test_a_proctor_time_that_comes_back_goes_to_the_private_address() -> None:
    steps = [*READY, say("lia", "proctor f-1 mon 10:00", "11-17 13:20")]
    number = [line["id"] for line in play(*steps).mails()].index("E-25") + 1
    show = play(*steps, raw(bounced(ANA, about=f"<mail:{number}>"), "11-17 13:25")).step(-1)
    assert show.mail("E-25")["to"] == ["ana@home.example.net"]


# -- automatic mail --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Auto-Reply": "yes"}, {"X-Autoreply-From": "x"}, {"Preference": "auto_reply"}, {"Delivered-To": "Autoresponder"},
        {"X-POST-MessageClass": "9; Autoresponder"}, {"X-Failed-Recipients": "pia.moss@example.com"}, {"Precedence": "junk"},
        {"Auto-Submitted": "auto-notified; owner=x"}, {"List-Post": "<mailto:x@example.com>"},
        {"Subject": "Automatic reply: AHIP"}, {"Subject": "Out of Office: AHIP"}, {"Subject": "Abwesenheitsnotiz: AHIP"},
    ],
)  # fmt: skip
def test_no_answer_ever_goes_to_an_automatic_mail(headers: dict[str, str]) -> None:
    assert not play(mail(ANA, "First fail of the AHIP final", "11-17 10:02", headers=headers)).lines


@pytest.mark.parametrize(
    "subject", ["Out of office tomorrow, and I failed AHIP, first attempt", "Re: automatic replies"]
)
def test_a_subject_that_only_speaks_of_it_is_a_persons(subject: str) -> None:
    assert play(mail(ANA, "First fail of the AHIP final", "11-17 10:02", subject=subject)).of("state")


@pytest.mark.parametrize(
    ("headers", "suggested"),
    [
        ({"Auto-Submitted": "auto-replied", "Return-Path": "<>"}, True),
        ({"X-Autoreply": "yes"}, True),
        ({"Precedence": "auto_reply"}, True),
        ({"Subject": "Automatic reply: AHIP"}, True),
        ({"Return-Path": "<>"}, False),
        ({"Auto-Submitted": "auto-generated"}, False),
        ({"Auto-Submitted": "auto-replied", "List-Id": "<x>"}, False),
        ({"Auto-Submitted": "auto-replied", "Return-Path": "<evil@evil.example.org>"}, False),
        ({"Auto-Submitted": "auto-replied", "Authentication-Results": "mx.example.com; dmarc=fail"}, False),
    ],
)
def test_an_out_of_office_answer_suggests_a_stand_in_when_it_is_the_persons_own(
    headers: dict[str, str], suggested: bool
) -> None:
    show = play(REPORTED, mail(TARA, "I am out until Friday.", "11-17 10:05", headers=headers)).step(1)
    rooms = {line["to"] for line in show.chats() if line["template"] == "house/away_suggested"}
    assert rooms == ({"@eve", "@tara"} if suggested else set())
    assert not show.of("state")
    assert not show.mails()


def test_an_answer_to_an_invitation_is_no_word_to_the_robot() -> None:
    came = (
        f"Return-Path: <{ANA}>\nAuthentication-Results: mx.example.com; dmarc=pass\nFrom: {ANA}\nTo: {BOT}\n"
        "Subject: Accepted: Final attempt AHIP Final\nMessage-ID: <c@x>\n"
        'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain\n\nAna has accepted.\n'
        "--b\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n--b--\n"
    )
    assert not play(raw(came, "11-17 10:05")).lines


# -- handed on -------------------------------------------------------------------------------------------------

HANDED = "---------- Forwarded message ---------\nFrom: Ana Rivera <ana.rivera@example.com>\nDate: Tue\nSubject: ahip\nTo: Tara\n\n"


def test_what_a_leader_writes_above_a_forward_is_his_own_word() -> None:
    text = f"coached ana advised\n\n{HANDED}First fail of the AHIP final"
    show = play(FIRST, mail(TARA, text, "11-17 10:12", subject="Fwd: ahip"))
    assert show.states("F-1") == ["F1_COACHING", "F1_CLEARED"]


@pytest.mark.parametrize(("text", "said"), [("modules: 1-3", "own progress"), ("I will be late", "could not tell")])
def test_a_forward_to_the_robot_that_means_nothing_is_answered(text: str, said: str) -> None:
    show = play(mail(TARA, HANDED + text, "11-17 10:05", subject="Fwd: ahip"), roster=DAY).step(0)
    assert said in receipt(show)
    copied = play(mail(TARA, HANDED + text, "11-17 10:05", subject="Fwd: ahip", to=(PIA,), cc=(BOT,)))
    assert not copied.lines, "people who write to each other are left alone"


@pytest.mark.parametrize("sender", [CASS, COLE, "hana.ruiz@example.com", BEN, ANA])
def test_a_forward_of_anybody_else_is_ignored(sender: str) -> None:
    text = HANDED + "I failed the AHIP final, first attempt"
    assert not play(mail(sender, text, "11-17 10:05", subject="Fwd: ahip")).lines


@pytest.mark.parametrize("text", ["Ana Rivera failed the AHIP final, first attempt.", "Rivera, Ana failed ahip 1"])
def test_a_leader_may_name_an_agent_in_full(text: str) -> None:
    show = play(mail(LIA, text, "11-17 10:05"), press("lia", "Yes", "11-17 10:06"))
    assert show.step(1).states("F-1") == ["F1_COACHING"]
