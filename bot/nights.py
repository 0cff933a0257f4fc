"""The night's deletion: when it runs, and that it runs in small commits beside everything else."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot import retention
from bot.clock import Clock
from bot.config_form import RetentionSettings
from bot.premises import Premises
from bot.retention import Ages, Gone
from workflows.calendar import instant

log = structlog.get_logger()

PAUSE = 0.2
"""Seconds between two commits, so that nobody's answer waits for a deletion."""


def ages_of(settings: RetentionSettings) -> Ages:
    """The ages an operator has set."""
    return Ages(
        raw_mail=settings.raw_mail_days,
        said=settings.said_days,
        inbox=settings.inbox_days,
        payment_pictures=settings.payment_picture_days,
    )


def zone_of(premises: Premises) -> ZoneInfo:
    """The zone of the first site; UTC before the first roster."""
    sites = premises.engine.setting().roster.sites
    return ZoneInfo(next(iter(sites.values())).tz if sites else "UTC")


def next_night(zone: ZoneInfo, at: str, now: datetime) -> datetime:
    """When the clocks of that zone next show that time of day (UTC); in a gap of the clocks it is the jump itself."""
    today, wall = now.astimezone(zone).date(), time.fromisoformat(at)
    tonight = instant(today, wall, zone)
    return tonight if tonight > now else instant(today + timedelta(days=1), wall, zone)


async def clean(premises: Premises, ages: Ages, clock: Clock) -> Gone:
    """All that is old enough, a commit at a time; one line in the log, in numbers."""
    whole = Gone()
    while True:
        now = clock.now()
        gone = await premises.writer.run(lambda connection: retention.sweep(connection, premises.seal, ages, now))  # noqa: B023
        if not gone.total:
            break
        whole = retention.added(whole, gone)
        await clock.sleep(PAUSE)
    now = clock.now()
    await premises.writer.run(lambda connection: retention.noted(connection, whole, now))
    log.info(
        "retention", raw_mails=whole.raw_mails, texts=whole.texts, inbox=whole.inbox, pictures=whole.pictures,
        pieces=whole.pieces,
    )  # fmt: skip
    return whole
