"""From what 120 and carriers send to one submission."""

import json
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

import pytest

from adapters.channel import IntakeRecord
from adapters.sms_120.normalise import normalise
from schema.codes import Channel, ReplyBy
from schema.quarantine import NoPetitionError, QuarantineReason, UnintelligibleError

ARRIVED = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SAMPLES = files("adapters.sms_120").joinpath("samples")
FORM = "application/x-www-form-urlencoded"


def record(kind: str, body: bytes, media_type: str = "application/json") -> IntakeRecord:
    """A record as intake hands it over."""
    return IntakeRecord(
        channel=Channel.SMS_120,
        kind=kind,
        external_id=f"{kind}:1",
        revision=0,
        body=body,
        media_type=media_type,
        arrived_at=ARRIVED,
        receipt_number="261123-000042-K",
    )


def call(**fields: Any) -> IntakeRecord:
    """A call with these fields; None takes a field away."""
    whole = {"call_id": "1", "summary": "가로등이 꺼졌다고 함", **fields}
    kept = {name: value for name, value in whole.items() if value is not None}
    return record("call", json.dumps(kept).encode())


def message(**fields: Any) -> IntakeRecord:
    """A message in the plain form."""
    whole = {"message_id": "1", "from": "010-0000-0000", "text": "가로등이 꺼졌어요", **fields}
    kept = {name: value for name, value in whole.items() if value is not None}
    return record("message", json.dumps(kept).encode())


def twilio(**fields: str) -> IntakeRecord:
    """A message as Twilio sends it."""
    whole = {"MessageSid": "SM1", "From": "+821000000000", "Body": "가로등이 꺼졌어요", **fields}
    return record("message", urlencode(whole).encode(), f"{FORM}; charset=UTF-8")


def test_a_call() -> None:
    """Its words, 120's own category, the place as spoken; who took it and when are kept."""
    made = normalise(record("call", SAMPLES.joinpath("call.json").read_bytes()))
    assert made.text.startswith("망원시장 입구")
    assert made.channel_category == "도로/보도"
    assert made.location.address == "마포구 망원시장 입구 횡단보도 앞"
    assert (made.contact.name, made.contact.phone) == ("김민원", "01000000317")
    assert made.reply_by is ReplyBy.SMS
    assert made.answer_on_call is None
    assert made.consent is not None
    assert made.consent.version == "120-2026-1"
    assert (made.submitted_at, made.receipt_number) == (ARRIVED, "261123-000042-K")
    assert made.extra["agent"] == "A117"
    assert made.extra["started_at"] == "2026-11-23T00:12:04+00:00"
    assert not made.public


def test_a_call_that_was_answered_carries_the_answer() -> None:
    """즉시답변; a fixed line is told on the page, and an unknown field is kept."""
    made = normalise(record("call", SAMPLES.joinpath("call_answered.json").read_bytes()))
    assert made.answer_on_call is not None
    assert made.answer_on_call.startswith("신분증")
    assert made.reply_by is ReplyBy.PAGE
    assert made.contact.phone == "020000318"
    assert made.extra["ars_menu"] == "2-1"


@pytest.mark.parametrize(
    ("answered", "answer"), [(False, "이미 접수됨"), (True, None), (True, "  \u3164")]
)
def test_only_an_answer_in_words_answers_a_case(answered: bool, answer: str | None) -> None:
    """Else somebody still has to."""
    made = normalise(call(answered=answered, answer=answer))
    assert made.answer_on_call is None
    assert made.extra["answered"] is answered


@pytest.mark.parametrize(
    ("caller", "phone", "reply_by"),
    [
        ("010-1234-5678", "01012345678", ReplyBy.SMS),
        ("+82 10-1234-5678", "01012345678", ReplyBy.SMS),
        ("+82 (0)10 1234 5678", "01012345678", ReplyBy.SMS),
        ("0111234567", "0111234567", ReplyBy.SMS),
        ("02-123-4567", "021234567", ReplyBy.PAGE),
        ("+1 212 555 0100", "+12125550100", ReplyBy.PAGE),
        ("발신번호표시제한", None, ReplyBy.PAGE),
        ("", None, ReplyBy.PAGE),
        (None, None, ReplyBy.PAGE),
    ],
)
def test_one_petitioner_has_one_number(
    caller: str | None, phone: str | None, reply_by: ReplyBy
) -> None:
    """However it was dialled; and who takes no message is told on the page."""
    made = normalise(call(caller=caller))
    assert (made.contact.phone, made.reply_by) == (phone, reply_by)


def test_a_time_without_a_zone_was_said_in_seoul() -> None:
    """120's clock hangs in Seoul."""
    made = normalise(call(started_at="2026-11-23T09:00:00"))
    assert made.extra["started_at"] == "2026-11-23T00:00:00+00:00"


@pytest.mark.parametrize(
    "impossible",
    [
        call(started_at="2012-12-31T23:59:59+09:00"),
        call(started_at=(ARRIVED + timedelta(days=1, seconds=1)).isoformat()),
        call(ended_at="2099-01-01T00:00:00+09:00"),
        call(started_at="2026-11-23T09:10:00+09:00", ended_at="2026-11-23T09:00:00+09:00"),
        message(received_at="1970-01-01T00:00:00Z"),
    ],
)
def test_a_time_that_cannot_be_goes_to_a_person(impossible: IntakeRecord) -> None:
    """Before 2013, more than a day ahead, or an end before its beginning."""
    with pytest.raises(UnintelligibleError) as fault:
        normalise(impossible)
    assert fault.value.reason is QuarantineReason.TIME_IMPOSSIBLE


