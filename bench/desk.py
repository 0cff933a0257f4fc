"""The bot's side of the bench: the real one, or the same wires with nothing behind them (`--bare`)."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot import logs
from bot.app import App
from bot.clock import ShiftedClock, SystemClock
from bot.dispatch import Address
from bot.ports import ChatMessage, Inbound
from bot.premises import open_premises
from bot.rocketchat import Account, Gateway, Rest

REPLY = "Already recorded at 10:02 as your first failed attempt at AHIP Final, ref F-1043; nothing was sent twice."


def memory_mb() -> float:
    """Resident memory of this process at its peak, in MB."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


class Nothing:
    """A gateway's memory that forgets."""

    def __init__(self) -> None:
        self.rooms: dict[str, str] = {}
        self.at: Any = None

    async def cursor(self) -> Any:
        """Where it stood."""
        return self.at

    async def keep_cursor(self, at: Any) -> None:
        """Stand there."""
        self.at = at

    async def room(self, name: str) -> str | None:
        """A remembered room."""
        return self.rooms.get(name)

    async def keep_room(self, name: str, rid: str) -> None:
        """Remember it."""
        self.rooms[name] = rid


async def bare(there: dict[str, str]) -> None:
    """The same gateway, an answer to every line, nothing stored."""
    clock = SystemClock()
    tasks: set[asyncio.Task[None]] = set()

    async def answer(lines: Sequence[Inbound]) -> None:
        for line in lines:
            message = ChatMessage(id=line.source[-17:][::-1], room=line.room, text=REPLY)
            task = asyncio.create_task(gateway.send(message))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    async with Rest(Account(url=there["url"], user_id=there["user_id"], token=there["token"]), clock) as rest:
        gateway = Gateway(rest, accept=answer, memory=Nothing(), clock=clock)
        running = asyncio.create_task(gateway.run())
        await gateway.ready.wait()
        print("ready", flush=True)
        await _told()
        running.cancel()


async def real(there: dict[str, str], people: int, database: str) -> None:
    """The real bot on a fresh database."""
    clock = ShiftedClock(SystemClock().now())
    with tempfile.TemporaryDirectory(prefix="certdesk-bench-", dir=os.environ.get("CERTDESK_BENCH_DIR")) as folder:
        url = database or f"sqlite:///{folder}/bench.db"
        subprocess.run(  # noqa: ASYNC221 - nothing else runs yet
            [
                *(sys.executable, "-m", "bench.ground", url, f"{folder}/key", str(people)),
                *(["--alone"] if "--alone" in sys.argv else []),
            ],
            check=True,
        )
        began = time.perf_counter()
        house = open_premises(url=url, key_file=Path(folder) / "key", clock=clock, per_minute=0)
        app = App(
            premises=house,
            clock=clock,
            account=Account(url=there["url"], user_id=there["user_id"], token=there["token"]),
            smtp=there["smtp"],
            sender=Address(name="certdesk", email="certdesk@example.com"),
            ready=lambda: print(f"ready {time.perf_counter() - began:.3f}", flush=True),
        )
        stop = asyncio.Event()
        running = asyncio.create_task(app.run(stop))
        told = asyncio.create_task(_told())
        await asyncio.wait({running, told}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        await app.courier.idle()
        stop.set()
        await running
        house.close()


async def _told() -> None:
    """Until standard input ends."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.readline():
        pass


def main() -> None:
    """Run one side until told to end, then print the peak memory."""
    logs.configure(quiet=True)
    there = json.loads(sys.argv[1])
    if "--profile" in sys.argv:
        import cProfile

        profile = cProfile.Profile()
        profile.enable()
    if "--bare" in sys.argv:
        asyncio.run(bare(there))
    else:
        asyncio.run(real(there, int(sys.argv[2]), os.environ.get("CERTDESK_BENCH_DATABASE", "")))
    if "--profile" in sys.argv:
        profile.disable()
        profile.dump_stats(os.environ.get("CERTDESK_BENCH_PROFILE", "bench.prof"))
    print(json.dumps({"memory_mb": memory_mb()}), flush=True)


if __name__ == "__main__":
    main()
