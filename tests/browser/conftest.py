"""The pages in a real Chromium: one browser for the session, a city served by uvicorn.

`look` opens a page of the catalogue once in each language and remembers what was found there, so
that every check of it is a test of its own and costs nothing more.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from stack.postgres import Postgres
from storage.keys import Keyring
from tests.browser.inspector import Inspector, inspecting
from tests.browser.pages import Shown
from tests.browser.scene import Chromium, Readers, city_served, debians_chromium
from tests.browser.visit import Visit, visit
from tests.web.conftest import City
from web.wording import Language


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def served_city(
    postgres: Postgres, keyring: Keyring, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[City]:
    """A city whose pages are at `city.pages_url`."""
    async with city_served(postgres, keyring, tmp_path_factory.mktemp("attachments")) as city:
        yield city


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Chromium]:
    """The one browser."""
    async with debians_chromium() as started:
        yield started


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def inspector() -> AsyncIterator[Inspector]:
    """pa11y and html-validate."""
    async with inspecting() as made:
        yield made


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
