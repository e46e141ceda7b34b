"""Who may do what on whose cases: one table for the pages, the API and the workflow's validator.

Which roles an act of a case is for stands in its row of the life table (`rules/life_table.py`); on
whose cases they may do it stands here, as `Right.ACT`. Everything else is here alone.
"""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from rules.organisation import CITY, agency_of, departments_ever
from schema.codes import Role
from schema.model import Frozen
from schema.staff import STAFF_ROLES, Duty


class Reach(StrEnum):
    """Whose cases, or whose people: those of the departments that one acts for, those of one's
    agency, or everybody's."""

    OWN = "own"
    AGENCY = "agency"
    """All of the agency's; at city hall, which answers for the whole city, everybody's."""
    ALL = "all"


class Right(StrEnum):
    """What the pages and the API let somebody do."""

    SELF = "self"
    """One's own account: absence, deputy, sessions, password."""
    INBOX = "inbox"
    READ = "read"
    """Queue and cases, texts and photographs among them."""
    CONTACT = "contact"
    """The petitioner's name and number."""
    ACT = "act"
    """The acts of the life table, each for the roles of its row."""
    DISTRIBUTE = "distribute"
    """The first-line desk: what no rule could send on."""
    ENTER = "enter"
    """A visit, a letter or a call, entered for the petitioner."""
    BOARD = "board"
    EXCEPTIONS = "exceptions"
    QUARANTINE = "quarantine"
    MODERATE = "moderate"
    """What everybody may read: reports, findings, appeals."""
    PEOPLE = "people"
    """Who works where; absences and deputies of others."""
    ACCOUNTS = "accounts"
    """Making, changing and closing accounts, and ending anybody's sessions."""
    CITY = "city"
    """The city's own data and its calendar: departments, ladders, texts, days."""
    AUDIT = "audit"
    """The log of who read whose data."""


class RightRow(Frozen):
    """One row. `reach` names the roles that have the right, and how far it goes; `by_deputy`: who
    stands in for an absent person has it too."""

    right: Right
    reach: Mapping[Role, Reach]
    by_deputy: bool = False
    ko: str
    en: str


def _all(*roles: Role) -> dict[Role, Reach]:
    return dict.fromkeys(roles, Reach.ALL)


def _own(*roles: Role) -> dict[Role, Reach]:
    return dict.fromkeys(roles, Reach.OWN)


def _agency(*roles: Role) -> dict[Role, Reach]:
    return dict.fromkeys(roles, Reach.AGENCY)


_DEPARTMENTS = (Role.DEPARTMENT_HEAD, Role.TEAM_HEAD, Role.OFFICER)
_ABOVE = (Role.INSPECTOR, Role.EXECUTIVE)
_SYSTEM = (Role.ADMINISTRATOR, Role.AUDITOR)

