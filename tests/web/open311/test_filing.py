"""POST requests: a partner's request is a petition like any other."""

import base64
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import validate
from PIL import Image
from sqlalchemy import select

from schema.codes import Channel
from schema.numbers import is_receipt_number
from stack.processes import free_port
from storage.journal import journalled_key
from storage.partners import Right
from storage.sealed_files import Directory
from storage.store import open_store
from storage.tables import attachment, intake_journal
from tests.web.conftest import City
from tests.web.open311 import schemas
from tests.web.open311.conftest import REQUEST, Open311, added_partner, parsed
from web.open311.shown import TOLD_BESIDE


def photo(colour: str = "red") -> bytes:
    """A small photograph."""
    made = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(made, "JPEG")
    return made.getvalue()


async def journalled(city: City) -> list[dict[str, Any]]:
    """The forms in the journal, opened, in the order of their arrival."""
    async with city.store.engine.connect() as conn:
        rows = (await conn.execute(select(intake_journal).order_by(intake_journal.c.id))).all()
        keys = [await journalled_key(conn, city.store, row.id) for row in rows]
    assert {row.channel for row in rows} <= {Channel.WEB_FORM}
    return [json.loads(key.open(row.payload)) for key, row in zip(keys, rows, strict=True)]


async def test_a_request_is_filed_while_everything_but_the_database_is_away(
    open311: Open311,
) -> None:
    """Neither Kafka nor Temporal runs here: the number is told at once, and is the receipt
    number."""
    answer = await open311.post(
        **REQUEST, email="kim@example.org", first_name="홍", last_name="길동"
    )
    assert answer.status_code == 200
    validate(answer.json(), schemas.POSTED)
    number = answer.json()[0]["service_request_id"]
    assert is_receipt_number(number)
    (form,) = await journalled(open311.city)
    assert form["text"] == REQUEST["description"]
    assert form["item"] == "RD01"
    assert form["location"] == {"lat": 37.5563, "long": 126.922, "address": None}
    assert form["contact"] == {"name": "홍 길동", "phone": None, "email": "kim@example.org"}
    assert form["site"] == "open311/fixers"


async def test_the_answer_in_xml_holds_one_request_with_a_text_of_its_id(open311: Open311) -> None:
    """service_request_id and no token: every service is realtime."""
    root = parsed(await open311.post("requests.xml", **REQUEST))
    assert root.tag == "service_requests"
    assert [one.tag for one in root] == ["request"]
    assert is_receipt_number(root.findtext("request/service_request_id") or "")
    assert root.find("request/token") is None


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"api_key": ""}, 403),
        ({"api_key": "demo"}, 403),
        ({"api_key": "열쇠\x00"}, 403),
        ({"service_code": ""}, 400),
        ({"service_code": "XX01"}, 404),
        ({"lat": "", "long": ""}, 400),
        ({"lat": "37.5"}, 200),
        ({"long": ""}, 400),
        ({"lat": "north"}, 400),
        ({"lat": "nan"}, 400),
        ({"lat": "91"}, 400),
        ({"lat": "", "long": "", "address_string": "마포구 서교동"}, 200),
        ({"lat": "", "long": "", "address_id": "#NOTPINPOINTED#"}, 200),
        ({"lat": "", "long": "", "service_code": "AD02"}, 200),
        ({"description": "가" * 4000}, 200),
        ({"description": "가" * 4001}, 400),
        ({"description": ""}, 200),
        ({"description": "주민등록번호 900101-1234568"}, 400),
        ({"email": "nobody"}, 400),
        ({"phone": "1"}, 400),
        ({"jurisdiction_id": "elsewhere.example"}, 200),
        ({"service_code": "TR02"}, 400),
        ({"service_code": "TR02", "attribute[PLATE]": "12가3456"}, 200),
        ({"service_code": "AD09"}, 200),
        ({"attribute[WIDTH_CM]": "40"}, 200),
        ({"attribute[WIDTH_CM]": "broad"}, 400),
        ({"service_code": "TR01", "attribute[SPOT]": "corner"}, 200),
        ({"service_code": "TR01", "attribute[SPOT]": "the moon"}, 400),
        ({"service_code": "TR01", "attribute[SPOT]": ["corner", "hydrant"]}, 400),
        ({"service_code": "EN01", "attribute[HOURS][]": ["day", "night"]}, 200),
        ({"service_code": "EN01", "attribute[HOURS][]": ["day", "always"]}, 400),
        ({"attribute[easting]": "313131", "unknown": "x"}, 200),
    ],
)
async def test_what_is_asked_of_a_request(
    open311: Open311, changed: dict[str, str], status: int
) -> None:
    """403 without a key, 404 for an unknown service, 400 with a sentence for everything else;
    in both formats, and nothing is filed."""
    for path in ("requests.json", "requests.xml"):
        answer = await open311.post(path, **{**REQUEST, **changed})
        assert answer.status_code == status, answer.text
    if status != 200:
        assert await journalled(open311.city) == []
        assert parsed(answer).findtext("error/code") == str(status)


