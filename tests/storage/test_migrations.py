"""The migrations: one line from the first to the newest; what they make is what we read."""

from importlib.resources import files
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.store import Store
from storage.tables import metadata

ONLY_MIGRATIONS = ("_comment", "_index")


def test_each_migration_has_one_before_it_and_a_number_of_its_own() -> None:
    """Two with one parent would leave two heads, and a database that cannot be brought forward."""
    config = Config()
    config.set_main_option("script_location", str(files("storage").joinpath("migrations")))
    walked = list(ScriptDirectory.from_config(config).walk_revisions())
    assert len({one.down_revision for one in walked}) == len(walked)
    names = sorted(Path(one.path).name for one in walked)
    assert [name[:4] for name in names] == [f"{n:04}" for n in range(1, len(walked) + 1)]


async def test_the_tables_are_those_of_the_migrations(store: Store) -> None:
    """No table and no column that only one of the two knows, or knows otherwise."""

    def differences(connection: Connection) -> list[object]:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
        return [one for one in found if _is_of_tables(one)]

    async with store.engine.connect() as conn:
        assert await conn.run_sync(differences) == []


def _is_of_tables(difference: object) -> bool:
    """Not of comments and indexes, which only the migrations know."""
    # What differs in one column comes as a list of its own.
    parts = difference if isinstance(difference, list) else [difference]
    return not all(isinstance(part, tuple) and part[0].endswith(ONLY_MIGRATIONS) for part in parts)
