"""Records of a sample are moved in time as a whole, and signed as their channels sign."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.channel import GatewaySecrets
from adapters.decoding import SEOUL
from adapters.signatures import SIGNATURE_HEADER, is_signed
from adapters.sms_120 import twilio
from cli.sample_day import SampleFileError, SampleRecord, Shift, raw_request, read_sample

DAY = datetime(2026, 11, 18, 23, 50, tzinfo=SEOUL)
BASE = "http://minwon.invalid"
SECRETS = GatewaySecrets(
    pages_url=BASE,
    sms_120_key="the 120 key",
    smart_report_key="the app's key",
    x_consumer_secret="the X secret",
    meta_app_secret="the Meta secret",
)

MOVED_BY_A_DAY_AND_A_SECOND = (
    ("2026-11-18T09:12:03+09:00", "2026-11-19T09:12:04+09:00"),
    ("2026-11-18T00:12:03Z", "2026-11-19T00:12:04Z"),
    ("2026-11-18T00:12:03.000Z", "2026-11-19T00:12:04.000Z"),
    ("2026-11-18T09:12:03", "2026-11-19T09:12:04"),
    ('"created_time": 1794960723,', '"created_time": 1795047124,'),
    ('"timestamp_ms": "1794960723456"', '"timestamp_ms": "1795047124456"'),
)

LEFT_AS_IT_IS = (
    "2087-01-01T09:00:00+09:00",
    "2026-13-45T09:00:00+09:00",
    "2009-06-30T10:00:00+09:00",
    "어제 오후 5시 20분, 11월 17일이었습니다",
    "1858350722456002560",
    "010-0000-4410",
    "SR-20261118-1794960723",
)


@pytest.mark.parametrize(("written", "moved"), MOVED_BY_A_DAY_AND_A_SECOND)
def test_every_notation_of_an_instant_moves(written: str, moved: str) -> None:
    """ISO 8601 and Unix time move by the shift and keep their notation."""
    assert Shift(timedelta(days=1, seconds=1), DAY).text(written) == moved


@pytest.mark.parametrize("written", LEFT_AS_IT_IS)
def test_what_is_no_instant_of_the_day_stays(written: str) -> None:
    """Impossible times stay impossible; ids, numbers and people's words are not touched."""
    assert Shift(timedelta(days=1, seconds=1), DAY).text(written) == written


@given(
    at=st.datetimes(datetime(2026, 11, 15), datetime(2026, 11, 20)).map(  # noqa: DTZ001
        lambda naive: naive.replace(microsecond=0, tzinfo=UTC)
    ),
    seconds=st.integers(-86_400, 86_400),
)
def test_moving_there_and_back_changes_nothing(at: datetime, seconds: int) -> None:
    """A shift and its opposite give the text back, whatever the instant."""
    by = timedelta(seconds=seconds)
    text = json.dumps({"iso": at.isoformat(), "unix": int(at.timestamp())})
    assert Shift(-by, DAY).text(Shift(by, DAY).text(text)) == text


def record(**fields: object) -> SampleRecord:
    """A record with the fields that matter to a test."""
    usual = {
        "id": "call-1",
        "at": DAY,
        "gateway": "/gateway/sms_120/calls",
        "scheme": "minwon",
        "content_type": "application/json",
        "body": {"call_id": "1", "started_at": "2026-11-18T09:12:03+09:00"},
    }
    return SampleRecord.model_validate({**usual, **fields})


def sent(of: SampleRecord, *, days: int = 0, folder: Path = Path()) -> tuple[bytes, dict[str, str]]:
    """The body and headers that go out."""
    request = raw_request(
        of, shift=Shift(timedelta(days=days), DAY), folder=folder, base_url=BASE, secrets=SECRETS
    )
    return request.body, dict(request.headers)


def test_the_signature_is_of_the_moved_bytes() -> None:
    """What is signed is what is sent, after its times were moved."""
    body, headers = sent(record(), days=3)
    assert b"2026-11-21T09:12:03+09:00" in body
    assert is_signed(body, headers[SIGNATURE_HEADER], SECRETS.sms_120_key)


@pytest.mark.parametrize("signature", ["wrong", "of_other_body"])
def test_a_record_meant_to_be_refused_is_signed_wrong(signature: str) -> None:
    """Neither another key nor another body gives a signature that fits."""
    body, headers = sent(record(signature=signature))
    assert not is_signed(body, headers[SIGNATURE_HEADER], SECRETS.sms_120_key)


def test_an_absent_signature_is_absent() -> None:
    """No signature header goes out at all."""
    _, headers = sent(record(signature="absent"))
    assert list(headers) == ["Content-Type"]


def test_each_side_of_the_city_has_its_own_key() -> None:
    """The app's reports are signed with the app's key, not with that of 120."""
    app = record(gateway="/gateway/smart_report/reports")
    body, headers = sent(app)
    assert is_signed(body, headers[SIGNATURE_HEADER], SECRETS.smart_report_key)


def test_twilio_signs_the_url_and_the_fields() -> None:
    """A message in Twilio's form carries Twilio's signature for the gateway's URL."""
    form = record(
        gateway="/gateway/sms_120/messages",
        scheme="twilio",
        content_type=twilio.FORM,
        body={"MessageSid": "SM1", "Body": "가로등 꺼짐"},
    )
    body, headers = sent(form)
    urls = [f"{BASE}/gateway/sms_120/messages"]
    signature = headers[twilio.SIGNATURE_HEADER]
    assert twilio.is_signed_by_twilio(body, signature, SECRETS.sms_120_key, urls)
    assert parse_qs(body.decode())["Body"] == ["가로등 꺼짐"]


def test_a_report_with_photos_is_multipart_and_always_the_same(tmp_path: Path) -> None:
    """Report and media are parts in their order; twice the same record is twice the same bytes."""
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8 a photo")
    app = record(
        gateway="/gateway/smart_report/reports",
        content_type="multipart/form-data",
        media=["a.jpg", {"file": "a.jpg", "name": "b.jpg"}],
    )
    body, headers = sent(app, folder=tmp_path)
    assert headers["Content-Type"] == "multipart/form-data; boundary=minwon-sample-call-1"
    assert body.index(b'name="report"') < body.index(b'filename="a.jpg"')
    assert body.index(b'filename="a.jpg"') < body.index(b'filename="b.jpg"')
    assert sent(app, folder=tmp_path) == (body, headers)


def test_padding_makes_a_record_too_large() -> None:
    """A record of half a megabyte is a short line in the file."""
    body, _ = sent(record(body="{}", padding=600_000))
    assert len(body) == 600_002


def test_a_line_that_is_no_record_is_named(tmp_path: Path) -> None:
    """The message says which line, and what is wrong with it."""
    file = tmp_path / "day.jsonl"
    file.write_text(record().model_dump_json() + '\n{"id": "x"}\n')
    with pytest.raises(SampleFileError, match=r"line 2: at: "):
        read_sample(file)


def test_an_empty_file_is_no_sample(tmp_path: Path) -> None:
    """Nothing to send is an error, not a success."""
    file = tmp_path / "day.jsonl"
    file.write_text("")
    with pytest.raises(SampleFileError, match="nothing to replay"):
        read_sample(file)
