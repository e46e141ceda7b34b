"""Requests of partners (Open311): how one is filed once, and the lists over public cases."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.coarse_place import CELL_LAT, CELL_LONG
from rules.search_terms import SearchQuery
from rules.taxonomy import UNCLASSIFIED
from schema.codes import State, TextKind
from schema.events import CaseEvent
from schema.model import Frozen
from storage.cases import CASE_COLUMNS, Case, case_of, event_of
from storage.forms import PreparedForm, journal_form
from storage.public_cases import is_published, shows_words
from storage.searching import contains_words
from storage.store import Store
from storage.tables import attachment, case_event, case_text, cases, partner_request

SAME_WITHIN = timedelta(minutes=10)
"""For how long the same words of the same person about the same place are the same request."""
PUBLIC_EVENT = text("case_event.visibility = 'public'")
"""In the words of the index over public events, so that it is used."""
DEGREE_METRES = 111_320.0
"""A degree of latitude, in metres; of longitude, times the cosine of the latitude."""


class PartnerRequest(Frozen):
    """A request as it is remembered for its partner. `fingerprint` is None where nothing tells one
    petitioner from another: then no two requests are the same."""

    number: str = ""
    partner: str
    service_code: str
    public: bool = True
    fingerprint: bytes | None = None
    filed_at: AwareDatetime


async def file_request(
    store: Store,
    prepared: PreparedForm,
    request: PartnerRequest,
    *,
    scope: str,
    idempotency_key: str | None = None,
) -> str:
    """Journal the petition and give its number; what is the same request gets the same number.

    With an Idempotency-Key that alone decides. Raises IdempotencyConflictError, FormRefusedError.
    """
    async with store.engine.begin() as conn:
        if idempotency_key is None and request.fingerprint is not None:
            earlier = await _same_request(conn, request)
            if earlier is not None:
                return earlier
        filed = await journal_form(
            conn,
            store,
            prepared,
            arrived_at=request.filed_at,
            idempotency_key=idempotency_key,
            scope=scope,
        )
        number = filed.receipt_number
        values = request.model_copy(update={"number": number}).model_dump()
        await conn.execute(upsert(partner_request).values(**values).on_conflict_do_nothing())
        return number


async def _same_request(conn: AsyncConnection, request: PartnerRequest) -> str | None:
    assert request.fingerprint is not None
    await conn.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 2))"),
        {"name": f"{request.partner}/{request.fingerprint.hex()}"},
    )
    number: str | None = await conn.scalar(
        select(partner_request.c.number)
        .where(
            partner_request.c.partner == request.partner,
            partner_request.c.fingerprint == request.fingerprint,
            partner_request.c.filed_at > request.filed_at - SAME_WITHIN,
        )
        .order_by(partner_request.c.filed_at.desc())
        .limit(1)
    )
    return number


async def partner_requests(
    conn: AsyncConnection, numbers: Sequence[str]
) -> dict[str, PartnerRequest]:
    """Which of `numbers` partners filed."""
    columns = [partner_request.c[name] for name in PartnerRequest.model_fields]
    rows = await conn.execute(select(*columns).where(partner_request.c.number.in_(numbers)))
    return {row.number: PartnerRequest.model_validate(row._mapping) for row in rows}


class Area(Frozen):
    """A rectangle in WGS84 degrees; with `radius` (metres) the circle about its middle. It holds a
    case whose cell has its middle in it: where in the cell the case lies, nobody can find out."""

    south: float
    north: float
    west: float
    east: float
    radius: float | None = None


class RequestFilter(Frozen):
    """Which public cases, newest first. Instants include `since` and exclude `until`."""

    items: tuple[str, ...] | None = None
    states: tuple[State, ...] | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    updated_since: AwareDatetime | None = None
    updated_until: AwareDatetime | None = None
    owners: tuple[str, ...] | None = None
    """Codes of departments or agencies."""
    has_photo: bool | None = None
    area: Area | None = None
    words: SearchQuery | None = None
    oldest_first: bool = False
    offset: int = 0
    limit: int = 1000


class ShownCase(Frozen):
    """A case, and when the public last heard of it."""

    case: Case
    updated_at: AwareDatetime


_updated_at = (
    select(func.max(case_event.c.recorded_at))
    .where(
        case_event.c.case_number == cases.c.number,
        PUBLIC_EVENT,
    )
    .scalar_subquery()
)


async def public_requests(conn: AsyncConnection, wanted: RequestFilter) -> tuple[ShownCase, ...]:
    """The cases of one page."""
    numbers = (await conn.scalars(public_page(wanted))).all()
    found = await requests_by_number(conn, numbers)
    return tuple(found[number] for number in numbers if number in found)


def public_page(wanted: RequestFilter) -> Select[str]:
    """The numbers of one page: a walk along the index of public cases, from the newest."""
    newest = (cases.c.submitted_at.desc(), cases.c.number.desc())
    order = (cases.c.submitted_at, cases.c.number) if wanted.oldest_first else newest
    return (
        select(cases.c.number)
        .where(is_published(), *_conditions(wanted))
        .order_by(*order)
        .limit(wanted.limit)
        .offset(wanted.offset)
    )


async def requests_by_number(conn: AsyncConnection, numbers: Sequence[str]) -> dict[str, ShownCase]:
    """The cases `numbers`, published or not; whoever calls asks who may see them."""
    rows = await conn.execute(
        select(*CASE_COLUMNS, func.coalesce(_updated_at, cases.c.submitted_at)).where(
            cases.c.number.in_(numbers), ~cases.c.synthetic
        )
    )
    shown = (ShownCase(case=case_of(row[:-1]), updated_at=row[-1]) for row in rows.tuples())
    return {one.case.number: one for one in shown}


def _conditions(wanted: RequestFilter) -> list[ColumnElement[bool]]:
    found = [*_between(wanted), *_updated(wanted)]
    if wanted.items is not None:
        found.append(_shown_item().in_(wanted.items))
    if wanted.states is not None:
        found.append(cases.c.state.in_(wanted.states))
    if wanted.owners is not None:
        owners = wanted.owners
        found.append(or_(cases.c.department.in_(owners), cases.c.agency.in_(owners)))
    if wanted.has_photo is not None:
        has_one = exists().where(attachment.c.case_number == cases.c.number)
        found.append(has_one if wanted.has_photo else ~has_one)
    if wanted.area is not None:
        found += [shows_words(), *_within(wanted.area)]
    if wanted.words is not None:
        found += [shows_words(), contains_words(wanted.words)]
    return found


def _shown_item() -> ColumnElement[str]:
    """The service a case is shown under: its item, until then what its petitioner chose."""
    claimed = cases.c.routing["claimed_item"].astext
    return func.coalesce(cases.c.item, claimed, UNCLASSIFIED)


def _between(wanted: RequestFilter) -> list[ColumnElement[bool]]:
    found = []
    if wanted.since is not None:
        found.append(cases.c.submitted_at >= wanted.since)
    if wanted.until is not None:
        found.append(cases.c.submitted_at < wanted.until)
    return found


def _updated(wanted: RequestFilter) -> list[ColumnElement[bool]]:
    heard = and_(
        case_event.c.case_number == cases.c.number,
        PUBLIC_EVENT,
    )
    found: list[ColumnElement[bool]] = []
    if wanted.updated_since is not None:
        found.append(exists().where(heard, case_event.c.recorded_at >= wanted.updated_since))
    if wanted.updated_until is not None:
        found.append(~exists().where(heard, case_event.c.recorded_at >= wanted.updated_until))
    return found


def _within(area: Area) -> list[ColumnElement[bool]]:
    lat = (func.floor(cases.c.lat / CELL_LAT) + 0.5) * CELL_LAT
    long = (func.floor(cases.c.long / CELL_LONG) + 0.5) * CELL_LONG
    found: list[ColumnElement[bool]] = [
        lat.between(area.south, area.north),
        long.between(area.west, area.east),
    ]
    if area.radius is not None:
        middle = (area.south + area.north) / 2, (area.west + area.east) / 2
        north = (lat - middle[0]) * DEGREE_METRES
        east = (long - middle[1]) * DEGREE_METRES * func.cos(func.radians(middle[0]))
        found.append(north * north + east * east <= area.radius * area.radius)
    return found


async def public_events(
    conn: AsyncConnection,
    *,
    since: datetime,
    until: datetime,
    partner: str | None,
    limit: int,
    offset: int,
) -> tuple[tuple[CaseEvent, Case], ...]:
    """Public events recorded in [since, until) with their cases, in the order of the log: of
    published cases, and of those that `partner` filed."""
    page = public_events_page(since=since, until=until, partner=partner, limit=limit, offset=offset)
    rows = await conn.execute(page)
    width = len(case_event.c)
    return tuple((event_of(row[:width]), case_of(row[width:])) for row in rows.tuples())


def public_events_page(
    *, since: datetime, until: datetime, partner: str | None, limit: int, offset: int
) -> Select[Any]:
    """The rows of `public_events`: a range of the index over public events."""
    seen = is_published()
    if partner is not None:
        own = exists().where(
            partner_request.c.number == cases.c.number, partner_request.c.partner == partner
        )
        seen = or_(seen, and_(own, ~cases.c.hidden))
    return (
        select(*case_event.c, *CASE_COLUMNS)
        .join(cases, cases.c.number == case_event.c.case_number)
        .where(
            PUBLIC_EVENT,
            case_event.c.recorded_at >= since,
            case_event.c.recorded_at < until,
            ~cases.c.synthetic,
            seen,
        )
        .order_by(case_event.c.recorded_at, case_event.c.case_number, case_event.c.seq)
        .limit(limit)
        .offset(offset)
    )


async def public_logs(
    conn: AsyncConnection, numbers: Sequence[str]
) -> dict[str, tuple[CaseEvent, ...]]:
    """The public part of the logs of several cases, each in order."""
    rows = await conn.execute(
        select(case_event)
        .where(case_event.c.case_number.in_(numbers), PUBLIC_EVENT)
        .order_by(case_event.c.case_number, case_event.c.seq)
    )
    found: dict[str, tuple[CaseEvent, ...]] = {}
    for row in rows:
        event = event_of(row)
        found[event.case] = (*found.get(event.case, ()), event)
    return found


async def masked_answers(conn: AsyncConnection, numbers: Sequence[str]) -> Mapping[str, str]:
    """The masked words of answers and refusals by the id of their text; hidden ones are not
    among them."""
    rows = await conn.execute(
        select(case_text.c.id, case_text.c.masked).where(
            case_text.c.case_number.in_(numbers),
            case_text.c.kind.in_((TextKind.ANSWER, TextKind.REASON)),
            ~case_text.c.hidden,
        )
    )
    return {str(row.id): row.masked for row in rows}
