"""The effects of PetitionWorkflow: take in, record, wake. Each is one transaction."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.routing import Decision, decide
from rules.book import RuleBook
from rules.waking import SYSTEM
from schema.codes import Action, Role, State
from schema.commands import CaseSnapshot, Command, Outcome
from schema.events import Actor
from schema.model import Frozen
from storage.cases import snapshot_of
from storage.commands import find_command
from storage.locked_cases import LockedCase
from storage.record import Recorder
from storage.same_here import SAME_HERE
from storage.store import Store
from storage.tables import cases

UNKNOWN_CASE = "unknown_case"


class Wake(Frozen):
    """Ask a case to do what has fallen due at `at`."""

    case: str
    at: datetime


class PetitionActivities:
    """Given its dependencies by the composition root; holds nothing of a case."""

    def __init__(self, store: Store, recorder: Recorder, book: RuleBook) -> None:
        self._store = store
        self._recorder = recorder
        self._book = book

    @activity.defn
    async def take_in(self, number: str) -> CaseSnapshot:
        """Load the case from the record; one that was only submitted is received, routed and
        distributed first, and one that the 120 centre answered on the call is answered at once.

        Fails for good where the record has no such case: there is nothing to run.
        """
        async with self._store.engine.begin() as conn:
            try:
                locked = await self._recorder.lock(conn, number)
            except LookupError:
                raise ApplicationError(number, type=UNKNOWN_CASE, non_retryable=True) from None
            if locked.case.state is State.SUBMITTED:
                locked = await self._receive(conn, locked)
            await conn.execute(
                update(cases).where(cases.c.number == number).values(workflow_started_at=func.now())
            )
            wish = await find_command(conn, number, SAME_HERE)
        if wish is None or wish.refusal is not None:
            return snapshot_of(locked.case, joined=locked.facts.joined)
        # Recorded once however often it is asked: what was written before only tells the other
        # case again, whose workflow a death in between may have left untold.
        joined = await self._recorder.record(wish.command)
        return joined.snapshot.model_copy(update={"look_again": joined.look_again})

    async def _receive(self, conn: AsyncConnection, locked: LockedCase) -> LockedCase:
        decision = decide(locked.case)
        locked = await self._keep_decision(conn, locked, decision)
        submitted = locked.case.submitted_at
        received_at = self._book.receipt_instant(submitted, locked.calendar)
        locked = await self._step(
            conn,
            locked,
            Action.RECEIVE,
            at=submitted,
            detail={
                "received_at": received_at.isoformat(),
                "item": decision.classification.item,
                "district": decision.routing.district,
                "duty_department": decision.routing.duty_department,
            },
        )
        if not decision.routing.first_line:
            detail = {"department": decision.routing.department}
            locked = await self._step(conn, locked, Action.DISTRIBUTE, at=submitted, detail=detail)
        return await self._answer_given_on_call(conn, locked)

    async def _keep_decision(
        self, conn: AsyncConnection, locked: LockedCase, decision: Decision
    ) -> LockedCase:
        """Store the decision with its reasons in words; a proposal's leaf makes a proposal."""
        kind = decision.kind_for(locked.case.kind)
        values = {
            "kind": kind,
            "dong": decision.place.dong,
            "routing": locked.case.routing | decision.in_words(),
        }
        await conn.execute(update(cases).where(cases.c.number == locked.case.number).values(values))
        return replace(
            locked,
            case=locked.case.model_copy(update=values),
            facts=locked.facts.model_copy(update={"kind": kind}),
        )

    async def _answer_given_on_call(self, conn: AsyncConnection, locked: LockedCase) -> LockedCase:
        """즉시답변: what the agent answered on the telephone is the answer (영 §29②)."""
        text = locked.log[0].detail.get("answer_on_call")
        if text is None:
            return locked
        return await self._step(
            conn,
            locked,
            Action.ANSWER,
            at=locked.case.submitted_at,
            detail={"text": text, "on_call": True},
            actor=Actor(role=Role.CHANNEL),
        )

    async def _step(
        self,
        conn: AsyncConnection,
        locked: LockedCase,
        action: Action,
        *,
        at: datetime,
        detail: dict[str, Any],
        actor: Actor = SYSTEM,
    ) -> LockedCase:
        """A step of taking in. It cannot be refused: the state allows it, and the row is locked."""
        after, result = await self._recorder.apply(
            conn,
            locked,
            Command(
                request_id=f"take-in/{action}",
                case=locked.case.number,
                action=action,
                actor=actor,
                at=at,
                detail={key: value for key, value in detail.items() if value is not None},
            ),
        )
        if after is locked:
            raise RuntimeError(f"taking in was refused: {result}")
        return after

    @activity.defn
    async def record(self, command: Command) -> Outcome:
        """Record one command, or give the refusal; twice is once."""
        return await self._recorder.record(command)

    @activity.defn
    async def wake(self, request: Wake) -> CaseSnapshot:
        """Act on the rungs that are due, close after the window; twice is once."""
        outcome = await self._recorder.wake(request.case, request.at)
        return outcome.snapshot

    def all(self) -> list[Callable[..., Any]]:
        """Every activity of the workflow, for the worker."""
        return [self.take_in, self.record, self.wake]
