"""Search for the staff: what finds what, for whom, in which order, and what is logged of it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from rules.organisation import AUDIT
from schema.audit import AuditKind
from schema.codes import Action, Channel, Role
from schema.submission import Contact, Location
from storage.tables import audit_entry, cases
from tests.web.conftest import CLEANSING, FIRST_LINE, ROADS, City
from web.sign_in import SESSION_COOKIE, csrf_of

LAMP = "서교동 골목 LED 가로등이 꺼져 있어 밤에 어둡습니다"
NUMBERS = re.compile(r'href="/staff/cases/(\d{6}-\d{6}-\w)"')


async def searched(
    city: City, query: str, role: Role = Role.FIRST_LINE, department: str = ROADS
) -> str:
    browser = await city.staff(role, FIRST_LINE if role is Role.FIRST_LINE else department)
    page = await browser.get(f"/staff/search?{query}")
    assert page.status_code == 200, page.text
    return page.text


FOUND: tuple[tuple[str, set[str]], ...] = (
    ("q=가로등", {"lamp"}),
    ("q=등", {"lamp"}),
    ("q=로등", {"lamp"}),
    ("q=어둡 골목", {"lamp"}),
    ("q=골목", {"lamp", "hole"}),
    ("q=led", {"lamp"}),
    ("q=등가로", set()),
    ("q={lamp}", {"lamp"}),
    ("q={lower}", {"lamp"}),
    ("district=11440", {"lamp", "hole"}),
    ("district=11680", set()),
    ("place=서교동", {"lamp", "hole"}),
    ("place=마포구 서교", {"lamp", "hole"}),
    ("place=월드컵로", {"lamp"}),
    ("place=역삼동", set()),
    ("item=RD05", {"lamp"}),
    ("item=RD", {"lamp", "hole"}),
    ("state=ANSWERED", {"hole"}),
    ("channel=web_form", {"lamp", "hole"}),
    ("channel=sns", set()),
    ("department=3130000.roads&q=골목", {"lamp", "hole"}),
    ("department=3130000.cleansing", set()),
    ("since=2020-01-01", {"lamp", "hole"}),
    ("until=2020-01-01", set()),
    ("q=홍길동", set()),
)


async def test_a_case_is_found_by_what_it_is(city: City) -> None:
    """By any part of its masked words, number, place, item, state, department, day, channel; the
    page and the API find the same."""
    at = Location(address="마포구 서교동 월드컵로 12")
    lamp = await city.case(LAMP, item="RD05", location=at)
    hole = await city.case()
    await city.record(hole, Action.ANSWER, text="보수했습니다")
    names = {lamp: "lamp", hole: "hole"}
    browser = await city.staff(Role.FIRST_LINE, FIRST_LINE)
    for query, found in FOUND:
        asked = query.format(lamp=lamp, lower=lamp.lower().replace("-", ""))
        page = await browser.get(f"/staff/search?{asked}")
        assert page.status_code == 200, query
        assert {names[number] for number in NUMBERS.findall(page.text)} == found, query
        answer = (await browser.get(f"/api/v1/search?{asked}")).json()
        assert {names[case["number"]] for case in answer["cases"]} == found, query
        assert answer["total"] == len(found), query
        assert answer["next"] is None, query


async def test_what_was_found_is_marked_and_a_text_stays_a_text(city: City) -> None:
    """The words typed stand in mark elements; signs of HTML in a petition are only signs."""
    await city.case("<script>가로등</script> & 가로등")
    page = await searched(city, "q=가로등")
    assert page.count("<mark>가로등</mark>") == 2
    assert "&lt;script&gt;<mark>" in page


@pytest.mark.parametrize("sort", ["newest", "words"])
async def test_every_case_stands_on_one_page(city: City, sort: str) -> None:
    """Pages follow one another without a gap or a repetition; the total is said on each."""
    made = {await city.case(LAMP + " 가로등" * (n % 3), item="RD05") for n in range(45)}
    browser = await city.staff(Role.FIRST_LINE, FIRST_LINE)
    address: str | None = f"/api/v1/search?q=가로등&sort={sort}"
    seen: list[str] = []
    totals = set()
    while address:
        answer = (await browser.get(address)).json()
        seen += [case["number"] for case in answer["cases"]]
        totals.add(answer["total"])
        address = answer["next"]
    assert len(seen) == len(set(seen))
    assert set(seen) == made
    assert totals == {45}
    if sort == "newest":
        assert seen == sorted(seen, reverse=True)


async def test_by_words_those_stand_first_of_which_the_words_are_more(city: City) -> None:
    """A short text about the thing before a long one that names it."""
    long = await city.case("가로등 " + "긴 이야기 " * 30)
    short = await city.case("가로등 고장")
    longer = await city.case("가로등 " + "더 긴 이야기 " * 30)
    page = await searched(city, "q=가로등&sort=words")
    found = NUMBERS.findall(page)
    assert found[0] == short
    assert set(found) == {long, short, longer}


async def test_only_what_one_may_read_is_found(city: City) -> None:
    """The department that has a case, one that had it, one that is asked to cooperate, the
    inspector of its agency; nobody else, by no condition."""
    mine = await city.case(LAMP, item="RD05")
    moved = await city.case(LAMP, item="RD05")
    await city.record(moved, Action.TRANSFER, department=CLEANSING, reason="소관이 아닙니다")
    helped = await city.case(LAMP, item="RD05")
    words = "청소가 필요합니까?"
    await city.record(helped, Action.JOIN_DEPARTMENT, department=CLEANSING, text=words, days=2)
    roads = NUMBERS.findall(await searched(city, "q=가로등", Role.OFFICER, ROADS))
    assert set(roads) == {mine, moved, helped}
    cleansing = NUMBERS.findall(await searched(city, "q=가로등", Role.OFFICER, CLEANSING))
    assert set(cleansing) == {moved, helped}
    for query in (f"q={mine}", "q=가로등", "item=RD05", "department=3130000.roads"):
        page = await searched(city, query, Role.OFFICER, "3010000.parking")
        assert NUMBERS.findall(page) == []
    for department, found in ((CLEANSING, {mine, moved, helped}), ("3010000.parking", set())):
        page = await searched(city, "q=가로등", Role.INSPECTOR, department)
        assert set(NUMBERS.findall(page)) == found


async def test_a_search_by_telephone_is_logged_with_its_reason_before_it_is_shown(
    city: City,
) -> None:
    """It finds by the hash, in any way of writing; the log has who, why, and which cases, and the
    number stands neither there nor in an address."""
    number = await city.case(contact=Contact(phone="010-2345-6789"))
    await city.case(contact=Contact(phone="010-9999-0000"))
    browser = await city.staff(Role.OFFICER, ROADS)
    csrf = csrf_of(browser.cookies[SESSION_COOKIE])
    asked = {"csrf": csrf, "phone": "+82 10 2345 6789"}
    refused = await browser.post("/staff/search", data=asked)
    assert refused.status_code == 422
    assert NUMBERS.findall(refused.text) == []
    page = await browser.post("/staff/search", data=asked | {"why": "call_back"})
    assert NUMBERS.findall(page.text) == [number]
    assert "2345" not in page.text
    async with city.store.engine.connect() as conn:
        kind = audit_entry.c.kind == AuditKind.PHONE_SEARCHED
        entries = (await conn.execute(select(audit_entry).where(kind))).all()
    assert len(entries) == 1
    assert entries[0].detail == {"cases": [number]}
    assert entries[0].why == "call_back"


async def test_a_search_by_telephone_needs_a_number_and_a_reason(city: City) -> None:
    """Else nothing is looked for, nothing is logged, and the page says what lacks."""
    browser = await city.staff(Role.OFFICER, ROADS)
    csrf = csrf_of(browser.cookies[SESSION_COOKIE])
    for phone, why in (
        *(("", "call_back"), ("1", "call_back")),
        *(("010-2345-6789", ""), ("010-2345-6789", "other")),
    ):
        asked = {"csrf": csrf, "phone": phone, "why": why}
        page = await browser.post("/staff/search", data=asked)
        assert page.status_code == 422
        assert 'class="fault"' in page.text


async def test_a_telephone_is_not_searched_among_the_words(city: City) -> None:
    """An address is kept in logs: the page sends the reader to the form that asks why."""
    browser = await city.staff(Role.FIRST_LINE, FIRST_LINE)
    page = await browser.get("/staff/search?q=010-2345-6789")
    assert page.status_code == 422
    assert "전화번호로 찾기" in page.text


NOT_UNDERSTOOD = (
    *("q=!!", f"q={'가' * 61}", "place=!!", "item=ZZ", "item=RD99", "state=gone"),
    *("district=99999", "department=nowhere", "channel=fax", "since=yesterday"),
    *("since=0001-01-01", "until=9999-12-31", "since=2026-11-02&until=2026-11-01"),
    *("after=x", "after=261123-000001-K", "q=가&sort=words&after=261123-000001-K_0.1"),
)


async def test_what_is_not_understood_is_named(city: City) -> None:
    """The page says what to mend, a program gets 422; nothing is guessed."""
    browser = await city.staff(Role.FIRST_LINE, FIRST_LINE)
    for query in NOT_UNDERSTOOD:
        page = await browser.get(f"/staff/search?{query}")
        assert page.status_code == 422, query
        assert "검색 조건을 확인해 주세요" in page.text
        answer = await browser.get(f"/api/v1/search?{query}")
        assert answer.status_code == 422, query
        assert answer.json()["code"] == "wrong_filter"


async def test_the_heartbeat_is_found_by_nobody(city: City) -> None:
    """The city's own trial case is no petition."""
    number = await city.case(LAMP)
    async with city.store.engine.begin() as conn:
        await conn.execute(update(cases).where(cases.c.number == number).values(synthetic=True))
    assert NUMBERS.findall(await searched(city, f"q={number}")) == []


async def test_dates_are_days_in_seoul_both_included(city: City) -> None:
    """A case of the evening belongs to its day in Seoul, whatever day it is in UTC."""
    at = datetime(2026, 3, 10, 23, 30, tzinfo=UTC) - timedelta(hours=9)
    number = await city.case(LAMP, at=at, channel=Channel.SMS_120)
    for query, there in (
        ("since=2026-03-10&until=2026-03-10", True),
        ("since=2026-03-11", False),
        ("until=2026-03-09", False),
    ):
        assert (number in await searched(city, query, Role.INSPECTOR, AUDIT)) is there
