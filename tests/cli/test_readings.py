"""What `minwon` hands out of people's data stands in the audit log."""

from pathlib import Path

import pytest

from cli.credits import run_export
from cli.quarantine import run_show
from cli.state import CliError
from schema.audit import AT_CONSOLE, AuditKind
from schema.codes import Channel
from schema.quarantine import QuarantineReason
from settings import Settings
from storage.audit import AuditFilter, entries
from storage.keys import write_keyring
from storage.quarantine import list_quarantine, put_in_quarantine
from storage.sealing import new_data_key
from storage.store import Store


@pytest.fixture
def chosen(database_url: str, store: Store, tmp_path: Path) -> Settings:
    """Settings of the store's own database."""
    keys = tmp_path / "keys.json"
    write_keyring(keys, store.keyring)
    return Settings.model_validate(
        {"database_url": database_url, "keys_file": keys, "state_dir": tmp_path}
    )


async def test_an_export_of_names_is_noted_each_time(
    chosen: Settings, store: Store, tmp_path: Path
) -> None:
    """With its batch, also where the batch is written once more."""
    for _ in range(2):
        assert await run_export(chosen, tmp_path / "out.csv", "b1") == 0
    async with store.engine.connect() as conn:
        noted = await entries(conn, AuditFilter(kind=AuditKind.EXPORTED))
    assert [one.detail for one in noted] == [{"what": "credits", "batch": "b1"}] * 2
    assert {one.doer for one in noted} == {AT_CONSOLE}


async def test_a_record_in_quarantine_is_noted_when_it_is_shown(
    chosen: Settings, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its number; one that is not there was not read."""
    async with store.engine.begin() as conn:
        await put_in_quarantine(
            conn,
            channel=Channel.SMS_120,
            external_id="call-1",
            journal_id=None,
            reason=QuarantineReason.NO_TEXT,
            detail="summary: say what the caller asked",
            value=b'{"caller": "010-7777-6666"}',
            origin="intake.sms_120/0/1",
            key=await new_data_key(conn, store.keyring),
        )
        entry = (await list_quarantine(conn))[0].id
    assert await run_show(chosen, entry) == 0
    assert "010-7777-6666" in capsys.readouterr().out
    with pytest.raises(CliError):
        await run_show(chosen, entry + 1)
    async with store.engine.connect() as conn:
        (noted,) = await entries(conn, AuditFilter(kind=AuditKind.PAYLOAD_READ))
    assert noted.detail == {"entry": entry}
