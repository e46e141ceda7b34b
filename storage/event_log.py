"""The event log: an event and its outbox row, appended together."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Insert, Update, func, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.turn import Turn
from schema.codes import Channel, EventKind, Role, State, Visibility
from schema.envelope import CASE_EVENTS
from schema.events import Actor, CaseEvent
from storage.tables import case_event, cases, command, outbox


async def write_event(conn: AsyncConnection, event: CaseEvent, *, published: bool = True) -> None:
    """Append `event` to the log and, where it is `published`, to the outbox; the case's row must
    be locked or new."""
    await conn.execute(_logged(event))
    if published:
        await conn.execute(_sent(event))


async def write_act(
    conn: AsyncConnection,
    event: CaseEvent,
    case_values: Mapping[str, object],
    *,
    published: bool = True,
    also: Sequence[Update | Insert] = (),
) -> None:
    """Append `event`, bring its case's row up to date and settle its command, in one statement:
    each round trip to the database is a fifth of what an act costs."""
    statement = (
        update(cases)
        .where(cases.c.number == event.case)
        .values(**case_values)
        .add_cte(_logged(event).cte("logged"), _settled(event).cte("settled"))
    )
    if published:
        statement = statement.add_cte(_sent(event).cte("sent"))
    for place, one in enumerate(also):
        statement = statement.add_cte(one.cte(f"also_{place}"))
    await conn.execute(statement)


def logged_values(event: CaseEvent) -> dict[str, object]:
    """The row of `event` in the log."""
    return {
        **event.model_dump(exclude={"case", "actor"}),
        "case_number": event.case,
        "actor_role": event.actor.role,
        "actor_department": event.actor.department,
        "actor_account": event.actor.account,
        "actor_instead_of": event.actor.instead_of,
    }


def sent_values(event: CaseEvent) -> dict[str, object]:
    """The row of `event` in the outbox."""
    return {
        "event_id": event.id,
        "topic": CASE_EVENTS,
        "key": event.case,
        "message": event.to_cloud_event().to_bytes(),
    }


def _logged(event: CaseEvent) -> Insert:
    return insert(case_event).values(**logged_values(event))


def _sent(event: CaseEvent) -> Insert:
    return insert(outbox).values(**sent_values(event))


def _settled(event: CaseEvent) -> Update:
    return (
        update(command)
        .where(
            command.c.case_number == event.case,
            command.c.request_id == event.request_id,
            command.c.settled_at.is_(None),
        )
        .values(settled_at=func.now())
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


def turn_values(turn: Turn) -> dict[str, object]:
    """The columns that queues are ordered and filtered by. A note never changes them."""
    return {"turn_at": turn.at, "turn_timer": turn.timer, "waits_for": turn.waits_for}
