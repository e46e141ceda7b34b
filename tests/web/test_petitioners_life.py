"""The whole life of a case for its petitioner: supplement, consent, objection, merged cases."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from activities.housekeeping import Housekeeping
from schema.codes import Action, CaseKind
from schema.commands import Command
from storage.commands import keep_command
from storage.tables import command
from tests.web.conftest import City
from tests.web.life import PETITIONER, asked, first_line, merged, whole
from tests.web.test_case_pages import opened


async def test_a_merged_case_keeps_number_and_page_and_names_no_other_petitioner(
    city: City,
) -> None:
    """Its petitioner reads that it is handled with others and how that goes on: no number and no
    word of theirs. Staff read both numbers."""
    number, root = await merged(city)
    own = (await (await opened(city, number)).get(f"/cases/{number}")).text
    assert "함께 처리하고 있습니다" in own
    assert "처리를 시작했습니다" in own
    assert root not in own
    assert "김말똥" not in own
    api = await city.browser().get(
        f"/api/v1/petitions/{number}", headers={"x-minwon-key": city.key(number)}
    )
    assert api.json()["merged"] is True
    assert root not in api.text
    everybody = (await city.browser().get(f"/public/{number}")).text
    assert root not in everybody
    desk = await first_line(city)
    assert root in (await desk.get(f"/staff/cases/{number}")).text
    assert number in (await desk.get(f"/staff/cases/{root}")).text


async def test_the_answer_to_the_one_is_read_on_the_others_own_page(city: City) -> None:
    """The merged case shows its own copy of the answer, and may be rated."""
    number, root = await merged(city)
    await city.record(root, Action.ANSWER, text="가로등을 고쳤습니다")
    own = (await (await opened(city, number)).get(f"/cases/{number}")).text
    assert own.split('id="answer"')[1].count("가로등을 고쳤습니다") == 1
    assert f'action="/cases/{number}/rate"' in own
    assert root not in own


async def test_an_objection_becomes_a_case_that_leads_back(city: City) -> None:
    """The petitioner objects on the page; each of the two cases opens the other, by its key."""
    number = await city.case("보상해 주세요", item="RD02")
    await city.record(number, Action.REFUSE, text="대상이 아닙니다", remedy="이의신청 30일")
    browser = await opened(city, number)
    assert "까지 할 수 있습니다." in (await browser.get(f"/cases/{number}")).text
    form = {"request_id": f"o-{number}", "text": "다시 봐 주세요"}
    answer = await browser.post(f"/cases/{number}/object", data=form)
    assert answer.status_code == 303, answer.text
    page = (await browser.get(f"/cases/{number}")).text
    link = re.search(rf'href="(/cases/{number}/linked/([0-9A-Z-]+))"', page)
    assert link is not None
    assert city.key(link[2]) not in page
    assert (await browser.get(link[1])).headers["location"] == f"/cases/{link[2]}"
    back = (await browser.get(f"/cases/{link[2]}")).text
    assert f"{number}에 대한 이의신청입니다." in back
    assert f'href="/cases/{link[2]}/linked/{number}"' in back
    staff = (await (await first_line(city)).get(f"/staff/cases/{link[2]}")).text
    assert f'href="/staff/cases/{number}"' in staff


async def test_a_linked_case_shows_no_key_to_staff_or_everybody(city: City) -> None:
    """The other case opens from the petitioner's own page only."""
    number = await city.case("보상해 주세요", item="RD02")
    await city.record(number, Action.REFUSE, text="대상이 아닙니다", remedy="이의신청 30일")
    _, outcome = await asked(city, number, Action.OBJECT, actor=PETITIONER, text="다시")
    (later,) = outcome.look_again
    for page in (
        await (await first_line(city)).get(f"/staff/cases/{number}"),
        await city.browser().get(f"/public/{number}"),
    ):
        assert city.key(later) not in page.text
        assert city.key(number) not in page.text


async def test_the_petitioner_reads_what_to_hand_in_and_until_when(city: City) -> None:
    """What was asked, the last day, and the form; a request for more time beside it."""
    number = await city.case("보도 파손", item="RD02")
    browser = await opened(city, number)
    before = (await browser.get(f"/cases/{number}")).text
    assert f"/cases/{number}/supplement" not in before
    await city.record(
        number, Action.REQUEST_SUPPLEMENT, text="건물 이름을 알려 주세요", days=7, found_later=1
    )
    page = (await browser.get(f"/cases/{number}")).text
    assert "보완해 주세요" in page
    assert "건물 이름을 알려 주세요" in page
    assert re.search(r"23:59까지 보내 주세요\.", page)
    assert f'action="/cases/{number}/supplement"' in page
    assert f'action="/cases/{number}/extend_supplement"' in page
    api = await city.browser().get(
        f"/api/v1/petitions/{number}", headers={"x-minwon-key": city.key(number)}
    )
    assert api.json()["supplement_until"] is not None
    assert "supplement" in api.json()["allowed_actions"]


