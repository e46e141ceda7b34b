"""The form of a row in the life of a case, and the sets of states and roles that rows share.

`when` and `provided` name the conditions of the law that `rules/lawfulness.py` checks: the first
depend on the case alone (a page does not offer the action), the others on what was entered.
"""

from enum import StrEnum

from schema.codes import ENDED_STATES, Action, EventKind, Role, State, TextKind, Visibility
from schema.model import Frozen

OPEN_STATES = frozenset(State) - ENDED_STATES
UNANSWERED_STATES = OPEN_STATES - {State.ANSWERED}
IN_HAND = frozenset({State.RECEIVED, State.ASSIGNED, State.PROCESSING, State.TRANSFERRED})
AT_WORK = frozenset({State.ASSIGNED, State.PROCESSING, State.TRANSFERRED, State.REANSWER})
TO_ANSWER = IN_HAND | {State.REANSWER}
ANY_STATE = frozenset(State)

HEADS = frozenset({Role.TEAM_HEAD, Role.DEPARTMENT_HEAD, Role.FIRST_LINE})
STAFF = HEADS | {Role.OFFICER}
ANY_STAFF = STAFF | {Role.INSPECTOR, Role.EXECUTIVE, Role.ADMINISTRATOR}
CITIZEN = frozenset({Role.CITIZEN})
SYSTEM = frozenset({Role.SYSTEM})

PUBLIC, PETITIONER, INTERNAL = Visibility.PUBLIC, Visibility.PETITIONER, Visibility.INTERNAL


class Condition(StrEnum):
    """What the law asks of a case or of an act beyond state and role; the article is the row's
    own or the condition's, in `rules/lawfulness.py`."""

    IS_OPINION = "is_opinion"
    IS_PROPOSAL = "is_proposal"
    IS_GRIEVANCE = "is_grievance"
    NOT_STATUTORY = "not_statutory"
    NOT_AN_OPINION = "not_an_opinion"
    REACHABLE = "reachable"
    WITHIN_EIGHT_HOURS = "within_eight_hours"
    SUPPLEMENT_EXPIRED = "supplement_expired"
    ASKED_ONCE = "asked_once"
    WITHIN_TEN_DAYS = "within_ten_days"
    SUPPLEMENT_EXTENSIBLE = "supplement_extensible"
    RETURNABLE = "returnable"
    INVESTIGATING = "investigating"
    NOT_INVESTIGATING = "not_investigating"
    NOT_EXTENDED_YET = "not_extended_yet"
    EXTENDED_ONCE = "extended_once"
    CONSULTING = "consulting"
    NOT_CONSULTING = "not_consulting"
    WITHIN_THREE_WEEKS = "within_three_weeks"
    EXCLUDING = "excluding"
    NOT_EXCLUDING = "not_excluding"
    EXTENSIBLE = "extensible"
    LAWFUL_EXTENSION = "lawful_extension"
    WITH_CONSENT = "with_consent"
    SINCE_2026 = "since_2026"
    JOINED = "joined"
    DRAFTED = "drafted"
    APPROVED_WHERE_ASKED = "approved_where_asked"
    THREE_TIMES = "three_times"
    ANSWERED_BEFORE = "answered_before"
    DELIBERATED = "deliberated"
    LARGE_ENOUGH = "large_enough"
    MAY_ASK_AGAIN = "may_ask_again"
    OBJECTIONABLE = "objectionable"
    DEMANDED = "demanded"
    ANOTHER_CASE = "another_case"
    SAME_PUBLIC_MATTER = "same_public_matter"
    NOT_HIDDEN = "not_hidden"
    IS_HIDDEN = "is_hidden"
    HIDING_APPEALED = "hiding_appealed"
    NOT_APPEALED = "not_appealed"
    ANOTHER_PERSON = "another_person"
    ASKED_BY_PETITIONER = "asked_by_petitioner"
    ASKS_PLATE = "asks_plate"


class Transition(Frozen):
    """One row. A step moves the case or its clocks and comes from its workflow; a note is only
    added.

    `to` is the state after a step (None: unchanged, or one of `or_to`); `needs` and `takes` are
    the fields of the command's detail; `text` says what its free text is. `article` is what a
    refusal quotes. `by_joined`: a department that cooperates may do it too.
    """

    action: Action
    event: EventKind
    step: bool = True
    sources: frozenset[State]
    to: State | None = None
    or_to: frozenset[State] = frozenset()
    roles: frozenset[Role]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    text: TextKind | None = None
    when: tuple[Condition, ...] = ()
    provided: tuple[Condition, ...] = ()
    by_joined: bool = False
    visibility: Visibility
    article: str | None = None
    label_ko: str
    label_en: str

    @property
    def targets(self) -> frozenset[State]:
        """Every state that the step may lead to; empty where it leaves the state as it is."""
        return self.or_to | ({self.to} if self.to else frozenset())
