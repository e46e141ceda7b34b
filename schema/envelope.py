"""CloudEvents 1.0 in structured mode: the envelope of every message on Kafka."""

import base64
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from schema.codes import Channel, EventKind

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
SOURCE = "/minwon/engine"
CASE_EVENTS = "case.events"
STAFF_NOTICES = "notice.staff"


def intake_topic(channel: Channel) -> str:
    """The topic on which `channel`'s raw records arrive."""
    return f"intake.{channel}"


def dead_letter_topic(channel: Channel) -> str:
    """The topic of the records of `channel` that could not be understood."""
    return f"intake.{channel}.dlq"


def reply_topic(channel: Channel) -> str:
    """The topic of rendered replies to petitioners of `channel`."""
    return f"reply.{channel}"


def intake_type(channel: Channel, kind: str) -> str:
    """The CloudEvents type of one raw record."""
    return f"kr.seoul.minwon.intake.{channel}.{kind}.v1"


def case_type(kind: EventKind) -> str:
    """The CloudEvents type of one case event."""
    return f"kr.seoul.minwon.case.{kind}.v1"


class CloudEvent(BaseModel):
    """One message. Extension attributes of other producers are kept, not refused."""

    model_config = ConfigDict(frozen=True, extra="allow")

    specversion: Literal["1.0"] = "1.0"
    id: str = Field(min_length=1)
    source: str = Field(min_length=1)
    type: str = Field(min_length=1)
    subject: str | None = None
    time: AwareDatetime | None = None
    datacontenttype: str | None = None
    data: JsonValue = None
    data_base64: str | None = None

    def body(self) -> bytes | None:
        """The bytes in `data_base64`, or None where the event carries `data` instead.

        Raises ValueError when the base64 is broken.
        """
        if self.data_base64 is None:
            return None
        return base64.b64decode(self.data_base64, validate=True)

    def to_bytes(self) -> bytes:
        """The structured-mode JSON, absent attributes left out."""
        return self.model_dump_json(exclude_none=True).encode()


def cloud_event(
    *, id: str, type: str, subject: str | None, time: datetime, data: JsonValue
) -> CloudEvent:
    """An event of our own, from the one source name of the engine."""
    return CloudEvent(
        id=id,
        source=SOURCE,
        type=type,
        subject=subject,
        time=time,
        datacontenttype="application/json",
        data=data,
    )
