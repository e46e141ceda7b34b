"""Videos: they are taken, they play, and the copy says nothing that the pictures do not show."""

import io
from datetime import UTC, datetime

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import apart_process
from adapters.clean_files import (
    MAX_SECONDS,
    MAX_STREAMS,
    MAX_VIDEO_BYTES,
    Unreadable,
    UnreadableFile,
)
from adapters.photographs import clean
from adapters.videos import clean_video, without_sei
from tests.films import SECRETS, TURNED, UPRIGHT, film

ENCODERS = {"libx264": b"x264 - core", "libx265": b"x265 (build"}
"""What the encoder writes into the pictures' own stream, as a dashboard camera writes positions."""


def played(content: bytes) -> list[av.VideoFrame]:
    """The pictures of a film."""
    with av.open(io.BytesIO(content), "r") as opened:
        return list(opened.decode(video=0))


@pytest.mark.parametrize("form", ["mov", "mp4"])
@pytest.mark.parametrize("codec", ENCODERS)
def test_a_stored_video_says_nothing_of_its_maker(codec: str, form: str) -> None:
    """No place, maker, comment, chapter, handler; nothing hidden between the pictures."""
    original = film(codec, form=form)
    made = clean(original, "VID_1.mov")
    for secret in (*SECRETS, ENCODERS[codec]):
        assert secret not in made.content
    assert ENCODERS[codec] in original
    assert b"TELEPHONE-MAKER" in original
    with av.open(io.BytesIO(made.content), "r") as copy:
        assert copy.chapters() == []
        said = {**copy.metadata}
        for dropped in ("major_brand", "minor_version", "compatible_brands"):
            said.pop(dropped)
        assert said == {}


@pytest.mark.parametrize("codec", ENCODERS)
def test_a_stored_video_plays(codec: str) -> None:
    """Every picture and the sound, as MP4."""
    made = clean(film(codec), "VID_1.mov")
    assert made.media_type == "video/mp4"
    assert len(played(made.content)) == 15
    with av.open(io.BytesIO(made.content), "r") as copy:
        assert [one.type for one in copy.streams] == ["video", "audio"]
        assert copy.streams.video[0].codec_context.codec_tag in ("avc1", "hvc1")


def test_what_the_original_said_is_kept_as_facts() -> None:
    """Instant and place, beside the copy."""
    made = clean(film(), "VID_1.mov")
    assert made.captured_at == datetime(2026, 11, 23, 0, 12, 4, tzinfo=UTC)
    assert (made.lat, made.long) == (37.5665, 126.978)


def test_a_camera_whose_clock_was_never_set_says_no_time() -> None:
    """1970 is none."""
    assert clean(film(recorded="1970-01-01T00:00:00Z"), "VID_1.mov").captured_at is None


def test_a_video_taken_upright_stays_upright() -> None:
    """The quarter turn of the track header is kept: telephones record lying."""
    original = film(sound=False)
    whole_film, first_track, *rest = original.split(UPRIGHT)
    turned = whole_film + UPRIGHT + first_track + TURNED + UPRIGHT.join(rest)
    [was, made] = (played(content)[0].rotation for content in (turned, clean(turned, "a").content))
    assert abs(made) == 90
    assert made == was


def test_one_track_of_pictures_and_one_of_sound_are_kept() -> None:
    """Whatever else a telephone wrote beside them."""
    with av.open(io.BytesIO(clean(film(tracks=3), "VID_1.mov").content), "r") as copy:
        assert [one.type for one in copy.streams] == ["video", "audio"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (film("mpeg4"), Unreadable.OTHER_FORMAT),
        (film(tracks=MAX_STREAMS, size=(32, 32), pictures=1), Unreadable.TOO_MANY_STREAMS),
        (film(size=(32, 32), rate=1, pictures=MAX_SECONDS + 5, sound=False), Unreadable.TOO_LONG),
        (film(size=(4096, 2320), pictures=1), Unreadable.TOO_MANY_PIXELS),
        (film()[: len(film()) // 2], Unreadable.BROKEN),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * MAX_VIDEO_BYTES, Unreadable.TOO_LARGE),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 64, Unreadable.BROKEN),
        (b"\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x23B\x86\x81\x01matroska", Unreadable.OTHER_FORMAT),
        (b"RIFF\x24\0\0\0AVI LIST", Unreadable.OTHER_FORMAT),
    ],
    ids=["codec", "tracks", "long", "pixels", "cut off", "large", "empty", "mkv", "avi"],
)
def test_what_is_no_video_of_ours_is_named_with_its_reason(
    content: bytes, reason: Unreadable
) -> None:
    """By its content, in both languages."""
    with pytest.raises(UnreadableFile) as raised:
        clean(content, "VID_2010.mp4")
    assert (raised.value.name, raised.value.reason) == ("VID_2010.mp4", reason)
    assert raised.value.message_ko
    assert raised.value.message_en


def test_a_file_that_asks_for_too_much_is_named_and_we_live(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The process apart has bounds of memory and of time, and its end is not ours."""
    monkeypatch.setattr("adapters.apart.SECONDS", 0.01)
    with pytest.raises(UnreadableFile) as raised:
        clean(film(), "VID_1.mov")
    assert raised.value.reason is Unreadable.TOO_HARD
    assert apart_process.MEMORY <= 2 * 1024**3


WHOLE = film(sound=False, size=(64, 48), pictures=3)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1))
def test_a_damaged_video_is_taken_or_named(damage: list[tuple[int, int]]) -> None:
    """Never anything else, and the copy is never more than the film."""
    content = bytearray(WHOLE)
    for place, value in damage:
        content[place] = value
    try:
        made = clean_video(bytes(content), "VID_1.mov")
    except UnreadableFile as fault:
        assert fault.name == "VID_1.mov"  # noqa: PT017 - both ends are right
    else:
        assert b"TELEPHONE-MAKER" not in made.content


@pytest.mark.parametrize(
    ("codec", "sei", "kept"),
    [("h264", b"\x06SECRET", b"\x67set"), ("hevc", b"\x4e\x01SECRET", b"\x42\x01set")],
)
def test_messages_among_the_parameter_sets_are_cut_out(codec: str, sei: bytes, kept: bytes) -> None:
    """HEVC cameras put them there too."""
    code = b"\0\0\0\1"
    assert without_sei(code + kept + code + sei + code + kept, codec) == (code + kept) * 2
