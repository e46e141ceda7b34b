"""From a record's bytes to its channel's own model, and coded reasons where that fails."""

import math
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, JsonValue, ValidationError

from schema.plain_text import plain_text
from schema.quarantine import QuarantineReason, UnintelligibleError

SEOUL = ZoneInfo("Asia/Seoul")
EARLIEST = datetime(2013, 1, 1, tzinfo=SEOUL)
"""No record is older than the service that the petitions are taken over from."""
CLOCK_SKEW = timedelta(days=1)

Model = TypeVar("Model", bound=BaseModel)

_REASONS = {
    "json_invalid": QuarantineReason.UNREADABLE_BODY,
    "missing": QuarantineReason.MISSING_FIELD,
    "blank": QuarantineReason.NO_TEXT,
    "text_too_long": QuarantineReason.TEXT_TOO_LONG,
}


def decoded(model: type[Model], body: bytes) -> Model:
    """The JSON `body` as `model`; raises UnintelligibleError that names the first wrong field."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise unintelligible(error) from None


def unintelligible(error: ValidationError) -> UnintelligibleError:
    """The coded reason for a body that did not fit its model, without anything from the body."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    reason = _REASONS.get(first["type"], QuarantineReason.WRONG_FIELD)
    field = ".".join(str(part) for part in first["loc"]) or "body"
    return UnintelligibleError(reason, f"{field}: {first['type']}")


def possible_instant(
    instant: datetime | None, *, field: str, arrived_at: datetime
) -> datetime | None:
    """`instant` in UTC; one without a zone was said in Seoul.

    Raises UnintelligibleError where it lies before 2013, or more than a day after the arrival.
    """
    if instant is None:
        return None
    aware = instant if instant.tzinfo else instant.replace(tzinfo=SEOUL)
    if not EARLIEST <= aware <= arrived_at + CLOCK_SKEW:
        raise UnintelligibleError(
            QuarantineReason.TIME_IMPOSSIBLE,
            f"{field}: before 2013 or over a day after the arrival; ask the sender for the time",
        )
    return aware.astimezone(UTC)


def unknown_fields(record: BaseModel, *, within: str = "") -> dict[str, JsonValue]:
    """The fields that the model does not know, kept by name; those of a part as `part.name`."""
    return {
        plain_text(f"{within}{name}"): value for name, value in (record.model_extra or {}).items()
    }


def finite(degrees: float | None) -> float | None:
    """`degrees`, or None where it is no number at all (NaN, infinity)."""
    return degrees if degrees is not None and math.isfinite(degrees) else None
