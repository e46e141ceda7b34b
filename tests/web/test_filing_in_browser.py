"""Filing in a real Chromium, on a telephone's screen: nothing lost, nothing twice, on any site."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.async_api import Browser, Page, Route, async_playwright, expect
from sqlalchemy import func, select

from adapters.channel import IntakeRecord
from adapters.web_form.normalise import normalise
from rules.tables import CityData, package_text, put_in_force
from schema.codes import Channel
from schema.submission import Submission
from stack.processes import free_port, is_listening
from storage.cases import find_case
from storage.journal import journalled_key
from storage.registration import register
from storage.sealing import new_data_key
from storage.tables import intake_journal
from tests.web.conftest import City
from tests.web.streams import serving
from tests.web.test_filing import photo
from web.serving import served

OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
PHONE = {"width": 360, "height": 740}
LAMP = "합정역 앞 가로등이 꺼졌습니다"
NEAR = {"lat": 37.5497, "long": 126.9139, "address": None}
RECEIPT = re.compile(r"/cases/[^/]+/receipt")


@pytest.fixture(autouse=True)
def _the_package_again() -> Iterator[None]:
    yield
    put_in_force(CityData())


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(OPTIONS)
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def address(city: City) -> AsyncIterator[str]:
    """A server of the city."""
    async with serving(city.app) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium: Browser, address: str) -> AsyncIterator[Page]:
    """The empty form on a telephone; a fault in a script fails the test."""
    context = await chromium.new_context(viewport=PHONE, locale="ko-KR")  # type: ignore[arg-type]
    found = await context.new_page()
    faults: list[str] = []
    found.on("pageerror", lambda error: faults.append(str(error)))
    await found.goto(f"{address}/petitions/new")
    yield found
    await context.close()
    assert faults == []


async def filings(city: City) -> int:
    """How many forms the journal holds."""
    async with city.store.engine.connect() as conn:
        return (await conn.scalar(select(func.count()).select_from(intake_journal))) or 0


async def journalled(city: City, number: str) -> Submission:
    """What intake makes of the form with this number."""
    async with city.store.engine.connect() as conn:
        row = (
            await conn.execute(
                select(intake_journal).where(intake_journal.c.receipt_number == number)
            )
        ).one()
        key = await journalled_key(conn, city.store, row.id)
    record = IntakeRecord(
        channel=Channel.WEB_FORM,
        kind=row.kind,
        external_id=row.external_id,
        revision=row.revision,
        body=key.open(row.payload),
        media_type="application/json",
        arrived_at=row.arrived_at,
        receipt_number=number,
    )
    return normalise(record)


async def taken_in(city: City, number: str) -> None:
    """What intake and the case's workflow do with it."""
    submission = await journalled(city, number)
    async with city.store.engine.begin() as conn:
        key = await new_data_key(conn, city.store.keyring)
        await register(conn, city.store, city.recorder, submission, key=key)
    await city.activities.take_in(number)


async def send(page: Page) -> None:
    await page.get_by_role("button", name="신청하기").click()


async def test_words_are_enough(city: City, page: Page) -> None:
    """Typed, sent, and the receipt is there with number, key and address."""
    await page.fill("#f-text", LAMP)
    await send(page)
    await page.wait_for_url(RECEIPT)
    number = await page.locator("dd.number").first.inner_text()
    assert city.key(number) in await page.content()
    assert await filings(city) == 1


async def test_a_double_click_is_one_petition(city: City, page: Page) -> None:
    """Twice pressed while the first answer is on its way, and again after it was lost."""
    await page.fill("#f-text", LAMP)
    lost = 0

    async def lose_the_first(route: Route) -> None:
        nonlocal lost
        answer = await route.fetch()
        lost += 1
        if lost == 1:
            await route.abort()
        else:
            await route.fulfill(response=answer)

    await page.route("**/petitions/new", lose_the_first)
    await page.get_by_role("button", name="신청하기").dblclick()
    await expect(page.locator("[data-status]")).to_contain_text("적은 내용은 그대로 있습니다")
    assert await page.input_value("#f-text") == LAMP
    await send(page)
    await page.wait_for_url(RECEIPT)
    assert lost == 2
    assert await filings(city) == 1


