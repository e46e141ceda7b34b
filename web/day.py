"""The day in Seoul that an instant belongs to."""

from datetime import datetime, time

from web.wording import SEOUL


def end_of_day(now: datetime) -> datetime:
    """The last instant of Seoul's day at `now`."""
    return datetime.combine(now.astimezone(SEOUL).date(), time.max, tzinfo=SEOUL)
