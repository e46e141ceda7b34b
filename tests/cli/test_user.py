"""`minwon user`: accounts from the command line."""

from datetime import UTC, datetime, timedelta

import pytest

from cli.user import add_user, end_all, line_of, remove_user, renew_password, session_lines
from schema.audit import AuditKind
from schema.codes import Role
from storage.audit import AuditFilter, entries
from storage.duties import set_absence
from storage.people import PeopleFilter, people
from storage.sessions import SessionLimits, open_session
from storage.staff import AccountError, account_with_password
from storage.store import Store

ROADS = "3130000.roads"


async def add(store: Store, login: str, name: str = "김주무") -> str:
    return await add_user(store, login, name=name, role=Role.OFFICER, department=ROADS)


async def lines(store: Store, *, disabled: bool = False) -> list[str]:
    async with store.engine.connect() as conn:
        found = await people(conn, PeopleFilter(disabled=disabled), datetime.now(UTC))
    return [line_of(person) for person in found]


async def test_the_list_says_who_does_what_and_who_is_away(store: Store) -> None:
    """One line an account; closed ones only when they are asked for."""
    for login in ("kim", "lee", "old"):
        await add(store, login)
    now = datetime.now(UTC)
    async with store.engine.begin() as conn:
        await set_absence(
            conn,
            "kim",
            deputy="lee",
            starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(hours=1),
            set_by="kim",
        )
    await remove_user(store, "old")
    kim, lee = await lines(store)
    assert kim.startswith(f"kim\t김주무\t{ROADS}:officer\taway until ")
    assert kim.endswith("deputy lee")
    assert lee == f"lee\t김주무\t{ROADS}:officer"
    assert [line.split("\t")[-1] for line in await lines(store, disabled=True)][2] == "disabled"


async def test_a_new_password_ends_the_sessions(store: Store) -> None:
    """The old one opens nothing, nor does a session that was open; nobody is no account."""
    old = await add(store, "kim")
    async with store.engine.begin() as conn:
        await open_session(conn, "kim", datetime.now(UTC))
    assert len(await session_lines(store, "kim", SessionLimits())) == 1
    new = await renew_password(store, "kim")
    assert new is not None
    async with store.engine.connect() as conn:
        assert await account_with_password(conn, "kim", old) is None
        assert await account_with_password(conn, "kim", new) is not None
    assert await session_lines(store, "kim", SessionLimits()) == []
    assert await renew_password(store, "nobody") is None


async def test_what_is_done_from_the_command_line_is_in_the_log(store: Store) -> None:
    """Each change of an account, though nobody has signed in for it."""
    await add(store, "kim")
    async with store.engine.begin() as conn:
        await open_session(conn, "kim", datetime.now(UTC))
    assert await end_all(store, "kim") == 1
    assert await end_all(store, "kim") == 0
    await remove_user(store, "kim")
    async with store.engine.connect() as conn:
        found = await entries(conn, AuditFilter(person="kim"))
    assert [entry.kind for entry in found] == [
        AuditKind.ACCOUNT_DISABLED,
        AuditKind.SESSION_ENDED,
        AuditKind.ACCOUNT_ADDED,
    ]
    assert {entry.doer.account for entry in found} == {None}


@pytest.mark.parametrize(
    ("login", "department", "match"),
    [("K!", ROADS, "A login is"), ("kim", "1.nowhere", "There is no department")],
)
async def test_what_cannot_be_an_account_is_said(
    store: Store, login: str, department: str, match: str
) -> None:
    """One sentence that says what to change."""
    with pytest.raises(AccountError, match=match):
        await add_user(store, login, name="김", role=Role.OFFICER, department=department)
