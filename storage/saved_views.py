"""Views of the queue that a person has saved: a name and what is filtered by."""

from pydantic import JsonValue
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.model import Frozen
from storage.tables import saved_view

MOST_VIEWS = 20
"""As many as can be counted beside the queue and still be taken in."""
NAME_LENGTH = 40


class TooManyViewsError(Exception):
    """The person has MOST_VIEWS already."""


class SavedView(Frozen):
    """One view; `asked` are the filters, by the names that the queue's address gives them."""

    id: int
    name: str
    asked: dict[str, JsonValue]


async def views_of(conn: AsyncConnection, login: str) -> tuple[SavedView, ...]:
    """The person's views, by name."""
    columns = [saved_view.c[field] for field in SavedView.model_fields]
    rows = await conn.execute(
        select(*columns).where(saved_view.c.login == login).order_by(saved_view.c.name)
    )
    return tuple(SavedView.model_validate(row._mapping) for row in rows)


async def save_view(
    conn: AsyncConnection, login: str, name: str, asked: dict[str, JsonValue]
) -> None:
    """Keep a view under `name`; one of that name is replaced. Raises TooManyViewsError."""
    others = await conn.scalar(
        select(func.count()).where(saved_view.c.login == login, saved_view.c.name != name)
    )
    if (others or 0) >= MOST_VIEWS:
        raise TooManyViewsError
    added = insert(saved_view).values(login=login, name=name, asked=asked)
    await conn.execute(
        added.on_conflict_do_update(index_elements=["login", "name"], set_={"asked": asked})
    )


async def remove_view(conn: AsyncConnection, login: str, view_id: int) -> None:
    """Forget one of the person's views; another's is left alone."""
    await conn.execute(
        delete(saved_view).where(saved_view.c.login == login, saved_view.c.id == view_id)
    )
