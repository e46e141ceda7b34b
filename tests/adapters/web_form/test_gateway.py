"""The form's gateway: committed before it is promised, once for each key, faults by name."""

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from PIL import Image
from sqlalchemy import func, select

from adapters.channel import GatewaySecrets
from adapters.web_form.gateway import LIMIT, gateway
from schema.forms import MAX_FORM_BYTES, MAX_TEXT
from schema.numbers import is_receipt_number
from storage.attachments import read_attachment
from storage.sealing import load_data_key
from storage.store import Store, open_store
from storage.tables import attachment, intake_journal

PATH = "/api/v1/petitions"
PAGES = "https://minwon.example"
SAMPLES = files("adapters.web_form").joinpath("samples")
PETITION = SAMPLES.joinpath("petition.json").read_bytes()


def client_of(store: Store) -> httpx.AsyncClient:
    """A client of the gateway on `store`."""
    app = FastAPI()
    app.include_router(gateway(store, GatewaySecrets(pages_url=PAGES)))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://inside")


@pytest_asyncio.fixture
async def client(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the gateway."""
    async with client_of(store) as made:
        yield made


async def journal(store: Store) -> list[tuple[Any, bytes]]:
    """The journal's rows, with what each keeps of its record."""
    async with store.engine.connect() as conn:
        found = (await conn.execute(select(intake_journal).order_by("id"))).all()
        return [
            (row, (await load_data_key(conn, store.keyring, row.data_key_id)).open(row.payload))
            for row in found
        ]


def photo(*, format: str = "JPEG", description: str = "") -> str:
    """A small picture, as base64; with a description in its metadata."""
    exif = Image.Exif()
    exif[0x010E] = description
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, format, exif=exif)
    return base64.b64encode(out.getvalue()).decode()


async def test_a_petition_is_filed(client: httpx.AsyncClient, store: Store) -> None:
    """Number, key and page for the petitioner; the very bytes, sealed, for the journal."""
    answer = await client.post(PATH, content=PETITION)
    assert answer.status_code == 201
    told = answer.json()
    assert is_receipt_number(told["receipt_number"])
    assert store.keyring.opens_case(told["key"], number=told["receipt_number"], version=1)
    assert told["url"] == f"{PAGES}/cases/{told['receipt_number']}?key={told['key']}"
    assert told["status"] == "SUBMITTED"
    [(row, kept)] = await journal(store)
    assert kept == PETITION
    assert (row.channel, row.kind) == ("web_form", "form")
    assert row.receipt_number == row.external_id == told["receipt_number"]
    assert "연희로".encode() not in row.payload


async def test_the_text_alone_is_enough(client: httpx.AsyncClient) -> None:
    """No place, no contact, nothing else: never refused (민원처리법 §9)."""
    assert (await client.post(PATH, json={"text": "불이 나갔어요"})).status_code == 201


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ({}, ["text"]),
        ({"text": None}, ["text"]),
        ({"text": " \n\u200b\u3164"}, ["text"]),
        ({"text": "가" * (MAX_TEXT + 1)}, ["text"]),
        ({"text": ["가"]}, ["text"]),
        ({"text": "가", "kind": "opinion"}, ["kind"]),
        ({"text": "가", "reply_by": "fax"}, ["reply_by"]),
        ({"text": "가", "location": {"lat": "north"}}, ["location.lat"]),
        (
            {"text": "가", "contact": {"phone": "12", "email": "nobody"}},
            ["contact.phone", "contact.email"],
        ),
        ({"text": "가", "contact": {"email": "a\u0000@b.example"}}, ["contact.email"]),
        ({"text": "가", "public": "perhaps"}, ["public"]),
        (
            {"text": "가", "attachments": [{"name": "a", "content_base64": "="}] * 6},
            ["attachments"],
        ),
        ({"text": "가", "consent": {}}, ["consent.version"]),
        ({"text": "제 번호는 900101-1234567입니다"}, ["text"]),
        ({"text": "가", "contact": {"name": "홍길동 9001011234567"}}, ["contact.name"]),
        ([], ["body"]),
    ],
)
async def test_every_wrong_field_is_named(
    client: httpx.AsyncClient, store: Store, form: object, fields: list[str]
) -> None:
    """In Korean and English, none of the petitioner's words, and nothing is kept."""
    answer = await client.post(PATH, json=form)
    assert answer.status_code == 422
    refusal = answer.json()
    assert [fault["field"] for fault in refusal["fields"]] == fields
    assert all(fault["message_ko"] and fault["message_en"] for fault in refusal["fields"])
    assert "900101" not in answer.text
    assert await journal(store) == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"text": "\\ud800"}'])
async def test_what_is_no_json_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    """A person can still mend it: nobody has been promised anything."""
    answer = await client.post(PATH, content=body)
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["field"] == "body"


async def test_the_longest_text_is_counted_as_it_is_read(client: httpx.AsyncClient) -> None:
    """20,000 letters, though each came in three pieces (NFD)."""
    answer = await client.post(PATH, json={"text": "\u1100\u1161\u11a8" * MAX_TEXT})
    assert answer.status_code == 201


async def test_unknown_fields_are_kept(client: httpx.AsyncClient, store: Store) -> None:
    """Refused by nobody, lost by nobody."""
    form = {"text": "가", "campaign": {"a": [1]}, "contact": {"fax": "02"}}
    assert (await client.post(PATH, json=form)).status_code == 201
    [(_, kept)] = await journal(store)
    assert json.loads(kept) == form


