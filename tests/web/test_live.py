"""Streams of pages that update by themselves: who is told what, and when a stream ends."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from schema.codes import Action, Role, Visibility
from storage.live import LISTENER
from storage.store import Store
from tests.web.conftest import CLEANSING, FIRST_LINE, ROADS, City
from tests.web.life import merged
from tests.web.streams import Told, serving, told
from web.application import end_streams
from web.citizen.access import KEY_COOKIE
from web.live import MOST_WAITING, Interest, Live, TooManyStreamsError
from web.sign_in import SESSION_COOKIE

SOON = 5.0
"""Seconds within which a page has to be told (the promise); without news, half of one is waited."""


@pytest_asyncio.fixture(loop_scope="session")
async def address(city: City) -> AsyncIterator[str]:
    """A server of the city."""
    async with serving(city.app) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def live(store: Store) -> AsyncIterator[Live]:
    """The changes of a database."""
    made = Live(store)
    yield made
    await made.close()


def _opening(address: str, city: City, number: str, seen: str = "") -> httpx.AsyncClient:
    cookies = {KEY_COOKIE: city.key(number)}
    return httpx.AsyncClient(base_url=address, cookies=cookies, params={"seen": seen}, timeout=20)


async def _next(events: AsyncIterator[Told]) -> Told:
    async with asyncio.timeout(SOON):
        return await anext(events)


async def test_an_event_reaches_the_page_of_its_case(city: City, address: str) -> None:
    """First the stream is ready, then each event that the petitioner may read is told, by codes."""
    number = await city.case()
    async with (
        _opening(address, city, number) as browser,
        browser.stream("GET", f"/cases/{number}/live") as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream"), await answer.aread()
        events = told(answer)
        assert (await _next(events)).event == "ready"
        await city.record(number, Action.START)
        news = await _next(events)
        assert news.event == "changed"
        assert isinstance(news.data, list)
        (change,) = news.data
        assert change["case"] == number
        assert change["state"] == "PROCESSING"
        assert set(change) == {"case", "seq", "kind", "state", "department"}


async def test_a_page_that_missed_something_is_told_at_once(city: City, address: str) -> None:
    """Between reading the page and opening its stream, and while the stream was broken, nothing
    is lost: the first event says that things have moved."""
    number = await city.case()
    async with _opening(address, city, number) as browser:
        async with browser.stream("GET", f"/cases/{number}/live") as answer:
            seen = (await _next(told(answer))).id
        headers = {"last-event-id": seen}
        async with browser.stream("GET", f"/cases/{number}/live", headers=headers) as answer:
            assert (await _next(told(answer))).event == "ready"
        await city.record(number, Action.START)
        async with browser.stream("GET", f"/cases/{number}/live", headers=headers) as answer:
            assert (await _next(told(answer))).event == "reload"


@pytest.mark.parametrize("key", ["wrong", ""])
async def test_no_stream_without_the_key(city: City, address: str, key: str) -> None:
    """A wrong key, no key, and no such case: the same 404, of the same length."""
    number = await city.case()
    nobody = f"250101-999999-{number[-1]}"
    answers = []
    async with httpx.AsyncClient(base_url=address, cookies={KEY_COOKIE: key}) as browser:
        answers = [await browser.get(f"/cases/{one}/live") for one in (number, nobody)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


async def test_another_key_opens_no_stream(city: City, address: str) -> None:
    """The key of one case is none for another."""
    number, other = await city.case(), await city.case()
    async with httpx.AsyncClient(
        base_url=address, cookies={KEY_COOKIE: city.key(other)}
    ) as browser:
        assert (await browser.get(f"/cases/{number}/live")).status_code == 404


async def test_a_petition_in_the_journal_is_followed_into_its_case(
    city: City, address: str
) -> None:
    """The page that waits for registration has a stream too."""
    answer = await city.browser().post("/api/v1/petitions", json={"text": "가로등이 꺼졌어요"})
    number = answer.json()["receipt_number"]
    async with (
        _opening(address, city, number, seen="0") as browser,
        browser.stream("GET", f"/cases/{number}/live") as stream,
    ):
        assert (await _next(told(stream))).event == "ready"


async def test_what_is_internal_is_told_to_staff_only(city: City, live: Live) -> None:
    """A petitioner's stream does not even say that something internal happened."""
    number = await city.case()
    mine = Interest(cases=frozenset({number}), eyes=Visibility.PETITIONER)
    theirs = Interest(cases=frozenset({number}))
    async with live.subscribe(mine) as petitioner, live.subscribe(theirs) as staff:
        await city.record(number, Action.COMMENT, text="업체에 전화함")
        async with asyncio.timeout(SOON):
            assert [change.kind for change in (await staff.news()).changes] == ["commented"]
        await city.record(number, Action.START)
        async with asyncio.timeout(SOON):
            assert [change.kind for change in (await petitioner.news()).changes] == ["started"]


async def test_a_department_hears_of_its_cases_and_of_those_that_leave(
    city: City, live: Live
) -> None:
    """The queue that a case goes out of has to know, as well as the one that it goes into; nobody
    else does."""
    number = await city.case()
    interests = [Interest(departments=frozenset({name})) for name in (ROADS, CLEANSING, FIRST_LINE)]
    async with (
        live.subscribe(interests[0]) as left,
        live.subscribe(interests[1]) as came,
        live.subscribe(interests[2]) as others,
        live.subscribe(Interest(everything=True)) as everything,
    ):
        await city.record(number, Action.TRANSFER, department=CLEANSING, reason="청소 일")
        for one in (left, came, everything):
            async with asyncio.timeout(SOON):
                assert [change.case for change in (await one.news()).changes] == [number]
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await others.news()


