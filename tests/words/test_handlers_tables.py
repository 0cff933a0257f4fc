"""Tables of what tired people write, and what it means: SPEC section 4 verbatim, and many more of the kind."""

from __future__ import annotations

import pytest

from handlers.intents import Act, Choice, Confirm, Fill, Say, Silence, Unknown, Wish
from tests.words.test_handlers_cast import ROSTER, gists, one, say
from workflows.failed_exam import ExamFailed

FAIL2 = "ExamFailed(ahip-final, 2) ana"
FAIL1 = "ExamFailed(ahip-final, 1) ana"
FAIL = "ExamFailed(ahip-final, None) ana"
PASS = "ExamPassed(ahip-final) ana"

SPECIFIED = [
    # 4.1 agents
    ("ana", "/esp fail ahip 2", FAIL2),
    ("ana", "failed ahip again", "confirm fail_again"),
    ("ana", "bombed the AHIP final second time :(", FAIL2),
    ("ana", "i didnt pass ahip (2nd)", FAIL2),
    ("ana", "fail ahip two", FAIL2),
    ("ana", "pass ahip", PASS),
    ("ana", "passed ahip!!", PASS),
    ("ana", "i passed", "passed ana"),
    ("ana", "me", "me"),
    ("ana", "where am i", "me"),
    ("ana", "whats left", "me"),
    ("ana", "received", "Acknowledged ana"),
    ("ana", "undo", "undo"),
    ("ana", "oops wrong", "undo"),
    ("ana", "sorry mistake", "undo"),
    ("ana", "help ahip", "help ahip"),
    ("ana", "?", "help"),
    # 4.2 everyone else
    ("tara", "coached @ana F-1043 advised", "Coached(True) ana F-1043"),
    ("tara", "coached ana", "Coached(False) ana"),
    ("tara", "talked to ana about final cap", "Coached(True) ana"),
    ("tara", "form F-1043 88231", "FormDone(None, 88231) F-1043"),
    ("tara", "form done ana", "FormDone(None, ) ana"),
    ("tara", "cap F-1043", "DraftWanted F-1043"),
    ("tara", "delivered C-88 9:30 meet", "Delivered C-88"),
    ("tara", "cap done", "Delivered"),
    ("tara", "gave ana the cap", "Delivered ana"),
    ("tara", "confirm F-1043", "FailConfirmed F-1043"),
    ("tara", "reject F-1043 she took the practice one", "FailRejected(she took the practice one) F-1043"),
    ("tara", "yes she failed", "FailConfirmed"),
    ("tara", "away 15 helping ben", "away 15 helping ben"),
    ("tara", "brb lunch", "away 30 lunch"),
    ("tara", "back", "back"),
    ("tara", "delegate @dev until fri", "delegate dev tara"),
    ("tara", "dev covers me till friday", "delegate dev tara"),
    ("tara", "team", "team"),
    ("tara", "who is behind", "team"),
    ("lia", "proctor F-1043 mon 10:00 @lia", "ProctorScheduled(lia) F-1043"),
    ("lia", "proctor ana monday 10", "ProctorScheduled(lia) ana"),
    ("lia", "inhibit @ana release", "InhibitorFound(release) ana"),
    ("lia", "void F-1043 carrier reversed it", "void F-1043 carrier reversed it"),
    ("lia", "proof @ana redo too blurred", "proof ana too blurred"),
    ("pia", "result F-1043 pass", "ResultEntered(True) F-1043"),
    ("pia", "result F-1043 fail", "ResultEntered(False) F-1043"),
    ("pia", "she passed", "ResultEntered(True)"),
    ("wes", "ended F-1043", "SessionEnded F-1043"),
    ("hana", "cap approve C-88", "CapApproved C-88"),
    ("hana", "cap return C-88 dates missing", "CapReturned(dates missing) C-88"),
    ("hana", "return C-88 dates missing", "CapReturned(dates missing) C-88"),
    ("hana", "review R-5 outcome extend two more days", "OutcomeRecorded(extend) R-5"),
    ("hana", "repin F-1 failed-exams-old opened before", "repin F-1 failed-exams-old opened before"),
    ("hana", "export @ana", "export ana"),
    ("hana", "export F-12", "export F-12"),
    ("hana", "please export ana's file", "export ana"),
    ("eve", "nle @ana", "nle ana"),
    ("eve", "leave @tara until fri", "leave tara"),
    ("tara", "leave until fri", "leave tara"),
    ("tara", "coached @ana advised 9:30", "Coached(True) ana"),
]

