"""What an act on one case brings about in others: merged, un-merged, answered together."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from rules.consequences import Consequence
from rules.life import CaseFacts, facts_of
from rules.masking import mask
from rules.waking import SYSTEM
from schema.codes import Action, EventKind, Role, State, TextKind
from schema.commands import Command
from schema.events import CaseEvent
from schema.grounds import ClosedFor
from storage.cases import find_case, logs_of, root_of
from storage.linked_cases import linked_cases, open_linked
from storage.locked_cases import LockedCase
from storage.store import Store
from storage.texts import case_key, keep_text, texts_of


class Writing(Protocol):
    """What writes an event whose case is locked: the recorder."""

    @property
    def store(self) -> Store:
        """The storage."""

    async def write(
        self, conn: AsyncConnection, locked: LockedCase, command: Command, done: Consequence
    ) -> tuple[LockedCase, CaseEvent]:
        """Write what an act has brought about."""


def numbers_in(value: object) -> tuple[str, ...]:
    """The receipt numbers in a field, separated by blanks or commas, each once."""
    words = value if isinstance(value, list) else str(value or "").replace(",", " ").split()
    return tuple(dict.fromkeys(str(word).strip().upper() for word in words))


async def locked_together(conn: AsyncConnection, command: Command) -> tuple[str, ...]:
    """The other case that has to be locked with the one acted on: its merged one's root."""
    if command.action is Action.MERGE:
        root = await _root_named(conn, command)
        return (root,) if root else ()
    if command.action is Action.UNMERGE:
        root = await root_of(conn, command.case)
        return (root,) if root and root != command.case else ()
    return ()


async def _root_named(conn: AsyncConnection, command: Command) -> str | None:
    """The case to merge into, or the one that it was merged into itself: merges stay flat."""
    named = numbers_in(command.detail.get("into"))
    root = await root_of(conn, named[0]) if named else None
    return root if root != command.case else None


async def named_cases(conn: AsyncConnection, command: Command) -> dict[str, CaseFacts]:
    """The facts of the other cases that a command names, by number; unknown ones are left out."""
    numbers: tuple[str, ...] = numbers_in(command.detail.get("earlier"))
    if command.action is Action.MERGE:
        root = await _root_named(conn, command)
        numbers = (root,) if root else ()
    others = [number for number in numbers if number != command.case]
    if not others:
        return {}
    found = {}
    for number, log in (await logs_of(conn, others)).items():
        case = await find_case(conn, number)
        if case is not None:
            found[number] = facts_of(log, kind=case.kind, synthetic=case.synthetic)
    return found


Held = Mapping[str, LockedCase]


async def after_act(
    conn: AsyncConnection, recorder: Writing, held: Held, locked: LockedCase, event: CaseEvent
) -> tuple[str, ...]:
    """Write what `event`, just written on `locked`, brings about elsewhere. Gives the numbers of
    the cases whose workflows have to look at the record again."""
    follow = _FOLLOWS.get(event.kind)
    return tuple(await follow(conn, recorder, held, locked, event)) if follow else ()


async def looks_after(
    conn: AsyncConnection, locked: LockedCase, event: CaseEvent
) -> tuple[str, ...]:
    """The numbers that `after_act` gave for an `event` that is written already: whoever asks again
    died before the others were told. A look too many does no harm."""
    if event.kind in (EventKind.MERGED, EventKind.UNMERGED):
        return (str(event.detail["into" if event.kind is EventKind.MERGED else "from"]),)
    follow = _FOLLOWS.get(event.kind)
    if follow is _ended:
        return tuple(sorted(locked.facts.reporters))
    if follow is _linked:
        return tuple(one.number for one in await linked_cases(conn, locked.case))
    return ()


async def _merged(
    conn: AsyncConnection, recorder: Writing, held: Held, locked: LockedCase, event: CaseEvent
) -> tuple[str, ...]:
    """The reporters of the merged case go with it, so that no merge has a second floor; the case
    that takes them in counts by the earliest of all their deadlines."""
    into = str(event.detail["into"])
    root = held[into]
    joining = [locked]
    for reporter in held[locked.number].reporters:
        command = _follow(event, reporter.number, Action.MERGE, {"into": into})
        done = Consequence(detail=dict(command.detail), changes={"state": State.MERGED})
        joining.append((await recorder.write(conn, reporter, command, done))[0])
    for one in joining:
        root = replace(root, reporters=(*root.reporters, one))
        command = _follow(event, into, Action.TAKE_REPORTER, {"reporter": one.number})
        root, _ = await recorder.write(conn, root, command, Consequence(dict(command.detail)))
    return (into,)


