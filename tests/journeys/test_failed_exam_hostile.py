"""What ill will, bad luck and tired fingers bring: nothing is recorded that was not meant, nobody learns too much."""

from __future__ import annotations

import pytest

from tests.journeys.stage import TESTS, Show, play, press, say
from tests.journeys.stories import COACHED, FIRST, LOCKED, SECOND, THIRD


def untouched(show: Show, at: str) -> bool:
    """Nothing but an answer to the one who spoke."""
    after = show.at(at)
    return not after.of("state") and not after.mails() and not after.posts()


# -- who is not to be here ---------------------------------------------------------------------------------


def test_a_stranger_gets_one_polite_sentence_a_day_and_learns_nothing() -> None:
    stranger = play(
        FIRST,
        say("mallory", "fail ahip 2 for @ana", "11-17 10:10"),
        say("mallory", "confirm F-1", "11-17 10:11"),
        say("mallory", "undo F-1", "11-17 10:12"),
        say("mallory", "team", "11-18 10:15"),
    )
    assert [line["at"] for line in stranger.chats("@mallory")] == ["2026-11-17T17:10:00Z", "2026-11-18T17:15:00Z"]
    assert "Ana" not in stranger.text("@mallory")
    assert "F-1" not in stranger.text("@mallory")
    assert stranger.state("F-1") == "F1_COACHING"


def test_a_stranger_in_a_channel_is_not_answered() -> None:
    stranger = play(say("mallory", "!esp fail ahip 1", "11-17 10:02", room="#esp-nov16"))
    assert stranger.lines == [] or stranger.sent() == []


def test_a_stranger_pressing_a_copied_button_is_a_stranger() -> None:
    pressed = play(FIRST, press("mallory", "Coached", "11-17 10:05", room="@tara"))
    assert pressed.state("F-1") == "F1_COACHING"


@pytest.mark.parametrize("words", ["fail ahip 1 for @ana", "ana failed ahip", "@ana failed ahip 2", "she failed ahip"])
def test_an_agent_cannot_report_for_another(words: str) -> None:
    tried = play(COACHED, say("ben", words, "11-17 13:00"))
    assert [line for line in tried.of("state") if line["actor"] == "ben" and line["agent"] == "ana"] == []
    assert tried.state("F-1") == "F1_CLEARED"
    assert {line["to"] for line in tried.at("11-17 13:00").chats()} <= {"@ben", "@tara"}


@pytest.mark.parametrize(
    "words",
    ["coached @ana advised", "form F-1", "confirm F-1", "undo F-1", "void F-1 no", "proctor F-1 wed 10:00", "result F-1 fail", "repin F-1 failed-exams-old x", "cap F-1", "delivered C-1", "ack C-1", "comment C-1 hello", "schedule ahip for @ana", "me @ana", "team", "export @ana"],
)  # fmt: skip
@pytest.mark.parametrize("story", [SECOND], ids=["second"])
def test_an_agent_learns_nothing_of_another_whatever_he_says(words: str, story) -> None:
    nosy = play(story, say("ben", words, "11-17 13:10"))
    assert untouched(nosy, "11-17 13:10")
    quiet = play(say("ben", words, "11-17 13:10"))
    said, said_without = nosy.text("@ben"), quiet.text("@ben")
    assert said == said_without, "the answer must not tell whether there is such a case"


def test_the_answer_is_the_same_whether_a_colleague_has_a_case_or_not() -> None:
    with_case = play(SECOND, say("ben", "form done ana", "11-17 13:10")).text("@ben")
    without = play(say("ben", "form done ana", "11-17 13:10")).text("@ben")
    assert with_case == without


@pytest.mark.parametrize("label", ["Coached", "Form done"])
def test_a_tls_button_pressed_by_the_agent_is_refused(label: str) -> None:
    pressed = play(FIRST, press("ana", label, "11-17 10:05", room="@tara"))
    assert pressed.state("F-1") == "F1_COACHING"
    assert "Tara" in pressed.at("11-17 10:05").text("@ana")


@pytest.mark.parametrize("label", ["Coached", "Form done"])
def test_a_button_pressed_by_another_agent_is_unknown_to_him(label: str) -> None:
    pressed = play(FIRST, press("ben", label, "11-17 10:05", room="@tara"))
    assert pressed.state("F-1") == "F1_COACHING"
    assert "Ana" not in pressed.text("@ben")
    assert "F-1" not in pressed.text("@ben")


