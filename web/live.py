"""Pages that update by themselves: one listening connection a process, a stream a page.

A stream says only that something changed, and where: the page is fetched again by whoever may see
it. Whoever opens one has checked the right to (a case's key, a role); it ends after LONGEST, so
that the right is asked for again.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from prometheus_client import Gauge
from sqlalchemy.exc import SQLAlchemyError
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from schema.codes import Visibility
from storage.live import Change, GrowingLog
from storage.store import Store

log = structlog.get_logger()

STREAMS = Gauge("minwon_live_streams", "Pages that are kept up to date")

HEARTBEAT_SECONDS = 15
SEND_SECONDS = 30.0
"""A reader that takes nothing for so long is gone."""
LONGEST = 600.0
MOST_WAITING = 100
MOST_STREAMS = 2_000
MOST_FROM_ONE_ADDRESS = 60
"""A whole office or a mobile carrier may stand behind one address."""
FAULT_PAUSE = 1.0
LISTENS_WITHIN = 5.0

SEEN_BY: dict[Visibility, frozenset[Visibility]] = {
    Visibility.PUBLIC: frozenset({Visibility.PUBLIC}),
    Visibility.PETITIONER: frozenset({Visibility.PUBLIC, Visibility.PETITIONER}),
    Visibility.INTERNAL: frozenset(Visibility),
}


@dataclass(frozen=True)
class Interest:
    """Which changes a page shows: those of some cases, of some departments' cases (a case that
    leaves a department too), or of all; and through whose eyes."""

    cases: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    everything: bool = False
    eyes: Visibility = Visibility.INTERNAL

    def topics(self) -> Iterator[tuple[str, str]]:
        """The names under which it is found."""
        yield from (("case", case) for case in self.cases)
        yield from (("department", department) for department in self.departments)
        if self.everything:
            yield "everything", ""


def topics_of(change: Change) -> Iterator[tuple[str, str]]:
    """The names under which those are found whom a change concerns."""
    yield "case", change.case
    for department in {change.department, change.left} - {None}:
        yield "department", str(department)
    yield "everything", ""


@dataclass(frozen=True)
class News:
    """What came since the last look. `lost`: it was too much to keep, look at everything again."""

    changes: tuple[Change, ...] = ()
    lost: bool = False
    closed: bool = False


@dataclass(eq=False)
class Subscription:
    """One page's share of the changes; what it does not take in time is dropped as a whole."""

    interest: Interest
    _waiting: list[Change] = field(default_factory=list)
    _lost: bool = False
    _closed: bool = False
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, change: Change) -> None:
        """Give it a change; never waits."""
        if change.visibility not in SEEN_BY[self.interest.eyes]:
            return
        self._waiting.append(change)
        if len(self._waiting) > MOST_WAITING:
            self.lose()
        self._woken.set()

    def lose(self) -> None:
        """Say that something may have been missed."""
        self._waiting.clear()
        self._lost = True
        self._woken.set()

    def close(self) -> None:
        """End it; what waits is not given any more."""
        self._closed = True
        self._woken.set()

    async def news(self) -> News:
        """What came, as soon as there is something."""
        await self._woken.wait()
        found = News(tuple(self._waiting), self._lost, self._closed)
        self._waiting.clear()
        self._lost = False
        if not self._closed:
            self._woken.clear()
        return found


class TooManyStreamsError(Exception):
    """This process, or this address, has as many streams as it may, or it cannot listen now."""


