"""What a member of the staff searches for: the query of an address, read into what is wanted."""

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from fastapi import Request

from rules.organisation import CITY, districts, is_department
from rules.rights import Right, departments_for
from rules.search_terms import SearchQuery, folded, search_query
from rules.taxonomy import groups, newest_leaves
from schema.codes import Channel, State
from schema.numbers import is_receipt_number, typed_receipt_number
from storage.staff_search import Found, Place, Wanted
from web.sign_in import Staff

NAMES = (
    *("q", "district", "place", "item", "state", "department", "channel"),
    *("since", "until", "sort"),
)
MOST_LETTERS = 60
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 30)
Read = TypeVar("Read")
_PHONE = re.compile(r"\+?[\d\s()-]{9,20}")
_WORD = re.compile(r"[^\W_]+")
_AFTER = re.compile(r"([0-9A-Z-]{15})(?:_(\d(?:\.\d{1,20})?(?:e-\d{1,3})?))?")


class Sort(StrEnum):
    """In which order a result stands."""

    NEWEST = "newest"
    WORDS = "words"


@dataclass(frozen=True)
class Asked:
    """What was typed (`typed`, by the names of the address), what is wanted, and the names of what
    was not understood, which then filters nothing."""

    typed: Mapping[str, str]
    wanted: Wanted
    sort: Sort
    after: Place | None
    faults: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The words to be marked in what is found."""
        return self.wanted.query.words if self.wanted.query else ()

    def address(self, path: str, **changes: str | None) -> str:
        """`path` with this query; `changes` replace parts of it, None takes one out."""
        query = {**self.typed, **changes}
        said = urlencode({name: value for name, value in query.items() if value})
        return f"{path}?{said}" if said else path


def next_place(last: Found) -> str:
    """The `after` of the page that begins after `last`."""
    return last.number if last.score is None else f"{last.number}_{last.score!r}"


def readers_of(staff: Staff) -> tuple[str, ...] | None:
    """The departments whose cases the person may read, None for everybody's."""
    return departments_for(staff.duties, Right.READ)


def city_districts() -> tuple[str, ...]:
    """The districts, without the city itself."""
    return tuple(code for code, row in districts().items() if row.org_code != CITY)


def asked_of(request: Request, staff: Staff) -> Asked:
    """Read the query of an address, within what `staff` may read."""
    given = request.query_params
    typed = {name: value for name in NAMES if (value := given.get(name, "").strip())}
    reading = _Reading(typed)
    number, query = reading.words()
    item = reading.one_of("item", {*groups(), *newest_leaves()}) or ""
    place = reading.place()
    first, until = reading.day("since"), reading.day("until", days=1)
    wanted = Wanted(
        readers=readers_of(staff),
        query=query,
        number=number,
        district=reading.one_of("district", city_districts()),
        place=place,
        place_terms=_prefixes(place) if place else None,
        group=item if len(item) == 2 else None,
        item=item if len(item) > 2 else None,
        states=reading.states(),
        department=reading.read("department", lambda code: code if is_department(code) else None),
        channel=reading.read("channel", _channel),
        first=first,
        until=until,
    )
    if first and until and first >= until:
        reading.faults.append("until")
    by_words = typed.get("sort") == Sort.WORDS and wanted.query is not None
    after = _after(given.get("after", ""), ranked=by_words)
    if given.get("after") and after is None:
        reading.faults.append("after")
    sort = Sort.WORDS if by_words else Sort.NEWEST
    return Asked(typed, wanted, sort, after, tuple(reading.faults))


def _after(typed: str, *, ranked: bool) -> Place | None:
    match = _AFTER.fullmatch(typed)
    if match is None or not is_receipt_number(match[1]) or ranked != bool(match[2]):
        return None
    return Place(number=match[1], score=float(match[2]) if match[2] else None)


def _prefixes(place: str) -> str | None:
    """The words of `place` as a tsquery of their beginnings."""
    return " & ".join(f"'{word}':*" for word in _WORD.findall(folded(place))) or None


class _Reading:
    def __init__(self, typed: Mapping[str, str]) -> None:
        self._typed = typed
        self.faults: list[str] = []

    def words(self) -> tuple[str | None, SearchQuery | None]:
        """The receipt number, or else the words. A telephone number is not searched here: an
        address stands in logs, and who asks for a person has to say why."""
        typed = self._typed.get("q", "")
        number = typed_receipt_number(typed)
        if number is not None:
            return number, None
        if _is_phone(typed):
            self.faults.append("phone")
            return None, None
        return None, self.read("q", lambda q: search_query(q) if len(q) <= MOST_LETTERS else None)

    def place(self) -> str | None:
        return self.read(
            "place", lambda at: at if len(at) <= MOST_LETTERS and _WORD.search(at) else None
        )

    def one_of(self, name: str, known: Container[str]) -> str | None:
        return self.read(name, lambda value: value if value in known else None)

    def states(self) -> tuple[State, ...]:
        return self.read("state", lambda code: (State(code),) if code in set(State) else None) or ()

    def day(self, name: str, *, days: int = 0) -> str | None:
        """A day as receipt numbers begin, `days` later."""
        day = self.read(name, _day)
        return f"{day + timedelta(days=days):%y%m%d}" if day else None

    def read(self, name: str, understood: Callable[[str], Read | None]) -> Read | None:
        value = self._typed.get(name)
        if value is None:
            return None
        found = understood(value)
        if found is None:
            self.faults.append(name)
        return found


def _is_phone(typed: str) -> bool:
    bare = re.sub(r"\D", "", typed)
    return _PHONE.fullmatch(typed) is not None and bare.startswith(("0", "82"))


def _channel(code: str) -> Channel | None:
    return Channel(code) if code in set(Channel) else None


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None
