"""The gateway of the app: signed, committed with its photographs, once, and never lost."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from PIL import ExifTags, Image
from sqlalchemy import select

from adapters.channel import GatewaySecrets, IntakeRecord
from adapters.signatures import signed
from adapters.smart_report import ADAPTER
from adapters.smart_report.gateway import LIMIT, REPORTS
from adapters.smart_report.records import JournalledReport
from schema.codes import Channel
from schema.numbers import is_receipt_number
from schema.quarantine import QuarantineReason, UnintelligibleError
from storage.attachments import read_attachment
from storage.sealing import load_data_key
from storage.store import Store, open_store
from storage.tables import attachment, intake_journal

KEY = "the app's key"
PAGES = "https://minwon.example"
REPORT = files("adapters.smart_report").joinpath("samples/report.json").read_bytes()
PHOTOS = Path(__file__).parents[3] / "samples" / "photos"
POTHOLE = ("IMG_1.jpg", (PHOTOS / "pothole.jpg").read_bytes())
PAVING = ("IMG_2.jpg", (PHOTOS / "paving.jpg").read_bytes())
NOTE = ("IMG_3.jpg", (PHOTOS / "note.jpg").read_bytes())
CUT_OFF = ("IMG_4.jpg", (PHOTOS / "cut-off.jpg").read_bytes())
Files = Sequence[tuple[str, bytes]]


def client_of(store: Store, key: str | None = KEY) -> httpx.AsyncClient:
    """A client of the gateway on `store`."""
    app = FastAPI()
    secrets = GatewaySecrets(pages_url=PAGES, smart_report_key=key)
    app.include_router(ADAPTER.gateway(store, secrets))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://inside:8080")


@pytest_asyncio.fixture
async def client(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the gateway."""
    async with client_of(store) as made:
        yield made


def multipart(client: httpx.AsyncClient, report: bytes, photos: Files) -> httpx.Request:
    """The request that the app makes, before it is signed."""
    parts = [("media", (name, content, "image/jpeg")) for name, content in photos]
    fields = [("report", (None, report, "application/json")), *parts]
    return client.build_request("POST", REPORTS, files=fields)


async def send(
    client: httpx.AsyncClient, report: bytes = REPORT, photos: Files = (), key: str = KEY
) -> httpx.Response:
    """The app sends a report with photographs, signed."""
    request = multipart(client, report, photos)
    request.headers["X-Minwon-Signature"] = signed(await request.aread(), key)
    return await client.send(request)


async def rows(store: Store) -> list[Any]:
    """The journal."""
    async with store.engine.connect() as conn:
        return list((await conn.execute(select(intake_journal).order_by("id"))).all())


async def stored(store: Store) -> list[Any]:
    """The rows of all attachments."""
    async with store.engine.connect() as conn:
        return list((await conn.execute(select(attachment))).all())


async def in_intake(store: Store, row: Any) -> IntakeRecord:
    """The row as intake gets it."""
    async with store.engine.connect() as conn:
        key = await load_data_key(conn, store.keyring, row.data_key_id)
    return IntakeRecord(
        channel=Channel.SMART_REPORT,
        kind=row.kind,
        external_id=row.external_id,
        revision=row.revision,
        body=key.open(row.payload),
        media_type=row.media_type,
        arrived_at=row.arrived_at,
        receipt_number=row.receipt_number,
    )


def located() -> tuple[str, bytes]:
    """A photograph that says where it was taken."""
    said, out = Image.Exif(), io.BytesIO()
    said[ExifTags.Base.Make] = "TELEPHONE-MAKER"
    said.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N",
            ExifTags.GPS.GPSLatitude: (37.0, 33.0, 59.4),
            ExifTags.GPS.GPSLongitudeRef: "E",
            ExifTags.GPS.GPSLongitude: (126.0, 58.0, 40.8),
        }
    )
    Image.new("RGB", (30, 20)).save(out, "JPEG", exif=said)
    return "IMG_9.jpg", out.getvalue()


async def test_a_report_gets_a_receipt_number_and_its_page(
    client: httpx.AsyncClient, store: Store
) -> None:
    """With the key that opens it; the report's own text is kept untouched, and sealed."""
    answer = await send(client, photos=[POTHOLE, PAVING])
    told = answer.json()
    [row] = await rows(store)
    number = told["receipt_number"]
    assert (answer.status_code, told["status"]) == (201, "SUBMITTED")
    assert is_receipt_number(number)
    assert number == row.receipt_number
    assert told["url"] == f"{PAGES}/cases/{number}?key={told['key']}"
    kept = JournalledReport.model_validate_json((await in_intake(store, row)).body)
    assert kept.report.encode() == REPORT
    assert [one.name for one in kept.attachments] == ["IMG_1.jpg", "IMG_2.jpg"]
    assert "손바닥".encode() not in row.payload


