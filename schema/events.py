"""What happened to a case: the event as the log keeps it and as `case.events` publishes it."""

from uuid import UUID

from pydantic import AwareDatetime, Field, JsonValue

from schema.codes import Channel, EventKind, PetitionType, Role, State, Visibility
from schema.envelope import CloudEvent, case_type, cloud_event
from schema.model import Frozen


class Actor(Frozen):
    """Who did it: a role and a department, and for staff an account; never a citizen's name.

    `instead_of` is the absent person's account where a deputy acted (대리).
    """

    role: Role
    department: str | None = None
    account: str | None = None
    instead_of: str | None = None


class CaseEvent(Frozen):
    """One entry of a case's log, numbered without gaps from 1. No personal data.

    `at` is the legal instant of the act, `recorded_at` when the log took it. `detail` holds codes
    and ids of stored texts, by kind of event.
    """

    id: UUID
    case: str
    seq: int
    kind: EventKind
    at: AwareDatetime
    recorded_at: AwareDatetime
    request_id: str
    actor: Actor
    state: State
    petition_type: PetitionType
    item: str | None
    channel: Channel
    district: str | None
    agency: str | None
    department: str | None
    legal_due_at: AwareDatetime | None
    target_due_at: AwareDatetime | None
    calendar_version: int | None
    rule_pack: str | None
    visibility: Visibility
    detail: dict[str, JsonValue] = Field(default_factory=dict)

    def to_cloud_event(self) -> CloudEvent:
        """The message for `case.events`; the actor's accounts stay inside the city."""
        data = self.model_dump(
            mode="json", exclude={"id": True, "actor": {"account", "instead_of"}}
        )
        return cloud_event(
            id=str(self.id), type=case_type(self.kind), subject=self.case, time=self.at, data=data
        )
