"""What handing a message to its carrier came to."""

from enum import StrEnum


class Handed(StrEnum):
    """What handing over one message came to."""

    DELIVERED = "delivered"
    FAILED = "failed"
    LATER = "later"
    BEFORE = "before"