async def test_a_resident_number_never_leaves_the_browser(city: City, page: Page) -> None:
    """It is caught before anything is sent, a foreigner's too, and the summary leads to it."""
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    await page.route("**/api/v1/suggestions", lambda route: route.abort())
    for written in ("900101-1234567", "900101 5234567", "９００１０１－１２３４５６７"):
        await page.fill("#f-text", f"제 번호는 {written} 입니다")
        await send(page)
        summary = page.locator("#faults")
        await expect(summary).to_be_focused()
        await expect(summary).to_contain_text("주민등록번호")
    assert not [url for url in sent if url.endswith("/petitions/new")]
    await summary.get_by_role("link").first.click()
    await expect(page.locator("#f-text")).to_be_focused()
    assert await filings(city) == 0


async def test_faults_stand_beside_their_fields_and_nothing_is_lost(
    page: Page, tmp_path: Path
) -> None:
    """What the server refuses comes back to the page that still has everything, photos too."""
    picture = tmp_path / "고장.jpg"
    picture.write_bytes(b"not a photo")
    await page.fill("#f-text", LAMP)
    await page.set_input_files("#f-photos", picture)
    await page.fill("#f-phone", "010-0000-1234")
    await expect(page.locator("[data-consent]")).to_be_visible()
    await send(page)
    await expect(page.locator("#e-consent")).to_contain_text("동의해 주세요")
    await page.check("#f-consent")
    await send(page)
    await expect(page.locator("#e-photos")).to_contain_text("고장.jpg")
    await expect(page.locator("#faults")).to_be_focused()
    assert await page.locator("#f-photos").get_attribute("aria-invalid") == "true"
    assert await page.input_value("#f-phone") == "010-0000-1234"
    good = tmp_path / "사진.jpg"
    good.write_bytes(photo())
    await page.set_input_files("#f-photos", good)
    await send(page)
    await page.wait_for_url(RECEIPT)
    await expect(page.get_by_text("알림 방법: 문자")).to_be_visible()


async def test_too_many_and_too_much_are_said_before_sending(
    city: City, page: Page, tmp_path: Path
) -> None:
    """Six files, and a text that is too long: in words, and nothing of the text is cut off."""
    files = []
    for place in range(6):
        files.append(tmp_path / f"{place}.jpg")
        files[-1].write_bytes(photo())
    await page.fill("#f-text", "가" * 20_001)
    await page.set_input_files("#f-photos", files)
    await expect(page.locator("[data-chosen-said]")).to_contain_text("5개까지")
    await expect(page.locator("[data-count]")).to_contain_text("1자 넘었습니다")
    await send(page)
    await expect(page.locator("#e-text")).to_contain_text("1자 넘었습니다")
    assert len(await page.input_value("#f-text")) == 20_001
    assert await filings(city) == 0


async def test_the_draft_is_offered_back_without_the_contact(page: Page, address: str) -> None:
    """Kept on the device, taken up only where it is wanted, gone once it is sent."""
    await page.fill("#f-text", LAMP)
    await page.select_option("#f-district", "11440")
    await page.select_option("#f-area", "11440/서교동")
    await page.fill("#f-phone", "010-0000-1234")
    await page.wait_for_timeout(900)
    await page.goto(f"{address}/petitions/new")
    assert await page.input_value("#f-text") == ""
    await page.get_by_role("button", name="이어서 쓰기").click()
    assert await page.input_value("#f-text") == LAMP
    assert await page.input_value("#f-area") == "11440/서교동"
    assert await page.input_value("#f-phone") == ""
    assert "0000" not in str(await page.evaluate("JSON.stringify(localStorage)"))
    await page.get_by_label("연락처도 이 기기에 저장하기").check()
    await page.fill("#f-phone", "010-0000-1234")
    await page.wait_for_timeout(900)
    assert "0000-1234" in str(await page.evaluate("JSON.stringify(localStorage)"))
    await page.check("#f-consent")
    await send(page)
    await page.wait_for_url(RECEIPT)
    assert await page.evaluate("localStorage.length") == 0


