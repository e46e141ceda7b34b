"""Photos of a posted request: uploads and `data:` URIs are kept, links stay links.

Nothing is fetched from another host, so that no address can lead us into a network of our own;
whoever has the case opens the link. What cannot be kept is named, and refuses nothing.
"""

import asyncio
import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes, urlsplit

from schema.forms import MAX_FILE_BYTES, MAX_FILES, FormRefusedError
from schema.plain_text import plain_text
from storage.forms import MAX_NAME, CleanFile, Photograph
from web.open311.posted import PostedFile, PostedForm

MEDIA_FIELDS = ("media_url", "media_url[]", "media", "media[]")
MOST_LINKS = 10
LONGEST_LINK = 500


@dataclass
class Media:
    """What came with a request. `notices` says in both languages what was not kept, and why."""

    kept: list[tuple[str, bytes]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    notices: list[tuple[str, str]] = field(default_factory=list)
    cleaned: dict[str, Photograph] = field(default_factory=dict)

    def clean(self, content: bytes, name: str, /) -> Photograph:
        """The copy that was made of `content` already."""
        return self.cleaned[_digest(content)]

    def notice(self) -> str | None:
        """What could not be kept; None where everything was."""
        if not self.notices:
            return None
        ko = "; ".join(one for one, _ in self.notices)
        en = "; ".join(one for _, one in self.notices)
        return f"접수했으나 일부 파일은 빼고 받았습니다: {ko} / Taken in without: {en}"

    def leave_out(self, name: str, ko: str, en: str) -> None:
        """Name something that is not kept."""
        said = plain_text(name)[:60] or "file"
        self.notices.append((f"{said} ({ko})", f"{said} ({en})"))


async def media_of(form: PostedForm, clean: CleanFile) -> Media:
    """The photos and links of `form`; the photos are cleaned here, once."""
    media = Media()
    files = list(form.files)
    for value in form.all(*MEDIA_FIELDS):
        if value[:5].lower() == "data:":
            files += _from_data_uri(media, value, len(files) + 1)
        else:
            _keep_link(media, value)
    for file in files:
        await _keep_file(media, file, clean)
    return media


def told_links(links: Sequence[str], label: str) -> list[str]:
    """A line for each link."""
    return [f"{label}{link}" for link in links]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def _keep_file(media: Media, file: PostedFile, clean: CleanFile) -> None:
    name = plain_text(file.name)[:MAX_NAME] or "file"
    if not file.content and not file.name:
        return
    if len(media.kept) == MAX_FILES:
        media.leave_out(name, f"사진은 {MAX_FILES}장까지", f"only {MAX_FILES} photos are taken")
        return
    if len(file.content) > MAX_FILE_BYTES:
        most = MAX_FILE_BYTES // 1024 // 1024
        media.leave_out(name, f"{most}MB를 넘음", f"larger than {most} MB")
        return
    try:
        copy = await asyncio.to_thread(clean, file.content, name)
    except FormRefusedError as refused:
        fault = refused.faults[0]
        media.leave_out(name, fault.message_ko, fault.message_en)
        return
    media.cleaned[_digest(file.content)] = copy
    media.kept.append((name, file.content))


def _from_data_uri(media: Media, value: str, place: int) -> list[PostedFile]:
    """The file in a `data:` URI (RFC 2397); none where it cannot be read."""
    head, comma, data = value[5:].partition(",")
    name = f"photo-{place}"
    try:
        if not comma:
            raise ValueError(name)
        raw = unquote_to_bytes(data)
        if head.lower().endswith(";base64"):
            # A blank is a plus that nobody escaped in a urlencoded body.
            raw = base64.b64decode(raw.replace(b" ", b"+"), validate=True)
    except (ValueError, binascii.Error):
        media.leave_out(name, "읽을 수 없는 data: URI", "an unreadable data: URI")
        return []
    return [PostedFile(name, raw)]


def _keep_link(media: Media, value: str) -> None:
    if not _is_link(value):
        media.leave_out(value, "http(s) 주소가 아님", "no http(s) address")
    elif len(media.links) == MOST_LINKS:
        media.leave_out(value, f"주소는 {MOST_LINKS}개까지", f"only {MOST_LINKS} links are kept")
    elif value not in media.links:
        media.links.append(value)


def _is_link(value: str) -> bool:
    if len(value) > LONGEST_LINK or not value.isprintable() or any(ch.isspace() for ch in value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
