"""The working calendar: which days are closed and why, as one numbered value."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Literal

from pydantic import AwareDatetime, Field, model_validator

from rules.packs import SEOUL
from schema.model import Frozen

SATURDAY = 5
FIRST_YEAR = 2016
LAST_YEAR = 2036


class CalendarError(Exception):
    """The calendar cannot answer: the year is not covered, or has no working day."""


class Override(Frozen):
    """A day that the law changed faster than the library: closed, or open after all."""

    day: date
    name_ko: str
    kind: Literal["closed", "open"]
    source: str


class OutageWindow(Frozen):
    """정보시스템 장애: from `start` to `end` petitions could not be worked on (영 §20 2호)."""

    start: AwareDatetime
    end: AwareDatetime


class BusinessCalendar(Frozen):
    """Working days of the city, by version. Saturdays and Sundays are closed without a name.

    민원처리법 §19: public holidays and Saturdays are not counted.
    """

    version: int = Field(ge=1)
    first_year: int
    last_year: int
    closed: Mapping[date, str]
    closed_en: Mapping[date, str] = {}
    """The English names; a day without one is called by its Korean name."""
    outages: tuple[OutageWindow, ...] = ()
    """Versioned with the days, so that the version alone reproduces a deadline."""

    @model_validator(mode="after")
    def _has_working_days(self) -> "BusinessCalendar":
        for year in range(self.first_year, self.last_year + 1):
            if not any(day.year == year for day in self.open_days):
                raise CalendarError(f"{year} has no working day: mend the calendar")
        return self

    @cached_property
    def open_days(self) -> tuple[date, ...]:
        """Every working day, in order: counting days is looking up places in this list."""
        first, last = date(self.first_year, 1, 1), date(self.last_year, 12, 31)
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return tuple(d for d in days if d.weekday() < SATURDAY and d not in self.closed)

    def check(self, day: date) -> None:
        """Raises CalendarError where `day` lies outside the years covered."""
        if not self.first_year <= day.year <= self.last_year:
            raise CalendarError(
                f"the calendar covers {self.first_year} to {self.last_year}, not {day.year}"
            )

    def is_open(self, day: date) -> bool:
        """True for a working day. Raises CalendarError outside the years covered."""
        self.check(day)
        return day.weekday() < SATURDAY and day not in self.closed

    def why_closed(self, day: date) -> str | None:
        """The Korean name of the reason, or None for a working day."""
        if day in self.closed:
            return self.closed[day]
        return (
            "토요일" if day.weekday() == SATURDAY else "일요일" if not self.is_open(day) else None
        )

    def name_en(self, day: date) -> str:
        """The English name of a closed public holiday, for readers who have no Korean."""
        return self.closed_en.get(day, self.closed[day])

    def days_before(self, day: date) -> int:
        """How many working days lie before `day`."""
        self.check(day)
        return bisect_left(self.open_days, day)

    def open_on_or_after(self, day: date) -> date:
        """`day`, or the first working day after it."""
        return self.nth(self.days_before(day))

    def nth(self, index: int) -> date:
        """The working day at `index` (0 is the first). Raises CalendarError beyond the end."""
        if not 0 <= index < len(self.open_days):
            raise CalendarError(f"the calendar ends with {self.last_year}: extend it")
        return self.open_days[index]

    def open_between(self, first: date, last: date) -> int:
        """How many working days from `first` to `last`, both included."""
        return bisect_right(self.open_days, last) - bisect_left(self.open_days, first)

    def with_declared(self, days: Iterable[date]) -> "BusinessCalendar":
        """The same version with temporary holidays that were declared after a receipt (A13)."""
        new = [day for day in days if self._is_news(day)]
        if not new:
            return self
        return BusinessCalendar(
            version=self.version,
            first_year=self.first_year,
            last_year=self.last_year,
            outages=self.outages,
            closed={**dict.fromkeys(new, "임시공휴일"), **self.closed},
            closed_en={**dict.fromkeys(new, "Temporary Public Holiday"), **self.closed_en},
        )

    def _is_news(self, day: date) -> bool:
        self.check(day)
        return day not in self.closed


def national_calendar(
    *,
    version: int,
    overrides: Iterable[Override] = (),
    outages: Iterable[OutageWindow] = (),
    first_year: int = FIRST_YEAR,
    last_year: int = LAST_YEAR,
) -> BusinessCalendar:
    """The public holidays of Korea from the `holidays` package, with `overrides` above them.

    Source: 관공서의 공휴일에 관한 규정, which tests/rules/test_calendar.py holds it to.
    """
    names_ko, names_en = _library_names(first_year, last_year)
    for override in overrides:
        names_en.pop(override.day, None)
        if override.kind == "closed":
            names_ko[override.day] = override.name_ko
        else:
            names_ko.pop(override.day, None)
    return BusinessCalendar(
        version=version,
        first_year=first_year,
        last_year=last_year,
        closed=names_ko,
        closed_en=names_en,
        outages=tuple(outages),
    )


def first_change(before: BusinessCalendar, after: BusinessCalendar) -> datetime | None:
    """The earliest instant at which two versions differ: no deadline before it can have moved.
    None where they say the same, names and all: people read the names."""
    days = {day for day, _ in before.closed.items() ^ after.closed.items()}
    found = [datetime.combine(day, time(0), tzinfo=SEOUL) for day in days]
    found += [window.start for window in {*before.outages} ^ {*after.outages}]
    return min(found) if found else None


def _library_names(first_year: int, last_year: int) -> tuple[dict[date, str], dict[date, str]]:
    """The closed days by Korean and by English name."""
    # Imported here: pages and workers that read a stored calendar never pay for the library.
    import holidays

    years = range(first_year, last_year + 1)
    found = []
    for language in ("ko", "en_US"):
        names = holidays.country_holidays("KR", years=years, language=language)
        found.append({day: name for day, name in sorted(names.items()) if day.year in years})
    return found[0], found[1]
