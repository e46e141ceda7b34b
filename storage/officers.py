"""Who the officers behind the figures are, and whether they are here."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.model import Frozen
from storage.tables import staff_absence, staff_account


class Officer(Frozen):
    """An account by name; `away`: absent now."""

    login: str
    name: str
    away: bool


async def officers(
    conn: AsyncConnection, logins: Sequence[str], at: datetime
) -> Mapping[str, Officer]:
    """The accounts of `logins`, closed ones too; a login that is no account is left out."""
    absent = exists().where(
        staff_absence.c.login == staff_account.c.login,
        staff_absence.c.starts_at <= at,
        staff_absence.c.ends_at > at,
        staff_absence.c.ended_at.is_(None),
    )
    statement = select(staff_account.c.login, staff_account.c.name, absent.label("away")).where(
        staff_account.c.login.in_(logins)
    )
    rows = await conn.execute(statement)
    return {row.login: Officer.model_validate(row._mapping) for row in rows}
