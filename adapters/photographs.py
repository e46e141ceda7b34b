"""Photographs: read what they say of time and place, then make them again without any metadata.

What is stored is decoded pixels encoded anew, so that EXIF, GPS, XMP, comments, thumbnails and
whatever else was hidden in the file (a polyglot's second half) cannot be in it.
"""

import hashlib
import io
import struct
import warnings
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import puremagic
from PIL import ExifTags, Image, UnidentifiedImageError
from pydantic import AwareDatetime

from schema.model import Frozen

SEOUL = ZoneInfo("Asia/Seoul")
MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 50_000_000
JPEG_QUALITY = 88
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png"}
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What puts a photograph upright, by its EXIF orientation (1: it is)."""
STRANGE_EXIF = (
    KeyError,
    ValueError,
    OSError,
    SyntaxError,
    TypeError,
    ZeroDivisionError,
    OverflowError,
    struct.error,
)
"""What reading EXIF raises that is damaged, or was made to break its reader."""


class Unreadable(StrEnum):
    """Why a file cannot be taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    NOT_TAKEN_YET = "not_taken_yet"
    NOT_A_PHOTOGRAPH = "not_a_photograph"
    BROKEN = "broken"


WORDS: dict[Unreadable, tuple[str, str]] = {
    Unreadable.EMPTY: ("빈 파일입니다.", "The file is empty."),
    Unreadable.TOO_LARGE: ("15MB를 넘습니다.", "It is larger than 15 MB."),
    Unreadable.TOO_MANY_PIXELS: ("해상도가 너무 큽니다.", "It has too many pixels."),
    Unreadable.NOT_TAKEN_YET: (
        "HEIC와 동영상은 아직 받지 못합니다. JPEG나 PNG로 바꾸어 주세요.",
        "HEIC and video are not taken yet; send JPEG or PNG.",
    ),
    Unreadable.NOT_A_PHOTOGRAPH: (
        "JPEG나 PNG 사진이 아닙니다.",
        "It is no JPEG or PNG photograph.",
    ),
    Unreadable.BROKEN: ("사진이 손상되어 읽을 수 없습니다.", "The photograph is damaged."),
}


class UnreadableFile(Exception):  # noqa: N818 - names the file's fault, not ours
    """A file that cannot be taken, by name, with the reason in Korean and English."""

    def __init__(self, name: str, reason: Unreadable) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason
        self.message_ko, self.message_en = WORDS[reason]


class CleanPhotograph(Frozen):
    """The copy to store, and what the original said: `original_sha256`, capture time and place."""

    content: bytes
    media_type: str
    original_sha256: str
    captured_at: AwareDatetime | None = None
    lat: float | None = None
    long: float | None = None


def clean(content: bytes, name: str) -> CleanPhotograph:
    """The photograph without metadata. CPU work: call it in a thread. Raises UnreadableFile."""
    if not content:
        raise UnreadableFile(name, Unreadable.EMPTY)
    if len(content) > MAX_BYTES:
        raise UnreadableFile(name, Unreadable.TOO_LARGE)
    image = _opened(content, name)
    captured_at, place = _captured_at(image), _place(image)
    # Telephones put further pictures behind the first (MPO, still a JPEG); only the first is kept.
    kind = "PNG" if image.format == "PNG" else "JPEG"
    try:
        copy = _upright(image).convert("RGB" if kind == "JPEG" else _png_mode(image))
    except (OSError, SyntaxError, ValueError):
        raise UnreadableFile(name, Unreadable.BROKEN) from None
    return CleanPhotograph(
        content=_encoded(copy, kind),
        media_type=FORMATS[kind],
        original_sha256=hashlib.sha256(content).hexdigest(),
        captured_at=captured_at,
        lat=place[0] if place else None,
        long=place[1] if place else None,
    )


def _opened(content: bytes, name: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=tuple(FORMATS))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnreadableFile(name, Unreadable.TOO_MANY_PIXELS) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise UnreadableFile(name, _why_no_photograph(content)) from None
    if image.width * image.height > MAX_PIXELS:
        raise UnreadableFile(name, Unreadable.TOO_MANY_PIXELS)
    return image


def _why_no_photograph(content: bytes) -> Unreadable:
    """What the content is by its own first bytes, whatever its name says."""
    if content[:3] == b"\xff\xd8\xff" or content[:8] == b"\x89PNG\r\n\x1a\n":
        return Unreadable.BROKEN
    try:
        kind = puremagic.from_string(content, mime=True)
    except (puremagic.PureError, ValueError):
        return Unreadable.NOT_A_PHOTOGRAPH
    follows = kind.startswith("video/") or kind in {"image/heic", "image/heif", "image/avif"}
    return Unreadable.NOT_TAKEN_YET if follows else Unreadable.NOT_A_PHOTOGRAPH


def _upright(image: Image.Image) -> Image.Image:
    """Turned as its EXIF says. Pillow's own function writes the EXIF anew, and fails on a strange
    one; the copy has none."""
    try:
        turn = TURNS.get(int(image.getexif().get(ExifTags.Base.Orientation, 1)))
    except STRANGE_EXIF:
        turn = None
    return image if turn is None else image.transpose(turn)


def _png_mode(image: Image.Image) -> str:
    return "RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB"


def _encoded(copy: Image.Image, kind: str) -> bytes:
    """The pixels alone: a fresh image has no `info` that could be written along."""
    bare = Image.new(copy.mode, copy.size)
    bare.paste(copy)
    out = io.BytesIO()
    if kind == "JPEG":
        bare.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True)
    else:
        bare.save(out, "PNG", optimize=True)
    return out.getvalue()


def _captured_at(image: Image.Image) -> datetime | None:
    """DateTimeOriginal with its offset, else taken as Seoul's; a nonsense time is none."""
    try:
        exif = image.getexif().get_ifd(ExifTags.IFD.Exif)
        taken = datetime.strptime(  # noqa: DTZ007 - the zone is another tag
            str(exif[ExifTags.Base.DateTimeOriginal]).strip("\x00 "), "%Y:%m:%d %H:%M:%S"
        )
    except STRANGE_EXIF:
        return None
    offset = str(exif.get(ExifTags.Base.OffsetTimeOriginal, ""))
    try:
        zoned = datetime.fromisoformat(f"{taken.isoformat()}{offset}")
    except ValueError:
        zoned = taken
    aware = zoned if zoned.tzinfo else zoned.replace(tzinfo=SEOUL)
    if aware > datetime.now(UTC) + timedelta(days=1):
        return None
    return aware.astimezone(UTC)


def _place(image: Image.Image) -> tuple[float, float] | None:
    """Latitude and longitude in degrees (WGS84), or None."""
    try:
        gps = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef])
        long = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef])
    except STRANGE_EXIF:
        return None
    if not (-90 <= lat <= 90 and -180 <= long <= 180) or (lat, long) == (0.0, 0.0):
        return None
    return round(lat, 7), round(long, 7)


def _degrees(parts: tuple[float, float, float], reference: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if value != value:
        raise ValueError("not a number")
    return -value if reference in ("S", "W") else value
