"""What a case shows for a fine: photographs with their instants, the plate typed and confirmed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from rules.evidence import Evidence, Shot, evidence, evidence_rule
from rules.quiet_hours import SEOUL
from schema.codes import EventKind
from schema.events import CaseEvent
from schema.submission import Attachment
from web.opened import OpenedCase


@dataclass(frozen=True)
class EvidencePanel:
    """The panel. `typed` is the citizen's plate, `confirmed` the officer's, which stands."""

    found: Evidence
    photographs: tuple[Attachment, ...]
    asks_plate: bool
    typed: str | None
    confirmed: str | None
    confirmed_at: datetime | None
    request_id: str


def evidence_panel(opened: OpenedCase) -> EvidencePanel | None:
    """What the case shows by the rule of the day it was filed on; None where its item asks none."""
    if opened.case is None:
        return None
    rule = evidence_rule(opened.case.item, opened.submitted_at.astimezone(SEOUL).date())
    if rule is None:
        return None
    photographs = tuple(one for one in opened.attachments if one.media_type.startswith("image/"))
    shots = [Shot(captured_at=one.captured_at, lat=one.lat, long=one.long) for one in photographs]
    confirming = [one for one in opened.events if one.kind is EventKind.PLATE_CONFIRMED]
    typed = typed_plate(opened)
    confirmed = _words(opened, confirming[-1], "text") if confirming else None
    return EvidencePanel(
        found=evidence(rule, shots, plate=bool(typed or confirmed)),
        photographs=photographs,
        asks_plate=rule.plate,
        typed=typed,
        confirmed=confirmed,
        confirmed_at=confirming[-1].at if confirming else None,
        request_id=str(uuid4()),
    )


def typed_plate(opened: OpenedCase) -> str | None:
    """The number plate as the citizen typed it, whatever the case's item asks."""
    filed = next((one for one in opened.events if one.kind is EventKind.SUBMITTED), None)
    return _words(opened, filed, "plate")


def _words(opened: OpenedCase, event: CaseEvent | None, field: str) -> str | None:
    try:
        named = UUID(str(event.detail.get(field))) if event else None
    except ValueError:
        return None
    text = (opened.texts or {}).get(named) if named else None
    return text.text if text else None
