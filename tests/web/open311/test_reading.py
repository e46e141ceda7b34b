"""GET requests: what everybody may see, newest first, within the limits of GeoReport v2."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jsonschema import validate

from schema.codes import Action, Role
from schema.submission import Location
from storage.cases import find_case
from tests.web.conftest import City
from tests.web.open311 import schemas
from tests.web.open311.conftest import Open311, added_partner, parsed
from web.open311.shown import TOLD_BESIDE
from web.wording import SEOUL

NOW = datetime.now(UTC).replace(microsecond=0)


def ago(**span: float) -> datetime:
    """So long before now."""
    return NOW - timedelta(**span)


def told(at: datetime) -> str:
    """An instant as clients write it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def ids(found: list[dict[str, Any]]) -> list[str]:
    """The numbers of an answer, in its order."""
    return [one["service_request_id"] for one in found]


async def answered(city: City, number: str) -> None:
    """The life of a case until its answer."""
    await city.record(number, Action.ACCEPT)
    await city.record(number, Action.ANSWER, text="구멍을 메웠습니다. 담당 010-9876-5432")


async def test_a_request_is_told_whole_in_both_formats(open311: Open311) -> None:
    """Every key, null where nothing is known; masked words; the deadline; ids as strings; the
    place as two numbers, the middle of its cell of 100 m. XML says the same."""
    number = await open311.city.case(
        at=ago(hours=2), location=Location(lat=37.5563, long=126.922, address="마포구 서교동 1-2")
    )
    found = await open311.json(f"requests/{number}")
    validate(found, schemas.REQUESTS)
    (one,) = found
    assert one | {"updated_datetime": None, "expected_datetime": None} == {
        "service_request_id": number,
        "status": "open",
        "status_notes": "담당부서 지정",
        "service_name": "차도 파손·포트홀",
        "service_code": "RD01",
        "description": "마포구 서교동 골목 차도에 포트홀이 있습니다. 010-****-****로 연락 주세요.",
        "agency_responsible": "마포구 도로과",
        "service_notice": None,
        "requested_datetime": ago(hours=2).astimezone(SEOUL).isoformat(),
        "updated_datetime": None,
        "expected_datetime": None,
        "address": "동교동, 마포구, 서울특별시",
        "address_id": None,
        "zipcode": None,
        "lat": 37.55655,
        "long": 126.92216,
        "media_url": None,
    }
    async with open311.city.store.engine.connect() as conn:
        case = await find_case(conn, number)
    assert case is not None
    due = case.target_due_at or case.legal_due_at
    assert due is not None
    expected = datetime.fromisoformat(one["expected_datetime"])
    assert expected == due.replace(microsecond=0)
    root = await open311.xml(f"requests/{number}")
    assert (root.tag, [child.tag for child in root]) == ("service_requests", ["request"])
    assert {child.tag: child.text for child in root[0]} == {
        name: None if value is None else str(value) for name, value in one.items()
    }


async def test_an_empty_list_is_an_empty_element_or_list(open311: Open311) -> None:
    """`<service_requests />` and `[]`."""
    assert await open311.json("requests") == []
    assert list(await open311.xml("requests")) == []


async def test_the_newest_come_first_and_only_of_the_last_90_days(open311: Open311) -> None:
    """Older ones have to be asked for by date."""
    numbers = [await open311.city.case(at=ago(days=days)) for days in (100, 2, 1)]
    assert ids(await open311.json("requests")) == [numbers[2], numbers[1]]
    assert ids(await open311.json("requests", sort="requested_datetime")) == numbers[1:]
    old = await open311.json(
        "requests", start_date=told(ago(days=120)), end_date=told(ago(days=60))
    )
    assert ids(old) == [numbers[0]]
    assert ids(await open311.json("requests", end_date=told(ago(days=60)))) == [numbers[0]]
    assert ids(await open311.json("requests", start_date=told(ago(days=120)))) == [numbers[0]]


