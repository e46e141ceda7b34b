"""The event log: an event and its outbox row, appended together."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.codes import Channel, EventKind, Role, State, Visibility
from schema.envelope import CASE_EVENTS
from schema.events import Actor, CaseEvent
from storage.tables import case_event, outbox


async def write_event(conn: AsyncConnection, event: CaseEvent, *, published: bool = True) -> None:
    """Append `event` to the log and, where it is `published`, to the outbox; the case's row must
    be locked or new."""
    values = event.model_dump(exclude={"case", "actor"})
    await conn.execute(
        insert(case_event).values(
            **values,
            case_number=event.case,
            actor_role=event.actor.role,
            actor_department=event.actor.department,
            actor_account=event.actor.account,
        )
    )
    if not published:
        return
    await conn.execute(
        insert(outbox).values(
            event_id=event.id,
            topic=CASE_EVENTS,
            key=event.case,
            message=event.to_cloud_event().to_bytes(),
        )
    )


def submission_event(
    *, number: str, channel: Channel, at: datetime, recorded_at: datetime, **fields: object
) -> CaseEvent:
    """The first event of a case, number 1."""
    return CaseEvent.model_validate(
        {
            "id": uuid4(),
            "case": number,
            "seq": 1,
            "kind": EventKind.SUBMITTED,
            "at": at,
            "recorded_at": recorded_at,
            "request_id": "submission",
            "actor": Actor(role=Role.CITIZEN),
            "state": State.SUBMITTED,
            "channel": channel,
            "visibility": Visibility.PUBLIC,
            "agency": None,
            "department": None,
            "district": None,
            "legal_due_at": None,
            "target_due_at": None,
            "calendar_version": None,
            "rule_pack": None,
            **fields,
        }
    )
