"""The sheet of a case: what the city says among itself, and what was answered to such cases."""

from schema.codes import Action, EventKind, Role
from storage.cases import events_of, find_case
from tests.adapters.told_city import told_city
from tests.web.conftest import CLEANSING, FIRST_LINE, ROADS, City
from tests.web.test_officer import csrf_in


async def test_an_executives_word_stands_first_and_moves_nothing(city: City) -> None:
    """It is told apart from notes by whose it is, is read once on the page, reaches officer and
    head, and no clock moves."""
    number = await city.case("보도 파손", item="RD02")
    await city.record(number, Action.COMMENT, text="업체에 전화함")
    async with city.store.engine.connect() as conn:
        before = await find_case(conn, number)
    executive = await city.staff(Role.EXECUTIVE, FIRST_LINE)
    form = (await executive.get(f"/staff/cases/{number}")).text
    assert "담당자와 부서장에게 알립니다" in form
    said = {"csrf": csrf_in(form), "request_id": "e1", "text": "이번 주 안에 꼭 살펴 주십시오"}
    done = await executive.post(f"/staff/cases/{number}/actions/comment", data=said)
    assert done.status_code == 303
    page = (await (await city.staff()).get(f"/staff/cases/{number}")).text
    word, note = page.index("이번 주 안에 꼭"), page.index("업체에 전화함")
    assert page.index('id="executive"') < word < page.index('id="acts"') < note
    assert page.count("이번 주 안에 꼭") == page.count("업체에 전화함") == 1
    assert "경영진 첨언" in page.split('id="story"')[1]
    async with city.store.engine.connect() as conn:
        after, event = await find_case(conn, number), (await events_of(conn, number))[-1]
    assert (event.kind, event.actor.role) == (EventKind.COMMENTED, Role.EXECUTIVE)
    assert before is not None
    assert after is not None
    await (await told_city(city.store)).notice(number)
    for role in (Role.OFFICER, Role.DEPARTMENT_HEAD):
        inbox = (await (await city.staff(role, ROADS)).get("/staff/inbox")).text
        assert inbox.count(f"경영진 첨언이 있습니다: {number}") == 1
    clocks = ("legal_due_at", "target_due_at", "state", "next_at", "next_rung")
    assert [getattr(after, name) for name in clocks] == [getattr(before, name) for name in clocks]


async def test_answers_to_such_cases_are_read_masked_and_within_the_rights(city: City) -> None:
    """The likest of the item first; another department's only where everybody may read it."""
    asked = "서교동 보도블록이 깨졌습니다"
    mine = await city.case(asked, item="RD02", public=False)
    hidden = await city.case(asked, item="RD02", public=False)
    shown = await city.case("합정동 벤치 옆 보도", item="RD02")
    for number in (mine, hidden, shown):
        await city.record(number, Action.START)
        words = f"{number} 홍길동 님, 010-9999-8888로 연락드린 대로 교체했습니다"
        if number == hidden:
            await city.record(number, Action.TRANSFER, department=CLEANSING, reason="소관")
        await city.record(number, Action.ANSWER, text=words)
    number = await city.case(asked, item="RD02")
    page = (await (await city.staff(Role.OFFICER, ROADS)).get(f"/staff/cases/{number}")).text
    given = page.split('id="given"')[1].split("</section>")[0]
    assert hidden not in given
    assert given.index(mine) < given.index(shown)
    assert "교체했습니다" in given
    assert "9999-8888" not in given
    desk = (
        await (await city.staff(Role.FIRST_LINE, FIRST_LINE)).get(f"/staff/cases/{number}")
    ).text
    assert hidden in desk.split('id="given"')[1].split("</section>")[0]