TIRED_AGENTS = [
    ("ugh failed ahip", FAIL),
    ("I FAILED AHIP!!! 2nd time", FAIL2),
    ("hey, so i just failed the ahip final :sob:", FAIL),
    ("failed ahip final, attempt 2", FAIL2),
    ("didn't pass the ahip exam, first try", FAIL1),
    ("didn’t pass ahip, first try 😭", FAIL1),
    ("flunked ahip 1st", FAIL1),
    ("no pass on ahip 2", FAIL2),
    ("AHIP failed 2nd", FAIL2),
    ("ahip 2 failed", FAIL2),
    ("ahip fail 1", FAIL1),
    ("ahip - failed - second", FAIL2),
    ("sorry tara, bombed ahip again", "confirm fail_again"),
    ("blew the aetna core, first attempt", "ExamFailed(aetna-core, 1) ana"),
    ("i did not make it, ahip 2nd attempt", FAIL2),
    ("did not pass ahip 2", FAIL2),
    ("couldnt pass ahip third time", "ExamFailed(ahip-final, 3) ana"),
    ("failed my last attempt at ahip", "ExamFailed(ahip-final, 3) ana"),
    ("failed ahip twice", FAIL2),
    ("failed ahip final #2", FAIL2),
    ("failed the second one, ahip", FAIL2),
    ("well. failed ahip. second.", FAIL2),
    ("failed ahip 2 of 3", FAIL2),
    ("failed ahip 2/3", FAIL2),
    ("got 78% failed ahip first time", FAIL1),
    ("failed ahip with 85", FAIL),
    ("i failed ahip at 10:30, second attempt", FAIL2),
    ("failed AHIP, it’s my second", FAIL2),
    ("Just wanted to let you know I failed AHIP for the 2nd time today", FAIL2),
    ("unfortunately i did not pass aetna core 1", "ExamFailed(aetna-core, 1) ana"),
    ("Failed. AHIP. 1.", FAIL1),
    ("i've failed ahip 2", FAIL2),
    ("fäiled AHIP 2", FAIL2),
    ("f\u200bailed a\u202ehip 2", FAIL2),
    ("failed ahip 3rd :( what do i do", "ExamFailed(ahip-final, 3) ana"),
    ("failed ahip 2 sorry", FAIL2),
    ("messed up ahip 2", FAIL2),
    ("ana here failed ahip 1", FAIL1),
    ("not passed ahip 2", FAIL2),
    ("my brain melted and I bombed ahip", FAIL),
    ("i failed ahip, ben was there", FAIL),
    ("failed to pass ahip 2", FAIL2),
    ("failed ahip again, 2nd", FAIL2),
    ("passed ahip finally!", PASS),
    ("i made it through ahip, passed!", PASS),
    ("i passed the ahip final with 92%", PASS),
    ("aced ahip", PASS),
    ("ack C-88", "Acknowledged ana C-88"),
    ("received it, thanks", "Acknowledged ana"),
    ("i received the cap", "Acknowledged ana"),
    ("received but i dont agree", "Commented(received but i dont agree) ana"),
    ("comment C-88 I was never coached, honestly", "Commented(I was never coached, honestly) ana C-88"),
    ("comment why was i not told?", "Commented(why was i not told?) ana"),
    ("I'd rather not sign", "NotSigned ana"),
    ("sorry wrong button", "undo"),
    ("take it back please", "undo"),
    ("undo F-1043", "undo F-1043"),
    ("wrong number", "wrong_number"),
    ("that number is wrong", "wrong_number"),
    ("where do i stand?", "me"),
    ("what's left?", "me"),
    ("help", "help"),
    ("schedule my third attempt", "ProctorWanted ana"),
    ("hi", "say hello"),
]

