"""What a report of a parking offence must show, so that a fine can follow from it (증빙 요건).

At least two photographs of the same place, so far apart in time that the car stood there, and the
number plate. A report that lacks something is a petition all the same: it is dealt with, and an
officer may go there, but from it alone no fine can follow.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import combinations
from math import asin, cos, radians, sin, sqrt

from pydantic import Field

from rules.tables import Dated, of_city_data, rows
from schema.model import Frozen

EARTH_METRES = 6_371_000.0


class EvidenceRule(Dated):
    """One row: `photos` of `item`, two of them `seconds` apart and at most `metres` (None: not
    looked at), and whether the number plate is asked for."""

    item: str
    photos: int = Field(ge=1)
    seconds: int = Field(ge=0)
    metres: int | None = Field(default=None, ge=1)
    plate: bool


class Shot(Frozen):
    """When and where a photograph was taken, as far as it or the app's camera says."""

    captured_at: datetime | None = None
    lat: float | None = None
    long: float | None = None


class Lack(StrEnum):
    """What a fine cannot do without."""

    TOO_FEW_PHOTOS = "too_few_photos"
    NO_TIME = "no_time"
    TOO_CLOSE_IN_TIME = "too_close_in_time"
    NOT_THE_SAME_PLACE = "not_the_same_place"
    NO_PLATE = "no_plate"


class Lacking(Frozen):
    """One thing that is lacking, and what to do about it."""

    code: Lack
    message_ko: str
    message_en: str


class Evidence(Frozen):
    """Whether a fine can follow. `seconds` and `metres` are those of the pair of photographs that
    counts, else of the first and last that say their time; None where that is not known."""

    fine: bool
    lacking: tuple[Lacking, ...] = ()
    seconds: int | None = None
    metres: int | None = None


class _Pair(Frozen):
    seconds: int
    metres: int | None


@of_city_data
def evidence_rules() -> tuple[EvidenceRule, ...]:
    """`rules/data/evidence.csv`; raises ValidationError where the data is not usable."""
    return rows("evidence.csv", EvidenceRule)


def evidence_rule(item: str | None, on_date: date) -> EvidenceRule | None:
    """What reports of `item` filed on that day must show; None where nothing is asked."""
    return next(
        (rule for rule in evidence_rules() if rule.item == item and rule.valid_on(on_date)), None
    )


def evidence(rule: EvidenceRule, shots: Sequence[Shot], *, plate: bool) -> Evidence:
    """What `shots` show, by `rule`; `plate`: the number plate was told."""
    lacking: list[Lack] = []
    counting = None
    timed = [(shot.captured_at, shot) for shot in shots if shot.captured_at is not None]
    in_order = sorted(timed, key=lambda one: one[0])
    pairs = [_pair(first, second) for first, second in combinations(in_order, 2)]
    if len(shots) < rule.photos:
        lacking.append(Lack.TOO_FEW_PHOTOS)
    elif rule.photos > 1:
        counting, lack = _best(rule, pairs)
        lacking += [lack] if lack else []
    if rule.plate and not plate:
        lacking.append(Lack.NO_PLATE)
    shown = counting or max(pairs, key=lambda pair: pair.seconds, default=None)
    return Evidence(
        fine=not lacking,
        lacking=tuple(_said(lack, rule) for lack in lacking),
        seconds=shown.seconds if shown else None,
        metres=shown.metres if shown else None,
    )


def _best(rule: EvidenceRule, pairs: Sequence[_Pair]) -> tuple[_Pair | None, Lack | None]:
    """The pair that counts, else why none does."""
    if not pairs:
        return None, Lack.NO_TIME
    apart = [pair for pair in pairs if pair.seconds >= rule.seconds]
    if not apart:
        return None, Lack.TOO_CLOSE_IN_TIME
    here = [
        pair
        for pair in apart
        if pair.metres is None or rule.metres is None or pair.metres <= rule.metres
    ]
    if not here:
        return None, Lack.NOT_THE_SAME_PLACE
    return max(here, key=lambda pair: pair.seconds), None


def _pair(first: tuple[datetime, Shot], second: tuple[datetime, Shot]) -> _Pair:
    seconds = int((second[0] - first[0]).total_seconds())
    return _Pair(seconds=seconds, metres=_metres(first[1], second[1]))


def _metres(first: Shot, second: Shot) -> int | None:
    """How far apart, on a sphere; None where one of them does not say where it was taken."""
    if first.lat is None or first.long is None or second.lat is None or second.long is None:
        return None
    a, b = radians(first.lat), radians(second.lat)
    east = radians(second.long - first.long)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(east / 2) ** 2
    return round(2 * EARTH_METRES * asin(min(1.0, sqrt(half))))


def _said(lack: Lack, rule: EvidenceRule) -> Lacking:
    minutes, rest = divmod(rule.seconds, 60)
    apart_ko = f"{minutes}분" if not rest else f"{rule.seconds}초"
    apart_en = f"{minutes} min" if not rest else f"{rule.seconds} s"
    ko, en = {
        Lack.TOO_FEW_PHOTOS: (
            f"같은 곳에서 찍은 사진이 {rule.photos}장 있어야 합니다.",
            f"{rule.photos} photographs of the same place are needed.",
        ),
        Lack.NO_TIME: (
            "사진에 찍은 시각이 없습니다. 앱 카메라로 찍거나 원본 사진을 올려 주세요.",
            "The photographs do not say when they were taken; use the app's camera, or the "
            "original files.",
        ),
        Lack.TOO_CLOSE_IN_TIME: (
            f"두 사진을 {apart_ko} 이상 간격을 두고 찍어야 합니다.",
            f"Two photographs must be taken at least {apart_en} apart.",
        ),
        Lack.NOT_THE_SAME_PLACE: (
            f"두 사진을 같은 곳({rule.metres}m 안)에서 찍어야 합니다.",
            f"Both photographs must be taken at the same place (within {rule.metres} m).",
        ),
        Lack.NO_PLATE: ("차량번호를 적어 주세요.", "Give the number plate."),
    }[lack]
    return Lacking(code=lack, message_ko=ko, message_en=en)