async def test_bounds_of_time_include_the_second_they_name(open311: Open311) -> None:
    """A client that asks from the last instant it was told misses nothing."""
    at = ago(days=1)
    number = await open311.city.case(at=at + timedelta(milliseconds=500))
    assert ids(await open311.json("requests", start_date=told(at), end_date=told(at))) == [number]
    second = timedelta(seconds=1)
    assert await open311.json("requests", start_date=told(at + second)) == []
    assert await open311.json("requests", end_date=told(at - second)) == []


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"start_date": told(ago(days=91)), "end_date": told(NOW)}, "90 days at most"),
        ({"start_date": told(NOW), "end_date": told(ago(days=1))}, "later than end_date"),
        ({"start_date": "yesterday"}, "with its zone"),
        ({"start_date": "2026-01-01T00:00:00"}, "with its zone"),
        ({"start_date": "2026-13-01T00:00:00Z"}, "with its zone"),
        ({"updated_after": "now"}, "with its zone"),
        ({"status": "done"}, "open or closed"),
        ({"page": "0"}, "at least 1"),
        ({"page": "-1"}, "at least 1"),
        ({"page_size": "0"}, "at least 1"),
        ({"page_size": "many"}, "at least 1"),
        ({"lat": "37.5"}, "go together"),
        ({"lat": "x", "long": "127"}, "must be a number"),
        ({"radius": "100"}, "needs lat and long"),
        ({"bbox": "1,2,3"}, "four numbers"),
        ({"q": "!!"}, "a letter or a digit"),
        ({"has_photo": "maybe"}, "true or false"),
        ({"extensions": "all"}, "true or false"),
        ({"sort": "size"}, "one of"),
        ({"service_request_id": ",".join(["1"] + [str(n) for n in range(1001)])}, "At most"),
    ],
)
async def test_a_wrong_parameter_is_named(
    open311: Open311, asked: dict[str, str], sentence: str
) -> None:
    """400, with what may stand there."""
    answer = await open311.get("requests.json", **asked)
    assert answer.status_code == 400, answer.text
    assert sentence in answer.json()[0]["description"]


async def test_an_unescaped_plus_and_an_empty_parameter_are_forgiven(open311: Open311) -> None:
    """A plus becomes a blank on the way; empty is the same as absent."""
    number = await open311.city.case(at=ago(days=1))
    start = ago(days=2).astimezone().isoformat().replace("+00:00", " 00:00")
    found = await open311.json("requests", start_date=start, status="", service_code="", page="")
    assert ids(found) == [number]


async def test_filters_narrow_and_an_id_overrides_them(open311: Open311) -> None:
    """service_code and status by commas; service_request_id before everything else."""
    city = open311.city
    hole, block = await city.case(at=ago(days=2)), await city.case(item="RD02", at=ago(days=1))
    await answered(city, hole)
    assert ids(await open311.json("requests", service_code="RD01")) == [hole]
    assert ids(await open311.json("requests", service_code="RD01,RD02")) == [block, hole]
    assert ids(await open311.json("requests", status="open")) == [block]
    assert ids(await open311.json("requests", status="closed")) == [hole]
    assert ids(await open311.json("requests", status="open,closed")) == [block, hole]
    by_id = {"service_request_id": f"{hole},{block},261126-000001-2,nothing"}
    assert ids(await open311.json("requests", **by_id, status="open")) == [block, hole]
    assert (await open311.get("requests.json", service_code="XX01")).status_code == 404


async def test_pages_are_of_the_size_asked_and_empty_past_the_end(open311: Open311) -> None:
    """1-based; max_requests and limit are other names of page_size; never over 1,000."""
    numbers = [await open311.city.register(at=ago(hours=n)) for n in range(1, 6)]
    pages = [
        ids(await open311.json("requests", page_size="2", page=str(page))) for page in (1, 2, 3, 4)
    ]
    assert pages == [numbers[:2], numbers[2:4], numbers[4:], []]
    assert ids(await open311.json("requests", max_requests="1")) == numbers[:1]
    assert ids(await open311.json("requests", limit="2", offset="1")) == numbers[1:3]
    assert ids(await open311.json("requests", page_size="5000")) == numbers
    assert await open311.json("requests", page="999999999999999999") == []