async def test_suggestions_come_while_typing_and_take_nothing(page: Page) -> None:
    """The likely item with department and time, said politely; focus and choice stay where they
    are; pressing one chooses it."""
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "suggestions" in one.url else None)
    await page.locator("#f-text").press_sequentially(LAMP, delay=30)
    likely = page.locator("[data-likely] button")
    await expect(likely.first).to_contain_text("가로등 고장")
    await expect(page.locator("#f-text")).to_be_focused()
    assert await page.input_value("#f-item") == ""
    assert len(asked) == 1
    assert LAMP not in asked[0]
    said = page.locator("[data-suggested-said][role=status]")
    await expect(said).to_contain_text("분류 제안: 가로등 고장")
    await page.select_option("#f-district", "11440")
    await expect(page.locator("[data-likely]")).to_contain_text("마포구 도로과")
    await expect(page.locator("[data-likely]")).to_contain_text("보통 24시간 안에")
    await likely.first.click()
    assert await page.input_value("#f-item") == "RD05"
    await page.select_option("#f-item", "RD01")
    await expect(likely.first).to_contain_text("차도 파손")


async def test_the_plate_is_asked_where_a_fine_may_follow(
    city: City, page: Page, tmp_path: Path
) -> None:
    """Shown with the item, hidden with another unless something is typed; what is lacking is said,
    and holds nothing back."""
    fine = page.locator("[data-fine]")
    await expect(fine).to_be_hidden()
    await page.fill("#f-text", "횡단보도 위에 세운 차")
    await page.select_option("#f-item", "TR02")
    await expect(page.locator("#f-plate")).to_be_visible()
    await expect(fine).to_contain_text("1분 이상 간격을 두고 찍은 사진 2장")
    await page.select_option("#f-item", "RD05")
    await expect(fine).to_be_hidden()
    await page.select_option("#f-item", "TR03")
    picture = tmp_path / "차.jpg"
    picture.write_bytes(photo())
    await page.set_input_files("#f-photos", picture)
    lacks = page.locator("[data-fine-lacks]")
    await expect(lacks).to_contain_text("사진 1장, 차량번호")
    await page.fill("#f-plate", "12가3456")
    await page.select_option("#f-item", "TR02")
    await expect(lacks).not_to_contain_text("차량번호")
    await expect(lacks).to_contain_text("사진 1장")
    await page.select_option("#f-item", "RD05")
    await expect(page.locator("#f-plate")).to_be_visible()
    await page.select_option("#f-item", "TR02")
    await page.check("#f-consent")
    await send(page)
    await page.wait_for_url(RECEIPT)
    number = await page.locator("dd.number").first.inner_text()
    assert (await journalled(city, number)).plate == "12가3456"


async def test_danger_is_said_first(page: Page) -> None:
    """119 and 112 before anything else."""
    await page.fill("#f-text", "도로에 싱크홀이 생겨 차가 빠질 뻔했습니다")
    await expect(page.locator("[data-urgent]")).to_be_visible()
    assert await page.locator("[data-urgent] a[href='tel:119']").is_visible()


async def test_same_here_joins_the_case_nearby(city: City, page: Page) -> None:
    """Where I am, a similar public case, «저도요»: a petition of one's own that names it."""
    number = await city.case(LAMP, item="RD05", location=NEAR)
    await page.context.grant_permissions(["geolocation"])
    await page.context.set_geolocation({"latitude": 37.5499, "longitude": 126.9139})
    await page.fill("#f-text", "가로등이 안 켜져 어둡습니다")
    await page.get_by_role("button", name="현재 위치 넣기").click()
    await expect(page.locator("[data-here] [role=status]")).to_contain_text("마포구")
    similar = page.locator("[data-similar]")
    await expect(similar).to_contain_text("22m 거리")
    await similar.get_by_role("button", name="저도요").click()
    await expect(similar.locator("[data-joined]")).to_contain_text(number)
    await send(page)
    await page.wait_for_url(RECEIPT)
    mine = await page.locator("dd.number").first.inner_text()
    await taken_in(city, mine)
    async with city.store.engine.connect() as conn:
        case = await find_case(conn, mine)
    assert case is not None
    assert case.merged_into == number


