"""Real parts for every test: one PostgreSQL, one broker, one Temporal for the session.

Each test that asks for a store gets a database of its own, copied from a template that the
migrations made: so the migrations are tested by every run.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from hypothesis import settings

from adapters.kafka import Broker, ensure_topics
from cli.migrate import prepare_database
from stack.kafka import Kafka
from stack.postgres import Postgres
from stack.temporal import Temporal
from storage.keys import Keyring, new_keyring
from storage.sealed_files import Directory
from storage.store import Store, open_store

TEMPLATE = "template_minwon"

# No test asserts a time, and hypothesis has 200 ms in mind unless it is told otherwise.
settings.register_profile("minwon", deadline=None)
settings.load_profile("minwon")


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    """One set of keys for the session."""
    return new_keyring()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Postgres]:
    """A PostgreSQL with the migrated template database."""
    server = Postgres(tmp_path_factory.mktemp("postgres") / "pg", durable=False)
    await server.start()
    server.create_database(TEMPLATE)
    await prepare_database(server.url(TEMPLATE))
    yield server
    await server.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def database_url(postgres: Postgres) -> str:
    """The URL of a fresh, migrated database."""
    name = f"test_{uuid4().hex}"
    postgres.create_database(name, template=TEMPLATE)
    return postgres.url(name)


@pytest_asyncio.fixture(loop_scope="session")
async def store(database_url: str, keyring: Keyring, tmp_path: Path) -> AsyncIterator[Store]:
    """A store on a fresh database."""
    opened = open_store(
        database_url, keyring=keyring, files=Directory(tmp_path / "attachments"), role="test"
    )
    yield opened
    await opened.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def kafka(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Kafka]:
    """The embedded broker."""
    server = Kafka(tmp_path_factory.mktemp("kafka"))
    await server.start()
    yield server
    await server.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def broker(kafka: Kafka) -> Broker:
    """Where the embedded broker is, its topics made."""
    found = Broker(bootstrap=kafka.bootstrap, idempotence=False)
    await ensure_topics(found)
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def temporal(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Temporal]:
    """Temporal's own server."""
    server = Temporal(tmp_path_factory.mktemp("temporal"))
    await server.start()
    yield server
    await server.stop()
