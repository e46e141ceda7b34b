"""What the app is told at once of a fine's evidence, and what the case keeps of it."""

import io
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from PIL import ExifTags, Image

from adapters.smart_report import ADAPTER
from storage.store import Store
from tests.adapters.smart_report.test_gateway import client_of, in_intake, rows, send, stored
from tests.films import film

PLATE = "12가3456"


@pytest_asyncio.fixture
async def client(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the gateway."""
    async with client_of(store) as made:
        yield made


def photo(taken: str | None = None) -> bytes:
    """A photograph that says when it was taken."""
    said, out = Image.Exif(), io.BytesIO()
    if taken:
        exif = said.get_ifd(ExifTags.IFD.Exif)
        exif[ExifTags.Base.DateTimeOriginal] = f"2026:11:23 {taken}"
    Image.new("RGB", (40, 30), (90, 90, 90)).save(out, "JPEG", exif=said)
    return out.getvalue()


def report(**fields: Any) -> bytes:
    """A parking report."""
    usual = {"report_id": "P-1", "text": "횡단보도 위에 세운 차", "item": "TR02", "plate": PLATE}
    return json.dumps(usual | fields).encode()


async def told(client: httpx.AsyncClient, body: bytes, *photos: bytes) -> Any:
    """The evidence in the gateway's answer."""
    answer = await send(client, body, [(f"{n}.jpg", one) for n, one in enumerate(photos)])
    assert answer.status_code == 201
    return answer.json().get("evidence")


async def test_two_photographs_a_minute_apart_are_evidence(client: httpx.AsyncClient) -> None:
    """By the files' own times, read before they are stripped."""
    found = await told(client, report(), photo("09:00:00"), photo("09:01:00"))
    assert (found["fine"], found["seconds"], found["lacking"]) == (True, 60, [])


@pytest.mark.parametrize(
    ("fields", "photos", "lacking"),
    [
        ({}, [photo("09:00:00")], ["too_few_photos"]),
        ({}, [photo("09:00:00"), photo("09:00:59")], ["too_close_in_time"]),
        ({}, [photo(), photo()], ["no_time"]),
        ({"plate": None}, [photo("09:00:00"), photo("09:01:00")], ["no_plate"]),
        ({"plate": " "}, [], ["too_few_photos", "no_plate"]),
        ({}, [photo("09:00:00"), film(sound=False, pictures=2)], ["too_few_photos"]),
    ],
    ids=["one", "too soon", "no time", "no plate", "nothing", "a video is no photograph"],
)
async def test_what_is_lacking_is_said_and_the_report_is_taken(
    client: httpx.AsyncClient,
    store: Store,
    fields: dict[str, Any],
    photos: list[bytes],
    lacking: list[str],
) -> None:
    """In both languages; with a number, as any petition."""
    found = await told(client, report(**fields), *photos)
    assert found["fine"] is False
    assert [one["code"] for one in found["lacking"]] == lacking
    assert all(one["message_ko"] and one["message_en"] for one in found["lacking"])
    [row] = await rows(store)
    assert row.receipt_number


async def test_the_apps_own_camera_is_believed_first(
    client: httpx.AsyncClient, store: Store
) -> None:
    """Its times are kept with the files."""
    shots = [
        {"name": "0.jpg", "taken_at": "2026-11-23T09:00:00+09:00"},
        {"name": "1.jpg", "taken_at": "2026-11-23T09:02:00+09:00"},
    ]
    found = await told(client, report(shots=shots), photo(), photo("09:00:10"))
    assert (found["fine"], found["seconds"]) == (True, 120)
    kept = sorted(one.captured_at for one in await stored(store))
    assert (kept[1] - kept[0]).total_seconds() == 120


@pytest.mark.parametrize(
    "shots",
    [
        "none",
        [1],
        [{"name": 1}],
        [{"name": "0.jpg", "taken_at": "yesterday"}],
        [{"name": "0.jpg", "taken_at": "2199-01-01T00:00:00Z"}],
        [{"name": "0.jpg", "taken_at": "2026-11-23T09:00:00"}],
    ],
)
async def test_times_that_nobody_can_read_are_as_if_not_said(
    client: httpx.AsyncClient, shots: object
) -> None:
    """The files' own stay."""
    found = await told(client, report(shots=shots), photo("09:00:00"), photo("09:01:00"))
    assert found["fine"] is True


@pytest.mark.parametrize("item", ["TR01", "RD01", None, 7, "XX99"])
async def test_other_reports_are_asked_for_no_evidence(
    client: httpx.AsyncClient, item: object
) -> None:
    """Nothing is said of it."""
    assert await told(client, report(item=item)) is None


async def test_the_plate_comes_with_the_petition(client: httpx.AsyncClient, store: Store) -> None:
    """Apart from the text, which everybody may read masked."""
    await told(client, report())
    [row] = await rows(store)
    made = ADAPTER.normalise(await in_intake(store, row))
    assert made.plate == PLATE
    assert PLATE not in made.text
