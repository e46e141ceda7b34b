"""servicerequestupdates: the public steps to poll, and what partners tell."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jsonschema import validate
from PIL import Image

from schema.codes import Action, EventKind, State
from storage.cases import attachments_of, events_of, find_case
from storage.partners import Right
from storage.texts import texts_of
from tests.web.conftest import City
from tests.web.open311 import schemas
from tests.web.open311.conftest import Open311, added_partner, parsed

UPDATE = {
    "update_id": "1234",
    "status": "FIXED",
    "updated_datetime": "2026-11-26T09:00:00+09:00",
    "description": "이제 고쳐졌습니다.",
}


async def window(open311: Open311, **params: str) -> list[dict[str, Any]]:
    """What a poll of the last two hours gives."""
    now = datetime.now(UTC)
    span = {
        "start_date": (now - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "end_date": (now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    found: list[dict[str, Any]] = await open311.json("servicerequestupdates", **span, **params)
    return found


async def test_public_steps_come_in_the_order_of_the_log_and_stay(open311: Open311) -> None:
    """The same window gives the same ids again, whatever happened since is added at the end."""
    number = await open311.city.case()
    before = await window(open311)
    validate(before, schemas.UPDATES)
    assert [(one["service_request_id"], one["status"]) for one in before] == [
        (number, "open"),
        (number, "open"),
        (number, "investigating"),
    ]
    await open311.city.record(number, Action.ACCEPT)
    await open311.city.record(number, Action.ANSWER, text="메웠습니다. 담당 010-9876-5432")
    after = await window(open311)
    assert after[: len(before)] == before
    assert (after[-1]["status"], after[-1]["external_status_code"]) == ("closed", "ANSWERED")
    assert after[-1]["description"].endswith("메웠습니다. 담당 010-****-****")
    instants = [one["updated_datetime"] for one in after]
    assert instants == sorted(instants)
    assert len({one["update_id"] for one in after}) == len(after)
    paged = [
        one for page in (1, 2, 3) for one in await window(open311, page_size="2", page=str(page))
    ]
    assert paged == after[:6]


async def test_updates_in_xml_are_those_of_json(open311: Open311) -> None:
    """service_request_updates › request_update; without dates the last day."""
    await open311.city.case()
    root = await open311.xml("servicerequestupdates")
    assert (root.tag, {one.tag for one in root}) == ("service_request_updates", {"request_update"})
    assert [one.findtext("update_id") for one in root] == [
        one["update_id"] for one in await window(open311)
    ]


@pytest.mark.parametrize("fields", [{"public": False}, {"item": "AD05"}])
async def test_what_is_not_public_has_no_updates(open311: Open311, fields: dict[str, Any]) -> None:
    """Nor has anything that only the city or the petitioner reads."""
    await open311.city.case(**fields)
    assert await window(open311) == []


@pytest.mark.parametrize(
    "asked",
    [
        {"start_date": "2026-01-01T00:00:00Z"},
        {"end_date": "2026-01-01T00:00:00Z"},
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"},
        {"start_date": "x", "end_date": "y"},
    ],
)
async def test_both_dates_or_neither(open311: Open311, asked: dict[str, str]) -> None:
    """And no more than 90 days."""
    assert (await open311.get("servicerequestupdates.xml", **asked)).status_code == 400


async def _notes(city: City, number: str) -> list[Any]:
    async with city.store.engine.connect() as conn:
        return [one for one in await events_of(conn, number) if one.kind is EventKind.COMMENTED]


async def test_a_posted_update_is_a_note_that_moves_nothing(open311: Open311) -> None:
    """Neither state nor deadline; the status is the partner's word, for the department to read;
    the words are sealed and no event carries them."""
    number = await open311.city.case()
    async with open311.city.store.engine.connect() as conn:
        before = await find_case(conn, number)
    answer = await open311.post(
        "servicerequestupdates.xml", **UPDATE, service_request_id=number, last_name="-"
    )
    root = parsed(answer)
    assert (root.tag, root[0].tag) == ("service_request_updates", "request_update")
    async with open311.city.store.engine.connect() as conn:
        after = await find_case(conn, number)
        texts = await texts_of(conn, open311.city.store, number)
    assert before is not None
    assert after is not None
    assert after == before.model_copy(update={"seq": before.seq + 1})
    (note,) = await _notes(open311.city, number)
    assert root.findtext("request_update/update_id") == str(note.id)
    assert note.detail["partner_status"] == "fixed"
    assert note.actor.account == "fixers"
    assert UPDATE["description"] not in note.model_dump_json()
    assert UPDATE["description"] in [one.text for one in texts.values()]
    assert note.state is State.ASSIGNED
    officer = await open311.city.staff()
    page = (await officer.get(f"/staff/cases/{number}")).text
    assert "고쳐줘에서 전함 · 그쪽 상태: 해결됨" in page
    assert UPDATE["description"] in page
    assert [one["update_id"] for one in await window(open311)].count(str(note.id)) == 0


async def test_an_update_id_is_noted_once(open311: Open311) -> None:
    """Sent again, also with other words, it gives the same id; another partner's is another."""
    number = await open311.city.case()
    ids = []
    for words in ("하나", "하나", "둘"):
        told = UPDATE | {"service_request_id": number, "description": words}
        answer = await open311.post("servicerequestupdates.json", **told)
        ids.append(answer.json()[0]["update_id"])
    assert len(set(ids)) == 1
    long = UPDATE | {"service_request_id": number, "update_id": "가" * 300}
    assert (await open311.post("servicerequestupdates.json", **long)).status_code == 200
    other = await added_partner(open311.city, "others")
    theirs = UPDATE | {"service_request_id": number, "api_key": other}
    assert (await open311.post("servicerequestupdates.json", **theirs)).status_code == 200
    assert len(await _notes(open311.city, number)) == 3


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"api_key": "nobody's"}, 403),
        ({"service_request_id": ""}, 400),
        ({"service_request_id": "261126-000001-2"}, 404),
        ({"service_request_id": "nothing"}, 404),
        ({"update_id": ""}, 400),
        ({"update_id": "", "update_id_ext": "7"}, 200),
        ({"status": ""}, 400),
        ({"status": "DONE"}, 400),
        ({"status": "REOPEN"}, 200),
        ({"status": "closed"}, 200),
        ({"updated_datetime": ""}, 400),
        ({"updated_datetime": "today"}, 400),
        ({"description": ""}, 400),
        ({"description": "가" * 4001}, 400),
        ({"description": "900101-1234568"}, 400),
        ({"public_anonymity_required": "TRUE", "email": "a@example.org"}, 200),
    ],
)
async def test_what_is_asked_of_an_update(
    open311: Open311, changed: dict[str, str], status: int
) -> None:
    """Each fault with a sentence."""
    number = await open311.city.case()
    told = UPDATE | {"service_request_id": number} | changed
    answer = await open311.post("servicerequestupdates.xml", **told)
    assert answer.status_code == status, answer.text
    assert len(await _notes(open311.city, number)) == (status == 200)