async def test_several_faults_are_told_at_once(open311: Open311) -> None:
    """A client's developer mends them in one go."""
    answer = await open311.post(service_code="TR02", lat="x", description="가" * 4001)
    validate(answer.json(), schemas.ERRORS)
    assert len(answer.json()) >= 3


async def test_attributes_reach_the_department_in_words(open311: Open311) -> None:
    """With the names of the list's values, and what was told beyond the definition."""
    await open311.file(
        **{
            "service_code": "EN01",
            "attribute[HOURS][]": ["dawn", "night"],
            "attribute[FLOOR]": "3층",
        }
    )
    (form,) = await journalled(open311.city)
    assert form["text"] == (
        f"{REQUEST['description']}{TOLD_BESIDE}"
        "소음이 나는 때: 새벽(05–07시), 밤(22–05시)\nFLOOR: 3층"
    )


@pytest.mark.parametrize(
    ("item", "told", "plate"),
    [
        ("TR02", "12가3456", "12가3456"),
        ("TR01", " 123허 4567 ", "123허 4567"),
        ("TR02", "흰 승용차 12가3456, 검은 승용차 34나5678", None),
        ("RD01", "12가3456", None),
    ],
    ids=["a fine may follow", "none may", "no one plate", "not asked"],
)
async def test_a_number_plate_is_kept_apart_from_the_words(
    open311: Open311, item: str, told: str, plate: str | None
) -> None:
    """Where the service asks for it, it goes where the API's plate goes; what is no one plate
    stays in the words, so that nothing told is lost."""
    await open311.file(**{"service_code": item, "attribute[PLATE]": told})
    (form,) = await journalled(open311.city)
    assert form["plate"] == plate
    assert ("12가3456" in form["text"]) == (plate is None)


@pytest.mark.parametrize("field", ["media", "media[]", "photo1", "upload"])
async def test_an_upload_is_kept_under_whatever_name_it_came(open311: Open311, field: str) -> None:
    """Without its metadata, as every photo."""
    answer = await open311.post(**REQUEST, files=[(field, ("hole.jpg", photo(), "image/jpeg"))])
    assert answer.json()[0]["service_notice"] is None, answer.text
    (form,) = await journalled(open311.city)
    assert [one["name"] for one in form["attachments"]] == ["hole.jpg"]


async def test_an_unreadable_file_refuses_nothing_and_is_named(open311: Open311) -> None:
    """The good photo stays, the notice names the others in both languages."""
    answer = await open311.post(
        **REQUEST,
        media_url=["data:image/png;base64,%%%", "ftp://elsewhere.example/a.jpg"],
        files=[
            ("media", ("hole.jpg", photo(), "image/jpeg")),
            ("media", ("letter.pdf", b"%PDF-1.7", "application/pdf")),
            ("media", ("empty.jpg", b"", "image/jpeg")),
        ],
    )
    assert answer.status_code == 200, answer.text
    notice = answer.json()[0]["service_notice"]
    for named in ("letter.pdf", "empty.jpg", "photo-", "ftp://elsewhere.example/a.jpg"):
        assert named in notice
    assert "hole.jpg" not in notice
    (form,) = await journalled(open311.city)
    assert len(form["attachments"]) == 1


async def test_links_are_kept_as_links_and_data_as_photos(open311: Open311) -> None:
    """media_url may be repeated. Nothing is fetched, so that no address leads us anywhere."""
    data = "data:image/jpeg;base64," + base64.b64encode(photo("blue")).decode()
    inside = "http://169.254.169.254/latest/meta-data"
    await open311.file(media_url=["https://photos.example/1.jpg", data, inside])
    (form,) = await journalled(open311.city)
    beside = form["text"].partition(TOLD_BESIDE)[2]
    assert beside == f"사진: https://photos.example/1.jpg\n사진: {inside}"
    assert len(form["attachments"]) == 1
    async with open311.city.store.engine.connect() as conn:
        kept = (await conn.execute(select(attachment.c.media_type))).scalars().all()
    assert kept == ["image/jpeg"]


async def test_no_more_photos_are_kept_than_a_form_may_have(open311: Open311) -> None:
    """The sixth is named."""
    colours = ("red", "green", "blue", "white", "black", "yellow")
    files = [("media", (f"{one}.jpg", photo(one), "image/jpeg")) for one in colours]
    answer = await open311.post(**REQUEST, files=files)
    assert "yellow.jpg" in answer.json()[0]["service_notice"]
    assert "black.jpg" not in answer.json()[0]["service_notice"]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({"device_id": "d1"}, {"device_id": "d1"}, True),
        ({"account_id": "a1"}, {"account_id": "a1"}, True),
        ({"email": "a@example.org"}, {"email": "a@example.org"}, True),
        ({"device_id": "d1"}, {"device_id": "d2"}, False),
        ({"account_id": "a1"}, {"account_id": "a2"}, False),
        ({"phone": "010-0000-0001"}, {"phone": "010-0000-0002"}, False),
        ({}, {}, False),
        ({"device_id": "d1"}, {"device_id": "d1", "lat": "37.5"}, False),
        ({"device_id": "d1"}, {"device_id": "d1", "description": "다른 곳"}, False),
        ({"device_id": "d1"}, {"device_id": "d1", "service_code": "RD02"}, False),
    ],
)
async def test_the_same_person_saying_the_same_files_once_and_two_people_twice(
    open311: Open311, first: dict[str, str], second: dict[str, str], same: bool
) -> None:
    """A post that is sent again gets its number again. Two citizens with one text and one place
    are two petitions, and so are two posts that name nobody."""
    numbers = [await open311.file(**one) for one in (first, second)]
    assert (numbers[0] == numbers[1]) is same
    assert len(await journalled(open311.city)) == (1 if same else 2)