async def test_the_answer_is_told_masked_and_closes_the_request(open311: Open311) -> None:
    """updated_datetime is then when it was answered; notes tell every public step."""
    number = await open311.city.case(at=ago(days=1))
    await answered(open311.city, number)
    (one,) = await open311.json("requests", extensions="true")
    assert one["status"] == "closed"
    assert one["status_notes"] == "답변완료: 구멍을 메웠습니다. 담당 010-****-****"
    assert one["extended_attributes"]["detailed_status"] == "PROCESSED"
    assert [note["type"] for note in one["notes"]][:3] == ["submitted", "received", "assigned"]
    last = one["notes"][-1]
    assert (last["type"], last["datetime"]) == ("answered", one["updated_datetime"])
    assert last["description"] == "구멍을 메웠습니다. 담당 010-****-****"
    root = await open311.xml("requests", extensions="true")
    assert root.findtext("request/extended_attributes/state") == "ANSWERED"
    assert root.findtext("request/notes/note[3]/type") == "assigned"


async def test_a_merged_request_is_a_closed_duplicate_that_names_the_other(
    open311: Open311,
) -> None:
    """parent_service_request_id is the case that goes on."""
    root, twin = await open311.city.case(), await open311.city.case()
    await open311.city.record(twin, Action.MERGE, into=root)
    found = {
        one["service_request_id"]: one for one in await open311.json("requests", extensions="true")
    }
    assert found[twin]["status"] == "closed"
    assert found[twin]["extended_attributes"]["duplicate"] is True
    assert found[twin]["extended_attributes"]["parent_service_request_id"] == root


@pytest.mark.parametrize(
    "fields",
    [
        {"public": False},
        {"item": "AD05"},
        {"item": "WF01"},
        {"item": "WF04"},
    ],
)
async def test_what_is_not_public_is_not_there(open311: Open311, fields: dict[str, Any]) -> None:
    """Neither in lists nor by its number, which is answered as an unknown one is."""
    number = await open311.city.case(**fields)
    assert await open311.json("requests") == []
    assert await open311.json("requests", service_request_id=number) == []
    hidden = await open311.get(f"requests/{number}.json")
    unknown = await open311.get("requests/261126-000001-2.json")
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.text.replace(number, "") == unknown.text.replace("261126-000001-2", "")
    assert (await open311.get(f"tokens/{number}.json")).status_code == 404


async def test_an_item_whose_words_are_not_public_tells_only_how_far_it_has_come(
    open311: Open311,
) -> None:
    """Neither words nor place; and no search finds it by them."""
    number = await open311.city.case(
        item="TR02", location=Location(lat=37.5563, long=126.922, address="마포구 서교동")
    )
    (one,) = await open311.json(f"requests/{number}")
    assert (one["description"], one["lat"], one["long"]) == (None, None, None)
    assert one["service_code"] == "TR02"
    assert await open311.json("requests", q="포트홀") == []
    assert await open311.json("requests", lat="37.5563", long="126.922") == []


async def test_a_request_is_there_from_the_moment_it_was_filed(open311: Open311) -> None:
    """Nothing registers it here: it is open, without its words, for whoever has the number; by
    list, too, and by its token. A list of the newest waits for the registration."""
    number = await open311.file()
    (one,) = await open311.json(f"requests/{number}")
    validate([one], schemas.REQUESTS)
    assert (one["status"], one["description"], one["service_code"]) == ("open", None, "RD01")
    assert ids(await open311.json("requests", service_request_id=number)) == [number]
    assert await open311.json("requests") == []
    assert await open311.json(f"tokens/{number}") == [
        {"service_request_id": number, "token": number}
    ]
    root = await open311.xml(f"tokens/{number}")
    assert root.findtext("request/service_request_id") == number
    assert (await open311.get("tokens/nothing.xml")).status_code == 404


async def test_its_own_partner_sees_that_a_private_request_is_there(open311: Open311) -> None:
    """By its key, and only by its key."""
    number = await open311.file(service_code="AD05")
    other = await added_partner(open311.city, "others")
    assert (await open311.get(f"requests/{number}.json")).status_code == 404
    assert (await open311.get(f"requests/{number}.json", api_key=other)).status_code == 404
    (one,) = await open311.json(f"requests/{number}", api_key=open311.key)
    assert one["service_request_id"] == number


