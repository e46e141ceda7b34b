"""The ledger of volunteer credit: brought up to the record, shown, asked for.

A person is the keyed hash of a telephone. The ledger holds accepted reports; whatever the record
says differently from it is written as a further entry, so that the same look twice writes nothing,
and the whole ledger can be computed again from the record at any time.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, Field
from sqlalchemy import func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.credits import CreditLine, Report, claimable, credit_rules, hours_by_day, is_accepted
from schema.model import Frozen
from storage.sealing import new_data_key
from storage.store import Store
from storage.tables import cases, credit_entry, credit_request, petitioner


class RequestState(StrEnum):
    """How far a request for hours has come."""

    REQUESTED = "requested"
    EXPORTED = "exported"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class Volunteer(Frozen):
    """Who is to be credited, as the volunteers' system (1365) knows them; sealed."""

    name: str = Field(min_length=1, max_length=60)
    member: str = Field(min_length=1, max_length=60)


class CreditRequest(Frozen):
    """One request, without the person's name."""

    id: UUID
    requested_at: AwareDatetime
    state: RequestState
    lines: tuple[CreditLine, ...]
    hours: int
    reason: str | None


class Credit(Frozen):
    """What a person has: accepted reports and hours by day, requests, and what may be asked for."""

    reports: dict[date, int]
    hours: dict[date, int]
    requests: tuple[CreditRequest, ...]
    claimable: tuple[CreditLine, ...]

    @property
    def claimable_hours(self) -> int:
        """Hours that may be asked for now; less than one where more was asked for than is left."""
        return sum(line.hours for line in self.claimable)


class NothingToAskForError(Exception):
    """There is no whole hour that was not asked for yet."""


async def bring_up_to_date(conn: AsyncConnection, person: bytes) -> int:
    """Write what the record says of the person's reports and the ledger does not; how many entries
    that were. Holds the person's ledger until the transaction ends."""
    await conn.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:person, 3))"), {"person": person.hex()}
    )
    rules = credit_rules()
    ledger = await _entries_by_case(conn, person)
    written = 0
    for report in await _reports(conn, person):
        net, entries = ledger.get(report.number, (0, 0))
        wanted = int(is_accepted(report, rules))
        if wanted == net:
            continue
        done = await conn.execute(
            upsert(credit_entry)
            .values(
                person=person,
                case_number=report.number,
                ordinal=entries + 1,
                day=report.day,
                reports=wanted - net,
                state=report.state,
            )
            .on_conflict_do_nothing()
        )
        written += done.rowcount
    return written


async def _entries_by_case(conn: AsyncConnection, person: bytes) -> dict[str, tuple[int, int]]:
    rows = await conn.execute(
        select(credit_entry.c.case_number, func.sum(credit_entry.c.reports), func.count())
        .where(credit_entry.c.person == person)
        .group_by(credit_entry.c.case_number)
    )
    return {number: (net, entries) for number, net, entries in rows}


async def _reports(conn: AsyncConnection, person: bytes) -> tuple[Report, ...]:
    """The person's cases of the channels that count, with the cases that they were merged into."""
    root, roots = cases.alias("root"), petitioner.alias("roots")
    statement = (
        select(
            *(cases.c[name] for name in ("number", "channel", "kind", "petition_type", "state")),
            *(cases.c[name] for name in ("submitted_at", "hidden", "synthetic")),
            func.coalesce(root.c.answered_at, cases.c.answered_at)
            .is_not(None)
            .label("root_answered"),
            func.coalesce(root.c.state, cases.c.state).label("root_state"),
            func.coalesce(roots.c.phone_hash == person, False).label("of_own"),
        )
        .join(petitioner, petitioner.c.case_number == cases.c.number)
        .outerjoin(root, root.c.number == cases.c.merged_into)
        .outerjoin(roots, roots.c.case_number == cases.c.merged_into)
        .where(petitioner.c.phone_hash == person)
        .order_by(cases.c.number)
    )
    return tuple(Report.model_validate(row._mapping) for row in await conn.execute(statement))


async def everybody(conn: AsyncConnection) -> tuple[bytes, ...]:
    """Every person who filed through a channel that counts, or stands in the ledger."""
    channels = sorted(credit_rules().channels)
    filed = (
        select(petitioner.c.phone_hash)
        .join(cases, cases.c.number == petitioner.c.case_number)
        .where(petitioner.c.phone_hash.is_not(None), cases.c.channel.in_(channels))
    )
    return tuple(await conn.scalars(filed.union(select(credit_entry.c.person))))


async def credit_of(conn: AsyncConnection, person: bytes) -> Credit:
    """What the ledger says of a person, and what was asked for."""
    rows = await conn.execute(
        select(credit_entry.c.day, func.sum(credit_entry.c.reports))
        .where(credit_entry.c.person == person)
        .group_by(credit_entry.c.day)
    )
    reports = {day: int(net) for day, net in rows if net}
    hours = hours_by_day(reports, credit_rules())
    requests = await requests_of(conn, person)
    return Credit(reports=reports, hours=hours, requests=requests, claimable=_open(hours, requests))


def _open(hours: Mapping[date, int], requests: tuple[CreditRequest, ...]) -> tuple[CreditLine, ...]:
    standing = (one for one in requests if one.state is not RequestState.REFUSED)
    return claimable(hours, (line for one in standing for line in one.lines))


async def requests_of(conn: AsyncConnection, person: bytes) -> tuple[CreditRequest, ...]:
    """What the person asked for, the newest first."""
    names = [credit_request.c[name] for name in CreditRequest.model_fields]
    rows = await conn.execute(
        select(*names)
        .where(credit_request.c.person == person)
        .order_by(credit_request.c.requested_at.desc(), credit_request.c.id)
    )
    return tuple(CreditRequest.model_validate(row._mapping) for row in rows)


async def request_credit(
    conn: AsyncConnection,
    store: Store,
    person: bytes,
    *,
    request_id: UUID,
    volunteer: Volunteer,
    at: AwareDatetime,
) -> CreditRequest:
    """Ask for every hour that was not asked for yet; the same `request_id` is the same request.

    Raises NothingToAskForError where there is no whole hour.
    """
    await bring_up_to_date(conn, person)
    credit = await credit_of(conn, person)
    before = next((one for one in credit.requests if one.id == request_id), None)
    if before is not None:
        return before
    if credit.claimable_hours < 1:
        raise NothingToAskForError
    key = await new_data_key(conn, store.keyring)
    made = CreditRequest(
        id=request_id,
        requested_at=at,
        state=RequestState.REQUESTED,
        lines=credit.claimable,
        hours=credit.claimable_hours,
        reason=None,
    )
    await conn.execute(
        insert(credit_request).values(
            person=person,
            sealed=key.seal(volunteer.model_dump_json().encode()),
            data_key_id=key.id,
            **made.model_dump(exclude={"lines"}),
            lines=[line.model_dump(mode="json") for line in made.lines],
        )
    )
    return made
