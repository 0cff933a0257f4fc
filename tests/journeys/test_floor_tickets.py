"""Carrier tickets, held to SPEC 3.8: first the steps, then a draft, then the carrier."""

from __future__ import annotations

import pytest

from tests.journeys.stage import Show, Step, play, press, say, until, when
from tests.journeys.test_floor_progress import DAY, EXE, PNG, floor, sends, state

E1 = (
    "We were unable to locate an NPN with the National Insurance Producer Registry with the information provided. Please"
    " verify the accuracy of your information and try again. If you require additional assistance, please contact support."
)
TYPED = "we were unable to locate a NPN with the national insurance producer registry with the infomation provided"


def drafted(at: str = "11-17 10:00") -> list[Step]:
    """Ana's screenshot of AHIP asking for payment."""
    return [sends("ana", "issue payment", at, PNG)]


def test_the_agent_first_gets_what_to_try_and_what_never_to_do() -> None:
    show = floor(say("ana", "ahip wants me to pay", "11-17 10:00"))
    (line,) = [line for line in show.chats("@ana") if line["template"] == "ticket/advice"]
    for words in (
        "Do not pay",
        "N-Number or your NPN entered?",
        "private window",
        "Do not contact AHIP",
        "Tax ID",
        "card data",
    ):
        assert words in line["text"]
    assert line["buttons"] == ["Solved", "Still stuck"]
    assert state(show, "ana", "ticket") == "TRIAGE"
    assert show.chats("@tara") == []


@pytest.mark.parametrize("said", [E1, TYPED, f"issue {E1}", "issue npn not found"])
def test_the_known_error_is_told_by_its_words_and_wants_the_profile_first(said: str) -> None:
    show = floor(say("ana", said, "11-17 10:00"), press("ana", "All correct"))
    advice = show.chats("@ana")[0]
    assert "Compare in your profile" in advice["text"]
    assert "Do not contact AHIP" in advice["text"]
    assert advice["buttons"] == ["Solved", "All correct, still stuck"]
    assert show.states("K-1") == ["TRIAGE", "DRAFT"]
    assert "profile checked, all correct" in show.text("@tara")


def test_without_the_profile_a_screenshot_makes_no_draft() -> None:
    show = floor(say("ana", E1, "11-17 10:00"), sends("ana", "", "11-17 10:05", PNG))
    assert show.states("K-1") == ["TRIAGE"]


def test_another_error_is_a_ticket_of_its_own_kind() -> None:
    show = floor(
        say("ana", "error 500 on the aetna page when i open the course", "11-17 10:00"), press("ana", "Still stuck")
    )
    assert show.states("K-1") == ["TRIAGE", "DRAFT"]
    assert "error 500 on the aetna page" in show.text("@tara")


def test_a_screenshot_makes_a_draft_for_the_lead() -> None:
    for steps in (drafted(), [say("ana", "issue payment", "11-17 10:00"), sends("ana", "", "11-17 10:02", PNG)]):
        show = floor(steps)
        assert state(show, "ana", "ticket") == "DRAFT"
        (card,) = [
            line
            for line in show.chats("@tara")
            if "ticket/draft" in line["template"] or "Submitted #…" in line["buttons"]
        ]
        assert card["buttons"] == ["Submitted #…", "No number shown"]
        assert "one screenshot" in card["text"]


def test_who_cannot_make_a_screenshot_gets_his_ticket_all_the_same() -> None:
    show = floor(
        say("ana", "issue payment", "11-17 10:00"), press("ana", "Still stuck"), press("ana", "No screenshot possible")
    )
    assert show.states("K-1") == ["TRIAGE", "DRAFT"]
    assert "no screenshot" in show.text("@tara")


def test_a_renamed_program_is_refused_kindly_and_makes_no_draft() -> None:
    show = floor(sends("ana", "issue payment", "11-17 10:00", EXE))
    assert show.states("K-1") == ["TRIAGE"]
    assert "`shot.png` is a program, whatever its name says, and was not taken." in show.text("@ana")


def test_solved_ends_it_and_the_lead_hears_only_what_he_knew_of() -> None:
    show = floor(say("ana", "cant log in", "11-17 10:00"), press("ana", "Solved"))
    assert show.states("K-1") == ["TRIAGE", "RESOLVED"]
    assert show.chats("@tara") == []
    later = floor(drafted(), say("ana", "solved", "11-17 10:10"))
    assert "No ticket needed after all" in later.text("@tara")
    assert later.owed("K-1") == {}


def test_submitted_wants_the_forms_number_or_the_word_that_it_showed_none() -> None:
    for press_or_say in ([say("tara", "submitted K-1 77")], [press("tara", "Submitted"), say("tara", "#77")]):
        show = floor(drafted(), *press_or_say)
        assert show.states("K-1") == ["DRAFT", "SUBMITTED"]
        assert "number 77" in show.text("@ana")
    typed = floor(drafted(), say("tara", "submitted K-1"), say("tara", "88"))
    assert "number 88" in typed.text("@ana")
    spoken = floor(drafted(), press("tara", "Submitted"), say("tara", "no number"))
    assert "no number shown" in spoken.text("@tara")
    none = floor(drafted(), say("tara", "submitted K-1"), press("tara", "No number shown"))
    assert "Type the form's number, or [No number shown]." in none.text("@tara")
    assert none.states("K-1") == ["DRAFT", "SUBMITTED"]


def test_a_second_press_is_answered_with_who_was_first() -> None:
    show = floor(drafted(), say("tara", "submitted K-1 77", "11-17 10:20"), press("tara", "No number shown", ref="K-1"))
    assert "Already submitted" in show.chats("@tara")[-1]["text"]