async def test_a_merged_petition_hears_of_the_case_it_belongs_to(city: City, address: str) -> None:
    """What happens to the matter is told on the pages of all who reported it."""
    number, root = await merged(city)
    async with (
        _opening(address, city, number) as browser,
        browser.stream("GET", f"/cases/{number}/live") as answer,
    ):
        events = told(answer)
        assert (await _next(events)).event == "ready"
        await city.record(root, Action.ANSWER, text="고쳤습니다")
        assert (await _next(events)).event == "changed"


async def test_a_reader_that_takes_nothing_looks_at_everything_again(
    city: City, live: Live
) -> None:
    """What waits is bounded: beyond that it is dropped, and the page is told so once."""
    number = await city.case()
    async with live.subscribe(Interest(cases=frozenset({number}))) as slow:
        for _ in range(MOST_WAITING // 2 + 1):
            await city.record(number, Action.COMMENT, text="하나")
            await city.record(number, Action.COMMENT, text="둘")
        async with asyncio.timeout(SOON):
            await live_has(live, (await _length(city, number)))
            news = await slow.news()
        assert news.lost
        assert len(news.changes) < MOST_WAITING


async def live_has(live: Live, position: int) -> None:
    """Wait until everything up to `position` was spread."""
    while live.position < position:  # noqa: ASYNC110 - the log has no event for it
        await asyncio.sleep(0.05)


async def _length(city: City, number: str) -> int:
    async with city.store.engine.connect() as conn:
        statement = text("SELECT max(id) FROM outbox WHERE key = :number")
        return int(await conn.scalar(statement, {"number": number}) or 0)


async def test_a_lost_connection_loses_nothing(city: City, live: Live) -> None:
    """The listening connection is ended at the server; what is recorded then is told all the
    same, once."""
    number = await city.case()
    async with live.subscribe(Interest(cases=frozenset({number}))) as subscription:
        async with city.store.engine.connect() as conn:
            ended = await conn.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND application_name = :name"
                ),
                {"name": LISTENER},
            )
            assert ended.rowcount
        await city.record(number, Action.START)
        async with asyncio.timeout(2 * SOON):
            assert [change.kind for change in (await subscription.news()).changes] == ["started"]


async def test_a_lower_number_that_comes_later_is_not_missed(store: Store, city: City) -> None:
    """Two acts at once: the one that took its place in the outbox first commits last."""
    first, second = await city.case(), await city.case()
    live = Live(store)
    async with live.subscribe(Interest(everything=True)) as everything:
        async with store.engine.begin() as conn:
            await conn.execute(text("SELECT nextval('outbox_id_seq')"))
            early = await conn.scalar(text("SELECT currval('outbox_id_seq')"))
            await city.record(second, Action.START)
            async with asyncio.timeout(SOON):
                assert [change.case for change in (await everything.news()).changes] == [second]
            await conn.execute(
                text("UPDATE outbox SET id = :early WHERE id = (SELECT min(id) FROM outbox)"),
                {"early": early},
            )
        await city.record(first, Action.COMMENT, text="뒤에")
        async with asyncio.timeout(SOON):
            seen: set[int] = set()
            while early not in seen:
                seen |= {change.position for change in (await everything.news()).changes}
    await live.close()


async def test_one_address_and_one_process_have_bounds(store: Store) -> None:
    """Beyond them a stream is refused; when one ends there is room again."""
    live = Live(store, most=3, most_from_one_address=2)
    here = Interest(everything=True)
    async with live.subscribe(here, address="a"):
        async with live.subscribe(here, address="a"):
            with pytest.raises(TooManyStreamsError):
                async with live.subscribe(here, address="a"):
                    pass
            async with live.subscribe(here, address="b"):
                with pytest.raises(TooManyStreamsError):
                    async with live.subscribe(here, address="c"):
                        pass
        async with live.subscribe(here, address="a"):
            assert live.streams == 2
    assert live.streams == 0
    await live.close()


async def test_a_refused_stream_says_so(city: City, address: str) -> None:
    """503 with Retry-After and words, not a stream that says nothing."""
    number = await city.case()
    await end_streams(city.app)
    async with _opening(address, city, number) as browser:
        answer = await browser.get(f"/cases/{number}/live")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.json()["code"] == "too_many_streams"


async def test_open_streams_end_with_the_server(city: City) -> None:
    """Whoever ends the process does not wait for those who read: each stream comes to its own
    end, before the server would have to break it off."""
    number = await city.case()
    async with _opening("", city, number) as browser:
        async with serving(city.app) as found:
            stream = browser.stream("GET", f"{found}/cases/{number}/live")
            answer = await stream.__aenter__()
            events = told(answer)
            await _next(events)
        with pytest.raises(StopAsyncIteration):
            await _next(events)
        await stream.__aexit__(None, None, None)


async def test_streams_of_staff_are_for_staff(city: City, address: str) -> None:
    """Nobody who has not signed in; an officer hears of the own department's cases."""
    number = await city.case()
    async with httpx.AsyncClient(base_url=address) as nobody:
        assert (await nobody.get("/staff/live")).status_code == 401
    officer = await city.staff(Role.OFFICER, ROADS)
    cookies = {SESSION_COOKIE: str(officer.cookies[SESSION_COOKIE])}
    async with (
        httpx.AsyncClient(base_url=address, cookies=cookies, timeout=20) as browser,
        browser.stream("GET", "/staff/live") as answer,
    ):
        events = told(answer)
        ready = await _next(events)
        assert ready.event == "ready"
        await city.record(number, Action.COMMENT, text="업체에 전화함")
        assert (await _next(events)).event == "changed"
        headers = {"last-event-id": ready.id}
        async with browser.stream("GET", "/staff/live", headers=headers) as again:
            assert (await _next(told(again))).event == "reload"
