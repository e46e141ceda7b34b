"""Which levels and desks have anybody now: asked at the moment at which a rung acts."""

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.levels import Desk, Level
from rules.organisation import CITY, FIRST_LINE, duty_department
from schema.codes import Role
from storage.tables import staff_account

IN_THE_DEPARTMENT = {
    Role.OFFICER: Level.OFFICER,
    Role.TEAM_HEAD: Level.TEAM_HEAD,
    Role.DEPARTMENT_HEAD: Level.DEPARTMENT_HEAD,
}
IN_THE_AGENCY = {Role.INSPECTOR: Level.INSPECTOR, Role.EXECUTIVE: Level.BUREAU}


async def staffed(
    conn: AsyncConnection, *, department: str | None, agency: str | None
) -> frozenset[str]:
    """The levels above a case of `department`, and the desks, that have an account in use.

    A case that no department has lies on the first-line desk, whose people are its officers.
    """
    own, whole = department or FIRST_LINE, agency or CITY
    of_agency = func.split_part(staff_account.c.department, ".", 1) == whole
    statement = (
        select(staff_account.c.role, staff_account.c.department)
        .where(
            staff_account.c.disabled_at.is_(None),
            or_(
                staff_account.c.department.in_([own, duty_department(whole)]),
                staff_account.c.role == Role.FIRST_LINE,
                staff_account.c.role.in_(list(IN_THE_AGENCY)) & of_agency,
            ),
        )
        .distinct()
    )
    found: set[str] = set()
    for role, where in await conn.execute(statement):
        found |= _named(Role(role), where, own=own, duty=duty_department(whole))
    return frozenset(found)


async def inspector_of(conn: AsyncConnection, agency: str | None) -> str | None:
    """The name of the agency's 민원심사관; None where there is none, or more than one."""
    whole = agency or CITY
    rows = await conn.execute(
        select(staff_account.c.name)
        .where(
            staff_account.c.disabled_at.is_(None),
            staff_account.c.role == Role.INSPECTOR,
            func.split_part(staff_account.c.department, ".", 1) == whole,
        )
        .limit(2)
    )
    names = [row.name for row in rows]
    return names[0] if len(names) == 1 else None


def _named(role: Role, department: str, *, own: str, duty: str) -> set[str]:
    """What an account of `role` in `department` makes of the levels and desks."""
    names: set[str] = set()
    if role is Role.FIRST_LINE:
        names |= {Desk.FIRST_LINE, Level.OFFICER} if own == FIRST_LINE else {Desk.FIRST_LINE}
    if role in IN_THE_AGENCY:
        names.add(IN_THE_AGENCY[role])
    if role in IN_THE_DEPARTMENT and department == own:
        names.add(IN_THE_DEPARTMENT[role])
    if role is Role.OFFICER and department == duty:
        names.add(Desk.DUTY)
    return names
