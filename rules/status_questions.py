"""A short message that asks how far a petition has come: a receipt number, and words that only ask.

Whoever writes anything else beside a number writes a petition, and a person reads it.
"""

import re
import unicodedata
from datetime import date

from schema.numbers import typed_receipt_number

MOST_CHARACTERS = 80
_GAP = r"[\s\-‐-―.·_/]{0,3}"
_TYPED = re.compile(
    rf"(?<![0-9A-Z])(\d{{6}}){_GAP}(\d{{6}}){_GAP}([2-9A-HJ-NP-Y])(?![0-9A-Z])", re.IGNORECASE
)
_ASKING = re.compile(
    r"(?:접수|신청|민원|사건)?\s*번호(?:는|가|로|의)?|접수|민원(?:은|의|이)?|제안|신고|제|내|저의|나의"
    r"|처리|진행|현재|지금"
    r"|상황|상태|결과|과정|단계|여부|현황"
    r"|조회|확인|문의|안내|알림|궁금(?:합니다|해요)?|요청|부탁"
    r"|어떻게|어디까지|언제|입니다|인데|이고|되었나요|됐나요|되나요|됐어요|되고|있나요|인가요|입니까|됩니까"
    r"|알려\s*(?:주세요|주십시오|줘요|줘|달라|드려요)|바랍니다|드립니다|드려요|합니다|해\s*(?:주세요|줘요|줘)"
    r"|좀|요|을|를|은|는|이|가|의|에|대해|대한|주세요"
    r"|please|status|state|check|track|look|up|receipt|number|no|case|petition|of|for|my|the|is|"
    r"what|where|how|when|progress|update|on|result|tell|me|about|whats",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[\s:#()\[\]<>«»「」『』\"'.,!?~…·/\-‐-―_]+")


def asked_number(text: str, *, today: date) -> str | None:
    """The receipt number that a message asks for, as we write numbers, or None for a petition.

    A number that is mistyped is asked for too (and found nowhere); thirteen digits without any
    letter are one only where they are a number that we could have given out by `today`.
    """
    if len(text) > MOST_CHARACTERS:
        return None
    plain = unicodedata.normalize("NFKC", text)
    found = _TYPED.findall(plain)
    if len(found) != 1 or not _only_asks(_TYPED.sub(" ", plain)):
        return None
    day, ordinal, check = found[0]
    number = f"{day}-{ordinal}-{check.upper()}"
    if check.isdigit() and (typed_receipt_number(number) is None or not _given_out(day, today)):
        return None
    return number


def _only_asks(words: str) -> bool:
    """True where nothing is left when the words that ask are taken out."""
    return all(_is_made_of_asking(word) for word in _MARKS.split(words) if word)


def _is_made_of_asking(word: str) -> bool:
    if word.isascii():
        return _ASKING.fullmatch(word) is not None
    return re.fullmatch(rf"(?:{_ASKING.pattern})+", word, re.IGNORECASE) is not None


def _given_out(day: str, today: date) -> bool:
    """True where `day`, YYMMDD, is a day of this century not after `today`."""
    try:
        written = date(2000 + int(day[:2]), int(day[2:4]), int(day[4:]))
    except ValueError:
        return False
    return written <= today
