"""The other side of the bench, in a process of its own: a chat server, and people with one message in flight each.

Prints one JSON line when it is up, then one per finished phase; phases are read from standard input.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from sandbox.server import Sandbox

BOT = "certdesk"


class Crowd:
    """Everybody with something to say, `width` at a time; a reply from the bot lets the next one speak."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.bot = sandbox.chat.user(BOT).id
        self.left: list[tuple[str, str]] = []
        self.started: dict[str, float] = {}
        self.took: list[float] = []
        self.done = asyncio.Event()
        sandbox.chat.hub.watch.append(self.heard)

    def heard(self, kind: str, room: Any, doc: dict[str, Any]) -> None:
        """A reply to whoever waits in that room."""
        if doc.get("u", {}).get("_id") != self.bot or room is None or room.id not in self.started:
            return
        self.took.append(time.perf_counter() - self.started.pop(room.id))
        asyncio.get_running_loop().call_soon(self.next)

    def next(self) -> None:
        """The next one speaks."""
        if self.left:
            username, words = self.left.pop()
            rid = self.sandbox.direct(BOT, username)
            self.started[rid] = time.perf_counter()
            self.sandbox.say(username, rid, words)
        elif not self.started:
            self.done.set()

    async def quiet(self) -> None:
        """Until no mail has come for a second: what one phase set in motion is not the next one's burden."""
        sink, seen = self.sandbox.mail, -1
        while seen != len(sink.messages):
            seen = len(sink.messages)
            await asyncio.sleep(1.0)

    async def play(self, said: list[tuple[str, str]], width: int) -> dict[str, float]:
        """Say everything; rates in replies a second, latencies in milliseconds."""
        self.left, self.took = list(reversed(said)), []
        self.done.clear()
        began = time.perf_counter()
        for _ in range(min(width, len(said))):
            self.next()
        await self.done.wait()
        seconds = time.perf_counter() - began
        await self.quiet()
        took = sorted(self.took)
        return {
            "replies": len(took),
            "seconds": seconds,
            "rate": len(took) / seconds,
            "p50_ms": took[len(took) // 2] * 1000,
            "p99_ms": took[int(len(took) * 0.99)] * 1000,
        }


async def main() -> None:
    """Serve until standard input ends."""
    people = [f"agent{n}" for n in range(int(sys.argv[1]))]
    async with Sandbox(port=0, smtp_port=0) as sandbox:
        bot = sandbox.add_user(BOT, BOT, ("bot",))
        for username in ("tara", "dev", "will", "pia", "sam", "hana", "eve", "cole", "cass", "tim", "lia", "wes"):
            sandbox.add_user(username, username)
        for channel in ("wfm", "licensing", "esp-bot-ops", "esp-nov16"):
            sandbox.add_channel(channel, [BOT])
        for username in people:
            sandbox.add_user(username, username)
            sandbox.direct(BOT, username)
        crowd = Crowd(sandbox)
        print(
            json.dumps({"url": sandbox.url, "user_id": bot, "token": sandbox.token(BOT), "smtp": sandbox.mail.url}),
            flush=True,
        )
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            phase = json.loads(line)
            said = [(username, phase["words"]) for username in people[: phase["people"]]]
            result = await crowd.play(said, phase["width"])
            print(json.dumps({"phase": phase["name"], **result, "mails": len(sandbox.mail.messages)}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
