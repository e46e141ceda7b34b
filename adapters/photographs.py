"""Photographs: read what they say of time and place, then make them again without any metadata.

What is stored is decoded pixels encoded anew, so that EXIF, GPS, XMP, comments, thumbnails and
whatever else was hidden in the file (a polyglot's second half) cannot be in it. HEIC becomes JPEG;
it and videos are opened in a process apart.
"""

import hashlib
import io
import struct
import warnings
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from PIL import ExifTags, Image, UnidentifiedImageError

from adapters.apart import cleaned_apart
from adapters.clean_files import (
    MAX_BYTES,
    MAX_PIXELS,
    MAX_VIDEO_BYTES,
    CleanPhotograph,
    Unreadable,
    UnreadableFile,
)
from adapters.file_kinds import FileKind, kind_of

SEOUL = ZoneInfo("Asia/Seoul")
JPEG_QUALITY = 88
OPENED = {FileKind.JPEG: "JPEG", FileKind.PNG: "PNG", FileKind.HEIF: "HEIF"}
MADE = {"JPEG": "image/jpeg", "PNG": "image/png"}
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


def clean(content: bytes, name: str) -> CleanPhotograph:
    """The photograph or video without metadata. Long work: call it in a thread.

    Raises UnreadableFile.
    """
    if not content:
        raise UnreadableFile(name, Unreadable.EMPTY)
    kind = kind_of(content)
    if len(content) > (MAX_VIDEO_BYTES if kind is FileKind.VIDEO else MAX_BYTES):
        raise UnreadableFile(name, Unreadable.TOO_LARGE)
    if isinstance(kind, Unreadable):
        raise UnreadableFile(name, kind)
    if kind in (FileKind.HEIF, FileKind.VIDEO):
        return cleaned_apart(content, name, kind)
    return clean_picture(content, name, kind)


def clean_picture(content: bytes, name: str, kind: FileKind) -> CleanPhotograph:
    """The picture without metadata, in this process. Raises UnreadableFile."""
    image = _opened(content, name, kind)
    captured_at, place = _captured_at(image), _place(image)
    # Telephones put further pictures behind the first (MPO, still a JPEG); only the first is kept.
    made = "PNG" if kind is FileKind.PNG else "JPEG"
    try:
        copy = _upright(image).convert("RGB" if made == "JPEG" else _png_mode(image))
    except (OSError, SyntaxError, ValueError, RuntimeError, EOFError):
        raise UnreadableFile(name, Unreadable.BROKEN) from None
    return CleanPhotograph(
        content=_encoded(copy, made),
        media_type=MADE[made],
        original_sha256=hashlib.sha256(content).hexdigest(),
        captured_at=captured_at,
        lat=place[0] if place else None,
        long=place[1] if place else None,
    )


def _opened(content: bytes, name: str, kind: FileKind) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=(OPENED[kind],))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnreadableFile(name, Unreadable.TOO_MANY_PIXELS) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise UnreadableFile(name, Unreadable.BROKEN) from None
    if image.width * image.height > MAX_PIXELS:
        raise UnreadableFile(name, Unreadable.TOO_MANY_PIXELS)
    return image


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