async def test_only_what_a_partner_may_see_may_it_tell_of(open311: Open311) -> None:
    """Another's private case is no case; a key without the right is refused."""
    private = await open311.city.case(public=False)
    told = UPDATE | {"service_request_id": private}
    assert (await open311.post("servicerequestupdates.json", **told)).status_code == 404
    files = await added_partner(open311.city, "filers", rights=(Right.FILE,))
    shown = UPDATE | {"service_request_id": await open311.city.case(), "api_key": files}
    assert (await open311.post("servicerequestupdates.json", **shown)).status_code == 403


async def test_an_update_that_comes_before_the_registration_is_to_be_sent_again(
    open311: Open311,
) -> None:
    """409 with Retry-After: clients send what failed again, and nothing is lost."""
    told = UPDATE | {"service_request_id": await open311.file()}
    answer = await open311.post("servicerequestupdates.json", **told)
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "5")


async def test_photos_of_an_update_reach_the_case_once(open311: Open311) -> None:
    """Sent again, or again with another note, the same photo is kept once."""
    number = await open311.city.case()
    made = io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(made, "PNG")
    for update_id in ("1", "1", "2"):
        told = UPDATE | {"service_request_id": number, "update_id": update_id}
        files = {"photo1": ("after.png", made.getvalue(), "image/png")}
        answer = await open311.post("servicerequestupdates.json", **told, files=files)
        assert answer.status_code == 200, answer.text
    async with open311.city.store.engine.connect() as conn:
        assert [one.name for one in await attachments_of(conn, number)] == ["after.png"]
