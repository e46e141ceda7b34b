"""What must hold of a city when everything has come to rest, whatever was killed on the way."""

import asyncio
from collections import defaultdict

from sqlalchemy import text

from storage.store import Store
from tests.system.running_city import RunningCity

REST_SECONDS = 240

UNFINISHED = """
SELECT (SELECT count(*) FROM intake_journal WHERE outcome IS NULL) AS records,
       (SELECT count(*) FROM outbox WHERE published_at IS NULL OR noticed_at IS NULL) AS events,
       (SELECT count(*) FROM reply WHERE outcome IS NULL) AS replies,
       (SELECT count(*) FROM staff_notice WHERE published_at IS NULL) AS notices,
       (SELECT count(*) FROM quarantine WHERE dead_letter_sent_at IS NULL) AS dead_letters,
       (SELECT count(*) FROM command WHERE settled_at IS NULL) AS commands,
       (SELECT count(*) FROM cases WHERE state = 'SUBMITTED') AS waiting
"""


async def came_to_rest(city: RunningCity) -> None:
    """Wait until nothing is left to do; fails with what is left."""
    left: dict[str, int] = {}
    for _ in range(REST_SECONDS * 2):
        async with city.store.engine.connect() as conn:
            left = dict((await conn.execute(text(UNFINISHED))).one()._mapping)
        if not any(left.values()):
            return
        await asyncio.sleep(0.5)
    raise AssertionError(f"unfinished after {REST_SECONDS} s: {left}")


async def every_record_is_one_petition_or_one_quarantine_entry(store: Store) -> None:
    """Each journalled record has one fate, and no record has two cases."""
    async with store.engine.connect() as conn:
        twice = (
            await conn.execute(
                text("SELECT channel, external_id FROM cases GROUP BY 1, 2 HAVING count(*) > 1")
            )
        ).all()
        lost = (
            await conn.execute(
                text(
                    "SELECT j.id FROM intake_journal j WHERE j.outcome IN"
                    " ('registered', 'duplicate')"
                    " AND NOT EXISTS (SELECT 1 FROM registered_revision r"
                    " WHERE r.channel = j.channel AND r.external_id = j.external_id)"
                )
            )
        ).all()
        unkept = (
            await conn.execute(
                text(
                    "SELECT j.id FROM intake_journal j WHERE j.outcome = 'quarantined' AND NOT"
                    " EXISTS (SELECT 1 FROM quarantine q WHERE q.channel = j.channel"
                    " AND q.external_id = j.external_id)"
                )
            )
        ).all()
    assert (twice, lost, unkept) == ([], [], [])


async def every_number_given_out_is_a_case(store: Store) -> None:
    """A receipt number that somebody holds opens a case, or waits in quarantine."""
    async with store.engine.connect() as conn:
        dead = (
            await conn.execute(
                text(
                    "SELECT receipt_number FROM intake_journal j WHERE receipt_number IS NOT NULL"
                    " AND outcome IN ('registered', 'duplicate') AND NOT EXISTS"
                    " (SELECT 1 FROM cases c WHERE c.number = j.receipt_number)"
                )
            )
        ).all()
    assert dead == []


async def events_are_gapless_and_in_order(store: Store) -> None:
    """Each case's events are numbered 1, 2, 3 … and its row agrees with its last one."""
    async with store.engine.connect() as conn:
        wrong = (
            await conn.execute(
                text(
                    "SELECT c.number FROM cases c JOIN (SELECT case_number, count(*) AS n,"
                    " min(seq) AS first, max(seq) AS last FROM case_event GROUP BY 1) e"
                    " ON e.case_number = c.number"
                    " WHERE e.n <> e.last OR e.first <> 1 OR e.last <> c.seq"
                )
            )
        ).all()
        disagree = (
            await conn.execute(
                text(
                    "SELECT c.number FROM cases c JOIN case_event e ON e.case_number = c.number"
                    " AND e.seq = c.seq WHERE (e.state, e.department, e.item) IS DISTINCT FROM"
                    " (c.state, c.department, c.item)"
                )
            )
        ).all()
    assert (wrong, disagree) == ([], [])


async def every_event_was_heard(city: RunningCity) -> None:
    """Every event of the city's cases is on `case.events`, each case's in order."""
    async with city.store.engine.connect() as conn:
        rows = (
            await conn.execute(
                text(
                    "SELECT e.id::text FROM case_event e JOIN cases c ON c.number = e.case_number"
                    " WHERE NOT c.synthetic"
                )
            )
        ).all()
    wanted = {row.id for row in rows}
    await city.hear_all()
    unheard = wanted - city.heard.ids
    assert not unheard, f"{len(unheard)} of {len(wanted)}"
    for events in city.heard.by_case.values():
        seqs = [event["data"]["seq"] for event in events]
        assert sorted(seqs) == list(range(1, len(seqs) + 1))


async def no_reply_is_missing_or_different_twice(city: RunningCity) -> None:
    """Each reply reached its carrier, and where it came twice it said the same."""
    async with city.store.engine.connect() as conn:
        rows = (
            await conn.execute(
                text("SELECT id::text, outcome, means FROM reply WHERE means <> 'page'")
            )
        ).all()
    failed = [row.id for row in rows if row.outcome != "delivered"]
    assert failed == []
    said: dict[str, set[str]] = defaultdict(set)
    for message in await city.received():
        said[str(message["reference"])].add(str(message["body"]))
    different = {reference for reference, bodies in said.items() if len(bodies) > 1}
    assert different == set()
    keyed = {row.id for row in rows if row.means in ("sms", "push")}
    assert keyed <= set(said)


async def no_rung_acted_twice(store: Store) -> None:
    """Once per case, clock, term and rung."""
    async with store.engine.connect() as conn:
        twice = (
            await conn.execute(
                text(
                    "SELECT case_number, detail->>'timer', detail->>'term', detail->>'rung'"
                    " FROM case_event WHERE kind IN ('reminded', 'escalated')"
                    " GROUP BY 1, 2, 3, 4 HAVING count(*) > 1"
                )
            )
        ).all()
    assert twice == []


async def every_promise_holds(city: RunningCity) -> None:
    """All of the above."""
    await every_record_is_one_petition_or_one_quarantine_entry(city.store)
    await every_number_given_out_is_a_case(city.store)
    await events_are_gapless_and_in_order(city.store)
    await every_event_was_heard(city)
    await no_reply_is_missing_or_different_twice(city)
    await no_rung_acted_twice(city.store)
