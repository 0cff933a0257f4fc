"""The mailbox of the page can also send: as anybody, forged, twice, come back, or by itself; in words and by hand."""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import io
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import aiohttp
import pytest
from playwright.async_api import FilePayload, Page, async_playwright

from bot.mail.authenticity import stands
from bot.mail.parse import Received, parse
from sandbox import outcome as outcome_of
from sandbox import posting, quoted
from sandbox.letters import Mail
from sandbox.server import Sandbox
from sandbox.writing import AUTHSERV_ID
from tests.wires.test_sandbox_page import BROWSER, CAST, Ask, Clock, choose

BOT = "certdesk@example.com"
TOKEN = "<0123456789abcdef0123456789abcdef@example.com>"
STRANGER = {"name": "Somebody", "title": "", "group": "Outside", "emails": ["who@elsewhere.example.net"]}
PEOPLE = [CAST[0] | {"emails": ["ana.rivera@example.com", "ana@home.example.net"]}, *CAST[1:], STRANGER]


class Door:
    """Takes what is for the bot, and says what it is told to."""

    def __init__(self, finding: str = "") -> None:
        self.taken: list[tuple[str, bytes]] = []
        self.finding = finding
        self.then: Any = lambda: None
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, sender: str, raw: bytes) -> str:
        self.taken.append((sender, raw))
        await self.open.wait()
        self.then()
        return self.finding

    @property
    def last(self) -> Received:
        """The newest mail as the bot's own reader takes it apart."""
        sender, raw = self.taken[-1]
        return parse(raw, sender)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot of these tests says at once what it has to say."""
    monkeypatch.setattr(outcome_of, "QUIET", 0.15)


@pytest.fixture
def door() -> Door:
    return Door("The bot read it.")


@pytest.fixture
async def sandbox(door: Door) -> AsyncIterator[Sandbox]:
    clock = Clock()
    async with Sandbox(
        now=clock, advance=clock.advance, cast=PEOPLE, tz="America/Denver", seed=4, receive=door
    ) as running:
        running.add_user("certdesk", "certdesk", roles=("bot",))
        for person in PEOPLE:
            if "username" in person:
                running.add_user(str(person["username"]), str(person["name"]))
        running.add_channel("ops", ["certdesk", "tara"])
        yield running


@pytest.fixture
async def ask(sandbox: Sandbox) -> AsyncIterator[Ask]:
    async with aiohttp.ClientSession() as http:
        yield Ask(sandbox, http)


def notice(sandbox: Sandbox, *to: str, cc: str = "") -> Mail:
    """A mail of the bot's."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"certdesk <{BOT}>", ", ".join(to), "[F-1] Failed attempt 1"
    mail["Reply-To"], mail["Message-ID"] = f"Ana Rivera <ana.rivera@example.com>, {BOT}", TOKEN
    if cc:
        mail["Cc"] = cc
    mail.set_content("Ana Rivera did not pass.\n\nfailed aetna core 2 is what a robot would read here\n")
    mail.add_alternative("<html><body><p>Ana Rivera did not pass.</p></body></html>", subtype="html")
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="cap.pdf")
    return sandbox.mail.keep(BOT, [*to, *([cc] if cc else [])], mail.as_bytes())


def message(raw: bytes) -> Any:
    return email.message_from_bytes(raw, policy=email.policy.default)


def speak(sandbox: Sandbox, *rooms: Any) -> None:
    """The bot says a word in each of these rooms."""
    for place in rooms:
        draft = posting.Draft(msg="a word")
        posting.post(sandbox.chat, sandbox.chat.user("certdesk"), sandbox.room(place), draft)


# -- what is written


@pytest.mark.parametrize("found", ["pass", "fail", "none"])
async def test_our_own_server_s_finding_is_the_writer_s_choice(ask: Ask, door: Door, found: str):
    status, _ = await ask.post("write", **{"as": "ana"}, to=BOT, subject="failed ahip", text="x", auth=found)
    assert status == 200
    assert (stands(door.last, AUTHSERV_ID) == "") is (found == "pass")


