"""The list of the staff: who there is, what each does, who is away and who stands in."""

from collections.abc import Collection
from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.model import Frozen
from schema.staff import Duty
from storage.duties import in_order
from storage.tables import staff_absence, staff_account, staff_duty


class Person(Frozen):
    """One account as the list shows it. `away_until` while it is absent, `deputy` who stands in."""

    login: str
    name: str
    phone: str | None
    duties: tuple[Duty, ...]
    disabled_at: AwareDatetime | None
    away_until: AwareDatetime | None = None
    deputy: str | None = None


class PeopleFilter(Frozen):
    """Who is asked for: of these departments (None: all), with these words in name or login."""

    departments: tuple[str, ...] | None = None
    words: str = ""
    disabled: bool = False


async def people(
    conn: AsyncConnection,
    chosen: PeopleFilter,
    at: datetime,
    *,
    after: tuple[str, str] | None = None,
    limit: int = 50,
) -> tuple[Person, ...]:
    """A page of the staff by name, from below `after` (name, login)."""
    account = staff_account.c
    statement = select(
        account.login,
        account.name,
        account.phone,
        account.role,
        account.department,
        account.disabled_at,
    ).order_by(account.name, account.login)
    if chosen.departments is not None:
        further = select(staff_duty.c.login).where(staff_duty.c.department.in_(chosen.departments))
        statement = statement.where(
            or_(account.department.in_(chosen.departments), account.login.in_(further))
        )
    if not chosen.disabled:
        statement = statement.where(account.disabled_at.is_(None))
    if chosen.words.strip():
        words = chosen.words.strip()
        statement = statement.where(
            or_(
                account.name.icontains(words, autoescape=True),
                account.login.icontains(words, autoescape=True),
            )
        )
    if after is not None:
        statement = statement.where(tuple_(account.name, account.login) > after)
    rows = (await conn.execute(statement.limit(limit))).all()
    logins = [row.login for row in rows]
    further_duties = await _further(conn, logins)
    away = await _away(conn, logins, at)
    return tuple(
        Person(
            login=row.login,
            name=row.name,
            phone=row.phone,
            duties=(
                Duty(role=row.role, department=row.department),
                *further_duties.get(row.login, ()),
            ),
            disabled_at=row.disabled_at,
            **away.get(row.login, {}),
        )
        for row in rows
    )


async def _further(conn: AsyncConnection, logins: Collection[str]) -> dict[str, tuple[Duty, ...]]:
    found: dict[str, list[Duty]] = {}
    for row in await conn.execute(select(staff_duty).where(staff_duty.c.login.in_(logins))):
        found.setdefault(row.login, []).append(Duty(role=row.role, department=row.department))
    return {login: in_order(duties) for login, duties in found.items()}


async def _away(
    conn: AsyncConnection, logins: Collection[str], at: datetime
) -> dict[str, dict[str, object]]:
    absence = staff_absence.c
    rows = await conn.execute(
        select(absence.login, absence.ends_at, absence.deputy).where(
            absence.login.in_(logins),
            absence.starts_at <= at,
            absence.ends_at > at,
            absence.ended_at.is_(None),
        )
    )
    return {row.login: {"away_until": row.ends_at, "deputy": row.deputy} for row in rows}


async def names_of(conn: AsyncConnection, logins: Collection[str]) -> dict[str, str]:
    """The names of accounts, closed ones too."""
    account = staff_account.c
    rows = await conn.execute(select(account.login, account.name).where(account.login.in_(logins)))
    return {row.login: row.name for row in rows}


class Absent(Frozen):
    """Somebody who is away now or will be, until when, and who stands in."""

    login: str
    name: str
    department: str
    deputy: str | None
    deputy_name: str | None
    starts_at: AwareDatetime
    ends_at: AwareDatetime


async def absent_now(conn: AsyncConnection, at: datetime, *, limit: int = 50) -> tuple[Absent, ...]:
    """Who is away at `at` or will be, the first to go first."""
    absence, account = staff_absence.c, staff_account.c
    deputy = staff_account.alias()
    rows = await conn.execute(
        select(
            account.login,
            account.name,
            account.department,
            absence.deputy,
            deputy.c.name.label("deputy_name"),
            absence.starts_at,
            absence.ends_at,
        )
        .select_from(staff_absence)
        .join(staff_account, account.login == absence.login)
        .outerjoin(deputy, deputy.c.login == absence.deputy)
        .where(absence.ended_at.is_(None), absence.ends_at > at)
        .order_by(absence.starts_at, absence.id)
        .limit(limit)
    )
    return tuple(Absent.model_validate(row._mapping) for row in rows)
