"""`minwon user`: local accounts of staff: add, remove, list, a new password, sessions."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from cli.state import CliError
from rules.organisation import is_department
from schema.audit import AuditKind, AuditNote, Doer
from schema.codes import Role
from schema.staff import STAFF_ROLES
from settings import Settings
from storage.audit import note
from storage.people import PeopleFilter, Person, people
from storage.sessions import SessionLimits, end_sessions, sessions_of
from storage.staff import Account, AccountError, add_account, disable_account, set_password
from storage.store import Store
from worker import Composition, session_limits

OPERATOR = Doer(account=None, address="command line")
"""Who runs a verb is known to the machine, not to us."""
PAGE = 200


async def add_user(
    store: Store,
    login: str,
    *,
    name: str,
    role: Role,
    department: str,
    password: str | None = None,
) -> str:
    """Make a local account and give its password: the given one, else a random one.

    Raises AccountError with one sentence where the department is unknown, the login is taken or
    the password too short.
    """
    if not is_department(department):
        raise AccountError(f"There is no department {department}; see rules/data/departments.csv.")
    chosen = password or secrets.token_urlsafe(12)
    try:
        account = Account(login=login, name=name, role=role, department=department)
    except ValueError:
        raise AccountError(
            "A login is 2 to 60 lower-case letters, digits, dots, dashes or underscores, "
            "and a name is not empty."
        ) from None
    async with store.engine.begin() as conn:
        await add_account(conn, account, chosen)
        await note(conn, _noted(AuditKind.ACCOUNT_ADDED, login, duties=f"{department}:{role}"))
    return chosen


async def remove_user(store: Store, login: str) -> bool:
    """Disable an account and end its sessions; False where there is none."""
    async with store.engine.begin() as conn:
        removed = await disable_account(conn, login, datetime.now(UTC))
        if removed:
            await note(conn, _noted(AuditKind.ACCOUNT_DISABLED, login))
    return removed


async def renew_password(store: Store, login: str) -> str | None:
    """A new random password; the account's sessions end. None where there is no such account."""
    chosen = secrets.token_urlsafe(12)
    async with store.engine.begin() as conn:
        if not await set_password(conn, login, chosen):
            return None
        ended = await end_sessions(conn, login)
        await note(conn, _noted(AuditKind.PASSWORD_CHANGED, login, sessions=ended))
    return chosen


def _noted(kind: AuditKind, login: str, **detail: str | int) -> AuditNote:
    return AuditNote(kind=kind, doer=OPERATOR, person=login, detail=dict(detail))


@asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[Store]:
    made = Composition(settings, "user")
    try:
        yield made.store
    finally:
        await made.store.close()


async def run_add(settings: Settings, login: str, name: str, role: str, department: str) -> int:
    """Make the account and print its password, once."""
    if role not in STAFF_ROLES:
        known = ", ".join(sorted(STAFF_ROLES))
        raise CliError(f"There is no role {role} of staff; choose one of {known}.")
    async with _store(settings) as store:
        try:
            password = await add_user(
                store, login, name=name, role=Role(role), department=department
            )
        except AccountError as error:
            raise CliError(str(error)) from None
    print(f"{login} {password}")
    return 0


async def run_remove(settings: Settings, login: str) -> int:
    """Disable the account."""
    async with _store(settings) as store:
        if not await remove_user(store, login):
            raise _nobody(login)
    return 0


async def run_password(settings: Settings, login: str) -> int:
    """Print a new password, once."""
    async with _store(settings) as store:
        password = await renew_password(store, login)
    if password is None:
        raise _nobody(login)
    print(f"{login} {password}")
    return 0


async def run_list(settings: Settings, *, everything: bool) -> int:
    """Print each account with what it does."""
    asked, after = PeopleFilter(disabled=everything), None
    async with _store(settings) as store, store.engine.connect() as conn:
        while found := await people(conn, asked, datetime.now(UTC), after=after, limit=PAGE):
            print("\n".join(map(line_of, found)))
            after = (found[-1].name, found[-1].login)
    return 0


def line_of(person: Person) -> str:
    """One account in a line: login, name, duties, and what is special about it now."""
    duties = " ".join(f"{duty.department}:{duty.role}" for duty in person.duties)
    state = "disabled" if person.disabled_at else ""
    if person.away_until and not state:
        state = f"away until {person.away_until.isoformat()}, deputy {person.deputy or 'nobody'}"
    return "\t".join((person.login, person.name, duties, state)).rstrip()


async def run_sessions(settings: Settings, login: str, *, end: bool) -> int:
    """Print the open sessions of an account, or end them all."""
    limits = session_limits(settings)
    async with _store(settings) as store:
        if end:
            print(f"{await end_all(store, login)} ended")
            return 0
        for line in await session_lines(store, login, limits):
            print(line)
    return 0


async def end_all(store: Store, login: str) -> int:
    """End every session of an account; how many."""
    async with store.engine.begin() as conn:
        ended = await end_sessions(conn, login)
        if ended:
            await note(conn, _noted(AuditKind.SESSION_ENDED, login, sessions=ended))
    return ended


async def session_lines(store: Store, login: str, limits: SessionLimits) -> list[str]:
    """The open sessions of an account, one a line."""
    async with store.engine.connect() as conn:
        found = await sessions_of(conn, login, datetime.now(UTC), limits)
    return [
        "\t".join(
            (
                str(one.id),
                one.means,
                one.address or "-",
                f"used {one.seen_at.isoformat(timespec='seconds')}",
                f"ends {one.ends_at(limits).isoformat(timespec='seconds')}",
            )
        )
        for one in found
    ]


def _nobody(login: str) -> CliError:
    return CliError(f"There is no account {login}.")
