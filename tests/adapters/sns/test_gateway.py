"""The gateways of X and Facebook: proven to be theirs, committed, one record a post."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import select

from adapters.channel import GatewaySecrets, IntakeRecord
from adapters.sns import ADAPTER
from adapters.sns.gateway import LIMIT, META_PATH, X_PATH
from schema.codes import Channel
from schema.quarantine import QuarantineReason, UnintelligibleError
from storage.sealing import load_data_key
from storage.store import Store, open_store
from storage.tables import intake_journal

X_KEY = "the consumer secret of X"
META_KEY = "the app secret of Meta"
VERIFY = "the verify token"
SAMPLES = files("adapters.sns").joinpath("samples")
POST = SAMPLES.joinpath("x_post.json").read_bytes()
EDIT = SAMPLES.joinpath("x_post_edited.json").read_bytes()
COMMENT = SAMPLES.joinpath("meta_comment.json").read_bytes()
KEYS = {"x_consumer_secret": X_KEY, "meta_app_secret": META_KEY, "meta_verify_token": VERIFY}


def client_of(store: Store, **keys: str) -> httpx.AsyncClient:
    """A client of the gateway on `store`."""
    app = FastAPI()
    secrets = GatewaySecrets(pages_url="https://minwon.example", **keys)
    app.include_router(ADAPTER.gateway(store, secrets))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://inside:8080")


@pytest_asyncio.fixture
async def client(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the gateway."""
    async with client_of(store, **KEYS) as made:
        yield made


def x_signature(body: bytes, key: str = X_KEY) -> str:
    """As X documents it: base64."""
    return "sha256=" + b64encode(hmac.digest(key.encode(), body, hashlib.sha256)).decode()


def meta_signature(body: bytes, key: str = META_KEY) -> str:
    """As Meta documents it: hex."""
    return "sha256=" + hmac.digest(key.encode(), body, hashlib.sha256).hex()


async def from_x(client: httpx.AsyncClient, body: bytes) -> httpx.Response:
    """X posts `body`."""
    headers = {"x-twitter-webhooks-signature": x_signature(body)}
    return await client.post(X_PATH, content=body, headers=headers)


async def from_meta(client: httpx.AsyncClient, body: bytes) -> httpx.Response:
    """Meta posts `body`."""
    headers = {"X-Hub-Signature-256": meta_signature(body)}
    return await client.post(META_PATH, content=body, headers=headers)


async def rows(store: Store) -> list[Any]:
    """The journal."""
    async with store.engine.connect() as conn:
        return list((await conn.execute(select(intake_journal).order_by("id"))).all())


async def payload(store: Store, row: Any) -> bytes:
    """What the journal keeps of the record."""
    async with store.engine.connect() as conn:
        key = await load_data_key(conn, store.keyring, row.data_key_id)
    return key.open(row.payload)


def in_intake(row: Any, body: bytes) -> IntakeRecord:
    """The row as intake gets it."""
    return IntakeRecord(
        channel=Channel.SNS,
        kind=row.kind,
        external_id=row.external_id,
        revision=row.revision,
        body=body,
        media_type=row.media_type,
        arrived_at=row.arrived_at,
    )


async def test_x_is_answered_its_challenge(client: httpx.AsyncClient) -> None:
    """The CRC token, signed with the consumer secret."""
    answer = await client.get(X_PATH, params={"crc_token": "a token"})
    assert answer.json() == {"response_token": x_signature(b"a token")}


async def test_meta_is_answered_its_challenge(client: httpx.AsyncClient) -> None:
    """The bare challenge, as text."""
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"}
    answer = await client.get(META_PATH, params=asked)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"hub.mode": "subscribe", "hub.verify_token": "another", "hub.challenge": "1"},
        {"hub.mode": "unsubscribe", "hub.verify_token": VERIFY, "hub.challenge": "1"},
    ],
)
async def test_a_wrong_verify_token_is_refused(
    client: httpx.AsyncClient, asked: dict[str, str]
) -> None:
    """403, and the challenge is not said back."""
    answer = await client.get(META_PATH, params=asked)
    assert answer.status_code == 403
    assert answer.json()["code"] == "wrong_token"


async def test_a_post_of_x_is_journalled_as_it_came(
    client: httpx.AsyncClient, store: Store
) -> None:
    """Byte for byte and sealed, without a receipt number: nobody waits for one."""
    assert (await from_x(client, POST)).status_code == 200
    [row] = await rows(store)
    assert (row.channel, row.kind, row.external_id) == ("sns", "x", "x:2122988335264927731")
    assert (row.revision, row.receipt_number) == (0, None)
    assert await payload(store, row) == POST
    assert "안국역".encode() not in row.payload


async def test_an_edit_has_the_name_of_its_first_version(
    client: httpx.AsyncClient, store: Store
) -> None:
    """And its place in the history as revision."""
    await from_x(client, POST)
    await from_x(client, EDIT)
    first, second = await rows(store)
    assert (second.external_id, second.revision) == (first.external_id, first.revision + 1)


