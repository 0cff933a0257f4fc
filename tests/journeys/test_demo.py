"""The demo's past and its tour: both are played through the engine, and every word of the tour is understood."""

from __future__ import annotations

import asyncio
import atexit
import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from bot.demo import BOT_EMAIL, CLASS, START, YESTERDAY, stage
from bot.demo.cast import cast
from bot.replay import replay
from bot.roster import read_roster
from bot.script import Script, read_script
from sandbox import automatic
from sandbox.letters import Mail
from sandbox.writing import proof
from store import tables
from store.db import Database
from store.seal import Seal, read_key
from tests.journeys.stage import FAST, Line, Show, Staged, Step
from workflows.people import Role, Roster

TOUR = json.loads((YESTERDAY.parent / "static" / "tour.json").read_text("utf-8"))
DENVER = ZoneInfo("America/Denver")
SAMPLES = {
    "screenshot": {"type": "image/png", "base64": ""},
    "proof": {"type": "application/pdf", "text": "%PDF-1.4 sample"},
    "scorecard": {"type": "text/csv", "text": "call,score\n1,90\n"},
}


def picture() -> str:
    """A screenshot that was sent in the past, large enough to be looked at."""
    said = [step.chat for step in read_script(YESTERDAY).steps if step.chat is not None]
    return next(file.base64 or "" for each in said for file in each.files if file.type == "image/png")


@cache
def kept() -> tuple[Staged, Show, Path]:
    """The past, played once: the rehearsal, its lines, and the folder with its database and key."""
    folder = Path(tempfile.mkdtemp(prefix="certdesk-past-", dir=FAST))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    lines: list[Line] = []
    rehearsal = Staged(
        script=read_script(YESTERDAY),
        roster=read_roster(CLASS),
        emit=lambda line: lines.append(dict(line)),
        url=f"sqlite:///{folder / 'past.db'}",
        key=folder / "key",
    )
    asyncio.run(rehearsal.play())
    return rehearsal, Show(lines), folder


def played(*steps: Step) -> Show:
    """What these steps lead to, from where the past ended."""
    past, _, folder = kept()
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="certdesk-chapter-", dir=FAST) as here:
        shutil.copyfile(folder / "past.db", Path(here) / "tour.db")
        rehearsal = Staged(
            script=Script.model_validate({"start": START, "step": list(steps)}),
            roster=past.roster,
            emit=lambda line: lines.append(dict(line)),
            url=f"sqlite:///{here}/tour.db",
            key=folder / "key",
            shown=list(past.shown),
        )
        asyncio.run(rehearsal.play())
    assert rehearsal.differences == []
    return Show(lines)


def before() -> Show:
    """What was so when the clock starts."""
    return kept()[1]


