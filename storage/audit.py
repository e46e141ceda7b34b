"""The audit log: notes of who did what with whose data, and reading them again.

A note that must hold whatever becomes of the caller's work is written in a transaction of its own
(`note_reading`): data is shown only after its reading stands in the log. The database numbers and
chains what is inserted (`storage/migrations/versions/0009_audit_log.py`); `storage/audit_chain.py`
checks it.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.masking import mask
from schema.audit import AuditEntry, AuditKind, AuditNote, Doer, Why
from schema.model import Frozen
from storage.store import Store
from storage.tables import audit_entry

COLUMNS = [column for column in audit_entry.c if column.name != "hash"]


async def note(conn: AsyncConnection, entry: AuditNote) -> None:
    """Keep `entry` with the caller's transaction: both stand, or neither.

    The words are kept masked; whatever else they hold, nobody can take it away again.
    """
    await conn.execute(
        insert(audit_entry).values(
            kind=entry.kind,
            account=entry.doer.account,
            role=entry.doer.role,
            instead_of=entry.doer.instead_of,
            address=entry.doer.address,
            case_number=entry.case,
            person=entry.person,
            why=entry.why,
            words=mask(entry.words).text if entry.words else None,
            detail=entry.detail,
        )
    )


async def note_alone(store: Store, entry: AuditNote) -> None:
    """Keep `entry` in a transaction of its own."""
    async with store.engine.begin() as conn:
        await note(conn, entry)


async def note_reading(
    store: Store,
    doer: Doer,
    kind: AuditKind,
    *,
    case: str,
    why: Why | None = None,
    words: str | None = None,
    **detail: str | int,
) -> None:
    """Keep that `doer` reads what `case` holds of a person, before it is shown.

    `why` where a reason was asked for; without one the work on the case is the reason.
    """
    entry = AuditNote(kind=kind, doer=doer, case=case, why=why, words=words, detail=dict(detail))
    await note_alone(store, entry)


class AuditFilter(Frozen):
    """What of the log is asked for; what is None does not matter. `person` is who did it or whose
    account it was."""

    person: str | None = None
    case: str | None = None
    kind: AuditKind | None = None
    since: datetime | None = None
    until: datetime | None = None


class AuditPlace(Frozen):
    """Where a page of the log ends: the next one begins below."""

    at: datetime
    lane: int
    seq: int


def _asked(chosen: AuditFilter) -> Select[Any]:
    statement = select(*COLUMNS)
    entry = audit_entry.c
    if chosen.person is not None:
        statement = statement.where(
            (entry.account == chosen.person)
            | (entry.person == chosen.person)
            | (entry.instead_of == chosen.person)
        )
    if chosen.case is not None:
        statement = statement.where(entry.case_number == chosen.case)
    if chosen.kind is not None:
        statement = statement.where(entry.kind == chosen.kind)
    if chosen.since is not None:
        statement = statement.where(entry.at >= chosen.since)
    if chosen.until is not None:
        statement = statement.where(entry.at < chosen.until)
    return statement.order_by(entry.at.desc(), entry.lane.desc(), entry.seq.desc())


async def entries(
    conn: AsyncConnection,
    chosen: AuditFilter,
    *,
    after: AuditPlace | None = None,
    limit: int = 50,
) -> tuple[AuditEntry, ...]:
    """A page of the log, newest first, from below `after`."""
    statement = _asked(chosen)
    if after is not None:
        entry = audit_entry.c
        statement = statement.where(
            (entry.at < after.at)
            | (
                (entry.at == after.at)
                & (
                    (entry.lane < after.lane)
                    | ((entry.lane == after.lane) & (entry.seq < after.seq))
                )
            )
        )
    rows = await conn.execute(statement.limit(limit))
    return tuple(_entry(row) for row in rows)


async def all_entries(conn: AsyncConnection, chosen: AuditFilter) -> AsyncIterator[AuditEntry]:
    """Every entry asked for, newest first, as a stream."""
    async with conn.stream(_asked(chosen)) as rows:
        async for row in rows:
            yield _entry(row)


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        day=row.day,
        lane=row.lane,
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        doer=Doer(
            account=row.account, role=row.role, instead_of=row.instead_of, address=row.address
        ),
        case=row.case_number,
        person=row.person,
        why=row.why,
        words=row.words,
        detail=row.detail,
    )
