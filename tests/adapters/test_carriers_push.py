"""Push messages: what a telephone gets, and which trouble is for good."""

from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.carriers import TemporaryFailure
from adapters.carriers.push import BODY_BYTES, TITLE_CHARACTERS, PushCarrier, fit
from schema.codes import Channel, EventKind, ReplyBy
from schema.messages import DeliveryOutcome, NoticeText, OutboundMessage
from stack.outside.server import OutsideAddresses

TOKEN = "demo-push-bab808161313"
URL = "https://minwon.example/cases/261123-000042-K?key=3sXv9J1nqkT0bq6c2yQh8A"


def notice(body: str, subject: str = "민원 접수 안내") -> NoticeText:
    """A notice for a telephone."""
    return NoticeText(
        template="submitted",
        subject=subject,
        body=body,
        public_body="",
        url=URL,
        public_url="https://minwon.example/cases/261123-000042-K",
    )


def push(to: str = TOKEN, body: str = "민원이 접수되었습니다.") -> OutboundMessage:
    """A message on its way to the telephone."""
    return OutboundMessage(
        id=uuid4(),
        case="261123-000042-K",
        event_id=uuid4(),
        event_kind=EventKind.SUBMITTED,
        channel=Channel.SMART_REPORT,
        means=ReplyBy.PUSH,
        to=to,
        subject="민원 접수 안내",
        body=body,
        created_at=datetime.now(UTC),
    )


def carrier(outside: OutsideAddresses, token: str = "a token") -> PushCarrier:
    """The carrier of push messages."""
    return PushCarrier(outside.http, token=token, project="minwon")


async def test_a_push_reaches_the_telephone(outside: OutsideAddresses) -> None:
    """Under our id, which also lets the telephone show it once where it comes twice."""
    message = push()
    ways = carrier(outside)
    delivery = await ways.send(message)
    await ways.close()
    assert delivery.outcome is DeliveryOutcome.DELIVERED
    async with httpx.AsyncClient(base_url=outside.http) as client:
        [got] = (await client.get("/messages", params={"to": TOKEN, "kind": "push"})).json()
    sent = got["raw"]["message"]
    assert sent["notification"] == {"title": message.subject, "body": message.body}
    assert sent["android"]["collapse_key"] == got["reference"] == str(message.id)
    assert sent["data"]["case"] == message.case


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (push(to="unregistered-7"), "UNREGISTERED"),
        (push(to=""), "INVALID_ARGUMENT"),
        (push(body="가" * 2000), "INVALID_ARGUMENT"),
    ],
)
async def test_a_refusal_is_for_good(
    outside: OutsideAddresses, message: OutboundMessage, reason: str
) -> None:
    """With FCM's own code: an app that was removed is not tried again."""
    ways = carrier(outside)
    delivery = await ways.send(message)
    await ways.close()
    assert (delivery.outcome, delivery.reason) == (DeliveryOutcome.FAILED, reason)


@pytest.mark.parametrize("status", [401, 429, 500, 503])
async def test_trouble_is_waited_for(outside: OutsideAddresses, status: int) -> None:
    """And the same message goes through when it is over."""
    async with httpx.AsyncClient(base_url=outside.http) as client:
        await client.post("/_control/failures", json={"kind": "push", "status": status})
    ways, message = carrier(outside), push()
    with pytest.raises(TemporaryFailure) as raised:
        await ways.send(message)
    assert raised.value.reason == f"http_{status}"
    assert (await ways.send(message)).outcome is DeliveryOutcome.DELIVERED
    await ways.close()


async def test_nobody_there_is_waited_for() -> None:
    """A service that cannot be reached refused nothing."""
    ways = PushCarrier("http://127.0.0.1:9", token="a token", project="minwon")
    with pytest.raises(TemporaryFailure):
        await ways.send(push())
    await ways.close()


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=2000), st.integers(1, 40))
def test_every_notice_fits_and_keeps_its_address(text: str, times: int) -> None:
    """Cut between letters, the address whole at its end."""
    made = fit(notice(text * times, subject=text), TOKEN)
    assert len(made.body.encode()) <= BODY_BYTES
    assert made.body.endswith(URL)
    assert len(made.subject) <= TITLE_CHARACTERS
    assert "\n" not in made.subject


def test_a_short_notice_is_said_in_full() -> None:
    """With its address below."""
    made = fit(notice("민원이 접수되었습니다."), TOKEN)
    assert (made.to, made.subject) == (TOKEN, "민원 접수 안내")
    assert made.body.splitlines() == ["민원이 접수되었습니다.", URL]
