"""«My petitions»: a code to the telephone, a session, the list; nothing before the code."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select, text

from schema.codes import Action
from schema.submission import Contact
from storage.phone_codes import MOST_TO_ONE_PHONE, MOST_TRIES, message_of
from storage.phone_sessions import LASTS
from storage.tables import phone_code, phone_session
from tests.web.conftest import City
from tests.web.life import merged

PHONE = "010-2222-3333"
MINE = Contact(name="홍길동", phone=PHONE)


async def code_sent(city: City) -> str:
    """The newest code, as the message says it."""
    async with city.store.engine.connect() as conn:
        statement = select(phone_code).order_by(phone_code.c.created_at.desc()).limit(1)
        row = (await conn.execute(statement)).one()
        message = await message_of(conn, city.store, row)
    assert message.to == PHONE.replace("-", "")
    found = re.search(r"\d{6}", message.body)
    assert found is not None
    return found[0]


async def signed_in(city: City, phone: str = PHONE) -> httpx.AsyncClient:
    """A browser that entered the code sent to the telephone."""
    browser = city.browser()
    assert (await browser.post("/my", data={"phone": phone})).status_code == 303
    answer = await browser.post("/my/code", data={"code": await code_sent(city)})
    assert answer.headers["location"] == "/my", answer.text
    return browser


def numbers_in(page: str) -> list[str]:
    """The petitions of the list, in its order."""
    return re.findall(r'href="/my/cases/([0-9A-Z-]+)"', page)


async def test_the_code_opens_every_petition_of_the_telephone(city: City) -> None:
    """Those of this telephone, however it is written, and nobody else's; each opens by the key
    that the browser is given, which no address and no page shows."""
    mine = [await city.case(contact=MINE), await city.case(contact=Contact(phone="01022223333"))]
    other = await city.case()
    browser = await signed_in(city, "+82 10 2222 3333")
    page = (await browser.get("/my")).text
    assert set(numbers_in(page)) == set(mine)
    assert other not in page
    assert city.key(mine[0]) not in page
    answer = await browser.get(f"/my/cases/{mine[0]}")
    assert answer.headers["location"] == f"/cases/{mine[0]}"
    assert (await browser.get(f"/cases/{mine[0]}")).status_code == 200
    refused = await browser.get(f"/my/cases/{other}")
    assert refused.headers["location"] == "/my"
    assert (await browser.get(f"/cases/{other}")).status_code == 404


async def test_what_waits_for_me_is_first(city: City) -> None:
    """A supplement that is asked for, then an answer to read, then the rest."""
    answered, asked, running = [await city.case(contact=MINE) for _ in range(3)]
    await city.record(answered, Action.ANSWER, text="고쳤습니다")
    await city.record(asked, Action.REQUEST_SUPPLEMENT, text="어디인가요", days=7)
    page = (await (await signed_in(city)).get("/my")).text
    assert numbers_in(page) == [asked, answered, running]
    assert "보완해 주셔야" in page


async def test_a_merged_petition_is_in_the_list(city: City) -> None:
    """It keeps its number and says that it is handled together with others."""
    number, root = await merged(city)
    async with city.store.engine.begin() as conn:
        await conn.execute(
            text("UPDATE petitioner SET phone_hash = :hash WHERE case_number = :number"),
            {"hash": city.store.keyring.phone_hash(PHONE), "number": number},
        )
    page = (await (await signed_in(city)).get("/my")).text
    assert numbers_in(page) == [number]
    assert "병합" in page
    assert root not in page


async def test_nothing_tells_whether_a_telephone_has_petitions(city: City) -> None:
    """The same answer, the same message, for one with and one without; only the code shows."""
    await city.case(contact=MINE)
    browser = city.browser()
    with_some = await browser.post("/my", data={"phone": PHONE})
    without = await city.browser().post("/my", data={"phone": "01099998888"})
    assert with_some.status_code == without.status_code == 303
    assert with_some.headers["location"] == without.headers["location"]
    async with city.store.engine.connect() as conn:
        rows = (await conn.execute(select(phone_code))).all()
        bodies = [(await message_of(conn, city.store, row)).body for row in rows]
    assert len({re.sub(r"\d{6}", "", body) for body in bodies}) == 1
    shown = await browser.get("/my")
    assert numbers_in(shown.text) == []


async def test_neither_code_nor_number_is_kept_in_the_clear(city: City) -> None:
    """Row and message of a code hold hashes and what is sealed."""
    browser = city.browser()
    await browser.post("/my", data={"phone": PHONE})
    code = (await code_sent(city)).encode()
    async with city.store.engine.connect() as conn:
        (row,) = (await conn.execute(select(phone_code))).all()
    stored = b"|".join(bytes(value) for value in row if isinstance(value, bytes))
    assert code not in stored
    assert b"01022223333" not in stored


async def test_a_wrong_code_is_tried_five_times_at_most(city: City) -> None:
    """Then the right one is none either, and it is told just as a wrong one is."""
    await city.case(contact=MINE)
    browser = city.browser()
    await browser.post("/my", data={"phone": PHONE})
    right = await code_sent(city)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    answers = [await browser.post("/my/code", data={"code": wrong}) for _ in range(MOST_TRIES)]
    late = await browser.post("/my/code", data={"code": right})
    assert {answer.status_code for answer in answers} == {late.status_code} == {422}
    assert late.text == answers[0].text
    assert numbers_in((await browser.get("/my")).text) == []


@pytest.mark.parametrize("how", ["used", "old", "another's"])
async def test_a_code_is_good_once_soon_and_for_who_asked(city: City, how: str) -> None:
    """A code that was used, that is old, or that another browser asked for opens nothing."""
    browser = city.browser()
    await browser.post("/my", data={"phone": PHONE})
    code = await code_sent(city)
    asked = dict(browser.cookies)
    later = city.browser()
    if how == "used":
        assert (await browser.post("/my/code", data={"code": code})).status_code == 303
        later.cookies.update(asked)
    elif how == "old":
        async with city.store.engine.begin() as conn:
            await conn.execute(phone_code.update().values(expires_at=datetime.now(UTC)))
        later.cookies.update(asked)
    answer = await later.post("/my/code", data={"code": code})
    assert answer.status_code == 422
    assert "minwon_my" not in answer.cookies


async def test_codes_are_bounded_by_telephone_and_by_address(city: City) -> None:
    """Nobody's telephone rings all day, and nobody asks for many telephones from one place."""
    for _ in range(MOST_TO_ONE_PHONE):
        assert (await city.browser().post("/my", data={"phone": PHONE})).status_code == 303
    refused = await city.browser().post("/my", data={"phone": PHONE})
    assert refused.status_code == 429
    assert "한 시간 뒤" in refused.text
    answers = [
        (await city.browser().post("/my", data={"phone": f"0107000{n:04d}"})).status_code
        for n in range(20)
    ]
    assert 0 < answers.count(303) <= 20 - MOST_TO_ONE_PHONE
    assert answers[-1] == 429