TIRED_STAFF = [
    ("tara", "coached ben just now", "Coached(False) ben"),
    ("tara", "finally coached ana, told her about final cap", "Coached(True) ana"),
    ("tara", "had the coaching with ana at 9:45", "Coached(False) ana"),
    ("tara", "coaching done ana", "Coached(False) ana"),
    ("tara", "done coaching ana, advised", "Coached(True) ana"),
    ("tara", "spoke with ana about the failed exam", "Coached(False) ana"),
    ("tara", "coached @Ana. Advised.", "Coached(True) ana"),
    ("tara", "coached ana rivera yesterday 3pm advised", "Coached(True) ana"),
    ("tara", "coached Rivera, Ana", "Coached(False) ana"),
    ("tara", "coached f12", "Coached(False) F-12"),
    ("tara", "coached her", "Coached(False)"),
    ("tara", "coached ana, told her what happens if she fails again, final cap", "Coached(True) ana"),
    ("tara", "told ana that a second fail may mean a final cap", "Coached(True) ana"),
    ("tara", "dev will cover for me till 11/27 noon", "delegate dev tara"),
    ("tara", "got the form done for ana", "FormDone(None, ) ana"),
    ("tara", "received, thanks", "silence"),
    ("tara", "coached", "Coached(False)"),
    ("tara", "coached ana, not advised", "Coached(False) ana"),
    ("tara", "ana coached, advised of final cap", "Coached(True) ana"),
    ("tara", "form filed for ana", "FormDone(None, ) ana"),
    ("tara", "submitted ana's form #88231", "FormDone(None, 88231) ana"),
    ("tara", "form F-12 2nd 777", "FormDone(2, 777) F-12"),
    ("tara", "form F-12 attempt 2 no A-77", "FormDone(2, A-77) F-12"),
    ("tara", "did the form for ben", "FormDone(None, ) ben"),
    ("tara", "forms?", "forms"),
    ("tara", "cap delivered to ana", "Delivered ana"),
    ("tara", "handed ana her final cap", "Delivered ana"),
    ("tara", "gave ben his cap with hana on the phone", "Delivered ben"),
    ("tara", "cap ana", "DraftWanted ana"),
    ("tara", "draft C-3", "DraftWanted C-3"),
    ("tara", "yes ana failed", "FailConfirmed ana"),
    ("tara", "confirmed, ana failed", "FailConfirmed ana"),
    ("tara", "reject ana she passed", "FailRejected(she passed) ana"),
    ("tara", "ana failed ahip 2", FAIL2),
    ("tara", "fail ahip 1 for @ana", FAIL1),
    ("tara", "fail for @ana ahip 1", FAIL1),
    ("tara", "@ana did not pass ahip 2nd", FAIL2),
    ("tara", "ana passed ahip", PASS),
    ("tara", "delegate dev until 11/27", "delegate dev tara"),
    ("tara", "delegate @dev", "say until_when"),
    ("tara", "delegate cancel", "delegate tara"),
    ("eve", "delegate @dev for @tara until fri", "delegate dev tara"),
    ("tara", "im out until monday", "leave tara"),
    ("tara", "on pto until 12/1", "leave tara"),
    ("tara", "afk 15 min dentist call", "away 15 dentist call"),
    ("tara", "stepping away for 10", "away 10"),
    ("tara", "back from lunch", "back"),
    ("tara", "whos behind?", "team"),
    ("lia", "schedule ana mon 10:00", "ProctorScheduled(lia) ana"),
    ("lia", "book ana's proctor slot tomorrow at 9", "ProctorScheduled(lia) ana"),
    ("lia", "proctor F-1 move wed 11:00", "ProctorScheduled(lia) F-1"),
    ("lia", "move F-1 to wed 11:00", "ProctorScheduled(lia) F-1"),
    ("lia", "reschedule ana to fri 9:30", "ProctorScheduled(lia) ana"),
    ("lia", "proctor F-1 cancel wifi is down", "ProctorCancelled(wifi is down) F-1"),
    ("lia", "cancel F-1 proctor, wifi is down", "ProctorCancelled(wifi is down) F-1"),
    ("lia", "proctor F-1 cancel can't make it", "ProctorCancelled(can't make it) F-1"),
    ("lia", "void F-3 2nd attempt launch crashed", "void F-3 2 launch crashed"),
    ("lia", "void @ana 2 carrier reset it", "void ana 2 carrier reset it"),
    ("lia", "inhibit @ana cleared got the release", "InhibitorCleared ana"),
    ("pia", "ana passed", "ResultEntered(True) ana"),
    ("pia", "result F-1 did not pass", "ResultEntered(False) F-1"),
    ("pia", "result ana passed with 92", "ResultEntered(True) ana"),
    ("wes", "ended ana's session", "SessionEnded ana"),
    ("wes", "session ended F-12", "SessionEnded F-12"),
    ("wes", "done", "SessionEnded"),
    ("wes", "no session F-12", "NoSession F-12"),
    ("hana", "approve C-88", "CapApproved C-88"),
    ("hana", "review R-5 outcome: no action, first time", "OutcomeRecorded(no action) R-5"),
    ("sam", "review r5 outcome terminate", "OutcomeRecorded(terminate) R-5"),
]

