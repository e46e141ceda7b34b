"""Short ways to ask the clock, so that a test reads as the question and its answer."""

from datetime import datetime
from functools import cache
from typing import Any

from rules.calendar import BusinessCalendar, national_calendar
from rules.clock import deadline, law_for
from rules.packs import SEOUL, Readings
from schema.deadlines import Deadline, DeadlineRequest

Event = dict[str, Any]


@cache
def korea() -> BusinessCalendar:
    """The public holidays of Korea, built once."""
    return national_calendar(version=1)


def at(text: str) -> datetime:
    """«2026-03-10 10:00» in Seoul; a day alone is its midnight."""
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


def event(kind: str, text: str, **more: Any) -> Event:
    """Something that happened at an instant in Seoul."""
    return {"type": kind, "at": at(text), **more}


def extend(text: str, days: int, **more: Any) -> Event:
    """An extension; for the petition's clock give the reason code."""
    return event("extend", text, days=days, **more)


def outage(start: str, end: str) -> Event:
    """A system outage from `start` to `end`."""
    return {"type": "outage", "start": at(start), "end": at(end)}


def answer(
    received: str,
    amount: int,
    unit: str,
    *events: Event,
    clock: str = "petition",
    petition_type: str | None = "statutory",
    calendar: BusinessCalendar | None = None,
    **readings: Any,
) -> Deadline:
    """The whole answer to one question, by the readings in force but for those given."""
    request = DeadlineRequest.model_validate(
        {
            "id": "asked",
            "clock": clock,
            "petition_type": petition_type,
            "period": {"unit": unit, "amount": amount},
            "received_at": at(received),
            "events": events,
        }
    )
    known = calendar or korea()
    pack = law_for(request, known)
    if readings:
        pack = pack.model_copy(update={"readings": Readings(**readings)})
    return deadline(request, known, pack)


def due(received: str, amount: int, unit: str, *events: Event, **more: Any) -> str | None:
    """The due instant in Seoul as «2026-03-18 23:59:59», or None."""
    found = answer(received, amount, unit, *events, **more).due_at
    return f"{found.astimezone(SEOUL):%Y-%m-%d %H:%M:%S}" if found else None


def refused(received: str, amount: int, unit: str, *events: Event, **more: Any) -> list[int]:
    """The places of the events that the law does not allow."""
    return [one.index for one in answer(received, amount, unit, *events, **more).refused]


def refusal_codes(received: str, amount: int, unit: str, *events: Event, **more: Any) -> list[str]:
    """The codes of the refusals, in the order of the events."""
    return [one.code for one in answer(received, amount, unit, *events, **more).refused]
