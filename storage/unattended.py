"""Open cases whose workflow seems to be missing, the longest due first."""

from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.model import Frozen
from storage.tables import cases


class Unattended(Frozen):
    """A case that nobody attends, since when it has waited for that: a place in their order."""

    since: AwareDatetime
    number: str


async def unattended(
    conn: AsyncConnection,
    *,
    before: datetime,
    made_before: datetime,
    after: Unattended | None,
    limit: int,
) -> tuple[Unattended, ...]:
    """Cases whose next moment passed before `before`, or that were made before `made_before` and
    have never had a workflow; by due (P22): after an outage the latest are helped first."""
    since = func.coalesce(cases.c.next_at, cases.c.created_at)
    never = and_(cases.c.workflow_started_at.is_(None), cases.c.created_at < made_before)
    statement = (
        select(since.label("since"), cases.c.number)
        .where(~cases.c.ended, or_(never, cases.c.next_at < before))
        .order_by(since, cases.c.number)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(tuple_(since, cases.c.number) > (after.since, after.number))
    rows = await conn.execute(statement)
    return tuple(Unattended.model_validate(row._mapping) for row in rows)
