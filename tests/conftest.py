"""What every test gets: no way out but loopback, and Debian's chromium where a page is to be looked at."""

from __future__ import annotations

import ipaddress
import shutil
import socket
from collections.abc import Iterator
from typing import Any

import pytest


def _stays_here(address: Any) -> bool:
    """Is this a socket address on this machine: a unix path, a loopback address, or the name localhost?"""
    if not isinstance(address, tuple):
        return True
    host = address[0]
    if host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def only_loopback() -> Iterator[None]:
    """Make connecting or sending anywhere else an error, for blocking and asyncio code alike.

    What a C library dials by itself (libpq) or another process (chromium) is outside the reach of this guard.
    """

    class Guarded(RuntimeError):
        """A test reached for the network."""

    def guard(name: str, position: int) -> Any:
        real = getattr(socket.socket, name)

        def guarded(self: socket.socket, *args: Any) -> Any:
            address = args[position] if len(args) > 0 else None
            if self.family in (socket.AF_INET, socket.AF_INET6) and not _stays_here(address):
                raise Guarded(f"tests stay on this machine: {name} to {address!r}")
            return real(self, *args)

        return guarded

    with pytest.MonkeyPatch.context() as patch:
        for name, position in (("connect", 0), ("connect_ex", 0), ("sendto", -1)):
            patch.setattr(socket.socket, name, guard(name, position))
        yield


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of an installed chromium; browser tests are skipped, aloud, where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no chromium on this machine (Debian: apt-get install chromium)")
    return path
