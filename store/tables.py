"""The tables. Instants are microseconds since 1970 UTC; `*_json` columns hold `codec.dump` text.

A sealed text (see `store/seal.py`) begins with "~". What goes, and when, is `bot/retention.py`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    literal_column,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Micros = BigInteger


def still_open(table: Table) -> ColumnElement[Any]:
    """Rows of a partial index `WHERE open`. SQLite finds the index by these very words: "open = 1" scans the table."""
    return literal_column(f"{table.name}.open")


meta = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("source", String, primary_key=True),
    Column("at", Micros, nullable=False),
    Column("kind", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("room", String, nullable=False, default=""),
    Column("text", Text, nullable=False, default=""),
    Column("verdict", String, nullable=False),
    Column("content", String, nullable=False, default="", server_default=""),
    Column("raw", String, nullable=False, default="", server_default=""),
)
"""`room` of a mail is its sender's address; `content` the hash of what it says, where it was acted on, and `raw` the
hash of its bytes in `documents`."""
Index("ix_inbox_at", inbox.c.at)
MAILED = "kind = 'mail'"
"""The partial indexes of mails; SQLite finds them by these very words (see `by_mail`)."""
for _name, _columns in (("actor", ("actor", "at")), ("room", ("room", "at")), ("content", ("content", "actor", "at"))):
    Index(
        f"ix_inbox_mail_{_name}", *(inbox.c[column] for column in _columns), sqlite_where=text(MAILED),
        postgresql_where=text(MAILED),
    )  # fmt: skip


def by_mail() -> ColumnElement[Any]:
    """Rows of the inbox that came by mail, in the words of their indexes."""
    return literal_column(MAILED)


cases = Table(
    "cases",
    metadata,
    Column("id", String, primary_key=True),
    Column("workflow", String, nullable=False),
    Column("key", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("pack", String, nullable=False),
    Column("calendar", String, nullable=False),
    Column("state", String, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("data_json", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("opened", Micros, nullable=False),
    Column("changed", Micros, nullable=False),
)
Index("ix_cases_agent", cases.c.agent)
Index(
    "uq_cases_live",
    cases.c.workflow,
    cases.c.agent,
    cases.c.key,
    unique=True,
    sqlite_where=text("live"),
    postgresql_where=text("live"),
)

journal = Table(
    "journal",
    metadata,
    Column("case_id", String, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Micros, nullable=False),
    Column("actor", String, nullable=False),
    Column("by_json", Text, nullable=False),
    Column("source", String, nullable=False),
    Column("event", String, nullable=False),
    Column("event_json", Text, nullable=False),
    Column("was", String, nullable=False),
    Column("state", String, nullable=False),
    Column("before_json", Text, nullable=False),
    Column("after_json", Text),
    Column("row", Text, nullable=False),
    Column("made_json", Text, nullable=False),
    Column("unwound_by", String),
    Column("order", Micros, nullable=False, server_default="0"),
)
Index("ix_journal_source", journal.c.source)
Index("ix_journal_actor", journal.c.actor, journal.c.order)

outbox = Table(
    "outbox",
    metadata,
    Column("key", String, primary_key=True),
    Column("channel", String, nullable=False),
    Column("lane", String, nullable=False),
    Column("case_id", String, nullable=False, default=""),
    Column("agent", String, nullable=False, default=""),
    Column("template", String, nullable=False),
    Column("spec", String, nullable=False, default=""),
    Column("tag", String, nullable=False, default=""),
    Column("body_json", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("due", Micros, nullable=False),
    Column("order", Micros, nullable=False),
    Column("made", Micros, nullable=False),
    Column("sent", Micros),
    Column("tries", Integer, nullable=False, default=0),
    Column("error", Text),
    Column("wire_id", String),
    Column("said", Text),
    Column("raw", LargeBinary),
)
Index("ix_outbox_due", outbox.c.due, sqlite_where=text("open"), postgresql_where=text("open"))
Index("ix_outbox_case", outbox.c.case_id)
Index(
    "ix_outbox_mail",
    outbox.c.wire_id,
    sqlite_where=text("channel = 'mail'"),
    postgresql_where=text("channel = 'mail'"),
)


def mailed_out() -> ColumnElement[Any]:
    """Rows of the outbox that go by mail, in the words of their index."""
    return literal_column("channel = 'mail'")


timers = Table(
    "timers",
    metadata,
    Column("case_id", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("agent", String, nullable=False),
    Column("due", Micros, nullable=False),
    Column("claim", Micros, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("event", String, nullable=False),
    Column("event_json", Text, nullable=False),
)
Index("ix_timers_claim", timers.c.claim, sqlite_where=text("open"), postgresql_where=text("open"))
Index("ix_timers_agent", timers.c.agent, sqlite_where=text("open"), postgresql_where=text("open"))

duties = Table(
    "duties",
    metadata,
    Column("id", String, primary_key=True),
    Column("case_id", String, nullable=False),
    Column("workflow", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("name", String, nullable=False),
    Column("title", String, nullable=False),
    Column("template", String, nullable=False),
    Column("facts_json", Text, nullable=False),
    Column("roles_json", Text, nullable=False),
    Column("owners_json", Text, nullable=False),
    Column("answers_json", Text, nullable=False),
    Column("sla_json", Text, nullable=False),
    Column("channel", String, nullable=False, default=""),
    Column("status", String, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("since", Micros, nullable=False),
    Column("due", Micros),
    Column("card", String, nullable=False, default=""),
    Column("settled_by", String, nullable=False, default=""),
    Column("settled_at", Micros),
    Column("done", String, nullable=False, default=""),
    Column("version", Integer, nullable=False, default=0),
)
Index("ix_duties_agent", duties.c.agent, sqlite_where=text("open"), postgresql_where=text("open"))
Index("ix_duties_case", duties.c.case_id)

asks = Table(
    "asks",
    metadata,
    Column("id", String, primary_key=True),
    Column("actor", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("case_id", String, nullable=False, default=""),
    Column("agent", String, nullable=False, default=""),
    Column("duty", String, nullable=False, default=""),
    Column("answers_json", Text, nullable=False),
    Column("at", Micros, nullable=False),
    Column("open", Boolean, nullable=False),
)
Index("ix_asks_actor", asks.c.actor, sqlite_where=text("open"), postgresql_where=text("open"))

absences = Table(
    "absences",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("person", String, nullable=False),
    Column("delegate", String, nullable=False, default=""),
    Column("since", Micros, nullable=False),
    Column("until", Micros, nullable=False),
    Column("made_by", String, nullable=False),
    Column("why", Text, nullable=False, default=""),
    Column("open", Boolean, nullable=False),
)

standings = Table(
    "standings",
    metadata,
    Column("agent", String, primary_key=True),
    Column("status", String, nullable=False),
    Column("since", Micros, nullable=False),
    Column("by", String, nullable=False),
)

rosters = Table(
    "rosters",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", Micros, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

pins = Table(
    "pins",
    metadata,
    Column("pin", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("id", String, nullable=False),
    Column("content", Text, nullable=False),
    Column("at", Micros, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("hash", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("type", String, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("source", Text),
    Column("case_id", String, nullable=False, default=""),
    Column("sender", String, nullable=False, default="", server_default=""),
    Column("at", Micros, nullable=False),
)
Index("ix_documents_type", documents.c.type, documents.c.at)

rooms = Table(
    "rooms",
    metadata,
    Column("name", String, primary_key=True),
    Column("rid", String, nullable=False),
)

threads = Table(
    "threads",
    metadata,
    Column("case_id", String, primary_key=True),
    Column("lane", String, primary_key=True),
    Column("wire_id", String, nullable=False),
)
Index("ix_threads_wire_id", threads.c.wire_id)

tracker = Table(
    "tracker",
    metadata,
    Column("agent", String, primary_key=True),
    Column("column", String, primary_key=True),
    Column("value", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Micros, nullable=False),
    Column("by", String, nullable=False),
)

tracker_notes = Table(
    "tracker_notes",
    metadata,
    Column("id", String, primary_key=True),
    Column("agent", String, nullable=False),
    Column("column", String, nullable=False),
    Column("value", Text),
    Column("note", Text),
    Column("at", Micros, nullable=False),
    Column("by", String, nullable=False),
    Column("open", Boolean, nullable=False, default=True),
)

counters = Table(
    "counters",
    metadata,
    Column("letter", String, primary_key=True),
    Column("next", Integer, nullable=False),
)
