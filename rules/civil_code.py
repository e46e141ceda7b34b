"""Periods by the calendar: 민법 §157, §159–161."""

import calendar as month_lengths
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from rules.working_time import seoul, seoul_day
from schema.deadlines import Period, Unit

DAY = timedelta(days=1)


def day_after(act: datetime) -> date:
    """민법 §157: the day of the act does not count, unless the act falls on its very beginning."""
    day = seoul_day(act)
    return day if act == seoul(day, time(0)) else day + DAY


def counted_by_the_calendar(first: date, period: Period) -> date:
    """The last day of a period whose first day is `first`, weekends and holidays counted."""
    if period.unit is Unit.WEEKS:
        return first + timedelta(weeks=period.amount) - DAY
    if period.unit in (Unit.MONTHS, Unit.YEARS):
        return _months_on(first, period.amount * (12 if period.unit is Unit.YEARS else 1))
    return first + timedelta(days=period.amount) - DAY


def _months_on(first: date, months: int) -> date:
    """The day on which a period of `months` from 기산일 `first` ends (민법 §160②③)."""
    index = first.month - 1 + months
    year, month = first.year + index // 12, index % 12 + 1
    length = month_lengths.monthrange(year, month)[1]
    if first.day > length:
        return date(year, month, length)
    return date(year, month, first.day) - DAY


def pushed(first: date, last: date, out: Iterable[date]) -> date:
    """`last`, one day later for each day of `out` from `first` to it."""
    for day in sorted(out):
        if first <= day <= last:
            last += DAY
    return last
