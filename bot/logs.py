"""How the log looks: one line an event on standard error, plain tracebacks, never the values of variables.

Events carry keys, counts and kinds; never the words people said, nor anything about discipline.
"""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path

import structlog

HOUSE = Path(__file__).resolve().parents[1]
ROOMS = ("bot", "handlers", "store", "templates", "web", "workflows")


def blame(error: BaseException) -> str:
    """What broke and where, without the words of the error: "KeyError at bot/deciding.py:120"."""
    place = ""
    for frame in traceback.extract_tb(error.__traceback__):
        file = Path(frame.filename)
        if file.is_relative_to(HOUSE) and file.relative_to(HOUSE).parts[0] in ROOMS:
            place = f" at {file.relative_to(HOUSE).as_posix()}:{frame.lineno}"
    return type(error).__name__ + place


def configure(*, quiet: bool = False, as_json: bool = False) -> None:
    """Set the log up for this process; `quiet` keeps warnings and errors only."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    last: structlog.typing.Processor
    if as_json:
        last = structlog.processors.JSONRenderer()
    else:
        last = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if as_json else []),
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING if quiet else logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # whatever standard error is at the moment
        cache_logger_on_first_use=False,
    )
