"""`minwon migrate`: the newest schema, and the first calendar version."""

from rules.calendar import national_calendar
from settings import Settings
from storage.calendars import keep_first_calendar
from storage.migrate import upgrade


async def run_migrate(settings: Settings) -> int:
    """Migrate; safe to repeat and beside running roles."""
    from sqlalchemy.ext.asyncio import create_async_engine

    url = settings.required("database_url")
    await upgrade(url)
    engine = create_async_engine(url)
    async with engine.begin() as conn:
        await keep_first_calendar(
            conn, national_calendar(version=1), reason="관공서의 공휴일에 관한 규정 (holidays)"
        )
    await engine.dispose()
    return 0
