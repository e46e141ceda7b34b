"""Videos: read what they say of time and place, then put their pictures into a fresh container.

Nothing is encoded anew: that would take minutes of a processor for a film of seconds. The packets
of one picture and one sound track are copied into an empty MP4; titles, places, makers, other
tracks (telephones write their movements and positions into some), chapters and covers are not.
What cameras hide inside the pictures' own stream (SEI messages: some write the position of every
picture there) is cut out of it.
"""

import hashlib
import io
import re
from datetime import UTC, datetime, timedelta

import av
from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext
from av.container import InputContainer
from av.stream import Stream
from av.video.stream import VideoStream

from adapters.clean_files import (
    MAX_SECONDS,
    MAX_STREAMS,
    MAX_VIDEO_PIXELS,
    CleanPhotograph,
    Unreadable,
    UnreadableFile,
)

VIDEO_TYPE = "video/mp4"
SEI_UNITS = {"h264": frozenset({6}), "hevc": frozenset({39, 40})}
"""The codecs taken, and their units of supplemental information (NAL unit types of ITU-T H.264
table 7-1, H.265 table 7-1). Encoders write their settings there, dashboard cameras positions."""
START_CODE = b"\0\0\1"
MOST_DECODED = 60
"""Packets in which the first picture must be found."""
ISO_6709 = re.compile(r"^([+-]\d{2}(?:\.\d+)?)([+-]\d{3}(?:\.\d+)?)")
PLACES = ("com.apple.quicktime.location.ISO6709", "location", "location-eng")
TIMES = ("com.apple.quicktime.creationdate", "creation_time")
FIRST_YEAR = 2000
"""A camera whose clock was never set writes 1904 or 1970."""


def clean_video(content: bytes, name: str) -> CleanPhotograph:
    """The video without metadata, as MP4. Raises UnreadableFile.

    For use in a process apart only (`adapters.apart`): what opens a strange film is a library in C.
    """
    try:
        # The demuxer is named: none that opens further files, such as a playlist, is ever asked.
        with av.open(io.BytesIO(content), "r", format="mov") as source:
            pictures = _pictures(source, name)
            sound = next((one for one in source.streams.audio if _codec(one) == "aac"), None)
            said = dict(source.metadata)
            _check_that_it_shows(source, pictures, name)
            copy = _remuxed(source, pictures, sound, name)
    except (av.FFmpegError, ValueError, IndexError, EOFError, OverflowError):
        raise UnreadableFile(name, Unreadable.BROKEN) from None
    lat, long = _place(said)
    return CleanPhotograph(
        content=copy,
        media_type=VIDEO_TYPE,
        original_sha256=hashlib.sha256(content).hexdigest(),
        captured_at=_captured_at(said),
        lat=lat,
        long=long,
    )


def _pictures(source: InputContainer, name: str) -> VideoStream:
    """The picture track; raises UnreadableFile where there is none of ours or a limit is passed."""
    if len(source.streams) > MAX_STREAMS:
        raise UnreadableFile(name, Unreadable.TOO_MANY_STREAMS)
    pictures = next((one for one in source.streams.video if _codec(one) in SEI_UNITS), None)
    if pictures is None:
        raise UnreadableFile(name, Unreadable.OTHER_FORMAT)
    if pictures.width * pictures.height > MAX_VIDEO_PIXELS:
        raise UnreadableFile(name, Unreadable.TOO_MANY_PIXELS)
    # The container's length is the longest track's; one that it does not say is counted below.
    if (source.duration or 0) / av.time_base > MAX_SECONDS:
        raise UnreadableFile(name, Unreadable.TOO_LONG)
    return pictures


def _codec(stream: Stream) -> str:
    context = stream.codec_context
    return context.name if context is not None else ""


