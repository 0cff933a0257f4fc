"""The chat page: its JSON, and the page itself in a browser, wide and narrow."""

from __future__ import annotations

import asyncio
import base64
import json
import tomllib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, async_playwright

from sandbox import posting
from sandbox.page import until_morning
from sandbox.server import Sandbox

CAST = [
    {
        "username": "ana",
        "name": "Ana Rivera",
        "title": "Agent",
        "group": "Agents",
        "emails": ["ana.rivera@example.com"],
    },
    {
        "username": "tara",
        "name": "Tara Lee",
        "title": "Team Lead",
        "group": "Leads",
        "emails": ["tara.lee@example.com"],
    },
    {"name": "Licensing team", "title": "Shared mailbox", "group": "Mailboxes", "emails": ["licensing@example.com"]},
]
BROWSER = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


class Clock:
    """Stands at Tuesday 10:00 site time until moved."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.instant

    async def advance(self, by: timedelta) -> None:
        self.instant += by


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    clock = Clock()
    async with Sandbox(now=clock, advance=clock.advance, cast=CAST, tz="America/Denver", seed=4) as running:
        running.add_user("certdesk", "certdesk", roles=("bot",))
        for person in CAST:
            if "username" in person:
                running.add_user(str(person["username"]), str(person["name"]))
        running.add_channel("wfm", ["certdesk", "tara"])
        yield running


def card(sandbox: Sandbox, person: str, text: str, *labels: str) -> str:
    """The bot shows a person a card."""
    actions = [
        {"type": "button", "text": label, "msg": f"pressed {label}", "msg_in_chat_window": True} for label in labels
    ]
    room = sandbox.room(("certdesk", person))
    draft = posting.Draft(msg=text, attachments=[{"text": "", "actions": actions}])
    return str(posting.post(sandbox.chat, sandbox.chat.user("certdesk"), room, draft)["_id"])


def deliver(sandbox: Sandbox, subject: str, *to: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "certdesk <certdesk@example.com>", ", ".join(to), subject
    mail.set_content("plain words")
    mail.add_alternative("<p>rich words</p><script>parent.hacked = 1</script>", subtype="html")
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="cap.pdf")
    sandbox.mail.keep("certdesk@example.com", list(to), mail.as_bytes())


class Ask:
    """JSON from the page's own endpoints."""

    def __init__(self, sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
        self.url, self.http = f"{sandbox.url}/sandbox", http

    async def get(self, path: str, **query: str) -> Any:
        async with self.http.get(f"{self.url}/{path}", params=query) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def post(self, path: str, **body: Any) -> tuple[int, Any]:
        async with self.http.post(f"{self.url}/{path}", json=body) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def ask(sandbox: Sandbox) -> AsyncIterator[Ask]:
    async with aiohttp.ClientSession() as http:
        yield Ask(sandbox, http)


async def test_the_cast_is_listed_with_what_each_has_not_read(ask: Ask, sandbox: Sandbox):
    card(sandbox, "tara", "Please coach Ana", "Coached")
    deliver(sandbox, "First fail", "tara.lee@example.com", "licensing@example.com")
    people = (await ask.get("state"))["people"]
    assert [(p["key"], p["chat"], p["mail"]) for p in people] == [
        ("ana", 0, 0),
        ("tara", 1, 1),
        ("licensing@example.com", 0, 1),
    ]
    [bot, wfm] = await ask.get("rooms", **{"as": "tara"})
    assert (bot["kind"], bot["unread"], wfm["name"]) == ("bot", 1, "#wfm")
    await ask.get("messages", **{"as": "tara"}, room=bot["id"])
    assert (await ask.get("state"))["people"][1]["chat"] == 0


async def test_pressing_posts_as_that_person_and_the_newest_card_is_found_by_label(ask: Ask, sandbox: Sandbox):
    first = card(sandbox, "tara", "one", "Coached – advised", "Not coached")
    card(sandbox, "tara", "two", "Form done")
    assert (await ask.post("press", **{"as": "tara"}, message=first, label="Not coached"))[0] == 200
    assert (await ask.post("press", **{"as": "tara"}, label="Coached"))[0] == 200
    assert sandbox.texts(("tara", "certdesk"), by="tara") == ["pressed Not coached", "pressed Coached – advised"]
    status, body = await ask.post("press", **{"as": "ana"}, label="Coached")
    assert (status, body["error"]) == (409, "ana sees no button 'Coached'")


async def test_saying_reaches_rooms_by_name_and_mistakes_are_told(ask: Ask, sandbox: Sandbox):
    assert (await ask.post("say", **{"as": "ana"}, room="@certdesk", text="failed ahip 1"))[0] == 200
    assert (await ask.post("say", **{"as": "ana"}, room="#nowhere", text="x"))[0] == 409
    assert (await ask.post("say", **{"as": "ana"}, room="@certdesk", text="  "))[0] == 409
    assert sandbox.texts(("ana", "certdesk")) == ["failed ahip 1"]


async def test_files_are_sent_with_words_or_without(ask: Ask, sandbox: Sandbox):
    file = {"name": "a.csv", "type": "text/csv", "base64": base64.b64encode(b"1,2").decode()}
    assert (await ask.post("say", **{"as": "ana"}, room="@certdesk", text="", files=[file]))[0] == 200
    [message] = sandbox.messages(("ana", "certdesk"))
    assert [f["name"] for f in message["files"]] == ["a.csv"]
    assert sandbox.chat.uploads[message["files"][0]["_id"]]["content"] == b"1,2"
    assert (await ask.post("say", **{"as": "ana"}, room="@certdesk", text="", files=[file | {"base64": "?"}]))[0] == 409


async def test_posts_must_be_json(ask: Ask):
    async with ask.http.post(f"{ask.url}/say", data='{"as":"ana","room":"@certdesk","text":"x"}') as answer:
        assert answer.status == 415


async def test_the_clock_moves_through_the_callback(ask: Ask, sandbox: Sandbox):
    before = (await ask.get("state"))["now"]
    assert (await ask.post("clock", advance=900))[1]["now"] == before + 900_000
    await ask.post("clock", advance="next_morning")
    assert sandbox.chat.now() == datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
    assert (await ask.post("clock", advance=-1))[0] == 409
    sandbox.advance = None
    assert (await ask.post("clock", advance=60))[0] == 409


async def test_two_moves_at_once_come_one_after_the_other(ask: Ask, sandbox: Sandbox):
    async def slowly(by: timedelta) -> None:
        await asyncio.sleep(0.05)
        await clock.advance(by)

    clock: Any = sandbox.chat.now
    sandbox.advance = slowly
    await asyncio.gather(*(ask.post("clock", advance="next_morning") for _ in range(2)))
    assert sandbox.chat.now() == datetime(2026, 11, 19, 15, 0, tzinfo=UTC)


def test_next_morning_passes_over_the_weekend_and_the_change_of_clocks():
    friday = datetime(2026, 10, 30, 22, 0, tzinfo=UTC)
    assert friday + until_morning(friday, "America/Denver") == datetime(2026, 11, 2, 15, 0, tzinfo=UTC)


async def test_a_mail_is_shown_whole_with_its_attachment(ask: Ask, sandbox: Sandbox):
    deliver(sandbox, "First fail", "tara.lee@example.com")
    [line] = await ask.get("mailbox", **{"as": "tara"})
    assert (line["subject"], line["read"], line["files"]) == ("First fail", False, 1)
    mail = await ask.get(f"mail/{line['id']}", **{"as": "tara"})
    assert (mail["text"].strip(), mail["to"]) == ("plain words", "tara.lee@example.com")
    assert (await ask.get("mailbox", **{"as": "tara"}))[0]["read"]
    async with ask.http.get(f"{ask.url.removesuffix('sandbox')}{mail['files'][0]['url']}") as answer:
        assert (answer.content_type, await answer.read()) == ("application/pdf", b"%PDF-1.4")
        assert answer.headers["Content-Disposition"].startswith("inline")


async def test_pictures_inside_a_mail_are_shown_in_it(ask: Ask, sandbox: Sandbox):
    mail = EmailMessage()
    mail["Subject"] = "with a picture"
    mail.set_content("plain")
    mail.add_alternative('<img src="cid:bars"><img src="cid:gone">', subtype="html")
    rich: Any = mail.get_payload()[-1]  # type: ignore[index]
    rich.add_related(b"PNG", maintype="image", subtype="png", cid="<bars>")
    sandbox.mail.keep("certdesk@example.com", ["tara.lee@example.com"], mail.as_bytes())
    shown = await ask.get("mail/0", **{"as": "tara"})
    assert shown["html"].strip() == '<img src="data:image/png;base64,UE5H"><img src="cid:gone">'
    assert shown["files"] == []


async def test_a_mail_written_on_the_page_reaches_people_and_the_bot(ask: Ask, sandbox: Sandbox):
    deliver(sandbox, "First fail", "tara.lee@example.com")
    taken: list[tuple[str, bytes]] = []
    sandbox.receive = lambda sender, raw: taken.append((sender, raw))
    file = {"name": "a.pdf", "type": "application/pdf", "base64": base64.b64encode(b"%PDF").decode()}
    to = "Licensing <licensing@example.com>, CertDesk@example.com"
    words = {"to": to, "subject": "Re: First fail", "text": "done\n", "files": [file], "answers": 0}
    assert (await ask.post("write", **{"as": "tara"}, **words))[0] == 200
    [mail] = sandbox.mail.box("licensing@example.com")
    assert (mail.sender, mail.text, [a.content for a in mail.attachments]) == (
        "tara.lee@example.com", "done\r\n", [b"%PDF"],
    )  # fmt: skip
    assert taken == [("tara.lee@example.com", mail.raw)]
    assert b"dmarc=pass" in mail.raw
    sandbox.receive = None
    assert (await ask.post("write", **{"as": "tara"}, to="certdesk@example.com", subject="x", text=""))[0] == 409
    assert (await ask.post("write", **{"as": "tara"}, to="nobody", subject="x", text="x"))[0] == 409
    assert (await ask.post("write", **{"as": "tara"}, to="licensing@example.com", subject=" ", text=""))[0] == 409


async def test_news_arrive_as_server_sent_events(ask: Ask, sandbox: Sandbox):
    async with ask.http.get(f"{ask.url}/events") as stream:
        await stream.content.readuntil(b"\n\n")
        sandbox.say("ana", "@certdesk", "hello")
        kinds = []
        while "message" not in kinds:
            kinds.append(json.loads((await stream.content.readuntil(b"\n\n"))[6:])["kind"])
        deliver(sandbox, "x", "tara.lee@example.com")
        assert json.loads((await stream.content.readuntil(b"\n\n"))[6:])["kind"] == "mail"


async def test_files_outside_the_static_folder_are_not_served(ask: Ask):
    for name in ("..%2fserver.py", "tour.txt", ""):
        async with ask.http.get(f"{ask.url.removesuffix('/sandbox')}/static/{name}") as answer:
            assert answer.status == 404


def test_the_tour_names_only_people_of_the_sample_roster():
    tour = json.loads((Path(posting.__file__).parent / "static" / "tour.json").read_text("utf-8"))
    deeds = [
        d for c in tour["chapters"] for s in c["steps"] for d in (s["do"] if isinstance(s["do"], list) else [s["do"]])
    ]
    named = {value["as"] for deed in deeds for value in deed.values() if isinstance(value, dict) and "as" in value}
    roster = tomllib.loads((Path(posting.__file__).parent / "class.toml").read_text("utf-8"))
    shared = {each for value in roster["contacts"].values() for each in ([value] if isinstance(value, str) else value)}
    assert named <= roster["person"].keys() | roster["agent"].keys() | shared
    assert {next(iter(deed)) for deed in deeds} <= {"say", "press", "mail", "bounce", "auto", "look", "clock"}


# -- in a browser


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["wide", "narrow"])
async def page(request: pytest.FixtureRequest, sandbox: Sandbox, chromium: str) -> AsyncIterator[Page]:
    width, height = request.param
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=BROWSER)
        page = await browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda message: broken.append(message.text) if message.type == "error" else None)
        blocked = "Blocked script execution in 'about:srcdoc'"  # the mail's script, which must not run
        await page.goto(sandbox.url)
        await page.wait_for_selector("#tour .step.next", state="attached")
        yield page
        await browser.close()
        assert [line for line in broken if not line.startswith(blocked)] == []


