"""What may be said of a case because of an event: names, dates, and the texts that it names.

A petitioner whose case was merged is told of events of the case that it was merged into. What was
written there about somebody else's petition reaches them masked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from rules.book import BookLaw, read_rule_book
from rules.case_facts import CaseFacts
from rules.fields import choice
from rules.life import facts_of
from rules.notice_texts import UNKNOWN_ITEM, Holder, Names, NoticeFacts
from rules.notices import Standing
from rules.organisation import FIRST_LINE, department, full_name_en, full_name_ko
from rules.quiet_hours import SEOUL
from rules.taxonomy import leaf_at
from schema.codes import EventKind, Role
from schema.events import CaseEvent
from schema.grounds import ClosedFor
from storage.calendars import Calendars
from storage.cases import Case, events_of, find_case
from storage.staff import find_account
from storage.store import Store
from storage.texts import StoredText, texts_of
from storage.told_cases import opened_by

HOLDS_CASES = frozenset({Role.OFFICER, Role.TEAM_HEAD, Role.DEPARTMENT_HEAD, Role.FIRST_LINE})

TOLD_TEXTS: Mapping[EventKind, Mapping[str, str]] = {
    EventKind.ANSWERED: {"text": "answer"},
    EventKind.REFUSED: {"text": "answer", "remedy": "remedy"},
    EventKind.DECLINED: {"reason": "reason"},
    EventKind.HIDDEN: {"reason": "reason"},
    EventKind.UNHIDDEN: {"reason": "reason"},
    EventKind.HIDING_KEPT: {"reason": "reason"},
    EventKind.CLOSED: {"text": "answer", "reason": "reason"},
    EventKind.EXTENDED: {"reason": "reason"},
    EventKind.SUPPLEMENT_REQUESTED: {"text": "content"},
    EventKind.CORRECTED: {"text": "content"},
    EventKind.DEMAND_ANSWERED: {"text": "answer"},
}
"""Which texts of an event its petitioner is told, and what a notice calls them."""

GROUNDS: Mapping[EventKind, str] = {
    EventKind.EXTENDED: "reason_code",
    EventKind.DECLINED: "decline_ground",
    EventKind.HIDDEN: "hide_ground",
    EventKind.EXCLUSION_STARTED: "exclusion_ground",
}
SUPPLEMENT_PERIODS = frozenset({EventKind.SUPPLEMENT_REQUESTED, EventKind.SUPPLEMENT_EXTENDED})
DISPOSITIONS = frozenset({EventKind.REFUSED, EventKind.DECLINED, EventKind.CLOSED})
RUNGS = frozenset({EventKind.REMINDED, EventKind.ESCALATED})


@dataclass(frozen=True)
class Occasion:
    """An event of which the petitioner of `case` is told. `held` is the case whose officers answer
    for it: another one, where `case` was merged into that. `by` is the event of whoever speaks:
    where `case` is answered with another, the answer to that."""

    case: Case
    event: CaseEvent
    held: Case
    by: CaseEvent

    @property
    def is_own(self) -> bool:
        """False for an event of the case that this one was merged into."""
        return self.event.case == self.case.number


def standing_of(case: Case, event: CaseEvent) -> Standing:
    """How the case stands for the notice table, with the item that it had at the event."""
    item = leaf_at(event.item, event.at) if event.item is not None else None
    return Standing(
        urgent=item is not None and item.urgent,
        handed_on=item is not None and item.handed_on,
        unassigned=case.department in (None, FIRST_LINE),
        answered=case.answered_at is not None,
    )


async def occasion_of(conn: AsyncConnection, case: Case, event: CaseEvent) -> Occasion:
    """`event`, with the case whose officers answer for it."""
    number = event.case if event.case != case.number else _goes_with(event)
    held = await find_case(conn, number) if number else None
    by = event
    if held is not None and event.detail.get("ground") == ClosedFor.ANSWERED_WITH:
        by = next(
            (one for one in reversed(await events_of(conn, held.number)) if _is_result(one)), event
        )
    return Occasion(case, event, held or case, by)


def _is_result(event: CaseEvent) -> bool:
    return event.kind in (EventKind.ANSWERED, EventKind.REFUSED)


def _goes_with(event: CaseEvent) -> str | None:
    """The case that this one is merged into by the event, or answered with."""
    if event.kind is EventKind.MERGED:
        return str(event.detail["into"])
    if event.detail.get("ground") == ClosedFor.ANSWERED_WITH:
        return str(event.detail["with"])
    return None


async def facts_told(
    conn: AsyncConnection,
    store: Store,
    calendars: Calendars,
    occasion: Occasion,
    *,
    urls: tuple[str, str],
) -> NoticeFacts:
    """Everything that a notice may say; `urls` are the page with the petitioner's key and without.

    Raises ErasedError where a text that is told was erased.
    """
    case, event = occasion.case, occasion.event
    item = leaf_at(event.item, event.at) if event.item is not None else None
    due = promised(occasion)
    private, public = urls
    facts = NoticeFacts(
        number=case.number,
        kind=case.kind,
        at=event.at,
        urgent=item is not None and item.urgent,
        item=item_names(event),
        holder=await _holder(conn, occasion),
        due_at=due if due is not None and due > event.at else None,
        old_due_at=_old_due(event),
        overdue=due is not None and due <= event.at,
        days=_days(event),
        state=event.state,
        ground=_ground(event),
        linked=await opened_by(conn, event) or "",
        url=private,
        public_url=public,
    )
    said = await _texts(conn, store, occasion)
    return facts.model_copy(update=said | await _period(conn, calendars, occasion))


def item_names(event: CaseEvent) -> Names:
    """The item of an event in words; one that no department has is no name for people."""
    item = leaf_at(event.item, event.at) if event.item is not None else None
    if item is None or not item.assignable:
        return UNKNOWN_ITEM
    return Names(ko=item.name_ko, en=item.name_en)


def promised(occasion: Occasion) -> datetime | None:
    """The deadline to name: the legal one, else the target; of a case that has just been merged
    the one of all who reported the matter."""
    stands = occasion.held if occasion.event.kind is EventKind.MERGED else occasion.event
    return stands.legal_due_at or stands.target_due_at


def _old_due(event: CaseEvent) -> datetime | None:
    if event.kind is not EventKind.RECOMPUTED:
        return None
    was = event.detail.get("old_legal_due_at") or event.detail.get("old_target_due_at")
    return datetime.fromisoformat(str(was)) if was else None


def _days(event: CaseEvent) -> int | None:
    days = event.detail.get("days")
    return int(str(days)) if days is not None else None


def _ground(event: CaseEvent) -> Names | None:
    name = GROUNDS.get(event.kind)
    found = choice(name, event.detail.get(name)) if name else None
    return Names(ko=found.ko, en=found.en) if found else None


async def _texts(conn: AsyncConnection, store: Store, occasion: Occasion) -> dict[str, object]:
    """The words of the texts that the event names; the remedies of a refusal that was given to
    the case answered with this one stand there."""
    event = occasion.event
    if event.kind is EventKind.RECOMPUTED:
        return {"reason": str(event.detail.get("reason") or "")}
    told = TOLD_TEXTS.get(event.kind)
    if told is None:
        return {}
    texts = await texts_of(conn, store, event.case)
    said: dict[str, object] = {}
    for field, name in told.items():
        text = named_text(texts, event, field)
        if text is not None:
            said[name] = text.text if occasion.is_own else text.masked
            if name == "answer":
                said["public_answer"] = text.masked
    if occasion.by is not event:
        others = await texts_of(conn, store, occasion.by.case)
        remedy = named_text(others, occasion.by, "remedy")
        said["remedy"] = remedy.masked if remedy else ""
    return said


def named_text(texts: Mapping[UUID, StoredText], event: CaseEvent, field: str) -> StoredText | None:
    """The text that a field of the event names; None for a field left empty.

    Raises KeyError for a text that is not there.
    """
    try:
        named = UUID(str(event.detail.get(field)))
    except ValueError:
        return None
    return texts[named]


async def _period(
    conn: AsyncConnection, calendars: Calendars, occasion: Occasion
) -> dict[str, object]:
    """The end of the period that the event gives the petitioner, by the newest calendar."""
    event = occasion.event
    if event.kind in RUNGS:
        due = event.detail.get("due_at")
        return {"until": datetime.fromisoformat(str(due)) if due else None}
    if event.kind not in SUPPLEMENT_PERIODS | DISPOSITIONS:
        return {}
    then = await facts_then(conn, occasion.case, event)
    law = BookLaw(read_rule_book(), await calendars.current(conn))
    if event.kind in DISPOSITIONS:
        return {"until": law.objection_due(then) if then.disposed_at == event.at else None}
    again = then.supplement is not None and then.supplement.again
    return {"until": law.supplement_due(then), "again": again}


async def facts_then(conn: AsyncConnection, case: Case, event: CaseEvent) -> CaseFacts:
    """What `case` was right after its own event."""
    log = [one for one in await events_of(conn, case.number) if one.seq <= event.seq]
    return facts_of(log, kind=case.kind, synthetic=case.synthetic)


async def _holder(conn: AsyncConnection, occasion: Occasion) -> Holder:
    """Who answers for the case (영 §31): its officer, not the head who approves; whoever passed it
    on to another department is not named."""
    event, held, actor = occasion.event, occasion.held, occasion.by.actor
    elsewhere = held.number != event.case
    code = (held.department if elsewhere else event.department) or FIRST_LINE
    day = event.at.astimezone(SEOUL).date()
    names = Names(ko=full_name_ko(code, on_date=day), en=full_name_en(code, on_date=day))
    acting = actor.account if actor.role in HOLDS_CASES and actor.department == code else None
    approving = acting is not None and actor.role is not Role.OFFICER
    login = (held.officer or acting) if approving else (acting or held.officer)
    account = await find_account(conn, login) if login else None
    if account is None or account.department != code:
        return Holder(department=names, phone=department(code).phone)
    phone = account.phone or department(code).phone
    return Holder(department=names, phone=phone, officer=account.name)
