"""Masking: personal data taken out of a text before anyone but its department reads it.

What is masked is removed, not covered: the output holds stars where the data was, and nothing from
which it could be had back (개인정보 보호법 §34의2). Applying it again changes nothing.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from enum import StrEnum

from rules.tables import document, of_city_data
from schema.model import Frozen


class FindingKind(StrEnum):
    """What was found."""

    RESIDENT_NUMBER = "resident_number"
    """주민등록번호 or 외국인등록번호"""
    PHONE = "phone"
    EMAIL = "email"
    ACCOUNT = "account"
    CARD = "card"
    PASSPORT = "passport"
    LICENCE = "licence"
    PLATE = "plate"
    IP = "ip"
    ADDRESS = "address"
    NAME = "name"


class Finding(Frozen):
    """One piece of personal data: [start, end) in the NFC form of the given text."""

    kind: FindingKind
    start: int
    end: int


class Masked(Frozen):
    """The text without personal data, in NFC, and what was taken out of it, in order."""

    text: str
    found: tuple[Finding, ...]


def mask(text: str) -> Masked:
    """`text` without resident numbers, phones, mails, accounts, cards, plates, addresses, names.

    Full-width digits and the many dashes are read as plain ones. Detection runs until nothing is
    found, and each pass leaves fewer letters and digits than before, so that it ends and
    mask(mask(x).text).text == mask(x).text holds by construction.
    """
    current = unicodedata.normalize("NFC", text)
    origin = list(range(len(current) + 1))
    found: list[Finding] = []
    while spans := _spans(_plain(current)):
        parts: list[str] = []
        moved: list[int] = []
        at = 0
        for start, end, kind, replacement in spans:
            found.append(Finding(kind=kind, start=origin[start], end=origin[end]))
            parts += [current[at:start], replacement]
            moved += [*origin[at:start], *[origin[start]] * len(replacement)]
            at = end
        current = "".join([*parts, current[at:]])
        origin = [*moved, *origin[at:]]
    return Masked(text=current, found=tuple(sorted(found, key=lambda one: (one.start, one.end))))


def contains_rrn(text: str) -> bool:
    """True when `text` holds a resident or alien registration number with a possible date."""
    plain = _plain(unicodedata.normalize("NFC", text))
    return any(_is_resident_number(match) for match in _RESIDENT.finditer(plain))


_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－ー·"), ord("-"))
_FOLD = _WIDE | _DASHES


def _plain(text: str) -> str:
    """The text with full-width letters and dashes as ASCII, letter for letter."""
    return text.translate(_FOLD)


_Span = tuple[int, int, FindingKind, str]


def _spans(plain: str) -> list[_Span]:
    """What a pass takes out, in order and without overlap; the first detector has precedence."""
    taken: list[_Span] = []
    for kind, detect in _DETECTORS:
        for start, end, replacement in detect(plain):
            if all(end <= other[0] or other[1] <= start for other in taken):
                taken.append((start, end, kind, replacement))
    return sorted(taken)


_Detector = Callable[[str], Iterator[tuple[int, int, str]]]

_RESIDENT = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{2})[ ]?[-.]?[ ]?([1-8])(?:\d{6}(?!\d)|[*xX]{6})")


def _is_resident_number(match: re.Match[str]) -> bool:
    """The first six digits are a date; the seventh tells the century. No checksum: since 2020-10
    the digits after it are random."""
    century = 1900 if match[4] in "1256" else 2000
    try:
        date(century + int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return False
    return True


def _resident_numbers(plain: str) -> Iterator[tuple[int, int, str]]:
    for match in _RESIDENT.finditer(plain):
        if _is_resident_number(match):
            yield match.start(), match.end(), "******-*******"


_CARD = re.compile(r"(?<![\d-])(?:\d[ -]?){12,15}\d(?![\d-])")


def _cards(plain: str) -> Iterator[tuple[int, int, str]]:
    for match in _CARD.finditer(plain):
        if _luhn(re.sub(r"\D", "", match[0])):
            yield match.start(), match.end(), "****"


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


_BANK = (
    r"은행|뱅크|계좌|농협|신협|수협|새마을금고|우체국|국민|신한|우리|하나|기업|카카오|토스"
    r"|입금|송금"
)
_NUMBER = r"\d(?:[ -]?\d){9,13}"
_ACCOUNT = re.compile(
    rf"(?:{_BANK})[^\d\n]{{0,12}}(?<!\d)(?P<after>{_NUMBER})(?![\d-])"
    rf"|(?<![\d-])(?P<before>{_NUMBER})[ (]{{0,2}}(?:{_BANK})"
)


def _accounts(plain: str) -> Iterator[tuple[int, int, str]]:
    for match in _ACCOUNT.finditer(plain):
        group = "after" if match["after"] else "before"
        if not _PHONE.fullmatch(match[group]):
            yield match.start(group), match.end(group), "****"


_GAP = r"[ ]?[-.)]?[ ]?"
_PHONE = re.compile(
    rf"(?<![\d*])(?<!\d-)(?P<prefix>(?:\+?82{_GAP}\(?0?\)?(?:1[016789]|2|[3-6]\d|70|50\d)"
    rf"|\(?0(?:1[016789]|2|[3-6]\d|70|50\d)))"
    rf"{_GAP}\d{{3,4}}{_GAP}\d{{4}}(?!\d)"
)


def _phones(plain: str) -> Iterator[tuple[int, int, str]]:
    for match in _PHONE.finditer(plain):
        digits = re.sub(r"\D", "", match["prefix"]).removeprefix("82")
        around = (
            match[0].startswith("(") and ")" not in match[0]
        )  # the sentence's, not the number's
        yield match.start() + around, match.end(), f"0{digits.lstrip('0')}-****-****"


_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])([A-Za-z0-9])[A-Za-z0-9._%+-]{0,63}@"
    r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}"
)


def _emails(plain: str) -> Iterator[tuple[int, int, str]]:
    for match in _EMAIL.finditer(plain):
        yield match.start(), match.end(), f"{match[1]}***@***"


_PASSPORT = re.compile(
    r"(?<![A-Za-z0-9])[MSRODG](?:\d{8}|\d{3}[A-Z]\d{4})(?![A-Za-z0-9])", re.IGNORECASE
)
_LICENCE = re.compile(r"(?<![\d-])\d{2}-\d{2}-\d{6}-\d{2}(?![\d-])")


def _passports(plain: str) -> Iterator[tuple[int, int, str]]:
    for match in _PASSPORT.finditer(plain):
        yield match.start(), match.end(), "****"


def _licences(plain: str) -> Iterator[tuple[int, int, str]]:
    for match in _LICENCE.finditer(plain):
        yield match.start(), match.end(), "****"


_LETTER = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자하허호배"
_REGION = "서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주"
_PLATE = re.compile(
    rf"(?<!\d)(?P<now>\d{{2,3}}[{_LETTER}])[ ]?\d{{4}}(?!\d|[년원억만명개])"
    rf"|(?P<old>(?:{_REGION})[ ]?(?:\d{{1,2}}|[가-힣]{{1,3}})[ ]?[{_LETTER}])[ ]?\d{{4}}(?!\d)"
)


def _plates(plain: str) -> Iterator[tuple[int, int, str]]:
    for match in _PLATE.finditer(plain):
        yield match.start(), match.end(), f"{(match['now'] or match['old']).strip()}****"


_IP = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]\d)")


def _ip_addresses(plain: str) -> Iterator[tuple[int, int, str]]:
    for match in _IP.finditer(plain):
        yield match.start(), match.end(), "***"


_AFTER_NUMBER = (
    r"(?=$|[\s,.)(\]/]|번지|호|에|앞|옆|뒤|건너|맞은|인근|부근|근처|입|이|의|은|는|로|쪽|\d*층)"
)
_HOUSEHOLD = r"(?:[A-Za-z가-힣]|\d{1,4})동[ ]?(?:\d{1,2}층[ ]?)?\d{1,4}호"
_HOUSE = r"\d{1,4}(?:-\d{1,4})?(?:번지)?"
_NO_NUMBER = (
    r"(?![ ]?\d+(?:가|차|번?길|호선|층|년|월|일|시|분|초|명|개|번째|미터|m|km|회|건|주|대|%))"
)
_ADDRESS = re.compile(
    rf"(?P<road>[가-힣][가-힣0-9]{{0,14}}(?:대로|로|길)(?:[ ]?\d{{1,3}}(?:번|[가-하])?길)?)"
    rf"{_NO_NUMBER}[ ]?(?:지하[ ]?)?{_HOUSE}{_AFTER_NUMBER}"
    rf"|(?P<dong>[가-힣]{{1,6}}\d{{0,2}}(?:동|동\d가|로\d가|리)){_NO_NUMBER}[ ]?(?:산[ ]?)?"
    rf"(?:\d{{1,4}}-\d{{1,4}}(?:번지)?|\d{{1,4}}번지|\d{{1,4}}{_AFTER_NUMBER})"
)
_DOOR = re.compile(
    rf"(?<![\d가-힣A-Za-z제]){_HOUSEHOLD}|(?<![\d제]){_HOUSEHOLD}|(?<![\d제-])\d{{3,4}}호(?!선|차|기)"
)


def _addresses(plain: str) -> Iterator[tuple[int, int, str]]:
    for match in _ADDRESS.finditer(plain):
        kept = match["road"] or match["dong"]
        yield match.start() + len(kept), match.end(), " ***"
    for match in _DOOR.finditer(plain):
        yield match.start(), match.end(), "***"


class _NameWords(Frozen):
    surnames: tuple[str, ...]
    double_surnames: tuple[str, ...]
    titles: tuple[str, ...]
    announced_by: tuple[str, ...]
    not_endings: str
    not_names: frozenset[str]


@of_city_data
def _name_words() -> _NameWords:
    return _NameWords.model_validate(document("names.toml"))


@of_city_data
def _name_pattern() -> re.Pattern[str]:
    """A name before a title, after a word that announces one, or in «저는 …입니다»."""
    words = _name_words()
    surname = f"(?:{'|'.join((*words.double_surnames, *words.surnames))})"
    return re.compile(
        rf"(?<![가-힣A-Za-z])(?P<titled>{surname}[가-힣]{{1,2}}?)[ ]?(?:{'|'.join(words.titles)})"
        rf"|(?:{'|'.join(words.announced_by)})(?:은|는|이|:|[ ]){{1,3}}"
        rf"(?P<announced>{surname}[가-힣]{{1,2}})(?=$|[^가-힣]|입니다|이고|이며|이에요|이라|님|씨)"
        rf"|(?:저는|나는|제 이름은)[ ](?P<own>{surname}[가-힣]{{2}})(?=입니다|이라고|라고|이에요)"
    )


def _names(plain: str) -> Iterator[tuple[int, int, str]]:
    words = _name_words()
    for match in _name_pattern().finditer(plain):
        group = match.lastgroup or ""
        name = match[group]
        if name not in words.not_names and name[-1] not in words.not_endings:
            hidden = f"{name[0]}*" if len(name) == 2 else f"{name[0]}*{name[-1]}"
            yield match.start(group), match.end(group), hidden


_DETECTORS: tuple[tuple[FindingKind, _Detector], ...] = (
    (FindingKind.RESIDENT_NUMBER, _resident_numbers),
    (FindingKind.EMAIL, _emails),
    (FindingKind.LICENCE, _licences),
    (FindingKind.PASSPORT, _passports),
    (FindingKind.CARD, _cards),
    (FindingKind.PHONE, _phones),
    (FindingKind.ACCOUNT, _accounts),
    (FindingKind.PLATE, _plates),
    (FindingKind.IP, _ip_addresses),
    (FindingKind.ADDRESS, _addresses),
    (FindingKind.NAME, _names),
)
