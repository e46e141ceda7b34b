"""The first-line desk: what no rule could send on, one petition after the other."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from schema.codes import Action, Role, State
from schema.commands import Command
from storage.cases import find_case
from storage.commands import unanswered_commands
from tests.web.conftest import FIRST_LINE, City
from tests.web.test_officer import csrf_in

SEVERAL = "쓰레기가 쌓이고 가로등은 꺼졌고 도로도 파였습니다."
BUTTON = re.compile(r'<form method="post" action="/staff/first-line">(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')


async def unanswered(city: City) -> tuple[Command, ...]:
    """The commands that wait for Temporal, in the order in which they were given."""
    async with city.store.engine.connect() as conn:
        soon = datetime.now(UTC) + timedelta(minutes=1)
        return await unanswered_commands(conn, before=soon, limit=100)


async def carry_out(city: City) -> list[Command]:
    """What waits is recorded, as the worker does when Temporal is back."""
    found = list(await unanswered(city))
    for command in found:
        outcome = await city.recorder.record(command)
        assert outcome.refusal is None, outcome.refusal
    return found


def shown(page: str) -> str:
    """The number of the petition that is shown."""
    found = re.search(r'id="petition"><a class="number" href="/staff/cases/([0-9A-Z-]+)"', page)
    assert found is not None, page
    return found[1]


async def desk(city: City) -> tuple[httpx.AsyncClient, str]:
    """Somebody of the desk, and the page."""
    browser = await city.staff(Role.FIRST_LINE, FIRST_LINE)
    return browser, (await browser.get("/staff/first-line")).text


async def test_one_key_sends_a_petition_on_and_the_next_appears(city: City) -> None:
    """Up to three guesses, each a key; the first classifies and distributes, once however often it
    is sent, the petition goes to the department that the button named, and the next is there."""
    first, second = await city.case(SEVERAL, item=None), await city.case(SEVERAL, item=None)
    browser, page = await desk(city)
    assert "배부할 민원 2건" in page
    assert shown(page) == first
    keys = re.findall(r'data-key="(\d)"', page)
    assert keys == ["1", "2", "3"]
    form = dict(FIELD.findall(BUTTON.findall(page)[0]))
    for _ in range(2):
        answer = await browser.post("/staff/first-line", data=form)
        assert answer.status_code == 303
        following = (await browser.get(answer.headers["location"])).text
        assert shown(following) == second
    done = await carry_out(city)
    assert [(one.case, one.action) for one in done] == [
        (first, Action.RECLASSIFY),
        (first, Action.DISTRIBUTE),
    ]
    async with city.store.engine.connect() as conn:
        case = await find_case(conn, first)
    assert case is not None
    assert (case.item, case.department) == (form["item"], form["department"])
    assert case.state is State.ASSIGNED
    page = (await browser.get(answer.headers["location"])).text
    assert "(으)로 배부했습니다" in page
    assert "배부할 민원 1건" in page


async def test_a_petition_is_skipped_and_comes_again(city: City) -> None:
    """Skipping shows the next one; the desk from its beginning shows the skipped one again."""
    numbers = [await city.case(SEVERAL, item=None) for _ in range(2)]
    browser, page = await desk(city)
    assert shown(page) == numbers[0]
    onward = re.search(r'href="(/staff/first-line\?after=[^"]+)" data-key="s"', page)
    assert onward is not None
    page = (await browser.get(onward[1])).text
    assert shown(page) == numbers[1]
    assert shown((await browser.get("/staff/first-line")).text) == numbers[0]


@pytest.mark.parametrize(
    "changed", [{"department": "3130000.nowhere"}, {"item": "XX99"}, {"number": "261123-000001-K"}]
)
async def test_what_cannot_be_sent_leaves_no_half_decision(
    city: City, changed: dict[str, str]
) -> None:
    """An unknown department, item or petition: nothing is classified, nothing is kept."""
    number = await city.case(SEVERAL, item=None)
    browser, page = await desk(city)
    form = {
        "csrf": csrf_in(page),
        "number": number,
        "item": "RD01",
        "department": "3130000.roads",
        "request_id": "half",
    }
    answer = await browser.post("/staff/first-line", data=form | changed)
    assert answer.status_code in (404, 422)
    assert await unanswered(city) == ()