@pytest.mark.parametrize("phone", ["", "02-123-4567", "1234", "+1 555 0100", "010"])
async def test_a_number_that_takes_no_message_is_said_so(city: City, phone: str) -> None:
    """The field keeps what was typed."""
    answer = await city.browser().post("/my", data={"phone": phone})
    assert answer.status_code == 422
    assert "휴대전화 번호를 적어 주세요" in answer.text
    assert f'value="{phone}"' in answer.text


async def test_the_session_ends_when_asked_to_and_by_itself(city: City) -> None:
    """After signing out the old cookie opens nothing; so it is after an hour, which the page says
    beforehand and can be made longer."""
    number = await city.case(contact=MINE)
    browser = await signed_in(city)
    token = browser.cookies["minwon_my"]
    assert "저절로 닫힙니다" in (await browser.get("/my")).text
    assert (await browser.post("/my/longer")).status_code == 303
    async with city.store.engine.begin() as conn:
        (row,) = (await conn.execute(select(phone_session))).all()
        assert token.encode() not in row.token_hash
        assert row.expires_at - datetime.now(UTC) > LASTS - timedelta(minutes=1)
    await browser.post("/my/sign-out")
    thief = city.browser()
    thief.cookies.set("minwon_my", token, path="/my")
    assert number not in (await thief.get("/my")).text
    again = await signed_in(city)
    async with city.store.engine.begin() as conn:
        await conn.execute(phone_session.update().values(expires_at=datetime.now(UTC)))
    assert number not in (await again.get("/my")).text


async def test_the_cookies_are_for_these_pages_and_no_script(city: City) -> None:
    """HttpOnly, same site, and sent to /my only."""
    browser = city.browser()
    asked = await browser.post("/my", data={"phone": PHONE})
    entered = await browser.post("/my/code", data={"code": await code_sent(city)})
    for answer in (asked, entered):
        for cookie in answer.headers.get_list("set-cookie"):
            assert "Path=/my" in cookie
            assert "SameSite=lax" in cookie
            assert "HttpOnly" in cookie or "Max-Age=0" in cookie


async def test_another_site_cannot_have_a_code_sent(city: City) -> None:
    """A foreign form is refused before anything is done."""
    answer = await city.browser().post(
        "/my", data={"phone": PHONE}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403


async def test_who_lost_the_number_is_led_to_the_telephone(city: City) -> None:
    """The page that asks for number and key says what to do without them."""
    page = (await city.browser().get("/cases")).text
    assert 'href="/my"' in page
