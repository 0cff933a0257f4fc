"""Faults of REST requests: refused, spoilt by a proxy, cut before or after they took effect, hanging."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

SENDS = ("chat.sendMessage", "chat.postMessage")
HTML = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr>nginx</body></html>"


@dataclass(slots=True)
class Spoil:
    """One pending REST fault: how many more requests it hits, and which paths (a prefix; "" is all)."""

    kind: str
    left: int
    path: str | tuple[str, ...] = ""
    status: int = 0
    seconds: float = 0.0
    html: bool = False


class RestFaults:
    """What is to go wrong with the requests that follow, in the order it was asked for."""

    def __init__(self) -> None:
        self.limit_everybody = False
        """True: role bot loses its freedom from the REST rate limit."""
        self.rest: list[Spoil] = []
        self._apps_loading = 0

    def clear_rest(self) -> None:
        """No more of these."""
        self.limit_everybody, self._apps_loading = False, 0
        self.rest.clear()

    def rate_limit_sends(self, n: int = 1, wait: float = 2.0) -> None:
        """The next n message sends get 429 with a reset `wait` seconds from now; nothing is stored."""
        self.rest.append(Spoil("429", n, SENDS, seconds=wait))

    def fail_requests(self, n: int = 1, status: int = 502, *, html: bool = True, path: str = "") -> None:
        """The next n requests (whose path starts so, e.g. "chat.") get this status, as a proxy's page or as JSON."""
        self.rest.append(Spoil("fail", n, path, status=status, html=html))

    def store_then_drop(self, n: int = 1) -> None:
        """The next n sends are stored, but the connection is cut before the answer."""
        self.rest.append(Spoil("after", n, SENDS))

    def slow_apps(self, n: int = 1) -> None:
        """The next n commands.list answer 202: apps are still loading."""
        self._apps_loading += n

    def drop_before_store(self, n: int = 1, path: str = "") -> None:
        """The next n sends (or requests of `path`) are cut before anything is stored."""
        self.rest.append(Spoil("before", n, path or SENDS))

    def hang_requests(self, n: int = 1, seconds: float = 3600.0, path: str = "") -> None:
        """The next n requests are answered only after so long."""
        self.rest.append(Spoil("hang", n, path, seconds=seconds))

    def apps_loading(self) -> bool:
        """Whether commands.list comes too early this time."""
        self._apps_loading, loading = max(0, self._apps_loading - 1), self._apps_loading > 0
        return loading

    def take(self, path: str) -> Spoil | None:
        """The fault that hits this request, counted down."""
        for spoil in self.rest:
            if path.startswith(spoil.path):
                spoil.left -= 1
                if spoil.left <= 0:
                    self.rest.remove(spoil)
                return spoil
        return None

    async def wait(self, seconds: float) -> None:
        """Let real time pass (a hanging server)."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.get_running_loop().create_future()
