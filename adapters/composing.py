"""From an event to words for its petitioner: the facts, the text, and the means that carries it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.channel import ChannelAdapter
from rules.notice_texts import NoticeFacts, render
from rules.notices import NoticeTable, read_notices
from rules.quiet_hours import QuietHours
from schema.addresses import case_address
from schema.codes import Channel, ReplyBy
from schema.events import CaseEvent
from schema.messages import Composed, NoticeText, Recipient
from storage.calendars import Calendars
from storage.cases import Case, petitioner_of
from storage.notice_facts import facts_told, occasion_of
from storage.store import Store


@dataclass(frozen=True)
class Telling:
    """How this city tells people: its channels, its quiet hours, its pages' address."""

    adapters: Mapping[Channel, ChannelAdapter]
    hours: QuietHours | None
    pages_url: str
    calendars: Calendars = field(default_factory=Calendars)

    @property
    def table(self) -> NoticeTable:
        """Who is told what, by the city's data in force."""
        return read_notices()


@dataclass(frozen=True)
class Fitted:
    """A notice in the shape of one means."""

    means: ReplyBy
    composed: Composed


async def facts_for(
    conn: AsyncConnection, store: Store, telling: Telling, case: Case, event: CaseEvent
) -> NoticeFacts:
    """What may be said to the petitioner of `case` because of `event`, of that case or of the one
    that it was merged into; the texts that it names are opened."""
    key = store.keyring.citizen_key(case.number, case.key_version)
    return await facts_told(
        conn,
        store,
        telling.calendars,
        await occasion_of(conn, case, event),
        urls=(
            case_address(telling.pages_url, case.number, key),
            case_address(telling.pages_url, case.number),
        ),
    )


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