async def test_a_finding_that_is_none_is_refused(ask: Ask, door: Door):
    status, answer = await ask.post("write", **{"as": "ana"}, to=BOT, subject="x", text="x", auth="sure")
    assert (status, answer["error"]) == (409, "a server finds pass, fail, none, not 'sure'")
    assert door.taken == []


async def test_one_writes_from_one_s_own_addresses_only(ask: Ask, door: Door):
    body = {"to": BOT, "subject": "progress", "text": "m1"}
    assert (await ask.post("write", **{"as": "ana", "from": "ana@home.example.net"}, **body))[0] == 200
    assert (door.taken[0][0], door.last.sender) == ("ana@home.example.net", "ana@home.example.net")
    status, answer = await ask.post("write", **{"as": "ana", "from": "tara.lee@example.com"}, **body)
    assert (status, answer["error"]) == (409, "tara.lee@example.com is not an address of Ana Rivera")


async def test_somebody_outside_writes_as_anybody_else(ask: Ask, door: Door):
    assert (await ask.post("write", **{"as": "who@elsewhere.example.net"}, to=BOT, subject="hi", text="x"))[0] == 200
    assert door.last.sender == "who@elsewhere.example.net"


@pytest.mark.parametrize("program", list(quoted.PROGRAMS))
async def test_what_stands_below_an_answer_is_not_the_writer_s_own_word(
    ask: Ask, sandbox: Sandbox, door: Door, program: str
):
    original = notice(sandbox, "tara.lee@example.com")
    words = {"to": BOT, "subject": "Re: x", "text": "coached, advised\n", "answers": original.id, "program": program}
    assert (await ask.post("write", **{"as": "tara"}, **words))[0] == 200
    assert door.last.text.strip() == "coached, advised"
    assert TOKEN in door.last.answers
    sent = message(door.taken[0][1])
    assert ("did not pass" in sent.get_body(("plain",)).get_content()) is (program != "none")
    assert (sent.get_body(("html",)) is not None) is (program != "none")


@pytest.mark.parametrize("program", ["gmail", "outlook", "apple"])
async def test_a_forward_hands_on_the_words_and_the_files(ask: Ask, sandbox: Sandbox, door: Door, program: str):
    original = notice(sandbox, "tara.lee@example.com")
    words = {"to": BOT, "subject": "Fwd: x", "text": "see below", "answers": original.id}
    await ask.post("write", **{"as": "tara"}, **words, program=program, forward=True)
    inner = door.last.forward
    assert inner is not None
    assert inner.sender == BOT
    assert "did not pass" in inner.text
    assert [file.name for file in door.last.files] == ["cap.pdf"]


async def test_a_program_nobody_has_is_refused(ask: Ask, sandbox: Sandbox):
    original = notice(sandbox, "tara.lee@example.com")
    words = {"to": BOT, "subject": "x", "text": "x", "answers": original.id, "program": "pine"}
    status, answer = await ask.post("write", **{"as": "tara"}, **words)
    assert (status, answer["error"]) == (
        409,
        "there is no mail program 'pine'; there are gmail, outlook, apple, none",
    )


# -- sent again


async def test_the_same_mail_can_be_sent_twice_and_as_a_new_one(ask: Ask, sandbox: Sandbox, door: Door):
    _, first = await ask.post("write", **{"as": "ana"}, to=f"{BOT}, tara.lee@example.com", subject="x", text="x")
    for fresh in (False, True):
        assert (await ask.post("again", **{"as": "ana"}, mail=first["id"], fresh=fresh))[0] == 200
    raws = [raw for _, raw in door.taken]
    assert raws[0] == raws[1]
    ids = [message(raw)["Message-ID"] for raw in raws]
    assert ids[2] != ids[0]
    assert raws[2].replace(ids[2].encode(), ids[0].encode()) == raws[0]
    assert len(sandbox.mail.box("tara.lee@example.com")) == 3
    sent = await ask.get("mailbox", **{"as": "ana"}, sent="1")
    assert [(line["from"], line["read"]) for line in sent] == [(f"{BOT}, tara.lee@example.com", True)] * 3
    assert await ask.get("mailbox", **{"as": "tara"}, sent="1") == []


