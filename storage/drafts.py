"""What an officer has begun to write about a case: sealed with its key, kept until the act is
done, offered back to nobody else."""

import json
from collections.abc import Mapping
from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.codes import Action
from schema.model import Frozen
from storage.store import Store
from storage.tables import act_draft
from storage.texts import case_key


class ActDraft(Frozen):
    """The fields of an act as they were typed, and when they were kept."""

    fields: dict[str, str]
    saved_at: AwareDatetime


async def keep_draft(
    conn: AsyncConnection,
    store: Store,
    number: str,
    *,
    login: str,
    action: Action,
    fields: Mapping[str, str],
    at: datetime,
) -> None:
    """Keep `fields` in place of what was kept before. Raises ErasedError for an erased case."""
    key = await case_key(conn, store, number)
    sealed = key.seal_text(json.dumps(dict(fields), ensure_ascii=False))
    values = {"sealed": sealed, "saved_at": at}
    await conn.execute(
        insert(act_draft)
        .values(case_number=number, login=login, action=action, **values)
        .on_conflict_do_update(index_elements=["case_number", "login", "action"], set_=values)
    )


async def drafts_of(
    conn: AsyncConnection, store: Store, number: str, *, login: str
) -> dict[Action, ActDraft]:
    """What `login` has begun to write about the case. Raises ErasedError for an erased one that
    something was begun about."""
    rows = (
        await conn.execute(
            select(act_draft.c.action, act_draft.c.sealed, act_draft.c.saved_at).where(
                act_draft.c.case_number == number, act_draft.c.login == login
            )
        )
    ).all()
    if not rows:
        return {}
    key = await case_key(conn, store, number)
    return {
        Action(row.action): ActDraft(
            fields=json.loads(key.open_text(row.sealed)), saved_at=row.saved_at
        )
        for row in rows
    }


async def drop_draft(conn: AsyncConnection, number: str, *, login: str, action: Action) -> None:
    """Forget it: the act is done, or its writer threw it away."""
    await conn.execute(
        delete(act_draft).where(
            act_draft.c.case_number == number,
            act_draft.c.login == login,
            act_draft.c.action == action,
        )
    )
