"""Duties, absences and deputies, and whom a rung finds while somebody is away."""

from datetime import UTC, datetime, timedelta

import pytest

from rules.levels import Desk, Level
from schema.codes import Role
from schema.staff import Duty
from storage.duties import (
    AbsenceError,
    absences_of,
    duties_of,
    end_absence,
    set_absence,
    set_duties,
)
from storage.staff import Account, accounts_of, add_account, disable_account
from storage.staffing import staffed
from storage.store import Store

ROADS, CLEANSING, AGENCY = "3130000.roads", "3130000.cleansing", "3130000"
NOW = datetime(2026, 3, 9, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def employ(store: Store, login: str, role: Role, department: str = ROADS) -> str:
    account = Account(login=login, name=login, role=role, department=department)
    async with store.engine.begin() as conn:
        await add_account(conn, account, None)
    return login


async def away(
    store: Store, login: str, deputy: str | None, starts: datetime = NOW, hours: int = 8
) -> int:
    async with store.engine.begin() as conn:
        return await set_absence(
            conn,
            login,
            deputy=deputy,
            starts_at=starts,
            ends_at=starts + hours * HOUR,
            set_by=login,
        )


async def found(store: Store, at: datetime, department: str = ROADS) -> frozenset[str]:
    async with store.engine.connect() as conn:
        return await staffed(conn, department=department, agency=AGENCY, at=at)


async def test_a_deputy_does_the_duties_while_the_absence_lasts(store: Store) -> None:
    """From its beginning until just before its end, each duty of the absent person."""
    kim = await employ(store, "kim", Role.DEPARTMENT_HEAD)
    lee = await employ(store, "lee", Role.OFFICER, CLEANSING)
    async with store.engine.begin() as conn:
        await set_duties(conn, kim, [Duty(role=Role.OFFICER, department=CLEANSING)])
    await away(store, kim, lee)
    taken_over = (
        Duty(role=Role.OFFICER, department=CLEANSING, instead_of=kim),
        Duty(role=Role.DEPARTMENT_HEAD, department=ROADS, instead_of=kim),
    )
    for at, expected in (
        (NOW - timedelta(microseconds=1), ()),
        (NOW, taken_over),
        (NOW + 8 * HOUR - timedelta(microseconds=1), taken_over),
        (NOW + 8 * HOUR, ()),
    ):
        async with store.engine.connect() as conn:
            assert await duties_of(conn, lee, at) == expected, at


async def test_a_deputy_does_not_hand_the_duties_on(store: Store) -> None:
    """Whoever stands in for a deputy has that one's own duties only: no circle, no chain."""
    kim = await employ(store, "kim", Role.TEAM_HEAD)
    lee = await employ(store, "lee", Role.OFFICER)
    park = await employ(store, "park", Role.OFFICER, CLEANSING)
    await away(store, kim, lee)
    await away(store, lee, park, starts=NOW + 8 * HOUR)
    async with store.engine.begin() as conn:
        with pytest.raises(AbsenceError, match="deputy_away"):
            await set_absence(
                conn,
                kim,
                deputy=lee,
                starts_at=NOW + 9 * HOUR,
                ends_at=NOW + 10 * HOUR,
                set_by=kim,
            )
    await away(store, park, kim, starts=NOW + 8 * HOUR)
    async with store.engine.connect() as conn:
        at = NOW + 9 * HOUR
        assert {duty.instead_of for duty in await duties_of(conn, kim, at)} == {park}
        assert {duty.instead_of for duty in await duties_of(conn, park, at)} == {lee}


@pytest.mark.parametrize(
    ("deputy", "starts", "hours", "code"),
    [
        ("kim", 0, 8, "deputy_oneself"),
        ("nobody", 0, 8, "deputy_unknown"),
        ("gone", 0, 8, "deputy_unknown"),
        ("away", 0, 8, "deputy_away"),
        (None, 0, 0, "ends_before"),
        (None, 40, 8, "overlaps"),
    ],
)
async def test_an_absence_that_cannot_be_is_refused(
    store: Store, deputy: str | None, starts: int, hours: int, code: str
) -> None:
    """With the code of the text that says why."""
    await employ(store, "kim", Role.OFFICER)
    await employ(store, "gone", Role.OFFICER)
    await employ(store, "away", Role.OFFICER)
    async with store.engine.begin() as conn:
        await disable_account(conn, "gone", NOW)
    await away(store, "away", None, starts=NOW + 7 * HOUR)
    await away(store, "kim", None, starts=NOW + 47 * HOUR)
    with pytest.raises(AbsenceError, match=code):
        await away(store, "kim", deputy, starts=NOW + starts * HOUR, hours=hours)


async def test_an_absence_ends_early_and_by_its_own_person_only(store: Store) -> None:
    """The deputy's duties end at that instant; to end it again does nothing."""
    kim, lee = [await employ(store, login, Role.OFFICER) for login in ("kim", "lee")]
    number = await away(store, kim, lee)
    async with store.engine.begin() as conn:
        assert not await end_absence(conn, number, login=lee, at=NOW + HOUR)
        assert len(await absences_of(conn, lee, NOW)) == 1
        assert await end_absence(conn, number, login=kim, at=NOW + HOUR)
        assert not await end_absence(conn, number, login=kim, at=NOW + HOUR)
        assert await duties_of(conn, lee, NOW + HOUR) == ()


async def test_P19_somebody_away_is_found_only_by_a_deputy_who_is_there(store: Store) -> None:
    """Without one, or with one who has gone too, the level has nobody and the ladder climbs."""
    kim = await employ(store, "kim", Role.TEAM_HEAD)
    lee = await employ(store, "lee", Role.OFFICER, CLEANSING)
    assert Level.TEAM_HEAD in await found(store, NOW)
    number = await away(store, kim, None)
    assert Level.TEAM_HEAD not in await found(store, NOW)
    assert Level.TEAM_HEAD in await found(store, NOW + 8 * HOUR)
    async with store.engine.begin() as conn:
        await end_absence(conn, number, login=kim, at=NOW)
    await away(store, kim, lee)
    assert Level.TEAM_HEAD in await found(store, NOW)
    async with store.engine.begin() as conn:
        await disable_account(conn, lee, NOW)
    assert Level.TEAM_HEAD not in await found(store, NOW)


async def test_P19_two_who_stand_in_for_each_other_do_not_make_a_circle(store: Store) -> None:
    """The second of two such absences is refused: nobody is believed to be there by a circle."""
    kim, lee = [await employ(store, login, Role.TEAM_HEAD) for login in ("kim", "lee")]
    await away(store, kim, lee)
    with pytest.raises(AbsenceError, match="deputy_away"):
        await away(store, lee, kim)


async def test_a_further_duty_counts_like_the_first(store: Store) -> None:
    """For the ladder, and for the list of a department's people."""
    kim = await employ(store, "kim", Role.OFFICER, CLEANSING)
    assert Level.DEPARTMENT_HEAD not in await found(store, NOW)
    duties = [
        Duty(role=Role.DEPARTMENT_HEAD, department=ROADS),
        Duty(role=Role.OFFICER, department=f"{AGENCY}.duty"),
    ]
    async with store.engine.begin() as conn:
        await set_duties(conn, kim, duties)
        assert [one.login for one in await accounts_of(conn, ROADS)] == [kim]
    assert {Level.DEPARTMENT_HEAD, Desk.DUTY} <= await found(store, NOW)
