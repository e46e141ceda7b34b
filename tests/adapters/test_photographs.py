"""Photographs: what they say of time and place is kept as facts, and no stored copy says it."""

import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from adapters.clean_files import MAX_BYTES, Unreadable, UnreadableFile
from adapters.photographs import clean

SAMPLES = Path(__file__).parents[2] / "samples" / "photos"
RED, BLUE = (200, 20, 20), (20, 20, 200)
CITY_HALL = {
    ExifTags.GPS.GPSLatitudeRef: "N",
    ExifTags.GPS.GPSLatitude: (37.0, 33.0, 59.4),
    ExifTags.GPS.GPSLongitudeRef: "E",
    ExifTags.GPS.GPSLongitude: (126.0, 58.0, 40.8),
}
TAKEN = "2026:11:23 09:12:04"


def picture(mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> Image.Image:
    """Red on the left half, blue on the right."""
    made = Image.new("RGB", size, RED)
    made.paste(BLUE, (size[0] // 2, 0, size[0], size[1]))
    return made.convert(mode)


def exif(
    *,
    gps: dict[Any, Any] | None = None,
    taken: str | None = None,
    offset: str | None = None,
    orientation: int | None = None,
) -> Image.Exif:
    """What a telephone writes into its photographs."""
    made = Image.Exif()
    made[ExifTags.Base.Make] = "TELEPHONE-MAKER"
    if orientation:
        made[ExifTags.Base.Orientation] = orientation
    if taken:
        made.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    if offset:
        made.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.OffsetTimeOriginal] = offset
    if gps:
        made.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    return made


def jpeg(image: Image.Image | None = None, **said: Any) -> bytes:
    """A JPEG with that EXIF."""
    out = io.BytesIO()
    (image or picture()).save(out, "JPEG", quality=95, exif=exif(**said), comment=b"SECRET-COMMENT")
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    """The picture in it."""
    return Image.open(io.BytesIO(content))


def test_the_place_is_kept_as_facts() -> None:
    """In degrees."""
    made = clean(jpeg(gps=CITY_HALL), "IMG_1.jpg")
    assert made.lat == pytest.approx(37.5665)
    assert made.long == pytest.approx(126.978)


@pytest.mark.parametrize(
    ("offset", "utc"),
    [
        (None, datetime(2026, 11, 23, 0, 12, 4, tzinfo=UTC)),
        ("+09:00", datetime(2026, 11, 23, 0, 12, 4, tzinfo=UTC)),
        ("+00:00", datetime(2026, 11, 23, 9, 12, 4, tzinfo=UTC)),
        ("nonsense", datetime(2026, 11, 23, 0, 12, 4, tzinfo=UTC)),
    ],
)
def test_the_time_is_kept_as_a_fact(offset: str | None, utc: datetime) -> None:
    """In UTC; a camera that names no zone is in Seoul."""
    assert clean(jpeg(taken=TAKEN, offset=offset), "IMG_1.jpg").captured_at == utc


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "yesterday", "2199:01:01 00:00:00"])
def test_an_impossible_time_is_none(taken: str) -> None:
    """The photograph is taken all the same."""
    assert clean(jpeg(taken=taken), "IMG_1.jpg").captured_at is None


@pytest.mark.parametrize(
    "gps",
    [
        {ExifTags.GPS.GPSLatitude: (37.0, 33.0, 59.4)},
        CITY_HALL | {ExifTags.GPS.GPSLatitude: (97.0, 0.0, 0.0)},
        CITY_HALL
        | {ExifTags.GPS.GPSLatitude: (0.0, 0.0, 0.0), ExifTags.GPS.GPSLongitude: (0.0, 0.0, 0.0)},
    ],
    ids=["half", "beyond the pole", "zero"],
)
def test_an_impossible_place_is_none(gps: dict[Any, Any]) -> None:
    """Zero and zero is what a telephone writes that does not know."""
    made = clean(jpeg(gps=gps), "IMG_1.jpg")
    assert (made.lat, made.long) == (None, None)


def test_a_stored_jpeg_says_nothing_of_its_maker() -> None:
    """No EXIF, no place, no comment, nothing behind the picture's end."""
    content = jpeg(gps=CITY_HALL, taken=TAKEN) + b"SECRET-TRAILER"
    made = clean(content, "IMG_1.jpg")
    for secret in (b"Exif", b"TELEPHONE-MAKER", b"SECRET", TAKEN.encode()):
        assert secret in content
        assert secret not in made.content
    assert not opened(made.content).getexif()
    assert made.original_sha256 == hashlib.sha256(content).hexdigest()
    assert made.media_type == "image/jpeg"


def test_a_stored_png_says_nothing_of_its_maker() -> None:
    """No text chunks; what is transparent stays so."""
    out, words = io.BytesIO(), PngInfo()
    words.add_text("Author", "SECRET-AUTHOR")
    clear = picture("RGBA")
    clear.putpixel((0, 0), (0, 0, 0, 0))
    clear.save(out, "PNG", pnginfo=words, exif=exif(gps=CITY_HALL))
    made = clean(out.getvalue(), "screen.png")
    assert b"SECRET-AUTHOR" in out.getvalue()
    assert b"SECRET-AUTHOR" not in made.content
    assert (made.media_type, opened(made.content).info) == ("image/png", {})
    assert opened(made.content).getpixel((0, 0)) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("orientation", "left_is_red"),
    [(1, True), (2, False), (3, False), (4, True), (0, True), (9, True)],
)
def test_a_photograph_is_stored_upright(orientation: int, left_is_red: bool) -> None:
    """Turned as its EXIF said, for the copy cannot say it any more."""
    copy = opened(clean(jpeg(orientation=orientation), "IMG_1.jpg").content)
    left = copy.convert("RGB").getpixel((5, 20))
    assert isinstance(left, tuple)
    assert (copy.size, left[0] > left[2]) == ((60, 40), left_is_red)