class Live:
    """The changes of this process's database, spread to whoever subscribes.

    It begins to listen with the first subscription and ends with `close`.
    """

    def __init__(
        self,
        store: Store,
        *,
        most: int = MOST_STREAMS,
        most_from_one_address: int = MOST_FROM_ONE_ADDRESS,
    ) -> None:
        self._log = GrowingLog(store.engine)
        self._most = most
        self._most_from_one = most_from_one_address
        self._subscribed: dict[tuple[str, str], set[Subscription]] = {}
        self._by_address: Counter[str] = Counter()
        self._following: asyncio.Task[None] | None = None
        self._listens = asyncio.Event()
        self._closed = False

    @property
    def position(self) -> int:
        """The newest change that was spread."""
        return self._log.position

    @property
    def streams(self) -> int:
        """How many are subscribed."""
        return self._by_address.total()

    @asynccontextmanager
    async def subscribe(
        self, interest: Interest, *, address: str = ""
    ) -> AsyncIterator[Subscription]:
        """The changes of `interest` from now on. The caller has checked that they may be seen.

        Raises TooManyStreamsError.
        """
        with self._counted(address):
            if self._following is None:
                self._following = asyncio.create_task(self._follow())
            await self._until_it_listens()
            subscription = Subscription(interest)
            if self._closed:
                subscription.close()
            for topic in interest.topics():
                self._subscribed.setdefault(topic, set()).add(subscription)
            try:
                yield subscription
            finally:
                self._leave(subscription)

    async def _until_it_listens(self) -> None:
        try:
            async with asyncio.timeout(LISTENS_WITHIN):
                await self._listens.wait()
        except TimeoutError:
            raise TooManyStreamsError from None

    async def close(self) -> None:
        """End every stream at once, and listen no more."""
        self._closed = True
        self._listens.set()
        for subscription in self._everybody():
            subscription.close()
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)

    @contextmanager
    def _counted(self, address: str) -> Iterator[None]:
        many = self._by_address[address] >= self._most_from_one
        if many or self.streams >= self._most or self._closed:
            raise TooManyStreamsError
        self._by_address[address] += 1
        STREAMS.inc()
        try:
            yield
        finally:
            STREAMS.dec()
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]

    def _leave(self, subscription: Subscription) -> None:
        for topic in subscription.interest.topics():
            found = self._subscribed.get(topic, set())
            found.discard(subscription)
            if not found:
                self._subscribed.pop(topic, None)

    def _everybody(self) -> set[Subscription]:
        return set().union(*self._subscribed.values())

    async def _follow(self) -> None:
        """Spread what is committed, for ever; a database that is away is waited for."""
        while True:
            try:
                async for batch in self._log.follow():
                    self._listens.set()
                    self._spread(batch)
            except (SQLAlchemyError, OSError) as error:
                log.warning("live pages wait for the database", fault=type(error).__name__)
            await asyncio.sleep(FAULT_PAUSE)

    def _spread(self, batch: Iterable[Change]) -> None:
        for change in batch:
            concerned = [self._subscribed.get(topic, ()) for topic in topics_of(change)]
            for subscription in set().union(*concerned):
                subscription.offer(change)


class Watched(Protocol):
    """What a page shows, as its stream has to know it."""

    @property
    def interest(self) -> Interest:
        """Which changes concern it."""

    async def mark(self) -> str:
        """What a page fetched now has seen: the stream's event id."""

    async def has_moved(self, seen: str) -> bool:
        """True where a page that has seen `seen` is no longer as things stand."""

    def is_outdated(self, changes: Iterable[Change]) -> bool:
        """True where after `changes` the interest itself is another: the stream begins anew."""


class LiveResponse(Response):
    """The stream of a page: `changed` with what changed, `reload` where that was not kept.

    `seen` is what the page had seen when it was fetched, or the id of the last event that reached
    it (Last-Event-ID): where things have moved since, the first event says so.
    """

    def __init__(self, live: Live, watched: Watched, *, address: str, seen: str) -> None:
        self.status_code = 200
        self.background = None
        self._live = live
        self._watched = watched
        self._address = address
        self._seen = seen
        self.init_headers({})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until the reader goes, the process ends, or the right has to be asked anew."""
        try:
            async with self._live.subscribe(
                self._watched.interest, address=self._address
            ) as subscription:
                stream = EventSourceResponse(
                    self._events(subscription), ping=HEARTBEAT_SECONDS, send_timeout=SEND_SECONDS
                )
                await stream(scope, receive, send)
        except TooManyStreamsError:
            await _too_many()(scope, receive, send)

    async def _events(self, subscription: Subscription) -> AsyncIterator[ServerSentEvent]:
        mark = await self._watched.mark()
        moved = bool(self._seen) and await self._watched.has_moved(self._seen)
        # Whoever reconnects after a restart does not do so in the same moment as all others.
        retry = random.randint(1_000, 4_000)  # noqa: S311
        yield ServerSentEvent("{}", event="reload" if moved else "ready", id=mark, retry=retry)
        ends_at = asyncio.get_running_loop().time() + LONGEST
        outdated = False
        while not outdated:
            try:
                async with asyncio.timeout_at(ends_at):
                    news = await subscription.news()
            except TimeoutError:
                return
            if news.closed:
                return
            yield await self._said(news)
            outdated = self._watched.is_outdated(news.changes)

    async def _said(self, news: News) -> ServerSentEvent:
        mark = await self._watched.mark()
        if news.lost:
            return ServerSentEvent("{}", event="reload", id=mark)
        changes = [_told(change) for change in news.changes]
        return ServerSentEvent(json.dumps(changes), event="changed", id=mark)


def _told(change: Change) -> dict[str, object]:
    """A change as the stream tells it: codes and numbers, no internal detail."""
    return {
        "case": change.case,
        "seq": change.seq,
        "kind": change.kind,
        "state": change.state,
        "department": change.department,
    }


def _too_many() -> Response:
    body = {
        "code": "too_many_streams",
        "message_ko": "지금은 화면이 저절로 바뀌지 않습니다. 새로 고침을 눌러 확인해 주세요.",
        "message_en": "This page does not update by itself just now; reload it to look again.",
    }
    return JSONResponse(body, status_code=503, headers={"retry-after": "30"})
