"""What every role holds of the storage: the engine, the keys, the attachments, the numbers."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.keys import Keyring
from storage.receipt_numbers import ReceiptNumbers
from storage.sealed_files import SealedFiles


@dataclass(frozen=True)
class Store:
    """The one handle on storage; made by the composition root, closed by it."""

    engine: AsyncEngine
    keyring: Keyring
    files: SealedFiles
    numbers: ReceiptNumbers

    async def close(self) -> None:
        """Give the connections back."""
        await self.engine.dispose()


def open_store(
    database_url: str, *, keyring: Keyring, files: SealedFiles, role: str, pool_size: int = 10
) -> Store:
    """A store on `database_url` (postgresql+asyncpg). `role` is shown in pg_stat_activity."""
    engine = create_async_engine(
        database_url,
        pool_size=pool_size,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={
            "server_settings": {
                "application_name": f"minwon {role}",
                "statement_timeout": "15000",
                "idle_in_transaction_session_timeout": "30000",
                "timezone": "UTC",
            }
        },
    )
    return Store(engine, keyring, files, ReceiptNumbers())
