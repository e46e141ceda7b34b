"""Why a record could not be understood: coded reasons that a person can act on."""

from enum import StrEnum


class QuarantineReason(StrEnum):
    """The coded reason on a quarantine entry and in the dead-letter header `x-error-code`."""

    NOT_AN_ENVELOPE = "not_an_envelope"
    WRONG_TYPE = "wrong_type"
    UNREADABLE_BODY = "unreadable_body"
    MISSING_FIELD = "missing_field"
    WRONG_FIELD = "wrong_field"
    NO_TEXT = "no_text"
    TEXT_TOO_LONG = "text_too_long"
    TIME_IMPOSSIBLE = "time_impossible"
    UNKNOWN_ACCOUNT = "unknown_account"
    UNKNOWN_PETITION = "unknown_petition"
    OUR_FAULT = "our_fault"
    """A fault of the system itself: the record is kept, to be retried when it is mended."""


class UnintelligibleError(Exception):
    """Raised by a channel's normalise: the record goes to quarantine with this reason.

    `detail` names the field and what to do; it never repeats the petitioner's words.
    """

    def __init__(self, reason: QuarantineReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class NoPetitionError(Exception):
    """Raised by a channel's normalise: understood, and no petition (a like, our own post)."""


class StatusAskedError(NoPetitionError):
    """Raised by a channel's normalise: no petition, but a question how far one has come.

    `number` is the receipt number asked for, `phone` whom to answer, as dialled inside Korea.
    """

    def __init__(self, number: str, phone: str | None, language: str) -> None:
        super().__init__("a question for a case's state")
        self.number = number
        self.phone = phone
        self.language = language
