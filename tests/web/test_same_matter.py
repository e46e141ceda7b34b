"""Which public cases are offered as perhaps the same matter, and who hears that one was refused."""

from datetime import UTC, datetime, timedelta

import pytest

from schema.codes import Role
from storage.commands import find_command
from storage.same_here import SAME_HERE
from storage.same_matter import SameMatter, Whereabouts, find_same_matter
from tests.web.conftest import FIRST_LINE, City

HERE = Whereabouts(lat=37.5553, long=126.9106, district="11440", dong="서교동")
NEAR = {"lat": 37.5561, "long": 126.9106, "address": None}
"""89 metres to the north."""
FAR = {"lat": 37.5600, "long": 126.9106, "address": None}
LAMP = "가로등이 꺼졌습니다. 010-1234-5678"


async def found(
    city: City, where: Whereabouts = HERE, item: str = "RD05"
) -> tuple[SameMatter, ...]:
    async with city.store.engine.connect() as conn:
        return await find_same_matter(conn, item=item, where=where, now=datetime.now(UTC))


async def test_a_near_open_public_case_is_offered_masked(city: City) -> None:
    """With its distance in metres, how many reported it, and no word that is somebody's."""
    number = await city.case(LAMP, item="RD05", location=NEAR)
    await city.case("저도요", item="RD05", location=NEAR, same_as=number)
    (one,) = await found(city)
    assert (one.number, one.metres, one.reporters) == (number, 89, 2)
    assert "1234" not in one.summary


@pytest.mark.parametrize(
    "fields",
    [
        {"location": FAR},
        {"item": "RD06"},
        {"public": False},
        {"at": datetime.now(UTC) - timedelta(days=61)},
        {"location": {"address": "강남구 역삼동"}},
    ],
    ids=["far", "another item", "not public", "long ago", "another dong"],
)
async def test_what_is_not_offered(city: City, fields: dict[str, object]) -> None:
    """Far away, about something else, private, old, in another dong."""
    await city.case(LAMP, **{"item": "RD05", "location": NEAR, **fields})
    assert await found(city) == ()


async def test_what_is_never_public_is_never_offered(city: City) -> None:
    """복지, 고충: neither here nor anywhere."""
    await city.case("지원금이 끊겼습니다", item="WF01", location=NEAR)
    assert await found(city, item="WF01") == ()


async def test_without_a_point_the_dong_is_near_enough(city: City) -> None:
    """An address in words gives a dong; then no distance is said."""
    number = await city.case(LAMP, item="RD05", location={"address": "마포구 서교동"})
    by_words = await found(city, Whereabouts(district="11440", dong="서교동"))
    assert [(one.number, one.metres) for one in by_words] == [(number, None)]
    by_point = await found(city)
    assert [(one.number, one.metres) for one in by_point] == [(number, None)]
    assert await found(city, Whereabouts(lat=37.5553, long=126.9106)) == ()


async def test_the_nearest_three(city: City) -> None:
    """The rest would only be read by nobody."""
    far = [0.0024, 0.0002, 0.0013, 0.0008]
    for north in far:
        await city.case(LAMP, item="RD05", location={"lat": 37.5553 + north, "long": 126.9106})
    assert [one.metres for one in await found(city)] == [22, 89, 145]


async def test_a_wish_to_join_that_was_refused_is_told_to_the_officer(city: City) -> None:
    """With the case that it was about and the reason; nobody else reads it."""
    root = await city.case("포트홀이 있습니다", item="RD01", public=False)
    mine = await city.case("저도요", item="RD01", same_as=root)
    reader = await city.staff(Role.FIRST_LINE, FIRST_LINE)
    page = (await reader.get(f"/staff/cases/{mine}")).text
    said = page.split('id="related"')[1].split("</section>")[0]
    assert f"/staff/cases/{root}" in said
    assert "함께하기를 원했지만" in said
    async with city.store.engine.connect() as conn:
        wish = await find_command(conn, mine, SAME_HERE)
    assert wish is not None
    assert wish.refusal is not None
    assert wish.refusal.message_ko in said
    assert "함께하기를 원했지만" not in (await city.browser().get(f"/public/{mine}")).text
