"""Short messages: what fits a telephone, and what the carrier makes of it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.carriers import TemporaryFailure
from adapters.carriers.cp949 import cp949_bytes, cut_to_bytes, in_cp949
from adapters.carriers.sms import (
    LMS_BYTES,
    SMS_BYTES,
    SUBJECT_BYTES,
    SmsCarrier,
    authorization,
    fit,
)
from schema.codes import Channel, EventKind, ReplyBy
from schema.messages import DeliveryOutcome, NoticeText, OutboundMessage
from stack.outside.book import Book
from stack.outside.carrier import API_KEY, API_SECRET
from stack.outside.server import OutsideAddresses

URL = "https://minwon.example/cases/261123-000042-K?key=3sXv9J1nqkT0bq6c2yQh8A"
PHONE = "01000000000"


def notice(body: str, *, subject: str = "민원 답변 안내", url: str = URL) -> NoticeText:
    """A notice with these words."""
    return NoticeText(
        template="answered",
        subject=subject,
        body=body,
        public_body="",
        url=url,
        public_url="",
    )


def sms(body: str, *, to: str = PHONE, subject: str = "") -> OutboundMessage:
    """A message on its way to the carrier."""
    return OutboundMessage(
        id=uuid4(),
        case="261123-000042-K",
        event_id=uuid4(),
        event_kind=EventKind.ANSWERED,
        channel=Channel.SMS_120,
        means=ReplyBy.SMS,
        to=to,
        subject=subject,
        body=body,
        created_at=datetime.now(UTC),
    )


@given(body=st.text(max_size=3_000), subject=st.text(max_size=60))
@example(body="가" * 1_500, subject="나" * 40)
@example(body="🙂" * 2_000, subject="👍")
@example(body="a" + "각" * 999, subject="")
def test_every_notice_fits_and_keeps_its_address_whole(body: str, subject: str) -> None:
    """90 bytes of CP949 without a subject, else 2,000 with one of 40; the address never cut."""
    fitted = fit(notice(body, subject=subject), PHONE)
    size = len(fitted.body.encode("cp949"))
    assert size <= (LMS_BYTES if size > SMS_BYTES else SMS_BYTES)
    assert len(fitted.subject.encode("cp949")) <= SUBJECT_BYTES
    assert fitted.body.splitlines()[-1] == URL


@given(text=st.text(alphabet="가힣a1 漢…", max_size=200), limit=st.integers(2, 120))
def test_a_cut_never_falls_inside_a_letter(text: str, limit: int) -> None:
    """What is left is the beginning of the text, letter by letter."""
    cut = cut_to_bytes(text, limit)
    assert cp949_bytes(cut) <= limit
    assert cut == text or text.startswith(cut.removesuffix("…"))


def test_a_short_notice_with_a_short_address_is_an_sms() -> None:
    """90 bytes exactly are still an SMS; one more is an LMS with a subject."""
    url = "https://m.kr/1"
    words = "가" * ((SMS_BYTES - len(url) - 1) // 2) + "a"
    assert cp949_bytes(words) == SMS_BYTES - len(url) - 1
    assert fit(notice(words, url=url), PHONE).subject == ""
    assert fit(notice(words + "a", url=url), PHONE).subject == "민원 답변 안내"


def test_an_address_that_stands_in_the_text_is_not_said_twice() -> None:
    """Once is enough."""
    assert fit(notice(f"답변이 있습니다. {URL} 에서 보세요."), PHONE).body.count(URL) == 1


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("답변입니다.\n감사합니다", "답변입니다.\n감사합니다"),
        ("각", "각"),
        ("Café Müller", "Cafe Muller"),
        ("10–12시 — 휴무", "10-12시 - 휴무"),
        ("₩3,000", "￦3,000"),
        ("네👍🏽", "네(좋아요)"),
        ("안녕\u200b하세요", "안녕하세요"),
        ("끝🚧", "끝"),
        ("Ελλάδα", "Ελλαδα"),
        ("العربية", "???????"),
        ("뷁똠햏", "뷁똠햏"),
        ("①②", "①②"),
    ],
)
def test_letters_that_telephones_lack_are_spelled_or_left_out(written: str, shown: str) -> None:
    """All modern Hangul stays; accents are dropped, pictures left out, other letters marked."""
    assert in_cp949(written) == shown


@given(st.text(max_size=300))
def test_whatever_is_written_can_be_sent_and_stays_as_it_is(text: str) -> None:
    """The outcome is CP949, and spelling it again changes nothing."""
    once = in_cp949(text)
    once.encode("cp949")
    assert in_cp949(once) == once


@pytest_asyncio.fixture
async def carrier(outside: OutsideAddresses) -> AsyncIterator[SmsCarrier]:
    """Our side of the carrier's interface."""
    ours = SmsCarrier(outside.http, api_key=API_KEY, api_secret=API_SECRET, sender="02120")
    yield ours
    await ours.close()


async def received(outside: OutsideAddresses) -> list[dict[str, object]]:
    """What telephones have got."""
    async with httpx.AsyncClient(base_url=outside.http) as client:
        messages: list[dict[str, object]] = (await client.get("/messages?kind=sms")).json()
        return messages


async def ask_failures(outside: OutsideAddresses, status: int) -> None:
    """The next message fails."""
    async with httpx.AsyncClient(base_url=outside.http) as client:
        asked = {"kind": "sms", "status": status, "times": 1}
        assert (await client.post("/_control/failures", json=asked)).status_code == 201


