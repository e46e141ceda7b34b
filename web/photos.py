"""One stored photo or video as an answer. Whoever calls has checked who may see the case."""

import re
from collections.abc import Sequence
from uuid import UUID

import structlog
from fastapi import Request, Response

from schema.submission import Attachment
from storage.attachments import read_attachment
from storage.sealing import ErasedError
from web.problems import file_gone
from web.site import Site

log = structlog.get_logger()

ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "video/mp4": "mp4"}
"""What a browser is let show, and how the file is called when somebody keeps it."""
_ONE_RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")


async def photo_response(
    request: Request, site: Site, attachments: Sequence[Attachment], photo: str
) -> Response:
    """The photo or video with the id `photo` where it is one of `attachments`, else 404.

    A browser that plays a video asks for parts of it (RFC 9110 §14): it is given one at a time.
    """
    found = next((facts for facts in attachments if str(facts.id) == photo), None)
    if found is None:
        return Response(status_code=404)
    try:
        async with site.store.engine.connect() as conn:
            stored = await read_attachment(conn, site.store, UUID(photo))
    except ErasedError:
        return file_gone(request)
    except FileNotFoundError:
        log.error("a file is not where it was kept", file=photo)
        return file_gone(request)
    if stored is None:
        return Response(status_code=404)
    facts, content = stored
    return _part(request.headers.get("range"), content, _headers(facts))


def _headers(facts: Attachment) -> dict[str, str]:
    ending = ENDINGS.get(facts.media_type)
    # The sender's name for a file can name a person; the id names nobody.
    name = f"{facts.id.hex[:12]}.{ending or 'bin'}"
    shown = "inline" if ending else "attachment"
    return {
        "content-type": facts.media_type if ending else "application/octet-stream",
        "content-security-policy": "default-src 'none'; media-src 'self'; img-src 'self'; sandbox",
        "content-disposition": f'{shown}; filename="{name}"',
        "accept-ranges": "bytes",
    }


def _part(asked: str | None, content: bytes, headers: dict[str, str]) -> Response:
    """206 with the one part asked for, 416 where there is none; several at once get the whole."""
    found = _ONE_RANGE.match(asked.strip()) if asked else None
    if found is None or not (found[1] or found[2]):
        return Response(content, headers=headers)
    size = len(content)
    if found[1]:
        first, last = int(found[1]), min(int(found[2] or size), size - 1)
    else:
        first, last = max(size - int(found[2]), 0), size - 1
    if found[1] and found[2] and int(found[2]) < int(found[1]):
        return Response(content, headers=headers)
    if first >= size or last < first:
        return Response(status_code=416, headers={"content-range": f"bytes */{size}"})
    told = headers | {"content-range": f"bytes {first}-{last}/{size}"}
    return Response(content[first : last + 1], status_code=206, headers=told)
