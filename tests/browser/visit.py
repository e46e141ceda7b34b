"""One look at one page in one language: everything that is asked of it is asked on this visit."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Response, ViewportSize

from tests.browser.inspector import TOOLS, Inspector
from tests.browser.pages import Shown

AXE = TOOLS / "node_modules" / "axe-core" / "axe.min.js"
CHECKS = Path(__file__).parent / "checks.js"
DESKTOP: ViewportSize = {"width": 1280, "height": 1024}
PHONE: ViewportSize = {"width": 320, "height": 640}
MOST_TABS = 400
COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe that depend on light and dark."""
GRAVE = ("serious", "critical")
IN_PAGE = ("headings", "forms", "told", "small", "focus")
"""Checks of `checks.js` that are made at the desktop's width; each is a key of `faults`."""


@dataclass
class Visit:
    """What was found; `faults` by the name of the check, each a list of sentences."""

    title: str
    language: str
    html: str
    h1: str
    faults: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Listener:
    """What the browser itself complains of while a page is open."""

    said: list[str] = field(default_factory=list)
    document: Response | None = None

    def console(self, message: ConsoleMessage) -> None:
        """Errors and refused content (CSP) come here."""
        document = self.document is not None and self.document.url in message.location.get(
            "url", ""
        )
        if message.type == "error" and not (document and "Failed to load" in message.text):
            self.said.append(f"{message.text} ({message.location.get('url', '')})")

    def response(self, answer: Response) -> None:
        """Remember the page's own answer, and any part of it that is not there."""
        request = answer.request
        if request.is_navigation_request():
            self.document = answer
        elif answer.status >= 400:
            self.said.append(f"{answer.status} {answer.url}")


async def visit(
    context: BrowserContext,
    plain: BrowserContext | None,
    inspector: Inspector,
    endpoint: str,
    address: str,
    shown: Shown,
) -> Visit:
    """Open `address` and look at it; `plain` is a context without JavaScript."""
    page = await context.new_page()
    listener = Listener()
    page.on("console", listener.console)
    page.on("pageerror", lambda error: listener.said.append(str(error)))
    page.on("response", listener.response)
    try:
        await page.goto(address)
        if shown.steps is not None:
            await shown.steps(page)
        await page.evaluate(CHECKS.read_text(encoding="utf-8"))
        found = await _read(page, listener, shown)
        found.faults["html"] = await inspector.faults("html", text=found.html)
        await _in_page(page, found)
        found.faults["axe"] = await _axe(page)
        await _small_and_large(page, found)
        if plain is not None:
            await page.emulate_media(color_scheme="dark")
            found.faults["dark"] = await _axe(page, COLOURS)
            await page.emulate_media(color_scheme="light")
            found.faults["keyboard"] = await _keyboard(page)
            if shown.steps is None:
                found.faults["plain"] = await _without_javascript(plain, address, found)
        await page.set_viewport_size(DESKTOP)
        found.faults["pa11y"] = await inspector.faults(
            "pa11y", endpoint=endpoint, target=await _target(page), viewport=DESKTOP
        )
        found.faults["console"] = listener.said
        return found
    finally:
        await page.close()


async def _read(page: Page, listener: Listener, shown: Shown) -> Visit:
    document = listener.document
    assert document is not None
    found = Visit(
        title=await page.title(),
        language=await page.evaluate("document.documentElement.lang"),
        html=await document.text(),
        h1=await page.locator("h1").first.inner_text(),
    )
    right = document.status == shown.status
    found.faults["status"] = [] if right else [f"{document.status} instead of {shown.status}"]
    return found


async def _in_page(page: Page, found: Visit) -> None:
    await page.keyboard.press("Tab")  # from here on the browser shows who holds the focus
    for check in IN_PAGE:
        found.faults[check] = await page.evaluate(f"minwonChecks.{check}()")


async def _axe(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """What axe finds, by all its rules or by `rules`."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": list(rules)} if rules else {}
    return _violations(await page.evaluate("options => axe.run(document, options)", options))


def _violations(result: Mapping[str, Any]) -> list[str]:
    return [
        f"{one['impact']}: {one['id']}: {one['help']}: {node['html'][:160]} {_data(node)}"
        for one in result["violations"]
        for node in one["nodes"]
        if one["impact"] in GRAVE
    ]


def _data(node: Mapping[str, Any]) -> str:
    return json.dumps([check["message"] for check in node["any"]], ensure_ascii=False)


async def _small_and_large(page: Page, found: Visit) -> None:
    """A small phone; a desktop zoomed to 200 % and to 400 %; letters of twice the size."""
    await page.set_viewport_size(PHONE)
    found.faults["phone"] = [
        *await page.evaluate("minwonChecks.wider()"),
        *await page.evaluate("minwonChecks.cut()"),
        *await page.evaluate("minwonChecks.small()"),
    ]
    await page.set_viewport_size({"width": DESKTOP["width"] // 2, "height": DESKTOP["height"] // 2})
    zoomed = await page.evaluate("minwonChecks.wider()")
    await page.set_viewport_size(DESKTOP)
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    enlarged = [
        *await page.evaluate("minwonChecks.wider()"),
        *await page.evaluate("minwonChecks.cut()"),
    ]
    await page.evaluate("document.documentElement.style.fontSize = ''")
    found.faults["zoom"] = [*zoomed, *enlarged]


async def _keyboard(page: Page) -> list[str]:
    """Tab through the whole page: the order is the page's own, nothing is left out of sight, the
    skip link is first and leads to the content, and the end is reached."""
    faults: list[str] = []
    await page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
    before = -1
    for step in range(MOST_TABS):
        await page.keyboard.press("Tab")
        at = await page.evaluate("minwonChecks.standing()")
        if at is None:
            break
        if step == 0 and 'class="skip"' not in at["name"]:
            faults.append(f"the first is not the skip link: {at['name']}")
        if at["at"] < before:
            break  # round again from the top
        before = at["at"]
        if not at["seen"]:
            faults.append(f"holds the focus out of sight: {at['name']}")
    else:
        faults.append(f"the keyboard does not get out of the page within {MOST_TABS} steps")
    await page.locator("a.skip").focus()
    await page.keyboard.press("Enter")
    if not await page.evaluate("document.activeElement?.matches('main')"):
        faults.append("the skip link does not lead to the content")
    return faults


async def _without_javascript(plain: BrowserContext, address: str, found: Visit) -> list[str]:
    """The same heading and the same forms are there; nothing waits for a script."""
    page = await plain.new_page()
    try:
        await page.goto(address)
        faults = []
        h1 = await page.locator("h1").first.inner_text()
        if h1 != found.h1:
            faults.append(f"another heading: {h1}")
        for empty in await page.locator("main [aria-busy=true]").all_inner_texts():
            faults.append(f"waits for a script: {empty}")
        return faults
    finally:
        await page.close()


async def _target(page: Page) -> str:
    """The id by which another program finds this page in the same browser."""
    session = await page.context.new_cdp_session(page)
    told = await session.send("Target.getTargetInfo")
    await session.detach()
    return str(told["targetInfo"]["targetId"])
