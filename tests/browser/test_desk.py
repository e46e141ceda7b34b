"""The desk in a real Chromium: rows that keep up to date in place, and single keys."""

from playwright.async_api import Page, expect

from schema.codes import Action
from tests.browser.pages import Who
from tests.browser.scene import Readers

SOON = 5_000
SEVERAL = "쓰레기가 쌓이고 가로등은 꺼졌고 도로도 파였습니다."


async def focused(page: Page) -> str:
    """What the element that has the focus says."""
    return str(await page.evaluate("document.activeElement.textContent"))


async def rows_of(page: Page) -> list[str]:
    """The numbers of the rows, in their order."""
    found = await page.locator("tr[data-case]").evaluate_all(
        "rows => rows.map(row => row.dataset.case)"
    )
    return [str(number) for number in found]


async def test_rows_change_where_they_stand(readers: Readers) -> None:
    """Another case is taken up, one is answered, one comes: the rows say so without moving or
    losing the focus, and a quiet bar counts what has another place now."""
    city = readers.city
    numbers = [await city.case() for _ in range(2)]
    context = await readers.new(Who.OFFICER)
    page = await context.new_page()
    await page.goto("/staff?waits=acceptance")
    before = await rows_of(page)
    row = page.locator(f"#row-{numbers[0]}")
    await row.locator("a.number").focus()
    async with page.expect_response(lambda answer: "/staff/rows" in answer.url):
        await city.record(numbers[0], Action.ACCEPT)
    await expect(row).to_contain_text("이 목록에서 빠졌습니다", timeout=SOON)
    bar = page.locator("[data-bar]")
    await expect(bar).to_contain_text("1건이 바뀌었습니다")
    fresh = await city.case()
    await expect(bar).to_contain_text("2건이 바뀌었습니다", timeout=SOON)
    assert await rows_of(page) == before
    assert await focused(page) == numbers[0]
    await bar.locator("a").click()
    await expect(page.locator(f"#row-{fresh}")).to_be_visible()
    await expect(row).to_have_count(0)
    await context.close()


async def test_single_keys_go_through_the_queue(readers: Readers) -> None:
    """j and k move, by their place on a keyboard in Korean mode too; they are letters where
    somebody types, and nothing once they are switched off; ? says which there are."""
    city = readers.city
    for _ in range(2):
        await city.case()
    context = await readers.new(Who.OFFICER)
    page = await context.new_page()
    await page.goto("/staff")
    numbers = await rows_of(page)
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    assert await focused(page) == numbers[1]
    await page.keyboard.press("k")
    assert await focused(page) == numbers[0]
    await page.evaluate(
        "document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'ㅓ', code: 'KeyJ', bubbles: true}))"
    )
    assert await focused(page) == numbers[1]
    await page.locator(".narrow summary").click()
    await page.locator("#view-name").focus()
    await page.keyboard.type("jk?")
    assert await page.locator("#view-name").input_value() == "jk?"
    await page.locator("h1").click()
    await page.keyboard.press("?")
    await expect(page.locator("#keys")).to_be_visible()
    await page.locator("#keys-on").uncheck()
    await page.keyboard.press("Escape")
    await page.reload()
    await page.keyboard.press("j")
    assert await page.evaluate("document.activeElement === document.body")
    await page.locator("[data-keys-open]").click()
    await page.locator("#keys-on").check()
    await page.keyboard.press("Escape")
    await page.keyboard.press("j")
    await page.keyboard.press("t")
    await page.wait_for_url("**/staff/cases/*#act-transfer")
    await expect(page.locator("form[action$='/actions/transfer'] select:focus")).to_have_count(1)
    await context.close()


async def test_one_key_sends_a_petition_on(readers: Readers) -> None:
    """At the first-line desk, 1 is the first guess; the page that follows says where it went."""
    city = readers.city
    await city.case(SEVERAL, item=None)
    context = await readers.new(Who.DESK)
    page = await context.new_page()
    await page.goto("/staff/first-line")
    number = await page.locator("#petition a").inner_text()
    async with page.expect_navigation():
        await page.keyboard.press("1")
    await expect(page.locator("main [role=status]").first).to_contain_text(number)
    assert f"sent={number}" in page.url
    await context.close()