def test_another_agents_undo_button_does_nothing() -> None:
    pressed = play(FIRST, press("ben", "Undo", "11-17 10:04", room="@ana"))
    assert pressed.state("F-1") == "F1_COACHING"
    assert pressed.mails("E-08") == []


# -- buttons -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "Coached F-1 ~d.F-1:1:3.0.aaaaaaaa",
        "~d.F-1:1:3.0",
        "~u.F-1.1.aaaaaaaa",
        "~a.x.0.zzzzzzzz",
        "~",
        "Undo F-1 ~u.F-1.99999999999999999999.aaaaaaaa",
        "Confirm third fail F-1 ~d..0.aaaaaaaa",
        "~d.F-1:1:3.-1.aaaaaaaa",
    ],
)
@pytest.mark.parametrize("who", ["ana", "tara"])
def test_forged_button_text_changes_nothing(words: str, who: str) -> None:
    forged = play(FIRST, say(who, words, "11-17 10:05"))
    assert untouched(forged, "11-17 10:05")
    assert {line["to"] for line in forged.at("11-17 10:05").chats()} <= {f"@{who}"}


def test_a_button_of_a_closed_case_is_answered_kindly() -> None:
    late = play(FIRST, say("ana", "pass ahip", "11-17 10:05"), press("tara", "Coached", "11-17 10:06"))
    assert late.state("F-1") == "PASSED"
    assert untouched(late, "11-17 10:06")
    assert [line["to"] for line in late.at("11-17 10:06").chats()] == ["@tara"]
    locked = play(LOCKED, press("tara", "Not correct", "11-18 12:00"))
    assert locked.state("F-1") == "F3_LOCKED"
    assert "Lia Cruz" in locked.at("11-18 12:00").text("@tara")


def test_a_double_press_counts_once() -> None:
    twice = play(FIRST, press("tara", "Coached", "11-17 10:05"), press("tara", "Coached", "11-17 10:05"))
    assert len(twice.of("state", event="Coached")) == 1
    assert len([line for line in twice.chats("@ana") if line["template"] == "failed_exam/cleared"]) == 1


def test_two_people_confirm_and_one_mail_goes_out() -> None:
    both = play(THIRD, press("lia", "Confirm", "11-18 11:05"), press("tara", "Confirm", "11-18 11:05"))
    assert len(both.mails("E-04")) == 1


def test_a_confirmation_and_a_rejection_in_one_minute_follow_the_first() -> None:
    both = play(THIRD, press("lia", "Not correct", "11-18 11:05"), press("tara", "Confirm", "11-18 11:05"))
    assert both.state("F-1") != "F3_LOCKED"
    assert both.mails("E-04") == []


# -- odd texts ---------------------------------------------------------------------------------------------

ODD = {
    "a hundred kilobytes": "fail ahip 1 " + "x" * 100_000,
    "a hundred thousand words": "fail " * 20_000,
    "NULs": "fail\x00 ahip\x00 1",
    "right-to-left": "\u202efail ahip 1\u202c \u2066oops\u2069",
    "everybody": "fail ahip 1 @all @here",
    "markup": "fail ahip 1 <script>alert(1)</script> [x](javascript:alert(1)) **bold** {{ 7*7 }} {% raw %}",
    "newlines in it": "fail ahip 1\r\nBcc: everyone@example.com\r\nSubject: x",
    "emoji": "fail ahip 1 😭😭😭",
    "combining marks": "fail ahip 1 " + "a" + "\u0301" * 5_000,
    "zero width": "fa\u200bil ah\u200dip 1",
    "full width": "ｆａｉｌ　ａｈｉｐ　１",
    "a lone surrogate's substitute": "fail ahip 1 \ufffd",
    "sql": "fail ahip 1'; DROP TABLE cases; --",
    "format": "fail ahip 1 %s %d {0} {agent.name} ${x}",
    "a long number": "fail ahip " + "9" * 5_000,
    "only spaces": " " * 5_000,
    "nothing": "",
}


@pytest.mark.parametrize("text", ODD.values(), ids=list(ODD))
def test_an_odd_text_records_at_most_the_agents_own_first_fail(text: str) -> None:
    odd = play(say("ana", text, "11-17 10:02"))
    states = {line["to"] for line in odd.of("state")}
    assert states <= {"F1_COACHING"}
    assert odd.posts() == []
    for mail in odd.mails():
        assert "\n" not in mail["subject"]
        assert mail["id"] == "E-01"
        assert len(mail["to"]) == 3
    for word in ("<script", "javascript:", "@all", "@here", "49", "\u202e", "Bcc"):
        assert word not in odd.words(), word