async def choose(page: Page, person: str, place: str | None = None) -> None:
    """Click a person, and one of the places below, through the drawer where there is one."""
    if await page.is_visible("#menu"):
        await page.click("#menu")
    await page.click(f'[data-person="{person}"]')
    if place:
        if await page.is_visible("#menu"):
            await page.click("#menu")
        await page.click(f'.place:has-text("{place}")')


async def test_one_can_be_anybody_press_buttons_and_read_their_mail(page: Page, sandbox: Sandbox):
    card(sandbox, "tara", "**Ana Rivera** failed <img src=x onerror=alert(1)>", "Form done")
    deliver(sandbox, "First fail", "tara.lee@example.com")
    await choose(page, "tara")
    await page.wait_for_selector("#messages strong:text('Ana Rivera')")
    assert await page.locator("#messages img").count() == 0
    button = page.locator(".choices button", has_text="Form done")
    await button.click()
    await page.wait_for_selector("#messages >> text=pressed Form done")
    assert await button.is_enabled()
    await choose(page, "tara", "Mailbox")
    await page.wait_for_selector(".mailline", state="attached")
    if await page.is_visible(".mailline"):
        await page.click(".mailline")
    frame = page.frame_locator("#letter iframe")
    await frame.locator("text=rich words").wait_for()
    assert await page.evaluate("window.hacked") is None
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_words_typed_are_said_and_answers_appear_by_themselves(page: Page, sandbox: Sandbox):
    await choose(page, "ana")
    await page.fill("#words", "failed *ahip* 1")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#messages strong:text('ahip')")
    card(sandbox, "ana", "Recorded. Ref F-1", "Undo")
    await page.wait_for_selector(".choices button:text('Undo')")
    assert sandbox.texts(("ana", "certdesk"), by="ana") == ["failed *ahip* 1"]


