"""From the app's report, with the facts of its photographs, to one submission."""

import json
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any
from uuid import uuid4

import pytest

from adapters.channel import IntakeRecord
from adapters.smart_report import ADAPTER
from adapters.smart_report.normalise import normalise
from adapters.smart_report.records import JournalledReport
from adapters.smart_report.reply import compose
from schema.codes import Channel, ReplyBy
from schema.messages import NoticeText, Recipient
from schema.quarantine import QuarantineReason, UnintelligibleError
from schema.submission import Attachment, Contact

ARRIVED = datetime(2026, 11, 18, 1, 34, 20, tzinfo=UTC)
REPORT = json.loads(files("adapters.smart_report").joinpath("samples/report.json").read_bytes())
PHOTO = Attachment(
    id=uuid4(),
    name="IMG_1.jpg",
    media_type="image/jpeg",
    size=1,
    sha256="a",
    original_sha256="b",
)
LOCATED = PHOTO.model_copy(update={"lat": 37.5, "long": 127.1})
NOTICE = NoticeText(
    template="submitted",
    subject="민원 접수 안내",
    body="민원이 접수되었습니다.",
    public_body="",
    url="https://minwon.example/cases/261123-000042-K?key=3sXv9J1nqkT0bq6c2yQh8A",
    public_url="https://minwon.example/cases/261123-000042-K",
)


def in_intake(body: bytes) -> IntakeRecord:
    """A record as intake hands it over."""
    return IntakeRecord(
        channel=Channel.SMART_REPORT,
        kind="report",
        external_id="SR-1",
        revision=0,
        body=body,
        media_type="application/json",
        arrived_at=ARRIVED,
        receipt_number="261118-000042-K",
    )


def report(*photos: Attachment, **fields: Any) -> IntakeRecord:
    """The sample with these fields; None takes one away."""
    said = {name: value for name, value in (REPORT | fields).items() if value is not None}
    kept = JournalledReport(report=json.dumps(said), attachments=photos)
    return in_intake(kept.model_dump_json().encode())


def test_a_report() -> None:
    """Its words, its item and category, its place, and the number it was told."""
    made = normalise(report(PHOTO))
    assert (made.text, made.item) == (REPORT["text"], "RD01")
    assert made.channel_category == "도로 파손"
    assert (made.location.lat, made.location.long) == (REPORT["lat"], REPORT["long"])
    assert made.location.address == "도봉구 도봉로"
    assert made.contact.name == "박놀부"
    assert made.contact.push_token == REPORT["push_token"]
    assert (made.receipt_number, made.submitted_at) == ("261118-000042-K", ARRIVED)
    assert made.consent is not None
    assert made.consent.items == ("contact", "location")
    assert made.attachments == (PHOTO,)


def test_a_report_that_a_city_system_produced_itself() -> None:
    """Without the journal's envelope it is the same petition, without photographs."""
    made = normalise(in_intake(json.dumps(REPORT).encode()))
    assert made.model_copy(update={"attachments": (PHOTO,)}) == normalise(report(PHOTO))


@pytest.mark.parametrize(
    ("fields", "photos", "place"),
    [
        ({}, (LOCATED,), (REPORT["lat"], REPORT["long"])),
        ({"lat": None, "long": None}, (PHOTO, LOCATED), (37.5, 127.1)),
        ({"lat": None}, (LOCATED,), (37.5, 127.1)),
        ({"lat": None, "long": None}, (PHOTO,), (None, None)),
    ],
    ids=["the reporter's", "the photograph's", "half is none", "nobody's"],
)
def test_the_place_is_the_reporters_else_the_photographs(
    fields: dict[str, Any], photos: tuple[Attachment, ...], place: tuple[float | None, float | None]
) -> None:
    """What somebody pointed at comes before what a telephone wrote."""
    made = normalise(report(*photos, **fields))
    assert (made.location.lat, made.location.long) == place


@pytest.mark.parametrize(
    ("fields", "means"),
    [
        ({}, ReplyBy.PUSH),
        ({"push_token": None}, ReplyBy.SMS),
        ({"push_token": None, "phone": None}, ReplyBy.PAGE),
    ],
)
def test_the_answer_goes_where_it_is_read(fields: dict[str, Any], means: ReplyBy) -> None:
    """The app first, then a message, else the page."""
    assert normalise(report(**fields)).reply_by is means
    assert ADAPTER.means == (ReplyBy.PUSH, ReplyBy.SMS, ReplyBy.PAGE)


def test_fields_that_nobody_knows_are_kept() -> None:
    """A newer app says more than we read."""
    made = normalise(report(battery=17, accuracy=31.5))
    assert (made.extra["battery"], made.extra["accuracy"]) == (17, 31.5)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"text": None}, QuarantineReason.MISSING_FIELD),
        ({"text": "\u3164 \n"}, QuarantineReason.NO_TEXT),
        ({"text": "가" * 20_001}, QuarantineReason.TEXT_TOO_LONG),
        ({"lat": "north"}, QuarantineReason.WRONG_FIELD),
        ({"submitted_at": "2012-12-31T00:00:00+09:00"}, QuarantineReason.TIME_IMPOSSIBLE),
        ({"submitted_at": "2026-11-20T00:00:00+09:00"}, QuarantineReason.TIME_IMPOSSIBLE),
    ],
)
def test_what_cannot_be_understood_says_why(
    fields: dict[str, Any], reason: QuarantineReason
) -> None:
    """With a code."""
    with pytest.raises(UnintelligibleError) as raised:
        normalise(report(**fields))
    assert raised.value.reason is reason


@pytest.mark.parametrize(
    ("contact", "means", "to"),
    [
        (Contact(push_token="demo-push-1"), ReplyBy.PUSH, "demo-push-1"),
        (Contact(phone="01000000000"), ReplyBy.SMS, "01000000000"),
        (Contact(phone="01000000000"), ReplyBy.PUSH, None),
        (Contact(phone="020000120"), ReplyBy.SMS, None),
        (Contact(push_token="demo-push-1"), ReplyBy.EMAIL, None),
    ],
)
def test_a_notice_is_composed_for_an_address_that_there_is(
    contact: Contact, means: ReplyBy, to: str | None
) -> None:
    """None says that there is none."""
    composed = compose(NOTICE, Recipient(contact=contact, reply_by=means), means)
    assert (composed.to if composed else None) == to
