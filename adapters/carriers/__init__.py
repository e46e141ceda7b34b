"""The ways out: one module a means of delivery. May import schema."""

from typing import Protocol

from schema.messages import Delivery, OutboundMessage


class TemporaryFailure(Exception):  # noqa: N818 - names what happened, deliver decides what to do
    """The carrier could not take the message now (timeout, 429, 5xx): the same again, later.

    `retry_after` is what the carrier asked for, in seconds.
    """

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class Carrier(Protocol):
    """Hands one message to the outside.

    The same message (same id) handed over again may arrive twice only where the carrier has no
    means to tell. Raises TemporaryFailure; a refusal for good is a Delivery that says FAILED.
    """

    async def send(self, message: OutboundMessage, /) -> Delivery:
        """Hand over one message; raises TemporaryFailure where it should be tried again."""

    async def close(self) -> None:
        """Give connections back; nothing is sent after it."""
