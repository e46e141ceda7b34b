"""Local accounts: passwords, sessions, and what a stranger learns (nothing)."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from cli.user import add_user, remove_user
from schema.codes import Role
from storage.sessions import SESSION_LASTS, SessionLimits, find_session, open_session
from storage.staff import (
    Account,
    AccountError,
    account_with_password,
    add_account,
    ensure_first_administrator,
)
from tests.web.conftest import PASSWORD, ROADS, City
from web.passwords import FAILURES_ALLOWED


def basic(login: str, password: str = PASSWORD) -> dict[str, str]:
    """The header of HTTP Basic."""
    return {"authorization": "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()}


async def test_the_first_account_acts_for_every_department(city: City) -> None:
    """It is made once; a later start leaves it and its password alone."""
    async with city.store.engine.begin() as conn:
        first = await ensure_first_administrator(conn, "the first password")
        again = await ensure_first_administrator(conn, "another password")
        assert first == again
        assert first.role is Role.FIRST_LINE
        assert [duty.role for duty in first.duties] == [Role.ADMINISTRATOR]
        signed_in = await account_with_password(conn, "admin", "the first password")
        assert signed_in is not None
        assert await account_with_password(conn, "admin", "another password") is None


async def test_a_password_is_never_stored(city: City) -> None:
    """Only its argon2id hash is."""
    login = await city.account()
    async with city.store.engine.connect() as conn:
        stored = await conn.exec_driver_sql(
            "SELECT password_hash FROM staff_account WHERE login = $1", (login,)
        )
        assert stored.scalar_one().startswith("$argon2id$")


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.SYSTEM, Role.CHANNEL])
async def test_only_people_of_the_staff_have_accounts(city: City, role: Role) -> None:
    """The system and the channels act without a password, and nobody signs in as them."""
    account = Account(login="somebody", name="누구", role=role, department=ROADS)
    async with city.store.engine.begin() as conn:
        with pytest.raises(AccountError):
            await add_account(conn, account, PASSWORD)


async def test_the_command_line_says_what_to_change(city: City) -> None:
    """Unknown departments, short passwords and taken logins are sentences, not traces."""
    with pytest.raises(AccountError, match="no department"):
        await add_user(city.store, "kim", name="김", role=Role.OFFICER, department="nowhere")
    with pytest.raises(AccountError, match="at least"):
        await add_user(
            city.store, "kim", name="김", role=Role.OFFICER, department=ROADS, password="short"
        )
    with pytest.raises(AccountError, match="lower-case"):
        await add_user(city.store, "Kim Kim", name="김", role=Role.OFFICER, department=ROADS)
    login = await city.account()
    with pytest.raises(AccountError, match="already"):
        await add_user(city.store, login, name="김", role=Role.OFFICER, department=ROADS)


async def test_a_removed_account_is_out_at_once(city: City) -> None:
    """Its sessions end, its password opens nothing, its Basic is refused though remembered."""
    login = await city.account()
    browser = city.browser()
    assert (await browser.get("/api/v1/cases", headers=basic(login))).status_code == 200
    async with city.store.engine.begin() as conn:
        session = await open_session(conn, login, datetime.now(UTC))
    bearer = {"authorization": f"Bearer {session.token}"}
    assert (await browser.get("/api/v1/cases", headers=bearer)).status_code == 200
    assert await remove_user(city.store, login)
    assert (await browser.get("/api/v1/cases", headers=basic(login))).status_code == 401
    assert (await browser.get("/api/v1/cases", headers=bearer)).status_code == 401
    assert not await remove_user(city.store, login)


ALL_DAY = SessionLimits(idle=timedelta(days=2))
"""Idle as long as the session itself."""


async def test_a_session_ends_by_itself(city: City) -> None:
    """It holds until its hour and not an instant longer."""
    login, now = await city.account(), datetime.now(UTC)
    async with city.store.engine.begin() as conn:
        session = await open_session(conn, login, now)
        just_before = now + SESSION_LASTS - timedelta(seconds=1)
        found = await find_session(conn, session.token, just_before, ALL_DAY)
        assert found is not None
        assert found.login == login
        assert await find_session(conn, session.token, now + SESSION_LASTS, ALL_DAY) is None


async def test_a_wrong_password_and_an_unknown_login_look_the_same(city: City) -> None:
    """A stranger does not learn which logins exist."""
    login = await city.account()
    wrong, unknown = [
        await city.browser().post("/staff/sign-in", data={"login": name, "password": "x" * 12})
        for name in (login, "nobody-at-all")
    ]
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace(login, "") == unknown.text.replace("nobody-at-all", "")


async def test_guessing_is_stopped(city: City) -> None:
    """After some wrong passwords even the right one waits."""
    login, browser = await city.account(), city.browser()
    for _ in range(FAILURES_ALLOWED):
        await browser.get("/api/v1/cases", headers=basic(login, "wrong password"))
    answer = await browser.get("/api/v1/cases", headers=basic(login))
    assert answer.status_code == 429
    assert "retry-after" in answer.headers


async def test_a_program_signs_in_and_out(city: City) -> None:
    """POST /api/v1/session gives a bearer token; DELETE ends it."""
    login, browser = await city.account(), city.browser()
    made = await browser.post("/api/v1/session", json={"login": login, "password": PASSWORD})
    assert made.status_code == 201
    bearer = {"authorization": f"Bearer {made.json()['token']}"}
    assert (await browser.get("/api/v1/cases", headers=bearer)).status_code == 200
    assert (await browser.delete("/api/v1/session", headers=bearer)).status_code == 204
    assert (await browser.get("/api/v1/cases", headers=bearer)).status_code == 401


async def test_signing_in_leads_back_and_never_away(city: City) -> None:
    """The page that was wanted is opened, but never one of another site."""
    login, browser = await city.account(), city.browser()
    wanted = await browser.get("/staff?state=ASSIGNED")
    assert wanted.status_code == 303
    assert wanted.headers["location"] == "/staff/sign-in?next=%2Fstaff%3Fstate%3DASSIGNED"
    for away in ("https://evil.example", "//evil.example", "/staff\\@evil.example"):
        form = {"login": login, "password": PASSWORD, "next": away}
        answer = await browser.post("/staff/sign-in", data=form)
        assert answer.headers["location"] == "/staff"
