"""`minwon partner`: keys told once, kept as hashes, and revoked."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from cli.partners import run_add, run_list, run_revoke
from cli.state import CliError
from settings import Settings
from storage.keys import write_keyring
from storage.partners import DEMO, partner_with_key, settle_demo
from storage.store import Store
from storage.tables import partner

LIMITS = {"per_minute": 60, "per_day": 10_000}


@pytest.fixture
def chosen(database_url: str, store: Store, tmp_path: Path) -> Settings:
    """Settings of the store's own database."""
    keys = tmp_path / "keys.json"
    write_keyring(keys, store.keyring)
    return Settings.model_validate(
        {"database_url": database_url, "keys_file": keys, "state_dir": tmp_path}
    )


async def _opens(store: Store, key: str) -> str | None:
    async with store.engine.connect() as conn:
        found = await partner_with_key(conn, key)
    return found.name if found else None


async def test_a_key_is_told_once_opens_until_it_is_revoked_and_comes_back_anew(
    chosen: Settings, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing in the table is the key, and no list shows it."""
    assert await run_add(chosen, "fixers", "고쳐줘", "file,update", LIMITS) == 0
    name, key = capsys.readouterr().out.split()
    assert (name, await _opens(store, key)) == ("fixers", "fixers")
    assert await _opens(store, key[:-1]) is None
    async with store.engine.connect() as conn:
        row = (await conn.execute(select(partner))).one()
    assert key not in str(row)
    await run_list(chosen)
    listed = capsys.readouterr().out
    assert "fixers" in listed
    assert "60/min 10000/day" in listed
    assert key not in listed
    with pytest.raises(CliError, match="already"):
        await run_add(chosen, "fixers", "", "file", LIMITS)
    assert await run_revoke(chosen, "fixers") == 0
    assert await _opens(store, key) is None
    with pytest.raises(CliError, match="no active partner"):
        await run_revoke(chosen, "fixers")
    await run_add(chosen, "fixers", "", "file", LIMITS)
    again = capsys.readouterr().out.split()[1]
    assert (again != key, await _opens(store, again)) == (True, "fixers")


@pytest.mark.parametrize(
    ("name", "rights", "limits", "said"),
    [
        ("Fix My Street", "file", LIMITS, "small letters"),
        ("fixers", "everything", LIMITS, "file or update"),
        ("fixers", "file", LIMITS | {"per_minute": 0}, "1 to 10000"),
    ],
)
async def test_what_cannot_be_a_partner_is_said_with_what_can(
    chosen: Settings, name: str, rights: str, limits: dict[str, int], said: str
) -> None:
    """One sentence."""
    with pytest.raises(CliError, match=said):
        await run_add(chosen, name, "", rights, limits)


async def test_the_demonstration_key_is_there_only_where_it_is_wanted(store: Store) -> None:
    """A database that was a demonstration closes it when it is one no more."""
    now = datetime.now(UTC)
    for wanted in (True, True, False, True, False):
        async with store.engine.begin() as conn:
            await settle_demo(conn, wanted=wanted, at=now)
        assert await _opens(store, DEMO) == (DEMO if wanted else None)
