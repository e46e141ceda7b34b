"""The officer is shown what may be the same matter, with the reasons; a person decides."""

from datetime import UTC, datetime, timedelta

from schema.codes import Action
from schema.submission import Contact, Location
from tests.web.conftest import City
from tests.web.life import first_line

PLACE = Location(lat=37.5550, long=126.9220, address="마포구 서교동")
NEAR = Location(lat=37.5553, long=126.9222, address="마포구 서교동")
FAR = Location(lat=37.5640, long=126.9050, address="마포구 망원동")
OTHER = Contact(name="성춘향", phone="010-9999-8888")


async def likely(city: City, number: str) -> str:
    """The section of the case's page, without its tags; empty where there is none."""
    page = (await (await first_line(city)).get(f"/staff/cases/{number}")).text
    return page.split('id="likely"')[1].split("</section>")[0] if 'id="likely"' in page else ""


async def test_an_open_case_of_the_same_place_and_item_is_suggested_with_its_reasons(
    city: City,
) -> None:
    """The near one and not the far one, nor one of another item about something else."""
    number = await city.case("보도블록이 깨졌어요", item="RD02", location=PLACE)
    near = await city.case("보도블록 파손", item="RD02", location=NEAR, contact=OTHER)
    far = await city.case("보도블록 파손", item="RD02", location=FAR, contact=OTHER)
    lamp = await city.case("가로등이 꺼졌습니다", item="RD05", location=NEAR, contact=OTHER)
    shown = await likely(city, number)
    assert near in shown
    assert far not in shown
    assert lamp not in shown
    for words in ("같은 항목", "m 거리", "하루 안", "사람이 판단합니다"):
        assert words in shown, words


async def test_what_was_answered_merged_or_is_long_ago_is_no_duplicate(city: City) -> None:
    """It could not be merged into."""
    number = await city.case("보도블록이 깨졌어요", item="RD02", location=PLACE)
    answered = await city.case("보도블록 파손", item="RD02", location=NEAR, contact=OTHER)
    await city.record(answered, Action.ANSWER, text="고쳤습니다")
    reporter = await city.case("보도블록 파손", item="RD02", location=NEAR, contact=OTHER)
    await city.record(reporter, Action.MERGE, into=number, reason="같은 곳")
    old = await city.case(
        "보도블록 파손",
        item="RD02",
        location=NEAR,
        contact=OTHER,
        at=datetime.now(UTC) - timedelta(days=40),
    )
    shown = await likely(city, number)
    assert not [one for one in (answered, reporter, old) if one in shown]


async def test_the_same_petitioners_earlier_ones_are_counted_with_their_results(
    city: City,
) -> None:
    """법 §23 asks for three of them and two results: the page says how many, wherever they were."""
    for answer in ("첫 답변", "두 번째 답변"):
        earlier = await city.case("층간소음이 심합니다", item="HB04", location=FAR)
        await city.record(earlier, Action.ANSWER, text=answer)
    await city.case("층간소음이 심합니다", item="HB04", location=FAR, contact=OTHER)
    number = await city.case("층간소음이 여전히 심합니다", item="HB04", location=PLACE)
    shown = await likely(city, number)
    assert "같은 신청인의 앞선 민원 2건, 결과 통지 2번" in shown
    assert "같은 신청인 · 같은 항목" in shown


async def test_a_synthetic_or_lonely_case_has_no_suggestions(city: City) -> None:
    """No empty box."""
    number = await city.case("지하보도 누수", item="RD02", contact=Contact(name="홍길동"))
    assert await likely(city, number) == ""
