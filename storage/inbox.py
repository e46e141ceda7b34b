"""The staff inbox: notices that name a department and a role, read by whoever is both."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, JsonValue
from sqlalchemy import ColumnElement, exists, func, select, update
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
    """The notices to `recipients`, newest first, from below the id `before`. What several of them
    were told in the same words is one notice to whoever reads for all of them."""
    statement = select(*COLUMNS).where(*_told(recipients, unread=unread))
    if before is not None:
        statement = statement.where(staff_notice.c.id < before)
    rows = await conn.execute(statement.order_by(staff_notice.c.id.desc()).limit(limit))
    return tuple(StaffNotice.model_validate(row._mapping) for row in rows)


async def unread_count(conn: AsyncConnection, recipients: Sequence[str]) -> int:
    """How many notices to `recipients` nobody has read."""
    found = await conn.scalar(
        select(func.count()).select_from(staff_notice).where(*_told(recipients, unread=True))
    )
    return found or 0


def _told(recipients: Sequence[str], *, unread: bool) -> list[ColumnElement[bool]]:
    """The notices to `recipients`, of those in the same words about one event the last."""
    told, same = staff_notice.c, staff_notice.alias()
    again = [
        same.c.event_id == told.event_id,
        same.c.template == told.template,
        same.c.recipient.in_(recipients),
        same.c.id > told.id,
    ]
    found = [told.recipient.in_(recipients)]
    if unread:
        found.append(told.read_at.is_(None))
        again.append(same.c.read_at.is_(None))
    return [*found, ~exists().where(*again)]


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