def deeds(chapter: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Every deed of a chapter, in order."""
    return [
        deed for step in chapter["steps"] for deed in (step["do"] if isinstance(step["do"], list) else [step["do"]])
    ]


def as_steps(chapter: Mapping[str, Any]) -> list[Step]:
    """A chapter as steps of a rehearsal: references are those the person named was told last in the past."""
    found: list[Step] = []
    for deed in deeds(chapter):
        ((verb, what),) = deed.items()
        if verb == "say":
            words = what.get("text", "")
            if "{ref}" in words:
                told = " ".join(f"{line['ref']} {line['text']}" for line in before().chats(f"@{what['ref']['as']}"))
                words = words.replace("{ref}", re.findall(what["ref"]["match"], told)[-1])
            files = []
            if "file" in what:
                sample = dict(SAMPLES[what["file"]["kind"]], name=what["file"]["name"])
                files = [sample | ({"base64": picture()} if sample["type"] == "image/png" else {})]
            found.append({"chat": {"from": what["as"], "text": words, "files": files}})
        elif verb == "mail":
            file = what.get("file")
            files = [drawn(file)] if file else []
            who = read_roster(CLASS).email_of(what["as"])
            mail = {"from": who, "to": what["to"].split(", "), "subject": what["subject"], "text": what["text"]}
            found.append({"mail": {**mail, "auth": what.get("auth", "pass"), "attachments": files}})
        elif verb in ("bounce", "auto"):
            found.append({"mail": {"raw": by_itself(verb, what, read_roster(CLASS))}})
        elif verb == "press":
            found.append({"press": {"by": what["as"], "label": what["label"], "room": what.get("room", "")}})
        elif verb == "clock":
            hour, minute = map(int, what["to"].split(":"))
            found.append({"until": START.astimezone(DENVER).replace(hour=hour, minute=minute)})
    return found


def drawn(file: Mapping[str, Any]) -> dict[str, Any]:
    """A file as the page makes it, with the lines the tour gives it."""
    written = {"text": "\n".join(file["lines"])} if file["kind"] == "scorecard" else {}
    return {**SAMPLES[file["kind"]], "name": file["name"], **written}


def by_itself(verb: str, what: Mapping[str, Any], roster: Roster) -> str:
    """What the mailbox of that person does with the first mail of ours that the chapter brought."""
    address = roster.email_of(what["as"]) or ""
    first = Mail(id=0, sender=BOT_EMAIL, recipients=(address,), raw=b"Message-ID: <mail:1>\r\n\r\n", at=START)
    if verb == "bounce":
        return automatic.bounce(first, address, what["why"], START, "0123456789AB").decode()
    person = {"name": roster.name_of(what["as"])}
    answer = automatic.answer(person, address, first, what["kind"], START, "away", proof(address, "pass"))
    return answer.as_bytes().decode()


def state(show: Show, agent: str, workflow: str) -> str:
    """Where the newest case of that workflow about that agent stands."""
    return str([line for line in show.of("state", workflow=workflow) if line["agent"] == agent][-1]["to"])


# -- Tuesday, ten o'clock ----------------------------------------------------------------------------------


def test_one_agent_is_on_pace_and_one_is_behind() -> None:
    assert state(before(), "ana", "carrier_cert") == "ON_TRACK"
    assert state(before(), "cora", "carrier_cert") == "BEHIND"


def test_one_agent_has_four_of_five_calls_scored() -> None:
    told = before().chats("@gus")
    assert state(before(), "gus", "call_cert") == "SCORING"
    assert [line["text"][:8] for line in told if line["text"].startswith("*Call ")][-1] == "*Call 4:"


def test_one_agent_lacks_one_proof_for_completion() -> None:
    assert "proof:product" in before().owed("P-2")
    cells = {line["column"]: line["value"] for line in before().tracker() if line["agent"] == "ivy" and line["value"]}
    assert (cells["All TBTs Complete?"], cells["Call Cert Status"]) == ("Yes", "Pass 100%")
    assert cells["AHIP/Aetna Status"] == "In progress"


@pytest.mark.parametrize(
    ("workflow", "agent", "owner", "duty"),
    [
        ("tbt", "joy", "tim", "proof:1"),
        ("ticket", "eli", "tara", "ticket"),
        ("attendance", "dan", "tara", "attend"),
    ],
)
def test_somebody_s_answer_is_waited_for(workflow: str, agent: str, owner: str, duty: str) -> None:
    ref = next(line["ref"] for line in before().of("state", workflow=workflow) if line["agent"] == agent)
    assert before().owed(ref)[duty] == owner


def test_nobody_was_misunderstood_in_the_past() -> None:
    assert before().declined() == []
    assert [line for line in before().chats() if "did not understand" in line["text"]] == []


def test_every_role_can_be_played_and_everybody_has_a_heading() -> None:
    roster = read_roster(CLASS)
    people = cast(roster)
    assert {role for person in roster.people.values() for role in person.roles} >= set(Role) - {
        Role.agent, Role.proctor, Role.host, Role.bot,
    }  # fmt: skip
    assert all(person["title"] and person["group"] for person in people)
    assert [person["username"] for person in people if "host of" in person["title"]] == ["dev", "lia"]


# -- the tour ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chapter", TOUR["chapters"], ids=lambda chapter: chapter["title"])
def test_every_chapter_can_be_played_by_itself(chapter: Mapping[str, Any]) -> None:
    assert 3 <= len(chapter["steps"]) <= 6
    news = played(*as_steps(chapter))
    assert news.declined() == []
    assert [
        line["text"] for line in news.chats() if re.search("did not understand|Which |I do not know", line["text"])
    ] == []


def test_the_chapters_in_order_end_with_both_reports_sent() -> None:
    steps = [step for chapter in TOUR["chapters"] for step in as_steps(chapter)]
    show = played(*steps)
    evening = show.between("11-17 17:00", "11-17 19:00")
    assert [line["to"] for line in evening.mails()] == [
        ["aetna-leadership@example.com"],
        ["ops-leadership@example.com"],
    ]
    assert state(show, "ivy", "completion") == "TRANSITIONED"
    assert state(show, "cora", "engagement") == "MIA"


def test_mail_is_a_second_door_that_forgers_do_not_pass() -> None:
    chapter = next(each for each in TOUR["chapters"] if each["title"] == "By mail")
    news = played(*as_steps(chapter))
    assert [(line["id"], line["to"]) for line in news.mails()] == [
        ("E-01", ["pia.moss@example.com"]),
        ("E-21", ["dan.kim@example.com"]),
    ]
    assert [line["agent"] for line in news.of("state", workflow="failed_exam")] == ["dan"]
    told = {(line["to"], line["template"]) for line in news.chats()}
    assert {("@pia", "house/mail_returned"), ("@tara", "house/away_suggested")} <= told
    assert {("@ben", "house/mail_unproven"), ("#esp-bot-ops", "house/mail_forged")} <= told


# -- up and running ----------------------------------------------------------------------------------------


async def test_the_demo_opens_with_its_past_in_the_rooms_and_nothing_waiting(tmp_path: Path) -> None:
    opened: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    running = asyncio.create_task(stage(0, tmp_path, opened.set_result, stop))
    async with asyncio.timeout(60):
        url = await opened
    try:
        async with aiohttp.ClientSession() as http:
            ask = Asking(http, url)
            now = (await ask.get("state"))["now"] / 1000
            assert abs(datetime.fromtimestamp(now, UTC) - START) < timedelta(seconds=30)
            room = (await ask.get("rooms", **{"as": "gus"}))[0]
            said = await ask.get("messages", **{"as": "gus"}, room=room["id"])
            assert [m["text"][:8] for m in said if m["text"].startswith("*Call ")] == [
                f"*Call {n}:" for n in range(1, 5)
            ]
            assert {datetime.fromtimestamp(m["at"] / 1000, DENVER).day for m in said} == {13, 16, 17}
            assert all(m["at"] / 1000 <= START.timestamp() for m in said)
            await ask.post("press", **{"as": "tim"}, label="OK")
            await ask.until("tim", "Recorded: the proof of Joy Tran is good")
            report = {"to": "certdesk@example.com", "subject": "progress", "text": "m3 done"}
            first = await ask.post("write", **{"as": "ben"}, **report)
            await ask.until("ben", "Noted: module 3")
            words = {"to": "certdesk@example.com", "subject": "failed ahip", "text": "x"}
            said = await ask.post("write", **{"as": "ben"}, **words, auth="fail")
            assert said["said"] == (
                "Quarantined, without effect: DMARC does not vouch for it. "
                "The bot wrote in chat to #esp-bot-ops and Ben Ortiz."
            )
            said = await ask.post("again", **{"as": "ben"}, mail=first["id"])
            assert said["said"].startswith("Seen before: it has the same Message-ID")
            assert {"E-01", "E-25"} <= {each["spec"] for each in await ask.get("letters")}
            await ask.post("clock", advance=3600)
            await ask.until("tara", "Who is behind")
    finally:
        stop.set()
        await running
    database = Database(f"sqlite:///{tmp_path / 'demo.db'}")
    with database.reading() as connection:
        open_rows = connection.execute(tables.outbox.select().where(tables.still_open(tables.outbox))).all()
        wrong = [case.ref for case in replay(connection, Seal(read_key(tmp_path / "demo.key", b""))) if case.wrong]
    database.close()
    assert (open_rows, wrong) == ([], [])


class Asking:
    """The page's own endpoints."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http, self.url = http, f"{url}/sandbox"

    async def get(self, path: str, **query: str) -> Any:
        async with self.http.get(f"{self.url}/{path}", params=query) as answer:
            return await answer.json()

    async def post(self, path: str, **body: Any) -> Any:
        async with self.http.post(f"{self.url}/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def until(self, who: str, words: str) -> list[Line]:
        """That person's messages from the bot, once one of them says so."""
        room = (await self.get("rooms", **{"as": who}))[0]["id"]
        async with asyncio.timeout(15):
            while True:
                said: list[Line] = await self.get("messages", **{"as": who}, room=room, peek="1")
                if any(words in m["text"] for m in said):
                    return said
                await asyncio.sleep(0.05)