ROWS: tuple[RightRow, ...] = (
    RightRow(
        right=Right.SELF,
        reach=_all(*sorted(STAFF_ROLES)),
        ko="내 부재·대리·로그인·비밀번호",
        en="Own absence, deputy, sessions, password",
    ),
    RightRow(
        right=Right.INBOX,
        reach=_own(*sorted(STAFF_ROLES)),
        by_deputy=True,
        ko="알림",
        en="Inbox",
    ),
    RightRow(
        right=Right.READ,
        reach=_all(Role.FIRST_LINE, *_SYSTEM) | _agency(*_ABOVE) | _own(*_DEPARTMENTS),
        by_deputy=True,
        ko="민원함과 민원 열람",
        en="Queue and cases",
    ),
    RightRow(
        right=Right.CONTACT,
        reach=_all(Role.FIRST_LINE) | _own(*_DEPARTMENTS),
        by_deputy=True,
        ko="신청인 연락처 열람",
        en="Petitioner's contact",
    ),
    RightRow(
        right=Right.ACT,
        reach=_agency(*_ABOVE)
        | _own(*_DEPARTMENTS, Role.ADMINISTRATOR)
        | _all(Role.FIRST_LINE, Role.CITIZEN, Role.SYSTEM, Role.CHANNEL),
        by_deputy=True,
        ko="민원 처리 (행위별 역할은 처리표)",
        en="Acts on a case (roles by act: the life table)",
    ),
    RightRow(
        right=Right.DISTRIBUTE,
        reach=_all(Role.FIRST_LINE),
        by_deputy=True,
        ko="통합접수 배부",
        en="Distribute at the first-line desk",
    ),
    RightRow(
        right=Right.ENTER,
        reach=_all(*sorted(STAFF_ROLES - {Role.AUDITOR})),
        by_deputy=True,
        ko="방문·우편·전화 민원 입력",
        en="Enter a visit, letter or call",
    ),
    RightRow(
        right=Right.BOARD,
        reach=_all(Role.FIRST_LINE, *_SYSTEM)
        | _agency(*_ABOVE)
        | _own(Role.DEPARTMENT_HEAD, Role.TEAM_HEAD),
        by_deputy=True,
        ko="현황판",
        en="Board",
    ),
    RightRow(
        right=Right.EXCEPTIONS,
        reach=_all(Role.FIRST_LINE, Role.ADMINISTRATOR) | _agency(Role.INSPECTOR),
        by_deputy=True,
        ko="예외함",
        en="Exceptions",
    ),
    RightRow(
        right=Right.QUARANTINE,
        reach=_all(Role.FIRST_LINE, Role.ADMINISTRATOR),
        by_deputy=True,
        ko="격리함",
        en="Quarantine",
    ),
    RightRow(
        right=Right.MODERATE,
        reach=_all(Role.FIRST_LINE, Role.ADMINISTRATOR) | _agency(Role.INSPECTOR),
        by_deputy=True,
        ko="공개 심사",
        en="Moderation of public cases",
    ),
    RightRow(
        right=Right.PEOPLE,
        reach=_all(Role.ADMINISTRATOR) | _own(Role.DEPARTMENT_HEAD),
        ko="직원 명부, 다른 직원의 부재·대리",
        en="Staff list, absences and deputies of others",
    ),
    RightRow(
        right=Right.ACCOUNTS,
        reach=_all(Role.ADMINISTRATOR),
        ko="계정과 권한 관리, 접속 종료",
        en="Accounts, roles, anybody's sessions",
    ),
    RightRow(
        right=Right.CITY,
        reach=_all(Role.ADMINISTRATOR),
        ko="도시 데이터(부서·사다리·문구)와 달력",
        en="City data (departments, ladders, texts) and calendar",
    ),
    RightRow(
        right=Right.AUDIT,
        reach=_all(Role.AUDITOR),
        ko="접속기록 열람",
        en="Log of readings",
    ),
)

RIGHTS: Mapping[Right, RightRow] = {row.right: row for row in ROWS}


def reach_of(right: Right, role: Role) -> Reach | None:
    """How far `right` goes for `role`; None where the role does not have it."""
    return RIGHTS[right].reach.get(role)


def holding(duties: Iterable[Duty], right: Right) -> tuple[Duty, ...]:
    """Those of `duties` that give `right`, in their order."""
    row = RIGHTS[right]
    return tuple(
        duty
        for duty in duties
        if duty.role in row.reach and (duty.instead_of is None or row.by_deputy)
    )


def departments_reached(right: Right, duty: Duty) -> tuple[str, ...] | None:
    """The departments to which `right` reaches by `duty`, its own first; None for all of them."""
    reach, own = reach_of(right, duty.role), duty.department
    if reach is None:
        return ()
    if reach is Reach.OWN:
        return (own,)
    if reach is Reach.ALL or agency_of(own) == CITY:
        return None
    return tuple(dict.fromkeys((own, *departments_ever(agency_of(own)))))


def reaches(right: Right, role: Role, department: str | None, other: str) -> bool:
    """Whether `right` reaches to the department `other` for `role` in `department`.

    Reads no data of the city, so that a workflow may ask.
    """
    reach = reach_of(right, role)
    if reach is Reach.ALL:
        return True
    if reach is None or department is None:
        return False
    if reach is Reach.OWN:
        return department == other
    return agency_of(department) in (CITY, agency_of(other))


def departments_for(duties: Iterable[Duty], right: Right) -> tuple[str, ...] | None:
    """The departments to which `right` reaches, the first duty's first; None for all of them."""
    found: dict[str, None] = {}
    for duty in holding(duties, right):
        reached = departments_reached(right, duty)
        if reached is None:
            return None
        found |= dict.fromkeys(reached)
    return tuple(found)


def duty_for(
    duties: Iterable[Duty], right: Right, departments: Collection[str | None]
) -> Duty | None:
    """The first of `duties` that gives `right` on what belongs to one of `departments`, own duties
    before a deputy's; None where none does."""
    held = sorted(holding(duties, right), key=lambda duty: duty.instead_of is not None)
    for duty in held:
        reached = departments_reached(right, duty)
        if reached is None or not set(reached).isdisjoint(departments):
            return duty
    return None
