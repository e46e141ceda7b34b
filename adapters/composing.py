"""From an event to words for its petitioner: the facts, the text, and the means that carries it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.channel import ChannelAdapter
from rules.notice_texts import UNKNOWN_ITEM, Holder, Names, NoticeFacts, render
from rules.notices import NoticeTable, Standing, read_notices
from rules.organisation import FIRST_LINE, department, full_name_en, full_name_ko
from rules.quiet_hours import SEOUL, QuietHours
from rules.taxonomy import leaf_at
from schema.codes import Channel, EventKind, ReplyBy, Role, TextKind
from schema.events import CaseEvent
from schema.messages import Composed, NoticeText, Recipient
from storage.cases import Case, petitioner_of
from storage.staff import find_account
from storage.store import Store
from storage.texts import texts_of

HOLDS_CASES = frozenset({Role.OFFICER, Role.DEPARTMENT_HEAD, Role.FIRST_LINE})


@dataclass(frozen=True)
class Telling:
    """How this city tells people: its channels, its quiet hours, its pages' address."""

    adapters: Mapping[Channel, ChannelAdapter]
    hours: QuietHours | None
    pages_url: str

    @property
    def table(self) -> NoticeTable:
        """Who is told what, by the city's data in force."""
        return read_notices()


@dataclass(frozen=True)
class Fitted:
    """A notice in the shape of one means."""

    means: ReplyBy
    composed: Composed


def standing_of(case: Case, event: CaseEvent) -> Standing:
    """How the case stands for the notice table, with the item that it had at the event."""
    item = leaf_at(event.item, event.at) if event.item is not None else None
    return Standing(
        urgent=item is not None and item.urgent,
        handed_on=item is not None and item.handed_on,
        unassigned=case.department in (None, FIRST_LINE),
        answered=case.answered_at is not None,
    )


def case_url(pages_url: str, number: str, key: str | None = None) -> str:
    """The address of a case's page; with the petitioner's key it opens by itself."""
    address = f"{pages_url}/cases/{number}"
    return f"{address}?key={key}" if key else address


async def facts_for(
    conn: AsyncConnection, store: Store, telling: Telling, case: Case, event: CaseEvent
) -> NoticeFacts:
    """What may be said of `case` because of `event`; its answer is opened where it has one."""
    answer, public_answer = await _answer(conn, store, event)
    key = store.keyring.citizen_key(case.number, case.key_version)
    return NoticeFacts(
        number=case.number,
        kind=case.kind,
        at=event.at,
        urgent=standing_of(case, event).urgent,
        item=_item_names(event),
        holder=await _holder(conn, case, event),
        due_at=_promised(event),
        answer=answer,
        public_answer=public_answer,
        url=case_url(telling.pages_url, case.number, key),
        public_url=case_url(telling.pages_url, case.number),
    )


def _item_names(event: CaseEvent) -> Names:
    item = leaf_at(event.item, event.at) if event.item is not None else None
    if item is None or not item.assignable:
        return UNKNOWN_ITEM
    return Names(ko=item.name_ko, en=item.name_en)


def _promised(event: CaseEvent) -> datetime | None:
    """The deadline to name: the legal one, else the target; none that has passed already."""
    due = event.legal_due_at or event.target_due_at
    return due if due is not None and due > event.at else None


async def _answer(conn: AsyncConnection, store: Store, event: CaseEvent) -> tuple[str, str]:
    if event.kind is not EventKind.ANSWERED:
        return "", ""
    texts = await texts_of(conn, store, event.case, kinds=[TextKind.ANSWER])
    answer = texts[UUID(str(event.detail["text"]))]
    return answer.text, answer.masked


async def _holder(conn: AsyncConnection, case: Case, event: CaseEvent) -> Holder:
    """Who answers for the case. Whoever passed it on to another department is not named."""
    code = event.department or FIRST_LINE
    day = event.at.astimezone(SEOUL).date()
    names = Names(ko=full_name_ko(code, on_date=day), en=full_name_en(code, on_date=day))
    acting = event.actor.role in HOLDS_CASES and event.actor.department == code
    login = event.actor.account if acting else case.officer
    account = await find_account(conn, login) if login else None
    if account is None or account.department != code:
        return Holder(department=names, phone=department(code).phone)
    phone = account.phone or department(code).phone
    return Holder(department=names, phone=phone, officer=account.name)


def fit(
    notice: NoticeText,
    recipient: Recipient,
    adapter: ChannelAdapter,
    *,
    failed: Collection[ReplyBy] = (),
    barred: Collection[ReplyBy] = (),
) -> Fitted | None:
    """The notice in the first means that can carry it: the one asked for, then the channel's.

    `failed` were tried, `barred` may not be used. Whoever has no contact reads the page; after
    a failure the page is no means, for nobody knows to look there: then None.
    """
    for means in dict.fromkeys((recipient.reply_by, *adapter.means, ReplyBy.PAGE)):
        if means in failed or means in barred:
            continue
        if means is ReplyBy.PAGE:
            page = Composed(to=notice.url, subject=notice.subject, body=notice.body)
            return None if failed else Fitted(means, page)
        composed = adapter.compose(notice, recipient, means)
        if composed is not None:
            return Fitted(means, composed)
    return None


def barred_means(case: Case) -> frozenset[ReplyBy]:
    """A post that its author deleted is not replied to."""
    return frozenset({ReplyBy.THREAD}) if case.hidden else frozenset()


async def fit_notice(
    conn: AsyncConnection,
    store: Store,
    telling: Telling,
    *,
    case: Case,
    event: CaseEvent,
    template: str,
    failed: Collection[ReplyBy] = (),
) -> Fitted | None:
    """`template` in words for the petitioner of `case`, in the next means that can carry it.

    Raises ErasedError where the case was erased.
    """
    recipient = await petitioner_of(conn, store, case.number)
    facts = await facts_for(conn, store, telling, case, event)
    notice = render(template, facts, language=recipient.language)
    adapter = telling.adapters[case.channel]
    return fit(notice, recipient, adapter, failed=failed, barred=barred_means(case))
