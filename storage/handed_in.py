"""Files that a petitioner hands in to a case that is there: sealed with it, once a request."""

import asyncio
import hashlib
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.forms import MAX_FILE_BYTES, MAX_FILES, FieldFault, FormRefusedError
from schema.plain_text import plain_text
from schema.submission import Attachment
from storage.attachments import adopt_attachments, store_attachment
from storage.commands import find_command
from storage.forms import MAX_NAME, CleanFile, Photograph
from storage.store import Store
from storage.tables import attachment
from storage.texts import case_key

MOST_OF_A_CASE = 50
_NO_ID = UUID(int=0)


def _refused(ko: str, en: str) -> FormRefusedError:
    return FormRefusedError(FieldFault(field="attachments", message_ko=ko, message_en=en))


async def cleaned_files(
    files: Sequence[tuple[str, bytes]], clean: CleanFile
) -> list[tuple[str, Photograph]]:
    """The files (name, content), freed of what they say of maker and place.

    Raises FormRefusedError, which names the file, where one cannot be taken.
    """
    if len(files) > MAX_FILES:
        raise _refused(
            f"사진·동영상은 한 번에 {MAX_FILES}개까지 올릴 수 있습니다.",
            f"Up to {MAX_FILES} files at a time.",
        )
    found = []
    for name, content in files:
        if len(content) > MAX_FILE_BYTES:
            raise _refused(
                f"{name}: 한 개에 {MAX_FILE_BYTES // 1024 // 1024}MB까지 올릴 수 있습니다.",
                f"{name}: up to {MAX_FILE_BYTES // 1024 // 1024} MB each.",
            )
        found.append((name, await asyncio.to_thread(clean, content, name)))
    return found


async def hand_in(
    conn: AsyncConnection,
    store: Store,
    number: str,
    request_id: str,
    files: Sequence[tuple[str, Photograph]],
) -> list[str]:
    """Store the files for the case `number`; their ids for the detail of its act.

    A request met before gives the ids stored then. Raises FormRefusedError where the case has as
    many files as it may, ErasedError where it was erased.
    """
    await conn.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 3))"), {"name": number}
    )
    earlier = await find_command(conn, number, request_id)
    if earlier is not None:
        ids = earlier.command.detail.get("attachments")
        return [str(one) for one in ids] if isinstance(ids, list) else []
    statement = select(func.count()).where(attachment.c.case_number == number)
    if (await conn.scalar(statement) or 0) + len(files) > MOST_OF_A_CASE:
        raise _refused(
            f"한 민원에는 모두 {MOST_OF_A_CASE}개까지 올릴 수 있습니다.",
            f"A case takes {MOST_OF_A_CASE} files in all.",
        )
    key = await case_key(conn, store, number)
    kept = [
        await store_attachment(conn, store, key, photograph.content, _facts(name, photograph))
        for name, photograph in files
    ]
    await adopt_attachments(conn, number, [one.id for one in kept])
    return [str(one.id) for one in kept]


def _facts(name: str, photograph: Photograph) -> Attachment:
    return Attachment(
        id=_NO_ID,
        name=plain_text(name)[:MAX_NAME] or "file",
        media_type=photograph.media_type,
        size=0,
        sha256=hashlib.sha256(photograph.content).hexdigest(),
        original_sha256=photograph.original_sha256,
        captured_at=photograph.captured_at,
        lat=photograph.lat,
        long=photograph.long,
    )