async def test_nobody_sends_another_s_mail_again(ask: Ask, door: Door):
    _, first = await ask.post("write", **{"as": "ana"}, to=BOT, subject="x", text="x")
    status, answer = await ask.post("again", **{"as": "tara"}, mail=first["id"])
    assert (status, answer["error"]) == (409, "only whoever wrote a mail can send it again")
    assert (await ask.post("again", **{"as": "ana"}, mail=99))[1]["error"] == "there is no such mail"
    assert len(door.taken) == 1


# -- what mailboxes do by themselves


@pytest.mark.parametrize(("why", "status"), [("unknown", "5.1.1"), ("full", "5.2.2")])
async def test_a_mail_comes_back_as_postfix_sends_it_back(
    ask: Ask, sandbox: Sandbox, door: Door, why: str, status: str
):
    original = notice(sandbox, "tara.lee@example.com", "licensing@example.com")
    assert (await ask.post("bounce", **{"as": "tara"}, mail=original.id, why=why))[0] == 200
    assert door.taken[0][0] == ""
    bounce = door.last.bounce
    assert bounce is not None
    assert bounce.message_id == TOKEN
    assert [(who, code) for who, code, _ in bounce.failed] == [("tara.lee@example.com", status)]


async def test_only_what_reached_a_person_comes_back_from_him(ask: Ask, sandbox: Sandbox, door: Door):
    original = notice(sandbox, "tara.lee@example.com")
    status, answer = await ask.post("bounce", **{"as": "ana"}, mail=original.id)
    assert (status, answer["error"]) == (409, "that mail never reached Ana Rivera")
    status, answer = await ask.post("bounce", **{"as": "tara"}, mail=original.id, why="lazy")
    assert (status, answer["error"]) == (409, "a mail does not come back for 'lazy'; it does for unknown, full")
    assert door.taken == []


async def test_a_mailbox_answers_by_itself_and_says_so(ask: Ask, sandbox: Sandbox, door: Door):
    original = notice(sandbox, "tara.lee@example.com")
    for kind, away in (("away", True), ("receipt", False)):
        assert (await ask.post("auto", **{"as": "tara"}, mail=original.id, kind=kind))[0] == 200
        assert door.last.automatic
        assert door.last.away is away
        assert stands(door.last, AUTHSERV_ID) == ""
    assert (await ask.post("auto", **{"as": "tara"}, mail=original.id, kind="bark"))[0] == 409


# -- what became of it


async def test_one_sentence_says_what_was_found_and_to_whom_the_bot_wrote(ask: Ask, sandbox: Sandbox, door: Door):
    door.finding = "Quarantined, without effect: it is not so."
    door.then = lambda: speak(sandbox, ("certdesk", "ana"), "#ops")
    _, done = await ask.post("write", **{"as": "ana"}, to=BOT, subject="x", text="x", auth="fail")
    assert done["said"] == "Quarantined, without effect: it is not so. The bot wrote in chat to Ana Rivera and #ops."
    room = sandbox.room(("certdesk", "ana")).id
    assert done["links"] == [
        {"who": "ana", "view": room, "label": "Ana Rivera's chat"},
        {"who": "tara", "view": "#ops", "label": "#ops"},
    ]