async def _unmerged(
    conn: AsyncConnection, recorder: Writing, held: Held, locked: LockedCase, event: CaseEvent
) -> tuple[str, ...]:
    root = held.get(str(event.detail["from"]))
    if root is None:
        return ()
    command = _follow(event, root.number, Action.LOSE_REPORTER, {"reporter": locked.number})
    await recorder.write(conn, root, command, Consequence(dict(command.detail)))
    return (root.number,)


async def _answered(
    conn: AsyncConnection, recorder: Writing, held: Held, locked: LockedCase, event: CaseEvent
) -> tuple[str, ...]:
    """The answer to the one case is the answer to all who reported it: each is told under the own
    number, and keeps its own copy."""
    if not locked.reporters:
        return ()
    texts = await texts_of(conn, recorder.store, locked.number, kinds=[TextKind.ANSWER])
    answer = texts[UUID(str(event.detail["text"]))]
    for reporter in locked.reporters:
        key = await case_key(conn, recorder.store, reporter.number)
        words = mask(answer.text).text if _joined_by_itself(reporter) else answer.text
        kept = await keep_text(conn, key, reporter.number, TextKind.ANSWER, words)
        detail = {
            "ground": ClosedFor.ANSWERED_WITH.value,
            "with": locked.number,
            "result": event.kind.value,
            "text": str(kept),
        }
        command = _follow(event, reporter.number, Action.CLOSE, detail)
        done = Consequence(detail=dict(command.detail), changes={"state": State.CLOSED})
        await recorder.write(conn, reporter, command, done)
    return ()


def _joined_by_itself(reporter: LockedCase) -> bool:
    """Whoever joined a public case by «저도요» reads of its answer what everybody may read: no
    officer has looked whether the first petitioner's data are theirs to know."""
    merges = [event for event in reporter.log if event.kind is EventKind.MERGED]
    return any(event.actor.role is Role.CITIZEN for event in merges)


async def _ended(
    conn: AsyncConnection, recorder: Writing, held: Held, locked: LockedCase, event: CaseEvent
) -> tuple[str, ...]:
    """A case that ends without an answer gives its reporters back to themselves: the withdrawal
    or the fault of one petitioner is not the others'."""
    if event.detail.get("ground") == ClosedFor.ANSWERED:
        return ()
    given_back = []
    for reporter in locked.reporters:
        command = _follow(event, reporter.number, Action.UNMERGE, {"from": locked.number})
        state = reporter.facts.before_merge or State.RECEIVED
        done = Consequence(detail=dict(command.detail), changes={"state": state})
        await recorder.write(conn, reporter, command, done)
        given_back.append(reporter.number)
    return tuple(given_back)


async def _linked(
    conn: AsyncConnection, recorder: Writing, held: Held, locked: LockedCase, event: CaseEvent
) -> tuple[str, ...]:
    return (await open_linked(conn, recorder.store, locked, event),)


def _follow(event: CaseEvent, number: str, action: Action, detail: Mapping[str, str]) -> Command:
    """What follows from `event` on another case, once: its request id names that event."""
    return Command(
        request_id=f"after/{event.case}/{event.seq}/{action}/{detail.get('reporter', number)}",
        case=number,
        action=action,
        actor=SYSTEM,
        at=event.at,
        detail=dict(detail),
    )


Follow = Callable[[AsyncConnection, Writing, Held, LockedCase, CaseEvent], Awaitable[Sequence[str]]]
_FOLLOWS: dict[EventKind, Follow] = {
    EventKind.MERGED: _merged,
    EventKind.UNMERGED: _unmerged,
    EventKind.ANSWERED: _answered,
    EventKind.REFUSED: _answered,
    EventKind.WITHDRAWN: _ended,
    EventKind.DECLINED: _ended,
    EventKind.CLOSED: _ended,
    EventKind.SPLIT: _linked,
    EventKind.OBJECTED: _linked,
    EventKind.REOPENED: _linked,
}
