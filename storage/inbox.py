"""The staff inbox: notices that name a department and a role, read by whoever is both."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, JsonValue
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.model import Frozen
from storage.tables import staff_notice


class StaffNotice(Frozen):
    """One notice; `message` holds codes only, the words are made when it is shown."""

    id: int
    event_id: UUID
    case_number: str
    recipient: str
    template: str
    message: dict[str, JsonValue]
    created_at: AwareDatetime
    read_at: AwareDatetime | None


COLUMNS = [staff_notice.c[name] for name in StaffNotice.model_fields]


async def inbox(
    conn: AsyncConnection,
    recipients: Sequence[str],
    *,
    unread: bool = True,
    before: int | None = None,
    limit: int = 50,
) -> tuple[StaffNotice, ...]:
    """The notices to `recipients`, newest first, from below the id `before`."""
    statement = select(*COLUMNS).where(staff_notice.c.recipient.in_(recipients))
    if unread:
        statement = statement.where(staff_notice.c.read_at.is_(None))
    if before is not None:
        statement = statement.where(staff_notice.c.id < before)
    rows = await conn.execute(statement.order_by(staff_notice.c.id.desc()).limit(limit))
    return tuple(StaffNotice.model_validate(row._mapping) for row in rows)


async def unread_count(conn: AsyncConnection, recipients: Sequence[str]) -> int:
    """How many notices to `recipients` nobody has read."""
    found = await conn.scalar(
        select(func.count())
        .select_from(staff_notice)
        .where(staff_notice.c.recipient.in_(recipients), staff_notice.c.read_at.is_(None))
    )
    return found or 0


async def mark_read(
    conn: AsyncConnection, recipients: Sequence[str], *, up_to: int, at: datetime
) -> None:
    """Note that the notices to `recipients` up to the id `up_to` were read."""
    await conn.execute(
        update(staff_notice)
        .where(
            staff_notice.c.recipient.in_(recipients),
            staff_notice.c.read_at.is_(None),
            staff_notice.c.id <= up_to,
        )
        .values(read_at=at)
    )
