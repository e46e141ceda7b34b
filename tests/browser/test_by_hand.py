"""Whole ways of people: by keyboard alone, without scripts, and to the end of a session."""

import re
from datetime import UTC, datetime, timedelta

from playwright.async_api import Page, expect
from sqlalchemy import update

from storage.sessions import IDLE_LASTS
from storage.tables import staff_session
from tests.browser.pages import Who
from tests.browser.scene import Readers

MOST_TABS = 60
WORDS = "가로등이 꺼져 골목이 어둡습니다"


async def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until what holds the focus matches `wanted`."""
    for _ in range(MOST_TABS):
        if await page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached in {MOST_TABS} steps")


async def test_a_petition_is_filed_by_keyboard_alone(readers: Readers) -> None:
    """From the first page to the receipt: Tab, letters, Enter."""
    context = await readers.new()
    page = await context.new_page()
    await page.goto("/")
    await tab_to(page, "a.skip")
    await page.keyboard.press("Enter")
    await tab_to(page, 'main a[href="/petitions/new"]')
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/petitions/new")
    await tab_to(page, "textarea[name=text]")
    await page.keyboard.type(WORDS)
    await tab_to(page, "button.big")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"/cases/\d{6}-\d{6}-./receipt"))
    await expect(page.locator("main .number").first).to_contain_text(re.compile(r"\d{6}-\d{6}-"))
    await context.close()


async def test_a_petition_is_filed_without_scripts(readers: Readers) -> None:
    """A form that is sent by the browser itself, and the receipt of it."""
    context = await readers.new(scripts=False)
    page = await context.new_page()
    await page.goto("/petitions/new")
    await page.locator("textarea[name=text]").fill(WORDS)
    await page.locator("main form button.big").click()
    await page.wait_for_url(re.compile(r"/cases/\d{6}-\d{6}-./receipt"))
    await context.close()


async def test_the_faults_of_a_form_are_read_first_and_lead_to_their_fields(
    readers: Readers,
) -> None:
    """The summary takes the focus; its link puts the keyboard into the field that is wrong."""
    page = await (await readers.context()).new_page()
    await page.goto("/petitions/new")
    await page.locator("[data-filing] button.big").click()
    await expect(page.locator("#faults")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("textarea[name=text]")).to_be_focused()
    await page.close()


async def _unused_for(readers: Readers, span: timedelta) -> None:
    async with readers.city.store.engine.begin() as conn:
        await conn.execute(update(staff_session).values(seen_at=datetime.now(UTC) - span))


async def test_the_end_of_a_session_is_announced_and_put_off_without_losing_a_word(
    readers: Readers,
) -> None:
    """Before the end a dialog takes the focus; staying is one press, and what is typed stays."""
    context = await readers.new(Who.DESK)
    page = await context.new_page()
    await page.clock.install()
    await page.goto("/staff/petitions/new")
    warning = page.get_by_role("dialog")
    await expect(warning).to_be_hidden()
    await page.locator("textarea[name=text]").fill(WORDS)
    unused = IDLE_LASTS - timedelta(minutes=1)
    await _unused_for(readers, unused)
    await page.clock.fast_forward(unused // timedelta(milliseconds=1))
    await expect(warning).to_be_visible()
    await expect(warning.locator(":focus")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(warning).to_be_hidden()
    await expect(page.locator("textarea[name=text]")).to_have_value(WORDS)
    assert (await page.request.get("/staff/session")).ok
    await context.close()


async def test_a_session_that_has_ended_says_so_and_keeps_what_was_typed(readers: Readers) -> None:
    """The page stays with its words, and leads to a new sign-in in another window."""
    context = await readers.new(Who.DESK)
    page = await context.new_page()
    await page.clock.install()
    await page.goto("/staff/petitions/new")
    await page.locator("textarea[name=text]").fill(WORDS)
    await _unused_for(readers, IDLE_LASTS + timedelta(minutes=1))
    await page.clock.fast_forward(IDLE_LASTS // timedelta(milliseconds=1))
    again = page.get_by_role("dialog").locator("a[href='/staff/sign-in']")
    await expect(again).to_be_visible()
    await expect(page.locator("textarea[name=text]")).to_have_value(WORDS)
    await context.close()
    await _unused_for(readers, timedelta(0))
