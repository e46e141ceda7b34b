"""What became of the replayed records, each counted once, as a table that people read."""

import hashlib
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Self

import httpx
from rich.console import Console
from rich.table import Table

from cli.sample_day import SampleRecord
from rules.organisation import agencies as all_agencies
from rules.organisation import agency_of, department
from schema.codes import Channel
from schema.model import Frozen
from storage.fates import Fate
from storage.journal import JournalOutcome


class Became(StrEnum):
    """What can become of one record that is sent."""

    REGISTERED = "registered"
    CHANGED = "changed"
    DELIVERED_BEFORE = "delivered_before"
    QUARANTINED = "quarantined"
    NO_PETITION = "no_petition"
    REFUSED = "refused"
    WAITING = "waiting"


HEADINGS = {
    Became.REGISTERED: "Registered",
    Became.CHANGED: "Edit or deletion",
    Became.DELIVERED_BEFORE: "Delivered before",
    Became.QUARANTINED: "Quarantined",
    Became.NO_PETITION: "No petition",
    Became.REFUSED: "Refused at the gate",
    Became.WAITING: "Still on the way",
}


class Sent(Frozen):
    """One record with the gateway's answer. `ids`: the names it may be journalled under."""

    record: SampleRecord
    status: int
    ids: tuple[str, ...]

    @property
    def was_taken(self) -> bool:
        """True where the gateway said that it has the record."""
        return 200 <= self.status < 300

    @classmethod
    def of(cls, record: SampleRecord, body: bytes, answer: httpx.Response) -> Self:
        """The record as sent with `body`, and its answer."""
        own = sorted(_own_ids(record.body), key=lambda named: named[0] != _HISTORY)
        ids = [
            _receipt_number(answer),
            hashlib.sha256(body).hexdigest(),
            _digest_of_part(record.body),
            *(named for _, named in own),
        ]
        return cls(record=record, status=answer.status_code, ids=tuple(filter(None, ids)))


def _digest_of_part(body: object) -> str | None:
    """The name of a multipart report that nobody can read: the hash of its one part."""
    return hashlib.sha256(body.encode()).hexdigest() if isinstance(body, str) else None


def _receipt_number(answer: httpx.Response) -> str | None:
    try:
        said = answer.json()
    except ValueError:
        return None
    number = said.get("receipt_number") if isinstance(said, dict) else None
    return number if isinstance(number, str) else None


_ID_FIELDS = ("call_id", "message_id", "MessageSid", "report_id", "comment_id", "post_id", "id")


_HISTORY = "edit_history_tweet_ids"
"""An edited post goes by the first id of its history, whatever its own is."""


def _own_ids(body: object) -> Iterator[tuple[str, str]]:
    """Every id that the body gives, with its field: which one counts is the channel's matter."""
    for name, value in _fields(body):
        if name in _ID_FIELDS and isinstance(value, str):
            yield name, value
        elif name == _HISTORY and isinstance(value, list):
            yield from ((name, one) for one in value if isinstance(one, str))
        else:
            yield from _own_ids(value)


def _fields(body: object) -> Iterator[tuple[str, object]]:
    if isinstance(body, dict):
        yield from body.items()
    elif isinstance(body, list):
        for part in body:
            yield from _fields(part)


class Result(Frozen):
    """One record and what became of it; `reason` is the HTTP status or the quarantine's code."""

    sent: Sent
    became: Became
    reason: str | None = None
    department: str | None = None