@pytest.mark.parametrize(
    "why", [ODD["markup"][12:], ODD["newlines in it"][12:], "@all @here look", "\u202etxet", "x" * 50_000]
)
def test_a_reason_is_neutralised_wherever_it_is_shown(why: str) -> None:
    told = play(COACHED, say("lia", f"void F-1 {why}", "11-17 15:00"), odd=True)
    assert told.state("F-1") in ("VOID", "F1_CLEARED")
    for word in ("<script", "](javascript:", "@all", "@here", "\u202e", "\nBcc:", "49"):
        assert word not in "\n".join(line["text"] for line in told.at("11-17 15:00").chats()), word
    for mail in told.mails("E-08"):
        assert "<script" not in mail["html"]
        assert "\n" not in mail["subject"]
        assert len(mail["text"]) < 20_000


@pytest.mark.parametrize(
    "words",
    ["I did not fail ahip", "i haven't failed ahip", "what if I fail ahip twice?", "did i fail ahip?", "> fail ahip 1", "he said \"fail ahip 1\"", "if i fail ahip i cry", "i might fail ahip", "lol failed ahip jk", "fail", "ahip", "ahip 2"],
)  # fmt: skip
def test_words_that_leave_a_doubt_record_nothing(words: str) -> None:
    doubt = play(say("ana", words, "11-17 10:02"))
    assert doubt.of("state") == []
    assert doubt.mails() == []


def test_two_commands_in_one_message_are_each_confirmed() -> None:
    both = play(say("ana", "fail ahip 1\nfail aetna 1", "11-17 10:02"))
    assert {both.state("F-1"), both.state("F-2")} == {"F1_COACHING"}
    assert len(both.mails("E-01")) == 2


def test_eleven_commands_a_minute_are_met_with_one_polite_notice_and_facts_still_count() -> None:
    many = [say("ana", f"help {n}", "11-17 10:02") for n in range(14)]
    busy = play(many, say("ana", "fail ahip 1", "11-17 10:02"))
    notices = [line for line in busy.chats("@ana") if line["template"] == "house/rate_limited"]
    assert len(notices) == 1
    assert busy.state("F-1") == "F1_COACHING"


def test_a_command_in_a_channel_is_done_and_answered_in_private() -> None:
    said = play(say("ana", "!esp fail ahip 1", "11-17 10:02", room="#esp-nov16"))
    assert said.state("F-1") == "F1_COACHING"
    (post,) = said.posts()
    assert post["text"] == "Please use a direct message; I have answered you there."
    assert "wait for coaching" in said.text("@ana")


def test_a_session_ended_in_the_channel_needs_no_direct_message() -> None:
    said = play(SECOND, say("wes", "!esp ended F-1", "11-17 13:05", room="#wfm"))
    assert not [line for line in said.posts("#wfm") if "direct message" in line["text"]]
    assert not [name for name in said.owed("F-1") if name.startswith("end_session")]


def test_talk_in_a_channel_is_not_for_the_bot() -> None:
    said = play(
        say("ana", "fail ahip 1", "11-17 10:02", room="#esp-nov16"), say("ben", "yes", "11-17 10:03", room="#esp-nov16")
    )
    assert said.sent() == []


# -- what breaks on our side -------------------------------------------------------------------------------


def test_a_template_that_fails_stops_nothing_else_and_the_operator_is_told_no_secrets(tmp_path) -> None:
    text = (TESTS.parent / "policies" / "failed-exams-new.toml").read_text(encoding="utf-8")
    broken = text.replace('"failed-exams-new"', '"broken-words"', 1).replace(
        'behalf = "agent", id = "E-01" }', 'behalf = "agent", id = "E-01", template = "discipline/draft" }'
    )
    (tmp_path / "broken.toml").write_text(broken, encoding="utf-8")
    story = play(FIRST, press("tara", "Coached", "11-17 10:05"), pack="broken-words", policies=tmp_path, odd=True)
    assert story.mails("E-01") == []
    assert story.state("F-1") == "F1_CLEARED"
    assert {"@ana", "@tara"} <= {line["to"] for line in story.chats()}
    (ops,) = story.posts("#esp-bot-ops")
    for secret in ("Ana", "ana.rivera", "attempt", "fail", "coach"):
        assert secret not in ops["text"], secret
