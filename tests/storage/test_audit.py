"""The audit log: only added to, chained, sealed; a change anywhere is found."""

import asyncio
import sys
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cli.audit import said
from schema.audit import AuditEntry, AuditKind, AuditNote, Doer, Why
from schema.codes import Role
from storage.audit import AuditFilter, AuditPlace, all_entries, entries, note, note_reading
from storage.audit_chain import seal_days, verify
from storage.store import Store

CASE = "261126-000001-A"
KIM = Doer(account="kim", role=Role.OFFICER, address="10.0.0.7")


async def read(store: Store, doer: Doer = KIM, *, words: str | None = None) -> None:
    await note_reading(
        store, doer, AuditKind.CONTACT_READ, case=CASE, why=Why.CALL_BACK, words=words
    )


async def tamper(store: Store, statement: str) -> None:
    """Change the log as somebody would who owns the database."""
    async with store.engine.begin() as conn:
        await conn.execute(text("SET LOCAL session_replication_role = replica"))
        await conn.execute(text(statement))


async def age(store: Store, day: str) -> None:
    """Have today's entries be another day's, hashed anew by the database itself."""
    async with store.engine.begin() as conn:
        await conn.execute(text("SET LOCAL session_replication_role = replica"))
        await conn.execute(text(REHASHED.replace("DAY", day)))


REHASHED = """
DO $$
DECLARE one record; last bytea; lane_before int := -1; day_text text := 'DAY';
BEGIN
  FOR one IN SELECT * FROM audit_entry
      WHERE day = (now() AT TIME ZONE 'Asia/Seoul')::date ORDER BY lane, seq LOOP
    IF one.lane <> lane_before THEN
      last := sha256(convert_to('minwon audit ' || day_text || ' ' || one.lane, 'UTF8'));
      lane_before := one.lane;
    END IF;
    last := sha256(last || convert_to(
      audit_field(day_text) || audit_field(one.lane::text) || audit_field(one.seq::text)
      || audit_field((extract(epoch FROM one.at) * 1000000)::bigint::text)
      || audit_field(one.kind) || audit_field(one.account) || audit_field(one.role)
      || audit_field(one.instead_of) || audit_field(one.address) || audit_field(one.case_number)
      || audit_field(one.person) || audit_field(one.why) || audit_field(one.words)
      || audit_field(one.detail::text), 'UTF8'));
    UPDATE audit_entry SET day = day_text::date, hash = last
      WHERE day = one.day AND lane = one.lane AND seq = one.seq;
  END LOOP;
END $$
"""


async def test_who_read_whose_data_and_why_is_kept(store: Store) -> None:
    """Account, role, address, case, reason; words are kept masked."""
    await read(store, words="010-1234-5678로 전화")
    async with store.engine.connect() as conn:
        (entry,) = await entries(conn, AuditFilter(case=CASE))
    assert entry.doer == KIM
    assert (entry.kind, entry.why, entry.case) == (AuditKind.CONTACT_READ, Why.CALL_BACK, CASE)
    assert entry.words is not None
    assert "1234" not in entry.words


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET account = 'lee'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "UPDATE audit_seal SET entries = 0",
        "DELETE FROM audit_seal",
        "TRUNCATE audit_seal",
    ],
)
async def test_the_log_is_only_added_to(store: Store, statement: str) -> None:
    """The owner of the table cannot change or remove an entry either."""
    await read(store)
    with pytest.raises(DBAPIError, match="only added to"):
        async with store.engine.begin() as conn:
            await conn.execute(text(statement))
    async with store.engine.connect() as conn:
        assert len(await entries(conn, AuditFilter())) == 1


async def test_an_entry_cannot_choose_its_day_or_its_number(store: Store) -> None:
    """Day, place, instant and hash are the database's, whatever an insert says."""
    async with store.engine.begin() as conn:
        await conn.execute(
            text(
                "INSERT INTO audit_entry (day, lane, seq, at, kind, detail, hash) "
                "VALUES ('2020-01-01', 3, 99, '2020-01-01', 'case_read', '{}', '')"
            )
        )
        assert (await verify(conn)).broken is None
        (entry,) = await entries(conn, AuditFilter())
    assert entry.seq == 1
    assert entry.day > date(2020, 1, 1)


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("UPDATE audit_entry SET account = 'lee' WHERE seq = 2", "entry 2: the entry is not"),
        ("UPDATE audit_entry SET why = 'other' WHERE seq = 3", "entry 3: the entry is not"),
        ("UPDATE audit_entry SET words = NULL WHERE seq = 1", "entry 1: the entry is not"),
        ("UPDATE audit_entry SET detail = '{\"n\": 1}' WHERE seq = 1", "entry 1: the entry is"),
        ("UPDATE audit_entry SET at = at + interval '1 us' WHERE seq = 2", "entry 2: the entry"),
        ("DELETE FROM audit_entry WHERE seq = 2", "entry 2: an entry is missing"),
        ("UPDATE audit_entry SET words = '', why = NULL WHERE seq = 4", "entry 4: the entry"),
    ],
)
async def test_a_change_is_found_at_its_place(store: Store, statement: str, where: str) -> None:
    """`minwon audit verify` names the first entry that is not what was written."""
    for n in range(4):
        await read(store, words=f"통화 {n}" if n < 3 else None)
    async with store.engine.connect() as conn:
        assert said(await verify(conn))[-1] == "ok"
    await tamper(store, statement)
    async with store.engine.connect() as conn:
        found = await verify(conn)
    assert where in said(found)[-1]


