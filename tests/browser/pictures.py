"""Takes pictures of the pages, to be looked at by a person.

    python -m tests.browser.pictures FOLDER [part of a name …]

Each page of the catalogue at the width of a desktop and of a phone, in the light and in the dark,
in both languages, and as it is printed.
"""

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Page

from cli.migrate import prepare_database
from stack.postgres import Postgres
from storage.keys import new_keyring
from tests.browser.pages import PAGES, Shown
from tests.browser.scene import Readers, city_served, debians_chromium
from tests.conftest import TEMPLATE
from web.wording import Language

WIDTHS = {"desktop": 1280, "phone": 360}


async def take(folder: Path, wanted: list[str]) -> None:
    """Start what is needed, and take the pictures of the pages whose name holds a part wanted."""
    state = Path(tempfile.mkdtemp())
    postgres = Postgres(state / "pg", durable=False)
    await postgres.start()
    try:
        postgres.create_database(TEMPLATE)
        await prepare_database(postgres.url(TEMPLATE))
        async with (
            city_served(postgres, new_keyring(), state / "attachments") as city,
            debians_chromium() as chromium,
        ):
            readers = Readers(city, chromium.browser)
            for shown in PAGES:
                if not wanted or any(part in shown.name for part in wanted):
                    await _pictures(folder, readers, shown)
    finally:
        await postgres.stop()


async def _pictures(folder: Path, readers: Readers, shown: Shown) -> None:
    path = shown.path if isinstance(shown.path, str) else await shown.path(readers.city)
    for language in Language:
        page = await (await readers.context(shown.who, language)).new_page()
        await page.goto(path)
        if shown.steps is not None:
            await shown.steps(page)
        await _at_each_width(page, folder, f"{re.sub('[^a-z]+', '-', shown.name)}-{language}")
        await page.close()


async def _at_each_width(page: Page, folder: Path, name: str) -> None:
    for place, width in WIDTHS.items():
        await page.set_viewport_size({"width": width, "height": 800})
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            await page.screenshot(path=folder / f"{name}-{place}-{scheme}.png", full_page=True)
        await page.emulate_media(color_scheme="light")
    await page.emulate_media(media="print")
    await page.set_viewport_size({"width": 794, "height": 1123})
    await page.screenshot(path=folder / f"{name}-print.png", full_page=True)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(target, sys.argv[2:]))
