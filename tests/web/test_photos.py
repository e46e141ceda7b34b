"""Photos and videos are shown to whom the case is, as what they are, whole or in parts."""

from uuid import UUID

import httpx
import pytest

from adapters.photographs import clean
from schema.submission import Attachment
from storage.attachments import store_attachment
from storage.sealing import new_data_key
from tests.films import film
from tests.web.conftest import City

NO_ID = UUID(int=0)


async def filmed(city: City) -> tuple[str, Attachment, bytes]:
    """A case with one video: its number, the facts, and the stored copy."""
    made = clean(film(), "홍길동 집 앞.mov")
    facts = Attachment(
        id=NO_ID,
        name="홍길동 집 앞.mov",
        media_type=made.media_type,
        size=0,
        sha256="",
        original_sha256=made.original_sha256,
    )
    async with city.store.engine.begin() as conn:
        key = await new_data_key(conn, city.store.keyring)
        kept = await store_attachment(conn, city.store, key, made.content, facts)
    return await city.register(attachments=(kept,)), kept, made.content


async def petitioner(city: City, number: str) -> httpx.AsyncClient:
    """The petitioner's browser, with the key in its cookie."""
    browser = city.browser()
    await browser.get(f"/cases/{number}", params={"key": city.key(number)})
    return browser


async def test_a_video_is_shown_as_a_video(city: City) -> None:
    """With its type, sniffed by nobody, under a name that names nobody; the page plays it."""
    number, facts, content = await filmed(city)
    browser = await petitioner(city, number)
    answer = await browser.get(f"/cases/{number}/photos/{facts.id}")
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-disposition"] == f'inline; filename="{facts.id.hex[:12]}.mp4"'
    page = (await browser.get(f"/cases/{number}")).text
    assert f'<video src="/cases/{number}/photos/{facts.id}" controls' in page


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, None),
        ("bytes=-50", -50, None),
        ("bytes=0-", 0, None),
    ],
)
async def test_a_part_of_a_video_is_given(
    city: City, asked: str, first: int, last: int | None
) -> None:
    """A player asks for the beginning, the rest, or the end (RFC 9110 §14.1.2)."""
    number, facts, content = await filmed(city)
    browser = await petitioner(city, number)
    answer = await browser.get(f"/cases/{number}/photos/{facts.id}", headers={"range": asked})
    wanted = content[first:] if last is None else content[first : last + 1]
    begins = first if first >= 0 else len(content) + first
    assert (answer.status_code, answer.content) == (206, wanted)
    told = f"bytes {begins}-{begins + len(wanted) - 1}/{len(content)}"
    assert answer.headers["content-range"] == told


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("bytes=99999999-", 416),
        ("bytes=-0", 416),
        ("bytes=5-2", 200),
        ("bytes=-", 200),
        ("bytes=0-1,5-6", 200),
        ("lines=0-1", 200),
    ],
)
async def test_a_part_that_is_not_there_or_not_understood(
    city: City, asked: str, status: int
) -> None:
    """416 with the length beyond the end; what we do not serve in parts is served whole."""
    number, facts, content = await filmed(city)
    browser = await petitioner(city, number)
    answer = await browser.get(f"/cases/{number}/photos/{facts.id}", headers={"range": asked})
    assert answer.status_code == status
    assert answer.content == (content if status == 200 else b"")
    assert status == 200 or answer.headers["content-range"] == f"bytes */{len(content)}"


async def test_nobody_else_sees_it(city: City) -> None:
    """Without the key there is no such case, nor such a photo, in whatever parts."""
    number, facts, _ = await filmed(city)
    answer = await city.browser().get(
        f"/cases/{number}/photos/{facts.id}", headers={"range": "bytes=0-1"}
    )
    assert answer.status_code == 404