async def test_many_who_were_told_are_counted(ask: Ask, sandbox: Sandbox, door: Door):
    door.then = lambda: notice(sandbox, "tara.lee@example.com", cc="licensing@example.com")
    _, done = await ask.post("write", **{"as": "ana"}, to=BOT, subject="x", text="x")
    assert done["said"] == "The bot read it. The bot wrote by mail to Tara Lee and Licensing team."
    door.then = lambda: None
    _, done = await ask.post("write", **{"as": "ana"}, to=BOT, subject="x", text="x")
    assert (done["said"], done["links"]) == ("The bot read it. The bot wrote to nobody.", [])


async def test_a_mail_between_people_is_none_of_the_bot_s(ask: Ask, door: Door):
    _, done = await ask.post("write", **{"as": "ana"}, to="tara.lee@example.com", subject="x", text="x")
    assert done["said"] == "Delivered. The bot was not among those it went to."
    assert door.taken == []


def test_dates_in_quotes_are_those_of_the_site():
    raw = b"From: a <a@example.com>\r\nTo: b@example.com\r\nSubject: s\r\n\r\nhello\r\n"
    mail = Mail(id=0, sender="a@example.com", recipients=(), raw=raw, at=datetime(2026, 11, 17, 17, 2, tzinfo=UTC))
    zone = "America/Denver"
    assert quoted.quote("gmail", mail, zone).text == (
        "On Tue, Nov 17, 2026 at 10:02 AM a <a@example.com> wrote:\n\n> hello"
    )
    assert "Sent: Tuesday, November 17, 2026 10:02 AM\nTo: b@example.com" in quoted.quote("outlook", mail, zone).text
    assert quoted.quote("apple", mail, zone).text.startswith("Sent from my iPhone\n\nOn Nov 17, 2026, at 10:02 AM, a")


# -- by hand, in a browser


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["wide", "narrow"])
async def page(request: pytest.FixtureRequest, sandbox: Sandbox, chromium: str) -> AsyncIterator[Page]:
    width, height = request.param
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=BROWSER)
        page = await browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda message: broken.append(message.text) if message.type == "error" else None)
        await page.goto(sandbox.url)
        await page.wait_for_selector("#tour .step.next", state="attached")
        if await page.is_visible("#tour"):
            await page.click("#tour-toggle")
        yield page
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await browser.close()
        assert [line for line in broken if not line.startswith("Blocked script execution in 'about:srcdoc'")] == []


async def mailbox(page: Page, person: str) -> None:
    await choose(page, person, "Mailbox")
    await page.wait_for_selector("#post:not([hidden])")


async def newest(page: Page, person: str) -> None:
    """The person's newest mail is open."""
    await mailbox(page, person)
    await page.wait_for_selector(".mailline", state="attached")
    if await page.is_visible(".mailline"):
        await page.click(".mailline >> nth=0")
    await page.wait_for_selector("#letter .bar")


async def outcome(page: Page) -> str:
    await page.wait_for_selector("#letter .outcome p")
    return await page.inner_text("#letter .outcome p")


async def test_a_mail_is_answered_with_a_file_and_its_outcome_is_read(page: Page, sandbox: Sandbox, door: Door):
    notice(sandbox, "tara.lee@example.com")
    door.then = lambda: speak(sandbox, ("certdesk", "ana"))
    await newest(page, "tara")
    await page.click('#letter .bar button:text-is("Answer")')
    assert await page.input_value('.writing [name="subject"]') == "Re: [F-1] Failed attempt 1"
    assert await page.input_value('.writing [name="to"]') == f"Ana Rivera <ana.rivera@example.com>, {BOT}"
    await page.fill('.writing [name="text"]', "I have coached her")
    await page.click(".writing .menu summary")
    await page.click('.writing [data-sample="proof"]')
    await page.click('.writing [type="submit"]')
    assert await outcome(page) == "The bot read it. The bot wrote in chat to Ana Rivera."
    assert (door.last.text.strip(), [file.name for file in door.last.files]) == ("I have coached her", ["proof.pdf"])
    await page.click('.outcome button:has-text("Ana Rivera\'s chat")')
    await page.wait_for_selector("#messages >> text=a word")


