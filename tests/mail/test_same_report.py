"""The same fail said by chat and by mail, again and again, in any order: one attempt, one set of notices, nobody told
twice, and whoever says it again hears the ref and the time."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import mailroom
from bot.letters import Letter
from store.codec import parse
from tests.journeys.stage import FAST, blank, play, press
from tests.journeys.stage import say as say_line
from tests.mail import corpus
from tests.mail.steps import ALL, ANA, BOT, HOME, LIC, PIA, TARA, mail
from tests.store.both import TUESDAY, House, say

OURS = "mx.example.com"
WORDS = (
    "First fail of the AHIP final",
    "I did not pass the AHIP final on my first attempt.",
    "failed ahip (1st)",
    "I failed the AHIP final",
)


@dataclass(frozen=True)
class Said:
    """One way the report comes in: `door` "chat", "mail", "home" (the private address), "tl" (said for her) or
    "forward" (by her TL); `n` tells messages apart, the same `n` is the same message once more; `reached` are the
    people a mail went to besides the bot; `words` how it is put; `copy` that it came by another way (headers)."""

    door: str
    n: int
    words: int = 0
    reached: tuple[str, ...] = ()
    copy: bool = False

    def letter(self, minute: int) -> Letter:
        """As it enters."""
        at = TUESDAY + timedelta(minutes=minute)
        if self.door == "chat":
            return say(f"m{self.n}", "ana", WORDS[self.words], at)
        if self.door == "tl":
            return say(f"t{self.n}", "tara", "ana failed ahip 1", at)
        return mailroom.letter(self.raw(), at, OURS, self.sender, now=at)

    @property
    def sender(self) -> str:
        return {"mail": ANA, "home": HOME, "forward": TARA}[self.door]

    def raw(self) -> bytes:
        """The mail on the wire."""
        text, subject = WORDS[self.words], "ahip"
        if self.door == "forward":
            subject = "Fwd: ahip"
            text = f"---------- Forwarded message ---------\nFrom: Ana Rivera <{ANA}>\nSubject: ahip\n\n{text}"
        # what is said is in the content too, so that two messages of one text and reach are one mail sent again
        more = {"X_Copy": "list", "Received": "from a by b"} if self.copy else {}
        return corpus.plain(
            text,
            From=self.sender,
            To=", ".join((*self.reached, BOT)),
            Return_Path=f"<{self.sender}>",
            Authentication_Results=f"{OURS}; dmarc=pass",
            Message_ID=f"<{self.door}{self.n}@example.com>",
            Subject=subject,
            **more,
        )


@contextmanager
def house() -> Iterator[tuple[House, str]]:
    with tempfile.TemporaryDirectory(prefix="certdesk-same-", dir=FAST) as folder:
        path = Path(folder) / "same.db"
        shutil.copyfile(blank(), path)
        found = House(f"sqlite:///{path}")
        try:
            yield found, found.url
        finally:
            found.close()


def tell(batches: Sequence[Sequence[Said]], restarts: frozenset[int], presses: int) -> dict[str, Any]:
    """Every row there is after these batches, with a new process before some of them, and the forwards confirmed."""
    with house() as (first, url):
        current, minute = first, 0
        for n, batch in enumerate(batches):
            if n in restarts:
                current.close()
                current = House(url)
            current.take(*(each.letter(minute) for each in batch))
            minute += 1
        asked = [row for row in current.rows()["outbox"] if row["template"] == "say/mail_on_behalf"]
        for row in asked:
            yes = next(words for label, words in parse(row["body_json"])["buttons"] if label == "Yes")
            for n in range(presses):
                at = TUESDAY + timedelta(minutes=minute + n)
                current.take(say(f"{row['key']}-{n}", "tara", yes, at))
        found = {**current.rows(), "wrong": current.replayed()}
        if current is not first:
            current.close()
        return found


def mails(rows: dict[str, Any], spec: str) -> list[dict[str, Any]]:
    return [parse(row["body_json"]) for row in rows["outbox"] if row["spec"] == spec and row["state"] != "withdrawn"]


def chats(rows: dict[str, Any], template: str) -> list[str]:
    return [row["lane"] for row in rows["outbox"] if row["template"] == template and row["channel"] == "chat"]


ways = st.one_of(
    st.builds(Said, door=st.just("chat"), n=st.integers(0, 1), words=st.integers(0, 2)),
    st.builds(
        Said, door=st.just("mail"), n=st.integers(0, 2), words=st.integers(0, 1), copy=st.booleans(),
        reached=st.sampled_from([(), (TARA,), (TARA, PIA), ALL, (LIC,)]),
    ),
    st.builds(Said, door=st.just("home"), n=st.integers(0, 1), reached=st.sampled_from([(), (TARA,), ALL])),
    st.builds(Said, door=st.just("tl"), n=st.integers(0, 1)),
    st.builds(Said, door=st.just("forward"), n=st.just(0)),
)  # fmt: skip
stories = st.lists(st.lists(ways, min_size=1, max_size=4), min_size=1, max_size=4)


def effective(batches: Sequence[Sequence[Said]]) -> list[Said]:
    """Those that are read: a message once, and of the same words by mail under another id only the first."""
    ids: set[tuple[str, int, int]] = set()
    contents: set[tuple[bool, int]] = set()
    found = []
    for each in (said for batch in batches for said in batch):
        by_mail = each.door in ("mail", "home", "forward")
        id = (each.door, each.n, each.words if by_mail else 0)
        if id in ids or (by_mail and (each.door == "forward", each.words) in contents):
            continue
        ids.add(id)
        if by_mail:
            contents.add((each.door == "forward", each.words))
        found.append(each)
    return found


@settings(max_examples=120, deadline=None)
@given(stories, st.frozensets(st.integers(1, 3), max_size=2), st.integers(1, 2))
@example([[Said("chat", 0), Said("mail", 0, reached=ALL)]], frozenset(), 1)
@example([[Said("mail", 0, reached=ALL), Said("chat", 0)]], frozenset(), 1)
@example([[Said("mail", 0, reached=(TARA,))], [Said("mail", 0, copy=True)], [Said("mail", 1)]], frozenset({1}), 1)
@example([[Said("forward", 0)]], frozenset(), 2)
@example([[Said("forward", 0), Said("chat", 0), Said("tl", 0), Said("home", 0, reached=ALL)]], frozenset(), 2)
def test_one_attempt_one_set_of_notices_and_nobody_told_twice(
    batches: list[list[Said]], restarts: frozenset[int], presses: int
) -> None:
    rows = tell(batches, restarts, presses)
    read = effective(batches)
    reports = [each for each in read if each.door != "forward"] or read[:1]
    forwards = [each for each in read if each.door == "forward"]

    (case,) = rows["cases"]
    assert (case["id"], case["state"], rows["wrong"]) == ("F-1", "F1_COACHING", [])
    attempts = parse(case["data_json"])["attempts"]
    assert len(attempts) == 1
    opened = [row for row in rows["journal"] if row["was"] != row["state"]]
    assert len(opened) == 1

    by_mail = reports[0].door in ("mail", "home")
    needed = set(ALL) - set(reports[0].reached if by_mail else ())
    told = [email for body in mails(rows, "E-01") for _, email in body["to"]]
    assert Counter(told) == Counter(needed)
    assert {row["lane"] for row in rows["outbox"] if row["spec"] in ("E-02", "E-03", "E-05", "C-WFM-END")} == set()
    assert sorted(row["name"] for row in rows["duties"]) == ["coach:1", "form:1"]
    assert chats(rows, "failed_exam/recorded") == ["@ana"]

    # whoever says it again hears when it was recorded, in the medium he said it in
    again = reports[1:]
    mine = [each for each in again if each.door != "tl"]
    already = Counter(chats(rows, "failed_exam/already"))
    late = [] if forwards and reports == forwards[:1] else forwards
    assert already["@ana"] == len(mine)
    assert already["@tara"] == len(again) - len(mine) + len(late)
    answers = mails(rows, "E-21")
    assert Counter(body["to"][0][1] for body in answers) == Counter(
        each.sender for each in read if each.door in ("mail", "home", "forward")
    )
    for body in answers:
        for item in body["facts"]["items"]:
            if item["template"] == "failed_exam/already":
                assert item["ref"] == "F-1"
                assert item["facts"]["known_at"]


NO_NUMBER = Said("mail", 7, words=3)
UNNUMBERED = [
    ("a chat line, then a mail", [[Said("chat", 0, words=3)], [NO_NUMBER]]),
    ("a mail, then a chat line", [[NO_NUMBER], [Said("chat", 0, words=3)]]),
    ("both in one batch", [[Said("chat", 0, words=3), NO_NUMBER]]),
    ("the number by chat alone", [[Said("chat", 0)], [NO_NUMBER]]),
    ("the number by mail alone", [[Said("mail", 0)], [Said("chat", 0, words=3)]]),
    ("from both addresses", [[Said("chat", 0, words=3), NO_NUMBER], [Said("home", 0, words=3)]]),
]


@pytest.mark.parametrize("batches", [each for _, each in UNNUMBERED], ids=[name for name, _ in UNNUMBERED])
def test_without_its_number_the_same_report_by_the_other_door_is_one_report(batches: list[list[Said]]) -> None:
    rows = tell(batches, frozenset(), 1)
    (case,) = rows["cases"]
    assert len(parse(case["data_json"])["attempts"]) == 1
    assert sorted(email for body in mails(rows, "E-01") for _, email in body["to"]) == sorted(ALL)
    assert chats(rows, "failed_exam/already") == ["@ana"]


def test_a_second_fail_without_its_number_still_counts_once_something_was_done_or_time_has_passed() -> None:
    first = mail(ANA, WORDS[3], "11-17 10:02")
    again = [say_line("ana", "failed ahip", "11-17 11:01"), say_line("ana", "failed ahip", "11-17 11:02")]
    assert play(first, again[0]).state("F-1") == "F1_COACHING"
    assert play(first, again[1]).state("F-1") == "F2_PROCTOR"
    coached = press("tara", "Coached", "11-17 10:20")
    assert play(first, coached, say_line("ana", "failed ahip", "11-17 10:50")).state("F-1") == "F2_PROCTOR"
    by_the_same_door = play(
        say_line("ana", "failed ahip", "11-17 10:02"), say_line("ana", "failed ahip", "11-17 10:09")
    )
    assert by_the_same_door.state("F-1") == "F2_PROCTOR", "said twice in chat it is the next one, as SPEC 3.1 has it"
