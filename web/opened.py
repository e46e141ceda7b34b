"""A case read whole for a page: the row, its log, its texts, its photos, the cases around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from rules.calendar import BusinessCalendar
from rules.life import CaseFacts, facts_of
from schema.events import CaseEvent
from schema.submission import Attachment
from storage.cases import (
    Case,
    attachments_of,
    events_of,
    find_case,
    is_reachable,
    logs_of,
    told_address,
)
from storage.linked_cases import LinkedCase, linked_cases
from storage.sealing import ErasedError
from storage.texts import StoredText, texts_of
from web.site import Site


@dataclass(frozen=True)
class Around:
    """What a case stands among: the calendar in force, the cases merged into it, the one it was
    merged into, and those linked with it."""

    calendar: BusinessCalendar
    reporters: Mapping[str, CaseFacts] = field(default_factory=dict)
    root: Case | None = None
    root_events: tuple[CaseEvent, ...] = ()
    links: tuple[LinkedCase, ...] = ()
    reachable: bool = True


@dataclass(frozen=True)
class OpenedCase:
    """A case with its log and texts; `case` is None while it is only in the journal."""

    number: str
    submitted_at: datetime
    case: Case | None
    events: tuple[CaseEvent, ...] = ()
    texts: Mapping[UUID, StoredText] | None = None
    attachments: tuple[Attachment, ...] = ()
    address: str | None = None
    """The place as it was told, whole; for the officer, who has to go there."""
    around: Around | None = None

    @property
    def facts(self) -> CaseFacts:
        """What the log says of a registered case."""
        assert self.case is not None
        return facts_of(self.events, kind=self.case.kind, synthetic=self.case.synthetic)


async def find_shown(conn: AsyncConnection, number: str) -> Case | None:
    """The case `number` where people may see it: the synthetic ones that watch the ladder are no
    petition, and look like none."""
    case = await find_case(conn, number)
    return None if case is None or case.synthetic else case


async def load_case(conn: AsyncConnection, site: Site, case: Case) -> OpenedCase:
    """A case with what its pages show; without texts where they were erased."""
    try:
        texts = await texts_of(conn, site.store, case.number)
        address = await told_address(conn, site.store, case.number)
    except ErasedError:
        texts, address = {}, None
    events = await events_of(conn, case.number)
    return OpenedCase(
        number=case.number,
        submitted_at=case.submitted_at,
        case=case,
        events=events,
        texts=texts,
        attachments=await attachments_of(conn, case.number),
        address=address,
        around=await _around(conn, site, case, events),
    )


async def _around(
    conn: AsyncConnection, site: Site, case: Case, events: tuple[CaseEvent, ...]
) -> Around:
    facts = facts_of(events, kind=case.kind, synthetic=case.synthetic)
    root = await find_case(conn, case.merged_into) if case.merged_into else None
    return Around(
        calendar=await site.calendars.current(conn),
        reporters=await _reporters(conn, sorted(facts.reporters)),
        root=root,
        root_events=await events_of(conn, root.number) if root else (),
        links=await linked_cases(conn, case),
        reachable=await is_reachable(conn, site.store, case.number),
    )


async def _reporters(conn: AsyncConnection, numbers: list[str]) -> dict[str, CaseFacts]:
    if not numbers:
        return {}
    found = {}
    for number, log in (await logs_of(conn, numbers)).items():
        case = await find_case(conn, number)
        if case is not None:
            found[number] = facts_of(log, kind=case.kind)
    return found
