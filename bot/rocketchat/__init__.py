"""The Rocket.Chat wire: a DDP session that listens, REST that speaks, and a gateway that forgets nothing.

No decision is made in here and no text is written; what comes in leaves as `bot.ports.Inbound`, what goes
out arrives as `bot.ports.ChatMessage`. Facts about the protocol: PROTOCOL.md, quoted by section.
"""

from bot.rocketchat.gateway import Gateway
from bot.rocketchat.rest import Account, Rest

__all__ = ["Account", "Gateway", "Rest"]
