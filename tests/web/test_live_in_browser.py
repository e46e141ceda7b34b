"""The petitioner's page in a real Chromium: it follows the case without being reloaded."""

import shutil
from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from schema.codes import Action, Role
from tests.web.conftest import City
from tests.web.streams import serving
from web.citizen.access import KEY_COOKIE

OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
SOON = 5_000
"""Milliseconds within which a page follows (the promise)."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
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


async def _page(chromium: Browser, address: str, city: City, number: str) -> Page:
    context = await _context(chromium, address, city, number)
    page = await context.new_page()
    await page.goto(f"{address}/cases/{number}")
    await page.evaluate("window.notReloaded = true")
    return page


async def _context(
    chromium: Browser, address: str, city: City, number: str, *, scripts: bool = True
) -> BrowserContext:
    context = await chromium.new_context(
        java_script_enabled=scripts, viewport={"width": 360, "height": 740}
    )
    await context.add_cookies(
        [{"name": KEY_COOKIE, "value": city.key(number), "url": f"{address}/cases/{number}"}]
    )
    return context


async def test_the_page_follows_the_case_by_itself(
    city: City, address: str, chromium: Browser
) -> None:
    """An event is recorded: state, steps and answer change on the open page, which is not loaded
    again; a screen reader is told of the new state, politely."""
    number = await city.case()
    page = await _page(chromium, address, city, number)
    await expect(page.locator("[data-live-note]")).to_contain_text("바로 나타납니다", timeout=SOON)
    said = page.locator("[data-live-status][role=status]")
    await expect(said).to_be_empty()
    await city.record(number, Action.START)
    await expect(page.locator("#state")).to_contain_text("처리중", timeout=SOON)
    await expect(said).to_contain_text("처리중")
    await city.record(number, Action.ANSWER, text="내일 보수합니다")
    await expect(page.locator("#answer-part")).to_contain_text("내일 보수합니다", timeout=SOON)
    assert await page.evaluate("window.notReloaded")
    await page.context.close()


async def test_nothing_that_is_being_written_is_taken_away(
    city: City, address: str, chromium: Browser
) -> None:
    """What somebody is typing stays; the page says that there is news."""
    number = await city.case()
    await city.record(number, Action.ANSWER, text="내일 보수합니다")
    page = await _page(chromium, address, city, number)
    box = page.locator("#answer-part textarea")
    await box.fill("고맙습니다")
    await expect(page.locator("[data-live-note]")).to_contain_text("바로 나타납니다", timeout=SOON)
    await city.record(number, Action.ASK_AGAIN, role=Role.CITIZEN, text="언제 하나요")
    await expect(page.locator("#state")).to_contain_text("추가답변", timeout=SOON)
    await expect(page.locator("[data-live-note]")).to_contain_text("새 소식이 있습니다")
    assert await box.input_value() == "고맙습니다"
    await page.context.close()


async def test_without_scripts_the_page_offers_to_look_again(
    city: City, address: str, chromium: Browser
) -> None:
    """A link leads to the page as it is now; nothing reloads while somebody writes."""
    number = await city.case()
    context = await _context(chromium, address, city, number, scripts=False)
    page = await context.new_page()
    await page.goto(f"{address}/cases/{number}")
    await city.record(number, Action.START)
    await page.get_by_role("link", name="새로 고침").click()
    assert "처리중" in await page.locator("#state").inner_text()
    assert await page.locator("meta[http-equiv=refresh]").count() == 0
    await context.close()
