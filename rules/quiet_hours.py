"""The hours in which citizens are left to sleep."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from schema.model import Frozen

SEOUL = ZoneInfo("Asia/Seoul")
ANSWERS_WITHIN = timedelta(minutes=10)
"""Somebody who wrote so short a while ago is awake and waits for the receipt."""


class QuietHours(Frozen):
    """From the hour `begins` to the hour `ends` in Seoul, over midnight where `ends` is earlier."""

    begins: int = Field(ge=0, le=23)
    ends: int = Field(ge=0, le=23)

    def cover(self, at: datetime) -> bool:
        """True when the instant `at` lies in them; the hour that ends them does not."""
        hour = at.astimezone(SEOUL).hour
        if self.begins <= self.ends:
            return self.begins <= hour < self.ends
        return hour >= self.begins or hour < self.ends

    def over_at(self, at: datetime) -> datetime:
        """When the quiet hours around `at` end, in Seoul."""
        local = at.astimezone(SEOUL)
        end = local.replace(hour=self.ends, minute=0, second=0, microsecond=0)
        return end if end > local else end + timedelta(days=1)


def read_quiet_hours(text: str) -> QuietHours | None:
    """The setting MINWON_QUIET_HOURS, such as 21-8; None where it is empty or no hour long.

    Raises ValueError for anything else.
    """
    if not text:
        return None
    begins, ends = (int(hour) for hour in text.split("-"))
    return QuietHours(begins=begins, ends=ends) if begins != ends else None


def answers_own_message(now: datetime, submitted_at: datetime) -> bool:
    """True while the citizen's own message is so fresh that its receipt wakes nobody."""
    return now - submitted_at <= ANSWERS_WITHIN


def told_at(
    now: datetime, *, hours: QuietHours | None, urgent: bool, answers_own_message: bool
) -> datetime:
    """When a citizen may be told what is known `now`: at once, or when the quiet hours are over.

    What is urgent and what answers the citizen's own fresh message is never held back.
    """
    if hours is None or urgent or answers_own_message or not hours.cover(now):
        return now
    return hours.over_at(now)
