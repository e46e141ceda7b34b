"""Each channel's whole way, on real components: from the raw record to the delivered reply."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from cli.sample_day import SampleRecord, Shift, raw_request, read_sample
from tests.system.running_city import RunningCity

SAMPLE = Path(__file__).parents[2] / "samples" / "day.jsonl"
ANSWER = "현장을 확인하고 조치를 마쳤습니다. 알려 주셔서 고맙습니다."
PATIENCE_SECONDS = 60


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningCity]:
    """One running city for all channels."""
    running = RunningCity(tmp_path_factory.mktemp("channels") / "city")
    try:
        await running.begin()
        yield running
    finally:
        await running.end()


def sample_for(
    gateway: str, *, scheme: str | None = None, needs: str | None = None
) -> SampleRecord:
    """The first good record of the sample day for a gateway, with the field `needs` in its body."""
    for record in read_sample(SAMPLE):
        fits = record.gateway == gateway and record.expects == "registered"
        if not fits or (scheme and record.scheme != scheme) or record.redelivery_of:
            continue
        body = record.body if isinstance(record.body, dict) else {}
        if needs is None or needs in str(body):
            return record
    raise AssertionError(f"the sample has no record for {gateway}")


async def send(city: RunningCity, record: SampleRecord) -> httpx.Response:
    """Send the record as its vendor would."""
    request = raw_request(
        record,
        shift=Shift(datetime.now(UTC) - record.at, record.at),
        folder=SAMPLE.parent,
        base_url=city.url,
        secrets=city.secrets,
    )
    async with httpx.AsyncClient(base_url=city.url, timeout=30) as client:
        return await client.post(request.path, content=request.body, headers=request.headers)


async def newest_case(city: RunningCity, channel: str) -> dict[str, Any]:
    """The newest case of a channel, when it has reached a desk."""
    for _ in range(PATIENCE_SECONDS * 5):
        async with city.store.engine.connect() as conn:
            row = (
                await conn.execute(
                    text(
                        "SELECT number, state, kind, legal_due_at, target_due_at FROM cases"
                        " WHERE channel = :channel AND state <> 'SUBMITTED'"
                        " ORDER BY created_at DESC LIMIT 1"
                    ),
                    {"channel": channel},
                )
            ).one_or_none()
        if row is not None:
            return dict(row._mapping)
        await asyncio.sleep(0.2)
    raise AssertionError(f"no case of {channel} reached a desk")


async def answer(city: RunningCity, number: str) -> None:
    """Answer the case as the first-line desk does, over the staff API."""
    auth = ("admin", city.keyring.gateway_keys["administrator_password"])
    async with httpx.AsyncClient(base_url=city.url, auth=auth, timeout=30) as client:
        done = await client.post(
            f"/api/v1/cases/{number}/actions/answer",
            json={"request_id": f"answer-{number}", "text": ANSWER},
        )
    assert done.status_code in (200, 202), done.text


async def told(city: RunningCity, kind: str, words: str) -> dict[str, Any]:
    """The message of a kind that holds `words`, as its recipient got it."""
    for _ in range(PATIENCE_SECONDS * 5):
        for message in await city.received(kind=kind):
            if words in message["body"]:
                return message
        await asyncio.sleep(0.2)
    raise AssertionError(f"no {kind} with «{words}»")


async def test_a_form_is_answered_on_the_citizens_page(city: RunningCity) -> None:
    """web_form: the number at once; status and answer on the page that number and key open."""
    async with httpx.AsyncClient(base_url=city.url, timeout=30) as client:
        filed = (
            await client.post(
                "/api/v1/petitions",
                json={
                    "text": "마포구 월드컵로 212 앞 보도블록이 깨져 있습니다.",
                    "contact": {"name": "홍길동", "email": "hong@example.com"},
                    "reply_by": "email",
                },
            )
        ).json()
        await newest_case(city, "web_form")
        await answer(city, filed["receipt_number"])
        mail = await told(city, "email", "조치를 마쳤습니다")
        assert mail["to"] == "hong@example.com"
        shown = await client.get(
            f"/api/v1/petitions/{filed['receipt_number']}",
            headers={"X-Minwon-Key": filed["key"]},
        )
        assert shown.json()["status"] == "ANSWERED"
        assert shown.json()["answer"] == ANSWER
        wrong = await client.get(
            f"/api/v1/petitions/{filed['receipt_number']}", headers={"X-Minwon-Key": "x" * 22}
        )
        assert wrong.status_code == 404


async def test_a_call_that_the_agent_answered_is_answered_at_once(city: RunningCity) -> None:
    """sms_120: 즉시답변 — nobody has to act again."""
    record = sample_for("/gateway/sms_120/calls", needs="'answered': True")
    assert (await send(city, record)).status_code == 201
    for _ in range(PATIENCE_SECONDS * 5):
        if (await newest_case(city, "sms_120"))["state"] == "ANSWERED":
            return
        await asyncio.sleep(0.2)
    raise AssertionError("the call was not answered at once")


async def test_a_text_message_is_answered_by_text_message(city: RunningCity) -> None:
    """sms_120: a carrier's webhook in, an SMS or LMS out, to the sender."""
    record = sample_for("/gateway/sms_120/messages", scheme="twilio", needs="+8210")
    assert (await send(city, record)).status_code == 200
    case = await newest_case(city, "sms_120")
    await told(city, "sms", case["number"])


async def test_a_report_is_answered_by_push(city: RunningCity) -> None:
    """smart_report: multipart with photographs in, a push message out to the app."""
    record = sample_for("/gateway/smart_report/reports", needs="push_token")
    assert (await send(city, record)).status_code == 201
    case = await newest_case(city, "smart_report")
    await answer(city, case["number"])
    push = await told(city, "push", "조치를 마쳤습니다")
    assert push["to"] == record.body["push_token"]  # type: ignore[index,call-overload]


async def test_a_post_is_answered_under_the_post(city: RunningCity) -> None:
    """sns: a mention on X in, a public reply under it out; a target and no legal due."""
    record = sample_for("/gateway/sns/x")
    assert (await send(city, record)).status_code == 200
    case = await newest_case(city, "sns")
    assert case["kind"] == "opinion"
    assert case["legal_due_at"] is None
    assert case["target_due_at"] is not None
    await answer(city, case["number"])
    reply = await told(city, "x", case["number"])
    assert reply["to"] == record.body["data"]["id"]  # type: ignore[index,call-overload]


async def test_a_wrong_signature_is_refused_and_leaves_no_record(city: RunningCity) -> None:
    """401, and the journal stays as it was."""
    async with city.store.engine.connect() as conn:
        before = await conn.scalar(text("SELECT count(*) FROM intake_journal"))
    async with httpx.AsyncClient(base_url=city.url, timeout=30) as client:
        refused = [
            await client.post(path, content=b"{}", headers={header: "sha256=00"})
            for path, header in (
                ("/gateway/sms_120/calls", "X-Minwon-Signature"),
                ("/gateway/smart_report/reports", "X-Minwon-Signature"),
                ("/gateway/sns/x", "x-twitter-webhooks-signature"),
                ("/gateway/sns/meta", "X-Hub-Signature-256"),
            )
        ]
    assert [answer.status_code for answer in refused] == [401, 401, 401, 401]
    async with city.store.engine.connect() as conn:
        assert await conn.scalar(text("SELECT count(*) FROM intake_journal")) == before