async def test_consent_is_asked_for_before_a_second_extension_only(city: City) -> None:
    """Nobody consents in advance; after the first extension the page offers it."""
    number = await city.case("보도 파손", item="RD02")
    browser = await opened(city, number)
    assert f"/cases/{number}/consent" not in (await browser.get(f"/cases/{number}")).text
    await city.record(number, Action.EXTEND, days=2, reason_code="cooperation", reason="협의")
    page = (await browser.get(f"/cases/{number}")).text
    assert f"/cases/{number}/consent" in page
    form = {"request_id": f"consent-{number}"}
    assert (await browser.post(f"/cases/{number}/consent", data=form)).status_code == 303
    page = (await browser.get(f"/cases/{number}")).text
    assert "신청인이 재연장에 동의했습니다." in page
    assert f"/cases/{number}/consent" not in page


async def test_a_change_by_the_petitioner_is_on_both_pages(city: City) -> None:
    """What was changed replaces what was filed, for the petitioner and for the officer."""
    number = await city.case()
    browser = await opened(city, number)
    form = {"request_id": f"ch-{number}", "text": "위치를 고칩니다: 서교동 358"}
    assert (await browser.post(f"/cases/{number}/change", data=form)).status_code == 303
    own = (await browser.get(f"/cases/{number}")).text
    assert "위치를 고칩니다" in own.split('id="mine"')[1]
    assert "위치를 고칩니다" in (await (await first_line(city)).get(f"/staff/cases/{number}")).text


async def test_what_a_petitioner_typed_survives_a_refusal(city: City) -> None:
    """Asking again before there is an answer: the reason is told, the words are kept."""
    number = await city.case()
    browser = await opened(city, number)
    form = {"request_id": f"early-{number}", "text": "이의가 있습니다, 자세히는"}
    answer = await browser.post(f"/cases/{number}/object", data=form)
    assert answer.status_code == 409
    assert "이의가 있습니다, 자세히는" in answer.text


@pytest.mark.parametrize("action", ["object", "supplement", "consent", "ask_again"])
async def test_a_program_may_do_for_its_petitioner_what_the_table_allows(
    city: City, action: str
) -> None:
    """Another state refuses with its article; it is not said to be unknown."""
    number = await city.case()
    answer = await city.browser().post(
        f"/api/v1/petitions/{number}/actions/{action}",
        json={"request_id": "r1"} | ({"text": "t"} if action != "consent" else {}),
        headers={"x-minwon-key": city.key(number)},
    )
    assert answer.status_code in (202, 409), answer.text


async def test_what_experts_say_stays_inside(city: City) -> None:
    """That others are consulted is told; what they are asked and answer is not."""
    number = await city.case("그늘막을 놓아 주세요", item=None, kind=CaseKind.PROPOSAL)
    await city.record(number, Action.CONSULT, text="예산이 되는지 물음", days=14)
    own = (await (await opened(city, number)).get(f"/cases/{number}")).text
    assert "의견을 듣고 있습니다" in own
    assert "예산이 되는지" not in own
    assert "예산이 되는지" in (await (await first_line(city)).get(f"/staff/cases/{number}")).text


async def test_an_objection_that_was_only_stored_is_sent_again_with_its_case(city: City) -> None:
    """A process that died between storing and recording: housekeeping records the objection and
    starts the workflow of the case that it opens."""
    number = await city.case("보상해 주세요", item="RD02")
    await city.record(number, Action.REFUSE, text="대상이 아닙니다", remedy="이의신청 30일")
    async with city.store.engine.begin() as conn:
        await keep_command(
            conn,
            city.store,
            number=number,
            request_id="lost",
            action=Action.OBJECT,
            actor=PETITIONER,
            at=datetime.now(UTC),
            body={"text": "다시 봐 주세요"},
        )
        await conn.execute(
            update(command)
            .where(command.c.case_number == number, command.c.request_id == "lost")
            .values(created_at=datetime.now(UTC) - timedelta(minutes=1))
        )
    started: list[str] = []

    async def start(of: str) -> None:
        started.append(of)

    async def send(unanswered: Command) -> None:
        """Steps that other tests left behind stay as they are: Temporal is away."""

    await Housekeeping(city.store, city.recorder, start=start, send=send).send_unanswered()
    _, case = await whole(city, number)
    assert case.around is not None
    assert [link.number for link in case.around.links if link.number in started]
