"""Comments on Facebook, and the choice of the network that a thread stands on."""

from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

from adapters.carriers import TemporaryFailure
from adapters.carriers.meta import MetaCarrier
from adapters.carriers.thread import ThreadCarrier
from adapters.carriers.x import XCarrier
from schema.codes import Channel, EventKind, ReplyBy
from schema.messages import DeliveryOutcome, OutboundMessage
from schema.submission import Thread
from stack.outside.server import OutsideAddresses

COMMENT = "3305_558277424"


def reply(
    body: str = "의견을 접수했습니다.", *, post_id: str = COMMENT, network: str | None = "facebook"
) -> OutboundMessage:
    """A reply on its way to the comment."""
    thread = Thread(network=network or "", account="100000000000120", post_id=post_id)
    return OutboundMessage(
        id=uuid4(),
        case="261123-000042-K",
        event_id=uuid4(),
        event_kind=EventKind.SUBMITTED,
        channel=Channel.SNS,
        means=ReplyBy.THREAD,
        to=post_id,
        body=body,
        thread=thread if network else None,
        created_at=datetime.now(UTC),
    )


async def received(outside: OutsideAddresses, kind: str = "meta") -> list[dict[str, object]]:
    """What stands on a network."""
    async with httpx.AsyncClient(base_url=outside.http) as client:
        found: list[dict[str, object]] = (
            await client.get("/messages", params={"kind": kind})
        ).json()
    return found


@pytest.mark.parametrize(
    ("network", "post_id", "under"),
    [
        ("instagram", "17865799348089039", "17865799348089039"),
        ("instagram_mention", "179181/178942", "178942"),
        ("instagram_mention", "179181", "179181"),
    ],
)
async def test_a_reply_on_instagram_stands_under_its_comment(
    outside: OutsideAddresses, network: str, post_id: str, under: str
) -> None:
    """As a reply; under words elsewhere as an answer to the mention."""
    meta = MetaCarrier(outside.http, token="a page token")
    carrier = ThreadCarrier(x=XCarrier(outside.http, token="t"), meta=meta)
    delivery = await carrier.send(reply(network=network, post_id=post_id))
    too_long = await carrier.send(reply("가" * 301, network=network, post_id=post_id))
    await carrier.close()
    [got] = await received(outside)
    assert (got["to"], delivery.outcome) == (under, DeliveryOutcome.DELIVERED)
    assert delivery.reference == got["reference"]
    assert (too_long.outcome, too_long.reason) == (DeliveryOutcome.FAILED, "graph_100")


async def test_a_reply_stands_under_its_comment(outside: OutsideAddresses) -> None:
    """And Facebook's id of it is kept; the page's token is not."""
    carrier, message = (
        MetaCarrier(outside.http, token="a page token"),
        reply("한\n줄 & 100% = ㅎㅎ"),
    )
    delivery = await carrier.send(message)
    await carrier.close()
    [got] = await received(outside)
    assert (got["to"], got["body"]) == (COMMENT, message.body)
    assert delivery.outcome is DeliveryOutcome.DELIVERED
    assert delivery.reference == got["reference"]
    assert "a page token" not in str(got)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (reply(post_id="deleted_17"), "graph_100"),
        (reply("가" * 8_001), "graph_100"),
        (reply(network=None), "no_thread"),
    ],
    ids=["deleted", "too long", "no comment"],
)
async def test_a_refusal_is_for_good(
    outside: OutsideAddresses, message: OutboundMessage, reason: str
) -> None:
    """With the Graph API's own code."""
    carrier = MetaCarrier(outside.http, token="a page token")
    delivery = await carrier.send(message)
    await carrier.close()
    assert (delivery.outcome, delivery.reason) == (DeliveryOutcome.FAILED, reason)
    assert await received(outside) == []


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
async def test_trouble_is_waited_for(outside: OutsideAddresses, status: int) -> None:
    """And the same reply goes through when it is over."""
    async with httpx.AsyncClient(base_url=outside.http) as client:
        await client.post("/_control/failures", json={"kind": "meta", "status": status})
    carrier, message = MetaCarrier(outside.http, token="a page token"), reply()
    with pytest.raises(TemporaryFailure) as raised:
        await carrier.send(message)
    assert raised.value.reason == f"http_{status}"
    assert (await carrier.send(message)).outcome is DeliveryOutcome.DELIVERED
    await carrier.close()


async def test_without_a_token_nothing_is_said(outside: OutsideAddresses) -> None:
    """It is our trouble, not the comment's: tried again when somebody has set it."""
    carrier = MetaCarrier(outside.http, token="")
    with pytest.raises(TemporaryFailure):
        await carrier.send(reply())
    await carrier.close()
    assert await received(outside) == []


@pytest.mark.parametrize(("network", "kind"), [("x", "x"), ("facebook", "meta")])
async def test_a_thread_is_answered_on_its_own_network(
    outside: OutsideAddresses, network: str, kind: str
) -> None:
    """And on no other."""
    carrier = ThreadCarrier(
        x=XCarrier(outside.http, token="a token"), meta=MetaCarrier(outside.http, token="a token")
    )
    delivery = await carrier.send(reply(network=network))
    await carrier.close()
    assert delivery.outcome is DeliveryOutcome.DELIVERED
    assert {one: len(await received(outside, one)) for one in ("x", "meta")} == {
        one: int(one == kind) for one in ("x", "meta")
    }


@pytest.mark.parametrize("network", ["cyworld", None])
async def test_a_network_that_nobody_serves_is_for_good(
    outside: OutsideAddresses, network: str | None
) -> None:
    """The page tells the petitioner."""
    carrier = ThreadCarrier(
        x=XCarrier(outside.http, token="a token"), meta=MetaCarrier(outside.http, token="a token")
    )
    delivery = await carrier.send(reply(network=network))
    await carrier.close()
    assert (delivery.outcome, delivery.reason) == (DeliveryOutcome.FAILED, "unknown_network")
