"""A report as the app sends it, and as the journal keeps it beside its photographs' facts."""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator
from pydantic_core import PydanticCustomError

from schema.forms import MAX_TEXT
from schema.model import Frozen, Tolerant
from schema.plain_text import is_blank, plain_text
from schema.submission import Attachment, Consent


def _text(value: str) -> str:
    plain = plain_text(value)
    if is_blank(plain):
        raise PydanticCustomError("blank", "the report says nothing")
    if len(plain) > MAX_TEXT:
        raise PydanticCustomError("text_too_long", "the report is too long")
    return plain


def _plain_or_none(value: object) -> object:
    if not isinstance(value, str):
        return value
    return plain_text(value) or None


Plain = Annotated[str | None, BeforeValidator(_plain_or_none), Field(max_length=500)]


class AppConsent(Tolerant):
    """Which notice the reporter agreed to, and for what."""

    version: str = Field(max_length=40)
    items: tuple[str, ...] = ()

    def kept(self) -> Consent:
        """As the petition keeps it."""
        return Consent(version=self.version, items=self.items)


class AppShot(Tolerant):
    """When the app's own camera took a file of the report, by the file's name."""

    name: str = Field(max_length=200)
    taken_at: datetime


class AppReport(Tolerant):
    """The part `report`: what the app's user said. Fields that nobody knows are kept."""

    report_id: str = Field(min_length=1, max_length=100)
    submitted_at: datetime | None = None
    item: Plain = None
    category: Plain = None
    text: str
    lat: float | None = None
    long: float | None = None
    accuracy: float | None = None
    address: Plain = None
    name: Plain = None
    phone: Plain = None
    push_token: Plain = None
    plate: Annotated[str | None, BeforeValidator(_plain_or_none), Field(max_length=20)] = None
    shots: tuple[AppShot, ...] = ()
    consent: AppConsent | None = None
    public: bool = True

    @field_validator("text")
    @classmethod
    def _says_something(cls, value: str) -> str:
        return _text(value)


class JournalledReport(Frozen):
    """The journal's body: the report's JSON text untouched, and the facts of its stored copies.

    The multipart request itself is not kept: its photographs carry their makers' metadata, and no
    stored copy may (issue: «every stored copy is free of metadata»). A part that is no UTF-8 is
    kept in `undecodable`, in base64, for whoever works on the quarantine.
    """

    report: str = ""
    undecodable: str = ""
    attachments: tuple[Attachment, ...] = ()
