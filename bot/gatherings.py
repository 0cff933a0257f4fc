"""What only the rows of many cases know: digests, checklists, reports, gathered when their message is decided.

Each reads through the batch's world and gives facts for one template; it decides nothing and sends nothing.
"""

from __future__ import annotations

from bot import call_desk, gathered_floor, review_desk, site_gatherings
from bot.gathered import Gathered, Gathering

__all__ = ["GATHERINGS", "Gathered", "Gathering"]

GATHERINGS: dict[str, Gathering] = {
    "queue": call_desk.gather_queue,
    "tbt_search_pack": call_desk.gather_searches,
    "review_dossier": review_desk.gather_dossier,
    **gathered_floor.GATHERINGS,
    **site_gatherings.GATHERINGS,
}
"""Every gathering by the name effects use."""
