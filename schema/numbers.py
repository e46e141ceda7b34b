"""The receipt number: one number for the case, its workflow, its Open311 id and its events.

`YYMMDD-NNNNNN-C`: arrival day in Seoul, ordinal from one sequence, check character. The alphabet
has no 0, O, 1 or I, so that a number read over the telephone is written down as it was said.
"""

import re
from datetime import date

CHECK_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXY"
"""31 symbols: a prime, so that every single wrong digit and every swap of two is caught."""

ORDINALS = 1_000_000
_SHAPE = re.compile(r"(\d{6})-(\d{6})-([2-9A-HJ-NP-Y])")


def _check_character(digits: str) -> str:
    """Weights 1 to 12 differ modulo 31: a changed digit or any two swapped ones change the sum."""
    total = sum(weight * int(digit) for weight, digit in enumerate(digits, start=1))
    return CHECK_ALPHABET[total % len(CHECK_ALPHABET)]


def receipt_number(day: date, ordinal: int) -> str:
    """The number for the `ordinal`-th petition of the sequence, arrived on `day` in Seoul."""
    digits = f"{day:%y%m%d}{ordinal % ORDINALS:06d}"
    return f"{digits[:6]}-{digits[6:]}-{_check_character(digits)}"


def is_receipt_number(text: str) -> bool:
    """True when `text` is exactly a number that this system could have given out."""
    match = _SHAPE.fullmatch(text)
    return match is not None and _check_character(match[1] + match[2]) == match[3]


def typed_receipt_number(text: str) -> str | None:
    """The number that a person meant by `text`, or None: case, spaces and dashes are forgiven."""
    bare = re.sub(r"[\s\-‐-―]", "", text).upper()
    if len(bare) != 13:
        return None
    number = f"{bare[:6]}-{bare[6:12]}-{bare[12]}"
    return number if is_receipt_number(number) else None
