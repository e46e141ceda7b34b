"""What the audit log keeps: who did what with whose data, from where, and why."""

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime, Field, JsonValue

from schema.codes import Role
from schema.model import Frozen


class AuditKind(StrEnum):
    """What was done. Readings of a person's data first, then what was taken out, then access."""

    CASE_READ = "case_read"
    PHOTO_READ = "photo_read"
    CONTACT_READ = "contact_read"
    PAYLOAD_READ = "payload_read"
    """A record in quarantine, opened."""
    PHONE_SEARCHED = "phone_searched"
    PAPER_PRINTED = "paper_printed"
    EXPORTED = "exported"
    ACTED_AS_DEPUTY = "acted_as_deputy"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    """By somebody, before its time."""
    ACCOUNT_ADDED = "account_added"
    ACCOUNT_CHANGED = "account_changed"
    ACCOUNT_DISABLED = "account_disabled"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    ABSENCE_SET = "absence_set"
    ABSENCE_ENDED = "absence_ended"
    CITY_DATA_LOADED = "city_data_loaded"
    CALENDAR_CHANGED = "calendar_changed"


class Why(StrEnum):
    """The reason that is asked for before somebody's data is opened or taken out (개인정보의 안전성
    확보조치 기준 §8)."""

    CALL_BACK = "call_back"
    SITE_VISIT = "site_visit"
    IDENTITY = "identity"
    DELIVERY = "delivery"
    REPAIR = "repair"
    INSPECTION = "inspection"
    OTHER = "other"
    """With words."""


class Doer(Frozen):
    """Who does it: `account` None for somebody who is not signed in. `address` is where from."""

    account: str | None
    role: Role | None = None
    instead_of: str | None = None
    address: str | None = None


AT_CONSOLE = Doer(account=None, address="console")
"""Somebody who may run `minwon` on the city's own machines; the machine's log names whom."""


class AuditNote(Frozen):
    """One entry to be kept. `case` or `person` (an account) is whose data it is. `words` are said
    by the doer and kept masked; `detail` holds codes, never a name, a number or a text."""

    kind: AuditKind
    doer: Doer
    case: str | None = None
    person: str | None = None
    why: Why | None = None
    words: str | None = Field(default=None, max_length=200)
    detail: dict[str, JsonValue] = Field(default_factory=dict)


class AuditEntry(AuditNote):
    """One entry as it stands: the `seq`-th of its lane on its day, by the database's clock."""

    day: date
    lane: int
    seq: int
    at: AwareDatetime
