"""The sample day holds what it promises: enough records, of every kind, and spoilt ones."""

import io
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from adapters.decoding import SEOUL
from cli.replay_report import Became
from cli.sample_day import SampleRecord, read_sample
from rules.organisation import districts
from rules.taxonomy import groups, leaves
from schema.codes import Channel

SAMPLES = Path(__file__).parents[2] / "samples"
RECORDS = read_sample(SAMPLES / "day.jsonl")
GOOD = [record for record in RECORDS if record.expects == Became.REGISTERED]
SHARES = {
    Channel.WEB_FORM: 0.45,
    Channel.SMS_120: 0.25,
    Channel.SMART_REPORT: 0.20,
    Channel.SNS: 0.10,
}
PHOTO_LIMIT = 20 * 1024


def text_of(record: SampleRecord) -> str:
    """What the petitioner said, wherever the channel puts it; empty where there is nothing."""
    body = record.body
    if record.gateway.endswith("/sns/x"):
        body = body.get("data", {}) if isinstance(body, dict) else {}
    if record.gateway.endswith("/sns/meta") and isinstance(body, dict):
        body = body["entry"][0]["changes"][0]["value"]  # type: ignore[index,call-overload]
    if not isinstance(body, dict):
        return ""
    said = next((body[name] for name in ("text", "summary", "Body", "message") if name in body), "")
    return said if isinstance(said, str) else ""


def test_the_day_is_large_enough() -> None:
    """At least 600 records, each under an id of its own, all on one Wednesday in Seoul."""
    assert len(RECORDS) >= 600
    assert len({record.id for record in RECORDS}) == len(RECORDS)
    assert {record.at.astimezone(SEOUL).date().isoformat() for record in RECORDS} == {"2026-11-18"}


def test_every_group_and_every_item_is_there() -> None:
    """All 17 groups of the taxonomy are meant by somebody, and no item that does not exist."""
    intended = {record.intends for record in GOOD if record.intends}
    assert {item[:2] for item in intended} == set(groups())
    day = RECORDS[0].at.date()
    assert intended <= set(leaves(day))


def test_every_district_is_there() -> None:
    """Somebody writes from each of the 25 districts."""
    names = {district.name_ko for district in districts().values()}
    assert {record.district for record in GOOD if record.district} == names


def test_the_texts_are_written_and_not_filled_in() -> None:
    """At least 350 texts differ by more than their digits."""
    told = {"".join(ch for ch in text_of(record) if not ch.isdigit()) for record in GOOD}
    assert len(told) >= 350


def test_long_and_short_texts() -> None:
    """Some petitions are essays of 1,500 characters and more, some are one word."""
    texts = [text_of(record) for record in GOOD]
    assert sum(len(text) >= 1500 for text in texts) >= 3
    assert sum(0 < len(text.split()) <= 1 for text in texts) >= 10


def test_other_languages_and_emoji() -> None:
    """People write in English and other languages, and with emoji."""
    said = [record.body for record in GOOD if isinstance(record.body, dict)]
    languages = {body["language"] for body in said if "language" in body}
    assert languages >= {"en", "zh", "ja", "vi"}
    assert sum(any(ord(ch) >= 0x1F300 for ch in text_of(record)) for record in GOOD) >= 5


def test_places_missing_and_wrong() -> None:
    """Reports come without a place, from 0,0, with latitude and longitude swapped, from Busan."""
    app = [record.body for record in GOOD if record.channel is Channel.SMART_REPORT]
    points = [(body.get("lat"), body.get("long")) for body in app if isinstance(body, dict)]
    assert (None, None) in points
    assert (0.0, 0.0) in points
    assert any(isinstance(lat, float) and lat > 100 for lat, _ in points)
    assert any(isinstance(lat, float) and 34 < lat < 36 for lat, _ in points)


def test_photos_are_small_drawings_with_the_metadata_of_a_telephone() -> None:
    """At least 8 photos under 20 kB, some that say when and where; some records carry five."""
    files = {part.file for record in GOOD for part in record.files()}
    contents = {name: (SAMPLES / name).read_bytes() for name in files}
    assert len(set(contents.values())) >= 8
    assert max(map(len, contents.values())) < PHOTO_LIMIT
    exifs = [Image.open(io.BytesIO(content)).getexif() for content in contents.values()]
    assert any(exif.get_ifd(0x8825) for exif in exifs)
    assert any(0x9003 in exif.get_ifd(0x8769) for exif in exifs)
    assert sum(len(record.media) == 5 for record in GOOD) >= 3


def test_broken_records_are_broken_in_different_ways() -> None:
    """At least 30 records are spoilt, in at least 20 ways, and none is meant to become a case."""
    broken = [record for record in RECORDS if record.broken]
    assert len(broken) >= 30
    assert len({record.broken for record in broken}) >= 20
    fates = {record.expects for record in broken}
    assert fates <= {Became.REFUSED, Became.QUARANTINED}


def test_redelivered_records_are_the_same_record_again() -> None:
    """At least 20 records come once more, the same to the byte, later than the first time."""
    by_id = {record.id: record for record in RECORDS}
    again = [record for record in RECORDS if record.redelivery_of]
    assert len(again) >= 20
    for record in again:
        assert record.redelivery_of
        first = by_id[record.redelivery_of]
        assert record.at > first.at
        same = {"id", "at", "redelivery_of", "expects"}
        assert record.model_dump(exclude=same) == first.model_dump(exclude=same)


def test_what_follows_comes_later() -> None:
    """An edit or deletion names an earlier record of the day."""
    by_id = {record.id: record for record in RECORDS}
    followers = [record for record in RECORDS if record.follows]
    assert followers
    assert all(by_id[str(record.follows)].at < record.at for record in followers)


def test_the_channels_have_their_shares() -> None:
    """Web, 120, app and networks come near 45, 25, 20 and 10 in a hundred."""
    counts = Counter(record.channel for record in RECORDS)
    for channel, share in SHARES.items():
        assert counts[channel] / len(RECORDS) == pytest.approx(share, abs=0.04)


def test_the_day_is_busiest_before_noon_and_not_silent_at_night() -> None:
    """The two busiest hours begin at 10 and 11; somebody writes between midnight and five."""
    hours = Counter(record.at.astimezone(SEOUL).hour for record in RECORDS)
    assert {hour for hour, _ in hours.most_common(2)} == {10, 11}
    assert sum(hours[hour] for hour in range(5)) >= 5


def test_everybody_is_invented() -> None:
    """Telephone numbers are of blocks that nobody has, mail goes to example.com."""
    raw = (SAMPLES / "day.jsonl").read_text()
    mobiles = {part[:8] for part in raw.split('"') if part.startswith("010-")}
    assert mobiles <= {"010-0000", "010-9999"}
    assert all(word.rpartition("@")[2].startswith("example.com") for word in _mails(raw))


def _mails(raw: str) -> list[str]:
    return [word for word in raw.split('"') if "@" in word and " " not in word and "." in word]
