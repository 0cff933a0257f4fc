"""The states of a CAP and of a review, and the ways an agent's word comes in."""

NONE, HR_REVIEW, READY, DELIVERED, ACKED = "NONE", "HR_REVIEW", "READY", "DELIVERED", "ACKED"
DRAFT, REFUSED, NO_RESPONSE, FILED, WITHDRAWN = "DRAFT", "REFUSED", "NO_RESPONSE", "FILED", "WITHDRAWN"
OPEN, DECIDED, CLOSED_LEFT, VOID = "OPEN", "DECIDED", "CLOSED_LEFT", "VOID"
DRAFTED = (DRAFT, HR_REVIEW, READY)
HANDED_OVER = (DELIVERED, ACKED, REFUSED, NO_RESPONSE)

CHAT, MAIL, PRIVATE_MAIL, RELEASED_MAIL = "own chat account", "work mail", "private mail", "mail confirmed in chat"
WAYS = (CHAT, MAIL, PRIVATE_MAIL, RELEASED_MAIL)
"""How an agent's word about a CAP was authenticated (SPEC 8.9)."""
