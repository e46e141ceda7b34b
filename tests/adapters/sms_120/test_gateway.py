"""The gateway of the 120 centre: signed, committed, once, and never lost."""

import asyncio
import json
from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import func, select

from adapters.channel import GatewaySecrets
from adapters.signatures import signed
from adapters.sms_120.gateway import CALLS, LIMIT, MESSAGES, gateway
from adapters.sms_120.twilio import twilio_signature
from schema.numbers import is_receipt_number
from storage.sealing import load_data_key
from storage.store import Store, open_store
from storage.tables import intake_journal

KEY = "the 120 centre's key"
PAGES = "https://minwon.example"
SAMPLES = files("adapters.sms_120").joinpath("samples")
CALL_BODY = SAMPLES.joinpath("call.json").read_bytes()
TWILIO_BODY = SAMPLES.joinpath("twilio_message.form").read_bytes()


def client_of(store: Store, key: str | None = KEY) -> httpx.AsyncClient:
    """A client of the gateway on `store`."""
    app = FastAPI()
    app.include_router(gateway(store, GatewaySecrets(pages_url=PAGES, sms_120_key=key)))
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(transport=transport, base_url="http://inside:8080")


@pytest_asyncio.fixture
async def client(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the gateway."""
    async with client_of(store) as made:
        yield made


async def post(client: httpx.AsyncClient, path: str, body: bytes, **headers: str) -> httpx.Response:
    """Post `body`, signed with the right key."""
    return await client.post(
        path, content=body, headers={"X-Minwon-Signature": signed(body, KEY), **headers}
    )


async def rows(store: Store) -> list[Any]:
    """The journal."""
    async with store.engine.connect() as conn:
        return list((await conn.execute(select(intake_journal).order_by("id"))).all())


async def payload(store: Store, row: Any) -> bytes:
    """What the journal keeps of the record."""
    async with store.engine.connect() as conn:
        key = await load_data_key(conn, store.keyring, row.data_key_id)
    return key.open(row.payload)


async def test_a_call_gets_a_receipt_number(client: httpx.AsyncClient, store: Store) -> None:
    """And the journal keeps the very bytes, sealed."""
    answer = await post(client, CALLS, CALL_BODY)
    assert answer.status_code == 201
    [row] = await rows(store)
    assert answer.json() == {"receipt_number": row.receipt_number, "status": "SUBMITTED"}
    assert is_receipt_number(row.receipt_number)
    assert (row.channel, row.kind, row.external_id) == ("sms_120", "call", "call:C20261123-000317")
    assert await payload(store, row) == CALL_BODY
    assert "망원시장".encode() not in row.payload


async def test_the_same_call_again_has_the_same_number(
    client: httpx.AsyncClient, store: Store
) -> None:
    """Also where its text was put differently in between."""
    changed = json.dumps({**json.loads(CALL_BODY), "agent": "A118"}).encode()
    numbers = {
        (await post(client, CALLS, body)).json()["receipt_number"]
        for body in (CALL_BODY, CALL_BODY, changed)
    }
    assert len(numbers) == 1


async def test_a_call_and_a_message_of_one_id_are_two_petitions(
    client: httpx.AsyncClient,
) -> None:
    """Their senders count each for themselves."""
    call = await post(client, CALLS, b'{"call_id": "17"}')
    message = await post(client, MESSAGES, b'{"message_id": "17"}')
    assert call.json()["receipt_number"] != message.json()["receipt_number"]


@pytest.mark.parametrize("path", [CALLS, MESSAGES])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Minwon-Signature": signed(CALL_BODY, "another key")},
        {"X-Minwon-Signature": signed(b"another body", KEY)},
        {"X-Twilio-Signature": "AAAA"},
    ],
)
async def test_a_wrong_signature_leaves_no_record(
    client: httpx.AsyncClient, store: Store, path: str, headers: dict[str, str]
) -> None:
    """401, in words, and nothing in the journal."""
    answer = await client.post(path, content=CALL_BODY, headers=headers)
    assert answer.status_code == 401
    assert set(answer.json()) == {"code", "message_ko", "message_en"}
    assert await rows(store) == []


async def test_without_a_key_everything_is_refused(store: Store) -> None:
    """A gateway that nobody configured is closed, not open."""
    async with client_of(store, key=None) as client:
        assert (await post(client, CALLS, CALL_BODY)).status_code == 401


@pytest.mark.parametrize("path", [CALLS, MESSAGES])
async def test_a_record_too_large_is_refused(
    client: httpx.AsyncClient, store: Store, path: str
) -> None:
    """413, by its length and by counting where no length is told."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(LIMIT // 1024 + 1):
            yield b" " * 1024

    told = await client.post(path, content=b" " * (LIMIT + 1))
    counted = await client.post(path, content=pieces())
    assert (told.status_code, counted.status_code) == (413, 413)
    assert await rows(store) == []


@pytest.mark.parametrize(
    "body", [b"\xff\xfe not json", b"[]", b"{", b'{"call_id": 5}', b'{"call_id": "a\\u0000b"}', b""]
)
async def test_what_is_signed_is_kept_though_nobody_can_read_it(
    client: httpx.AsyncClient, store: Store, body: bytes
) -> None:
    """Whole, once, with a number: it ends in quarantine and a person looks at it."""
    first = await post(client, CALLS, body)
    second = await post(client, CALLS, body)
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert [await payload(store, row) for row in await rows(store)] == [body, body]


async def test_a_message_as_json(client: httpx.AsyncClient, store: Store) -> None:
    """The plain form for every carrier."""
    body = SAMPLES.joinpath("message.json").read_bytes()
    assert (await post(client, MESSAGES, body)).status_code == 201
    [row] = await rows(store)
    assert (row.kind, row.external_id) == ("message", "message:KT-20261123-88121")


@pytest.mark.parametrize("base", [PAGES, "http://inside:8080"])
async def test_a_message_from_twilio(client: httpx.AsyncClient, store: Store, base: str) -> None:
    """Signed for our public address or for the one it came to; answered with empty TwiML."""
    fields = dict(httpx.QueryParams(TWILIO_BODY.decode()))
    answer = await client.post(
        MESSAGES,
        content=TWILIO_BODY,
        headers={
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": twilio_signature(base + MESSAGES, list(fields.items()), KEY),
        },
    )
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/xml")
    assert answer.text.endswith("<Response/>")
    [row] = await rows(store)
    assert row.external_id == "message:SM00000000000000000000000000000120"
    assert await payload(store, row) == TWILIO_BODY


def test_the_documented_signature_of_twilio() -> None:
    """The worked example of Twilio's own page on security."""
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert twilio_signature(url, list(fields.items()), "12345") == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


async def test_a_twilio_message_changed_on_the_way_is_refused(
    client: httpx.AsyncClient, store: Store
) -> None:
    """One letter is enough."""
    fields = dict(httpx.QueryParams(TWILIO_BODY.decode()))
    signature = twilio_signature(PAGES + MESSAGES, list(fields.items()), KEY)
    fields["Body"] += "!"
    answer = await client.post(
        MESSAGES,
        content=urlencode(fields).encode(),
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": signature,
        },
    )
    assert answer.status_code == 401
    assert await rows(store) == []


async def test_nothing_is_promised_while_the_database_is_away(store: Store) -> None:
    """503 with Retry-After: the sender keeps the record and sends it again."""
    away = open_store(
        "postgresql+asyncpg://nobody@127.0.0.1:9/none",
        keyring=store.keyring,
        files=store.files,
        role="test",
    )
    async with client_of(away) as client:
        answer = await post(client, CALLS, CALL_BODY)
    await away.close()
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["code"] == "try_again"


async def test_two_deliveries_at_once_are_one_number(
    client: httpx.AsyncClient, store: Store
) -> None:
    """The second waits for the first."""
    answers = await asyncio.gather(*(post(client, CALLS, CALL_BODY) for _ in range(6)))
    assert len({answer.json()["receipt_number"] for answer in answers}) == 1
    async with store.engine.connect() as conn:
        numbers = select(func.count(intake_journal.c.receipt_number.distinct()))
        assert await conn.scalar(numbers) == 1