async def test_the_same_key_and_body_get_the_same_answer(
    client: httpx.AsyncClient, store: Store
) -> None:
    """Sent three times, once even at the same moment: one petition."""
    headers = {"Idempotency-Key": "browser-1"}
    answers = await asyncio.gather(
        *(client.post(PATH, content=PETITION, headers=headers) for _ in range(3))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert len(await journal(store)) == 1


async def test_the_same_key_with_another_body_is_refused(
    client: httpx.AsyncClient, store: Store
) -> None:
    """409: one of the two was not meant."""
    headers = {"Idempotency-Key": "browser-1"}
    await client.post(PATH, content=PETITION, headers=headers)
    answer = await client.post(PATH, content=PETITION + b" ", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_used")
    assert len(await journal(store)) == 1


async def test_without_a_key_every_form_is_a_petition(
    client: httpx.AsyncClient, store: Store
) -> None:
    """Two neighbours may write the same words."""
    for _ in range(2):
        await client.post(PATH, content=PETITION)
    assert len(await journal(store)) == 2


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
async def test_a_photo_is_stored_clean_and_named_in_the_journal(
    client: httpx.AsyncClient, store: Store, format: str
) -> None:
    """The journal names the stored copy; what the file said about itself is in neither."""
    encoded = photo(format=format, description="taken by somebody")
    form = {
        "text": "사진 참고",
        "attachments": [{"name": "현장.jpg", "content_base64": encoded}],
        "note": 1,
    }
    assert (await client.post(PATH, json=form)).status_code == 201
    [(row, kept)] = await journal(store)
    journalled = json.loads(kept)
    assert journalled["note"] == 1
    [facts] = journalled["attachments"]
    assert (facts["name"], facts["media_type"]) == ("현장.jpg", f"image/{format.lower()}")
    async with store.engine.connect() as conn:
        stored = await read_attachment(conn, store, UUID(facts["id"]))
        key_id = await conn.scalar(select(attachment.c.data_key_id))
    assert stored is not None
    assert stored[0].sha256 == facts["sha256"]
    assert b"taken by somebody" not in stored[1]
    assert Image.open(io.BytesIO(stored[1])).size == (40, 30)
    assert key_id == row.data_key_id


@pytest.mark.parametrize(
    "content", ["@@@", base64.b64encode(b"GIF89a not a picture").decode(), photo()[:200]]
)
async def test_a_file_that_cannot_be_read_is_refused_by_name(
    client: httpx.AsyncClient, store: Store, content: str
) -> None:
    """And the form can be sent without it."""
    form: dict[str, object] = {
        "text": "가",
        "attachments": [
            {"name": "good.jpg", "content_base64": photo()},
            {"name": "broken.jpg", "content_base64": content},
        ],
    }
    answer = await client.post(PATH, json=form, headers={"Idempotency-Key": "1"})
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["fields"]] == ["attachments.broken.jpg"]
    async with store.engine.connect() as conn:
        assert await conn.scalar(select(func.count()).select_from(attachment)) == 0
    form["attachments"] = [{"name": "good.jpg", "content_base64": photo()}]
    again = await client.post(PATH, json=form, headers={"Idempotency-Key": "1"})
    assert again.status_code == 201


async def test_a_request_too_large_is_refused(client: httpx.AsyncClient) -> None:
    """By the length it declares, before any of it is read."""
    answer = await client.post(PATH, headers={"Content-Length": str(LIMIT + 1)}, content=b"{}")
    assert answer.status_code == 413


async def test_a_form_that_no_message_could_carry_is_refused(
    client: httpx.AsyncClient, store: Store
) -> None:
    """413, though it is smaller than a form with photos may be."""
    answer = await client.post(PATH, json={"text": "가", "note": "x" * MAX_FORM_BYTES})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert await journal(store) == []


@pytest.mark.parametrize("key", ["", "k" * 201])
async def test_a_wrong_idempotency_key_is_named(client: httpx.AsyncClient, key: str) -> None:
    """In the same shape as every refusal."""
    answer = await client.post(PATH, content=PETITION, headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["fields"]] == ["Idempotency-Key"]


async def test_a_file_may_be_called_anything(client: httpx.AsyncClient, store: Store) -> None:
    """Also what no database would take."""
    file = {"name": "a\u0000b/..\\가.jpg", "content_base64": photo()}
    answer = await client.post(PATH, json={"text": "가", "attachments": [file]})
    assert answer.status_code == 201
    [(_, kept)] = await journal(store)
    assert json.loads(kept)["attachments"][0]["name"] == "ab/..\\가.jpg"


async def test_nothing_is_promised_while_the_database_is_away(store: Store) -> None:
    """503 with Retry-After, and the browser keeps the form."""
    away = open_store(
        "postgresql+asyncpg://nobody@127.0.0.1:9/none",
        keyring=store.keyring,
        files=store.files,
        role="test",
    )
    async with client_of(away) as client:
        answer = await client.post(PATH, content=PETITION)
    await away.close()
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0


async def test_the_document_describes_what_is_taken_and_answered(
    client: httpx.AsyncClient,
) -> None:
    """OpenAPI: every field of the form, and every answer, without a dangling reference."""
    document = (await client.get("/openapi.json")).json()
    operation = document["paths"][PATH]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    assert set(schema["properties"]) == {
        "text", "kind", "item", "location", "contact", "reply_by", "public", "consent",
        "attachments", "language", "party", "site", "same_as", "plate",
    }  # fmt: skip
    assert schema["required"] == ["text"]
    assert set(operation["responses"]) == {"201", "409", "413", "422", "503"}
    assert "Idempotency-Key" in {one["name"] for one in operation["parameters"]}
    assert "$defs" not in json.dumps(document)
