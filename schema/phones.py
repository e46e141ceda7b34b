"""Telephone numbers as they are dialled inside Korea, so that one petitioner has one number."""

import re

_MOBILE = re.compile(r"01[016789]\d{7,8}")


def domestic_phone(spoken: str | None) -> str | None:
    """The digits of `spoken` with +82 as the leading 0; a foreign number keeps its `+`.

    None where no number can be made of it, such as a withheld caller.
    """
    if spoken is None:
        return None
    digits = re.sub(r"\D", "", spoken)
    abroad = spoken.strip().startswith("+")
    if abroad and digits.startswith("82"):
        digits, abroad = "0" + digits[2:].lstrip("0"), False
    if not 3 <= len(digits) <= 15:
        return None
    return f"+{digits}" if abroad else digits


def takes_messages(phone: str | None) -> bool:
    """True for a Korean mobile number (이동전화): the carrier reaches no other by SMS."""
    return phone is not None and _MOBILE.fullmatch(phone) is not None