ASKED = [
    ("ana", "fail ahip 0", "odd_ordinal"),
    ("ana", "fail ahip 99", "odd_ordinal"),
    ("ana", "failed ahip first second", "which_attempt"),
    ("ana", "fail foo", "unknown_exam"),
    ("ana", "fail", "unknown_exam"),
    ("ana", "failed again", "unknown_exam"),
    ("ana", "pass foo", "unknown_exam"),
    ("ana", "failed practice quiz 3", "practice"),
    ("ana", "failed the ahip practice quiz", "practice_or_exam"),
    ("ana", "failed ahip and aetna", "one_exam"),
    ("ana", "Ben failed", "only_they"),
    ("ana", "ben failed ahip 2", "only_they"),
    ("ana", "fail ahip 1 for @ben", "only_they"),
    ("ana", "she failed ahip", "only_they"),
    ("ana", "ben passed ahip", "only_they"),
    ("ana", "thanks, received the schedule", "receipt_of_what"),
    ("tara", "fail ahip 2", "whose_exam"),
    ("tara", "she failed", "she_failed"),
    ("tara", "ana failed", "unknown_exam"),
    ("tara", "coached @xyz", "unknown_person"),
    ("tara", "coached anna", "unknown_person"),
    ("tara", "delivered C-88 15:30 meet", "time_to_come"),
    ("tara", "done", "done_what"),
    ("tara", "away 0", "odd_minutes"),
    ("tara", "leave", "until_when"),
    ("lia", "void F-1", "need_why"),
    ("lia", "void", "need_ref"),
    ("lia", "void F-1 0 carrier", "odd_ordinal"),
    ("lia", "inhibit @ana", "need_why"),
    ("lia", "proctor F-1", "need_time"),
    ("lia", "proctor F-1 mon 10:00 @dev @lia", "one_proctor"),
    ("pia", "result F-1", "pass_or_fail"),
    ("hana", "cap return C-1", "need_why"),
    ("hana", "review R-5 outcome fired", "which_outcome"),
    ("eve", "nle", "whom"),
]


@pytest.mark.parametrize(("who", "text", "meaning"), SPECIFIED)
def test_every_phrase_of_the_specification_works(who, text, meaning):
    assert gists(who, text) == [meaning]


@pytest.mark.parametrize(("text", "meaning"), TIRED_AGENTS)
def test_a_tired_agent_is_understood(text, meaning):
    assert gists("ana", text) == [meaning]


@pytest.mark.parametrize(("who", "text", "meaning"), TIRED_STAFF)
def test_tired_staff_are_understood(who, text, meaning):
    assert gists(who, text) == [meaning]


@pytest.mark.parametrize(("who", "text", "template"), ASKED)
def test_what_is_not_clear_is_asked(who, text, template):
    assert gists(who, text) == [f"say {template}"]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("what if I fail twice?", "exams"),
        ("failed ahip again?", "exams"),
        ("how do i report a fail", "exams"),
        ("did i pass ahip", "exams"),
        ("can i retake ahip", "exams"),
        ("pass ahip?", "exams"),
        ("if i fail ahip again what happens", "exams"),
        ("undo?", "undo"),
        ("what is a cap?", "caps"),
    ],
)
def test_questions_go_to_help(text, topic):
    assert say("ana", text) == [Wish(name="help", args={"topic": topic})]


@pytest.mark.parametrize("text", ["thanks!!", "ok", "ok thanks 🙏", "👍", "😭😭", "thx tara!"[:3]])
def test_thanks_need_no_answer(text):
    assert say("ana", text) == [Silence()]


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("yes", "yes"),
        ("Yep!", "yes"),
        ("right", "right"),
        ("that's right", "right"),
        ("no", "no"),
        ("nvm", "no"),
        ("same one", "same one"),
        ("a new fail", "a new fail"),
        ("correct", "yes"),
        ("yes i failed", "yes"),
    ],
)
def test_short_answers_go_to_the_open_question(text, choice):
    assert say("ana", text) == [Choice(text=choice)]


# -- what the acts carry -------------------------------------------------------------------------------------


def test_again_records_nothing_before_yes():
    asked = one(Confirm, "ana", "failed ahip again")
    (yes, act), (no, left) = asked.options
    assert (yes, no) == ("Yes", "No")
    assert isinstance(act, Act)
    assert isinstance(act.event, ExamFailed)
    assert act.event.claimed is None
    assert isinstance(left, Say)


def test_a_pass_without_an_exam_offers_each_limited_exam():
    wish = one(Wish, "ana", "i passed")
    assert set(wish.args["events"]) == {"ahip-final", "aetna-core"}