async def test_changes_since_an_instant_are_those_that_the_public_was_told(
    open311: Open311,
) -> None:
    """Also of requests older than 90 days; a note inside the city is no change."""
    city = open311.city
    old, fresh = await city.case(at=ago(days=200)), await city.case()
    (one,) = await open311.json(f"requests/{old}")
    updated = datetime.fromisoformat(one["updated_datetime"])
    since = told(updated)
    assert ids(await open311.json("requests", updated_after=since)) == [fresh, old]
    later = told(updated + timedelta(minutes=5))
    assert await open311.json("requests", updated_after=later) == []
    assert ids(await open311.json("requests", updated_before=later)) == [fresh, old]
    assert await open311.json("requests", updated_before=told(ago(days=1))) == []
    await city.record(old, Action.COMMENT, text="현장 확인함", role=Role.FIRST_LINE)
    (same,) = await open311.json(f"requests/{old}")
    assert same["updated_datetime"] == one["updated_datetime"]


async def test_place_words_photo_and_owner_narrow_too(open311: Open311) -> None:
    """radius in metres about lat and long, bbox, q, has_photo, agency_responsible by name or
    code."""
    here = await open311.city.case(at=ago(hours=2), location=Location(lat=37.5563, long=126.922))
    there = await open311.city.case(
        "강남역 앞 보도블록이 깨졌습니다.",
        item="RD02",
        at=ago(hours=1),
        location=Location(lat=37.4979, long=127.0276, address="강남구 역삼동"),
    )
    about = {"lat": "37.5572", "long": "126.922"}
    assert ids(await open311.json("requests", **about)) == [here]
    assert ids(await open311.json("requests", **about, radius="80")) == [here]
    assert await open311.json("requests", **about, radius="70") == []
    assert ids(await open311.json("requests", bbox="127.0,37.4,127.1,37.5")) == [there]
    assert ids(await open311.json("requests", q="보도블록")) == [there]
    assert await open311.json("requests", q="없는말") == []
    assert await open311.json("requests", has_photo="true") == []
    assert ids(await open311.json("requests", has_photo="false")) == [there, here]
    for owner in ("마포구 도로과", "3130000.roads", "3130000", "마포구"):
        assert ids(await open311.json("requests", agency_responsible=owner)) == [here], owner
    assert await open311.json("requests", agency_responsible="없는 부서") == []


async def test_what_a_partner_told_beside_the_words_is_apart_from_the_description(
    open311: Open311,
) -> None:
    """The links to photos are media_url again; the rest is for the department."""
    text = f"구멍이 있습니다.{TOLD_BESIDE}파손된 폭(cm): 40\n사진: https://photos.example/a.jpg"
    number = await open311.city.case(text)
    (one,) = await open311.json(f"requests/{number}", extensions="true")
    assert one["description"] == "구멍이 있습니다."
    assert one["media_url"] == "https://photos.example/a.jpg"
    assert one["extended_attributes"]["media_urls"] == ["https://photos.example/a.jpg"]


async def test_what_xml_cannot_hold_does_not_break_it(open311: Open311) -> None:
    """Markup is text, and a character that XML 1.0 forbids is replaced."""
    number = await open311.city.case("<b>구멍</b> & \ufffe \U0001f6a7")
    root = await open311.xml(f"requests/{number}")
    assert root.findtext("request/description") == "<b>구멍</b> & \ufffd \U0001f6a7"


async def test_a_feed_reader_gets_the_newest(open311: Open311) -> None:
    """RSS with the same filters."""
    number = await open311.city.case()
    answer = await open311.get("requests.rss", service_code="RD01")
    assert answer.headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert f"http://minwon.test/public/{number}" in answer.text
    wrong = await open311.get("requests.rss", service_code="XX01")
    assert wrong.status_code == 404
    assert parsed(wrong).tag == "errors"
