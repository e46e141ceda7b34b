"""What is set up to look at pages: a served city, a Chromium, and the people who look."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, async_playwright

from stack.postgres import Postgres
from stack.processes import free_port
from storage.keys import Keyring
from storage.sealed_files import Directory
from storage.store import open_store
from tests.browser.pages import ACCOUNTS, Who
from tests.browser.visit import DESKTOP
from tests.conftest import TEMPLATE
from tests.web.conftest import City, city_on
from tests.web.test_my import signed_in
from web.application import end_streams
from web.citizen.my_pages import SESSION_COOKIE as PHONE_COOKIE
from web.serving import served
from web.sign_in import SESSION_COOKIE
from web.site import LANGUAGE_COOKIE
from web.wording import Language

CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@asynccontextmanager
async def city_served(postgres: Postgres, keyring: Keyring, folder: Path) -> AsyncIterator[City]:
    """A city on a database of its own, copied from the migrated template; its pages are at
    `city.pages_url`, its attachments in `folder`."""
    name = "browser_tests"
    postgres.create_database(name, template=TEMPLATE)
    port = free_port()
    store = open_store(postgres.url(name), keyring=keyring, files=Directory(folder), role="test")
    city = await city_on(store, f"http://127.0.0.1:{port}")
    async with served(city.app, port=port):
        yield city
        await end_streams(city.app)
    for client in city.clients:
        await client.aclose()
    await store.close()


@dataclass(frozen=True)
class Chromium:
    """The browser, and where another program (pa11y) reaches the same one."""

    browser: Browser
    endpoint: str


@asynccontextmanager
async def debians_chromium() -> AsyncIterator[Chromium]:
    """Debian's Chromium; `make browser` installs it."""
    executable = shutil.which("chromium")
    assert executable is not None, "there is no chromium on the PATH: run `make browser` as root"
    port = free_port()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable,
            args=[*CHROMIUM_OPTIONS, f"--remote-debugging-port={port}"],
        )
        yield Chromium(browser, f"http://127.0.0.1:{port}")
        await browser.close()


@dataclass
class Readers:
    """People with a browser window of their own: a context for each person and language."""

    city: City
    browser: Browser
    sessions: dict[Who, dict[str, str]] = field(default_factory=dict)
    contexts: dict[tuple[Who, Language, bool], BrowserContext] = field(default_factory=dict)

    async def context(
        self, who: Who = Who.CITIZEN, language: Language = Language.KO, *, scripts: bool = True
    ) -> BrowserContext:
        """The window of `who` in `language`; without `scripts` JavaScript is off."""
        key = (who, language, scripts)
        if key not in self.contexts:
            self.contexts[key] = await self.new(who, language, scripts=scripts)
        return self.contexts[key]

    async def new(
        self, who: Who = Who.CITIZEN, language: Language = Language.KO, *, scripts: bool = True
    ) -> BrowserContext:
        """A window that nobody else uses."""
        context = await self.browser.new_context(
            base_url=self.city.pages_url,
            viewport=DESKTOP,
            locale="ko-KR",
            timezone_id="Asia/Seoul",
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        cookies = {LANGUAGE_COOKIE: language.value, **await self._signed_in(who)}
        for name, value in cookies.items():
            await context.add_cookies([{"name": name, "value": value, "url": self.city.pages_url}])
        return context

    async def _signed_in(self, who: Who) -> dict[str, str]:
        """The cookies of a session; there is one for each person, in every window."""
        if who not in self.sessions:
            self.sessions[who] = {}
            if who in ACCOUNTS:
                client = await self.city.staff(*ACCOUNTS[who])
                self.sessions[who] = {SESSION_COOKIE: client.cookies[SESSION_COOKIE]}
            elif who is Who.TELEPHONE:
                client = await signed_in(self.city)
                self.sessions[who] = {PHONE_COOKIE: client.cookies[PHONE_COOKIE]}
        return self.sessions[who]