async def test_a_comment_of_meta_is_journalled_as_it_came(
    client: httpx.AsyncClient, store: Store
) -> None:
    """Byte for byte, under the comment's id."""
    assert (await from_meta(client, COMMENT)).status_code == 200
    [row] = await rows(store)
    assert (row.channel, row.kind, row.external_id) == ("sns", "meta", "fb:3305_558277424")
    assert await payload(store, row) == COMMENT


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"x-twitter-webhooks-signature": x_signature(POST, "another key")},
        {"x-twitter-webhooks-signature": x_signature(b"another body")},
        {"x-twitter-webhooks-signature": meta_signature(POST, X_KEY)},
        {"X-Hub-Signature-256": meta_signature(POST, "another key")},
        {"X-Hub-Signature-256": x_signature(POST, META_KEY)},
        {"X-Hub-Signature-256": meta_signature(POST).removeprefix("sha256=")},
    ],
)
@pytest.mark.parametrize("path", [X_PATH, META_PATH])
async def test_a_wrong_signature_leaves_no_record(
    client: httpx.AsyncClient, store: Store, path: str, header: dict[str, str]
) -> None:
    """401, and nothing in the journal."""
    answer = await client.post(path, content=POST, headers=header)
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_signature")
    assert await rows(store) == []


async def test_without_keys_everything_is_refused(store: Store) -> None:
    """A gateway that nobody configured is closed, not open."""
    asked = {"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "1"}
    async with client_of(store) as client:
        refused = [
            await client.get(X_PATH, params={"crc_token": "1"}),
            await client.get(META_PATH, params=asked),
            await client.post(
                X_PATH,
                content=POST,
                headers={"x-twitter-webhooks-signature": x_signature(POST, "")},
            ),
            await client.post(
                META_PATH,
                content=POST,
                headers={"X-Hub-Signature-256": meta_signature(POST, "")},
            ),
        ]
    assert [answer.status_code for answer in refused] == [401, 403, 401, 401]
    assert await rows(store) == []


async def test_several_posts_in_one_body_are_one_record_each(
    client: httpx.AsyncClient, store: Store
) -> None:
    """Each record is a body of one post that is understood by itself."""
    one = json.loads(POST)
    other = {**one["data"], "id": "7", "edit_history_tweet_ids": ["7"], "text": "@seoul_demo 둘째"}
    await from_x(client, json.dumps({**one, "data": [one["data"], other]}).encode())
    found = await rows(store)
    texts = [ADAPTER.normalise(in_intake(row, await payload(store, row))).text for row in found]
    assert [row.external_id for row in found] == [f"x:{one['data']['id']}", "x:7"]
    assert texts == [one["data"]["text"].removeprefix("@seoul_demo "), "둘째"]


async def test_several_deletions_in_one_body_are_one_record_each(
    client: httpx.AsyncClient, store: Store
) -> None:
    """So that each takes its own petition away."""
    gone = [{"status": {"id": post_id}} for post_id in ("1", "2")]
    body = {"for_user_id": "1700000000000000120", "tweet_delete_events": gone}
    await from_x(client, json.dumps(body).encode())
    found = await rows(store)
    kinds = {ADAPTER.normalise(in_intake(row, await payload(store, row))).record for row in found}
    assert [row.external_id for row in found] == ["x:1", "x:2"]
    assert kinds == {"removed"}


async def test_several_changes_in_one_body_are_one_record_each(
    client: httpx.AsyncClient, store: Store
) -> None:
    """Over entries and over the changes of one entry."""
    body = json.loads(COMMENT)
    [change] = body["entry"][0]["changes"]
    ids = ["3301_1", "3301_2", "3301_3"]
    changes = [{**change, "value": {**change["value"], "comment_id": one}} for one in ids]
    first, last = ({**body["entry"][0], "changes": part} for part in (changes[:2], changes[2:]))
    await from_meta(client, json.dumps({**body, "entry": [first, last]}).encode())
    found = await rows(store)
    posts = [ADAPTER.normalise(in_intake(row, await payload(store, row))).thread for row in found]
    assert [row.external_id for row in found] == [f"fb:{one}" for one in ids]
    assert [thread.post_id for thread in posts if thread] == ids


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe",
        b"{",
        b"[]",
        b'{"data": 5}',
        b'{"data": {"id": {}}}',
        b'{"data": ["\\ud800", 1]}',
        b'{"entry": "none"}',
        b"[" * 100_000,
    ],
    ids=["bytes", "cut", "list", "number", "object as id", "surrogate", "no entries", "deep"],
)
@pytest.mark.parametrize("path", [X_PATH, META_PATH])
async def test_what_nobody_can_read_is_kept_for_quarantine(
    client: httpx.AsyncClient, store: Store, path: str, body: bytes
) -> None:
    """What is signed is never lost: it is journalled under its own hash."""
    send = from_x if path == X_PATH else from_meta
    assert (await send(client, body)).status_code == 200
    found = await rows(store)
    assert found
    for row in found:
        with pytest.raises(UnintelligibleError) as raised:
            ADAPTER.normalise(in_intake(row, await payload(store, row)))
        assert raised.value.reason is not QuarantineReason.OUR_FAULT
        assert len(row.external_id) == 64


async def test_a_body_too_large_is_refused(client: httpx.AsyncClient, store: Store) -> None:
    """413, before anything is kept."""
    assert (await from_x(client, b" " * (LIMIT + 1))).status_code == 413
    assert await rows(store) == []


async def test_without_the_database_the_network_is_asked_to_send_again(store: Store) -> None:
    """503 with Retry-After, for both networks try again."""
    away = open_store(
        "postgresql+asyncpg://nobody@127.0.0.1:9/none",
        keyring=store.keyring,
        files=store.files,
        role="test",
    )
    async with client_of(away, **KEYS) as client:
        answers = [await from_x(client, POST), await from_meta(client, COMMENT)]
    await away.close()
    assert [answer.status_code for answer in answers] == [503, 503]
    assert all("retry-after" in answer.headers for answer in answers)