def test_a_name_that_does_not_match_is_mailed_to_the_contact_once_it_is_submitted() -> None:
    show = floor(
        sends("ana", "name doesnt match producer world", "11-17 10:00", PNG),
        say("tara", "submitted K-1 77", "11-17 11:00"),
    )
    mail = show.mail("E-15")
    assert (mail["to"], mail["cc"]) == (["carrier-contact@example.com"], ["tara.lee@example.com"])
    assert when(mail["at"]) == "11-17 11:00"
    assert mail["subject"] == "[K-1] Producer World name mismatch: Ana Rivera"
    assert "Carrier Ticket: 77" in mail["text"]
    assert len(mail["attachments"]) == 1
    assert floor(drafted(), say("tara", "submitted K-1 77")).mails("E-15") == []


def test_the_agent_hears_what_becomes_of_it() -> None:
    base = [*drafted(), say("tara", "submitted K-1 77", "11-17 10:20"), press("tara", "With carrier")]
    resolved = floor(base, press("tara", "Resolved"))
    assert resolved.states("K-1") == ["DRAFT", "SUBMITTED", "WITH_CARRIER", "RESOLVED"]
    assert "Good news: AHIP asks for payment is resolved" in resolved.text("@ana")
    rejected = floor(base, press("tara", "Rejected"), say("lia", "ticket K-1 rejected the N-Number is not active yet"))
    assert "Why is it rejected?" in rejected.text("@tara")
    assert rejected.states("K-1")[-1] == "REJECTED"
    assert "the N-Number is not active yet" in rejected.text("@ana")


def test_only_the_lead_and_licensing_may_move_it_on() -> None:
    show = floor(drafted(), say("ana", "submitted K-1 77"), say("cole", "ticket K-1 resolved"))
    assert show.states("K-1") == ["DRAFT"]
    assert len(show.declined()) == 2


def test_tickets_lists_what_is_open_to_whom_it_concerns() -> None:
    show = floor(
        drafted(),
        say("ben", "cant log in", "11-17 10:01"),
        *(say(who, "tickets", "11-17 10:05") for who in ("ana", "tara", "lia", "wes")),
    )
    assert "K-1 Ana Rivera" in show.text("@tara")
    assert "K-2 Ben Ortiz" in show.text("@lia")
    assert "K-2" not in show.chats("@ana")[-1]["text"]
    assert "K-1" not in show.text("@wes")


def test_payment_and_login_of_the_first_day_are_listed_at_two_and_escalated_at_its_end() -> None:
    show = floor(
        say("ana", "issue payment", "11-16 10:00"),
        say("ben", "cant log in", "11-16 11:00"),
        say("cora", "name doesnt match producer world", "11-16 11:30"),
        until("11-16 13:59"),
        press("ben", "Solved"),
        until("11-16 17:00"),
        start="11-16 07:30",
    )
    lists = [line for line in show.chats() if line["template"].startswith("ticket/day_one")]
    assert [(when(line["at"]), line["to"], line["template"]) for line in lists] == [
        ("11-16 14:00", "@lia", "ticket/day_one"),
        ("11-16 14:00", "@tara", "ticket/day_one"),
        ("11-16 16:30", "@lia", "ticket/day_one_end"),
    ]
    assert all(
        "Ana Rivera" in line["text"] and "Ben" not in line["text"] and "Cora" not in line["text"] for line in lists
    )


def test_later_days_have_no_such_list() -> None:
    show = floor(say("ana", "issue payment", "11-17 10:00"), until("11-17 17:00"))
    assert not [line for line in show.chats() if line["template"].startswith("ticket/day_one")]


def test_a_draft_proposes_a_block_from_the_first_minute_on() -> None:
    show = play(
        say("ana", "issue payment", "11-17 10:00"),
        sends("ana", "", "11-17 11:00", PNG),
        start="11-17 09:00",
        roster=DAY,
        odd=True,
    )
    proposed = [
        line for line in show.of("state", workflow="carrier_cert", agent="ana") if line["event"] == "BlockProposed"
    ]
    assert len(proposed) == 1
    assert "10:00" in show.text("@tara")


def test_the_five_forms_the_steps_and_the_numbers_are_answers() -> None:
    show = floor(say("tara", "five forms", "11-17 10:00"), say("ana", "help tech"), say("ana", "ahip phone number"))
    assert show.text("@tara").count("•") == 5
    assert "private window" in show.text("@ana")
    assert "Only if your TL or licensing tells you to call" in show.text("@ana")


def test_the_guides_are_named_and_the_one_asked_for_alone() -> None:
    show = floor(say("lia", "guides", "11-17 10:00"), say("ana", "ahip guide"))
    assert show.text("@lia").count("•") == 10
    assert "• Coaching resource\n" in show.text("@lia")
    assert show.text("@ana") == "*Guides*\n• AHIP guide\nWhere no link is shown, ask your TL or licensing."


def test_agents_do_not_read_what_is_for_staff() -> None:
    show = floor(say("ana", "guides", "11-17 10:00"), say("ana", "coaching resource"))
    assert show.text("@ana").count("•") == 10
    assert "Coaching" not in show.text("@ana")


def test_who_leaves_takes_the_ticket_along() -> None:
    show = floor(drafted(), say("eve", "nle @ana", "11-17 11:00"))
    assert show.states("K-1") == ["DRAFT", "CLOSED_LEFT"]
    assert show.owed("K-1") == {}


def test_a_lone_picture_without_an_open_issue_is_asked_about() -> None:
    show: Show = floor(sends("ana", "", "11-17 10:00", PNG))
    assert show.of("state", workflow="ticket") == []
    assert "Say what it is with it" in show.text("@ana")
