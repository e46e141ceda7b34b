"""What Lighthouse's mobile default says of the pages that a citizen opens first.

Its simulated telephone and network are the same on every machine; the processor is this one, so
quote figures taken on a machine that does nothing else.
"""

import asyncio
import json
import os
import shutil
from pathlib import Path
from typing import Any

from cli.migrate import prepare_database
from stack.postgres import Postgres
from storage.keys import new_keyring
from tests.browser.scene import CHROMIUM_OPTIONS, city_served
from tests.conftest import TEMPLATE
from tests.tools.install import HERE as TOOLS
from web.assets.build import program

PAGES = {"home": "/", "filing": "/petitions/new", "public": "/public"}
CATEGORIES = ("performance", "accessibility")
LONGEST = 180.0
"""Seconds for one page."""


async def lighthouse(folder: Path) -> None:
    """Print, for each page, the scores of a hundred and the largest contentful paint."""
    await asyncio.to_thread(folder.mkdir)
    chromium = shutil.which("chromium")
    if chromium is None:
        print("lighthouse: there is no chromium on the PATH; `make browser` installs it")
        return
    postgres = Postgres(folder / "pg", durable=False)
    await postgres.start()
    try:
        postgres.create_database(TEMPLATE)
        await prepare_database(postgres.url(TEMPLATE))
        async with city_served(postgres, new_keyring(), folder / "attachments") as city:
            for name, path in PAGES.items():
                report = await _report(city.pages_url + path, chromium, folder / f"{name}.json")
                print(f"lighthouse {name:8} {_said(report)}")
    finally:
        await postgres.stop()


async def _report(address: str, chromium: str, target: Path) -> dict[str, Any]:
    """The report on one page, by Lighthouse itself in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        program("node"),
        str(TOOLS / "node_modules" / "lighthouse" / "cli" / "index.js"),
        address,
        "--quiet",
        "--output=json",
        f"--output-path={target}",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags=--headless=new {' '.join(CHROMIUM_OPTIONS)}",
        env={**os.environ, "CHROME_PATH": chromium},
    )
    try:
        await asyncio.wait_for(process.wait(), LONGEST)
    except TimeoutError:
        process.kill()
        raise
    text = await asyncio.to_thread(target.read_text, encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _said(report: dict[str, Any]) -> str:
    scores = " ".join(
        f"{name} {round(100 * report['categories'][name]['score'])}" for name in CATEGORIES
    )
    audits = report["audits"]
    paint = audits["largest-contentful-paint"]["numericValue"] / 1000
    weight = audits["total-byte-weight"]["numericValue"] / 1000
    return f"{scores} LCP {paint:.2f} s, {weight:.0f} KB"
