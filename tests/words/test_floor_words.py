"""What tired people say of their progress, their equipment and the carrier's pages, and what must not be taken for it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.roster import read_roster
from handlers import router
from handlers.intents import Act, Confirm, Desk, Intent, Say, Wish
from handlers.progress import parse
from tests.journeys.stage import TESTS
from workflows.calendar import Calendar
from workflows.people import Role
from workflows.progress import ALL_OF_THEM, Fields

ROSTER = read_roster(TESTS / "roster-day.toml")
ALL = ALL_OF_THEM
NOON = datetime(2026, 11, 17, 19, tzinfo=UTC)


def said(text: str) -> dict[str, Any]:
    """The fields that were understood, without the agent's own words."""
    found = asdict(parse(text))
    return {key: value for key, value in found.items() if value not in (None, ()) and key not in ("note", "hushed")}


LINES: list[tuple[str, dict[str, Any]]] = [
    ("progress m1 m2 q1 q2 tbt 3/15 calls 0", {"modules": (1, 2), "quizzes": (1, 2), "tbt": 3, "calls": 0}),
    ("done with mods 1-2 and quizzes", {"modules": (1, 2), "quizzes": (1, 2)}),
    ("finished module 3 & 4, 6 tbts", {"modules": (3, 4), "tbt": 6}),
    ("modules: 1-3", {"modules": (1, 2, 3)}),
    ("TBT 7/15", {"tbt": 7}),
    ("tbts: 7 of 15 done, 3 left", {"tbt": 7}),
    ("TBTs-7", {"tbt": 7}),
    ("ahip passed", {"ahip": "passed"}),
    ("AHIP final exam done!!", {"ahip": "passed"}),
    ("ahip not started", {"ahip": "not started"}),
    ("ahip final tomorrow", {"ahip": "not started"}),
    ("ahip: failed", {"ahip": "failed"}),
    ("13 checkmarks", {"checkmarks": True}),
    ("13 green check marks", {"checkmarks": True}),
    ("12 checkmarks", {"checkmarks": False}),
    ("aetna courses done", {"aetna": True}),
    ("done with aetna", {"aetna": True}),
    ("aetna cert courses complete", {"aetna": True}),
    ("product modules done", {"product": True}),
    ("aetna product modules half done", {"product": False}),
    ("everything but the product modules", {"product": False}),
    ("equipment ok", {"equipment": True}),
    ("no issues with equipment", {"blockers": "", "equipment": True}),
    ("equipment not working", {"equipment": False}),
    ("blocked by n number", {"blockers": "n number"}),
    ("blocked by missing n-number, tbt 3", {"blockers": "missing n-number", "tbt": 3}),
    ("stuck on login for ahip", {"blockers": "login for ahip"}),
    ("blockers: none", {"blockers": ""}),
    ("m1 n m2", {"modules": (1, 2)}),
    ("m1-m3, q1-q2", {"modules": (1, 2, 3), "quizzes": (1, 2)}),
    ("M1/M2 reviewed, quiz 1 screenshots", {"modules": (1, 2), "quizzes": (1,)}),
    ("mod1 mod2 quiz1", {"modules": (1, 2), "quizzes": (1,)}),
    ("m.1 m.2", {"modules": (1, 2)}),
    ("module #3", {"modules": (3,)}),
    ("module 1 2 3", {"modules": (1, 2, 3)}),
    ("mods one and two", {"modules": (1, 2)}),
    ("1st module done", {"modules": (1,)}),
    ("first two modules done", {"modules": (1, 2)}),
    ("modules 1, 2 and 3 plus quizzes 1 & 2", {"modules": (1, 2, 3), "quizzes": (1, 2)}),
    ("modules 3/5", {"modules": (1, 2, 3)}),
    ("3 of 5 modules", {"modules": (1, 2, 3)}),
    ("module 3 of 5", {"modules": (3,)}),
    ("all modules done", {"modules": (1, 2, 3, 4, 5)}),
    ("all modules but 3 and 4", {"modules": (1, 2, 5)}),
    ("all tbts done", {"tbt": ALL}),
    ("no tbts", {"tbt": 0}),
    ("tbts: none yet", {"tbt": 0}),
    ("did 4 tbts today", {"tbt": 4}),
    ("got 5 more tbts done", {"unclear": ("tbt",)}),
    ("tbt 17", {"tbt": 17}),
    ("3 call certs", {"calls": 3}),
    ("call cert 2 of 5 passed", {"calls": 2}),
    ("no calls yet", {"calls": 0}),
    ("m3 not done", {}),
    ("havent finished module 3", {}),
    ("working on module 4", {}),
    ("will do m3 tomorrow", {}),
    ("halfway through module 3", {}),
    ("still on module 2", {}),
    ("m1 m2 done, m3 not done", {"modules": (1, 2)}),
    ("m1 done m2 not done", {"modules": (1,)}),
    ("finished m1 m2 starting m3", {"modules": (1, 2)}),
    ("m1 m2 q1 q2 not done", {}),
    ("I finished modules 1 through 4 but not the quizzes", {"modules": (1, 2, 3, 4)}),
    ("done w/ mod 1 thru 3, quizzes too", {"modules": (1, 2, 3), "quizzes": (1, 2, 3)}),
    ("got thru m1 n m2 n both quizzes", {"modules": (1, 2), "quizzes": (1, 2)}),
    ("quiz screenshots 1 2 3 sent", {"quizzes": (1, 2, 3)}),
    ("quizzes done", {"unclear": ("quizzes",)}),
    ("done with the modules", {"unclear": ("modules",)}),
    ("modules 1–3 ✅ quizzes 1–3 ✅", {"modules": (1, 2, 3), "quizzes": (1, 2, 3)}),
    (
        "mods 1 2 quizzes 1 2 tbts 0 calls 0 equipment good no blockers",
        {"modules": (1, 2), "quizzes": (1, 2), "tbt": 0, "calls": 0, "equipment": True, "blockers": ""},
    ),
    (
        "progress: modules 1,2; quizzes 1,2; tbt: 3/15; calls: 0/5; equipment: ok; blockers: none",
        {"modules": (1, 2), "quizzes": (1, 2), "tbt": 3, "calls": 0, "equipment": True, "blockers": ""},
    ),
    (
        "Progress report for today: Module 1 complete. Module 2 complete. Practice quiz 1 and 2 complete.",
        {"modules": (1, 2), "quizzes": (1, 2)},
    ),
    (
        "Finished all 5 modules, all 5 quizzes, passed AHIP final, aetna courses complete, 13 checkmarks, product modules",
        {"modules": (1, 2, 3, 4, 5), "quizzes": (1, 2, 3, 4, 5), "ahip": "passed", "aetna": True, "checkmarks": True,
         "product": True},
    ),
    ("tbt 211629", {}),
    ("my laptop died", {}),
    ("did nothing today", {}),
    ("", {}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), LINES, ids=[text or "nothing" for text, _ in LINES])