async def test_a_message_reaches_the_telephone(
    carrier: SmsCarrier, outside: OutsideAddresses
) -> None:
    """It is there with our id, and the carrier's own id is the reference."""
    message = sms("민원이 접수되었습니다.", to="+82 10-0000-0000")
    delivery = await carrier.send(message)
    assert delivery.outcome is DeliveryOutcome.DELIVERED
    [got] = await received(outside)
    assert (got["to"], got["body"], got["reference"]) == (PHONE, message.body, str(message.id))
    assert isinstance(got["raw"], dict)
    assert got["raw"]["type"] == "SMS"
    assert got["raw"]["carrier_message_id"] == delivery.reference


async def test_a_long_message_is_an_lms(carrier: SmsCarrier, outside: OutsideAddresses) -> None:
    """With its subject."""
    fitted = fit(notice("답변 " * 100), PHONE)
    await carrier.send(sms(fitted.body, subject=fitted.subject))
    [got] = await received(outside)
    assert isinstance(got["raw"], dict)
    assert (got["raw"]["type"], got["raw"]["subject"]) == ("LMS", "민원 답변 안내")


@pytest.mark.parametrize("to", ["02-120", "", "발신번호표시제한", "+1 212 555 0100"])
async def test_a_number_without_messages_fails_for_good(carrier: SmsCarrier, to: str) -> None:
    """Nobody is asked to try again for it."""
    delivery = await carrier.send(sms("안내", to=to))
    assert (delivery.outcome, delivery.reason) == (DeliveryOutcome.FAILED, "no_such_number")


async def test_what_the_carrier_refuses_fails_for_good(carrier: SmsCarrier) -> None:
    """Too long for any message: the carrier's code is the reason."""
    delivery = await carrier.send(sms("가" * 1_001, subject="제목"))
    assert (delivery.outcome, delivery.reason) == (DeliveryOutcome.FAILED, "MessageTooLong")


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_trouble_at_the_carrier_is_temporary(
    carrier: SmsCarrier, outside: OutsideAddresses, status: int
) -> None:
    """The same message goes through when the trouble is over."""
    await ask_failures(outside, status)
    message = sms("안내")
    with pytest.raises(TemporaryFailure):
        await carrier.send(message)
    assert (await carrier.send(message)).outcome is DeliveryOutcome.DELIVERED


async def test_a_carrier_that_is_away_is_temporary() -> None:
    """Nobody listens there."""
    away = SmsCarrier("http://127.0.0.1:9", api_key="k", api_secret="s", sender="02120")
    with pytest.raises(TemporaryFailure):
        await away.send(sms("안내"))
    await away.close()


async def test_a_wrong_key_loses_no_message(outside: OutsideAddresses) -> None:
    """Our own mistake is not the message's: it is kept for when the key is right."""
    wrong = SmsCarrier(outside.http, api_key=API_KEY, api_secret="wrong", sender="02120")
    with pytest.raises(TemporaryFailure, match="SignatureDoesNotMatch"):
        await wrong.send(sms("안내"))
    await wrong.close()


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "Unauthorized"),
        ("Basic abc", "Unauthorized"),
        (
            authorization("OTHER", API_SECRET, at=datetime.now(UTC), salt="s" * 16),
            "InvalidAPIKey",
        ),
        (
            authorization(API_KEY, API_SECRET, at=datetime(2026, 1, 1, tzinfo=UTC), salt="s" * 16),
            "RequestTimeTooSkewed",
        ),
    ],
)
async def test_the_carrier_checks_who_asks(
    outside: OutsideAddresses, header: str, code: str
) -> None:
    """As the vendor documents it."""
    async with httpx.AsyncClient(base_url=outside.http) as client:
        answer = await client.post(
            "/messages/v4/send", json={"message": {}}, headers={"Authorization": header}
        )
    assert answer.is_client_error
    assert answer.json()["errorCode"] == code


async def test_a_signature_is_good_once(outside: OutsideAddresses) -> None:
    """A request that is played again is refused."""
    header = authorization(API_KEY, API_SECRET, at=datetime.now(UTC), salt="s" * 16)
    message = {"to": PHONE, "from": "02120", "text": "안내"}
    async with httpx.AsyncClient(base_url=outside.http) as client:
        answers = [
            await client.post(
                "/messages/v4/send", json={"message": message}, headers={"Authorization": header}
            )
            for _ in range(2)
        ]
    assert [answer.status_code for answer in answers] == [200, 400]
    assert answers[1].json()["errorCode"] == "DuplicatedSignature"


def test_the_book_survives_a_restart(tmp_path: Path) -> None:
    """Also where the last line was cut by a kill."""
    Book(tmp_path).keep(kind="sms", to=PHONE, body="첫째", reference="1", raw={})
    with (tmp_path / "received.jsonl").open("a") as file:
        file.write('{"kind": "sm')
    again = Book(tmp_path)
    again.keep(kind="email", to="a@b.example", body="둘째", reference="2", raw={})
    assert [one["body"] for one in Book(tmp_path).messages()] == ["첫째", "둘째"]
    assert [one["body"] for one in again.messages(to=PHONE)] == ["첫째"]
    assert [one["body"] for one in again.messages(kind="email")] == ["둘째"]


async def test_the_page_shows_what_was_received_and_runs_none_of_it(
    carrier: SmsCarrier, outside: OutsideAddresses
) -> None:
    """Newest first, an address to follow, and a petitioner's markup is text."""
    await carrier.send(sms(f"<b>먼저</b> {URL}", subject="안내"))
    await carrier.send(sms("나중"))
    async with httpx.AsyncClient(base_url=outside.http) as client:
        page = (await client.get("/")).text
    assert page.index("나중") < page.index("&lt;b&gt;먼저")
    assert f'<a href="{URL}">' in page
