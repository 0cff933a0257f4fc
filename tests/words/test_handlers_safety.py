"""What must never happen, whatever is typed: an act nobody meant, an error, a live echo, a forged press."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers import words
from handlers.intents import Act, Choice, Confirm, Fill, Intent, Press, Say, Silence, Unknown, Wish
from handlers.lexicon import NEGATIONS
from handlers.routes import ROUTES
from tests.words.test_handlers_cast import ROSTER, desk, gists, one, say
from workflows.discipline import Acknowledged, CapApproved, Delivered
from workflows.failed_exam import Coached, ExamFailed, FailConfirmed, FormDone, SessionEnded

MEANT = (ExamFailed, Coached, FailConfirmed, FormDone, Delivered, Acknowledged, CapApproved, SessionEnded)
"""Events that a "not" must keep from happening."""

WORDS = sorted(
    {word for route in ROUTES for word in (*route.words, *route.example.split(), *" ".join(route.phrases).split())}
    | {
        "ahip",
        "aetna",
        "core",
        "final",
        "ana",
        "@ana",
        "ben",
        "@dev",
        "F-1",
        "C-3",
        "R-5",
        "1",
        "2",
        "second",
        "again",
        "mon",
        "10:00",
        "3:30",
        "fri",
        "until",
        "tomorrow",
        "yesterday",
        "11/23",
        "2026-11-23",
        "next",
        "at",
        "and",
        ",",
        "\n",
        ";",
        "not",
        "why",
        "@all",
        "~tok.1",
        "> ",
        "?",
        "coached",
        "advised",
        "talked",
        "gave",
        "the",
        "cap",
        "she",
        "failed",
        "passed",
        "he",
        "yes",
        "to",
        "with",
        "for",
        "99",
        "0",
        "/",
        "@",
        "-",
        "'",
    }
)
PEOPLE = [*ROSTER.agents, *ROSTER.people]
PENDING = ["", "why", "on", "proctor", "number", "text", "name", "note"]
babble = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)


def acts(intents: list[Intent]) -> list[Act]:
    """The acts among the intents, those behind a question left out: nobody has answered it yet."""
    return [intent for intent in intents if isinstance(intent, Act)]


@given(
    text=st.text(max_size=300) | babble,
    who=st.sampled_from(PEOPLE),
    direct=st.booleans(),
    pending=st.sampled_from(PENDING),
    ref=st.sampled_from(["", "F-12"]),
)
@settings(max_examples=150, deadline=None)
@example(text="proctor F-1 9999-12-31 23:59", who="lia", direct=True, pending="", ref="")
@example(text="proctor F-1 0000-00-00 10:00", who="lia", direct=True, pending="", ref="")
@example(text="fail ahip ² ٣", who="ana", direct=True, pending="", ref="")
@example(text="@", who="ana", direct=True, pending="", ref="")
@example(text="\x00~\ud800", who="ana", direct=True, pending="on", ref="")
def test_no_text_is_an_error(text, who, direct, pending, ref):
    found = say(who, text, direct=direct, pending=pending, ref=ref)
    assert found
    assert sum(not isinstance(intent, Say) for intent in found) <= 3
    assert all(isinstance(i, Act | Wish | Say | Confirm | Choice | Fill | Press | Unknown | Silence) for i in found)


@given(text=st.text(max_size=120) | babble)
@settings(max_examples=80, deadline=None)
def test_a_line_in_a_channel_that_does_not_call_the_bot_is_never_heard(text):
    if not re.search(r"esp|certdesk|~", text, re.IGNORECASE):
        assert say("tara", text, direct=False) == [Silence()]


REPORTS = [
    "fail ahip 2",
    "failed ahip",
    "i failed ahip again",
    "bombed the ahip final",
    "ahip failed second",
    "coached ana",
    "coached @ana advised",
    "talked to ana about final cap",
    "form done ana",
    "form F-12",
    "cap done ana",
    "gave ana the cap",
    "confirm F-1",
    "yes she failed",
    "received",
    "received the cap",
    "ended F-1",
    "session ended F-1",
    "cap approve C-1",
    "delivered C-1",
    "ana failed ahip 1",
    "fail ahip 1 for @ana",
]
SAYING_NO = sorted(NEGATIONS - {"no", "nt", "unfailed"})


@given(
    report=st.sampled_from(REPORTS),
    no=st.sampled_from(SAYING_NO),
    at=st.integers(0, 8),
    who=st.sampled_from(["ana", "tara", "lia", "wes", "hana"]),
)
@settings(max_examples=120, deadline=None)
def test_nothing_is_done_on_a_line_that_says_no(report, no, at, who):
    said = report.split()
    text = " ".join([*said[:at], no, *said[at:]])
    for act in acts(say(who, text)):
        only_of_the_statement = isinstance(act.event, Coached) and f"{no} advised" in text and not act.event.advised
        assert only_of_the_statement or not isinstance(act.event, MEANT), text


@pytest.mark.parametrize(
    "text",
    [
        "did not fail",
        "haven't failed",
        "i didn't fail ahip",
        "have not failed ahip 2",
        "never failed ahip",
        "no i did not fail ahip",
        "dint fail ahip",
        "didnt not pass ahip",
        "did not not pass ahip",
        "i wont fail ahip",
        "not failed",
        "i failed nothing",
        "nobody failed ahip",
        "ahip: not a fail",
        "diddnt fail ahip",
        "i have not passed ahip yet",
        "havent passed ahip",
        "not received",
        "havent received it",
    ],
)
def test_no_negation_is_ever_a_fail_or_a_receipt(text):
    assert acts(say("ana", text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "i might fail ahip",
        "about to fail ahip",
        "i'm going to fail ahip",
        "i think i failed ahip",
        "almost failed ahip",
        "failing ahip",
        "failed ahip jk",
        "failed ahip 2 just kidding",
        "failed ahip maybe",
        "hope i dont fail ahip",
        "if i sit today and fail ahip",
        "afraid i fail ahip",
        "hope i pass ahip",
        'tara said "you failed ahip"',
        "she said failed ahip",
        "tell me when ben fails ahip",
        "failed to log in",
        "my login failed",
        "my vpn failed again",
        "the ahip page failed",
        "failed ahip last year",
        "passed module 3, failed ahip quiz",
        "got it",
        "ok received your message",
        "who failed ahip",
        "yes",
        "no",
        "right",
        "done",
        "will retake ahip tomorrow",
        "i passed out",
        "passed it on to tara",
    ],
)
def test_what_is_not_certain_is_never_done(text):
    assert acts(say("ana", text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "will coach ana tomorrow",
        "need to coach ana",
        "coach ana",
        "coaching ana at 3",
        "talked to ana",
        "talked to ana about lunch",
        "ana wasn't coached",
        "havent coached ana yet",
        "is ana coached?",
        "coached nobody",
        "the cap is ready",
        "where is the form",
        "coached ana tomorrow",
        "coached ana maybe",
        "cap will be delivered to ana",
        "has ana's cap been delivered",
        "was the form filed",
        "confirm if ana failed",
        "form done when i get back",
        "ana will be coached",
        "has ana failed ahip",
        "have you got the form done",
        "passed it on to ana",
        "passed the message on to ana",
        "return to this later",
        "received",
        "i was told ana failed",
    ],
)
def test_intentions_and_small_talk_settle_no_duty(text):
    assert not any(
        isinstance(act.event, MEANT) and not isinstance(act.event, Acknowledged) for act in acts(say("tara", text))
    )


@pytest.mark.parametrize(
    "text",
    [
        "> failed ahip 2",
        ">failed ahip 2\n> again",
        "&gt; failed ahip",
        "```failed ahip 2```",
        "[ ](https://chat.example.com/channel/general?msg=abc)",
        "---------- Forwarded message ----------\nfailed ahip 2",
    ],
)
def test_quoted_and_forwarded_words_are_nobodys(text):
    assert say("ana", text) == [Silence()]


def test_the_words_behind_a_quote_are_the_speakers_own():
    assert gists("ana", "[ ](https://chat.example.com/direct/x?msg=abc) failed ahip 1") == [
        "ExamFailed(ahip-final, 1) ana"
    ]
    assert gists("tara", "> form not done ana\nform done ana") == ["FormDone(None, ) ana"]


# -- presses -------------------------------------------------------------------------------------------------


def test_a_press_is_its_token_and_its_label():
    for direct in (True, False):
        assert say("tara", "Form done F-12 ~F-12:3:4.0.k3x9q", direct=direct) == [
            Press(token="F-12:3:4.0.k3x9q", label="Form done F-12")
        ]
    assert say("tara", "  Yes ~a.1 \n", pending="why") == [Press(token="a.1", label="Yes")]
    assert say("tara", "~F-12:3") == [Press(token="F-12:3", label="")]


def test_only_the_last_token_counts_and_only_at_the_end():
    press = one(Press, "tara", "fail ahip 2 ~one.1 ~two.2")
    assert press.token == "two.2"
    for text in ("Form done ~F-12:3 please", "> Form done ~F-12:3:4", "~F-12:3 and so on"):
        assert not any(isinstance(intent, Press) for intent in say("tara", text))


def test_about_ten_is_a_time_and_no_token():
    assert gists("tara", "coached ana advised ~9:30") == ["Coached(True) ana"]


@given(
    label=babble,
    token=st.from_regex(r"[A-Za-z][A-Za-z0-9.:-]{0,40}", fullmatch=True),
    who=st.sampled_from(PEOPLE),
    direct=st.booleans(),
    pending=st.sampled_from(PENDING),
)
@settings(max_examples=80, deadline=None)
def test_a_forged_token_is_a_press_and_nothing_else(label, token, who, direct, pending):
    found = say(who, f"{label.replace('>', '')} ~{token}", direct=direct, pending=pending)
    if not re.fullmatch(r"\d{1,2}(:\d\d)?(am|pm)?", token):
        assert [type(intent) for intent in found] == [Press]
        assert isinstance(found[0], Press)
        assert found[0].token == token


# -- echoes --------------------------------------------------------------------------------------------------

LIVE = re.compile(r"(?<!\w)[@#]\w|[*~`<>|\[\]{}\\]|://|[\x00-\x1f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


@given(text=st.text(max_size=400) | babble | st.text(alphabet="@#all here*_~`[]()<>|\\:/{}.\n$^", max_size=60))
@settings(max_examples=120, deadline=None)
@example(text="@@all")
@example(text="*@*all")
@example(text="[@all](http://x)")
@example(text="#_#general")
@example(text="@~here")
@example(text="_@_all")
@example(text="://")
@example(text="::////")
def test_plain_words_carry_nothing_live(text):
    shown = words.plain(text)
    assert not LIVE.search(shown), repr(shown)
    assert len(shown) <= words.ECHO


def test_plain_words_stay_readable():
    assert words.plain("@ana's ahip_final: 2nd try (see F-12), ok?") == "ana's ahip_final: 2nd try (see F-12), ok?"
    assert words.plain("x" * 500) == "x" * 159 + "…"


def strings(value: object) -> list[str]:
    """All text in the facts of an answer."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings(item)]
    return [text for item in value for text in strings(item)] if isinstance(value, list | tuple) else []


