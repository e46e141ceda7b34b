"""The evidence of a fine on the pages: the officer's panel, the citizen's words, nobody else's."""

import base64
import io
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
from PIL import ExifTags, Image

from adapters.photographs import clean
from schema.codes import Action, EventKind, TextKind
from schema.submission import Attachment
from storage.attachments import store_attachment
from storage.cases import events_of
from storage.sealing import new_data_key
from storage.texts import texts_of
from tests.web.conftest import City
from tests.web.life import first_line, whole

PLATE = "12가3456"
CONFIRMED = "12가3458"
AT = datetime.now(UTC) - timedelta(hours=2)


def photo(seconds: int) -> bytes:
    """A photograph taken so many seconds after the first."""
    said, out = Image.Exif(), io.BytesIO()
    taken = AT.replace(microsecond=0) + timedelta(seconds=seconds)
    exif = said.get_ifd(ExifTags.IFD.Exif)
    exif[ExifTags.Base.DateTimeOriginal] = f"{taken:%Y:%m:%d %H:%M:%S}"
    exif[ExifTags.Base.OffsetTimeOriginal] = "+00:00"
    Image.new("RGB", (40, 30), (90, 90, 90)).save(out, "JPEG", exif=said)
    return out.getvalue()


async def reported(city: City, *seconds: int, plate: str | None = PLATE) -> str:
    """A parking report with photographs taken then; its number."""
    kept = []
    async with city.store.engine.begin() as conn:
        key = await new_data_key(conn, city.store.keyring)
        for at in seconds:
            made = clean(photo(at), "a.jpg")
            said = made.model_dump(exclude={"content"})
            facts = Attachment(id=UUID(int=0), name="a.jpg", size=0, sha256="", **said)
            kept.append(await store_attachment(conn, city.store, key, made.content, facts))
    return await city.case(
        "횡단보도 위에 세운 차를 단속해 주세요", item="TR02", attachments=tuple(kept), plate=plate
    )


async def desk(city: City) -> httpx.AsyncClient:
    """The first-line desk, signed in."""
    return await first_line(city)


async def test_the_officer_sees_what_the_fine_rests_on(city: City) -> None:
    """Times, interval and plate, with the button to confirm it."""
    number = await reported(city, 0, 75)
    page = (await (await desk(city)).get(f"/staff/cases/{number}")).text
    for part in ("과태료 부과에 필요한 요건을 갖추었습니다", "1분 15초", PLATE, "confirm_plate"):
        assert part in page


async def test_what_is_lacking_is_said_to_officer_and_citizen(city: City) -> None:
    """And that the petition stands."""
    number = await reported(city, 0, 20, plate=None)
    seen = city.browser()
    await seen.get(f"/cases/{number}", params={"key": city.key(number)})
    pages = [
        (await (await desk(city)).get(f"/staff/cases/{number}")).text,
        (await seen.get(f"/cases/{number}")).text,
    ]
    for page in pages:
        assert "이 신고만으로는 과태료를 부과할 수 없습니다" in page
        assert "1분 이상 간격" in page
        assert "차량번호를 적어 주세요" in page


async def test_the_officer_confirms_the_plate(city: City) -> None:
    """A note that moves no clock; what it says is sealed and stays the officer's."""
    number = await reported(city, 0, 75)
    before = (await whole(city, number))[1].case
    await city.record(number, Action.CONFIRM_PLATE, text=CONFIRMED)
    after = (await whole(city, number))[1].case
    assert before is not None
    assert after is not None
    assert (after.state, after.legal_due_at) == (before.state, before.legal_due_at)
    page = (await (await desk(city)).get(f"/staff/cases/{number}")).text
    assert f"<strong>{CONFIRMED}</strong>" in page
    async with city.store.engine.connect() as conn:
        events = await events_of(conn, number)
        texts = await texts_of(conn, city.store, number, kinds=(TextKind.PLATE,))
    assert [one.kind for one in events].count(EventKind.PLATE_CONFIRMED) == 1
    assert {one.text for one in texts.values()} == {PLATE, CONFIRMED}
    assert all(PLATE not in one.masked and CONFIRMED not in one.masked for one in texts.values())
    assert PLATE not in repr(events)
    assert CONFIRMED not in repr(events)


async def test_nobody_else_reads_a_plate(city: City) -> None:
    """Not on the public page, nor on another kind of case is it asked for."""
    number = await reported(city, 0, 75)
    await city.record(number, Action.CONFIRM_PLATE, text=CONFIRMED)
    public = (await city.browser().get(f"/public/{number}")).text
    assert PLATE not in public
    assert CONFIRMED not in public
    other = await city.case("포트홀이 있습니다", item="RD01")
    page = (await (await desk(city)).get(f"/staff/cases/{other}")).text
    assert "confirm_plate" not in page


async def test_the_api_says_at_once_what_is_lacking(city: City) -> None:
    """The petition is taken; the same key again gives the same answer."""
    files = [
        {"name": f"{at}.jpg", "content_base64": base64.b64encode(photo(at)).decode()}
        for at in (0, 75)
    ]
    form = {"text": "횡단보도 위에 세운 차", "item": "TR02", "attachments": files}
    key = {"idempotency-key": str(uuid4())}
    first = await city.browser().post("/api/v1/petitions", json=form, headers=key)
    again = await city.browser().post("/api/v1/petitions", json=form, headers=key)
    assert first.status_code == 201
    assert first.json() == again.json()
    found = first.json()["evidence"]
    assert [one["code"] for one in found["lacking"]] == ["no_plate"]
    whole = await city.browser().post("/api/v1/petitions", json={**form, "plate": PLATE})
    assert whole.json()["evidence"]["fine"] is True
    other = await city.browser().post("/api/v1/petitions", json={"text": "포트홀", "item": "RD01"})
    assert "evidence" not in other.json()


async def test_a_plate_is_shown_to_the_officer_whatever_the_item_asks(city: City) -> None:
    """Typed with an item from which no fine follows: the officer needs it to find the car."""
    number = await city.case("차가 길을 막고 있습니다", item="RD01", plate=PLATE)
    reader = await desk(city)
    page = (await reader.get(f"/staff/cases/{number}")).text
    assert PLATE in page
    assert "confirm_plate" not in page
    assert PLATE not in (await city.browser().get(f"/public/{number}")).text
