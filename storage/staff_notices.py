"""Notices to staff: a row in an inbox, and once a message on `notice.staff`. Codes only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import JsonValue
from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.events import CaseEvent
from storage.tables import staff_notice

SAID_FIELDS = (
    "timer",
    "term",
    "rung",
    "to",
    "passed_over",
    "also",
    "whom",
    "due_at",
    "means",
    "reason",
    "from",
    "days",
    "by_department",
    "contested",
    "asked_for",
    "history",
    "correction_ground",
)
"""What of an event's detail is of use in an inbox. Texts are there by id only, and stay in the log:
a `reason` is a code where the system gives it, such as the carrier's."""


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def staff_message(event: CaseEvent, *, template: str, urgent: bool) -> dict[str, JsonValue]:
    """The codes from which a page makes the words: no text, no name, no contact."""
    return {
        "template": template,
        "urgent": urgent,
        "case": event.case,
        "seq": event.seq,
        "kind": event.kind,
        "at": _instant(event.at),
        "state": event.state,
        "item": event.item,
        "channel": event.channel,
        "agency": event.agency,
        "department": event.department,
        "legal_due_at": _instant(event.legal_due_at),
        "target_due_at": _instant(event.target_due_at),
        "detail": {name: event.detail[name] for name in SAID_FIELDS if name in event.detail},
    }


async def keep_staff_notice(
    conn: AsyncConnection, event: CaseEvent, *, recipient: str, template: str, urgent: bool
) -> bool:
    """Put a notice into the inbox `recipient`; False where it is there for this event already."""
    kept = await conn.execute(
        insert(staff_notice)
        .values(
            event_id=event.id,
            case_number=event.case,
            recipient=recipient,
            template=template,
            message=staff_message(event, template=template, urgent=urgent),
        )
        .on_conflict_do_nothing()
    )
    return kept.rowcount == 1


async def pending(conn: AsyncConnection, *, limit: int) -> Sequence[Row[tuple[Any, ...]]]:
    """Notices not yet produced to `notice.staff`, oldest first."""
    return (
        await conn.execute(
            select(staff_notice)
            .where(staff_notice.c.published_at.is_(None))
            .order_by(staff_notice.c.id)
            .limit(limit)
        )
    ).all()


async def mark_published(conn: AsyncConnection, ids: Sequence[int]) -> None:
    """Note that the notices were produced."""
    await conn.execute(
        update(staff_notice).where(staff_notice.c.id.in_(ids)).values(published_at=func.now())
    )