async def test_without_my_position_there_is_another_way(page: Page) -> None:
    """Refused: told kindly, with address and list as ways on."""
    await page.context.clear_permissions()
    await page.get_by_role("button", name="현재 위치 넣기").click()
    await expect(page.locator("[data-here] [role=status]")).to_contain_text("구와 동을 골라 주세요")
    await page.fill("#f-text", LAMP)
    await page.select_option("#f-district", "11440")
    await page.select_option("#f-area", "11440/서교동")
    await send(page)
    await page.wait_for_url(RECEIPT)


async def test_the_page_fits_a_narrow_screen(page: Page) -> None:
    """320 px wide: nothing has to be scrolled sideways."""
    await page.set_viewport_size({"width": 320, "height": 640})
    await page.fill("#f-text", LAMP)
    await expect(page.locator("[data-likely]")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320


HOST_PAGE = """<!doctype html><html lang="ko"><meta charset="utf-8"><title>다른 누리집</title>
<h1>우리 부서 누리집</h1>
<script src="{city}/embed.js" data-site="{site}" data-item="RD05"></script></html>"""


@asynccontextmanager
async def another_site(city: str, port: int) -> AsyncIterator[str]:
    """A page of another origin that carries the form."""
    app = FastAPI()

    @app.get("/")
    async def host() -> HTMLResponse:
        return HTMLResponse(HOST_PAGE.format(city=city, site="ours"))

    async with served(app, port=port):
        while not is_listening("127.0.0.1", port):  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.02)
        yield f"http://127.0.0.1:{port}"


def register_site(origin: str) -> None:
    row = f"ours,우리 부서 누리집,Our site,{origin},,6110000.road-facilities,2026-11-01,\n"
    put_in_force(CityData({"sites.csv": package_text("sites.csv") + row}))


async def test_a_page_of_another_origin_carries_the_form(
    city: City, chromium: Browser, address: str
) -> None:
    """Filed inside the frame, without any cookie, under the site's name and item; the receipt is
    shown there, and the frame is as high as what it shows."""
    port = free_port()
    register_site(f"http://127.0.0.1:{port}")
    async with another_site(address.replace("127.0.0.1", "localhost"), port) as host:
        context = await chromium.new_context(viewport=PHONE, locale="ko-KR")  # type: ignore[arg-type]
        page = await context.new_page()
        await page.goto(host)
        form = page.frame_locator("iframe")
        await expect(form.get_by_role("heading", level=1)).to_contain_text("우리 부서 누리집")
        assert await form.locator("#f-item").input_value() == "RD05"
        await page.wait_for_function(
            "document.querySelector('iframe').clientHeight > 1200", timeout=10_000
        )
        await form.locator("#f-text").fill(LAMP)
        await form.get_by_role("button", name="신청하기").click()
        await expect(form.get_by_role("heading", name="접수되었습니다")).to_be_focused()
        number = await form.locator("dd.number").first.inner_text()
        assert city.key(number) in await form.locator("dl").inner_text()
        await page.wait_for_function(
            "document.querySelector('iframe').clientHeight < 1200", timeout=10_000
        )
        assert await context.cookies() == []
        assert page.url == f"{host}/"
        assert (await journalled(city, number)).site == "ours"
        await context.close()


async def test_a_site_that_is_not_listed_cannot_frame_the_form(
    chromium: Browser, address: str
) -> None:
    """The browser itself refuses it, by the policy of the frame."""
    register_site("https://ours.example")
    async with another_site(address.replace("127.0.0.1", "localhost"), free_port()) as host:
        context = await chromium.new_context()
        page = await context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        await page.goto(host)
        await page.wait_for_timeout(1_000)
        assert await page.frame_locator("iframe").locator("#f-text").count() == 0
        assert any("frame-ancestors" in words for words in said), said
        await context.close()
