"""`python -m sandbox`: the look-alike by itself, with one bot and two people, for trying things by hand."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from sandbox.server import Sandbox

CAST = [
    {
        "username": "ana",
        "name": "Ana Rivera",
        "title": "Agent",
        "group": "Agents",
        "emails": ["ana.rivera@example.com"],
    },
    {"username": "tara", "name": "Tara Lee", "title": "Lead", "group": "Leads", "emails": ["tara.lee@example.com"]},
]


async def serve(arguments: argparse.Namespace) -> None:
    """Run until interrupted."""
    sandbox = Sandbox(
        port=arguments.port,
        smtp_port=arguments.smtp_port,
        version=arguments.version,
        streamer=arguments.streamer,
        cast=CAST,
    )
    bot = sandbox.add_user("certdesk", "certdesk", roles=("bot",), token=arguments.token)
    for person in CAST:
        sandbox.add_user(str(person["username"]), str(person["name"]), email=person["emails"][0])
    sandbox.add_channel("esp-nov16", ["certdesk", "ana", "tara"])
    await sandbox.start()
    sys.stdout.write(f"chat {sandbox.url}\nmail {sandbox.mail.url}\nbot {bot} {sandbox.token('certdesk')}\n")
    sys.stdout.flush()
    done = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, done.set)
    await done.wait()
    await sandbox.stop()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A Rocket.Chat look-alike and a mail sink.")
    parser.add_argument("--port", type=int, default=3100, help="chat port on 127.0.0.1 (default 3100)")
    parser.add_argument("--smtp-port", type=int, default=0, help="mail port (default: any free one)")
    parser.add_argument("--version", default="8.9.0", help='server version to play: "8.5.x", "8.9.x", "9.0.x"')
    parser.add_argument("--token", default=None, help="the bot's personal access token (default: random)")
    parser.add_argument("--streamer", action="store_true", help="behave like the microservice ddp-streamer")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
