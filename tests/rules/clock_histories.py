"""Random receipts, periods and histories of events, lawful and not, for the tests of the clock."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from rules.clock import deadline, law_for
from rules.packs import SEOUL
from schema.deadlines import DeadlineRequest
from tests.rules.clock_asking import Event, korea

DAY_MINUTES = 24 * 60
ZONES = (UTC, SEOUL, ZoneInfo("America/New_York"), timezone(timedelta(hours=5, minutes=45)))
"""Also one that changes its clocks, and one that is no whole hour away."""

BUSY = ("2024-02-05", "2025-01-22", "2025-09-29", "2026-02-09", "2026-04-27", "2026-05-02")
"""설, 추석, the change of law: more happens around them."""


def minutes_from(text: str, days: int) -> st.SearchStrategy[datetime]:
    """Every minute of so many days."""
    begin = datetime.fromisoformat(text).replace(tzinfo=SEOUL)
    return st.integers(0, days * DAY_MINUTES).map(lambda n: begin + timedelta(minutes=n))


receipts = st.one_of(
    minutes_from("2023-07-01", 1400),
    st.sampled_from(BUSY).flatmap(lambda text: minutes_from(text, 14)),
)
petition_periods = st.one_of(
    st.tuples(st.just("immediate"), st.just(3)),
    st.tuples(st.just("hours"), st.integers(1, 40)),
    st.tuples(st.just("days"), st.integers(1, 20)),
    st.tuples(st.just("weeks"), st.integers(1, 3)),
    st.tuples(st.just("months"), st.integers(1, 3)),
    st.tuples(st.just("years"), st.just(1)),
    st.tuples(st.just("wall_hours"), st.integers(1, 72)),
)
after = st.one_of(st.integers(-60, 3 * DAY_MINUTES), st.integers(0, 25 * DAY_MINUTES))
lengths = st.one_of(
    st.integers(0, 600), st.integers(0, 12 * DAY_MINUTES), st.integers(0, 40 * DAY_MINUTES)
)
REASONS = ("cooperation", "fact_finding", "comparable", "absence", "unavoidable", None)
extensions = st.fixed_dictionaries(
    {
        "days": st.integers(1, 12),
        "nth": st.sampled_from((None, None, 1, 2, 3)),
        "reason_code": st.sampled_from(REASONS),
        "consent": st.booleans(),
    }
)
PAIRS = {
    "supplement": ("supplement_request", "supplement_received"),
    "investigation": ("investigation_start", "investigation_end"),
    "consult": ("consult_request", "consult_reply"),
    "exclusion": ("exclusion_start", "exclusion_end"),
}


@st.composite
def pairs(draw: st.DrawFn, *kinds: str) -> list[tuple[int, dict[str, Any]]]:
    """Something that begins and mostly ends, in minutes from the receipt."""
    begin, end = PAIRS[draw(st.sampled_from(kinds))]
    start, length = draw(after), draw(lengths)
    more = {"extended": draw(st.booleans())} if begin == "investigation_start" else {}
    both = [(start, {"type": begin, **more}), (start + length, {"type": end})]
    return draw(st.sampled_from((both, both, both, both[:1], both[1:])))


outages = st.tuples(after, lengths).map(lambda one: [(one[0], {"type": "outage", "for": one[1]})])
holidays = after.map(lambda n: [(n, {"type": "holiday_declared"})])
moves = st.tuples(after, st.sampled_from(("transfer_out", "transfer_received"))).map(
    lambda one: [(one[0], {"type": one[1]})]
)
longer = st.tuples(after, extensions).map(lambda one: [(one[0], {"type": "extend", **one[1]})])


def placed(received: datetime, minutes: int, what: dict[str, Any], zone: Any) -> Event:
    """The event at its instant, written in some zone."""
    at = (received + timedelta(minutes=minutes)).astimezone(zone)
    if what["type"] == "outage":
        return {"type": "outage", "start": at, "end": at + timedelta(minutes=what["for"])}
    if what["type"] == "holiday_declared":
        return {**what, "date": at.astimezone(SEOUL).date()}
    return {**what, "at": at}


Piece = list[tuple[int, dict[str, Any]]]
PIECES: dict[str, st.SearchStrategy[Piece]] = {
    "supplement": pairs("supplement"),
    "investigation": pairs("investigation"),
    "consult": pairs("consult"),
    "exclusion": pairs("exclusion"),
    "outage": outages,
    "extend": longer,
    "holiday": holidays,
    "transfer": moves,
}
"""What may happen, by its kind: the kinds of a history are chosen first, so that short histories
of one kind are as frequent as long mixed ones."""


aims = st.one_of(st.none(), st.none(), st.just(0), st.integers(-3 * DAY_MINUTES, 60))
"""Minutes from the deadline as it would be if nothing happened: there the edges lie."""


def _aimed(piece: Piece, due_in: int, aim: int | None) -> Piece:
    if aim is None:
        return piece
    first = min(minutes for minutes, _ in piece)
    return [(minutes - first + due_in + aim, what) for minutes, what in piece]


@st.composite
def questions(
    draw: st.DrawFn,
    clock: str = "petition",
    periods: st.SearchStrategy[tuple[str, int]] = petition_periods,
    kinds: Sequence[str] = tuple(PIECES),
    most: int = 5,
) -> DeadlineRequest:
    """A request with up to `most` things of the `kinds` that happen, in any order."""
    received, zone = draw(receipts), draw(st.sampled_from(ZONES))
    unit, amount = draw(periods)
    asked = {
        "id": "any",
        "clock": clock,
        "petition_type": draw(st.sampled_from(("grievance", "grievance", "suggestion"))),
        "period": {"unit": unit, "amount": amount},
        "received_at": received.astimezone(zone),
    }
    quiet = DeadlineRequest.model_validate(asked)
    due = deadline(quiet, korea(), law_for(quiet, korea())).due_at or received
    chosen = st.one_of(*(PIECES[kind] for kind in kinds))
    happened = [
        one
        for piece in draw(st.lists(chosen, max_size=most))
        for one in _aimed(piece, (due - received) // timedelta(minutes=1), draw(aims))
    ]
    events = [placed(received, minutes, what, zone) for minutes, what in happened]
    return DeadlineRequest.model_validate({**asked, "events": draw(st.permutations(events))})


def with_events(request: DeadlineRequest, *more: Event) -> DeadlineRequest:
    """The same request with more events at the end of its list."""
    asked = request.model_dump()
    return DeadlineRequest.model_validate({**asked, "events": [*asked["events"], *more]})


def without(request: DeadlineRequest, *indexes: int) -> DeadlineRequest:
    """The same request without some of its events."""
    kept = [event for n, event in enumerate(request.events) if n not in indexes]
    return request.model_copy(update={"events": tuple(kept)})
