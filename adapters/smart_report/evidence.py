"""What the app's user is told at once of a fine's evidence: read from the report as it was sent.

The report is read a second time by intake, which refuses what it cannot understand; here whatever
cannot be read is as if it had not been said.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from adapters.clean_files import CleanPhotograph
from rules.evidence import Evidence, Shot, evidence, evidence_rule
from rules.quiet_hours import SEOUL
from schema.plain_text import is_blank

Named = tuple[str, CleanPhotograph]
VIDEO = "video/"
CLOCKS_DIFFER = timedelta(minutes=5)
_INSTANT: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)


def said_in(report: bytes) -> Mapping[str, Any]:
    """The fields of the report; none where it is no JSON object."""
    try:
        found = json.loads(report)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def timed(said: Mapping[str, Any], photographs: Sequence[Named]) -> list[Named]:
    """The photographs with the instants of the app's own camera, where it told them: nobody has
    touched those between camera and report. Else what the file itself said stays."""
    shots = said.get("shots")
    taken = {
        one["name"]: at
        for one in (shots if isinstance(shots, list) else ())
        if isinstance(one, dict) and isinstance(one.get("name"), str)
        for at in [_instant(one.get("taken_at"))]
        if at is not None
    }
    return [
        (name, made.model_copy(update={"captured_at": taken[name]}) if name in taken else made)
        for name, made in photographs
    ]


def _instant(said: object) -> datetime | None:
    try:
        at = _INSTANT.validate_python(said)
    except ValidationError:
        return None
    return None if at > datetime.now(UTC) + CLOCKS_DIFFER else at.astimezone(UTC)


def told_evidence(
    said: Mapping[str, Any], photographs: Sequence[CleanPhotograph], at: datetime
) -> Evidence | None:
    """Whether a fine can follow from the report; None where its item asks for no evidence."""
    item, plate = said.get("item"), said.get("plate")
    day = at.astimezone(SEOUL).date()
    rule = evidence_rule(item.strip().upper(), day) if isinstance(item, str) else None
    if rule is None:
        return None
    shots = [
        Shot(captured_at=one.captured_at, lat=one.lat, long=one.long)
        for one in photographs
        if not one.media_type.startswith(VIDEO)
    ]
    return evidence(rule, shots, plate=isinstance(plate, str) and not is_blank(plate))
