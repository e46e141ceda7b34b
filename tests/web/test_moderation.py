"""Moderation: reports, findings of rules, hiding with a reason, the appeal, and showing again."""

import re
from uuid import uuid4

import httpx
import pytest

from rules.moderation import candidates
from schema.codes import Role
from schema.grounds import HideGround
from storage.cases import events_of, find_case
from tests.web.conftest import FIRST_LINE, City


async def _act(
    client: httpx.AsyncClient, number: str, action: str, **fields: str
) -> httpx.Response:
    page = (await client.get("/staff/moderation")).text
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return await client.post(
        f"/staff/cases/{number}/actions/{action}",
        data={"csrf": found[1], "request_id": str(uuid4()), **fields},
    )


async def _appeal(city: City, number: str) -> httpx.Response:
    return await city.browser().post(
        f"/api/v1/petitions/{number}/actions/appeal_hiding",
        json={"request_id": str(uuid4()), "text": "욕설이 아닙니다. 다시 봐 주세요."},
        headers={"x-minwon-key": city.key(number)},
    )


async def test_a_reader_reports_and_a_person_decides(city: City) -> None:
    """A report hides nothing; it waits in the queue, counted, its own personal data masked."""
    number = await city.case()
    for _ in range(2):
        answer = await city.browser().post(
            f"/public/{number}/report",
            data={"ground": "defamation", "words": "홍길동 씨 010-1234-5678에 대한 거짓말"},
        )
        assert answer.status_code == 303
    assert "신고해 주셔서" in (await city.browser().get(answer.headers["location"])).text
    assert (await city.browser().get(f"/public/{number}")).status_code == 200
    staff = await city.staff(Role.FIRST_LINE, FIRST_LINE)
    queue = (await staff.get("/staff/moderation")).text
    assert number in queue
    assert "신고 2번" in queue
    assert "1234-5678" not in queue


async def test_of_what_is_not_public_nothing_is_said_or_kept(city: City) -> None:
    """A report about a private case and about none look alike."""
    private = await city.case(public=False)
    for number in (private, "261123-000001-K"):
        answer = await city.browser().post(f"/public/{number}/report", data={"ground": "abuse"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/public")
    staff = await city.staff(Role.FIRST_LINE, FIRST_LINE)
    assert private not in (await staff.get("/staff/moderation")).text


@pytest.mark.parametrize(
    ("words", "grounds"),
    [
        ("가로등이 꺼졌습니다", set()),
        ("담당자 병 신 같아요", {HideGround.ABUSE}),
        ("기호 1번 뽑아 주세요", {HideGround.ELECTIONEERING}),
        ("당일대출 카톡 문의", {HideGround.ADVERTISEMENT}),
        ("그 사람은 사기꾼이고 개새끼", {HideGround.ABUSE, HideGround.DEFAMATION}),
    ],
)
def test_a_rule_finds_what_a_person_should_look_at(words: str, grounds: set[HideGround]) -> None:
    """By words of a table, however they are spaced; the word is the reason."""
    assert {one.ground for one in candidates(words)} == grounds


async def test_what_a_rule_finds_waits_and_stays_public(city: City) -> None:
    """Nothing is hidden by itself; somebody looks, and what is fine leaves the queue."""
    number = await city.case("가로등을 안 고치는 병신들, 서교동 포트홀")
    assert (await city.browser().get(f"/public/{number}")).status_code == 200
    staff = await city.staff(Role.FIRST_LINE, FIRST_LINE)
    queue = (await staff.get("/staff/moderation")).text
    assert "규칙이 찾음" in queue
    item = re.search(r'action="(/staff/moderation/\d+)"', queue)
    csrf = re.search(r'name="csrf" value="([^"]+)"', queue)
    assert item
    assert csrf
    assert (await staff.post(item[1], data={"csrf": "wrong"})).status_code == 403
    assert (await staff.post(item[1], data={"csrf": csrf[1]})).status_code == 303
    assert number not in (await staff.get("/staff/moderation")).text


async def test_hidden_appealed_and_shown_again_by_another_person(city: City) -> None:
    """With a coded reason; the clocks stand as they stood, and the petitioner is told it all."""
    number = await city.case()
    async with city.store.engine.connect() as conn:
        before = await find_case(conn, number)
    first, second = (
        await city.staff(Role.FIRST_LINE, FIRST_LINE),
        await city.staff(Role.FIRST_LINE, FIRST_LINE),
    )
    assert (await _act(first, number, "hide")).status_code >= 400
    assert (await _act(first, number, "hide", hide_ground="abuse")).status_code == 303
    for place in (f"/public/{number}", f"/api/v1/public/cases/{number}"):
        assert (await city.browser().get(place)).status_code == 404
    assert number not in (await city.browser().get("/public")).text
    mine = await city.browser().get(
        f"/api/v1/petitions/{number}", headers={"x-minwon-key": city.key(number)}
    )
    assert "공개 목록에서 내렸습니다" in mine.text
    assert "appeal_hiding" in mine.json()["allowed_actions"]

    assert (await _appeal(city, number)).status_code == 200
    assert (await _appeal(city, number)).status_code == 409
    queue = (await second.get("/staff/moderation")).text
    assert number in queue
    refused = await _act(first, number, "unhide")
    assert refused.status_code == 409
    assert "다른 직원이 결정합니다" in refused.text
    assert (await _act(second, number, "unhide")).status_code == 303
    assert (await city.browser().get(f"/public/{number}")).status_code == 200
    async with city.store.engine.connect() as conn:
        after = await find_case(conn, number)
        kinds = [event.kind for event in await events_of(conn, number)]
    assert before is not None
    assert after is not None
    assert kinds[-3:] == ["hidden", "hiding_appealed", "unhidden"]
    for clock in ("legal_due_at", "target_due_at", "next_at", "state", "term"):
        assert getattr(after, clock) == getattr(before, clock), clock


async def test_an_appeal_that_is_not_granted_is_answered_with_reasons(city: City) -> None:
    """The case stays hidden, its petitioner reads why, and the queue is empty again."""
    number = await city.case()
    first, second = (
        await city.staff(Role.FIRST_LINE, FIRST_LINE),
        await city.staff(Role.FIRST_LINE, FIRST_LINE),
    )
    await _act(first, number, "hide", hide_ground="defamation")
    await _appeal(city, number)
    assert (await _act(first, number, "keep_hidden", reason="같은 사람")).status_code == 409
    kept = await _act(second, number, "keep_hidden", reason="특정인을 단정해 비난한 글입니다.")
    assert kept.status_code == 303
    assert (await city.browser().get(f"/public/{number}")).status_code == 404
    mine = await city.browser().get(
        f"/api/v1/petitions/{number}", headers={"x-minwon-key": city.key(number)}
    )
    assert "특정인을 단정해" in mine.text
    assert number not in (await second.get("/staff/moderation")).text


async def test_who_has_no_such_right_does_not_see_the_queue(city: City) -> None:
    """An officer of a department is not a moderator."""
    assert (await (await city.staff()).get("/staff/moderation")).status_code == 403
