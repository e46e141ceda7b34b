"""Films as telephones make them: with places, makers, and further tracks."""

import io
from fractions import Fraction

import av
from av.stream import Stream
from av.video.stream import VideoStream

SEOUL = "+37.5665+126.9780/"
SECRETS = (b"+37.5665", b"TELEPHONE-MAKER", b"SECRET-COMMENT", b"SECRET-HANDLER", b"SECRET-CHAPTER")
UPRIGHT = bytes.fromhex("00010000" + "00" * 12 + "00010000" + "00" * 12 + "40000000")
TURNED = bytes.fromhex("00000000" + "00010000" + "00000000" + "ffff0000" + "00" * 16 + "40000000")
"""The matrices of a track header (ISO/IEC 14496-12 §8.3.2): as it lies, and a quarter turn."""


def film(
    codec: str = "libx264",
    *,
    form: str = "mov",
    size: tuple[int, int] = (160, 120),
    pictures: int = 15,
    rate: int = 15,
    sound: bool = True,
    tracks: int = 1,
    recorded: str = "2026-11-23T00:12:04Z",
) -> bytes:
    """A film of `pictures` pictures with everything in it that nobody should learn from it."""
    out = io.BytesIO()
    with av.open(out, "w", format=form, options={"movflags": "use_metadata_tags"}) as made:
        made.metadata.update(
            {
                "location": SEOUL,
                "com.apple.quicktime.location.ISO6709": SEOUL,
                "creation_time": recorded,
                "make": "TELEPHONE-MAKER",
                "comment": "SECRET-COMMENT",
            }
        )
        made.set_chapters(
            [
                {
                    "id": 1,
                    "start": 0,
                    "end": 500,
                    "time_base": Fraction(1, 1000),
                    "metadata": {"title": "SECRET-CHAPTER"},
                }
            ]
        )
        seen = [_track(made.add_stream(codec, rate=rate), size) for _ in range(tracks)]
        heard = made.add_stream("aac", rate=44_100, layout="mono") if sound else None
        for number in range(pictures):
            for track in seen:
                made.mux(track.encode(_picture(track, number)))
        for track in seen:
            made.mux(track.encode())
        if heard is not None:
            silence = av.AudioFrame(format="fltp", layout="mono", samples=1024)
            silence.rate, silence.pts = 44_100, 0
            silence.planes[0].update(bytes(silence.planes[0].buffer_size))
            made.mux(heard.encode(silence))
            made.mux(heard.encode())
    return out.getvalue()


def _track(track: Stream, size: tuple[int, int]) -> VideoStream:
    assert isinstance(track, VideoStream)
    track.width, track.height = size
    track.pix_fmt = "yuv420p"
    track.metadata["handler_name"] = "SECRET-HANDLER"
    return track


def _picture(track: VideoStream, number: int) -> av.VideoFrame:
    made = av.VideoFrame(track.width, track.height, "yuv420p")
    for plane in made.planes:
        plane.update(bytes([number % 250]) * plane.buffer_size)
    made.pts = number
    return made
