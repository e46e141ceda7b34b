"""Bringing a database to the newest schema. Safe beside running roles, and to repeat."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

MIGRATION_LOCK = 7_240_000


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration, on a connection that is open."""
    config = Config()
    config.set_main_option("script_location", str(files("storage").joinpath("migrations")))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    connection.execute(text("SET lock_timeout = '5s'"))
    command.upgrade(alembic_config(connection), "head")


async def upgrade(database_url: str) -> None:
    """Apply every migration that is missing; two at once wait for one another."""
    engine = create_async_engine(database_url)
    try:
        async with engine.connect() as guard:
            await guard.execute(text(f"SELECT pg_advisory_lock({MIGRATION_LOCK})"))
            async with engine.begin() as conn:
                await conn.run_sync(_upgrade)
    finally:
        await engine.dispose()