async def test_an_empty_mailbox_says_so(page: Page):
    await mailbox(page, "tara")
    await page.wait_for_selector("#mails >> text=No mail so far.")
    await page.click('[data-box="sent"]')
    await page.wait_for_selector("#mails >> text=Nothing sent so far.")


async def test_what_became_of_a_mail_is_told_to_whoever_went_elsewhere(page: Page, door: Door):
    await mailbox(page, "tara")
    await page.click("#compose")
    await page.fill('.writing [name="subject"]', "hello")
    door.open.clear()
    await page.click('.writing [type="submit"]')
    await choose(page, "ana")
    door.open.set()
    await page.wait_for_selector("#toast:has-text('The bot read it. The bot wrote to nobody.')")
    assert await page.is_visible("#talk")


async def test_a_mistake_is_told_and_the_words_stay(sandbox: Sandbox, chromium: str, door: Door):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=BROWSER)
        page = await browser.new_page(reduced_motion="reduce")
        await page.goto(f"{sandbox.url}/#tara/mail")
        await page.click("#compose")
        await page.fill('.writing [name="to"]', "nobody")
        await page.fill('.writing [name="text"]', "my words")
        await page.click('.writing [type="submit"]')
        await page.wait_for_selector("#toast:has-text('To whom?')")
        assert await page.input_value('.writing [name="text"]') == "my words"
        await browser.close()
    assert door.taken == []


async def test_every_mail_is_read_as_a_desk_a_phone_and_plain_text_show_it(page: Page, sandbox: Sandbox):
    rich = '<html><body><p style="width: 100%">rich words</p><script>parent.hacked = 1</script></body></html>'
    mail = {
        "spec": "E-01",
        "name": "Failed attempt",
        "template": "failed_exam/notice",
        "note": "",
        "text": "plain words",
    }
    sandbox.letters = lambda: [mail | {"recipients": "To TL.", "subject": f"[F-{n}] x", "html": rich} for n in (1, 2)]
    await page.goto(f"{sandbox.url}/mails")
    await page.wait_for_selector("article h2:text('E-01 Failed attempt')")
    assert await page.locator("article iframe").count() == 2
    await page.frame_locator("article iframe >> nth=0").locator("text=rich words").wait_for()
    await page.click('[data-show="text"]')
    await page.wait_for_selector("article pre:visible >> text=plain words")
    assert await page.locator("article iframe:visible").count() == 0
    assert await page.evaluate("window.hacked") is None


async def test_answering_all_keeps_everybody_but_oneself(page: Page, sandbox: Sandbox, door: Door):
    notice(sandbox, "tara.lee@example.com", "licensing@example.com")
    await newest(page, "tara")
    await page.click('#letter .bar button:text-is("Answer all")')
    assert await page.input_value('.writing [name="cc"]') == "licensing@example.com"
    await page.fill('.writing [name="text"]', "thanks")
    await page.click('.writing [type="submit"]')
    await outcome(page)
    assert "licensing@example.com" in door.last.cc


async def test_a_mail_is_handed_on_as_outlook_does(page: Page, sandbox: Sandbox, door: Door):
    notice(sandbox, "tara.lee@example.com")
    await newest(page, "tara")
    await page.click('#letter .bar button:text-is("Forward")')
    await page.fill('.writing [name="to"]', BOT)
    await page.fill('.writing [name="text"]', "please see")
    await page.click(".writing .advanced summary")
    await page.select_option('.writing [name="program"]', "outlook")
    await page.click('.writing [type="submit"]')
    await outcome(page)
    assert door.last.forward is not None


