"""Which levels and desks have anybody now: asked at the moment at which a rung acts.

Somebody who is away counts as there only while a deputy is.
"""

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.levels import Desk, Level
from rules.organisation import CITY, FIRST_LINE, duty_department
from schema.codes import Role
from storage.duties import answered_for_at, everybodys_duties
from storage.tables import staff_account

IN_THE_DEPARTMENT = {
    Role.OFFICER: Level.OFFICER,
    Role.TEAM_HEAD: Level.TEAM_HEAD,
    Role.DEPARTMENT_HEAD: Level.DEPARTMENT_HEAD,
}
IN_THE_AGENCY = {Role.INSPECTOR: Level.INSPECTOR, Role.EXECUTIVE: Level.BUREAU}


async def staffed(
    conn: AsyncConnection, *, department: str | None, agency: str | None, at: datetime
) -> frozenset[str]:
    """The levels above a case of `department`, and the desks, that have an account in use whose
    work somebody does at `at`.

    A case that no department has lies on the first-line desk, whose people are its officers.
    """
    own, whole = department or FIRST_LINE, agency or CITY
    duty = everybodys_duties().c
    of_agency = func.split_part(duty.department, ".", 1) == whole
    statement = (
        select(duty.role, duty.department)
        .where(
            duty.login.in_(answered_for_at(at)),
            or_(
                duty.department.in_([own, duty_department(whole)]),
                duty.role == Role.FIRST_LINE,
                duty.role.in_(list(IN_THE_AGENCY)) & of_agency,
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
    whole, duty = agency or CITY, everybodys_duties()
    rows = await conn.execute(
        select(staff_account.c.name)
        .join(duty, duty.c.login == staff_account.c.login)
        .where(
            duty.c.role == Role.INSPECTOR,
            func.split_part(duty.c.department, ".", 1) == whole,
        )
        .distinct()
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
