"""Pages in a real Chromium that follow the record without being reloaded: the case, the board."""

from playwright.async_api import BrowserContext, Page, expect

from schema.codes import Action, Role
from tests.browser.scene import Chromium
from tests.web.conftest import FIRST_LINE, City
from web.citizen.access import KEY_COOKIE
from web.sign_in import SESSION_COOKIE

SOON = 5_000
"""Milliseconds within which a page follows (the promise)."""


async def _page(chromium: Chromium, city: City, number: str) -> Page:
    context = await _context(chromium, city, number)
    page = await context.new_page()
    await page.goto(f"{city.pages_url}/cases/{number}")
    await page.evaluate("window.notReloaded = true")
    return page


async def _context(
    chromium: Chromium, city: City, number: str, *, scripts: bool = True
) -> BrowserContext:
    context = await chromium.browser.new_context(
        java_script_enabled=scripts, viewport={"width": 360, "height": 740}
    )
    await context.add_cookies(
        [{"name": KEY_COOKIE, "value": city.key(number), "url": f"{city.pages_url}/cases/{number}"}]
    )
    return context


async def test_the_page_follows_the_case_by_itself(served_city: City, chromium: Chromium) -> None:
    """An event is recorded: state, steps and answer change on the open page, which is not loaded
    again; a screen reader is told of the new state, politely."""
    city = served_city
    number = await city.case()
    page = await _page(chromium, city, number)
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
    served_city: City, chromium: Chromium
) -> None:
    """What somebody is typing stays; the page says that there is news."""
    city = served_city
    number = await city.case()
    await city.record(number, Action.ANSWER, text="내일 보수합니다")
    page = await _page(chromium, city, number)
    box = page.locator("#answer-part textarea")
    await box.fill("고맙습니다")
    await expect(page.locator("[data-live-note]")).to_contain_text("바로 나타납니다", timeout=SOON)
    await city.record(number, Action.ASK_AGAIN, role=Role.CITIZEN, text="언제 하나요")
    await expect(page.locator("#state")).to_contain_text("추가답변", timeout=SOON)
    await expect(page.locator("[data-live-note]")).to_contain_text("새 소식이 있습니다")
    assert await box.input_value() == "고맙습니다"
    await page.context.close()


async def test_without_scripts_the_page_offers_to_look_again(
    served_city: City, chromium: Chromium
) -> None:
    """A link leads to the page as it is now; nothing reloads while somebody writes."""
    city = served_city
    number = await city.case()
    context = await _context(chromium, city, number, scripts=False)
    page = await context.new_page()
    await page.goto(f"{city.pages_url}/cases/{number}")
    await city.record(number, Action.START)
    await page.get_by_role("link", name="새로 고침").click()
    assert "처리중" in await page.locator("#state").inner_text()
    assert await page.locator("meta[http-equiv=refresh]").count() == 0
    await context.close()


async def test_the_board_follows_the_city(served_city: City, chromium: Chromium) -> None:
    """A case is filed and answered: the numbers of the open board are others within five seconds,
    and each still leads to as many cases."""
    city = served_city
    client = await city.staff(Role.EXECUTIVE, FIRST_LINE)
    context = await chromium.browser.new_context()
    session = client.cookies[SESSION_COOKIE]
    await context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": city.pages_url}])
    page = await context.new_page()
    await page.goto(f"{city.pages_url}/staff/board?step=day")
    await page.evaluate("window.notReloaded = true")
    resolved = page.locator('a[href^="/staff/board/figures/resolved/cases?step=day"]').first
    before = int(await resolved.inner_text()) if await resolved.count() else 0
    number = await city.case()
    await city.record(number, Action.ANSWER, text="정비했습니다")
    await expect(resolved).to_have_text(str(before + 1), timeout=SOON)
    assert await page.evaluate("window.notReloaded")
    await resolved.click()
    await expect(page.locator("tbody tr")).to_have_count(before + 1)
    await expect(page.locator(f'a[href="/staff/cases/{number}"]')).to_be_visible()
    await context.close()
