"""One stored photo as an answer. Whoever calls has checked who may see the case."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import Response

from schema.submission import Attachment
from storage.attachments import read_attachment
from storage.sealing import ErasedError
from web.site import Site

SHOWN_TYPES = frozenset({"image/jpeg", "image/png"})


async def photo_response(site: Site, attachments: Sequence[Attachment], photo: str) -> Response:
    """The photo with the id `photo` where it is one of `attachments`, else 404."""
    found = next((facts for facts in attachments if str(facts.id) == photo), None)
    if found is None:
        return Response(status_code=404)
    try:
        async with site.store.engine.connect() as conn:
            stored = await read_attachment(conn, site.store, UUID(photo))
    except (ErasedError, FileNotFoundError):
        return Response(status_code=410)
    if stored is None:
        return Response(status_code=404)
    facts, content = stored
    shown = facts.media_type in SHOWN_TYPES
    return Response(
        content,
        media_type=facts.media_type if shown else "application/octet-stream",
        headers={
            "content-security-policy": "default-src 'none'; sandbox",
            "content-disposition": "inline" if shown else "attachment",
        },
    )