def test_a_tired_line_says_what_it_says_and_no_more(text: str, wanted: dict[str, Any]) -> None:
    assert said(text) == wanted


def test_words_of_ones_own_are_kept_and_what_is_private_is_hushed() -> None:
    assert parse("m1 done; note: slow internet today").note == "slow internet today"
    assert not parse("m1 done; note: slow internet today").hushed
    assert parse("m1 done; note: my final warning worries me").hushed
    assert len(parse("note: " + "very slow internet " * 90).note) <= 300
    assert parse("x" * 5000) == Fields()


# -- which door a line takes -------------------------------------------------------------------------------


def heard(who: str, text: str) -> list[Intent]:
    """What a line means, by direct message."""
    person = ROSTER.people.get(who)
    roles = person.roles if person else frozenset({Role.agent})
    desk = Desk(
        roster=ROSTER, actor=who, roles=roles, at=NOON, room="@certdesk", direct=True,
        calendar=lambda agent: Calendar.of(ROSTER.site_of(agent) if agent else ROSTER.sites["slc"]),
    )  # fmt: skip
    return router.route(text, desk)


def gist(intent: Intent) -> str:
    """ "ProgressReported ana", "say issue_what", "wish tickets"."""
    match intent:
        case Act():
            kind = getattr(intent.event, "kind", "")
            return " ".join(filter(None, (type(intent.event).__name__, kind, intent.agent or intent.ref)))
        case Say() | Confirm():
            return f"say {intent.template}"
        case Wish():
            return f"wish {intent.name}"
        case _:
            return type(intent).__name__.lower()


