"""The page of volunteer hours: for whoever has shown the telephone, and nobody else."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from schema.codes import Action, Channel, Role
from storage.phone_sessions import open_phone_session
from storage.store import Store
from tests.web.conftest import City
from web.citizen.credit_pages import PATH
from web.citizen.my_pages import SESSION_COOKIE

PHONE = "010-1234-5678"


async def signed_in(city: City, phone: str = "01012345678") -> httpx.AsyncClient:
    """A browser whose owner entered the code of the telephone."""
    async with city.store.engine.begin() as conn:
        token = await open_phone_session(
            conn, city.store.keyring.phone_hash(phone), datetime.now(UTC)
        )
    browser = city.browser()
    browser.cookies.set(SESSION_COOKIE, token)
    return browser


async def reports(city: City, count: int) -> None:
    """Answered reports of the app, filed today by the telephone."""
    for _ in range(count):
        number = await city.case(channel=Channel.SMART_REPORT, contact={"phone": PHONE})
        await city.record(number, Action.ANSWER, role=Role.FIRST_LINE, text="보수하였습니다.")


def form(page: str, **fields: Any) -> dict[str, Any]:
    """What the form on the page sends."""
    found = re.search(r'name="request_id" value="([^"]+)"', page)
    assert found
    filled = {"name": "홍길동", "member": "hong1365", "consent": "yes"}
    return {"request_id": found[1], **filled, **fields}


async def test_nobody_sees_it_without_the_telephone(city: City) -> None:
    """They are asked for it first; the short address leads to the page."""
    browser = city.browser()
    assert (await browser.get("/credits")).headers["location"] == PATH
    for answer in (await browser.get(PATH), await browser.post(PATH, data={"name": "x"})):
        assert (answer.status_code, answer.headers["location"]) == (303, "/my")


async def test_reports_become_hours_that_can_be_asked_for(city: City) -> None:
    """Shown, asked for once however often the form is sent, shown as requested."""
    await reports(city, 4)
    browser = await signed_in(city)
    page = (await browser.get(PATH)).text
    assert "1시간 신청하기" in page
    sent = form(page)
    for _ in range(2):
        assert (await browser.post(PATH, data=sent)).status_code == 303
    after = (await browser.get(PATH)).text
    assert after.count("신청됨") == 1
    assert "신청하기" not in after
    assert (await browser.post(PATH, data=form(page, request_id=str(uuid4())))).status_code == 409


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": " "}, "이름을 적어"),
        ({"member": ""}, "아이디를 적어"),
        ({"consent": ""}, "동의하셔야"),
        ({"request_id": "none"}, "다시 신청해"),
    ],
)
async def test_what_is_lacking_is_said_and_what_was_typed_stays(
    city: City, fields: dict[str, str], said: str
) -> None:
    """Beside its field and above; nothing is asked for."""
    await reports(city, 4)
    browser = await signed_in(city)
    answer = await browser.post(PATH, data=form((await browser.get(PATH)).text, **fields))
    assert answer.status_code == 422
    assert said in answer.text
    assert "신청됨" not in answer.text
    if "member" not in fields:
        assert 'value="hong1365"' in answer.text


async def test_another_telephone_has_its_own_ledger(city: City) -> None:
    """Nothing of the first one's is there."""
    await reports(city, 4)
    page = (await (await signed_in(city, "01099998888")).get(PATH)).text
    assert "아직 인정된 신고가 없습니다" in page


async def test_an_ended_session_shows_nothing(city: City, store: Store) -> None:
    """An hour later the telephone is asked for again."""
    async with store.engine.begin() as conn:
        token = await open_phone_session(
            conn, store.keyring.phone_hash(PHONE), datetime.now(UTC) - timedelta(hours=2)
        )
    browser = city.browser()
    browser.cookies.set(SESSION_COOKIE, token)
    assert (await browser.get(PATH)).headers["location"] == "/my"
