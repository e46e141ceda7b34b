"""Files made to harm: what is stored is a picture and nothing else, or the file is named."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from adapters.clean_files import UnreadableFile
from adapters.photographs import clean

SCRIPT = b"<script>alert(1)</script>"


def _picture(form: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, form, **options)
    return out.getvalue()


def _archive(content: bytes = SCRIPT) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", content)
    return out.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png_with(kind: bytes, data: bytes) -> bytes:
    """A PNG with one more chunk, right after its header."""
    whole = _picture("PNG")
    header = 8 + 25
    return whole[:header] + _chunk(kind, data) + whole[header:]


def _jpeg_with_archive() -> bytes:
    return _picture("JPEG") + _archive()


def _jpeg_with_page() -> bytes:
    return _picture("JPEG", comment=b"<html>" + SCRIPT)


def _png_with_page() -> bytes:
    return _png_with(b"tEXt", b"Comment\0" + SCRIPT) + SCRIPT


def _png_with_profile() -> bytes:
    return _png_with(b"iCCP", b"x\0\0" + zlib.compress(SCRIPT * 10))


@pytest.mark.parametrize(
    "made", [_jpeg_with_archive, _jpeg_with_page, _png_with_page, _png_with_profile]
)
def test_what_hides_in_a_photograph_is_not_stored(made: Callable[[], bytes]) -> None:
    """A polyglot (also an archive, also a page) is stored as the picture alone."""
    stored = clean(made(), "a.jpg").content
    assert SCRIPT not in stored
    assert b"PK\x03\x04" not in stored
    assert Image.open(io.BytesIO(stored)).size == (40, 30)


def _bomb_of_zeros() -> bytes:
    return _archive(b"\0" * 50_000_000)


def _page() -> bytes:
    return b"<!doctype html>" + SCRIPT


def _drawing() -> bytes:
    return b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>"


def _document() -> bytes:
    return b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript>>>>endobj"


def _script_that_begins_as_gif() -> bytes:
    return b"GIF89a/*" + b"\0" * 32 + b"*/=1;alert(1)"


def _claims_a_million_by_a_million() -> bytes:
    header = struct.pack(">IIBBBBB", 1_000_000, 1_000_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "made",
    [
        _bomb_of_zeros,
        _page,
        _drawing,
        _document,
        _script_that_begins_as_gif,
        _claims_a_million_by_a_million,
    ],
)
@pytest.mark.parametrize("name", ["photo.jpg", "photo.svg", "photo.html", "../../etc/passwd"])
def test_what_is_no_picture_is_refused_by_name(made: Callable[[], bytes], name: str) -> None:
    """By what it is, whatever it is called; it is never unpacked, drawn or stored."""
    with pytest.raises(UnreadableFile) as refused:
        clean(made(), name)
    assert refused.value.name == name


def test_words_that_unpack_to_a_hundred_megabytes_are_no_trouble() -> None:
    """A compressed text in a PNG is dropped or the file named, without its being unpacked whole."""
    bomb = _png_with(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 100_000_000))
    try:
        stored = clean(bomb, "a.png").content
    except UnreadableFile as refused:
        assert refused.name == "a.png"  # noqa: PT017 - both ends are right
    else:
        assert len(stored) < 100_000