def test_the_exam_asked_for_keeps_the_number_and_the_name():
    asked = one(Say, "tara", "ana failed the thing 2nd time")
    assert ("AHIP Final", "fail ahip-final 2 for @ana") in asked.buttons


def test_each_act_names_the_duty_it_answers():
    said = {
        "coached ana": "coach",
        "form ana": "form",
        "cap done ana": "cap",
        "confirm F-1": "confirm",
        "reject F-1 no": "confirm",
        "cap F-1": "cap",
    }
    for text, duty in said.items():
        act = one(Act, "tara", text)
        assert act.duty == duty
    for who, text, duty in (
        ("lia", "proctor F-1 mon 10:00", "proctor"),
        ("pia", "result F-1 pass", "result"),
        ("wes", "ended F-1", "end_session"),
        ("ana", "ack", "ack"),
        ("hana", "cap approve C-1", "approve"),
        ("hana", "review R-1 outcome extend", "review"),
    ):
        act = one(Act, who, text)
        assert act.duty == duty


def test_delivery_names_method_and_witness():
    act = one(Act, "tara", "gave ben his cap with hana on the phone")
    assert (act.event.method, act.event.present) == ("phone", "Hana Ruiz")


def test_misspelt_words_are_suggested_and_never_done():
    for text, first in (
        ("fial ahip 2", "fail ahip 2"),
        ("udno", "undo"),
        ("hlep", "help"),
        ("wrong nubmer", "wrong number"),
    ):
        unknown = one(Unknown, "ana", text)
        assert unknown.near[0] == (first, first)
        assert len(unknown.near) <= 3
    unknown = one(Unknown, "tara", "coachd @ana advised")
    assert unknown.near[0] == ("coached ana advised", "coached @ana advised")


def test_no_suggestion_when_the_line_says_no():
    for text in ("didn't coach ana", "did not give ana the cap", "I haven't filed it"):
        unknown = one(Unknown, "tara", text)
        assert unknown.near == ()


# -- answers to an open question -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pending", "text", "value"),
    [
        ("why", "fail was a carrier error", "fail was a carrier error"),
        ("why", "by mistake", "by mistake"),
        ("why", "no reason", "no reason"),
        ("why", "Proctor wasn't there, sorry", "Proctor wasn't there, sorry"),
        ("text", "Received the CAP but I was never coached", None),
        ("number", "#88231", "88231"),
        ("number", "it is 88231.", "88231"),
        ("number", "none", ""),
        ("name", "Will Lane", "Will Lane"),
        ("name", "@dev", "Dev Shah"),
        ("note", "done, dates added", "done, dates added"),
        ("why", "wrong", "wrong"),
        ("why", "?!\nreally\nno", "?! really no"),
    ],
)
def test_an_open_question_takes_the_next_words(pending, text, value):
    [filled] = say("tara", text, pending=pending)
    assert filled == Fill(kind=pending, value=text if value is None else value)


@pytest.mark.parametrize(
    "text",
    [
        "coached @ana advised",
        "undo",
        "form F-12 881",
        "fail ahip 1 for @ana",
        "help",
        "cap approve C-1",
        "reject F-1 no",
    ],
)
def test_an_exact_command_is_not_an_answer(text):
    assert not any(isinstance(intent, Fill) for intent in say("tara", text, pending="why"))


def test_an_open_question_can_be_left():
    assert say("tara", "never mind", pending="why") == [Choice(text="no")]


def test_channel_talk_is_no_answer():
    assert say("tara", "anyone for lunch", pending="why", direct=False) == [Silence()]


def test_a_time_is_read_with_the_statement():
    filled = one(Fill, "tara", "9:30 advised", pending="on")
    assert (f"{filled.value:%H:%M}", filled.advised) == ("16:30", True)
    filled = one(Fill, "tara", "yesterday 3pm, not advised", pending="on")
    assert (f"{filled.value:%d %H:%M}", filled.advised) == ("16 22:00", False)
    assert gists("tara", "a while ago", pending="on") == ["say need_past_time"]


def test_a_sitting_is_read_as_the_event():
    filled = one(Fill, "lia", "mon 10:00 @dev", pending="proctor")
    assert (f"{filled.value.starts:%d %H:%M}", filled.value.proctor) == ("23 17:00", "dev")


def test_the_roster_of_the_examples_is_the_one_in_use():
    assert set(ROSTER.agents) == {"ana", "ben", "cora", "dan", "eli", "fay"}
