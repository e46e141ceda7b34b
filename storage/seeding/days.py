"""The days of the made-up city: how many cases each has, and all of one day's."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from random import Random

from rules.packs import SEOUL
from rules.taxonomy import UNCLASSIFIED, groups, leaf_at, newest_leaves
from schema.codes import CaseKind, Channel
from schema.numbers import receipt_number
from storage.keys import Keyring
from storage.opening import FIRST_TYPE
from storage.seeding import shares
from storage.seeding.filing import district_codes, filing
from storage.seeding.life import Life, Town
from storage.seeding.pattern import Pattern, Sealer
from storage.seeding.rows import Rows
from storage.seeding.story import tell
from storage.seeding.words import pick

TOLD = 8
COPIES = 20
"""Of more than `TOLD` cases a day, `COPIES` share a life, on average."""
OPINIONS = 0.8
"""Of what comes from the networks: the rest is filed as a petition."""


def cases_by_day(total: int, *, first: date, last: date) -> Mapping[date, int]:
    """`total` cases over the days from `first` to `last`, by season and weekday."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    sums = list(accumulate(shares.weight_of(day) for day in days))
    bounds = [round(total * at / sums[-1]) for at in sums]
    return {
        day: end - start for day, start, end in zip(days, [0, *bounds], bounds, strict=False) if end
    }


@dataclass(frozen=True)
class Campaign:
    """A wave of complaints about one item in one district."""

    item: str
    district: str


@cache
def _items(month: int) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Items with their weights in `month`: in a group each leaf has half of what the one before
    has, and what a season brings is more of it."""
    codes, weights = [], []
    for group in groups():
        own = [code for code in newest_leaves() if code[:2] == group and code != UNCLASSIFIED]
        halves = [0.5**place for place in range(len(own))]
        for code, half in zip(own, halves, strict=True):
            season = shares.SEASONS.get(code, {}).get(month, 1.0)
            codes.append(code)
            weights.append(shares.GROUPS.get(group, 0.5) * half / sum(halves) * season)
    return tuple(codes), tuple(weights)


@cache
def _campaign(seed: int, day: date) -> Campaign | None:
    """The wave that `day` is part of."""
    wave, place = divmod(day.toordinal(), shares.CAMPAIGN_EVERY)
    if place >= shares.CAMPAIGN_DAYS:
        return None
    rng = Random(f"{seed}/campaign/{wave}")  # noqa: S311
    codes, weights = _items(day.month)
    return Campaign(rng.choices(codes, weights)[0], pick(rng, district_codes()))


def rows_of(day: date, count: int, *, seed: int, town: Town, keyring: Keyring) -> Rows:
    """All rows of the `count` cases of `day`: the same for the same `seed`, but for what keys and
    nonces make of it."""
    rng = Random(f"{seed}/{day}")  # noqa: S311
    rows, sealer, ordinal = Rows(), Sealer(keyring), 0
    for at, many in _arrivals(rng, day, count):
        number = receipt_number(day, ordinal + 1)
        matter = _matter(rng, seed, day)
        pattern = _told(rng, town, matter, number=number, at=at)
        for _ in range(many):
            ordinal += 1
            district = matter.district if matter.in_one_district else pick(rng, pattern.districts)
            filed = filing(
                rng, number=receipt_number(day, ordinal), item=matter.item, district=district
            )
            pattern.print(rows, filed, sealer, rng)
    return rows


def lives_of(count: int) -> int:
    """How many lives are told for a day of `count` cases: at first each its own."""
    return min(count, max(TOLD, count // COPIES))


def _arrivals(rng: Random, day: date, count: int) -> list[tuple[datetime, int]]:
    """When somebody files, and how many at once."""
    lives = lives_of(count)
    midnight = datetime.combine(day, time(0), SEOUL)
    hours = rng.choices(range(24), shares.HOURS, k=lives)
    seconds = sorted(hour * 3600 + rng.randrange(3600) for hour in hours)
    more = Counter(rng.choices(range(lives), k=count - lives))
    return [
        ((midnight + timedelta(seconds=second)).astimezone(UTC), 1 + more[place])
        for place, second in enumerate(seconds)
    ]


@dataclass(frozen=True)
class _Matter:
    """What is filed about. A wave stays in its district."""

    item: str
    district: str
    in_one_district: bool


def _matter(rng: Random, seed: int, day: date) -> _Matter:
    campaign = _campaign(seed, day)
    if campaign is not None and rng.random() < shares.CAMPAIGN_SHARE:
        return _Matter(campaign.item, campaign.district, True)
    codes, weights = _items(day.month)
    return _Matter(rng.choices(codes, weights)[0], pick(rng, district_codes()), False)


def _told(rng: Random, town: Town, matter: _Matter, *, number: str, at: datetime) -> Pattern:
    channel = rng.choices(tuple(shares.CHANNELS), tuple(shares.CHANNELS.values()))[0]
    kind = leaf_at(matter.item, at).kind
    if channel is Channel.SNS and kind is CaseKind.PETITION and rng.random() < OPINIONS:
        kind = CaseKind.OPINION
    life = Life(
        town,
        rng,
        number=number,
        channel=channel,
        kind=kind,
        first_type=FIRST_TYPE[kind],
        at=at,
        words="",
    )
    tell(life, matter.item, matter.district)
    return Pattern(life, matter.item, matter.district)