async def test_an_idempotency_key_files_once(open311: Open311) -> None:
    """The same key and body: the same number. The same key and another body: 409. Another key:
    another petition, whatever it says."""
    sent: dict[str, Any] = {"headers": {"idempotency-key": "k1"}}
    numbers = [await open311.file(**sent) for _ in range(2)]
    other = await open311.post(**{**REQUEST, "description": "다른 말"}, **sent)
    third = await open311.file(headers={"idempotency-key": "k2"})
    assert numbers[0] == numbers[1] != third
    assert other.status_code == 409


async def test_two_partners_do_not_meet_in_one_idempotency_key(open311: Open311) -> None:
    """A key's scope is its partner."""
    key = await added_partner(open311.city, "others")
    sent: dict[str, Any] = {"headers": {"idempotency-key": "k1"}}
    assert await open311.file(**sent) != await open311.file(**sent, api_key=key)


async def test_a_key_may_do_what_it_may_and_so_often(open311: Open311) -> None:
    """A right that it has not: 403. Over its limit: 429, with when to come again."""
    reads = await added_partner(open311.city, "tellers", rights=(Right.UPDATE,))
    assert (await open311.post(**REQUEST, api_key=reads)).status_code == 403
    slow = await added_partner(open311.city, "slow", per_minute=2)
    statuses = [await open311.post(**{**REQUEST, "api_key": slow}) for _ in range(3)]
    assert [one.status_code for one in statuses] == [200, 200, 429]
    assert int(statuses[-1].headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "application/json", 400),
        (b"description=%ff", "application/x-www-form-urlencoded", 400),
        (b"no parts", "multipart/form-data; boundary=x", 400),
        (b"", "multipart/form-data", 400),
        (b"&".join(b"a=1" for _ in range(300)), "application/x-www-form-urlencoded", 400),
        (b"", "application/x-www-form-urlencoded", 403),
    ],
)
async def test_a_body_that_is_no_form_is_refused_with_a_sentence(
    open311: Open311, body: bytes, kind: str, status: int
) -> None:
    """Never a 500."""
    answer = await open311.client.post(
        "/open311/v2/requests.xml", content=body, headers={"content-type": kind}
    )
    assert answer.status_code == status
    assert parsed(answer).findtext("error/description")


async def test_the_test_endpoint_checks_and_files_nothing(open311: Open311) -> None:
    """The same faults, an id that says what it is, and no row in the journal."""
    data = {"api_key": open311.key, **REQUEST}
    answer = await open311.client.post("/open311/test/v2/requests.json", data=data)
    assert answer.json()[0]["service_request_id"].startswith("TEST-")
    assert "A test" in answer.json()[0]["service_notice"]
    wrong = await open311.client.post("/open311/test/v2/requests.json", data=data | {"lat": "x"})
    assert wrong.status_code == 400
    assert await journalled(open311.city) == []


async def test_a_database_that_is_away_is_said_so_in_the_format_asked_for(
    open311: Open311, tmp_path: Path
) -> None:
    """503 with Retry-After: nothing was kept, the same is to be sent again."""
    app = open311.city.app
    url = f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/nowhere"
    keyring = open311.city.store.keyring
    away = open_store(url, keyring=keyring, files=Directory(tmp_path), role="test")
    here = app.state.site
    app.state.site = replace(here, store=away)
    try:
        answers = [await open311.post("requests.xml", **REQUEST), await open311.get("requests.xml")]
    finally:
        app.state.site = here
    for answer in answers:
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert parsed(answer).findtext("error/code") == "503"


async def test_the_openapi_document_describes_every_route(open311: Open311) -> None:
    """Under one tag, with a summary and a description each; the test endpoint is not listed."""
    paths = (await open311.client.get("/openapi.json")).json()["paths"]
    ours = {path: one for path, one in paths.items() if path.startswith("/open311/")}
    assert set(ours) == {
        f"/open311/v2/{name}"
        for name in (
            *("discovery.{extension}", "services.{extension}", "requests.{extension}"),
            *("services/{service_code}.{extension}", "tokens/{token}.{extension}"),
            *("requests/{service_request_id}.{extension}", "requests.rss"),
            "servicerequestupdates.{extension}",
        )
    }
    for operation in (verb for one in ours.values() for verb in one.values()):
        assert operation["tags"] == ["open311"]
        assert operation["summary"]
        assert operation["description"]
