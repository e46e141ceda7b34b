"""What an answer is looked at for before it goes out: pure rules, their words data.

A finding is advice; one of personal data holds the answer back until its sender confirms it. What
the petitioner told of him- or herself, and how offices and people in office are reached, is nobody
else's data. Nothing here decides whether an answer is right.
"""

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum

from pydantic import Field

from rules.masking import FindingKind, mask
from rules.tables import document, of_city_data
from schema.model import Frozen

EXCERPT = 40
"""Letters of a passage that is quoted back."""


class Check(StrEnum):
    """What was found."""

    PERSONAL_DATA = "personal_data"
    UNFILLED = "unfilled"
    TOO_SHORT = "too_short"
    EMPTY_PHRASE = "empty_phrase"
    NO_REASON = "no_reason"
    NO_CONTACT = "no_contact"
    UNANSWERED = "unanswered"


class Remark(Frozen):
    """One finding: `words` of the answer or of the question; `ko` and `en` what to do, where the
    data says it for these words."""

    check: Check
    words: str = ""
    kind: FindingKind | None = None
    ko: str = ""
    en: str = ""

    @property
    def holds_back(self) -> bool:
        """True where the answer does not go out unless it is confirmed."""
        return self.check is Check.PERSONAL_DATA


class Phrase(Frozen):
    """Words that say nothing, and what would."""

    words: tuple[str, ...] = Field(min_length=1)
    ko: str
    en: str


class _Words(Frozen):
    words: tuple[str, ...]


class _Officials(Frozen):
    titles: tuple[str, ...]


class _Offices(Frozen):
    telephones: tuple[str, ...]


class _Question(Frozen):
    endings: tuple[str, ...]
    not_about: frozenset[str]


class QualityRules(Frozen):
    """`rules/data/quality.toml`."""

    least_letters: int = Field(ge=1)
    phrase: tuple[Phrase, ...]
    reason: _Words
    officials: _Officials
    offices: _Offices
    question: _Question


@of_city_data
def quality_rules() -> QualityRules:
    """The city's rules; raises pydantic.ValidationError where the data is not usable."""
    return QualityRules.model_validate(document("quality.toml"))


def looked_over(
    answer: str, *, petition: str, own: frozenset[str] = frozenset()
) -> tuple[Remark, ...]:
    """What there is to say of `answer` to `petition`, what holds it back first.

    `own`: the petitioner's own name, telephone, mail address, and those of whoever answers.
    """
    answer = unicodedata.normalize("NFC", answer)
    if not answer.strip():
        return (Remark(check=Check.TOO_SHORT),)
    return (
        *_personal(answer, own),
        *_unfilled(answer),
        *_short(answer),
        *_phrases(answer),
        *_reason(answer),
        *_contact(answer),
        *_unanswered(answer, petition),
    )


_PERSONAL = frozenset(FindingKind) - {FindingKind.ADDRESS, FindingKind.IP}
"""An answer names the place that it is about."""


def _personal(answer: str, own: frozenset[str]) -> Iterator[Remark]:
    known = {_bare(one) for one in own}
    for found in mask(answer).found:
        words = answer[found.start : found.end]
        others = found.kind in _PERSONAL and _bare(words) not in known
        if others and not _of_an_office(found.kind, words, answer[found.end :]):
            yield Remark(check=Check.PERSONAL_DATA, words=words, kind=found.kind)


def _of_an_office(kind: FindingKind, words: str, after: str) -> bool:
    rules = quality_rules()
    if kind is FindingKind.PHONE:
        return _bare(words).startswith(rules.offices.telephones)
    if kind is FindingKind.EMAIL:
        return words.lower().endswith((".go.kr", ".or.kr"))
    if kind is FindingKind.NAME:
        return after.lstrip().startswith(rules.officials.titles)
    return False


def _bare(words: str) -> str:
    return re.sub(r"[\s\-().+]", "", words).casefold()


_LEFT_OPEN = re.compile(r"\{[^{}\n]{1,40}\}|\[[^\[\]\n]{1,40}\]|○○+|OO+")


def _unfilled(answer: str) -> Iterator[Remark]:
    for match in _LEFT_OPEN.finditer(answer):
        yield Remark(check=Check.UNFILLED, words=match[0])


def _short(answer: str) -> Iterator[Remark]:
    if len(re.sub(r"\s", "", answer)) < quality_rules().least_letters:
        yield Remark(check=Check.TOO_SHORT)


def _phrases(answer: str) -> Iterator[Remark]:
    close = _close(answer)
    for phrase in quality_rules().phrase:
        said = next((words for words in phrase.words if _close(words) in close), None)
        if said is not None:
            yield Remark(check=Check.EMPTY_PHRASE, words=said, ko=phrase.ko, en=phrase.en)


def _close(text: str) -> str:
    return re.sub(r"\s", "", text)


_ARTICLE = re.compile(r"제?\s?\d+\s?조|§")


def _reason(answer: str) -> Iterator[Remark]:
    close = _close(answer)
    given = any(_close(word) in close for word in quality_rules().reason.words)
    if not given and not _ARTICLE.search(answer):
        yield Remark(check=Check.NO_REASON)


_REACHED = re.compile(r"\d{2,4}\s?[-).]\s?\d{3,4}\s?-\s?\d{4}|\b1\d{3}-\d{4}\b|120|@")


def _contact(answer: str) -> Iterator[Remark]:
    if not _REACHED.search(answer):
        yield Remark(check=Check.NO_CONTACT)


def questions_in(petition: str) -> tuple[str, ...]:
    """The sentences of a petition that ask something."""
    endings = quality_rules().question.endings
    found = []
    for part in re.findall(r"[^.?!\n]+[.?!]?", petition):
        sentence = part.strip()
        plain = sentence.rstrip(".?! ")
        if sentence.endswith("?") or plain.endswith(endings):
            found.append(sentence)
    return tuple(found)


_WHEN = re.compile(r"언제|며칠|몇 시|얼마나 걸")
_DAY = re.compile(r"\d\s?(?:월|일|시|주|개월)|오늘|내일|이번|다음|완료|마쳤|끝났")


def _unanswered(answer: str, petition: str) -> Iterator[Remark]:
    """A question none of whose words comes back is likely to have been passed over; one for the
    day is answered by a day."""
    close = _close(answer)
    for question in questions_in(petition):
        about = _about(question)
        told_when = _WHEN.search(question) and _DAY.search(answer)
        if about and not told_when and not any(stem in close for stem in about):
            yield Remark(check=Check.UNANSWERED, words=_excerpt(question))


def _about(question: str) -> frozenset[str]:
    """The first two letters of each word: Korean endings change, stems stay."""
    not_about = quality_rules().question.not_about
    stems = {word[:2] for word in re.findall(r"[가-힣]{2,}|[A-Za-z0-9]{2,}", question)}
    return frozenset(stems - not_about)


def _excerpt(words: str) -> str:
    return words if len(words) <= EXCERPT else f"{words[:EXCERPT]}…"
