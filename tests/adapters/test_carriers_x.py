"""Replies on X: what stands under the post, and which trouble is for good."""

from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

from adapters.carriers import TemporaryFailure
from adapters.carriers.x import XCarrier
from schema.codes import Channel, EventKind, ReplyBy
from schema.messages import DeliveryOutcome, OutboundMessage
from schema.submission import Thread
from stack.outside.server import OutsideAddresses

POST = "2122988335264927731"
URL = "https://minwon.example/cases/261123-000042-K"


def reply(
    body: str = f"의견을 접수했습니다. {URL}", *, post_id: str | None = POST
) -> OutboundMessage:
    """A reply on its way to the post."""
    thread = Thread(network="x", account="1700000000000000120", post_id=post_id or "")
    return OutboundMessage(
        id=uuid4(),
        case="261123-000042-K",
        event_id=uuid4(),
        event_kind=EventKind.SUBMITTED,
        channel=Channel.SNS,
        means=ReplyBy.THREAD,
        to=post_id or "",
        body=body,
        thread=thread if post_id else None,
        created_at=datetime.now(UTC),
    )


async def received(outside: OutsideAddresses) -> list[dict[str, object]]:
    """What stands on X."""
    async with httpx.AsyncClient(base_url=outside.http) as client:
        found: list[dict[str, object]] = (
            await client.get("/messages", params={"kind": "x"})
        ).json()
    return found


async def ask_failures(outside: OutsideAddresses, status: int) -> None:
    """The next reply fails."""
    async with httpx.AsyncClient(base_url=outside.http) as client:
        asked = {"kind": "x", "status": status}
        assert (await client.post("/_control/failures", json=asked)).status_code == 201


async def test_a_reply_stands_under_its_post(outside: OutsideAddresses) -> None:
    """And X's id of it is kept."""
    carrier, message = XCarrier(outside.http, token="a token"), reply()
    delivery = await carrier.send(message)
    await carrier.close()
    [got] = await received(outside)
    assert (got["to"], got["body"]) == (POST, message.body)
    assert delivery.outcome is DeliveryOutcome.DELIVERED
    assert delivery.reference == got["reference"]


async def test_a_reply_that_comes_twice_stands_once(outside: OutsideAddresses) -> None:
    """X calls it a duplicate, which says that it is there."""
    carrier, message = XCarrier(outside.http, token="a token"), reply()
    outcomes = [(await carrier.send(message)).outcome for _ in range(2)]
    await carrier.close()
    assert outcomes == [DeliveryOutcome.DELIVERED] * 2
    assert len(await received(outside)) == 1


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (reply(post_id="deleted-17"), "post_gone"),
        (reply("가" * 141), "invalid-request"),
        (reply(f"{'가' * 129} {URL}"), "invalid-request"),
        (reply(""), "invalid-request"),
        (reply(post_id=None), "no_thread"),
    ],
    ids=["deleted", "too long", "too long with its address", "empty", "no post"],
)
async def test_a_refusal_is_for_good(
    outside: OutsideAddresses, message: OutboundMessage, reason: str
) -> None:
    """Nothing that could be said again would change it."""
    carrier = XCarrier(outside.http, token="a token")
    delivery = await carrier.send(message)
    await carrier.close()
    assert (delivery.outcome, delivery.reason) == (DeliveryOutcome.FAILED, reason)
    assert await received(outside) == []


async def test_an_address_counts_23_however_long_it_is(outside: OutsideAddresses) -> None:
    """128 Korean letters, a space and an address are 280."""
    carrier = XCarrier(outside.http, token="a token")
    delivery = await carrier.send(reply(f"{'가' * 128} {URL}"))
    await carrier.close()
    assert delivery.outcome is DeliveryOutcome.DELIVERED


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
async def test_trouble_is_waited_for(outside: OutsideAddresses, status: int) -> None:
    """Also a permission that our own account lacks: the reply did nothing wrong."""
    await ask_failures(outside, status)
    carrier, message = XCarrier(outside.http, token="a token"), reply()
    with pytest.raises(TemporaryFailure) as raised:
        await carrier.send(message)
    assert raised.value.reason == f"http_{status}"
    assert (await carrier.send(message)).outcome is DeliveryOutcome.DELIVERED
    await carrier.close()


async def test_nobody_there_is_waited_for() -> None:
    """A network that cannot be reached refused nothing."""
    carrier = XCarrier("http://127.0.0.1:9", token="a token")
    with pytest.raises(TemporaryFailure):
        await carrier.send(reply())
    await carrier.close()
