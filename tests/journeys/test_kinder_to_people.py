"""Small promises to tired people: one message instead of six, names on buttons, no question on leave, no lost number."""

from __future__ import annotations

from tests.journeys.pace import DAY, pace
from tests.journeys.stage import Show, play, press, say, until, when


def of_template(shown: Show, room: str, template: str) -> list[str]:
    """What was said in a room by that template."""
    return [line["text"] for line in shown.chats(room) if line["template"] == template]


# -- an exam passed by word --------------------------------------------------------------------------------


def test_whoever_says_that_he_passed_is_not_called_behind_for_it() -> None:
    shown = pace(say("ana", "passed ahip", "11-18 10:00"), until("11-18 16:31"), start="11-18 08:30")
    (word,) = of_template(shown.at("11-18 16:30"), "@ana", "carrier_cert/behind")
    assert "AHIP final" not in word
    assert "No file came with it" in shown.text("@lia"), "licensing still wants to see it"
    undone = pace(say("ana", "passed ahip", "11-18 10:00"), press("ana", "Undo", "11-18 10:02"), until("11-18 16:31"),
                  start="11-18 08:30")  # fmt: skip
    (word,) = of_template(undone.at("11-18 16:30"), "@ana", "carrier_cert/behind")
    assert "AHIP final" in word


def test_a_proof_asked_for_again_takes_the_word_back_and_reopens_the_exam() -> None:
    steps = (say("ana", "fail ahip 1", "11-18 09:00"), say("ana", "passed ahip", "11-18 10:00"))
    shown = pace(
        *steps, say("lia", "proof @ana redo blurred", "11-18 10:10"), until("11-18 16:31"), start="11-18 08:30"
    )
    assert shown.state("F-1") == "F1_COACHING"
    assert "AHIP final" in of_template(shown.at("11-18 16:30"), "@ana", "carrier_cert/behind")[0]


# -- what is waived ----------------------------------------------------------------------------------------


def test_a_waived_item_stops_its_clock_leaves_the_queue_and_says_so_on_the_board() -> None:
    shown = play(
        say("eve", "waive @ana ahip certified last year", "11-19 15:10"),
        say("eve", "waive @ben tbt did them at the other site", "11-19 15:11"),
        say("eve", "waive @ana call certified in June", "11-20 09:00"),
        say("cole", "queue", "11-20 09:10"),
        say("ana", "me", "11-20 09:11"),
        say("ben", "me", "11-20 09:12"),
        until("11-20 16:31"),
        start="11-19 15:00",
        roster=DAY,
    )
    assert "Ana" not in shown.step(3).text("@cole")
    assert "Ben Ortiz" in shown.step(3).text("@cole")
    assert "Carrier certification: waived" in shown.step(4).text("@ana")
    assert "Call certs: waived" in shown.step(4).text("@ana")
    assert "TBTs: waived" in shown.step(5).text("@ben")
    hours = of_template(shown.at("11-20 16:30"), "@cole", "tbt/hours_used_many")
    assert hours, "the others' hours are told"
    assert "Ben" not in hours[0], "waived before the phase began: no clock runs"


# -- one message -------------------------------------------------------------------------------------------


def test_six_agents_behind_are_one_message_to_their_tl_and_one_is_told_of_as_before() -> None:
    shown = pace(until("11-16 16:31"), start="11-16 07:00")
    told = [
        line for line in shown.at("11-16 16:30").chats("@tara") if line["template"].startswith("carrier_cert/behind")
    ]
    assert [line["template"] for line in told] == ["carrier_cert/behind_tl_many"]
    assert [name in told[0]["text"] for name in ("Ana Rivera", "Ben Ortiz", "Fay Roe")] == [True] * 3
    done = [say(who, "progress m1 m2 q1 q2", "11-16 15:00") for who in ("ana", "ben", "cora", "dan", "eli")]
    alone = pace(*done, until("11-16 16:31"), start="11-16 07:00")
    told = [
        line for line in alone.at("11-16 16:30").chats("@tara") if line["template"].startswith("carrier_cert/behind")
    ]
    assert [(line["template"], "Fay Roe" in line["text"]) for line in told] == [("carrier_cert/behind_tl", True)]


