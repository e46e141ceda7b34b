"""What every channel folder gives: a gateway, a normalise and a reply. Nothing else is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from fastapi import APIRouter
from pydantic import AwareDatetime

from schema.codes import Channel, ReplyBy
from schema.messages import Composed, NoticeText, Recipient
from schema.model import Frozen
from schema.submission import Submission
from storage.store import Store


class GatewaySecrets(Frozen):
    """The keys that gateways check signatures with; None refuses every request of that kind."""

    pages_url: str
    sms_120_key: str | None = None
    smart_report_key: str | None = None
    x_consumer_secret: str | None = None
    meta_app_secret: str | None = None
    meta_verify_token: str | None = None


class IntakeRecord(Frozen):
    """One record as it came from its topic, the envelope taken off.

    `body` is the vendor's bytes untouched; `kind` the word in the CloudEvents type (call, message,
    report, post, form …); `arrived_at` the instant at the gateway.
    """

    channel: Channel
    kind: str
    external_id: str
    revision: int
    body: bytes
    media_type: str
    arrived_at: AwareDatetime
    receipt_number: str | None = None


class Normalise(Protocol):
    """Makes the one form of a record.

    Raises UnintelligibleError (to quarantine, coded) or NoPetitionError (understood, none).
    """

    def __call__(self, record: IntakeRecord, /) -> Submission:
        """The petition in `record`."""


class Compose(Protocol):
    """Fits a notice to a means, or None where the recipient has no address for it."""

    def __call__(
        self, notice: NoticeText, recipient: Recipient, means: ReplyBy, /
    ) -> Composed | None:
        """The notice as `means` carries it, or None."""


@dataclass(frozen=True)
class ChannelAdapter:
    """One channel: what the composition root mounts, what intake calls, what reply calls."""

    channel: Channel
    gateway: Callable[[Store, GatewaySecrets], APIRouter]
    normalise: Normalise
    compose: Compose
    means: tuple[ReplyBy, ...]
    """What a reply may be sent by, first choice first, after the means the petitioner asked for."""
