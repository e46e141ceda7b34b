"""What is asked of a case, and what comes back: an event, or a refusal in words for people."""

from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, Field, JsonValue

from schema.codes import Action, State, TimerKind
from schema.events import Actor
from schema.model import Frozen


class RefusalCode(StrEnum):
    """Why an action was refused. Pages and programs decide on the code, people read the text."""

    CASE_ENDED = "case_ended"
    NOT_IN_THIS_STATE = "not_in_this_state"
    NOT_THIS_ROLE = "not_this_role"
    NOT_YOUR_DEPARTMENT = "not_your_department"
    MISSING_FIELD = "missing_field"
    UNKNOWN_DEPARTMENT = "unknown_department"
    SAME_DEPARTMENT = "same_department"
    UNKNOWN_ITEM = "unknown_item"
    SAME_ITEM = "same_item"
    UNKNOWN_CASE = "unknown_case"
    REQUEST_ID_TAKEN = "request_id_taken"
    WRONG_FIELD = "wrong_field"
    PERSONAL_DATA = "personal_data"
    """What the petitioner would read holds somebody else's data: to be confirmed."""
    NOT_LAWFUL = "not_lawful"
    """State and role allow it, the law does not: the article says why."""


class Refusal(Frozen):
    """Why not, in Korean and English, with the article where the law says so."""

    code: RefusalCode
    message_ko: str
    message_en: str
    article: str | None = None


class Command(Frozen):
    """One act on one case. `request_id` makes it happen once; `at` is its legal instant.

    `detail` holds codes and ids of stored texts, never the texts: it goes into Temporal's history.
    """

    request_id: str = Field(min_length=1, max_length=100)
    case: str
    action: Action
    actor: Actor
    at: AwareDatetime
    detail: dict[str, JsonValue] = Field(default_factory=dict)


class Moment(Frozen):
    """The next instant at which a case has to be looked at again, and which clock says so."""

    at: AwareDatetime
    timer: TimerKind
    rung: str


class CaseSnapshot(Frozen):
    """What a workflow needs to know of its case: codes and instants only."""

    case: str
    state: State
    department: str | None
    joined: tuple[str, ...] = ()
    """Departments that cooperate; they may do what concerns their part."""
    ended: bool
    seq: int
    next_moment: Moment | None
    look_again: tuple[str, ...] = ()
    """Other cases that taking this one in has moved: their workflows have to look again."""

    def wakes_at(self) -> datetime | None:
        """The next moment's instant, or None when only a person can move the case."""
        return self.next_moment.at if self.next_moment else None


class Outcome(Frozen):
    """The answer to a command: the number of its event and the case after it, or the refusal.

    The event itself is read from the record: a workflow's history stays small.
    """

    snapshot: CaseSnapshot
    seq: int | None = None
    refusal: Refusal | None = None
    look_again: tuple[str, ...] = ()
    """Other cases that this act moved: their workflows have to look at the record again."""
