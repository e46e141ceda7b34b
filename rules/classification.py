"""Which item of the taxonomy a petition is about: said, given by the channel, or read in words.

The rule is advisory (개인정보 보호법 §37의2): below the threshold a person decides, and an officer
can always reclassify.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import permutations
from types import MappingProxyType

from pydantic import Field

from rules.tables import document, of_city_data, rows
from rules.taxonomy import groups, is_item, leaf, leaves
from schema.codes import CaseKind, Channel, OpinionKind
from schema.model import Frozen


class Basis(StrEnum):
    """What an item was concluded from, the strongest first."""

    PETITIONER = "petitioner"
    CHANNEL_CATEGORY = "channel_category"
    WORDS = "words"
    NONE = "none"


class Candidate(Frozen):
    """One item a petition may be about. `score` is its share of the evidence, 0 to 1."""

    item: str
    score: float
    reason_ko: str
    reason_en: str


class Classification(Frozen):
    """The item, or None where a person has to decide; the best three candidates either way.

    `urgent_suspected`: no item, but one of the candidates is urgent, so somebody should look soon.
    The reasons name words of our own tables only, never the petitioner's.
    """

    item: str | None
    confidence: float
    basis: Basis
    candidates: tuple[Candidate, ...]
    urgent_suspected: bool = False
    reason_ko: str
    reason_en: str


class _Keywords(Frozen):
    valid_from: date
    threshold: float = Field(gt=0, lt=1)
    doubt: float = Field(gt=0)
    place_words: tuple[str, ...]
    beside: tuple[str, ...]
    place_words_en: tuple[str, ...]
    beside_en: tuple[str, ...]
    words: dict[str, dict[str, int]]


class _OpinionWords(Frozen):
    proposal: tuple[str, ...]
    improvement: tuple[str, ...]
    question: tuple[str, ...]


class _CategoryRow(Frozen):
    channel: Channel
    category: str
    target: str = Field(pattern=r"^[A-Z]{2}(\d{2})?$")


CITIZEN_PROPOSAL = "SG01"
_PROPOSALS = "SG"
_SURE = 1.0
_BY_CHANNEL = 0.9
_IN_GROUP = 2.0
"""What the channel's group adds to each item of it that the words speak for."""
_SHORT = 2
_WINDOW = 32
"""How many letters and spaces may stand between the words of one key: further apart is another
matter."""


def threshold() -> float:
    """The confidence below which a petition goes to the first-line desk."""
    return keywords().threshold


@of_city_data
def keywords() -> _Keywords:
    """The weighted words by item. Raises pydantic.ValidationError when the file is wrong."""
    return _Keywords.model_validate(document("keywords.toml"))


def classify(
    text_masked: str,
    *,
    channel: Channel,
    channel_category: str | None = None,
    item: str | None = None,
    kind: CaseKind = CaseKind.PETITION,
    on_date: date | None = None,
) -> Classification:
    """The item of a petition with `text_masked` that came through `channel`.

    First the petitioner's own `item` where it is valid on `on_date`, then the channel's category,
    then weighted words; where these confidently name another item of the category's field, they
    are the finer reading («도로 파손» of a manhole). Several matters in one text share the
    evidence and so fall below the threshold: they go to a person. What was filed as a proposal is
    one, whatever its words.
    """
    if kind is CaseKind.PROPOSAL:
        return _proposal(text_masked, item, on_date)
    candidates = _candidates(text_masked, None)
    if is_item(item, on_date=on_date) and item is not None:
        return _certain(item, Basis.PETITIONER, _SURE, candidates)
    target = _category_target(channel, channel_category)
    if target is not None and is_item(target, on_date=on_date):
        finer = _by_words(candidates)
        if finer.item not in (None, target) and _field(finer.item) == _field(target):
            return finer
        return _certain(target, Basis.CHANNEL_CATEGORY, _BY_CHANNEL, candidates)
    if target is not None:
        candidates = _candidates(text_masked, target)
    return _by_words(candidates)


def _field(item: str | None) -> str | None:
    return item[:2] if item else None


def _proposal(text: str, item: str | None, on_date: date | None) -> Classification:
    """An item of the proposals: the one chosen, else by the words, else the citizens' (SG01)."""
    candidates = tuple(one for one in _candidates(text, None) if one.item[:2] == _PROPOSALS)
    if item is not None and item[:2] == _PROPOSALS and is_item(item, on_date=on_date):
        return _certain(item, Basis.PETITIONER, _SURE, candidates)
    said = candidates[0].item if candidates else CITIZEN_PROPOSAL
    return _certain(said, Basis.PETITIONER, _BY_CHANNEL, candidates)


