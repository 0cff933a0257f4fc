"""SPEC 3.9, 8.9: what an agent answers to is the very document handed over, and how his word came is on record."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bot.script import read_script
from tests.journeys.stage import Show, packs, play, play_script, press, say, until, whom
from tests.journeys.stories import DELIVERED, LOCKED, SECOND
from tests.journeys.test_carrier_cert import missed
from tests.mail.steps import ANA, BOT, HOME, TARA, mail

ROOT = Path(__file__).parents[2]
DAY = ROOT / "tests" / "roster-day.toml"
SHORT = re.compile(r"\b[0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4}\b")
WHOLE = re.compile(r"\b[0-9a-f]{64}\b")
REQUEST = "mail:4"
"""E-06 is the fourth mail of `DELIVERED`."""


def flat(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").split())


def short(text: str) -> str:
    (found,) = set(SHORT.findall(text))
    return found


def reply(text: str, sender: str = ANA, **more: object) -> dict[str, object]:
    return mail(sender, text, "11-17 13:20", to=(TARA, BOT), subject="Re: [C-1] Please acknowledge receipt",
                in_reply_to=REQUEST, **more)  # fmt: skip


def filed(show: Show) -> str:
    """The record that goes to HR, as one line of words."""
    return flat(show.mails("E-07")[-1]["attachments"][0]["text"])


# -- the document ------------------------------------------------------------------------------------------


def test_draft_request_receipt_and_record_name_one_document() -> None:
    show = play(DELIVERED, press("ana", "I received", "11-17 13:20"))
    drafted, asked, record = (show.mail(spec) for spec in ("E-05", "E-06", "E-07"))
    number = short(drafted["text"])
    assert number == short(asked["text"]) == short(show.at("11-17 13:08").text("@ana")) == short(asked["html"])
    assert f"Document {number}" in show.at("11-17 13:20").text("@ana")
    (whole,) = set(WHOLE.findall(record["text"]))
    assert whole.startswith(number.replace(" ", ""))
    assert whole in filed(show).replace(" ", "")


def test_the_draft_the_lead_hands_over_and_the_copy_the_agent_gets_are_the_same_file() -> None:
    show = play(DELIVERED, press("ana", "I received", "11-17 13:20"))
    drafted, asked, record = (show.mail(spec)["attachments"] for spec in ("E-05", "E-06", "E-07"))
    assert drafted == asked
    assert asked[0] in record
    assert [each["name"] for each in record] == ["Final_CAP_C-1_with_answer.pdf", "Final_CAP_C-1.pdf"]


def test_a_draft_hr_had_mended_is_delivered_as_it_stands_then() -> None:
    show = play(
        SECOND,
        say("hana", "cap return C-1 name the practice test", "11-17 13:02"),
        press("tara", "Send again", "11-17 13:03"),
        say("tara", "The practice test was on Monday", "11-17 13:04"),
        press("hana", "Approve", "11-17 13:05"),
        press("tara", "CAP delivered", "11-17 13:08"),
    )
    first, second = show.mails("E-05")
    asked = show.mail("E-06")
    assert short(first["text"]) != short(second["text"]) == short(asked["text"])
    assert "practice test was on Monday" in flat(asked["attachments"][0]["text"])


def test_a_later_comment_makes_another_record_and_the_receipt_still_names_what_was_handed_over() -> None:
    show = play(
        DELIVERED, press("ana", "I received", "11-17 13:20"), say("ana", "comment C-1 nobody told me", "11-17 14:00")
    )
    one, two = show.mails("E-07")
    assert "nobody told me" not in flat(one["attachments"][0]["text"])
    assert "nobody told me" in filed(show)
    assert WHOLE.findall(one["text"]) == WHOLE.findall(two["text"])
    assert one["attachments"][1] == two["attachments"][1]


def test_asked_again_the_agent_gets_the_same_document() -> None:
    show = play(DELIVERED, press("tara", "Ask again", "11-18 13:10"))
    one, two = show.mails("E-06")
    assert one["attachments"] == two["attachments"]
    assert short(one["text"]) == short(two["text"])


def test_two_runs_of_one_story_give_the_same_bytes() -> None:
    stories = [play(DELIVERED, until("11-17 13:1" + minute)) for minute in "01"]
    assert len({short(show.mail("E-06")["text"]) for show in stories}) == 1


# -- whose word it was -------------------------------------------------------------------------------------


def test_a_receipt_by_chat_says_whose_account_it_came_from() -> None:
    show = play(DELIVERED, press("ana", "I received", "11-17 13:20"))
    assert "How it came: own chat account (@ana)" in show.mail("E-07")["text"]
    assert "in a direct message from the agent's own chat account (@ana)" in filed(show)
    assert "Handed over on Tue 17 Nov 2026, 13:08 by Tara Lee, in person." in filed(show)


def test_a_receipt_by_mail_says_what_the_receiving_server_found() -> None:
    show = play(DELIVERED, reply("received"))
    assert show.state("C-1") == "FILED"
    assert "by e-mail from the agent's work address (ana.rivera@example.com, dmarc=pass" in filed(show)
    assert "at mx.example.com" in filed(show)


def test_a_mail_nobody_vouches_for_counts_when_the_agent_calls_it_his_own_and_says_so() -> None:
    show = play(DELIVERED, reply("received", auth="fail"), press("ana", "Yes", "11-17 13:25"))
    assert show.state("C-1") == "FILED"
    assert "which the agent then called his own in a direct message" in filed(show)
    held = play(DELIVERED, reply("received", auth="fail"))
    assert held.state("C-1") == "DELIVERED"


def test_a_private_address_answers_no_cap_unless_hr_lets_it(tmp_path: Path) -> None:
    refused = play(DELIVERED, reply("received", sender=HOME))
    assert refused.state("C-1") == "DELIVERED"
    assert "work address" in refused.mail("E-21")["text"]
    pack = (ROOT / "policies" / "discipline.toml").read_text()
    pack = pack.replace('= "discipline"\nworkflow', '= "discipline-private"\nworkflow')
    (tmp_path / "private.toml").write_text(re.sub(r"personal_receipts = false", "personal_receipts = true", pack))
    chosen = packs("11-17 10:01", discipline="discipline-private")
    taken = play(chosen, DELIVERED, reply("received", sender=HOME), policies=tmp_path)
    assert taken.state("C-1") == "FILED"
    assert "private address, which the policy in force allows (ana@home.example.net" in filed(taken)


def test_a_refusal_to_sign_names_the_document_the_way_and_the_witness() -> None:
    show = play(
        DELIVERED,
        press("ana", "I'd rather not sign", "11-17 13:20"),
        press("tara", "Witness", "11-17 13:25"),
        say("tara", "Dev Shah", "11-17 13:26"),
    )
    said = filed(show)
    for words in (
        "Ana Rivera chose not to sign",
        "own chat account (@ana)",
        "Witness that the paper was handed over: Dev Shah",
    ):
        assert words in said
    assert "SHA-256" in said


def test_silence_is_recorded_as_silence() -> None:
    show = play(DELIVERED, press("tara", "File as it is", "11-18 13:10"))
    assert "No answer came in the time the policy gives for it" in filed(show)
    assert "How it came" not in show.mail("E-07")["text"]


@pytest.mark.parametrize(
    "words",
    [
        'She said "you will fail anyway" and left.',
        '#read("/etc/passwd") \\" ] #panic() [ $x$ *bold*',
        "שלום مرحبا \u202egnp.exe",
        "w" * 3800,
    ],
)
def test_an_agents_own_words_stand_in_the_record_as_they_were_written(words: str) -> None:
    show = play(DELIVERED, say("ana", f"comment C-1 {words}", "11-17 13:10"), press("ana", "I received", "11-17 13:20"))
    kept = words.replace("\u202e", "")
    shown = "".join(
        show.mails("E-07")[-1]["attachments"][0]["text"].replace("\u2019", "'").replace("\u200b", "").split()
    )
    letters = sorted("".join(kept.split()))
    if kept.isascii():
        assert "".join(kept.split()) in re.sub(r"AnaRivera·.*?Confidentialpersonnelrecord", "", shown)
    else:  # a PDF gives right-to-left text in the order it is drawn
        assert not set(letters) - set(shown)


def test_an_emoji_is_named_where_no_font_can_draw_it() -> None:
    show = play(DELIVERED, say("ana", "comment C-1 fine 😀", "11-17 13:10"), press("ana", "I received", "11-17 13:20"))
    assert "fine [grinning face]" in filed(show)


# -- coaching records and reviews --------------------------------------------------------------------------


def ladder() -> Show:
    changed = {"attendance  =": 'attendance = "off" # =', "licensing_training =": 'licensing_training = "off" # ='}
    return play(
        say("tara", "coached @ben 16:32", "11-24 16:40"), until("11-24 16:45"), start="11-24 16:00", roster=DAY,
        changed=changed,
    )  # fmt: skip


def test_the_coaching_record_goes_with_e09_to_the_lead_and_the_agent() -> None:
    show = ladder()
    (record,) = (each for each in show.mails("E-09") if whom(each["to"]) == "tara")
    assert whom(record["cc"]) == "ben"
    (paper,) = record["attachments"]
    assert paper["name"].startswith("Coaching_Record_C-")
    said = flat(paper["text"])
    for words in (
        "Coaching record", "Ben Ortiz", "40112", "Tara Lee", "coached by Tara Lee", "may result in",
        "acknowledges receipt, not agreement", "Agent's comment", "It is not a Corrective Action Plan",
    ):  # fmt: skip
        assert words in said, words
    assert short(record["text"])


def reviewed() -> Show:
    script = read_script(ROOT / "tests" / "rehearsals" / "s41-ladder-over-the-holiday.toml")
    return play_script(script, roster=DAY)


def test_a_review_gets_the_whole_file_and_no_advice() -> None:
    show = reviewed()
    request = show.mails("E-22")[0]
    (paper,) = request["attachments"]
    assert paper["name"] == f"Review_dossier_{request['ref']}.pdf"
    said = flat(paper["text"])
    for words in (
        "No decision has been made, and nothing here recommends one", "Steps taken, and their evidence",
        "Written CAP C-", "Final CAP C-", "document", "by chat", "by a timer", "What speaks for the agent",
        "terminate",
    ):  # fmt: skip
        assert words in said, words
    assert not re.search(r"\b(?:we|certdesk) (?:recommend|advise|suggest)", said, re.IGNORECASE)
    assert short(request["text"])


def test_lateness_of_the_lead_and_blocked_time_speak_for_the_agent() -> None:
    said = flat(reviewed().mails("E-22")[0]["attachments"][0]["text"])
    assert "Tara Lee was late: no receipt yet" in said
    told = flat(missed().at("11-24 20:00").mail("E-22")["attachments"][0]["text"])
    assert "the CAP was delivered" in told
    assert "CAP C-1" in told


# -- the file for HR ---------------------------------------------------------------------------------------


def exported(who: str = "hana", words: str = "export @ana", room: str = "") -> Show:
    return play(LOCKED, say(who, words, "11-18 12:00", room=room)).at("11-18 12:00")


def test_hr_gets_an_agents_file_by_mail_and_nobody_else_sees_it() -> None:
    show = exported()
    (sent,) = show.mails()
    assert (sent["to"], sent["cc"], sent["template"]) == (["hana.ruiz@example.com"], [], "house/export")
    assert [each["name"] for each in sent["attachments"]][:2] == ["File_ana.pdf", "File_ana.json"]
    assert show.sent() == ["@hana house/exported", "house/export to hana"]
    assert "two cases" in show.text("@hana")


def test_the_json_of_the_file_says_what_the_pdf_says() -> None:
    page, record, *papers = exported().mails()[0]["attachments"]
    told, shown = json.loads(record["text"]), flat(page["text"])
    assert (told["format"], told["agent"]["name"]) == ("certdesk-dossier/1", "Ana Rivera")
    assert [case["ref"] for case in told["cases"]] == ["F-1", "C-1"]
    for case in told["cases"]:
        assert f"{case['ref']} \u00b7" in shown
        for step in case["steps"]:
            assert step["at"].endswith("Z")
            assert flat(step["meaning"]) in shown
    assert {each["name"] for each in told["documents"]} == {each["name"] for each in papers}
    for each in told["documents"]:
        assert each["hash"] in shown.replace(" ", "")
    assert told["cases"][1]["acknowledgement"]["way"] == "own chat account"


def test_one_case_brings_what_it_called_for() -> None:
    show = exported(words="export f1")
    (sent,) = show.mails()
    assert sent["subject"] == "[F-1] File of Ana Rivera"
    told = json.loads(sent["attachments"][1]["text"])
    assert [case["ref"] for case in told["cases"]] == ["F-1", "C-1"]
    assert "Case F-1. Put together" in flat(sent["attachments"][0]["text"])
    assert "All cases on record. Put together" in flat(exported().mails()[0]["attachments"][0]["text"])


@pytest.mark.parametrize("who", ["ana", "ben", "tara", "lia", "sam", "eve", "wes", "pia"])
@pytest.mark.parametrize("words", ["export @ana", "export F-1"])
def test_nobody_else_gets_a_file(who: str, words: str) -> None:
    show = exported(who, words)
    assert show.mails() == []
    (answer,) = show.chats()
    assert answer["to"] == f"@{who}"
    assert len(answer["text"]) < 160


def test_a_file_is_never_asked_for_in_a_channel() -> None:
    show = exported(words="!esp export @ana", room="#esp-nov16")
    assert show.mails() == []
    assert show.posts() == []
    assert "direct message" in show.text("@hana")


@pytest.mark.parametrize("words", ["export F-99", "export @tara", "export"])
def test_an_export_of_nothing_is_a_question_or_a_no(words: str) -> None:
    show = exported(words=words)
    assert show.mails() == []
    assert len(show.chats("@hana")) == 1


def test_an_earlier_file_is_named_in_the_next() -> None:
    show = play(LOCKED, say("hana", "export F-1", "11-18 12:00"), say("hana", "export @ana", "11-18 12:05"))
    first, second = (mail["attachments"] for mail in show.mails() if mail["template"] == "house/export")
    assert json.loads(first[1]["text"])["given"] == []
    (given,) = json.loads(second[1]["text"])["given"]
    assert (given["of"], given["at"]) == ("case F-1", "2026-11-18T19:00:00Z")
    assert "case F-1: to Hana Ruiz <hana.ruiz@example.com>, Wed 18 Nov 2026, 12:00" in flat(second[0]["text"])