def test_the_checklists_buttons_name_whom_they_are_about() -> None:
    shown = play(
        say("ana", "fail ahip 1", "11-18 16:00"),
        say("ben", "fail ahip 1", "11-18 16:01"),
        until("11-18 16:16"),
        start="11-18 15:30",
        roster=DAY,
    )
    (card,) = [line for line in shown.at("11-18 16:15").chats("@tara") if line["template"] == "site_day/checklist"]
    assert "Form done Ana (F-1, attempt 1)" in card["buttons"]
    assert "Form done Ben (F-2, attempt 1)" in card["buttons"]
    assert not [label for label in card["buttons"] if "attempt final" in label]


def test_a_delegate_who_owes_a_coaching_is_named_in_the_tls_place() -> None:
    shown = play(
        say("tara", "delegate @dev until fri", "11-17 08:30"),
        say("dev", "attend @ben late 12", "11-17 09:00"),
        press("dev", "Confirm", "11-17 09:01"),
        start="11-17 08:20",
        roster=DAY,
    )
    (answer,) = of_template(shown, "@dev", "attendance/confirmed")
    assert "a coaching is with Dev Shah" in answer


# -- on leave ----------------------------------------------------------------------------------------------


def test_an_agent_on_leave_is_asked_about_his_equipment_on_his_first_day_back() -> None:
    shown = play(
        say("eve", "leave @ana until 11/24", "11-19 15:10"), until("11-25 08:31"), start="11-19 15:00", roster=DAY
    )
    asked = {
        room: [when(line["at"]) for line in shown.chats(room) if "does all your equipment work" in line["text"]]
        for room in ("@ana", "@ben")
    }
    assert asked["@ana"] == ["11-25 08:00"]
    assert asked["@ben"][0] == "11-20 08:00"


def test_a_block_that_outlives_a_leave_keeps_the_clock_of_the_tbts_still() -> None:
    shown = play(
        say("eve", "leave @ben until 11/23 12:00", "11-20 09:00"),
        say("tara", "block @ben nnumber from 09:30", "11-20 09:40"),
        until("11-23 12:30"),
        say("tara", "unblock @ben", "11-23 13:00"),
        start="11-19 15:00",
        roster=DAY,
    )
    (ref,) = {line["ref"] for line in shown.of("state", workflow="tbt") if line["agent"] == "ben"}
    still = Show([line for line in shown.lines if line["step"] < 3])
    assert not {"nudge", "hours"} & set(still.armed(ref)), "nobody has said that the N-Number is there"
    assert {"nudge", "hours"} <= set(shown.armed(ref))


# -- numbers and words -------------------------------------------------------------------------------------


def test_a_refused_command_uses_up_no_number() -> None:
    shown = play(
        say("tara", "attend @ana late 3", "11-17 09:00"),
        say("tara", "attend @ana early 3", "11-17 09:01"),
        say("cole", "rts @ana yes", "11-17 09:02"),
        say("ana", "progress m7", "11-17 09:03"),
        say("ben", "progress m1", "11-17 09:04"),
        say("tara", "attend @cora late 12", "11-17 09:05"),
        start="11-17 08:30",
        roster=DAY,
    )
    refs = {line["ref"] for line in shown.lines if line["kind"] == "state"}
    assert {ref for ref in refs if ref[0] == "G"} == {"G-1"}
    assert sorted(ref for ref in refs if ref[0] == "A") == [
        f"A-{n + 1}" for n in range(len([r for r in refs if r[0] == "A"]))
    ]
    refused = [line for line in shown.chats() if line["template"] in ("progress/nothing", "attendance/no_occurrence")]
    assert [line["ref"] for line in refused] == [None] * len(refused), "what was never opened has no name"


def test_seven_modules_of_five_are_asked_about_and_not_taken_for_five() -> None:
    shown = pace(say("ana", "modules: 1-7", "11-16 10:00"), say("ben", "progress m1 m2 m6", "11-16 10:01"),
                 start="11-16 08:30")  # fmt: skip
    assert "There are 5 modules; you said 7. Which ones are done, by number?" in shown.step(0).text("@ana")
    assert not [line for line in shown.of("state", workflow="progress") if line["agent"] == "ana"]
    assert "Noted: modules 1-2" in shown.step(1).text("@ben"), "what was said one by one is sure"


def test_a_second_sorry_names_no_reference_its_sender_has_not_seen() -> None:
    shown = play(say("ana", "fail ahip 1", "11-17 10:00"), say("ana", "sorry mistake"), say("ana", "sorry mistake"))
    assert "taken back already" in shown.step(-1).text("@ana")
    assert "F-1" not in shown.step(-1).text("@ana")
