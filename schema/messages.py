"""What the city says to people: the notice in words, its recipient, the message that is sent."""

from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime

from schema.codes import Channel, EventKind, ReplyBy
from schema.model import Frozen
from schema.submission import Contact, Thread


class NoticeText(Frozen):
    """One notice in the recipient's language, before any channel has shortened it.

    `body` may address the petitioner personally; `public_body` is what may stand where everyone
    reads, such as under a post. `url` is the case page, with the key where the means is private.
    """

    template: str
    subject: str
    body: str
    public_body: str
    url: str
    public_url: str


class Recipient(Frozen):
    """Whom to tell and where; sealed wherever stored."""

    contact: Contact
    reply_by: ReplyBy
    thread: Thread | None = None
    language: str = "ko"


class OutboundMessage(Frozen):
    """One message as its carrier will get it. `id` is the same however often it is tried.

    `case` and `event_kind` are those of the event told; a message that tells of none (an answer to
    a question) has neither, and `event_id` is then the id of what it answers.
    """

    id: UUID
    case: str | None = None
    event_id: UUID
    event_kind: EventKind | None = None
    channel: Channel
    means: ReplyBy
    to: str
    subject: str = ""
    body: str
    thread: Thread | None = None
    created_at: AwareDatetime


class Composed(Frozen):
    """What a channel makes of a notice for one means: the address and the text that fits."""

    to: str
    body: str
    subject: str = ""
    thread: Thread | None = None


class DeliveryOutcome(StrEnum):
    """What became of a message: taken by the carrier, or refused for good."""

    DELIVERED = "delivered"
    FAILED = "failed"


class Delivery(Frozen):
    """The carrier's answer. `reference` is its own id of the message; `reason` a code, no text."""

    outcome: DeliveryOutcome
    reference: str | None = None
    reason: str | None = None
