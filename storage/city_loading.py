"""A new version of the city's data put in force, and the order to recount what it moves: both or
neither. The command line and the administrator's page come this way."""

from sqlalchemy.ext.asyncio import AsyncConnection

from rules.tables import CityData
from storage.calendars import order_recomputation
from storage.calendars import versions as calendar_versions
from storage.city_data import keep_data


async def load_version(
    conn: AsyncConnection, after: CityData, *, recount: bool, source: str, loaded_by: str
) -> None:
    """Store `after`; with `recount` every open case is looked at again. Raises StaleDataError where
    another version was loaded in between."""
    await keep_data(conn, after, source=source, loaded_by=loaded_by)
    if not recount:
        return
    calendar, *_ = await calendar_versions(conn)
    await order_recomputation(
        conn,
        order_name(after),
        version=calendar.version,
        reason=f"도시 데이터 {after.version}판: {source}"[:200],
        since=None,
    )


def order_name(data: CityData) -> str:
    """What the recomputation of a version is called."""
    return f"data/{data.version}"