class ReplayReport(Frozen):
    """What became of every record, in the order they were sent."""

    results: tuple[Result, ...]

    def count(self, became: Became, channel: Channel | None = None) -> int:
        """How many records ended so, on one channel or on all."""
        return sum(
            result.became is became and channel in (None, result.sent.record.channel)
            for result in self.results
        )

    def by_department(self) -> Counter[str]:
        """New petitions by the code of the department that has them."""
        return Counter(
            result.department or "" for result in self.results if result.became is Became.REGISTERED
        )

    def reasons(self, became: Became) -> Counter[str]:
        """How many ended so for which reason."""
        return Counter(result.reason or "" for result in self.results if result.became is became)

    def unexpected(self) -> tuple[Result, ...]:
        """The records that did not end as their line in the sample says."""
        return tuple(
            result for result in self.results if result.became != result.sent.record.expects
        )

    def print(self, screen: Console) -> None:
        """The tables: by channel with the reasons, and by department."""
        screen.print(self._by_channel_table())
        for became in (Became.REFUSED, Became.QUARANTINED):
            reasons = self.reasons(became).most_common()
            if reasons:
                told = ", ".join(f"{reason} {count}" for reason, count in reasons)
                screen.print(f"{HEADINGS[became]}: {told}")
        if self.count(Became.REGISTERED):
            screen.print(self._by_department_table())

    def _by_channel_table(self) -> Table:
        shown = [became for became in Became if self.count(became)]
        table = Table(title="What became of the records", show_footer=True)
        table.add_column("Channel", "All")
        for became in shown:
            table.add_column(HEADINGS[became], str(self.count(became)), justify="right")
        table.add_column("Sent", str(len(self.results)), justify="right")
        for channel in Channel:
            counts = [self.count(became, channel) for became in shown]
            if any(counts):
                table.add_row(channel, *map(str, counts), str(sum(counts)))
        return table

    def _by_department_table(self) -> Table:
        """A row for each agency, in the order of their numbers of petitions."""
        agencies: dict[str, Counter[str]] = {}
        for code, count in self.by_department().items():
            agencies.setdefault(agency_of(code), Counter())[code] = count
        table = Table(title="Registered, by department", show_footer=True)
        table.add_column("Agency", "All", no_wrap=True)
        total = sum(found.total() for found in agencies.values())
        table.add_column("Petitions", str(total), justify="right")
        table.add_column("Departments")
        by_size = sorted(agencies.items(), key=lambda found: -found[1].total())
        for agency, found in by_size:
            told = ", ".join(f"{_name(code)} {count}" for code, count in found.most_common())
            name = all_agencies()[agency].name_ko if agency else "(not routed yet)"
            table.add_row(name, str(found.total()), told)
        return table


def _name(code: str) -> str:
    return department(code).name_ko if code else ""


def report_of(sent: Sequence[Sent], fates: Sequence[Fate]) -> ReplayReport:
    """Each record with the journal row that it made, rows under one id in their order.

    A form that was taken and made no row was answered from what is stored; any other record
    without its row is one that is still looked for.
    """
    rows: dict[str, deque[Fate]] = {}
    for fate in fates:
        rows.setdefault(fate.external_id.rpartition(":")[2], deque()).append(fate)
    return ReplayReport(results=tuple(_result(one, rows) for one in sent))


def _result(sent: Sent, rows: dict[str, deque[Fate]]) -> Result:
    if not sent.was_taken:
        return Result(sent=sent, became=Became.REFUSED, reason=str(sent.status))
    fate = next((rows[name].popleft() for name in sent.ids if rows.get(name)), None)
    if fate is None:
        stored = sent.record.channel is Channel.WEB_FORM
        return Result(sent=sent, became=Became.DELIVERED_BEFORE if stored else Became.WAITING)
    return Result(sent=sent, became=_became(fate), reason=fate.reason, department=fate.department)


def _became(fate: Fate) -> Became:
    match fate.outcome:
        case None:
            return Became.WAITING
        case JournalOutcome.REGISTERED:
            return Became.REGISTERED if fate.opened else Became.CHANGED
        case JournalOutcome.DUPLICATE:
            return Became.DELIVERED_BEFORE
        case JournalOutcome.QUARANTINED:
            return Became.QUARANTINED
        case JournalOutcome.NO_PETITION:
            return Became.NO_PETITION