def _certain(
    item: str, basis: Basis, confidence: float, candidates: tuple[Candidate, ...]
) -> Classification:
    row = leaf(item)
    said_ko, said_en = _SAID[basis]
    return Classification(
        item=item,
        confidence=confidence,
        basis=basis,
        candidates=_with(item, confidence, said_ko, said_en, candidates),
        reason_ko=f"{said_ko}: {row.name_ko}({item}).",
        reason_en=f"{said_en}: {row.name_en} ({item}).",
    )


_SAID = {
    Basis.PETITIONER: ("민원인이 고른 항목", "Chosen by the petitioner"),
    Basis.CHANNEL_CATEGORY: ("접수 채널의 분류", "The channel's own category"),
}


def _with(
    item: str, score: float, reason_ko: str, reason_en: str, others: tuple[Candidate, ...]
) -> tuple[Candidate, ...]:
    first = Candidate(item=item, score=score, reason_ko=reason_ko, reason_en=reason_en)
    return (first, *(other for other in others if other.item != item))[:3]


def _by_words(candidates: tuple[Candidate, ...]) -> Classification:
    if not candidates:
        return Classification(
            item=None,
            confidence=0.0,
            basis=Basis.NONE,
            candidates=(),
            reason_ko="글에서 항목을 알 만한 낱말을 찾지 못했습니다.",
            reason_en="No word of the text tells the item.",
        )
    best = candidates[0]
    name = leaf(best.item)
    if best.score >= threshold():
        return Classification(
            item=best.item,
            confidence=best.score,
            basis=Basis.WORDS,
            candidates=candidates,
            reason_ko=f"{name.name_ko}({best.item}): {best.reason_ko}",
            reason_en=f"{name.name_en} ({best.item}): {best.reason_en}",
        )
    return Classification(
        item=None,
        confidence=best.score,
        basis=Basis.NONE,
        candidates=candidates,
        urgent_suspected=any(leaf(candidate.item).urgent for candidate in candidates),
        reason_ko=(
            f"가장 가까운 {name.name_ko}({best.item})도 확신 {best.score:.2f}로 "
            f"기준 {threshold():.2f}에 못 미칩니다."
        ),
        reason_en=(
            f"Even the nearest, {name.name_en} ({best.item}), has a confidence of "
            f"{best.score:.2f}, below {threshold():.2f}."
        ),
    )


def _candidates(text: str, group: str | None) -> tuple[Candidate, ...]:
    """The best three items by the words of `text`, the best first, ties by code.

    The best one's score is its confidence: best / (best + second + third + doubt).
    """
    spaced = _without_places(_folded(text))
    letters = frozenset(spaced)
    found = {item: hits for item in keywords().words if (hits := _hits(item, spaced, letters))}
    scores = {
        item: _evidence(hits.values()) + (_IN_GROUP if group == item[:2] else 0.0)
        for item, hits in found.items()
    }
    ranked = sorted(
        ((score, item) for item, score in scores.items() if score > 0),
        key=lambda pair: (-pair[0], pair[1]),
    )[:3]
    total = sum(score for score, _ in ranked) + keywords().doubt
    return tuple(
        Candidate(
            item=item,
            score=round(score / total, 2),
            reason_ko=f"낱말 {_quoted(found[item])}.",
            reason_en=f"Words {_quoted(found[item])}.",
        )
        for score, item in ranked
    )


@of_city_data
def _place_pattern() -> re.Pattern[str]:
    words = keywords()
    return re.compile(
        rf"(?:{'|'.join(words.place_words)}) ?(?:\d번 ?)?(?:{'|'.join(words.beside)})"
        rf"|(?<![a-z])(?:{'|'.join(words.beside_en)}) (?:the |a |my |our )?"
        rf"(?:{'|'.join(words.place_words_en)})"
    )


def _without_places(folded: str) -> str:
    """The text without the words that only say where something is."""
    return _place_pattern().sub(" , ", folded)


