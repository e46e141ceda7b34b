"""Working time: an instant is so many working seconds after the calendar's beginning, and back.

Both directions are a look-up in the list of working days, so adding hours costs the same whether
a holiday lies between or a year. Inside, time is counted in whole microseconds: fractions of a
second added up as floats miss the end of a day by a billionth, and then end on the next one.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache

from rules.calendar import BusinessCalendar
from rules.packs import SEOUL, Hours, RulePack

MINUTE = 60
HOUR = 3600
MICROS = 1_000_000


@lru_cache(maxsize=65_536)
def seoul(day: date, at: time) -> datetime:
    """The instant of a wall clock in Seoul, in UTC."""
    return datetime.combine(day, at, tzinfo=SEOUL).astimezone(UTC)


def seoul_day(at: datetime) -> date:
    """The day in Seoul on which `at` falls."""
    return at.astimezone(SEOUL).date()


def _micros(at: time) -> int:
    return (at.hour * HOUR + at.minute * MINUTE + at.second) * MICROS + at.microsecond


class WorkingDay:
    """The working hours of one day: 09–12 and 13–18 (지방공무원 복무규정 §2②)."""

    def __init__(self, morning: Hours, afternoon: Hours) -> None:
        self._frames = (morning, afternoon)
        self._spans = [(_micros(opens), _micros(closes)) for opens, closes in self._frames]
        self.opens = morning[0]
        self.closes = afternoon[1]
        self.length = sum(end - start for start, end in self._spans)

    def worked_at(self, at: time) -> int:
        """Working microseconds of the day up to `at`."""
        now, done = _micros(at), 0
        for start, end in self._spans:
            if now > start:
                done += min(now, end) - start
        return done

    def at_worked(self, worked: int) -> int:
        """Microseconds after midnight at which `worked` (above 0) working ones are first done."""
        left = worked
        for start, end in self._spans:
            if left <= end - start:
                return start + left
            left -= end - start
        return self._spans[-1][1]

    def is_working(self, at: time) -> bool:
        """True from each opening to just before the following break or end."""
        now = _micros(at)
        return any(start <= now < end for start, end in self._spans)

    def opening_after(self, at: time) -> time | None:
        """The next opening of the same day at or after `at`, or None when the day is over."""
        openings = (opens for opens, _ in self._frames if at <= opens)
        return next(openings, None)


_working_day = cache(WorkingDay)


def working_day(pack: RulePack) -> WorkingDay:
    """The working hours of a day under `pack`, made once for all packs that have the same."""
    return _working_day(pack.morning, pack.afternoon)


def total_at(at: datetime, calendar: BusinessCalendar, pack: RulePack) -> int:
    """Working microseconds from the calendar's beginning to `at`."""
    local, hours = at.astimezone(SEOUL), working_day(pack)
    day = local.date()
    done = calendar.days_before(day) * hours.length
    return done + (hours.worked_at(local.time()) if calendar.is_open(day) else 0)


def at_total(total: int, calendar: BusinessCalendar, pack: RulePack) -> datetime:
    """The earliest instant at which `total` working microseconds are done (reading A1); in UTC."""
    hours = working_day(pack)
    index, rest = divmod(total, hours.length)
    if rest == 0:
        index, rest = index - 1, hours.length
    midnight = seoul(calendar.nth(index), time(0))
    return midnight + timedelta(microseconds=hours.at_worked(rest))


def receipt_instant(at: datetime, calendar: BusinessCalendar, pack: RulePack) -> datetime:
    """When something that arrives at `at` is received: at once in working time, else at the next
    opening (reading A2). In UTC."""
    local, hours = at.astimezone(SEOUL), working_day(pack)
    day = local.date()
    if calendar.is_open(day):
        if hours.is_working(local.time()):
            return at.astimezone(UTC)
        opening = hours.opening_after(local.time())
        if opening is not None:
            return seoul(day, opening)
    following = calendar.open_on_or_after(day + timedelta(days=1))
    return seoul(following, hours.opens)


def working_seconds_between(
    start: datetime, end: datetime, calendar: BusinessCalendar, pack: RulePack
) -> float:
    """Working seconds from `start` to `end`; negative where `end` comes first."""
    return _worked_between(start, end, calendar, pack) / MICROS


def _worked_between(
    start: datetime, end: datetime, calendar: BusinessCalendar, pack: RulePack
) -> int:
    return total_at(end, calendar, pack) - total_at(start, calendar, pack)


def add_working_seconds(
    start: datetime, seconds: float, calendar: BusinessCalendar, pack: RulePack
) -> datetime:
    """The instant `seconds` working seconds after `start`, by reading A1. In UTC.

    Raises CalendarError beyond the years covered.
    """
    return _add(start, round(seconds * MICROS), calendar, pack)


def _add(start: datetime, micros: int, calendar: BusinessCalendar, pack: RulePack) -> datetime:
    if micros <= 0:
        return start.astimezone(UTC)
    due = at_total(total_at(start, calendar, pack) + micros, calendar, pack)
    if pack.readings.exhaustion == "next_opening":
        return receipt_instant(due, calendar, pack)
    return due


Span = tuple[datetime, datetime]


def united(spans: Sequence[Span]) -> list[Span]:
    """The spans in order, overlapping ones made one (reading A15)."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif start < end:
            found.append((start, end))
    return found


def remaining(whole: Span, spans: Sequence[Span]) -> list[Span]:
    """What of `whole` lies in none of `spans`."""
    left, at = [], whole[0]
    for start, end in sorted(spans):
        if start > at:
            left.append((at, min(start, whole[1])))
        at = max(at, end)
    if at < whole[1]:
        left.append((at, whole[1]))
    return [span for span in left if span[0] < span[1]]


def add_hours_outside(start: datetime, hours: float, excluded: Sequence[Span]) -> datetime:
    """`hours` of the wall clock after `start`, nothing counted inside the `excluded` spans."""
    at = start.astimezone(UTC)
    due = at + timedelta(hours=hours)
    for begin, end in united(excluded):
        out = max(begin, at)
        if out < due and end > out:
            due += end - out
            at = end
    return due


def add_working_seconds_outside(
    start: datetime,
    seconds: float,
    excluded: Sequence[Span],
    calendar: BusinessCalendar,
    pack: RulePack,
) -> datetime:
    """`add_working_seconds`, counting nothing inside the `excluded` spans."""
    at, left = start, round(seconds * MICROS)
    for begin, end in united(excluded):
        if end <= at:
            continue
        before = _worked_between(at, max(begin, at), calendar, pack)
        if before >= left:
            break
        left -= before
        at = max(end, at)
    return _add(at, left, calendar, pack)
