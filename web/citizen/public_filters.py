"""What a reader of public cases asks for: the query of an address, read into a filter."""

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from urllib.parse import urlencode

from fastapi import Request

from rules.coarse_place import Cell, read_cell
from rules.organisation import CITY, districts
from rules.publication import shown_items
from rules.search_terms import SearchQuery, search_query
from rules.taxonomy import groups, newest_leaves
from schema.codes import State
from storage.public_cases import PublicCase, PublicFilter, PublicPlace
from web.wording import SEOUL

NAMES = ("q", "district", "group", "item", "state", "since", "until", "cell")
MOST_LETTERS = 60
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)
PHASES: Mapping[str, tuple[State, ...]] = {
    "open": (
        State.SUBMITTED,
        State.RECEIVED,
        State.ASSIGNED,
        State.PROCESSING,
        State.SUPPLEMENT,
        State.TRANSFERRED,
        State.REANSWER,
    ),
    "answered": (State.ANSWERED, State.CLOSED),
    "declined": (State.DECLINED,),
}
"""What a reader tells apart; a public code of one state is understood too."""
Found = TypeVar("Found")
_PLACE = re.compile(r"(\d{1,16})\.([0-9A-Z-]{15})")


@dataclass(frozen=True)
class Asked:
    """What was typed (`typed`, by the names of the address), as a filter, and the names of what
    was not understood, which then filters nothing."""

    typed: Mapping[str, str]
    wanted: PublicFilter
    after: PublicPlace | None
    faults: tuple[str, ...]

    def address(self, path: str, **changes: str | None) -> str:
        """`path` with this query; `changes` replace parts of it, None takes one out."""
        query = {**self.typed, **changes}
        said = urlencode({name: value for name, value in query.items() if value})
        return f"{path}?{said}" if said else path


def shown_groups() -> tuple[str, ...]:
    """The groups of the taxonomy that have public items, in its order."""
    found = {code[:2] for code in shown_items()}
    return tuple(code for code in groups() if code in found)


def city_districts() -> tuple[str, ...]:
    """The districts, without the city itself."""
    return tuple(code for code, row in districts().items() if row.org_code != CITY)


def next_place(shown: PublicCase) -> str:
    """The `after` of the page that begins after `shown`."""
    micros = (shown.submitted_at - _EPOCH) // timedelta(microseconds=1)
    return f"{micros}.{shown.number}"


def asked_of(request: Request) -> Asked:
    """Read the query of an address."""
    given = request.query_params
    typed = {name: value for name in NAMES if (value := given.get(name, "").strip())}
    reading = _Reading(typed)
    wanted = PublicFilter(
        district=reading.one_of("district", city_districts()),
        group=reading.one_of("group", groups()),
        item=reading.one_of("item", newest_leaves()),
        states=reading.states(),
        since=reading.day("since"),
        until=reading.day("until", end=True),
        query=reading.words(),
        cell=reading.cell(),
    )
    if wanted.since and wanted.until and wanted.since >= wanted.until:
        reading.faults.append("until")
    after = _after(given.get("after", ""))
    if given.get("after") and after is None:
        reading.faults.append("after")
    return Asked(typed, wanted, after, tuple(reading.faults))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _after(typed: str) -> PublicPlace | None:
    match = _PLACE.fullmatch(typed)
    if match is None:
        return None
    at = _EPOCH + timedelta(microseconds=int(match[1]))
    return PublicPlace(submitted_at=at, number=match[2])


class _Reading:
    def __init__(self, typed: Mapping[str, str]) -> None:
        self._typed = typed
        self.faults: list[str] = []

    def one_of(self, name: str, known: Container[str]) -> str | None:
        return self._read(name, lambda value: value if value in known else None)

    def states(self) -> tuple[State, ...]:
        return self._read("state", _states) or ()

    def day(self, name: str, *, end: bool = False) -> datetime | None:
        """The beginning of a day in Seoul, or its end."""
        day = self._read(name, _day)
        return datetime.combine(day + timedelta(days=end), time(), SEOUL) if day else None

    def words(self) -> SearchQuery | None:
        return self._read("q", lambda typed: search_query(typed) if _is_short(typed) else None)

    def cell(self) -> Cell | None:
        return self._read("cell", read_cell)

    def _read(self, name: str, read: Callable[[str], Found | None]) -> Found | None:
        value = self._typed.get(name)
        if value is None:
            return None
        found = read(value)
        if found is None:
            self.faults.append(name)
        return found


def _states(typed: str) -> tuple[State, ...] | None:
    return PHASES.get(typed) or ((State(typed),) if typed in set(State) else None)


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def _is_short(typed: str) -> bool:
    return len(typed) <= MOST_LETTERS
