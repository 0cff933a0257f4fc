"""The two rate limiters: REST per address and route (PROTOCOL 4.6), DDP per connection and name (4.7)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from sandbox.wire import ChatError, Doc


@dataclass(slots=True)
class Bucket:
    """Calls counted in a fixed span that starts with the first call."""

    until: int = 0
    calls: int = 0


class RestLimiter:
    """10 calls per 60 s for each (address, route); chat.sendMessage from 8.8 on 5 per second."""

    def __init__(self, *, sends_per_second: bool) -> None:
        self._own = {"chat.sendMessage": (5, 1000)} if sends_per_second else {}
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def count(self, address: str, route: str, now_ms: int, settings: Doc) -> tuple[dict[str, str], ChatError | None]:
        """Count a call (refused ones too); the three headers, and the refusal if it was one too many."""
        limit, span = self._own.get(route, (0, 0))
        if not limit:
            limit = settings["API_Enable_Rate_Limiter_Limit_Calls_Default"]
            span = settings["API_Enable_Rate_Limiter_Limit_Time_Default"]
        bucket = self._buckets.setdefault((address, route), Bucket())
        if now_ms >= bucket.until:
            bucket.until, bucket.calls = now_ms + span, 0
        bucket.calls += 1
        headers = limit_headers(limit, limit - bucket.calls, bucket.until)
        return headers, too_many(bucket.until - now_ms) if bucket.calls > limit else None


def limit_headers(limit: int, remaining: int, reset_ms: int) -> dict[str, str]:
    """The only hints a 429 gives: Reset is absolute epoch milliseconds, there is no Retry-After."""
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(max(0, remaining)),
        "X-RateLimit-Reset": str(reset_ms),
    }


def too_many(wait_ms: int) -> ChatError:
    """The 429 of REST."""
    seconds = max(1, -(-wait_ms // 1000))
    words = f"Error, too many requests. Please slow down. You must wait {seconds} seconds before trying this endpoint"
    return ChatError("error-too-many-requests", f"{words} again.", status=429, plain=True)


class DdpLimiter:
    """Connection by name: 10 per 10 s, names starting "stream-" 40 per 40 s, login 5 per 10 s."""

    def __init__(self) -> None:
        self._seen: dict[str, deque[float]] = {}

    def refuses(self, name: str, now: float) -> ChatError | None:
        """Count a method or sub by name at a loop time in seconds."""
        stream = name.startswith("stream-")
        limit, span = (40, 40.0) if stream else (5, 10.0) if name == "login" else (10, 10.0)
        times = self._seen.setdefault(name, deque())
        while times and times[0] <= now - span:
            times.popleft()
        if len(times) < limit:
            times.append(now)
            return None
        return ddp_too_many(int((times[0] + span - now) * 1000))


def ddp_too_many(wait_ms: int) -> ChatError:
    """The refusal inside result.error and nosub.error."""
    words = f"Error, too many requests. Please slow down. You must wait {max(1, -(-wait_ms // 1000))} seconds before"
    return ChatError("too-many-requests", f"{words} trying again.", details={"timeToReset": wait_ms})
