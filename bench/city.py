"""A migrated PostgreSQL with a store on it, for measurements that need no more."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from cli.migrate import prepare_database
from stack.postgres import Postgres
from storage.keys import new_keyring
from storage.sealed_files import Directory
from storage.store import Store, open_store


@asynccontextmanager
async def storage_only(directory: Path) -> AsyncIterator[Store]:
    """A store on a database of its own, durable as in production."""
    postgres = Postgres(directory / "postgres")
    await postgres.start()
    await prepare_database(postgres.url())
    store = open_store(
        postgres.url(),
        keyring=new_keyring(),
        files=Directory(directory / "attachments"),
        role="bench",
        pool_size=20,
    )
    try:
        yield store
    finally:
        await store.close()
        await postgres.stop()
