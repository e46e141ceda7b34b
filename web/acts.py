"""Acts as they are posted: their fields, what becomes of them, and what a person is told."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import Field, JsonValue, model_validator

from rules.fields import FieldKind, field
from rules.transitions import fields_of
from schema.codes import Action
from schema.commands import Refusal
from schema.forms import MAX_TEXT
from schema.grounds import (
    CorrectionGround,
    DeclineGround,
    ExclusionGround,
    ExtensionReason,
    HideGround,
    ReturnGround,
)
from schema.model import Frozen
from schema.numbers import typed_receipt_number
from schema.plain_text import plain_text
from storage.cases import event_of_request
from storage.commands import find_command
from web.site import Site


class ActBody(Frozen):
    """The body of an act. `request_id` makes it happen once; a field left blank is not there.

    Text is made plain on the way in: a NUL would be refused by the database later.
    """

    request_id: str = Field(min_length=1, max_length=100)
    department: str | None = Field(default=None, max_length=60)
    item: str | None = Field(default=None, max_length=10)
    officer: str | None = Field(default=None, max_length=60)
    reason: str | None = Field(default=None, max_length=MAX_TEXT)
    text: str | None = Field(default=None, max_length=MAX_TEXT)
    remedy: str | None = Field(default=None, max_length=MAX_TEXT)
    days: int | None = Field(default=None, ge=1, le=365)
    households: int | None = Field(default=None, ge=1, le=100_000)
    signatures: int | None = Field(default=None, ge=1, le=100_000)
    grade: int | None = Field(default=None, ge=1, le=5)
    consent: bool | None = None
    found_later: bool | None = None
    held_on: date | None = None
    into: str | None = Field(default=None, max_length=20)
    earlier: str | None = Field(default=None, max_length=400)
    reason_code: ExtensionReason | None = None
    decline_ground: DeclineGround | None = None
    exclusion_ground: ExclusionGround | None = None
    return_ground: ReturnGround | None = None
    correction_ground: CorrectionGround | None = None
    hide_ground: HideGround | None = None
    confirmed: bool | None = None
    """That the personal data in what the petitioner will read may go out."""

    @model_validator(mode="before")
    @classmethod
    def _drop_blanks(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        cleaned = {
            name: plain_text(value) if isinstance(value, str) else value
            for name, value in data.items()
        }
        return {name: value for name, value in cleaned.items() if value not in (None, "")}


class OnItsWay(Frozen):
    """202: stored, and on its way to the case."""

    request_id: str
    status: str = "on_its_way"


class ActForm(ActBody):
    """An act posted by a page. `csrf` is checked where a session acts."""

    csrf: str = ""


def act_body(action: Action, body: ActBody) -> dict[str, JsonValue]:
    """The fields of `body` that belong to `action`, as the command stores them: a receipt number
    as it is written, however it was typed."""
    given = body.model_dump(mode="json", exclude_none=True)
    fields = {name: given[name] for name in fields_of(action) if name in given}
    return {name: _written(name, value) for name, value in fields.items()}


def _written(name: str, value: JsonValue) -> JsonValue:
    if field(name).kind is FieldKind.CASE:
        return typed_receipt_number(str(value)) or value
    return value


def foreign_fields(action: Action, body: ActBody) -> list[str]:
    """The fields of `body` that `action` does not take."""
    given = body.model_dump(exclude_none=True).keys() - {"request_id", "csrf", "confirmed"}
    return sorted(given - set(fields_of(action)))


class Progress(StrEnum):
    """How far an act has come."""

    RECORDED = "recorded"
    ON_ITS_WAY = "on_its_way"
    REFUSED = "refused"


@dataclass(frozen=True)
class Standing:
    """What has become of an act that was posted before."""

    progress: Progress
    refusal: Refusal | None = None


async def standing_of(site: Site, number: str, request_id: str) -> Standing | None:
    """The standing of the act `request_id`, or None where nobody asked for it."""
    async with site.store.engine.connect() as conn:
        if await event_of_request(conn, number, request_id) is not None:
            return Standing(Progress.RECORDED)
        stored = await find_command(conn, number, request_id)
    if stored is None:
        return None
    if stored.refusal is not None:
        return Standing(Progress.REFUSED, stored.refusal)
    return Standing(Progress.ON_ITS_WAY)
