"""What a file is by its own first bytes, whatever its name or its sender says."""

from enum import StrEnum

import puremagic

from adapters.clean_files import Unreadable

HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
HEIF_FRAMES = frozenset({b"mif1", b"msf1", b"mif2"})
"""Brands of any picture in this container: which one, the compatible brands tell."""
AVIF_BRANDS = frozenset({b"avif", b"avis"})
BRANDS_LOOKED_AT = 64
OLD_QUICKTIME = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
"""First boxes of a QuickTime film from before `ftyp`."""


class FileKind(StrEnum):
    """What we can open."""

    JPEG = "jpeg"
    PNG = "png"
    HEIF = "heif"
    VIDEO = "video"


def kind_of(content: bytes) -> FileKind | Unreadable:
    """The kind of the file, or why it is none that we take."""
    if content[:3] == b"\xff\xd8\xff":
        return FileKind.JPEG
    if content[:8] == b"\x89PNG\r\n\x1a\n":
        return FileKind.PNG
    box = content[4:8]
    if box == b"ftyp":
        return _branded(content)
    if box in OLD_QUICKTIME:
        return FileKind.VIDEO
    return _no_kind_of_ours(content)


def _branded(content: bytes) -> FileKind | Unreadable:
    size = int.from_bytes(content[:4], "big")
    major = content[8:12]
    end = min(size, 16 + 4 * BRANDS_LOOKED_AT, len(content))
    brands = {major, *(content[at : at + 4] for at in range(16, end - 3, 4))}
    if major in AVIF_BRANDS or (major in HEIF_FRAMES and brands & AVIF_BRANDS):
        return Unreadable.OTHER_FORMAT
    if major in HEIF_BRANDS or major in HEIF_FRAMES:
        return FileKind.HEIF
    return FileKind.VIDEO


def _no_kind_of_ours(content: bytes) -> Unreadable:
    try:
        kind = puremagic.from_string(content, mime=True)
    except (puremagic.PureError, ValueError):
        return Unreadable.NOT_A_PHOTOGRAPH
    pictures = kind.startswith(("video/", "image/")) and kind != "image/svg+xml"
    return Unreadable.OTHER_FORMAT if pictures else Unreadable.NOT_A_PHOTOGRAPH
