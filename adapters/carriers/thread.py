"""Replies under a post, on whichever network it stands."""

from adapters.carriers import Carrier
from adapters.carriers.answers import failed
from adapters.carriers.meta import MetaCarrier
from adapters.carriers.x import XCarrier
from schema.messages import Delivery, OutboundMessage


class ThreadCarrier:
    """Picks the network's carrier by the message's thread."""

    def __init__(self, *, x: XCarrier, meta: MetaCarrier) -> None:
        self._networks: dict[str, Carrier] = {
            "x": x,
            "facebook": meta,
            "instagram": meta,
            "instagram_mention": meta,
        }

    async def close(self) -> None:
        """Give the connections of all networks back."""
        for carrier in self._networks.values():
            await carrier.close()

    async def send(self, message: OutboundMessage) -> Delivery:
        """Reply on the message's network; one that nobody serves is a failure for good."""
        network = message.thread.network if message.thread else ""
        carrier = self._networks.get(network)
        return await carrier.send(message) if carrier else failed("unknown_network")
