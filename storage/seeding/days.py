"""The days of the made-up city: how many cases each has, and all of one day's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from random import Random

from rules.geography import dongs
from rules.organisation import CITY, districts
from rules.packs import SEOUL
from rules.taxonomy import UNCLASSIFIED, groups, leaf_at, newest_leaves
from schema.codes import CaseKind, Channel
from schema.numbers import receipt_number
from storage.keys import Keyring
from storage.opening import FIRST_TYPE
from storage.seeding import shares, words
from storage.seeding.life import Life, Town
from storage.seeding.rows import Rows, add_life
from storage.seeding.story import tell

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
def _districts() -> tuple[str, ...]:
    return tuple(code for code, row in districts().items() if row.org_code != CITY)


@cache
def _dongs() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {code: [] for code in _districts()}
    for name, codes in dongs().items():
        for code in codes:
            found.get(code, []).append(name)
    return {code: tuple(names) for code, names in found.items()}


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
    return Campaign(rng.choices(codes, weights)[0], rng.choice(_districts()))


def rows_of(day: date, count: int, *, seed: int, town: Town, keyring: Keyring) -> Rows:
    """All rows of the `count` cases of `day`: the same for the same `seed`, but for what keys and
    nonces make of it."""
    rng = Random(f"{seed}/{day}")  # noqa: S311
    rows = Rows()
    for ordinal, at in enumerate(_arrivals(rng, day, count), start=1):
        _add_case(rows, rng, town, keyring, number=receipt_number(day, ordinal), at=at, seed=seed)
    return rows


def _arrivals(rng: Random, day: date, count: int) -> list[datetime]:
    midnight = datetime.combine(day, time(0), SEOUL)
    hours = rng.choices(range(24), shares.HOURS, k=count)
    seconds = sorted(hour * 3600 + rng.randrange(3600) for hour in hours)
    return [(midnight + timedelta(seconds=second)).astimezone(UTC) for second in seconds]


def _add_case(
    rows: Rows, rng: Random, town: Town, keyring: Keyring, *, number: str, at: datetime, seed: int
) -> None:
    day = at.astimezone(SEOUL).date()
    campaign = _campaign(seed, day)
    if campaign is not None and rng.random() < shares.CAMPAIGN_SHARE:
        item, district = campaign.item, campaign.district
    else:
        codes, weights = _items(day.month)
        item, district = rng.choices(codes, weights)[0], rng.choice(_districts())
    dong = rng.choice(_dongs()[district] or ("중앙동",))
    channel = rng.choices(tuple(shares.CHANNELS), tuple(shares.CHANNELS.values()))[0]
    kind = leaf_at(item, at).kind
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
        words=words.petition(rng, item[:2], dong),
    )
    tell(life, item, district)
    address = f"{districts()[district].name_ko} {dong} {rng.randint(1, 400)}-{rng.randint(1, 30)}"
    add_life(rows, life, keyring, dong=dong, address=address)
