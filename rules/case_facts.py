"""What a case is: everything that its log decides, as one frozen value."""

from pydantic import AwareDatetime

from schema.codes import ENDED_STATES, CaseKind, PetitionType, State
from schema.deadlines import Extension, Happening
from schema.model import Frozen

MANY = 5
"""다수인관련민원 (법 §2 6호): households and signatures."""


class SupplementRound(Frozen):
    """보완: what the citizen was given time for. `again` is the second request of 영 §24③;
    `before` the state to which the supplement leads back; `ordinal` counts the periods set."""

    ordinal: int
    asked_at: AwareDatetime
    days: int
    before: State
    again: bool = False
    extensions: tuple[Extension, ...] = ()


class Cooperation(Frozen):
    """협조 (법 §20): a department that has to give its part within `days` working days."""

    ordinal: int
    department: str
    asked_at: AwareDatetime
    days: int


class Spell(Frozen):
    """Something that goes on, since an instant; `ordinal` counts the spells of its kind."""

    ordinal: int
    since: AwareDatetime
    days: int = 0
    extended: bool = False


class Hiding(Frozen):
    """Moderation has hidden the case: `by` which account, and how far an appeal has come."""

    by: str | None
    appealed: bool = False
    decided: bool = False

    @property
    def awaits_decision(self) -> bool:
        """True while an appeal is open."""
        return self.appealed and not self.decided


class CaseFacts(Frozen):
    """Everything about a case that its log decides. Instants are UTC.

    `clock_from` is where the legal clock began (the first receipt, or a re-opening) and
    `happenings` what has happened to it since; `term` counts terms from 1: an extension, a
    receipt elsewhere and a re-opening begin a new one. `rungs` are the rungs acted on, as
    (timer, term, rung). `moves` are the departments that had the case, in order.
    """

    kind: CaseKind
    state: State
    petition_type: PetitionType
    item: str | None
    urgent: bool
    district: str | None
    agency: str | None
    department: str | None
    submitted_at: AwareDatetime
    synthetic: bool = False
    objection_days: int | None = None
    received_at: AwareDatetime | None = None
    clock_from: AwareDatetime | None = None
    happenings: tuple[Extension | Happening, ...] = ()
    term: int = 1
    extensions: int = 0
    consented: bool = False
    officer: str | None = None
    moves: tuple[str, ...] = ()
    transfers: int = 0
    held_since: AwareDatetime | None = None
    accepted: bool = False
    supplement: SupplementRound | None = None
    supplements: int = 0
    investigation: Spell | None = None
    investigations: int = 0
    consultation: Spell | None = None
    consultations: int = 0
    exclusion: Spell | None = None
    exclusions: int = 0
    cooperation: tuple[Cooperation, ...] = ()
    cooperations: int = 0
    draft: str | None = None
    drafted_at: AwareDatetime | None = None
    drafts: int = 0
    progress_notices: int = 0
    progress_before: int = 0
    """Notices given before the present counting of 30 days began (a receipt, a re-opening)."""
    demands: tuple[Spell, ...] = ()
    demands_made: int = 0
    households: int = 0
    signatures: int = 0
    deliberated: bool = False
    asked_again: int = 0
    answers: int = 0
    answered_at: AwareDatetime | None = None
    objected: bool = False
    """An objection to the disposition that stands has been made."""
    disposed_at: AwareDatetime | None = None
    """When a disposition was given that may be objected to: a refusal, a return, a closing."""
    ended_at: AwareDatetime | None = None
    merged_into: str | None = None
    merged_at: AwareDatetime | None = None
    before_merge: State | None = None
    reporters: frozenset[str] = frozenset()
    rungs: frozenset[tuple[str, int, str]] = frozenset()
    hiding: Hiding | None = None
    removed: bool = False
    """Deleted at its source."""

    @property
    def ended(self) -> bool:
        """True when nothing more will move the case."""
        return self.state in ENDED_STATES

    @property
    def hidden(self) -> bool:
        """True where everybody sees nothing of it, whatever its petitioner chose."""
        return self.removed or self.hiding is not None

    @property
    def of_many(self) -> bool:
        """다수인관련민원 (법 §2 6호): at least five households and five signatures."""
        return self.households >= MANY and self.signatures >= MANY

    @property
    def joined(self) -> tuple[str, ...]:
        """The departments whose cooperation is awaited, in the order of the requests."""
        return tuple(dict.fromkeys(one.department for one in self.cooperation))
