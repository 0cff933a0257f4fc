"""REST as the bot speaks it: one kept-alive session, one place where an answer becomes an error.

    Transient
    └── Lost        asked, but no answer came: it may have been done
    Permanent
    └── Rejected    the server answered "no", with its code

Everything else is `bot.ports`' own tree. Source: PROTOCOL.md section 4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin

import aiohttp
import orjson
from yarl import URL

from bot.clock import Clock
from bot.ports import Down, Permanent, Refused, Transient, WireError

Doc = dict[str, Any]
"""A JSON object as the server wrote it."""

_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_TIMEOUT = aiohttp.ClientTimeout(total=15.0, sock_connect=4.0)
_KEPT = 4.0
"""Seconds an idle connection is kept: below Node's own 5, so that we never write into one it just closed."""
_CONNECTIONS = 32
_PROXY_IS_UP_SERVER_IS_NOT = (502, 503, 504)
_LONGEST_PAUSE = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where the server is and who we are there; `url` may carry a path ("https://host/chat")."""

    url: str
    user_id: str
    token: str = field(repr=False)

    def at(self, path: str) -> str:
        """The full address of a path of this server."""
        return f"{self.url.rstrip('/')}/{path.lstrip('/')}"


class Lost(Transient):
    """No answer came: what was asked may have been done."""


class Rejected(Permanent):
    """The server said no. `code` is its errorType, "" where it named none; `text` its own words."""

    def __init__(self, what: str, status: int, code: str, text: str) -> None:
        super().__init__(f"Rocket.Chat refused {what} ({status} {code or 'without a code'}): {text}")
        self.status, self.code, self.text = status, code, text


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer before it is judged; `body` is None when it is not a JSON object."""

    status: int
    body: Doc | None
    headers: Mapping[str, str]


class Rest:
    """The api of one server for one account. Open with `async with`; safe for many tasks at once."""

    def __init__(self, account: Account, clock: Clock) -> None:
        self.account = account
        self._clock = clock
        self._headers = {"X-User-Id": account.user_id, "X-Auth-Token": account.token}
        self._posting = {**self._headers, "Content-Type": "application/json"}
        self._urls: dict[str, URL] = {}
        self._http: aiohttp.ClientSession | None = None

    @property
    def http(self) -> aiohttp.ClientSession:
        """The one session, shared with the websocket."""
        if self._http is None:
            raise RuntimeError("Rest is used before `async with` opened it")
        return self._http

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=_KEPT)
        self._http = aiohttp.ClientSession(
            connector=connector, timeout=_TIMEOUT, cookie_jar=aiohttp.DummyCookieJar(), raise_for_status=False
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.close()

    async def get(self, path: str, **params: str) -> Doc:
        """The answer's object; raises WireError. `path` is that of the method: "rooms.get"."""
        return await self.judge(await self.ask("GET", path, params=params), path)

    async def post(self, path: str, body: Doc) -> Doc:
        """The answer's object; raises WireError, of it Lost where it may have been done."""
        return await self.judge(await self.ask("POST", path, body=body), path)

    async def ask(
        self, method: str, path: str, *, params: dict[str, str] | None = None, body: Doc | None = None
    ) -> Reply:
        """One request, one answer, unjudged. Raises Down (never sent) or Lost (sent, unanswered)."""
        url = self._urls.get(path)
        if url is None:
            url = self._urls[path] = URL(self.account.at(f"api/v1/{path}"))
        data, headers = (None, self._headers) if body is None else (orjson.dumps(body), self._posting)
        try:
            # No redirects: they would carry our token to wherever they point.
            async with self.http.request(
                method, url, params=params, data=data, headers=headers, allow_redirects=False
            ) as answer:
                return Reply(answer.status, _object(await answer.read()), answer.headers)
        except _NEVER_SENT as error:
            raise Down(f"Rocket.Chat cannot be reached at {self.account.url}: {error}") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Lost(f"Rocket.Chat did not answer {path}: {type(error).__name__} {error}") from error

    async def judge(self, reply: Reply, path: str) -> Doc:
        """The object of a good answer; the right WireError for any other."""
        body = reply.body
        if 200 <= reply.status < 300 and body is not None and body.get("success") is not False:
            return body
        if reply.status == 401 and path != "me":
            # Since 9.0 a 401 may also mean "you may not do this"; only /me tells a dead token (4.1).
            await self.me()
        raise self._verdict(reply, path)

    def _verdict(self, reply: Reply, path: str) -> WireError:
        status, body = reply.status, reply.body
        text = str((body or {}).get("error") or (body or {}).get("message") or "")[:300]
        if status == 429:
            after = _pause(reply.headers, text, self._clock.now())
            return Transient(f"Rocket.Chat limits {path} for {after:.1f} s", after=after, refused=True)
        if status == 401 and path == "me":
            return Refused("Rocket.Chat does not accept [rocketchat] user_id and token")
        if status in _PROXY_IS_UP_SERVER_IS_NOT:
            return Down(f"Rocket.Chat at {self.account.url} is not up: {status} for {path}")
        if status >= 500 or body is None:
            where = f" to {reply.headers['Location']}" if "Location" in reply.headers else ""
            said = f"Rocket.Chat answered {path} with {status}{where} and no object of its own"
            return Transient(said, broke=status >= 500)
        return Rejected(path, status, str(body.get("errorType") or ""), text)

    async def me(self) -> Doc:
        """Our own user; raises Refused if the token is not accepted."""
        return await self.get("me")

    async def download(self, path: str, limit: int) -> bytes | None:
        """The bytes behind a path of this server; None if there are more than `limit`. Raises WireError."""
        url, headers = self.account.at(path), self._headers
        try:
            for _ in range(2):
                async with self.http.get(URL(url, encoded=True), headers=headers, allow_redirects=False) as answer:
                    if answer.status in (301, 302, 303, 307, 308):
                        # Stores like S3 are reached by a signed address; our token stays at home.
                        url, headers = urljoin(url, answer.headers.get("Location", "")), {}
                        continue
                    if answer.status != 200:
                        raise Transient(f"Rocket.Chat answered {answer.status} for a file")
                    return await _at_most(answer.content, limit)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Lost(f"a file did not come: {type(error).__name__}") from error
        raise Transient("a file's address only leads to further addresses")


async def _at_most(content: aiohttp.StreamReader, limit: int) -> bytes | None:
    pieces, size = [], 0
    async for piece in content.iter_any():
        size += len(piece)
        if size > limit:
            return None
        pieces.append(piece)
    return b"".join(pieces)


def _object(raw: bytes) -> Doc | None:
    """Proxies and some middleware answer in HTML or plain text (4.1)."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _pause(headers: Mapping[str, str], text: str, now: datetime) -> float:
    """Seconds to wait after a 429, at least half a one.

    The header is an absolute instant in epoch ms; where our clock and the server's disagree too much to
    use it, the sentence says the seconds.
    """
    reset = headers.get("X-RateLimit-Reset", "")
    seconds = int(reset) / 1000 - now.timestamp() if reset.isdigit() else -1.0
    said = re.search(r"wait (\d+) second", text)
    if not 0 <= seconds <= _LONGEST_PAUSE:
        seconds = float(said[1]) if said else 10.0
    return min(max(seconds, 0.5), _LONGEST_PAUSE)
