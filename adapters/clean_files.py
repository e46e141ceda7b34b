"""What cleaning makes of a citizen's file, and why a file cannot be taken."""

from enum import StrEnum

from pydantic import AwareDatetime

from schema.model import Frozen

MEBIBYTE = 1024 * 1024
MAX_BYTES = 15 * MEBIBYTE
"""Of one photograph."""
MAX_VIDEO_BYTES = 40 * MEBIBYTE
MAX_PIXELS = 50_000_000
MAX_VIDEO_PIXELS = 4096 * 2304
"""Of one picture of a video: 4K with a margin."""
MAX_SECONDS = 180
MAX_STREAMS = 16
"""Of one video: telephones write up to seven, most of them of places and movements."""


class Unreadable(StrEnum):
    """Why a file cannot be taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_LONG = "too_long"
    TOO_MANY_STREAMS = "too_many_streams"
    OTHER_FORMAT = "other_format"
    NOT_A_PHOTOGRAPH = "not_a_photograph"
    BROKEN = "broken"
    TOO_HARD = "too_hard"


WORDS: dict[Unreadable, tuple[str, str]] = {
    Unreadable.EMPTY: ("빈 파일입니다.", "The file is empty."),
    Unreadable.TOO_LARGE: (
        f"너무 큽니다. 사진은 {MAX_BYTES // MEBIBYTE}MB, "
        f"동영상은 {MAX_VIDEO_BYTES // MEBIBYTE}MB까지 받습니다.",
        f"It is too large: up to {MAX_BYTES // MEBIBYTE} MB a photograph, "
        f"{MAX_VIDEO_BYTES // MEBIBYTE} MB a video.",
    ),
    Unreadable.TOO_MANY_PIXELS: ("해상도가 너무 큽니다.", "It has too many pixels."),
    Unreadable.TOO_LONG: (
        f"동영상이 너무 깁니다. {MAX_SECONDS // 60}분까지 받습니다.",
        f"The video is too long; up to {MAX_SECONDS // 60} minutes are taken.",
    ),
    Unreadable.TOO_MANY_STREAMS: (
        "동영상에 트랙이 너무 많습니다. 휴대전화로 찍은 그대로 보내 주세요.",
        "The video has too many tracks; send it as the telephone recorded it.",
    ),
    Unreadable.OTHER_FORMAT: (
        "받을 수 없는 형식입니다. JPEG·PNG·HEIC 사진이나 MP4·MOV 동영상(H.264, H.265)으로 "
        "바꾸어 주세요.",
        "This format is not taken; send a JPEG, PNG or HEIC photograph, or an MP4 or MOV video "
        "(H.264, H.265).",
    ),
    Unreadable.NOT_A_PHOTOGRAPH: (
        "사진이나 동영상이 아닙니다.",
        "It is no photograph and no video.",
    ),
    Unreadable.BROKEN: ("파일이 손상되어 읽을 수 없습니다.", "The file is damaged."),
    Unreadable.TOO_HARD: (
        "여는 데 너무 오래 걸리거나 기억 공간이 너무 많이 듭니다. JPEG나 MP4로 바꾸어 주세요.",
        "Opening it takes too long or too much memory; send it as JPEG or MP4.",
    ),
}


class UnreadableFile(Exception):  # noqa: N818 - names the file's fault, not ours
    """A file that cannot be taken, by name, with the reason in Korean and English."""

    def __init__(self, name: str, reason: Unreadable) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason
        self.message_ko, self.message_en = WORDS[reason]


class FileFacts(Frozen):
    """What the copy is, and what the original said: `original_sha256`, capture time and place."""

    media_type: str
    original_sha256: str
    captured_at: AwareDatetime | None = None
    lat: float | None = None
    long: float | None = None


class CleanPhotograph(FileFacts):
    """The copy to store, a photograph or a video, and its facts."""

    content: bytes


class Cleaned(Frozen):
    """What a process apart answers: the facts of the copy, or why there is none."""

    facts: FileFacts | None = None
    refused: Unreadable | None = None
