"""What a batch says to the database, each statement written once: what it reads, what it writes, what goes along.

The hot ones run on the driver's own cursor (`store/fast.py`). What is asked once in a while stands where it is asked.
"""

from __future__ import annotations

from sqlalchemy import text

from store import tables
from store.fast import Insert, Many, Read

# -- reading

SEEN = Read("SELECT source FROM inbox WHERE source IN (?*)")
QUESTIONS = Read.whole(tables.asks, "WHERE actor IN (?*) AND open ORDER BY at")
AGENTS_OF = Read("SELECT id, agent FROM cases WHERE id IN (?*)")
OWING = Read("SELECT agent FROM duties WHERE open AND owners_json LIKE ? ORDER BY since LIMIT 60")
CASES = Read("SELECT id, seq, live FROM cases WHERE agent IN (?*) AND (live OR workflow IN (?*))")
CASES_IN = Read("SELECT id, seq, live FROM cases WHERE agent IN (?*) AND workflow = ? AND (live OR ?)")
BY_ID = Read.whole(tables.cases, "WHERE id IN (?*)")
DUTIES = Read.whole(tables.duties, "WHERE agent IN (?*) AND open ORDER BY since, id")
TIMERS = Read.whole(tables.timers, "WHERE agent IN (?*) AND open")
THREAD = Read("SELECT wire_id FROM threads WHERE case_id = ? AND lane = ?")

# -- writing

COUNT = Read(  # the row is locked until the commit, so that no other replica counts on from the same number
    "INSERT INTO counters (letter, next) VALUES (?, 1) ON CONFLICT (letter) DO UPDATE SET next = counters.next"
    " RETURNING next"
)
COUNTED = Many("UPDATE counters SET next = ? WHERE letter = ?", ("next", "letter"))
INBOX_IN = Insert(tables.inbox)
JOURNAL_IN = Insert(tables.journal)
OUTBOX_IN = Insert(tables.outbox)
CASE_IN = Insert(tables.cases)
CASE_UP = Many(
    "UPDATE cases SET state = ?, live = ?, data_json = ?, seq = ?, changed = ?, pack = ? WHERE id = ? AND seq = ?",
    ("b_state", "b_live", "b_data", "b_new", "b_changed", "b_pack", "b_id", "b_seq"),
)
WITHDRAW = Many("UPDATE outbox SET state = 'withdrawn', open = FALSE WHERE key = ? AND open", ("key",))
DUTY_IN = Insert(tables.duties)
DUTY_UP = Many(
    "UPDATE duties SET owners_json = ?, status = ?, open = ?, due = ?, settled_by = ?, settled_at = ?, done = ?,"
    " version = ?, card = ?, facts_json = ? WHERE id = ? AND version = ?",
    (
        *("owners_json", "status", "open", "due", "settled_by", "settled_at", "done", "version", "card", "facts_json"),
        *("id", "was"),
    ),
)
TIMER_IN = Insert(
    tables.timers,
    "ON CONFLICT (case_id, name) DO UPDATE SET agent = excluded.agent, due = excluded.due, claim = excluded.claim,"
    " seq = excluded.seq, open = excluded.open, event = excluded.event, event_json = excluded.event_json"
    " WHERE timers.seq <= excluded.seq",  # one armed anew meanwhile stays: an older step knew nothing of it
)
ASK_IN = Insert(tables.asks)
ASK_UP = Many("UPDATE asks SET open = FALSE WHERE id = ?", ("id",))

# -- going along: whoever decides puts these and their rows into `World.extra`

THREAD_IN = Insert(tables.threads, "ON CONFLICT (case_id, lane) DO NOTHING")
UNWOUND = text("UPDATE journal SET unwound_by = :by WHERE source = :source AND unwound_by IS NULL")
HELD = text("UPDATE journal SET unwound_by = NULL WHERE source = :source AND unwound_by = :by")
DOCUMENT_IN = text(
    "INSERT INTO documents (hash, name, type, content, source, case_id, at)"
    " VALUES (:hash, :name, :type, :content, :source, :case_id, :at) ON CONFLICT (hash) DO NOTHING"
)
STANDING_IN = text(
    "INSERT INTO standings (agent, status, since, by) VALUES (:agent, :status, :since, :by)"
    " ON CONFLICT (agent) DO UPDATE SET status = excluded.status, since = excluded.since, by = excluded.by"
)
NOTE_IN = Insert(tables.tracker_notes, "ON CONFLICT (id) DO NOTHING")
CELL_IN = Many(
    'INSERT INTO tracker (agent, "column", value, version, at, by) VALUES (?, ?, ?, 1, ?, ?)'
    ' ON CONFLICT (agent, "column") DO UPDATE SET value = excluded.value, version = tracker.version + 1,'
    " at = excluded.at, by = excluded.by",
    ("agent", "column", "value", "at", "by"),
)
