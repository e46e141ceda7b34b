"""`minwon user`: adding and removing local accounts from the command line."""

from cli.state import CliError
from cli.user import add_user, remove_user
from schema.codes import Role
from settings import Settings
from storage.staff import AccountError
from worker import Composition


async def run_add(settings: Settings, login: str, name: str, role: str, department: str) -> int:
    """Make the account and print its password, once."""
    if role not in set(Role):
        raise CliError(f"There is no role {role}; choose one of {', '.join(Role)}.")
    made = Composition(settings, "user")
    try:
        password = await add_user(
            made.store, login, name=name, role=Role(role), department=department
        )
    except AccountError as error:
        raise CliError(str(error)) from None
    finally:
        await made.store.close()
    print(f"{login} {password}")
    return 0


async def run_remove(settings: Settings, login: str) -> int:
    """Disable the account."""
    made = Composition(settings, "user")
    there = await remove_user(made.store, login)
    await made.store.close()
    if not there:
        raise CliError(f"There is no account {login}.")
    return 0