def _check_that_it_shows(source: InputContainer, pictures: VideoStream, name: str) -> None:
    """Raises UnreadableFile unless a first picture comes out of it, no larger than was said."""
    pictures.codec_context.thread_count = 1
    for seen, packet in enumerate(source.demux(pictures)):
        for frame in packet.decode():
            if frame.width * frame.height > MAX_VIDEO_PIXELS:
                raise UnreadableFile(name, Unreadable.TOO_MANY_PIXELS)
            source.seek(0)
            return
        if seen > MOST_DECODED:
            break
    raise UnreadableFile(name, Unreadable.BROKEN)


def _remuxed(
    source: InputContainer, pictures: VideoStream, sound: AudioStream | None, name: str
) -> bytes:
    out = io.BytesIO()
    # Bit-exact: the muxer does not write its own name and version either.
    with av.open(out, "w", format="mp4", options={"fflags": "+bitexact"}) as target:
        shown = target.add_stream_from_template(pictures, opaque=True)
        into: dict[int, Stream] = {pictures.index: shown}
        wanted: list[Stream] = [pictures]
        if sound is not None:
            into[sound.index] = target.add_stream_from_template(sound, opaque=True)
            wanted.append(sound)
        cut = _cut_into(shown, pictures)
        for packet in source.demux(*wanted):
            # A packet of nothing ends a track; the filter holds none back.
            if packet.dts is None or not packet.size:
                continue
            if packet.dts * packet.time_base > MAX_SECONDS:
                raise UnreadableFile(name, Unreadable.TOO_LONG)
            track = into[packet.stream_index]
            for copied in cut.filter(packet) if packet.stream is pictures else [packet]:
                copied.stream = track
                target.mux(copied)
    return out.getvalue()


def _cut_into(shown: VideoStream, pictures: VideoStream) -> BitStreamFilterContext:
    """The filter for the picture track, whose form of packets `shown` is then prepared for."""
    codec = _codec(pictures)
    kinds = "|".join(str(one) for one in sorted(SEI_UNITS[codec]))
    cut = BitStreamFilterContext(f"filter_units=remove_types={kinds}", pictures, shown)
    context = shown.codec_context
    context.extradata = without_sei(context.extradata or b"", codec)
    # Safari plays HEVC in MP4 under this name only.
    context.codec_tag = "hvc1" if codec == "hevc" else "avc1"
    return cut


def without_sei(parameters: bytes, codec: str) -> bytes:
    """The parameter sets in Annex B form, without the SEI messages that may lie among them."""
    units = [unit for unit in parameters.split(START_CODE) if unit.rstrip(b"\0")]
    return b"".join(
        b"\0" + START_CODE + unit.rstrip(b"\0") for unit in units if not _is_sei(unit[0], codec)
    )


def _is_sei(first: int, codec: str) -> bool:
    kind = first & 0x1F if codec == "h264" else first >> 1 & 0x3F
    return kind in SEI_UNITS[codec]


def _captured_at(said: dict[str, str]) -> datetime | None:
    """When it was recorded, in UTC; a nonsense time is none."""
    for field in TIMES:
        try:
            at = datetime.fromisoformat(said.get(field, ""))
        except ValueError:
            continue
        # QuickTime's creation time is UTC (QTFF, movie header atom), and so read by the library.
        aware = at if at.tzinfo else at.replace(tzinfo=UTC)
        if aware.year >= FIRST_YEAR and aware < datetime.now(UTC) + timedelta(days=1):
            return aware.astimezone(UTC)
    return None


def _place(said: dict[str, str]) -> tuple[float | None, float | None]:
    """Latitude and longitude in degrees (WGS84) of an ISO 6709 string, or none."""
    for field in PLACES:
        found = ISO_6709.match(said.get(field, ""))
        if found is None:
            continue
        lat, long = float(found[1]), float(found[2])
        if abs(lat) <= 90 and abs(long) <= 180 and (lat, long) != (0.0, 0.0):
            return round(lat, 7), round(long, 7)
    return None, None
