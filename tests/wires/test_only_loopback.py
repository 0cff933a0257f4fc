"""The tests' own promise: nothing leaves this machine."""

from __future__ import annotations

import asyncio
import socket

import pytest

ELSEWHERE = ("192.0.2.1", 9)  # reserved for documentation: nobody is there


def test_a_connection_to_another_machine_is_refused_before_it_is_tried() -> None:
    with socket.socket() as sock, pytest.raises(RuntimeError, match="stay on this machine"):
        sock.connect(ELSEWHERE)


def test_a_datagram_to_another_machine_is_refused() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sock, pytest.raises(RuntimeError, match="stay on this machine"):
        sock.sendto(b"?", ELSEWHERE)


async def test_the_event_loop_is_held_back_too() -> None:
    with pytest.raises(RuntimeError, match="stay on this machine"):
        await asyncio.open_connection(*ELSEWHERE)


async def test_loopback_is_open() -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        assert await reader.readline() == b"hello\n"
        writer.close()
        await writer.wait_closed()
