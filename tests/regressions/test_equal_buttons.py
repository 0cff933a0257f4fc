"""Two buttons of one message never look the same: a TL who owes two forms sees which attempt each is for."""

from __future__ import annotations

from tests.journeys.stage import play, press, say

JUMPED = [say("ben", "fail ahip 2"), press("lia", "Earlier fails", "11-17 10:02")]


def test_each_form_button_names_its_attempt() -> None:
    card = play(JUMPED).step(-1).chats("@tara")[-1]
    assert len(card["buttons"]) == len(set(card["buttons"]))
    assert [label for label in card["buttons"] if label.startswith("Form done")] == [
        "Form done (F-1, attempt 1)",
        "Form done (F-1, attempt 2)",
    ]


def test_the_press_files_the_form_it_names() -> None:
    show = play(JUMPED, press("tara", "Form done (F-1, attempt 2)", "11-17 10:05"))
    assert [duty for duty in show.owed("F-1") if duty.startswith("form")] == ["form:1"]


def test_a_reminder_of_both_tells_them_apart_too() -> None:
    reminders = [line for line in play(JUMPED, [{"wait": "30m"}]).chats("@tara") if line["template"] == "duty/reminder"]
    assert all(len(line["buttons"]) == len(set(line["buttons"])) for line in reminders)


def test_channels_are_named_as_people_call_them() -> None:
    show = play(
        say("ana", "fail ahip 1"), say("ana", "fail ahip 2", "11-17 10:05"), press("ana", "Wrong number", "11-17 10:06")
    )
    assert "licensing, WFM and Hana Ruiz" in show.step(-1).text("@ana")