def _evidence(weights: Collection[int]) -> float:
    """The strongest word counts whole, each further one half of the one before.

    Many words for the same thing are no more certain than two. Words that speak against count
    whole.
    """
    speaking = sorted((weight for weight in weights if weight > 0), reverse=True)
    against = sum(weight for weight in weights if weight < 0)
    return sum(weight * 0.5**place for place, weight in enumerate(speaking)) + against


def _quoted(hits: Mapping[str, int]) -> str:
    strongest = sorted(hits, key=lambda word: (-hits[word], word))[:3]
    return ", ".join(f"«{word}»" for word in strongest)


def _hits(item: str, text: str, letters: frozenset[str]) -> dict[str, int]:
    return {
        key.text: key.weight
        for key in _compiled()[item]
        if key.initials <= letters and key.pattern.search(text)
    }


@dataclass(frozen=True)
class _Key:
    """A key of the table, ready to be looked for; `initials` tells quickly that it is not there."""

    text: str
    weight: int
    initials: frozenset[str]
    pattern: re.Pattern[str]


@of_city_data
def _compiled() -> Mapping[str, tuple[_Key, ...]]:
    return MappingProxyType(
        {
            item: tuple(_key(text, weight) for text, weight in words.items())
            for item, words in keywords().words.items()
        }
    )


# A key alone decides its pattern, and two thousand take a second: another version of the data has
# mostly the same ones.
@cache
def _key(text: str, weight: int) -> _Key:
    parts = [part.replace("_", " ") for part in _folded(text).split(" ")]
    found = [_part(part, alone=len(parts) == 1) for part in parts]
    gap = rf".{{0,{_WINDOW}}}?"
    return _Key(
        text=text.replace("_", " ").replace("~", ""),
        weight=weight,
        initials=frozenset(part.removeprefix("~")[0] for part in parts),
        pattern=re.compile("|".join(gap.join(order) for order in permutations(found))),
    )


def _part(part: str, *, alone: bool) -> str:
    """A pattern for one word of a key. A short word hides in too many others («축대» in
    «건축대장», «차» in «유모차») and is looked for where a word begins."""
    if part.isascii() and not part.startswith("~"):
        return rf"(?<![a-z]){re.escape(part)}"
    bare = part.removeprefix("~")
    spread = " ?".join(map(re.escape, bare))
    begins = part == bare and len(bare) <= (_SHORT if alone else 1)
    return rf"(?<![가-힣]){spread}" if begins else spread


_COMPOUNDS = {"횡단보도": "횡단길", "지하보도": "지하통로", "지하차도": "지하찻길"}
"""Words that contain another of the table («보도», «차도») and mean something else."""


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    for whole, other in _COMPOUNDS.items():
        folded = folded.replace(whole, other)
    return re.sub(r"\s+", " ", folded).strip()


def _bare(category: str) -> str:
    return re.sub(r"[\W_]+", "", _folded(category))


@of_city_data
def _categories() -> Mapping[tuple[Channel, str], str]:
    return MappingProxyType(
        {
            (row.channel, _bare(row.category)): row.target
            for row in rows("channel_categories.csv", _CategoryRow)
        }
    )


@of_city_data
def _own_names() -> Mapping[str, str]:
    """Our own codes and names, which any channel may use as its category."""
    names: dict[str, str] = {}
    for group in groups().values():
        names |= {_bare(group.name_ko): group.code, _bare(group.name_en): group.code}
    for row in leaves(keywords().valid_from).values():
        names |= {_bare(name): row.code for name in (row.code, row.name_ko, row.name_en)}
    return MappingProxyType(names)


def _category_target(channel: Channel, category: str | None) -> str | None:
    """The item, or the group, that a channel's category stands for; None when it says nothing."""
    if not category:
        return None
    bare = _bare(category)
    return _categories().get((channel, bare)) or _own_names().get(bare)


@of_city_data
def _opinion_words() -> _OpinionWords:
    return _OpinionWords.model_validate(document("opinion_words.toml"))


def opinion_kind(text: str) -> OpinionKind:
    """What a post on a network is: 제안, 불편개선, 질문, else 단순의견. Any text is one of them."""
    spaced = _folded(text)
    compact = spaced.replace(" ", "")
    words = _opinion_words()
    for kind, signs in (
        (OpinionKind.PROPOSAL, words.proposal),
        (OpinionKind.IMPROVEMENT, words.improvement),
        (OpinionKind.QUESTION, words.question),
    ):
        if any(sign in (spaced if sign.isascii() else compact) for sign in signs):
            return kind
    return OpinionKind.REMARK