DOORS: list[tuple[str, str, list[str]]] = [
    ("ana", "progress m1", ["ProgressReported ana"]),
    ("ana", "/esp progress m1 m2", ["ProgressReported ana"]),
    ("ana", "did m1 and m2", ["ProgressReported ana"]),
    ("ana", "did all the modules", ["ProgressReported ana"]),
    ("ana", "modules: 1-3\nTBT 7/15\nahip passed\nthanks", ["ProgressReported ana"]),
    ("ana", "progress m1 m2, failed ahip 1", ["ProgressReported ana", "ExamFailed ana"]),
    ("ana", "finished module 5 and failed ahip again", ["ProgressReported ana", "say fail_again"]),
    ("ana", "failed ahip 2", ["ExamFailed ana"]),
    ("ana", "passed ahip!!", ["ExamPassed ana"]),
    ("ana", "ahip passed", ["ExamPassed ana"]),
    ("ana", "failed module 3 quiz", ["say practice_or_exam"]),
    ("ana", "progress for tomorrow m1", ["say progress_day"]),
    ("ana", "progress yesterday m1", ["say progress_day"]),
    ("ana", "progress @ben m1", ["say only_they"]),
    ("ana", "ben finished module 3", ["say only_they"]),
    ("ana", "she finished module 2", ["say only_they"]),
    ("tara", "progress @ana m1", ["say progress_own"]),
    ("ana", "progress", ["say progress_how"]),
    ("ana", "progress right", ["ReportRight ana"]),
    ("ana", "my progress", ["wish me"]),
    ("ana", "can i skip module 3?", ["wish help"]),
    ("ana", "issue payment", ["CarrierIssue payment ana"]),
    ("ana", "ahip wants me to pay", ["CarrierIssue payment ana"]),
    ("ana", "AHIP is asking me for a credit card", ["CarrierIssue payment ana"]),
    ("ana", "cant log in", ["CarrierIssue login ana"]),
    ("ana", "I can't login to AHIP", ["CarrierIssue login ana"]),
    ("ana", "locked out of ahip", ["CarrierIssue login ana"]),
    ("ana", "name doesnt match producer world", ["CarrierIssue pw_name_mismatch ana"]),
    ("ana", "my npn is not found", ["CarrierIssue npn_not_found ana"]),
    ("ana", "i got an error when i open the exam", ["CarrierIssue ana"]),
    ("ana", "laptop not here", ["IssueFound ana"]),
    ("ana", "my headset is broken", ["IssueFound ana"]),
    ("ana", "still waiting for my laptop", ["IssueFound ana"]),
    ("ana", "citrix not working", ["IssueFound ana"]),
    ("ana", "my computer died and i failed ahip 1", ["IssueFound ana", "ExamFailed ana"]),
    ("ana", "issue", ["say issue_what"]),
    ("ana", "all works", ["AllWorks ana"]),
    ("ana", "solved", ["IssueSolved ana"]),
    ("ana", "still stuck", ["StillStuck ana"]),
    ("ana", "help tech", ["wish help_tech"]),
    ("ana", "forms", ["wish forms"]),
    ("ana", "five forms", ["wish five_forms"]),
    ("ana", "ahip phone number", ["wish directed"]),
    ("ana", "guides", ["wish guides"]),
    ("ana", "help ahip guide", ["wish guides"]),
    ("ana", "show me the aetna guide", ["wish guides"]),
    ("tara", "coaching resource", ["wish guides"]),
    ("ana", "my login failed", ["say not_sure"]),
    ("cole", "equip @ana ok", ["AllWorks ana"]),
    ("cole", "equip @ana issue no sound", ["IssueFound ana"]),
    ("cole", "equip @ana not ok", ["IssueFound ana"]),
    ("cole", "equip @ana with it INC-77", ["WithIt ana"]),
    ("cole", "equip @ana shipment thursday", ["ShipmentAwaited ana"]),
    ("cole", "equip @ana resolved", ["IssueResolved ana"]),
    ("cole", "equip @ana", ["say equip_what"]),
    ("tara", "issue @ana equipment laptop broken", ["IssueFound ana"]),
    ("tara", "issue @ana payment", ["CarrierIssue payment ana"]),
    ("tara", "submitted K-7 77", ["TicketSubmitted K-7"]),
    ("tara", "submitted form for ana", ["FormDone ana"]),
    ("tara", "ticket K-7 resolved", ["TicketResolved K-7"]),
    ("tara", "ticket K-7 rejected the name is right", ["TicketRejected K-7"]),
    ("tara", "ticket K-7 carrier", ["CarrierHasIt K-7"]),
    ("tara", "tickets", ["wish tickets"]),
    ("tara", "form done ana", ["FormDone ana"]),
    ("lia", "report new", ["wish progress_sheet"]),
]


@pytest.mark.parametrize(("who", "text", "wanted"), DOORS, ids=[f"{who}: {text}" for who, text, _ in DOORS])
def test_every_line_takes_its_own_door(who: str, text: str, wanted: list[str]) -> None:
    assert [gist(intent) for intent in heard(who, text)] == wanted
