"""The one form that every channel's record is normalised into before it is registered."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, Field, JsonValue

from schema.codes import CaseKind, Channel, ReplyBy
from schema.model import Frozen
from schema.party import Party


class RecordKind(StrEnum):
    """What a record says of its petition: filed, changed at the source, or taken away there."""

    FILED = "filed"
    AMENDED = "amended"
    REMOVED = "removed"


class Location(Frozen):
    """A place as it was told: WGS84 degrees, an address in words, or both. Never checked here."""

    lat: float | None = None
    long: float | None = None
    address: str | None = None


class Contact(Frozen):
    """How to reach the petitioner. Sealed wherever it is stored."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    push_token: str | None = None
    handle: str | None = None


class Consent(Frozen):
    """Which version of the privacy notice was agreed to, and for which items."""

    version: str
    items: tuple[str, ...] = ()


class Attachment(Frozen):
    """A photo or video as stored: the copy has no metadata, what it said is kept as fields."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    original_sha256: str
    captured_at: datetime | None = None
    lat: float | None = None
    long: float | None = None


class Thread(Frozen):
    """Where on a network an answer goes: under which post, by which of the city's accounts."""

    network: str
    account: str
    post_id: str


class Submission(Frozen):
    """One petition in the language of the system.

    `external_id` names the call, message or post; `revision` its version (0 = first). `text` is
    NFC. `extra` holds the fields of the channel that nobody knew, kept and not refused.
    """

    channel: Channel
    external_id: str = Field(min_length=1, max_length=200)
    revision: int = Field(default=0, ge=0)
    record: RecordKind = RecordKind.FILED
    submitted_at: AwareDatetime
    receipt_number: str | None = None
    kind: CaseKind = CaseKind.PETITION
    text: str = ""
    item: str | None = None
    channel_category: str | None = None
    location: Location = Location()
    contact: Contact = Contact()
    reply_by: ReplyBy = ReplyBy.PAGE
    thread: Thread | None = None
    public: bool = True
    consent: Consent | None = None
    attachments: tuple[Attachment, ...] = ()
    answer_on_call: str | None = None
    """What the 120 agent answered on the call: the case is then answered at once (즉시답변)."""
    entered_by: str | None = None
    """The officer who entered a visit, letter or call for the petitioner."""
    party: Party = Party()
    plate: str | None = None
    """The number plate of a car, where its report asks for one. Sealed wherever it is stored."""
    language: str = "ko"
    site: str | None = None
    same_as: str | None = None
    """«저도요»: the public case whose matter the petitioner says this is."""
    aliases: tuple[str, ...] = ()
    """Other names of the same post: X gives every edit an id of its own."""
    extra: dict[str, JsonValue] = Field(default_factory=dict)
