"""The queue: by the nearest clock, filtered, counted, viewed, brought up to date."""

import html
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import pytest_asyncio

from schema.codes import Action, Role
from tests.web.conftest import CLEANSING, FIRST_LINE, ROADS, City
from tests.web.test_officer import csrf_in

NUMBER = re.compile(r'<tr id="row-([0-9A-Z-]+)"')
GLANCE = re.compile(r'<li><a href="([^"]+)"[^>]*>[^<]*<strong>([\d,]+)</strong>')


@pytest_asyncio.fixture(loop_scope="session")
async def busy(city: City) -> AsyncIterator[City]:
    """A city whose roads department has cases of every kind of waiting."""
    now = datetime.now(UTC)
    for days in (30, 3, 0):
        await city.case(at=now - timedelta(days=days, hours=1))
    await city.case("지하철역 앞 땅이 꺼져요", item="RD04")
    await city.case("쓰레기를 버리고 갔어요", item="WS01")
    await city.register("무슨 말인지 알 수 없는 글입니다", item=None)
    started = await city.case()
    await city.record(started, Action.START)
    await city.record(started, Action.ASSIGN, officer="tester")
    drafted = await city.case()
    await city.record(drafted, Action.START)
    await city.record(drafted, Action.SUBMIT_ANSWER, role=Role.OFFICER, of=ROADS, text="초안")
    asking = await city.case("쓰레기를 버리고 갔어요", item="WS01")
    await city.record(asking, Action.START)
    await city.record(asking, Action.JOIN_DEPARTMENT, department=ROADS, days=2, text="도로 확인")
    answered = await city.case()
    await city.record(answered, Action.ANSWER, text="고쳤습니다")
    yield city


async def listed(browser: httpx.AsyncClient, address: str) -> list[str]:
    """Every number of a list, page after page."""
    found: list[str] = []
    following: str | None = address
    while following:
        answer = await browser.get(following)
        assert answer.status_code == 200, (following, answer.text)
        found += NUMBER.findall(answer.text)
        onward = re.search(r'rel="next" href="([^"]+)"', answer.text)
        following = html.unescape(onward[1]) if onward else None
    assert len(found) == len(set(found))
    return found


FILTERS = (
    *("waits=acceptance", "waits=approval", "state=ANSWERED", "item=RD", "item=RD01"),
    *("clock=acceptance", "due=later", "due=none", "district=11440", "channel=sns"),
    *("officer=none", "officer=tester", "urgent=true", "urgent=true&due=today"),
)


