"""Whether hard words are covered for a person of the staff: they are, until that person says no."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import staff_account


async def veils_words(conn: AsyncConnection, login: str) -> bool:
    """True where they are covered for `login`."""
    chosen = await conn.scalar(
        select(staff_account.c.veils_words).where(staff_account.c.login == login)
    )
    return chosen is not False


async def choose_veil(conn: AsyncConnection, login: str, *, veils: bool) -> None:
    """Cover them for `login` from now on, or show them."""
    await conn.execute(
        update(staff_account).where(staff_account.c.login == login).values(veils_words=veils)
    )
