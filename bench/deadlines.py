"""Deadlines a second by the law's clock, against the plain addition of as many days."""

import statistics
import time
from datetime import UTC, datetime, timedelta

from rules.book import read_rule_book
from rules.calendar import BusinessCalendar, national_calendar
from rules.clock import deadline, due
from rules.packs import pack_for
from schema.deadlines import ClockKind, DeadlineRequest, Period, Unit

COUNT = 3_000
ROUNDS = 5
FIRST = datetime(2026, 1, 2, 1, 30, tzinfo=UTC)


def _requests() -> list[DeadlineRequest]:
    units = [(Unit.DAYS, 7), (Unit.DAYS, 14), (Unit.HOURS, 24), (Unit.MONTHS, 1)]
    return [
        DeadlineRequest(
            id=str(n),
            clock=ClockKind.PETITION,
            period=Period(unit=units[n % 4][0], amount=units[n % 4][1]),
            received_at=FIRST + timedelta(minutes=97 * n),
        )
        for n in range(COUNT)
    ]


def _rate(began: float) -> float:
    return COUNT / (time.perf_counter() - began)


def deadlines_per_second() -> None:
    """Print both rates, with steps and without, and their ratios."""
    calendar: BusinessCalendar = national_calendar(version=1)
    read_rule_book()
    asked = _requests()
    bare, plain, whole = [], [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for request in asked:
            request.received_at + timedelta(days=request.period.amount)
        bare.append(_rate(began))
        began = time.perf_counter()
        for request in asked:
            due(request, calendar, pack_for(request.received_at))
        plain.append(_rate(began))
        began = time.perf_counter()
        for request in asked:
            deadline(request, calendar, pack_for(request.received_at))
        whole.append(_rate(began))
    added, counted, told = (statistics.median(found) for found in (bare, plain, whole))
    print(f"deadlines a second, the instant alone       median {counted:9.0f}")
    print(f"deadlines a second, with steps for people   median {told:9.0f}")
    print(f"dates added a second, no law                median {added:9.0f}")
    print(f"ratio with steps / instant alone                   {told / counted:9.3f}")
    print(f"ratio instant alone / no law                       {counted / added:9.4f}")
