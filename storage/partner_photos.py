"""Photos that come after the petition, with a partner's note."""

from collections.abc import Sequence
from uuid import UUID

from schema.plain_text import plain_text
from schema.submission import Attachment
from storage.attachments import adopt_attachments, store_attachment
from storage.cases import attachments_of
from storage.forms import MAX_NAME, Photograph
from storage.store import Store
from storage.texts import case_key

MOST_OF_A_CASE = 30
"""A case that has so many photos takes no more: a partner's clients must not fill our disk."""


async def add_photos(store: Store, number: str, photos: Sequence[tuple[str, Photograph]]) -> None:
    """Give the case the photos that it has not yet, by the files they were made of."""
    if not photos:
        return
    async with store.engine.begin() as conn:
        there = await attachments_of(conn, number)
        known = {one.original_sha256 for one in there}
        key = await case_key(conn, store, number)
        fresh = {
            p.original_sha256: (name, p) for name, p in photos if p.original_sha256 not in known
        }
        room = max(0, MOST_OF_A_CASE - len(there))
        stored = [
            await store_attachment(conn, store, key, photo.content, _facts(name, photo))
            for name, photo in list(fresh.values())[:room]
        ]
        await adopt_attachments(conn, number, [one.id for one in stored])


def _facts(name: str, photo: Photograph) -> Attachment:
    return Attachment(
        id=UUID(int=0),
        name=plain_text(name)[:MAX_NAME] or "file",
        media_type=photo.media_type,
        size=0,
        sha256="",
        original_sha256=photo.original_sha256,
        captured_at=photo.captured_at,
        lat=photo.lat,
        long=photo.long,
    )
