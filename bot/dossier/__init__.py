"""The file of a case, or of one agent, for HR: all that is on record of it, as JSON and as one PDF made from it.

The JSON is the record; the PDF says the same for people. Its form is "certdesk-dossier/1": keys are added, never
changed. All times in it are UTC, ISO 8601; who people are is told by the roster of that day.

    format, made_at, made_for, of, agent {username, name, oid, class, site, zone}
    cases      [{ref, workflow, about, opened_at, changed_at, state, open, outcome, policy, called_for_by, see_also,
                 steps, messages, duties, acknowledgement, tracker, data}]
      steps    [{seq, at, by {username, name, roles}, door, source, event, meaning, words, details, from, to, rule,
                 taken_back {by, at, step} or null}]
      messages [{key, id, channel, to, cc, subject, text, attachments, made_at, sent_at, state, error}]
      duties   [{title, owners, since, due, status, settled_at, settled_by, done}]
      acknowledgement {kind, delivered_at, delivered_by, method, present, document, answer, answered_at, way, proof,
                 witness, comment} or null
    policies   [{pin, id, title, version, source, words}]       the wording a case was opened under
    documents  [{hash, name, type, size, case, kept_at, intact}] SHA-256 of the bytes as they went out
    withheld   [{ref, workflow}]                                 restricted to the people named in them
    given      [{to, at, of}]                                    files of this agent that were mailed before
"""

from __future__ import annotations

from bot.dossier.page import pdf
from bot.dossier.parcel import EVERYTHING, agent_of, as_json, enclosed, kept
from bot.dossier.reading import FORMAT, documents_of, gather, names_of, refs_of, tied_to

__all__ = [
    "EVERYTHING", "FORMAT", "agent_of", "as_json", "documents_of", "enclosed", "gather", "kept", "names_of", "pdf",
    "refs_of", "tied_to",
]  # fmt: skip
