"""What the 120 centre and carriers send: the models of their records, in our own JSON."""

from datetime import datetime

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from schema.forms import MAX_TEXT
from schema.model import Tolerant
from schema.plain_text import is_blank, plain_text
from schema.submission import Consent


def petition_text(text: str) -> str:
    """`text` as it is kept; raises the faults `blank` and `text_too_long`."""
    plain = plain_text(text)
    if is_blank(plain):
        raise PydanticCustomError("blank", "says nothing")
    if len(plain) > MAX_TEXT:
        raise PydanticCustomError("text_too_long", "longer than any petition may be")
    return plain


class SpokenConsent(Tolerant):
    """The privacy notice that the agent read out, and whether the caller agreed."""

    version: str
    items: tuple[str, ...] = ()

    def kept(self) -> Consent:
        """The consent as the submission carries it."""
        return Consent(version=self.version, items=self.items)


class CallRecord(Tolerant):
    """One call to 120 (상담 기록). `answered`: the agent answered it on the telephone."""

    call_id: str
    agent: str | None = None
    caller: str | None = None
    caller_name: str | None = Field(default=None, max_length=100)
    started_at: datetime | None = None
    ended_at: datetime | None = None
    summary: str
    category: str | None = None
    place: str | None = None
    answered: bool = False
    answer: str | None = None
    consent: SpokenConsent | None = None
    public: bool = False
    language: str | None = None

    _summary = field_validator("summary")(petition_text)


class TextMessage(Tolerant):
    """One message (문자) in the plain form; a long one may come as a list of its parts."""

    message_id: str
    sender: str | None = Field(default=None, alias="from")
    receiver: str | None = Field(default=None, alias="to")
    text: str
    received_at: datetime | None = None

    @field_validator("text", mode="before")
    @classmethod
    def _parts_in_order(cls, text: object) -> object:
        if isinstance(text, list) and all(isinstance(part, str) for part in text):
            return "".join(text)
        return text