async def test_a_forged_mail_from_a_private_address_is_written_with_the_keyboard(page: Page, door: Door):
    await mailbox(page, "ana")
    await page.focus("#compose")
    await page.keyboard.press("Enter")
    await page.keyboard.type("failed ahip")
    await page.keyboard.press("Tab")
    await page.keyboard.type("first time")
    await page.focus(".writing .advanced summary")
    await page.keyboard.press("Enter")
    await page.select_option('.writing [name="from"]', "ana@home.example.net")
    await page.select_option('.writing [name="auth"]', "fail")
    await page.focus('.writing [type="submit"]')
    await page.keyboard.press("Enter")
    await outcome(page)
    assert (door.last.sender, door.last.subject) == ("ana@home.example.net", "failed ahip")
    assert stands(door.last, AUTHSERV_ID)


async def test_what_was_sent_is_sent_again(page: Page, ask: Ask, door: Door):
    await ask.post("write", **{"as": "ana"}, to=BOT, subject="failed ahip", text="x")
    await mailbox(page, "ana")
    await page.click('[data-box="sent"]')
    await page.click(".mailline >> text=failed ahip")
    await page.click('#letter .bar button:has-text("Send it again")')
    await outcome(page)
    assert door.taken[0] == door.taken[1]


@pytest.mark.parametrize(
    ("label", "seen"),
    [
        ("Bounce: no such mailbox", lambda mail: mail.bounce is not None),
        ("Answer: out of office", lambda mail: mail.away),
    ],
    ids=["bounce", "away"],
)
async def test_a_mailbox_acts_by_itself(page: Page, sandbox: Sandbox, door: Door, label: str, seen: Any):
    notice(sandbox, "tara.lee@example.com")
    await newest(page, "tara")
    await page.click("#letter .bar summary")
    await page.click(f'#letter .bar .menu button:text-is("{label}")')
    await outcome(page)
    assert seen(door.last)


async def test_every_sample_is_the_file_it_claims_to_be_or_is_not(page: Page, door: Door):
    await mailbox(page, "tara")
    await page.click("#compose")
    kinds = ("checkmarks", "tbt", "xlsx", "swapped", "tiny", "renamed")
    for kind in kinds:
        await page.click(".writing .menu summary")
        await page.click(f'.writing [data-sample="{kind}"]')
    await page.wait_for_selector(".writing .file >> nth=5")
    await page.click('.writing [type="submit"]')
    await outcome(page)
    files = {
        part.get_filename(): part.get_payload(decode=True) for part in message(door.taken[0][1]).iter_attachments()
    }
    assert list(files) == [
        "my-13-checkmarks.png", "tbt-211629.pdf", "Hale_Gus_[80%].xlsx", "Gus_Hale_[80%].xlsx", "thumb.png",
        "certificate.pdf",
    ]  # fmt: skip
    assert files["certificate.pdf"].startswith(b"MZ")
    assert files["tbt-211629.pdf"].startswith(b"%PDF-1.4")
    assert int.from_bytes(files["thumb.png"][16:20]) < 200 <= int.from_bytes(files["my-13-checkmarks.png"][16:20])
    with zipfile.ZipFile(io.BytesIO(files["Hale_Gus_[80%].xlsx"])) as book:
        assert book.testzip() is None
        assert b"<v>82</v>" in book.read("xl/worksheets/sheet1.xml")


async def test_a_file_of_one_s_own_goes_out_as_it_is(page: Page, door: Door):
    await mailbox(page, "tara")
    await page.click("#compose")
    await page.fill('.writing [name="subject"]', "a file")
    mine: FilePayload = {"name": "mine.bin", "mimeType": "application/octet-stream", "buffer": b"\x00\x01\x02"}
    await page.set_input_files('.writing input[type="file"]', files=[mine])
    await page.wait_for_selector(".writing .file:has-text('mine.bin')")
    await page.click('.writing [type="submit"]')
    await outcome(page)
    [part] = message(door.taken[0][1]).iter_attachments()
    assert part.get_payload(decode=True) == base64.b64decode("AAEC")
