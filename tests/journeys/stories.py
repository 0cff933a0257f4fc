"""How far a failed exam of Ana's has come: steps to begin a story with, in the new wording and in the old."""

from __future__ import annotations

from tests.journeys.stage import Step, press, say

FIRST = [say("ana", "/esp fail ahip 1", "11-17 10:02")]
COACHED = [*FIRST, press("tara", "Coached", "11-17 10:05"), press("tara", "Form done", "11-17 10:06")]
SECOND = [*COACHED, say("ana", "fail ahip 2", "11-17 13:00")]
DELIVERED = [*SECOND, press("tara", "Form done", "11-17 13:05"), press("tara", "CAP delivered", "11-17 13:08")]
RECEIVED = [*DELIVERED, press("ana", "I received", "11-17 13:09"), press("wes", "Ended", "11-17 13:09")]
READY = [*RECEIVED, say("lia", "proctor F-1 wed 10:00 @lia", "11-17 13:10")]
THIRD = [*READY, say("ana", "fail ahip 3", "11-18 11:00")]
LOCKED = [*THIRD, press("lia", "Confirm", "11-18 11:05"), press("tara", "Form done", "11-18 11:06")]

OLD_COACHED = [*FIRST, press("will", "Coached", "11-17 10:05"), press("will", "Form done", "11-17 10:06")]
OLD_SECOND = [*OLD_COACHED, say("ana", "fail ahip 2", "11-17 13:00")]
OLD_DELIVERED = [*OLD_SECOND, press("will", "Form done", "11-17 13:05"), press("tara", "CAP delivered", "11-17 13:08")]
OLD_RECEIVED = [*OLD_DELIVERED, press("ana", "I received", "11-17 13:09"), press("wes", "Ended", "11-17 13:09")]
OLD_READY = [*OLD_RECEIVED, say("pia", "proctor F-1 wed 10:00 @pia", "11-17 13:10")]
OLD_THIRD = [*OLD_READY, say("ana", "fail ahip 3", "11-18 11:00")]
OLD_LOCKED = [*OLD_THIRD, press("will", "Confirm", "11-18 11:05"), press("will", "Form done", "11-18 11:06")]

NEW: dict[str, list[Step]] = {
    "first": FIRST, "coached": COACHED, "second": SECOND, "delivered": DELIVERED, "received": RECEIVED, "ready": READY,
    "third": THIRD, "locked": LOCKED,
}  # fmt: skip
OLD: dict[str, list[Step]] = {
    "first": FIRST, "coached": OLD_COACHED, "second": OLD_SECOND, "delivered": OLD_DELIVERED, "received": OLD_RECEIVED,
    "ready": OLD_READY, "third": OLD_THIRD, "locked": OLD_LOCKED,
}  # fmt: skip
