"""Text as it is kept: composed (NFC), one kind of line end, nothing invisible that breaks later."""

import unicodedata

_KEPT_CONTROLS = frozenset("\n\t")
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Fillers that Unicode counts as letters or symbols although nothing is seen."""


def plain_text(text: str) -> str:
    """`text` in NFC, line ends as \\n, without control characters, trimmed.

    A NUL would be refused by the database long after the petitioner was thanked.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        ch for ch in lines if ch in _KEPT_CONTROLS or unicodedata.category(ch) not in {"Cc", "Cs"}
    )
    return unicodedata.normalize("NFC", kept).strip()


def is_blank(text: str) -> bool:
    """True when nobody would see anything: spaces, fillers and format characters only."""
    return all(ch in _BLANK_LETTERS or unicodedata.category(ch)[0] in {"Z", "C"} for ch in text)
