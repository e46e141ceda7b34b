"""Cases whose rows a transaction holds, each with its log and what follows from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from rules.calendar import BusinessCalendar
from rules.life import CaseFacts, facts_of
from schema.codes import State
from schema.events import CaseEvent
from storage.calendars import Calendars
from storage.cases import Case, lock_cases, logs_of


@dataclass(frozen=True)
class LockedCase:
    """A case whose row this transaction holds, with its log and what follows from it.

    `reporters` are the cases merged into it, locked too.
    """

    case: Case
    log: tuple[CaseEvent, ...]
    facts: CaseFacts
    calendar: BusinessCalendar
    reporters: "tuple[LockedCase, ...]" = ()

    @property
    def number(self) -> str:
        """The receipt number."""
        return self.case.number

    def event_of(self, request_id: str) -> CaseEvent | None:
        """The event that a request made already, or None."""
        return next((event for event in self.log if event.request_id == request_id), None)

    def reporter_facts(self, facts: CaseFacts) -> list[CaseFacts]:
        """The facts of the cases that `facts` (of this case) counts as its reporters."""
        return [one.facts for one in self.reporters if one.number in facts.reporters]


async def lock_all(
    conn: AsyncConnection, numbers: Sequence[str], calendars: Calendars
) -> dict[str, LockedCase]:
    """The cases and their reporters by number, locked in the order of their numbers.

    Raises LookupError where one of `numbers` does not exist.
    """
    found = {case.number: case for case in await lock_cases(conn, numbers)}
    for number in numbers:
        if number not in found:
            raise LookupError(number)
    # Read under the locks: what was read before would be older than what the row was counted by.
    calendar = await calendars.current(conn)
    logs = await logs_of(conn, tuple(found))
    held = {
        number: LockedCase(case, logs[number], _facts(case, logs[number]), calendar)
        for number, case in found.items()
    }
    known = {reporter for one in held.values() for reporter in one.facts.reporters}
    if missing := sorted(known - held.keys()):
        # Merged while we waited for the lock. These are locked out of order, so a deadlock is
        # possible: the database ends one of the two, and its activity tries again.
        held |= await lock_all(conn, missing, calendars)
    return {number: _with_reporters(one, held) for number, one in held.items()}


def _facts(case: Case, log: Sequence[CaseEvent]) -> CaseFacts:
    return facts_of(log, kind=case.kind, synthetic=case.synthetic)


def _with_reporters(one: LockedCase, held: Mapping[str, LockedCase]) -> LockedCase:
    """Whoever has been answered with the case, or was given back, is none of its reporters any
    more: a second answer is not theirs, and their deadlines are over."""
    reporters = tuple(
        held[number]
        for number in sorted(one.facts.reporters)
        if held[number].facts.merged_into == one.number and held[number].facts.state is State.MERGED
    )
    return replace(one, reporters=reporters) if reporters else one
