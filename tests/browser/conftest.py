"""The pages in a real Chromium: one browser for the session, a city served by uvicorn.

`look` opens a page of the catalogue once in each language and remembers what was found there, so
that every check of it is a test of its own and costs nothing more.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright

from stack.postgres import Postgres
from stack.processes import free_port
from storage.keys import Keyring
from storage.store import open_store
from tests.browser.inspector import Inspector, inspecting
from tests.browser.pages import ACCOUNTS, Shown, Who
from tests.browser.visit import DESKTOP, Visit, visit
from tests.conftest import TEMPLATE
from tests.web.conftest import City, city_on
from web.application import end_streams
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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def served_city(
    postgres: Postgres, keyring: Keyring, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[City]:
    """A city on a database of its own whose pages are at `city.pages_url`."""
    name = "browser_tests"
    postgres.create_database(name, template=TEMPLATE)
    port = free_port()
    store = open_store(
        postgres.url(name),
        keyring=keyring,
        attachments_dir=tmp_path_factory.mktemp("attachments"),
        role="test",
    )
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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Chromium]:
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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def inspector() -> AsyncIterator[Inspector]:
    """pa11y and html-validate."""
    async with inspecting() as made:
        yield made


@dataclass
class Readers:
    """People with a browser window of their own: a context for each person and language."""

    city: City
    browser: Browser
    sessions: dict[Who, str] = field(default_factory=dict)
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
        cookies = {LANGUAGE_COOKIE: language.value}
        if who in ACCOUNTS:
            cookies[SESSION_COOKIE] = await self._session(who)
        for name, value in cookies.items():
            await context.add_cookies([{"name": name, "value": value, "url": self.city.pages_url}])
        return context

    async def _session(self, who: Who) -> str:
        if who not in self.sessions:
            client = await self.city.staff(*ACCOUNTS[who])
            self.sessions[who] = client.cookies[SESSION_COOKIE]
        return self.sessions[who]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def readers(served_city: City, chromium: Chromium) -> AsyncIterator[Readers]:
    """The people who look."""
    made = Readers(served_city, chromium.browser)
    yield made
    for context in made.contexts.values():
        await context.close()


Look = Callable[[Shown, Language], Awaitable[Visit]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def look(readers: Readers, chromium: Chromium, inspector: Inspector) -> Look:
    """Visit a page of the catalogue, once for all the tests."""
    visits: dict[tuple[str, Language], asyncio.Task[Visit]] = {}
    addresses: dict[str, str] = {}

    async def looked(shown: Shown, language: Language) -> Visit:
        key = (shown.name, language)
        if key not in visits:
            visits[key] = asyncio.create_task(_visited(shown, language))
        return await visits[key]

    async def _visited(shown: Shown, language: Language) -> Visit:
        if shown.name not in addresses:
            path = shown.path
            addresses[shown.name] = path if isinstance(path, str) else await path(readers.city)
        once = language is Language.KO
        return await visit(
            await readers.context(shown.who, language),
            await readers.context(shown.who, language, scripts=False) if once else None,
            inspector,
            chromium.endpoint,
            readers.city.pages_url + addresses[shown.name],
            shown,
        )

    return looked