def test_a_clock_somewhat_ahead_is_taken() -> None:
    """A day of difference is a wrong clock, not a wrong record."""
    assert normalise(call(started_at=(ARRIVED + timedelta(days=1)).isoformat())).text


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (record("call", b"\xff\xfe"), QuarantineReason.UNREADABLE_BODY),
        (record("call", b"{"), QuarantineReason.UNREADABLE_BODY),
        (record("call", b"[]"), QuarantineReason.WRONG_FIELD),
        (record("call", b'"\\ud800"'), QuarantineReason.UNREADABLE_BODY),
        (call(summary=None), QuarantineReason.MISSING_FIELD),
        (call(call_id=None), QuarantineReason.MISSING_FIELD),
        (call(summary=" \u200b\u3164 "), QuarantineReason.NO_TEXT),
        (call(summary="가" * 20_001), QuarantineReason.TEXT_TOO_LONG),
        (call(summary=5), QuarantineReason.WRONG_FIELD),
        (call(started_at="yesterday"), QuarantineReason.WRONG_FIELD),
        (call(answered="perhaps"), QuarantineReason.WRONG_FIELD),
        (message(text=None), QuarantineReason.MISSING_FIELD),
        (message(text=["가", 5]), QuarantineReason.WRONG_FIELD),
        (message(text=""), QuarantineReason.NO_TEXT),
        (twilio(Body=""), QuarantineReason.NO_TEXT),
        (twilio(NumMedia="many"), QuarantineReason.WRONG_FIELD),
        (record("message", b"From=%2B82", FORM), QuarantineReason.MISSING_FIELD),
        (record("message", b"Body=%FF", FORM), QuarantineReason.UNREADABLE_BODY),
        (record("message", "Body=가".encode(), FORM), QuarantineReason.UNREADABLE_BODY),
        (record("post", b"{}"), QuarantineReason.WRONG_TYPE),
    ],
)
def test_what_cannot_be_understood_says_why(broken: IntakeRecord, reason: QuarantineReason) -> None:
    """A code for programs and a field to mend for a person, and none of the petitioner's words."""
    with pytest.raises(UnintelligibleError) as fault:
        normalise(broken)
    assert fault.value.reason is reason
    assert "가" not in fault.value.detail


def test_a_message_of_several_parts_is_one_text() -> None:
    """In the order in which they were sent, and the carrier's own field is kept."""
    made = normalise(record("message", SAMPLES.joinpath("message.json").read_bytes()))
    assert made.text.startswith("성산로 2가")
    assert made.text.endswith("다칠 것 같은데 빨리 좀 치워 주세요 ㅠㅠ")
    assert made.contact.phone == "01000000881"
    assert made.extra["carrier"] == "KT"


def test_a_message_from_twilio() -> None:
    """The addresses of its pictures are kept."""
    body = SAMPLES.joinpath("twilio_message.form").read_bytes()
    made = normalise(record("message", body, FORM))
    assert made.text == "공원 화장실 문이 고장났어요 😭"
    assert made.contact.phone == "01000000120"
    assert made.extra["MediaUrl0"] == "https://api.twilio.example/media/ME1"


def test_a_picture_without_a_word_is_still_a_petition() -> None:
    """Somebody looks at it."""
    assert "2" in normalise(twilio(Body="", NumMedia="2")).text


@pytest.mark.parametrize(
    "word", ["STOP", "stop.", " Unsubscribe ", "수신거부", "수신 거부", "START"]
)
def test_a_word_to_the_carrier_is_no_petition(word: str) -> None:
    """Nobody has to answer it."""
    with pytest.raises(NoPetitionError):
        normalise(message(text=word))


def test_what_twilio_has_acted_upon_is_no_petition() -> None:
    """It says so itself."""
    with pytest.raises(NoPetitionError):
        normalise(twilio(Body="멈춰", OptOutType="STOP"))


@pytest.mark.parametrize(
    "text", ["HELP", "도와주세요", "stop the noise", "공사 수신거부 아님", "?"]
)
def test_anything_else_is_one(text: str) -> None:
    """Above all a call for help."""
    assert normalise(message(text=text)).text == text


@pytest.mark.parametrize(
    ("text", "kept", "language"),
    [
        ("가로등", "가로등", "ko"),
        ("가로등\r\n고장\x00", "가로등\n고장", "ko"),
        ("The street light is out", "The street light is out", "en"),
        ("CCTV 고장", "CCTV 고장", "ko"),
        ("ㅠㅠ", "ㅠㅠ", "ko"),
        ("119", "119", "ko"),
    ],
)
def test_text_is_kept_composed(text: str, kept: str, language: str) -> None:
    """NFC, one kind of line end, nothing that the database refuses; and its language."""
    made = normalise(message(text=text))
    assert (made.text, made.language) == (kept, language)