@given(
    text=babble | st.text(max_size=80).map(lambda t: f"fail {t}") | st.text(max_size=80).map(lambda t: f"coached @{t}"),
    who=st.sampled_from(PEOPLE),
)
@settings(max_examples=100, deadline=None)
@example(text="fail @all *boo* [x](http://evil)", who="ana")
@example(text="coached @all_of_them", who="tara")
def test_answers_never_call_all_or_carry_markup_of_the_speaker(text, who):
    for intent in say(who, text):
        if isinstance(intent, Say):
            facts = {key: value for key, value in intent.facts.items() if key not in ("example", "usage", "lines")}
            assert not any(re.search(r"@(all|here|channel)\b|[*`\[\]~]|://", shown) for shown in strings(facts))
        buttons = intent.buttons if isinstance(intent, Say) else intent.near if isinstance(intent, Unknown) else ()
        for label, typed in buttons:
            assert label
            assert typed
            assert not re.search(r"(?<!\w)@(all|here|channel)\b", typed)
            assert not typed.startswith("/")
            assert "~" not in typed


def test_invisible_characters_change_nothing():
    assert gists("ana", "\u202efail\u202c a\u200bhip\x00 2\ufeff") == ["ExamFailed(ahip-final, 2) ana"]


def test_only_the_first_four_thousand_characters_are_read():
    assert gists("ana", " " * 4000 + "fail ahip 2") == ["silence"]
    assert gists("ana", "fail ahip 2" + " x" * 4000) == ["ExamFailed(ahip-final, 2) ana"]


def test_a_discipline_word_in_a_channel_is_still_an_intent():
    assert gists("tara", "!esp coached @ana advised", direct=False) == ["Coached(True) ana"]


def test_the_desk_of_a_stranger_line_is_pure():
    first, second = desk("ana"), desk("ana")
    assert first.roster is second.roster
    assert say("ana", "fail ahip 2") == say("ana", "fail ahip 2")
