"""What people do, where, and for whom: duties, and absences with their deputies.

A deputy does the absent person's duties for as long as the absence lasts, and does not hand them
on: who stands in for somebody who stands in for others has the own duties only. So there can be no
circle of deputies.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import Select, Subquery, and_, delete, exists, insert, or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.model import Frozen
from schema.staff import Duty
from storage.tables import staff_absence, staff_account, staff_duty


class Absence(Frozen):
    """Somebody is away from `starts_at` until just before `ends_at`; `deputy` stands in."""

    id: int
    login: str
    deputy: str | None
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    set_by: str


class AbsenceError(Exception):
    """The absence cannot be set; `code` names the text that says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def everybodys_duties() -> Subquery:
    """Every own duty of every account in use, as (login, role, department)."""
    account = staff_account.c
    in_use = account.disabled_at.is_(None)
    return union(
        select(account.login, account.role, account.department).where(in_use),
        select(staff_duty).join(staff_account, account.login == staff_duty.c.login).where(in_use),
    ).subquery("duties")


def _in_force(at: datetime) -> Select[tuple[int]]:
    absence = staff_absence.c
    return select(absence.id).where(
        absence.starts_at <= at, absence.ends_at > at, absence.ended_at.is_(None)
    )


async def duties_of(conn: AsyncConnection, login: str, at: datetime) -> tuple[Duty, ...]:
    """What `login` does beside the account's own role: further duties, then at `at` those of the
    absent people whose deputy it is."""
    duties = everybodys_duties()
    instead = (
        select(duties.c.login, duties.c.role, duties.c.department)
        .join(staff_absence, staff_absence.c.login == duties.c.login)
        .where(staff_absence.c.deputy == login, staff_absence.c.id.in_(_in_force(at)))
        .distinct()
    )
    taken_over = [
        Duty(role=row.role, department=row.department, instead_of=row.login)
        for row in await conn.execute(instead)
    ]
    return (*await own_duties(conn, login), *in_order(taken_over))


async def own_duties(conn: AsyncConnection, login: str) -> tuple[Duty, ...]:
    """What `login` does of its own beside the account's role and department."""
    own = select(staff_duty.c.role, staff_duty.c.department).where(staff_duty.c.login == login)
    rows = await conn.execute(own)
    return in_order(Duty(role=row.role, department=row.department) for row in rows)


def in_order(duties: Iterable[Duty]) -> tuple[Duty, ...]:
    """The duties in the one order in which they are compared and shown."""
    return tuple(
        sorted(set(duties), key=lambda one: (one.instead_of or "", one.department, one.role))
    )


async def set_duties(conn: AsyncConnection, login: str, duties: Collection[Duty]) -> None:
    """Have `login` do exactly `duties` beside the account's own role and department."""
    await conn.execute(delete(staff_duty).where(staff_duty.c.login == login))
    for duty in {(duty.role, duty.department) for duty in duties}:
        await conn.execute(insert(staff_duty).values(login=login, role=duty[0], department=duty[1]))


def here_at(at: datetime) -> Select[tuple[str]]:
    """The accounts in use that are there at `at`."""
    account, absence = staff_account.c, staff_absence.c
    away = exists().where(absence.login == account.login, absence.id.in_(_in_force(at)))
    return select(account.login).where(account.disabled_at.is_(None), ~away)


def answered_for_at(at: datetime) -> Select[tuple[str]]:
    """The accounts whose duties somebody does at `at`: those that are there, and the absent ones
    whose deputy is there."""
    account, absence = staff_account.c, staff_absence.c
    stood_in_for = exists().where(
        absence.login == account.login,
        absence.id.in_(_in_force(at)),
        absence.deputy.in_(here_at(at)),
    )
    return select(account.login).where(
        account.disabled_at.is_(None), or_(account.login.in_(here_at(at)), stood_in_for)
    )


async def set_absence(
    conn: AsyncConnection,
    login: str,
    *,
    deputy: str | None,
    starts_at: datetime,
    ends_at: datetime,
    set_by: str,
) -> int:
    """Note that `login` is away; gives its number. Raises AbsenceError where the end is not after
    the start, another absence overlaps, or the deputy is nobody, oneself, or away too."""
    if ends_at <= starts_at:
        raise AbsenceError("ends_before")
    absence = staff_absence.c
    overlaps = and_(
        absence.ended_at.is_(None), absence.starts_at < ends_at, absence.ends_at > starts_at
    )
    await conn.execute(
        select(staff_account.c.login)
        .where(staff_account.c.login.in_([login, deputy or login]))
        .order_by(staff_account.c.login)
        .with_for_update()
    )
    if await conn.scalar(select(exists().where(absence.login == login, overlaps))):
        raise AbsenceError("overlaps")
    if deputy is not None:
        await _check_deputy(conn, login, deputy)
        if await conn.scalar(select(exists().where(absence.login == deputy, overlaps))):
            raise AbsenceError("deputy_away")
    statement = insert(staff_absence).values(
        login=login, deputy=deputy, starts_at=starts_at, ends_at=ends_at, set_by=set_by
    )
    made = await conn.scalar(statement.returning(absence.id))
    assert made is not None
    return int(made)


async def _check_deputy(conn: AsyncConnection, login: str, deputy: str) -> None:
    if deputy == login:
        raise AbsenceError("deputy_oneself")
    account = staff_account.c
    in_use = exists().where(account.login == deputy, account.disabled_at.is_(None))
    if not await conn.scalar(select(in_use)):
        raise AbsenceError("deputy_unknown")


async def end_absence(conn: AsyncConnection, number: int, *, login: str, at: datetime) -> bool:
    """End an absence of `login` now, or take back one that has not begun. False where there is
    none that could be ended."""
    absence = staff_absence.c
    ended = await conn.execute(
        update(staff_absence)
        .where(absence.id == number, absence.login == login)
        .where(absence.ended_at.is_(None), absence.ends_at > at)
        .values(ended_at=at)
    )
    return ended.rowcount == 1


async def absences_of(conn: AsyncConnection, login: str, at: datetime) -> tuple[Absence, ...]:
    """The absences of `login` that have not ended at `at`, and those where it stands in."""
    absence = staff_absence.c
    columns = [absence[name] for name in Absence.model_fields]
    rows = await conn.execute(
        select(*columns)
        .where(or_(absence.login == login, absence.deputy == login))
        .where(absence.ended_at.is_(None), absence.ends_at > at)
        .order_by(absence.starts_at, absence.id)
    )
    return tuple(Absence.model_validate(row._mapping) for row in rows)
