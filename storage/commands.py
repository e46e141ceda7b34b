"""Commands of officers and citizens, stored before they are sent, so that none is lost."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import JsonValue
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.fields import FieldKind, field
from rules.transitions import fields_of, text_kind
from schema.codes import Action, Role
from schema.commands import Command, Refusal
from schema.events import Actor
from schema.model import Frozen
from storage.store import Store
from storage.tables import command as command_table
from storage.texts import case_key, keep_text


class Kept(StrEnum):
    """What `keep_command` found."""

    NEW = "new"
    SAME = "same"
    OTHER = "other"
    """The same request id came with another act or body: to be refused."""


class StoredCommand(Frozen):
    """A command with what became of it: an event (then `refusal` is None) or a refusal."""

    command: Command
    settled: bool
    refusal: Refusal | None


def _fingerprint(action: Action, body: Mapping[str, JsonValue]) -> bytes:
    return hashlib.sha256(json.dumps([action, body], sort_keys=True).encode()).digest()


async def keep_command(
    conn: AsyncConnection,
    store: Store,
    *,
    number: str,
    request_id: str,
    action: Action,
    actor: Actor,
    at: datetime,
    body: Mapping[str, JsonValue],
) -> tuple[Kept, StoredCommand]:
    """Store the command; its free texts go into case_text and are named by id in its detail.

    A request id met before gives back the command stored then. The legal instant is the first
    one's. Raises LookupError where there is no such case.
    """
    fingerprint = _fingerprint(action, body)
    earlier = await find_command(conn, number, request_id)
    if earlier is None:
        detail = await _detail(conn, store, number, action, body)
        inserted = await conn.execute(
            insert(command_table)
            .values(
                case_number=number,
                request_id=request_id,
                action=action,
                actor_role=actor.role,
                actor_department=actor.department,
                actor_account=actor.account,
                actor_instead_of=actor.instead_of,
                at=at,
                detail=detail,
                fingerprint=fingerprint,
            )
            .on_conflict_do_nothing()
        )
        earlier = await find_command(conn, number, request_id)
        assert earlier is not None
        if inserted.rowcount == 1:
            return Kept.NEW, earlier
    same = await conn.scalar(
        select(command_table.c.fingerprint == fingerprint).where(
            command_table.c.case_number == number, command_table.c.request_id == request_id
        )
    )
    return (Kept.SAME if same else Kept.OTHER), earlier


async def _detail(
    conn: AsyncConnection,
    store: Store,
    number: str,
    action: Action,
    body: Mapping[str, JsonValue],
) -> dict[str, JsonValue]:
    detail = dict(body)
    for name in fields_of(action):
        content = detail.get(name)
        written = field(name).kind is FieldKind.TEXT and isinstance(content, str)
        if written and str(content).strip():
            key = await case_key(conn, store, number)
            kind = text_kind(action, name)
            detail[name] = str(await keep_text(conn, key, number, kind, str(content).strip()))
    return detail


async def find_command(conn: AsyncConnection, number: str, request_id: str) -> StoredCommand | None:
    """The stored command, or None."""
    row = (
        await conn.execute(
            select(command_table).where(
                command_table.c.case_number == number, command_table.c.request_id == request_id
            )
        )
    ).one_or_none()
    if row is None:
        return None
    command = Command(
        request_id=row.request_id,
        case=row.case_number,
        action=Action(row.action),
        actor=Actor(
            role=Role(row.actor_role),
            department=row.actor_department,
            account=row.actor_account,
            instead_of=row.actor_instead_of,
        ),
        at=row.at,
        detail=row.detail,
    )
    refusal = Refusal.model_validate(row.refusal) if row.refusal else None
    return StoredCommand(command=command, settled=row.settled_at is not None, refusal=refusal)


async def settle_command(
    conn: AsyncConnection, number: str, request_id: str, refusal: Refusal | None = None
) -> None:
    """Note that the command was answered; a settled one is not changed again."""
    await conn.execute(
        update(command_table)
        .where(
            command_table.c.case_number == number,
            command_table.c.request_id == request_id,
            command_table.c.settled_at.is_(None),
        )
        .values(
            settled_at=func.now(),
            refusal=refusal.model_dump(mode="json") if refusal else None,
        )
    )


async def unanswered_commands(
    conn: AsyncConnection, *, before: datetime, limit: int
) -> tuple[Command, ...]:
    """Commands stored before `before` and not answered yet, oldest first."""
    rows = await conn.execute(
        select(command_table.c.case_number, command_table.c.request_id)
        .where(command_table.c.settled_at.is_(None), command_table.c.created_at < before)
        .order_by(command_table.c.created_at)
        .limit(limit)
    )
    found = [await find_command(conn, row.case_number, row.request_id) for row in rows.all()]
    return tuple(stored.command for stored in found if stored is not None)
