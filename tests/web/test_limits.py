"""Limits per address, whose address it is, and how large and how slow a body may be."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from rules.request_limits import request_limits
from tests.web.conftest import City
from web.addresses import NOBODY, address_of, read_networks
from web.bodies import MIB, Bodies, most_bytes

PROXY = read_networks("10.0.0.0/8, fd00::/8")
LIMITS = {one.name: one for one in request_limits()}


def _scope(client: str | None, *forwarded: str) -> Scope:
    headers = [(b"x-forwarded-for", one.encode("latin-1")) for one in forwarded]
    return {"type": "http", "client": (client, 1) if client else None, "headers": headers}


@pytest.mark.parametrize(
    ("client", "forwarded", "found"),
    [
        ("203.0.113.9", (), "203.0.113.9"),
        ("203.0.113.9", ("198.51.100.1",), "203.0.113.9"),
        ("10.0.0.2", (), "10.0.0.2"),
        ("10.0.0.2", ("198.51.100.1",), "198.51.100.1"),
        ("10.0.0.2", ("192.0.2.66, 198.51.100.1",), "198.51.100.1"),
        ("10.0.0.2", ("192.0.2.66", "198.51.100.1"), "198.51.100.1"),
        ("10.0.0.2", ("192.0.2.66, 198.51.100.1, 10.0.0.7",), "198.51.100.1"),
        ("10.0.0.2", ("10.0.0.9",), "10.0.0.9"),
        ("10.0.0.2", ("192.0.2.66, unknown",), "10.0.0.2"),
        ("10.0.0.2", ("\xff\x00",), "10.0.0.2"),
        ("::ffff:203.0.113.9", (), "203.0.113.9"),
        ("2001:db8:1:2:aaaa::1", (), "2001:db8:1:2::/64"),
        ("fd00::1", ("2001:db8:1:2:bbbb::9",), "2001:db8:1:2::/64"),
        (None, ("198.51.100.1",), NOBODY),
        ("testclient", (), NOBODY),
    ],
)
def test_an_address_is_believed_only_of_a_trusted_proxy(
    client: str | None, forwarded: tuple[str, ...], found: str
) -> None:
    """Whoever writes X-Forwarded-For to us counts as who they are."""
    assert address_of(_scope(client, *forwarded), PROXY) == found


async def _until_limited(
    browser: httpx.AsyncClient, method: str, path: str, most: int
) -> list[httpx.Response]:
    answers = []
    for _ in range(most + 1):
        answers.append(await browser.request(method, path))
        if answers[-1].status_code == 429:
            break
    return answers


async def test_who_asks_too_often_is_asked_to_wait(city: City) -> None:
    """With 429, Retry-After, and words; other addresses and other pages are not touched."""
    limit = LIMITS["feeds"]
    browser = city.browser()
    answers = await _until_limited(browser, "GET", "/public/feed.atom", limit.amount)
    assert [answer.status_code for answer in answers] == [200] * limit.amount + [429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= limit.seconds
    assert "너무 많은 요청" in answers[-1].text
    assert "content-security-policy" in answers[-1].headers
    assert (await browser.get("/cases")).status_code == 200
    elsewhere = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=city.app, client=("203.0.113.9", 1)),
        base_url="http://minwon.test",
    )
    async with elsewhere:
        assert (await elsewhere.get("/public/feed.atom")).status_code == 200


async def test_a_made_up_forwarded_address_changes_nothing(city: City) -> None:
    """Each request of a flood names another address; all count as one."""
    browser = city.browser()
    statuses = []
    for n in range(LIMITS["feeds"].amount + 1):
        headers = {"x-forwarded-for": f"198.51.100.{n}"}
        statuses.append((await browser.get("/public/feed.rss", headers=headers)).status_code)
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/v1/petitions/261123-000001-K", "key_guessing"),
        ("/cases/261123-000001-K", "key_guessing"),
        ("/public/261123-000001-K", "public_guessing"),
    ],
)
async def test_keys_and_numbers_cannot_be_guessed_at_speed(
    city: City, path: str, name: str
) -> None:
    """What misses counts; the right key then waits too, so that nothing is learnt."""
    answers = await _until_limited(city.browser(), "GET", path, LIMITS[name].amount)
    assert {answer.status_code for answer in answers[:-1]} == {404}
    assert answers[-1].status_code == 429
    assert len(answers) == LIMITS[name].amount + 1


async def test_looking_often_with_the_right_key_is_no_guessing(city: City) -> None:
    """A page that is opened again and again stays open."""
    number = await city.case()
    browser = city.browser()
    headers = {"x-minwon-key": city.key(number)}
    for _ in range(LIMITS["key_guessing"].amount + 5):
        answer = await browser.get(f"/api/v1/petitions/{number}", headers=headers)
        assert answer.status_code == 200


async def test_a_program_is_told_in_json(city: City) -> None:
    """`too_many_requests`, with both languages."""
    path = "/api/v1/petitions/261123-000001-K"
    answers = await _until_limited(city.browser(), "GET", path, LIMITS["key_guessing"].amount)
    assert answers[-1].json()["code"] == "too_many_requests"
    assert set(answers[-1].json()) == {"code", "message_ko", "message_en"}


async def _stream(size: int) -> AsyncIterator[bytes]:
    for _ in range(0, size, 64 * 1024):
        yield b"a" * 64 * 1024


@pytest.mark.parametrize("path", ["/staff/sign-in", "/api/v1/session", "/cases", "/no-such-page"])
@pytest.mark.parametrize("length", ["chunked", "declared", "lying"])
async def test_a_body_that_is_too_large_is_not_read(city: City, path: str, length: str) -> None:
    """413 (or the refusal of who posts there at all), whether its length is told or not."""
    size = most_bytes(path) + MIB if path != "/cases" else 4 * MIB
    headers = {"content-type": "application/x-www-form-urlencoded"}
    if length != "chunked":
        headers["content-length"] = str(size) if length == "declared" else "9" * 400
    answer = await city.browser().post(path, content=_stream(size), headers=headers)
    assert 400 <= answer.status_code < 500, answer.text


async def test_a_body_that_does_not_come_is_given_up() -> None:
    """A sender that holds a connection with a body that never ends gets 408."""

    async def reads(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass

    async def stalls() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def drips() -> Message:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"a", "more_body": True}

    async def nowhere(message: Message) -> None:
        raise AssertionError(message)

    scope = {"type": "http", "method": "POST", "path": "/cases", "headers": []}
    for receive in (stalls, drips):
        with pytest.raises(HTTPException) as given_up:
            await Bodies(reads, first_seconds=0.1)(scope, receive, nowhere)
        assert given_up.value.status_code == 408
