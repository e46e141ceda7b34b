"""The other cases that an event concerns when people are told of it."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.life import facts_of
from schema.events import CaseEvent
from storage.cases import CASE_COLUMNS, Case, case_of, events_of
from storage.linked_cases import RELATIONS
from storage.tables import cases


async def reporters_told(conn: AsyncConnection, case: Case, event: CaseEvent) -> tuple[Case, ...]:
    """The cases that were merged into `case` when `event` happened and still are, by number:
    whoever reported the same matter since, or has left, is told by an event of the own case."""
    log = [one for one in await events_of(conn, case.number) if one.seq <= event.seq]
    then = facts_of(log, kind=case.kind).reporters if log else frozenset()
    if not then:
        return ()
    rows = await conn.execute(
        select(*CASE_COLUMNS)
        .where(cases.c.number.in_(then), cases.c.merged_into == case.number)
        .order_by(cases.c.number)
    )
    return tuple(case_of(row) for row in rows)


async def opened_by(conn: AsyncConnection, event: CaseEvent) -> str | None:
    """The number of the case that `event` opened (a part split off, an objection), or None."""
    relation = RELATIONS.get(event.kind)
    if relation is None:
        return None
    return await conn.scalar(
        select(cases.c.number).where(
            cases.c.linked_to == event.case,
            cases.c.external_id == f"{relation}/{event.case}/{event.seq}",
        )
    )
