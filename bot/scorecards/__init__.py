"""Scorecards: what a certifier's sheet holds, and the sheet he is handed to fill in.

`read` takes bytes and gives plain values or nothing, never a guess; `workbook` gives the bytes of our own layout.
What the values mean for a round of calls is `workflows/call_cert`.
"""

from bot.scorecards.cells import Trap, fits, read
from bot.scorecards.form import workbook

__all__ = ["Trap", "fits", "read", "workbook"]
