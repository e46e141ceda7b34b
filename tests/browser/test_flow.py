"""The way of one petition through the desk, in a real Chromium, on a Temporal that works."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from schema.codes import Role
from stack.postgres import Postgres
from stack.processes import free_port
from stack.temporal import Temporal
from storage.keys import Keyring
from storage.sealed_files import Directory
from storage.store import open_store
from tests.browser.scene import Chromium
from tests.conftest import TEMPLATE
from tests.web.conftest import FIRST_LINE, PASSWORD, ROADS, City, city_on
from web.application import end_streams
from web.citizen.access import KEY_COOKIE
from web.serving import served
from worker import workflow_runner
from workflows.client import TASK_QUEUE
from workflows.petition import PetitionWorkflow

SOON = 10_000
ANSWER = (
    "현장을 확인한 결과 보도블록이 파손되어 12월 1일까지 보수합니다. "
    "더 궁금하신 점은 도로과(02-3153-0000)로 연락해 주세요."
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def moving_city(
    postgres: Postgres,
    temporal: Temporal,
    keyring: Keyring,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[City]:
    """A served city whose cases have their workflows."""
    postgres.create_database("browser_flow", template=TEMPLATE)
    folder: Path = tmp_path_factory.mktemp("attachments")
    store = open_store(
        postgres.url("browser_flow"), keyring=keyring, files=Directory(folder), role="test"
    )
    client = await Client.connect(
        temporal.address, namespace=temporal.namespace, data_converter=pydantic_data_converter
    )
    port = free_port()
    city = await city_on(store, f"http://127.0.0.1:{port}", client=client)
    async with (
        Worker(
            client,
            task_queue=TASK_QUEUE,
            workflows=[PetitionWorkflow],
            activities=city.activities.all(),
            workflow_runner=workflow_runner(),
        ),
        served(city.app, port=port),
    ):
        yield city
        await end_streams(city.app)
    await store.close()


async def signed_in(chromium: Chromium, city: City, role: Role, department: str) -> Page:
    """A window in which somebody has signed in on the page for it."""
    login = await city.account(role, department)
    context = await chromium.browser.new_context(base_url=city.pages_url, locale="ko-KR")
    page = await context.new_page()
    await page.goto("/staff/sign-in")
    await page.locator("input[name=login]").fill(login)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.locator("main form button").click()
    await page.wait_for_url("**/staff")
    return page


async def citizens_page(chromium: Chromium, city: City, number: str) -> Page:
    """The petitioner's page of a case."""
    context = await chromium.browser.new_context(base_url=city.pages_url, locale="ko-KR")
    address = f"{city.pages_url}/cases/{number}"
    await context.add_cookies([{"name": KEY_COOKIE, "value": city.key(number), "url": address}])
    page = await context.new_page()
    await page.goto(f"/cases/{number}")
    return page


async def extend(page: Page, reason: str) -> None:
    """Fill in the form of an extension that the key e opens, and send it."""
    await page.locator("h1").click()
    await page.keyboard.press("e")
    form = page.locator("form[action$='/actions/extend']")
    await form.locator("input[name=days]").fill("2")
    await form.locator("select[name=reason_code]").select_option(reason)
    await form.locator("textarea[name=reason]").fill("관계 기관과 협의하고 있습니다.")
    async with page.expect_navigation():
        await form.locator("p.buttons button").first.click()


async def test_a_case_is_extended_and_answered_and_all_see_it(
    moving_city: City, chromium: Chromium
) -> None:
    """The officer signs in and takes the top case of the queue; an extension for a reason that the
    law does not know is refused with its article, one for a lawful reason is granted, and the
    answer goes out. The citizen's page and the board, open all the while, show it by themselves."""
    city = moving_city
    number = await city.case("보도블록이 깨졌습니다", item="RD02")
    citizen = await citizens_page(chromium, city, number)
    board = await signed_in(chromium, city, Role.EXECUTIVE, FIRST_LINE)
    await board.goto("/staff/board")
    still_open = board.locator("#board .standing li.figure").first.locator(".big")
    await expect(still_open).to_have_text(re.compile(r"^\s*1(건)?\s*$"))
    page = await signed_in(chromium, city, Role.OFFICER, ROADS)
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/staff/cases/{number}")
    await extend(page, "overload")
    refused = page.locator("main [role=alert]").first
    await expect(refused).to_contain_text("처리할 수 없습니다")
    await expect(refused).to_contain_text("§21")
    await extend(page, "fact_finding")
    await expect(page.locator("main [role=status]").first).to_contain_text("기록되었습니다")
    await expect(page.locator("h1")).to_contain_text("기간 연장")
    await expect(citizen.locator("#content")).to_contain_text("연장", timeout=SOON)
    await page.locator("h1").click()
    await page.keyboard.press("a")
    form = page.locator("form[action$='/actions/answer']")
    await form.locator("textarea[name=text]").fill(ANSWER)
    async with page.expect_navigation():
        await form.locator("p.buttons button").first.click()
    await expect(page.locator("h1")).to_contain_text("답변완료")
    await expect(citizen.locator("#answer-part")).to_contain_text(ANSWER[:20], timeout=SOON)
    await expect(citizen.locator("#state")).to_contain_text("답변완료")
    await expect(still_open).to_have_text(re.compile(r"^\s*0(건)?\s*$"), timeout=SOON)
    for window in (page, citizen, board):
        await window.context.close()


async def test_several_cases_are_answered_at_once(moving_city: City, chromium: Chromium) -> None:
    """All of the page are chosen, what happens to each is shown, and the bar fills by itself until
    each has its result."""
    city = moving_city
    numbers = [await city.case("보도블록이 깨졌습니다", item="RD02") for _ in range(3)]
    page = await signed_in(chromium, city, Role.OFFICER, ROADS)
    for number in numbers:
        await page.locator(f"#row-{number} input[name=case]").check()
    await page.locator("#bulk button").click()
    await page.locator("details.act summary", has_text="답변").click()
    await page.locator("#answer-text").fill(ANSWER)
    await page.locator("details.act[open] button").click()
    await expect(page.locator("#preview + p")).to_contain_text("3건을 처리할 수 있습니다")
    await page.locator("form[action='/staff/bulk/jobs'] button").click()
    await expect(page.locator("#progress")).to_contain_text("3건 중 3건 끝남", timeout=SOON)
    await expect(page.locator("#progress tbody")).to_contain_text(numbers[2])
    await expect(page.locator("#progress tbody strong")).to_have_text(["처리함"] * 3)
    await page.context.close()


async def test_what_was_sent_on_is_taken_back(moving_city: City, chromium: Chromium) -> None:
    """1 sends the petition to the first guess; z, while nobody was told, brings it back."""
    city = moving_city
    number = await city.case("가로등은 꺼졌고 도로도 파였습니다. 쓰레기도 있습니다.", item=None)
    page = await signed_in(chromium, city, Role.FIRST_LINE, FIRST_LINE)
    await page.goto("/staff/first-line")
    await expect(page.locator("#petition a")).to_have_text(number)
    await page.keyboard.press("1")
    await expect(page.locator("main [role=status]").first).to_contain_text("배부했습니다")
    await expect(page.locator("main .empty")).to_be_visible()
    await page.keyboard.press("z")
    await expect(page.locator("#petition a")).to_have_text(number)
    await page.context.close()