@pytest.mark.parametrize(
    ("role", "department", "scope"),
    [(Role.OFFICER, ROADS, ""), (Role.FIRST_LINE, FIRST_LINE, "department=all")],
)
async def test_every_count_is_the_length_of_its_list(
    busy: City, role: Role, department: str, scope: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each number above the queue, saved views among them, each filter's total, and each
    department's number in the choice: as many rows are behind it, over pages of three."""
    monkeypatch.setattr("web.officer.queue_pages.PAGE_LENGTH", 3)
    browser = await busy.staff(role, department)
    page = (await browser.get(f"/staff?{scope}")).text
    for name in ("state=ANSWERED", "waits=approval&urgent=true"):
        form = {"csrf": csrf_in(page), "name": name}
        saved = await browser.post(f"/staff/views?{scope}&{name}", data=form)
        assert saved.status_code == 303
    page = (await browser.get(f"/staff?{scope}")).text
    glances = [(html.unescape(to), int(n.replace(",", ""))) for to, n in GLANCE.findall(page)]
    assert len(glances) == 10
    for address, count in glances:
        assert len(await listed(browser, address)) == count, address
    assert sum(count for _, count in glances) > 10
    for asked in FILTERS:
        address = f"/staff?{scope}&{asked}"
        total = re.search(r'id="total"[^>]*>모두 ([\d,]+)건', (await browser.get(address)).text)
        assert total is not None
        assert len(await listed(browser, address)) == int(total[1].replace(",", "")), asked
    chosen = re.findall(r'<option value="([0-9]+\.[^"]+)"[^>]*>[^<]*\((\d+)\)', page)
    assert bool(chosen) == (role is Role.FIRST_LINE)
    for code, count in chosen:
        assert len(await listed(browser, f"/staff?department={code}")) == int(count), code


async def test_the_nearest_clock_of_all_orders_the_queue(busy: City) -> None:
    """The draft that waits half a day for approval stands before what only has its target, and
    what is answered stands last, whatever its legal due was."""
    browser = await busy.staff()
    rows = (await browser.get("/staff")).text.split('<tr id="row-')[1:]
    turns = [re.search(r'data-turn="([^"]*)"', row) for row in rows]
    instants = [found[1] or "9999" for found in turns if found is not None]
    assert len(instants) == len(rows) > 5
    assert instants == sorted(instants)
    assert "답변함" in rows[-1]
    drafted = next(row for row in rows if "결재를 기다림" in row)
    assert re.search("근무시간 [^<]+ 남음", drafted)


async def test_a_view_is_ones_own(busy: City) -> None:
    """It is saved once under its name, shown to nobody else, and removed by nobody else."""
    mine, other = await busy.staff(), await busy.staff()
    csrf = csrf_in((await mine.get("/staff")).text)
    for asked in ("waits=approval", "waits=answer"):
        await mine.post(f"/staff/views?{asked}", data={"csrf": csrf, "name": " 결재  대기 "})
    page = (await mine.get("/staff")).text
    assert page.count("결재 대기 <strong>") == 1
    assert 'href="/staff?waits=answer"' in page
    removing = re.search(r"/staff/views/\d+/remove", page)
    assert removing is not None
    theirs = (await other.get("/staff")).text
    assert "결재 대기" not in theirs
    await other.post(removing[0], data={"csrf": csrf_in(theirs)})
    assert "결재 대기" in (await mine.get("/staff")).text
    await mine.post(removing[0], data={"csrf": csrf})
    assert "결재 대기" not in (await mine.get("/staff")).text


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("department=3130000.cleansing", 403),
        ("department=all", 403),
        ("item=XX99", 404),
        ("after=nonsense", 404),
        ("due=yesterday", 422),
        ("state=&item=&urgent=&lang=en", 200),
    ],
)
async def test_what_a_queue_cannot_be_asked(city: City, asked: str, status: int) -> None:
    """Another department's queue and codes that there are not are refused; blanks ask nothing."""
    assert (await (await city.staff()).get(f"/staff?{asked}")).status_code == status


async def test_rows_are_told_anew_by_number(city: City) -> None:
    """What still belongs to the list comes as it is now, what does not stays away; another
    department's rows are given to nobody."""
    here, left = await city.case(), await city.case()
    browser = await city.staff()
    asked = f"/staff/rows?waits=acceptance&only={here}&only={left}"
    assert NUMBER.findall((await browser.get(asked)).text) == [here, left]
    await city.record(left, Action.START)
    assert NUMBER.findall((await browser.get(asked)).text) == [here]
    stranger = await city.staff(department=CLEANSING)
    assert NUMBER.findall((await stranger.get(f"/staff/rows?only={here}")).text) == []


async def test_what_a_department_is_asked_for_stands_in_its_queue(busy: City) -> None:
    """Another department's case in which our part is awaited is counted and listed with us, and
    gone once the part was given; whoever was not asked does not see it."""
    roads, stranger = await busy.staff(), await busy.staff(department="3130000.parking")
    (number,) = await listed(roads, "/staff?asked=true")
    assert await listed(stranger, "/staff?asked=true") == []
    assert (await roads.get(f"/staff/cases/{number}")).status_code == 200
    await busy.record(number, Action.COOPERATE, role=Role.OFFICER, of=ROADS, text="이상 없음")
    assert await listed(roads, "/staff?asked=true") == []
