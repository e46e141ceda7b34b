"""Requests for volunteer hours on their way to the volunteers' system, in batches."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import AwareDatetime
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.credits import CreditLine
from schema.model import Frozen
from storage.credits import RequestState, Volunteer
from storage.sealing import ErasedError, load_data_key
from storage.store import Store
from storage.tables import credit_request


class ExportedRequest(Frozen):
    """One request with whom it is for; to be handed to the volunteers' system, and nowhere else."""

    id: UUID
    volunteer: Volunteer
    lines: tuple[CreditLine, ...]


async def export_requests(
    conn: AsyncConnection, store: Store, *, batch: str, at: AwareDatetime
) -> tuple[ExportedRequest, ...]:
    """Whatever was requested, marked as gone out with `batch`; a batch asked for again is the same.

    A request whose person was erased is left out, and refused.
    """
    await conn.execute(
        update(credit_request)
        .where(credit_request.c.state == RequestState.REQUESTED)
        .values(state=RequestState.EXPORTED, batch=batch, exported_at=at)
    )
    rows = await conn.execute(
        select(credit_request)
        .where(credit_request.c.batch == batch)
        .order_by(credit_request.c.requested_at, credit_request.c.id)
    )
    found = []
    for row in rows.all():
        try:
            key = await load_data_key(conn, store.keyring, row.data_key_id)
        except ErasedError:
            await settle_requests(conn, [row.id], at=at, refused_because="erased")
            continue
        volunteer = Volunteer.model_validate_json(key.open(row.sealed))
        lines = tuple(CreditLine.model_validate(line) for line in row.lines)
        found.append(ExportedRequest(id=row.id, volunteer=volunteer, lines=lines))
    return tuple(found)


async def settle_requests(
    conn: AsyncConnection,
    ids: Sequence[UUID],
    *,
    at: AwareDatetime,
    refused_because: str | None = None,
) -> tuple[UUID, ...]:
    """Note that exported requests were confirmed, or refused with a reason; which they were.

    What was refused may be asked for again; what was settled before stays as it is.
    """
    state = RequestState.CONFIRMED if refused_because is None else RequestState.REFUSED
    settled = await conn.scalars(
        update(credit_request)
        .where(credit_request.c.id.in_(ids), credit_request.c.state == RequestState.EXPORTED)
        .values(state=state, settled_at=at, reason=refused_because)
        .returning(credit_request.c.id)
    )
    return tuple(settled)
