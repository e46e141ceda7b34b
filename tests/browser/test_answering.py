"""Writing an answer by hand: it is kept without a button, begun with a template, and seen before it
is sent."""

from playwright.async_api import expect

from tests.browser import states
from tests.browser.pages import Who
from tests.browser.scene import Readers
from tests.web.conftest import City


async def test_what_is_typed_is_there_again_after_the_page_was_left(
    served_city: City, readers: Readers
) -> None:
    """Kept after a moment, and when somebody leaves in the middle of a word; a template goes in
    where the cursor stands, and what would be sent is shown under it."""
    page = await (await readers.context(Who.OFFICER)).new_page()
    path = await states.staff_case(served_city)
    await page.goto(path)
    await page.locator("#act-answer > summary").click()
    answer = page.locator("#answer-text")
    await answer.press_sequentially("먼저 드리는 말씀.")
    await expect(page.locator("#act-answer [data-saved]")).to_contain_text("임시 저장했습니다")
    await page.locator("#act-answer .templates > summary").click()
    await page.locator("#act-answer .templates a").first.click()
    text = await answer.input_value()
    assert text.startswith("먼저 드리는 말씀.\n안녕하십니까.")
    await page.locator("#act-answer [data-look]").click()
    seen = page.locator("#act-answer [data-seen]")
    await expect(seen).to_contain_text("채우지 않은 자리가 있습니다")
    await expect(seen).to_contain_text("답변이 도착했습니다")
    await answer.press("End")
    await answer.press_sequentially(" 끝")
    await page.goto("/staff/inbox")
    await page.goto(path)
    await page.locator("#act-answer > summary").click()
    await expect(page.locator("#kept-answer")).to_contain_text("나만 볼 수 있습니다")
    assert "끝" in await page.locator("#answer-text").input_value()
    await page.close()
