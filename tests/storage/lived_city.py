"""Cases that live by the real recorder: a table of lives, each with everything that a figure has to
know of, and the synthetic case that is in none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from activities.petition import PetitionActivities
from rules.book import read_rule_book
from schema.codes import Action, CaseKind, Channel, Role
from schema.commands import Command
from schema.events import Actor
from schema.submission import Contact, Location, Submission
from storage.cases import find_case
from storage.commands import keep_command
from storage.heartbeat import begin_beat
from storage.record import Recorder
from storage.registration import register
from storage.sealing import new_data_key
from storage.store import Store

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=SEOUL).astimezone(UTC)
CLEANSING = "3130000.cleansing"
ROADS = "3130000.roads"
ELSEWHERE = "3010000.roads"
DESK = "6110000.first-line"


@dataclass(frozen=True)
class Act:
    """What is done, when («11-03 10:20» in Seoul), by whom."""

    at: str
    action: Action
    by: Role
    detail: dict[str, JsonValue]


def act(at: str, action: Action, by: Role = Role.FIRST_LINE, /, **detail: JsonValue) -> Act:
    """One act of a life."""
    return Act(at, action, by, detail)


@dataclass(frozen=True)
class Life:
    """A case filed at `filed`, and what was done; `wakes`: its timers rang until then, before the
    act that follows; `into` names the life that it is merged into."""

    name: str
    filed: str
    acts: Sequence[Act] = ()
    item: str | None = "RD01"
    channel: Channel = Channel.WEB_FORM
    kind: CaseKind = CaseKind.PETITION
    address: str = "마포구 서교동"
    wakes: str | None = None


CITIZEN, SYSTEM, OFFICER = Role.CITIZEN, Role.SYSTEM, Role.OFFICER
START, ANSWER = Action.START, Action.ANSWER

LIVES: tuple[Life, ...] = (
    Life(
        "in time, and liked",
        "11-02 10:00",
        [
            act("11-02 11:00", START, OFFICER),
            act("11-02 16:00", ANSWER, OFFICER, text="t"),
            act("11-03 09:00", Action.RATE, CITIZEN, grade=5),
            act("11-02 16:01", Action.DELIVER, SYSTEM, reply="r", means="sms", outcome="delivered"),
            act("11-02 16:02", Action.DELIVER, SYSTEM, reply="s", means="sms", outcome="failed"),
        ],
    ),
    Life(
        "late, and not",
        "11-02 10:30",
        [
            act("11-05 14:00", START, OFFICER),
            act("11-12 09:30", ANSWER, OFFICER, text="t"),
            act("11-12 12:00", Action.RATE, CITIZEN, grade=1, text="t"),
        ],
        wakes="11-04 18:00",
    ),
    Life(
        "escalated, then answered",
        "11-10 09:00",
        [act("11-11 15:00", ANSWER, text="t")],
        wakes="11-11 12:00",
    ),
    Life("open, overdue and escalated", "11-09 09:10", wakes="11-20 14:00"),
    Life("open, overdue, nobody woke", "11-16 19:10"),
    Life("open, just filed", "11-20 14:40"),
    Life("open, due today", "11-20 13:00", [act("11-20 13:30", START)], item="TR01"),
    Life("open, near its deadline", "11-19 16:00", [act("11-19 16:30", START)], item="CL01"),
    Life("withdrawn", "11-03 09:00", [act("11-03 12:00", Action.WITHDRAW, CITIZEN)]),
    Life(
        "declined",
        "11-03 10:00",
        [act("11-04 10:00", Action.DECLINE, decline_ground="private_matter", reason="r")],
    ),
    Life(
        "refused and objected to",
        "11-03 11:00",
        [
            act("11-03 15:00", Action.REFUSE, text="t", remedy="r"),
            act("11-05 15:00", Action.OBJECT, CITIZEN, text="t"),
        ],
    ),
    Life(
        "extended",
        "11-04 10:00",
        [
            act("11-04 11:00", START, OFFICER),
            act(
                "11-04 12:00", Action.EXTEND, OFFICER, days=1, reason_code="cooperation", reason="r"
            ),
            act("11-05 16:00", ANSWER, OFFICER, text="t"),
        ],
        item="WF03",
    ),
    Life(
        "supplemented",
        "11-05 10:00",
        [
            act("11-05 11:00", START),
            act("11-05 13:30", Action.REQUEST_SUPPLEMENT, text="t", days=5),
            act("11-09 10:10", Action.SUPPLEMENT, CITIZEN, text="t"),
            act("11-09 15:00", ANSWER, text="t"),
        ],
    ),
    Life(
        "waits for its supplement",
        "11-18 10:00",
        [act("11-18 13:30", Action.REQUEST_SUPPLEMENT, text="t", days=7)],
    ),
    Life(
        "never supplemented",
        "11-02 09:30",
        [
            act("11-02 10:30", Action.REQUEST_SUPPLEMENT, text="t", days=3),
            act("11-10 10:00", Action.REQUEST_SUPPLEMENT_AGAIN, text="t", days=3),
            act(
                "11-18 10:00",
                Action.CLOSE_UNSUPPLEMENTED,
                return_ground="not_supplemented",
                reason="r",
            ),
        ],
    ),
    Life("the one others join", "11-05 09:30", [act("11-05 10:00", START)]),
    Life("joins it", "11-05 09:40", [act("11-05 11:00", Action.MERGE, into="the one others join")]),
    Life(
        "joins it and leaves",
        "11-05 09:50",
        [
            act("11-05 11:10", Action.MERGE, into="the one others join"),
            act("11-05 15:10", Action.UNMERGE),
        ],
    ),
    Life(
        "joins and is answered with it",
        "11-06 09:30",
        [act("11-06 10:00", Action.MERGE, into="answered for two")],
    ),
    Life(
        "there and back",
        "11-06 11:00",
        [
            act("11-06 12:30", Action.TRANSFER, department=CLEANSING, reason="r"),
            act("11-06 15:00", Action.TRANSFER, department=ROADS, reason="r"),
            act("11-06 17:00", ANSWER, text="t"),
        ],
    ),
    Life(
        "to another district",
        "11-09 10:00",
        [
            act("11-09 13:00", Action.TRANSFER, department=ELSEWHERE, reason="r"),
            act("11-10 10:00", ANSWER, text="t"),
        ],
    ),
    Life(
        "asked again and answered",
        "11-09 11:00",
        [
            act("11-09 15:00", ANSWER, text="t"),
            act("11-10 15:00", Action.ASK_AGAIN, CITIZEN, text="t"),
            act("11-11 10:00", ANSWER, text="t"),
        ],
    ),
    Life(
        "asked again, not answered",
        "11-10 11:00",
        [
            act("11-10 15:00", ANSWER, text="t"),
            act("11-12 15:00", Action.ASK_AGAIN, CITIZEN, text="t"),
        ],
    ),
    Life(
        "on the call",
        "11-10 14:00",
        [act("11-10 14:00", ANSWER, Role.CHANNEL, text="t", on_call=True)],
        channel=Channel.SMS_120,
    ),
    Life(
        "an opinion made a petition",
        "11-11 10:00",
        [
            act("11-11 11:00", Action.CONVERT, item="RD01"),
            act("11-11 17:00", ANSWER, text="t"),
        ],
        channel=Channel.SNS,
        kind=CaseKind.OPINION,
    ),
    Life("an opinion", "11-12 10:00", channel=Channel.SNS, kind=CaseKind.OPINION),
    Life(
        "a grievance that is looked into",
        "11-02 13:30",
        [
            act("11-02 14:00", START),
            act("11-03 10:00", Action.START_INVESTIGATION),
            act("11-05 10:00", Action.END_INVESTIGATION),
            act("11-12 15:00", ANSWER, text="t"),
        ],
        item="AD04",
    ),
    Life(
        "a long period, in time",
        "10-29 10:00",
        [act("10-30 11:00", START), act("11-10 11:00", ANSWER, text="t")],
        item="AD03",
    ),
    Life(
        "of another period",
        "11-02 14:00",
        [act("11-02 15:00", START), act("11-06 11:00", ANSWER, text="t")],
        item="AD07",
    ),
    Life("a long period, still running", "11-13 10:00", [act("11-13 11:00", START)], item="AD03"),
    Life("at the first line still", "11-20 10:10", item=None, address=""),
    Life(
        "excluded for a while",
        "11-16 10:00",
        [
            act("11-16 10:30", START),
            act("11-16 11:00", Action.START_EXCLUSION, exclusion_ground="hearing", reason="r"),
            act("11-17 11:00", Action.END_EXCLUSION),
            act("11-18 11:00", ANSWER, text="t"),
        ],
        item="WF03",
    ),
)


class LivedCity:
    """The lives, lived; `numbers` by name."""

    def __init__(self, store: Store) -> None:
        self.store = store
        book = read_rule_book()
        self.recorder = Recorder(store, book)
        self.activities = PetitionActivities(store, self.recorder, book)
        self.numbers: dict[str, str] = {}

    async def live(self, lives: Sequence[Life] = LIVES) -> None:
        """Every life, in its order; and a synthetic case, which climbed."""
        for life in lives:
            await self._live(life)
        async with self.store.engine.begin() as conn:
            beat = await begin_beat(conn, self.store, now=NOW - timedelta(minutes=30))
        assert beat is not None
        await self.activities.take_in(beat)
        await self._wake(beat, NOW)

    async def _live(self, life: Life) -> None:
        if life.name == "joins and is answered with it":
            await self._file(Life("answered for two", "11-06 09:00"))
        await self._file(life)
        woken = life.wakes is None
        for one in life.acts:
            if not woken and one.at > str(life.wakes):
                await self._wake(self.numbers[life.name], _at(str(life.wakes)))
                woken = True
            await self.act(life.name, one)
        if not woken:
            await self._wake(self.numbers[life.name], _at(str(life.wakes)))
        if life.name == "joins and is answered with it":
            await self.act("answered for two", act("11-06 14:00", ANSWER, text="t"))

    async def _file(self, life: Life) -> None:
        submission = Submission(
            channel=life.channel,
            external_id=str(uuid4()),
            submitted_at=_at(life.filed),
            kind=life.kind,
            text=f"{life.name}: 골목 차도에 포트홀이 있습니다",
            item=life.item if life.kind is not CaseKind.OPINION else None,
            location=Location(address=life.address or None),
            contact=Contact(phone="010-0000-1234"),
        )
        async with self.store.engine.begin() as conn:
            key = await new_data_key(conn, self.store.keyring)
            found = await register(conn, self.store, self.recorder, submission, key=key)
        self.numbers[life.name] = found.number
        await self.activities.take_in(found.number)

    async def act(self, name: str, one: Act) -> None:
        """One act, as the workflow would have it recorded."""
        number = self.numbers[name]
        detail = dict(one.detail)
        if "into" in detail:
            detail["into"] = self.numbers[str(detail["into"])]
        actor = Actor(role=one.by, department=DESK if one.by is Role.FIRST_LINE else None)
        if one.by is OFFICER:
            async with self.store.engine.connect() as conn:
                case = await find_case(conn, number)
            assert case is not None
            actor = Actor(role=one.by, department=case.department, account="hong")
        command = Command(
            request_id=str(uuid4()),
            case=number,
            action=one.action,
            actor=actor,
            at=_at(one.at),
            detail=detail,
        )
        if one.by is not SYSTEM:
            async with self.store.engine.begin() as conn:
                _, kept = await keep_command(
                    conn,
                    self.store,
                    number=number,
                    request_id=command.request_id,
                    action=one.action,
                    actor=actor,
                    at=command.at,
                    body=detail,
                )
            command = kept.command
        outcome = await self.recorder.record(command)
        assert outcome.refusal is None, (name, one, outcome.refusal)

    async def _wake(self, number: str, until: datetime) -> None:
        """Every moment of the case until `until`, as its timers ring."""
        outcome = await self.recorder.wake(number, until - timedelta(days=60))
        while (moment := outcome.snapshot.next_moment) and moment.at <= until:
            outcome = await self.recorder.wake(number, moment.at)


def _at(when: str) -> datetime:
    return datetime.strptime(f"2026-{when}", "%Y-%m-%d %H:%M").replace(tzinfo=SEOUL).astimezone(UTC)
