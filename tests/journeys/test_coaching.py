"""Coachings other workflows call for: card, words, E-09, withdrawal, escalation (R-001-43)."""

from __future__ import annotations

from functools import cache

from tests.journeys.pace import DAY, of
from tests.journeys.stage import Show, Step, play, press, restart, say, until, whom

START = "11-24 16:00"
"""The day on which the call-cert ladder calls for a coaching of everybody, at 16:30."""


def called(*steps: Step) -> Show:
    """Cases C-1 to C-6: coachings of Ana, Ben, Cora, Dan, Eli and Fay."""
    changed = {"attendance  =": 'attendance = "off" # =', "licensing_training =": 'licensing_training = "off" # ='}
    return play(until("11-24 16:31"), *steps, start=START, roster=DAY, changed=changed)


@cache
def coached() -> Show:
    return called(say("tara", "coached @ben 16:32", "11-24 16:40"))


def ref_of(show: Show, agent: str) -> str:
    """The coaching of that agent."""
    return str(next(line["ref"] for line in show.of("state", workflow="coaching", agent=agent)))


def test_the_owner_gets_a_card_with_what_the_record_will_say() -> None:
    show = called()
    card = next(line for line in show.chats("@tara") if line["ref"] == ref_of(show, "ben"))
    assert card["buttons"] == ["Coached", "Withdraw"]
    assert 'The record will say: "' in card["text"]
    assert "coached @ben" in card["text"]
    assert show.state(ref_of(show, "ben")) == "DUE"


def test_the_words_of_a_failed_exam_answer_it() -> None:
    show = coached()
    ref = ref_of(show, "ben")
    assert show.states(ref) == ["DUE", "DELIVERED"]
    mail = of(show, ref).mail("E-09")
    assert (whom(mail["to"]), whom(mail["cc"])) == ("tara", "ben")
    assert mail["subject"].startswith(f"[{ref}] Coaching record Tue 24 Nov 2026")
    assert "Tue 24 Nov, 16:32" in mail["text"]
    assert "Coaching recorded 16:32: Ben Ortiz" in show.text("@tara")
    assert of(show, ref).posts() == []


def test_the_case_that_called_for_it_goes_on() -> None:
    show = coached()
    assert any(line["event"] == "CoachingDelivered" for line in show.of("state", workflow="ladder", agent="ben"))


def test_the_button_and_the_reference_do_the_same() -> None:
    show = called()
    ref = ref_of(show, "cora")
    for step in (press("tara", "Coached", "11-24 16:40", ref=ref), say("tara", f"coached @cora {ref}", "11-24 16:40"),
                 say("tara", f"coached {ref}", "11-24 16:40")):  # fmt: skip
        assert called(step).state(ref) == "DELIVERED"


def test_a_second_word_is_told_that_it_is_done() -> None:
    show = called()
    ref = ref_of(show, "cora")
    twice = called(say("tara", f"coached {ref}", "11-24 16:40"), say("tara", f"coached {ref}", "11-24 16:45"))
    assert "Already recorded by Tara Lee at 16:40" in twice.text("@tara")
    assert len(of(twice, ref).mails("E-09")) == 1


def test_a_time_to_come_is_no_coaching() -> None:
    show = called(say("tara", "coached @ben 17:30", "11-24 16:40"))
    assert show.state(ref_of(show, "ben")) == "DUE"


def test_only_the_owner_coaches() -> None:
    show = called(say("wes", "coached @ben", "11-24 16:40"))
    assert show.state(ref_of(show, "ben")) == "DUE"
    assert [line["reason"] for line in show.declined()] == ["not_yours"]


def test_a_withdrawal_needs_its_reason_and_is_handed_back() -> None:
    show = called()
    ref = ref_of(show, "dan")
    done = called(press("tara", "Withdraw", "11-24 16:40", ref=ref), say("tara", "he was ill, HR knows", "11-24 16:41"))
    assert done.states(ref) == ["DUE", "WITHDRAWN"]
    assert of(done, ref).mails() == []
    assert any(line["event"] == "CoachingWithdrawn" for line in done.of("state", workflow="ladder", agent="dan"))


def test_an_undone_coaching_is_due_again_and_corrected() -> None:
    show = called(say("tara", "coached @ben", "11-24 16:40"), press("tara", "Undo", "11-24 16:42"))
    ref = ref_of(show, "ben")
    assert show.state(ref) == "DUE"
    assert show.owed(ref) == {"coach": "tara"}
    mail = of(show, ref).mail("E-08")
    assert (whom(mail["to"]), whom(mail["cc"])) == ("tara", "ben")


def test_silence_reaches_the_esp_manager_the_next_morning() -> None:
    show = called(restart(at="11-24 16:50"), until("11-25 09:00"))
    assert any(
        line["template"] == "duty/escalation" for line in show.between("11-25 08:00", "11-25 09:00").chats("@eve")
    )


def test_who_has_left_is_coached_no_more() -> None:
    show = called(say("eve", "nle @fay", "11-24 16:40"))
    assert show.states(ref_of(show, "fay")) == ["DUE", "CLOSED_LEFT"]
    assert show.owed(ref_of(show, "fay")) == {}
