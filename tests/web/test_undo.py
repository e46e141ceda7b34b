"""Taking back what one has just done: what stays inside the city, while nobody was told."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, insert, select, update

from schema.codes import Action, EventKind, Role, State
from storage.cases import Case, events_of, find_case
from storage.sealing import new_data_key
from storage.tables import case_event, reply
from tests.web.conftest import ROADS, City
from tests.web.test_first_line import BUTTON, FIELD, SEVERAL, carry_out, desk
from tests.web.test_officer import csrf_in

UNDO = re.compile(r'<form class="undo" method="post" action="([^"]+)">(.*?)</form>', re.DOTALL)


async def case_of(city: City, number: str) -> Case:
    """The case as the record has it."""
    async with city.store.engine.connect() as conn:
        found = await find_case(conn, number)
    assert found is not None
    return found


async def assigned(city: City) -> tuple[httpx.AsyncClient, str, str, str]:
    """An officer gives a colleague's case to another: who, which case, the colleague, the act."""
    number = await city.case()
    first, second = await city.account(), await city.account()
    await city.record(number, Action.ASSIGN, role=Role.OFFICER, of=ROADS, officer=first)
    browser = await city.staff()
    csrf = csrf_in((await browser.get(f"/staff/cases/{number}")).text)
    act = str(uuid4())
    await browser.post(
        f"/staff/cases/{number}/actions/assign",
        data={"csrf": csrf, "request_id": act, "officer": second},
    )
    await carry_out(city)
    assert (await case_of(city, number)).officer == second
    return browser, number, first, act


async def test_an_officer_is_named_again_once(city: City) -> None:
    """Undoing gives the case back to whom it was taken from, however often it is pressed."""
    browser, number, first, act = await assigned(city)
    page = (await browser.get(f"/staff/cases/{number}?act={act}")).text
    address, fields = UNDO.findall(page)[0]
    for _ in range(2):
        answer = await browser.post(address, data=dict(FIELD.findall(fields)))
        assert answer.status_code == 303
    await carry_out(city)
    assert (await case_of(city, number)).officer == first
    async with city.store.engine.connect() as conn:
        kinds = [event.kind for event in await events_of(conn, number)]
    assert kinds.count(EventKind.OFFICER_ASSIGNED) == 3


@pytest.mark.parametrize("why", ["late", "moved on", "another's"])
async def test_what_is_not_undone(city: City, why: str) -> None:
    """After five minutes, after a further step, and of somebody else there is no button, and the
    act itself is refused in words."""
    browser, number, _, act = await assigned(city)
    if why == "late":
        async with city.store.engine.begin() as conn:
            ago = datetime.now(UTC) - timedelta(minutes=6)
            mine = case_event.c.request_id == act
            await conn.execute(update(case_event).where(mine).values(at=ago))
    elif why == "moved on":
        await city.record(number, Action.START, role=Role.OFFICER, of=ROADS)
    else:
        browser = await city.staff()
    page = (await browser.get(f"/staff/cases/{number}?act={act}")).text
    assert not UNDO.findall(page)
    answer = await browser.post(
        f"/staff/cases/{number}/undo", data={"csrf": csrf_in(page), "act": act}
    )
    assert answer.status_code == 410
    assert "되돌릴 수 없습니다" in answer.text


@pytest.mark.parametrize("told", [False, True])
async def test_a_petition_comes_back_to_the_desk_while_nobody_was_told(
    city: City, told: bool
) -> None:
    """A message that waits for the morning is forgotten and the petition is on the desk again; one
    that has left makes the sending final, and the page says so."""
    number = await city.case(SEVERAL, item=None)
    browser, page = await desk(city)
    form = dict(FIELD.findall(BUTTON.findall(page)[0]))
    onward = (await browser.post("/staff/first-line", data=form)).headers["location"]
    await carry_out(city)
    await _message(city, number, left=told)
    page = (await browser.get(onward)).text
    found = UNDO.findall(page)
    assert bool(found) is not told
    assert ("이미 알려 되돌릴 수 없습니다" in page) is told
    if told:
        return
    address, fields = found[0]
    await browser.post(address, data=dict(FIELD.findall(fields)))
    await carry_out(city)
    case = await case_of(city, number)
    assert case.state is State.RECEIVED
    assert "배부할 민원 1건" in (await browser.get("/staff/first-line")).text
    async with city.store.engine.connect() as conn:
        assert await conn.scalar(select(func.count()).select_from(reply)) == 0


async def _message(city: City, number: str, *, left: bool) -> None:
    """The message about the newest event of the case, waiting or sent."""
    now = datetime.now(UTC)
    async with city.store.engine.begin() as conn:
        event = (await events_of(conn, number))[-1]
        key = await new_data_key(conn, city.store.keyring)
        await conn.execute(
            insert(reply).values(
                id=uuid4(),
                event_id=event.id,
                case_number=number,
                recipient="petitioner",
                means="sms",
                channel="web_form",
                template="distributed",
                sealed=key.seal_text("words"),
                data_key_id=key.id,
                publish_after=now + timedelta(hours=8),
                published_at=now if left else None,
            )
        )