async def test_a_sample_file_is_attached_and_sent(page: Page, sandbox: Sandbox):
    await choose(page, "ana")
    for kind, name in (("screenshot", "screenshot.png"), ("proof", "proof.pdf"), ("scorecard", "scorecard.csv")):
        await page.click("#attach")
        await page.click(f'#samples [data-sample="{kind}"]')
        await page.wait_for_selector(f"#tray .file:has-text('{name}')")
    await page.click('#tray [aria-label="Leave out scorecard.csv"]')
    await page.click('#composer button[type="submit"]')
    await page.wait_for_selector("#messages .file:has-text('proof.pdf')")
    [message] = sandbox.messages(("ana", "certdesk"))
    contents = [sandbox.chat.uploads[f["_id"]]["content"] for f in message["files"]]
    assert [content[:4] for content in contents] == [b"\x89PNG", b"%PDF"]
    assert await page.is_hidden("#tray")


async def test_a_file_meant_for_one_room_is_not_sent_to_another(page: Page, sandbox: Sandbox):
    await choose(page, "ana")
    await page.click("#attach")
    await page.click('#samples [data-sample="proof"]')
    await page.wait_for_selector("#tray .file")
    await choose(page, "tara")
    await page.wait_for_selector("#tray", state="hidden")


async def test_a_chapter_can_be_skipped_and_taken_up_again(page: Page, sandbox: Sandbox):
    if not await page.is_visible("#tour"):
        await page.click("#tour-toggle")
    await page.click('[data-chapter="0"] .skipping button')
    await page.wait_for_selector('[data-chapter="1"][open] .step.next')
    assert "skipped" in await page.inner_text('[data-chapter="0"] summary')
    await page.click('[data-chapter="0"] summary')
    await page.click('[data-step="0.0"] button')
    await page.wait_for_selector('[data-step="0.0"].done', state="attached")
    assert "1 of" in (await page.text_content('[data-chapter="0"] summary') or "")


async def test_the_tours_first_step_writes_as_ana(page: Page, sandbox: Sandbox):
    if not await page.is_visible("#tour"):
        await page.click("#tour-toggle")
    await page.click("#tour .step.next button")
    await page.wait_for_selector("#messages >> text=failed ahip 1")
    await page.wait_for_selector("#tour .step.done", state="attached")
    assert await page.locator("#tour .step.next").get_attribute("data-step") == "0.1"
