"""Health, readiness and metrics: the only pages that are open to everybody. Counts and times, never people."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

Ready = Callable[[], dict[str, bool]]


def application(ready: Ready, measure: Callable[[], None], registry: CollectorRegistry) -> web.Application:
    """`ready()` says for each wire whether it is up; `measure` brings the gauges of the registry up to date."""

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def readyz(_: web.Request) -> web.Response:
        wires = ready()
        up = all(wires.values())
        return web.json_response({"ready": up, **wires}, status=200 if up else 503)

    async def metrics(_: web.Request) -> web.Response:
        await asyncio.to_thread(measure)
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    return app
