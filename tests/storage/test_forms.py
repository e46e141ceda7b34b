"""Filing of forms: from any page, into one journal."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from schema.forms import FormRefusedError, ReceivedVia
from storage.forms import Desk, Photograph, file_form
from storage.sealing import load_data_key
from storage.store import Store
from storage.tables import intake_journal

ARRIVED = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
BODY = '{"text": "창구에서 들은 이야기", "zzz": 1}'.encode()


def refuses_files(_content: bytes, name: str) -> Photograph:
    """For forms without files."""
    raise AssertionError(name)


async def payload(store: Store, number: str) -> bytes:
    """What the journal keeps of the petition `number`."""
    async with store.engine.connect() as conn:
        row = (
            await conn.execute(
                select(intake_journal).where(intake_journal.c.receipt_number == number)
            )
        ).one()
        key = await load_data_key(conn, store.keyring, row.data_key_id)
    return key.open(row.payload)


async def count(store: Store) -> int:
    """How many records were journalled."""
    async with store.engine.connect() as conn:
        return await conn.scalar(select(func.count()).select_from(intake_journal)) or 0


async def test_a_form_is_kept_byte_for_byte(store: Store) -> None:
    """Whoever reads the journal reads what was posted."""
    filed = await file_form(store, BODY, clean=refuses_files, arrived_at=ARRIVED)
    assert await payload(store, filed.receipt_number) == BODY
    assert filed.receipt_number.startswith("261123-")


async def test_an_officers_entry_says_who_entered_it(store: Store) -> None:
    """Outside the form, where no petitioner can write."""
    filed = await file_form(
        store,
        BODY,
        clean=refuses_files,
        arrived_at=ARRIVED,
        desk=Desk(entered_by="officer1", received_via=ReceivedVia.VISIT),
    )
    entry = json.loads(await payload(store, filed.receipt_number))
    assert entry["form"] == {**json.loads(BODY), "attachments": []}
    assert (entry["entered_by"], entry["received_via"]) == ("officer1", "visit")


async def test_a_key_counts_within_its_scope(store: Store) -> None:
    """The page's keys and the API's are two people's."""
    filed = [
        await file_form(
            store, BODY, clean=refuses_files, arrived_at=ARRIVED, idempotency_key="1", scope=scope
        )
        for scope in ("page", "web_form", "page")
    ]
    assert filed[0] == filed[2] != filed[1]
    assert await count(store) == 2


async def test_a_stored_answer_is_sealed(store: Store) -> None:
    """It holds the petitioner's key."""
    filed = await file_form(
        store, BODY, clean=refuses_files, arrived_at=ARRIVED, idempotency_key="1"
    )
    async with store.engine.connect() as conn:
        answer = await conn.scalar(select(intake_journal.c.answer))
    assert answer is not None
    assert filed.key.encode() not in answer


async def test_a_refused_form_leaves_nothing(store: Store) -> None:
    """Neither a record nor a used-up key."""
    with pytest.raises(FormRefusedError):
        await file_form(store, b"{}", clean=refuses_files, arrived_at=ARRIVED, idempotency_key="1")
    assert await count(store) == 0
