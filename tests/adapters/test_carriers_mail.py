"""Mail: what a mailbox gets, and which trouble is for good."""

from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

from adapters.carriers import TemporaryFailure
from adapters.carriers.mail import MailCarrier, fit
from schema.codes import Channel, EventKind, ReplyBy
from schema.messages import DeliveryOutcome, NoticeText, OutboundMessage
from stack.outside.server import OutsideAddresses

SENDER = "minwon@city.example"
TO = "petitioner@mail.example"


def letter(body: str = "답변입니다.", *, to: str = TO, subject: str = "답변") -> OutboundMessage:
    """A message on its way to the mail server."""
    return OutboundMessage(
        id=uuid4(),
        case="261123-000042-K",
        event_id=uuid4(),
        event_kind=EventKind.ANSWERED,
        channel=Channel.WEB_FORM,
        means=ReplyBy.EMAIL,
        to=to,
        subject=subject,
        body=body,
        created_at=datetime.now(UTC),
    )


async def ask_failures(outside: OutsideAddresses, status: int) -> None:
    """The next letter fails."""
    async with httpx.AsyncClient(base_url=outside.http) as client:
        asked = {"kind": "email", "status": status, "times": 1}
        assert (await client.post("/_control/failures", json=asked)).status_code == 201


async def test_a_letter_reaches_the_mailbox(outside: OutsideAddresses) -> None:
    """In Korean, with lines longer than SMTP's and a lone dot, under our id."""
    message = letter("가나다 " * 400 + "\n.\n끝", subject="[서울시] 민원 답변 안내 🙂")
    delivery = await MailCarrier(outside.smtp, sender=SENDER).send(message)
    assert delivery.outcome is DeliveryOutcome.DELIVERED
    async with httpx.AsyncClient(base_url=outside.http) as client:
        [got] = (await client.get("/messages", params={"to": TO, "kind": "email"})).json()
    assert got["body"].strip() == message.body
    assert got["raw"]["subject"] == message.subject
    assert got["reference"] == str(message.id)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (letter(to="no-host"), "smtp_550"),
        (letter(to="a@b.example\r\nBcc: c@d.example"), "bad_address"),
        (letter(subject="답변\r\nBcc: c@d.example"), "bad_address"),
    ],
)
async def test_a_wrong_address_fails_for_good(
    outside: OutsideAddresses, message: OutboundMessage, reason: str
) -> None:
    """And a line end in a header sends nothing to anybody else."""
    delivery = await MailCarrier(outside.smtp, sender=SENDER).send(message)
    assert (delivery.outcome, delivery.reason) == (DeliveryOutcome.FAILED, reason)
    async with httpx.AsyncClient(base_url=outside.http) as client:
        assert (await client.get("/messages")).json() == []


@pytest.mark.parametrize(("status", "temporary"), [(421, True), (451, True), (554, False)])
async def test_four_hundreds_pass_and_five_hundreds_do_not(
    outside: OutsideAddresses, status: int, temporary: bool
) -> None:
    """RFC 5321 §4.2.1."""
    await ask_failures(outside, status)
    carrier = MailCarrier(outside.smtp, sender=SENDER)
    if temporary:
        with pytest.raises(TemporaryFailure, match=f"smtp_{status}"):
            await carrier.send(letter())
    else:
        assert (await carrier.send(letter())).reason == f"smtp_{status}"


async def test_a_server_that_is_away_is_temporary() -> None:
    """Nobody listens there."""
    with pytest.raises(TemporaryFailure):
        await MailCarrier("smtp://127.0.0.1:9", sender=SENDER).send(letter())


def test_a_notice_is_given_in_full_with_its_address() -> None:
    """Nothing is shortened; the subject is one line."""
    notice = NoticeText(
        template="answered",
        subject="답변\n안내",
        body="가" * 5_000,
        public_body="",
        url="https://minwon.example/cases/1?key=2",
        public_url="",
    )
    fitted = fit(notice, TO)
    assert fitted.subject == "답변 안내"
    assert fitted.body == f"{notice.body}\n\n{notice.url}\n"
