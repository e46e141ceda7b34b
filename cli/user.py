"""`minwon user`: local accounts of staff."""

import secrets
from datetime import UTC, datetime

from rules.organisation import is_department
from schema.codes import Role
from storage.staff import Account, AccountError, add_account, disable_account
from storage.store import Store


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
    return chosen


async def remove_user(store: Store, login: str) -> bool:
    """Disable an account and end its sessions; False where there is none."""
    async with store.engine.begin() as conn:
        return await disable_account(conn, login, datetime.now(UTC))