async def test_no_stored_copy_says_where_it_was_taken(
    client: httpx.AsyncClient, store: Store
) -> None:
    """The place is a fact of the petition; the file and the journal hold no metadata."""
    report = json.loads(REPORT)
    del report["lat"], report["long"]
    name, content = located()
    assert b"TELEPHONE-MAKER" in content
    await send(client, json.dumps(report).encode(), [(name, content)])
    [row] = await rows(store)
    record = await in_intake(store, row)
    made = ADAPTER.normalise(record)
    assert (made.location.lat, made.location.long) == pytest.approx((37.5665, 126.978))
    assert b"TELEPHONE-MAKER" not in record.body
    async with store.engine.connect() as conn:
        found = await read_attachment(conn, store, made.attachments[0].id)
    assert found is not None
    facts, copy = found
    assert b"TELEPHONE-MAKER" not in copy
    assert (facts.size, facts.name) == (len(copy), name)


async def test_the_same_report_again_has_one_number_and_one_set_of_photographs(
    client: httpx.AsyncClient, store: Store
) -> None:
    """One after the other and at once: a telephone that lost our answer sends again."""
    await send(client, photos=[POTHOLE])
    answers = await asyncio.gather(*(send(client, photos=[POTHOLE]) for _ in range(4)))
    assert len({answer.json()["receipt_number"] for answer in answers}) == 1
    assert len(await rows(store)) == 5
    assert len(await stored(store)) == 1


async def test_a_sixth_photograph_is_refused(client: httpx.AsyncClient, store: Store) -> None:
    """Five are taken; of six nothing is kept."""
    refused = await send(client, photos=[PAVING] * 6)
    assert (refused.status_code, refused.json()["code"]) == (422, "too_many_files")
    assert (await rows(store), await stored(store)) == ([], [])
    assert (await send(client, photos=[PAVING] * 5)).status_code == 201


async def test_files_that_cannot_be_read_are_named(client: httpx.AsyncClient, store: Store) -> None:
    """Each with its reason, in both languages; nothing is kept of the report."""
    answer = await send(client, photos=[POTHOLE, NOTE, CUT_OFF])
    assert (answer.status_code, answer.json()["code"]) == (422, "unreadable_file")
    assert [fault["field"] for fault in answer.json()["fields"]] == ["IMG_3.jpg", "IMG_4.jpg"]
    assert all(fault["message_ko"] and fault["message_en"] for fault in answer.json()["fields"])
    assert (await rows(store), await stored(store)) == ([], [])


@pytest.mark.parametrize("key", ["another key", ""])
async def test_a_wrong_signature_leaves_no_record(
    client: httpx.AsyncClient, store: Store, key: str
) -> None:
    """401, and nothing in the journal."""
    answer = await send(client, photos=[POTHOLE], key=key)
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_signature")
    assert (await rows(store), await stored(store)) == ([], [])


async def test_without_a_key_everything_is_refused(store: Store) -> None:
    """A gateway that nobody configured is closed, not open."""
    async with client_of(store, key=None) as client:
        assert (await send(client)).status_code == 401


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (b"{", QuarantineReason.UNREADABLE_BODY),
        (b'{"report_id": "1", "text": "\xff\xfe"}', QuarantineReason.UNREADABLE_BODY),
        (b"", QuarantineReason.UNREADABLE_BODY),
        (b"[]", QuarantineReason.WRONG_FIELD),
        (b'{"report_id": "1"}', QuarantineReason.MISSING_FIELD),
        (b'{"report_id": "1", "text": " "}', QuarantineReason.NO_TEXT),
    ],
)
async def test_what_nobody_can_read_is_kept_for_quarantine(
    client: httpx.AsyncClient, store: Store, report: bytes, reason: QuarantineReason
) -> None:
    """With its photographs and a number: what is signed is never lost."""
    answer = await send(client, report, [POTHOLE])
    assert answer.status_code == 201
    [row] = await rows(store)
    assert row.receipt_number == answer.json()["receipt_number"]
    assert len(await stored(store)) == 1
    with pytest.raises(UnintelligibleError) as raised:
        ADAPTER.normalise(await in_intake(store, row))
    assert raised.value.reason is reason


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (REPORT, "application/json"),
        (b"no parts", "multipart/form-data"),
        (b"no parts", "multipart/form-data; boundary=b"),
        (
            b'--b\r\nContent-Disposition: form-data; name="media"\r\n\r\nx\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
    ],
)
async def test_anything_but_the_parts_is_refused(
    client: httpx.AsyncClient, store: Store, body: bytes, media_type: str
) -> None:
    """422, saying what to send."""
    headers = {"X-Minwon-Signature": signed(body, KEY), "Content-Type": media_type}
    answer = await client.post(REPORTS, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_multipart")
    assert await rows(store) == []


async def test_a_body_too_large_is_refused(client: httpx.AsyncClient, store: Store) -> None:
    """413 by its length, before it is read."""
    headers = {"Content-Length": str(LIMIT + 1)}
    answer = await client.post(REPORTS, content=b"", headers=headers)
    assert answer.status_code == 413
    assert await rows(store) == []


async def test_without_the_database_the_app_is_asked_to_send_again(store: Store) -> None:
    """503 with Retry-After."""
    away = open_store(
        "postgresql+asyncpg://nobody@127.0.0.1:9/none",
        keyring=store.keyring,
        files=store.files,
        role="test",
    )
    async with client_of(away) as client:
        answer = await send(client, photos=[POTHOLE])
    await away.close()
    assert answer.status_code == 503
    assert "retry-after" in answer.headers