async def test_a_sealed_day_cannot_lose_its_end(store: Store) -> None:
    """Entries cut off at the end of a day, or the whole day, are missed by its seal."""
    for _ in range(3):
        await read(store)
    await age(store, "2026-01-05")
    async with store.engine.begin() as conn:
        (seal,) = await seal_days(conn)
        assert await seal_days(conn) == ()
    assert (seal.day, seal.entries) == (date(2026, 1, 5), 3)
    async with store.engine.connect() as conn:
        found = await verify(conn)
    assert said(found) == ["days     1", "entries  3", "sealed   1", "ok"]
    await tamper(store, "DELETE FROM audit_entry WHERE seq = 3")
    async with store.engine.connect() as conn:
        cut = await verify(conn)
    await tamper(store, "DELETE FROM audit_entry")
    async with store.engine.connect() as conn:
        emptied = await verify(conn)
    assert "not what was sealed" in said(cut)[-1]
    assert "not what was sealed" in said(emptied)[-1]


async def test_a_seal_covers_the_seals_before_it(store: Store) -> None:
    """A day taken out whole, seal and all, is missed by the next seal; so is one slipped in."""
    for day in ("2026-01-05", "2026-01-06"):
        await read(store)
        await age(store, day)
        async with store.engine.begin() as conn:
            await seal_days(conn)
    async with store.engine.connect() as conn:
        assert (await verify(conn)).broken is None
    await read(store)
    await age(store, "2026-01-04")
    async with store.engine.connect() as conn:
        slipped_in = await verify(conn)
    assert "a later day is sealed" in said(slipped_in)[-1]
    await tamper(store, "DELETE FROM audit_entry WHERE day < '2026-01-06'")
    await tamper(store, "DELETE FROM audit_seal WHERE day < '2026-01-06'")
    async with store.engine.connect() as conn:
        taken_out = await verify(conn)
    assert "2026-01-06: the day is not what was sealed" in said(taken_out)[-1]


WRITER = """
import asyncio, os, sys
from pathlib import Path
from schema.audit import AuditEntry, AuditKind, Doer
from storage.audit import note_reading
from storage.keys import new_keyring
from storage.sealed_files import Directory
from storage.store import open_store

async def main():
    store = open_store(sys.argv[1], keyring=new_keyring(), files=Directory(Path(".")), role="w")
    doers = [Doer(account=name) for name in ("kim", "lee", sys.argv[2])]
    async def some(doer):
        for _ in range(40):
            await note_reading(store, doer, AuditKind.CASE_READ, case="261126-000001-A")
    await asyncio.gather(*map(some, doers))
    await store.close()

asyncio.run(main())
"""


async def test_two_processes_append_at_once(store: Store, database_url: str) -> None:
    """Nothing is lost and no chain forks, though both write of the same accounts."""
    writers = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", WRITER, database_url, name)
        for name in ("park", "choi")
    ]
    assert [await writer.wait() for writer in writers] == [0, 0]
    async with store.engine.connect() as conn:
        found = await verify(conn)
    assert (found.broken, found.entries) == (None, 240)


async def test_a_note_stands_or_falls_with_what_it_notes(store: Store) -> None:
    """Noted in the caller's transaction, it is undone with it, and the chain goes on."""
    await read(store)
    async with store.engine.connect() as conn:
        await note(conn, AuditNote(kind=AuditKind.ACCOUNT_ADDED, doer=KIM, person="lee"))
        await conn.rollback()
    await read(store)
    async with store.engine.connect() as conn:
        assert [entry.kind for entry in await entries(conn, AuditFilter())] == ["contact_read"] * 2
        assert (await verify(conn)).broken is None


async def test_the_log_is_read_by_pages_and_as_a_stream(store: Store) -> None:
    """Every entry once, newest first, whatever the length of the pages."""
    for doer in ("kim", "lee", "park") * 4:
        await read(store, Doer(account=doer))
    async with store.engine.connect() as conn:
        streamed = [entry async for entry in all_entries(conn, AuditFilter())]
        paged: list[AuditEntry] = []
        after = None
        while page := await entries(conn, AuditFilter(), after=after, limit=5):
            paged += page
            after = AuditPlace(at=page[-1].at, lane=page[-1].lane, seq=page[-1].seq)
        of_lee = await entries(conn, AuditFilter(person="lee"))
    assert paged == streamed
    assert len(paged) == 12
    assert {entry.doer.account for entry in of_lee} == {"lee"}
