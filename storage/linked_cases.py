"""Cases that come from an earlier one: a part of it, an objection to it, the matter once more."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.book import objection_periods
from schema.codes import CaseKind, EventKind
from schema.events import CaseEvent
from schema.grounds import Relation
from schema.model import Frozen
from schema.submission import Location, Submission
from storage.cases import Case, party_of, petitioner_of, told_address
from storage.locked_cases import LockedCase
from storage.opening import Link, open_case
from storage.sealing import new_data_key
from storage.store import Store
from storage.tables import cases
from storage.texts import texts_of

RELATIONS = {
    EventKind.SPLIT: Relation.SPLIT,
    EventKind.OBJECTED: Relation.OBJECTION,
    EventKind.REOPENED: Relation.REOPENED,
}


class LinkedCase(Frozen):
    """Another case that this one came from, or that came from this one."""

    number: str
    relation: Relation
    state: str
    came_from_this: bool


async def open_linked(
    conn: AsyncConnection, store: Store, locked: LockedCase, event: CaseEvent
) -> str:
    """Open the case that `event` calls for, with the petitioner of `locked`; give its number.

    A part that was split off keeps the first receipt's instant; an objection and a new filing
    arrive now.
    """
    case, relation = locked.case, RELATIONS[event.kind]
    told = await petitioner_of(conn, store, case.number)
    texts = await texts_of(conn, store, case.number)
    submission = Submission(
        channel=case.channel,
        external_id=f"{relation}/{case.number}/{event.seq}",
        submitted_at=case.submitted_at if relation is Relation.SPLIT else event.at,
        kind=CaseKind.PETITION if relation is Relation.OBJECTION else case.kind,
        text=texts[UUID(str(event.detail["text"]))].text,
        item=str(event.detail.get("item") or case.item or "") or None,
        location=Location(
            lat=case.lat, long=case.long, address=await told_address(conn, store, case.number)
        ),
        contact=told.contact,
        thread=told.thread,
        reply_by=told.reply_by,
        party=await party_of(conn, store, case.number),
        language=told.language,
        public=case.public,
    )
    days = objection_periods(locked.facts)[1] if relation is Relation.OBJECTION else None
    link = Link(relation=relation, to=case.number, objection_days=days)
    key = await new_data_key(conn, store.keyring)
    return await open_case(conn, store, submission, key, link=link)


async def linked_cases(conn: AsyncConnection, case: Case) -> tuple[LinkedCase, ...]:
    """The case that `case` came from, and those that came from it."""
    columns = (cases.c.number, cases.c.relation, cases.c.state)
    rows = await conn.execute(
        select(*columns).where(cases.c.linked_to == case.number).order_by(cases.c.number)
    )
    found = [
        LinkedCase(
            number=row.number,
            relation=Relation(row.relation),
            state=row.state,
            came_from_this=True,
        )
        for row in rows
    ]
    if case.linked_to is not None and case.relation is not None:
        state = await conn.scalar(select(cases.c.state).where(cases.c.number == case.linked_to))
        origin = LinkedCase(
            number=case.linked_to,
            relation=Relation(case.relation),
            state=str(state),
            came_from_this=False,
        )
        found.insert(0, origin)
    return tuple(found)