@pytest.mark.parametrize(
    ("orientation", "top_is_red"), [(5, True), (6, True), (7, False), (8, False)]
)
def test_a_photograph_taken_sideways_is_turned(orientation: int, top_is_red: bool) -> None:
    """Its sides change places."""
    copy = opened(clean(jpeg(orientation=orientation), "IMG_1.jpg").content)
    top = copy.convert("RGB").getpixel((20, 5))
    assert isinstance(top, tuple)
    assert (copy.size, top[0] > top[2]) == ((40, 60), top_is_red)


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGB"])
def test_every_kind_of_jpeg_is_taken(mode: str) -> None:
    """Also what scanners and printers make."""
    assert opened(clean(jpeg(picture(mode)), "IMG_1.jpg").content).mode == "RGB"


def test_a_photograph_of_several_pictures_is_its_first() -> None:
    """Telephones put a second one, of depth or of light, behind the first (MPO)."""
    out = io.BytesIO()
    picture().save(out, "MPO", save_all=True, append_images=[picture("L")])
    made = clean(out.getvalue(), "IMG_1.jpg")
    assert (made.media_type, opened(made.content).format) == ("image/jpeg", "JPEG")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_taken(mode: str) -> None:
    """Also palettes, and 16 bits."""
    out = io.BytesIO()
    (Image.new("I;16", (8, 8)) if mode == "I;16" else picture(mode)).save(out, "PNG")
    assert clean(out.getvalue(), "screen.png").media_type == "image/png"


def huge() -> bytes:
    """A small file of too many pixels."""
    out = io.BytesIO()
    Image.new("1", (8_000, 8_000)).save(out, "PNG")
    return out.getvalue()


HOLLOW_HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64
AVIF = b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00mif1avifmiaf" + b"\x00" * 64


def heic(image: Image.Image | None = None, **said: Any) -> bytes:
    """What an iPhone makes."""
    out = io.BytesIO()
    made = pillow_heif.from_pillow(image or picture())
    made.save(out, exif=exif(**said).tobytes(), quality=90)
    return out.getvalue()


def test_a_heic_photograph_becomes_a_jpeg_that_says_nothing() -> None:
    """Its time and place are kept as facts."""
    content = heic(gps=CITY_HALL, taken=TAKEN)
    made = clean(content, "IMG_1.HEIC")
    assert (made.media_type, opened(made.content).format) == ("image/jpeg", "JPEG")
    for secret in (b"Exif", b"TELEPHONE-MAKER", TAKEN.encode()):
        assert secret in content
        assert secret not in made.content
    assert made.captured_at == datetime(2026, 11, 23, 0, 12, 4, tzinfo=UTC)
    assert made.lat == pytest.approx(37.5665)
    assert made.long == pytest.approx(126.978)
    left = opened(made.content).getpixel((5, 20))
    assert isinstance(left, tuple)
    assert left[0] > left[2]


def gif() -> bytes:
    """A moving picture."""
    out = io.BytesIO()
    picture("P").save(out, "GIF")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Unreadable.EMPTY),
        (b"\xff\xd8\xff" + b"0" * MAX_BYTES, Unreadable.TOO_LARGE),
        (huge(), Unreadable.TOO_MANY_PIXELS),
        (HOLLOW_HEIC, Unreadable.BROKEN),
        (heic(Image.new("RGB", (8_000, 8_000))), Unreadable.TOO_MANY_PIXELS),
        (AVIF, Unreadable.OTHER_FORMAT),
        (gif(), Unreadable.OTHER_FORMAT),
        ((SAMPLES / "note.jpg").read_bytes(), Unreadable.NOT_A_PHOTOGRAPH),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Unreadable.NOT_A_PHOTOGRAPH),
        ((SAMPLES / "cut-off.jpg").read_bytes(), Unreadable.BROKEN),
        (jpeg()[:200], Unreadable.BROKEN),
    ],
    ids=[
        "empty",
        "large",
        "pixels",
        "hollow heic",
        "heic pixels",
        "avif",
        "gif",
        "text",
        "svg",
        "cut off",
        "header",
    ],
)
def test_what_is_no_photograph_is_named_with_its_reason(content: bytes, reason: Unreadable) -> None:
    """By its content, whatever its name says; in both languages."""
    with pytest.raises(UnreadableFile) as raised:
        clean(content, "IMG_2010.jpg")
    assert (raised.value.name, raised.value.reason) == ("IMG_2010.jpg", reason)
    assert raised.value.message_ko
    assert raised.value.message_en


WHOLE = jpeg(gps=CITY_HALL, taken=TAKEN, offset="+09:00", orientation=6)


@pytest.mark.filterwarnings("ignore:.*:UserWarning:PIL")
@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(2, 500), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_damaged_photograph_is_taken_or_named(damage: list[tuple[int, int]]) -> None:
    """Never anything else: a file that somebody made to break us is one of the two."""
    content = bytearray(WHOLE)
    for place, value in damage:
        content[place] = value
    try:
        made = clean(bytes(content), "IMG_1.jpg")
    except UnreadableFile as fault:
        assert fault.name == "IMG_1.jpg"  # noqa: PT017 - both ends are right
    else:
        assert b"Exif" not in made.content


@pytest.mark.parametrize("photo", ["pothole.jpg", "pothole-jongno.jpg", "water.png", "hollow.png"])
def test_the_sample_photographs_are_taken(photo: str) -> None:
    """Those that the replay sends."""
    assert clean((SAMPLES / photo).read_bytes(), photo).content
