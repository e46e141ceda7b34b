"""One telephone is not flooded by petitions in its name."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from rules.book import read_rule_book
from schema.codes import Channel
from schema.forms import FormRefusedError, ReceivedVia
from schema.submission import Contact, Submission
from storage.contact_limits import MOST_PETITIONS, TOO_MANY
from storage.forms import Desk, Filed, Photograph, file_form
from storage.record import Recorder
from storage.registration import register
from storage.sealing import new_data_key
from storage.store import Store

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PHONE = "01000001234"


def refuses_files(_content: bytes, name: str) -> Photograph:
    """For forms without files."""
    raise AssertionError(name)


async def registered(store: Store, *, at: datetime) -> None:
    """A petition in the name of PHONE."""
    recorder = Recorder(store, read_rule_book())
    submission = Submission(
        channel=Channel.WEB_FORM,
        external_id=str(uuid4()),
        submitted_at=at,
        text="가로등이 꺼져 있습니다.",
        contact=Contact(phone=PHONE),
    )
    async with store.engine.begin() as conn:
        key = await new_data_key(conn, store.keyring)
        await register(conn, store, recorder, submission, key=key)


async def file(store: Store, phone: str | None, *, desk: Desk | None = None) -> Filed:
    """File one more petition now."""
    form = {"text": "가로등이 꺼져 있습니다.", "contact": {"phone": phone}}
    body = json.dumps(form).encode()
    return await file_form(store, body, clean=refuses_files, arrived_at=NOW, desk=desk)


async def test_one_more_than_the_most_in_an_hour_is_refused_beside_its_field(store: Store) -> None:
    """However the number is typed; without it, and for an officer, the petition is taken."""
    for _ in range(MOST_PETITIONS):
        await registered(store, at=NOW - timedelta(minutes=5))
    for typed in (PHONE, "010-0000-1234", "+82 10 0000 1234"):
        with pytest.raises(FormRefusedError) as refused:
            await file(store, typed)
        assert refused.value.faults == (TOO_MANY,)
    assert (await file(store, None)).receipt_number
    assert (await file(store, "010-0000-9999")).receipt_number
    desk = Desk(entered_by="officer1", received_via=ReceivedVia.VISIT)
    assert (await file(store, PHONE, desk=desk)).receipt_number


async def test_what_is_older_than_an_hour_does_not_count(store: Store) -> None:
    """The limit is on a flood, not on a person."""
    for _ in range(MOST_PETITIONS):
        await registered(store, at=NOW - timedelta(hours=1, minutes=1))
    assert (await file(store, PHONE)).receipt_number
