"""Who posts: the partner of an API key, and how much it may."""

import math
import time

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from storage.partners import Partner, Right, partner_with_key
from storage.store import Store
from web.open311.formats import Open311Error

NO_KEY = (
    "api_key가 없거나 맞지 않습니다. 키를 받는 방법은 discovery에 있습니다. / "
    "The api_key is missing or not valid; discovery says how to get one."
)
NO_RIGHT = "이 키로는 할 수 없습니다. / This key does not allow it."
LONGEST_KEY = 200


class PartnerRates:
    """How much each partner has posted; counted by each web process for itself."""

    def __init__(self) -> None:
        self._counted = FixedWindowRateLimiter(MemoryStorage())

    def count(self, partner: Partner) -> None:
        """Count one post; raises the 429 that says when to come again."""
        limits: tuple[RateLimitItem, ...] = (
            RateLimitItemPerMinute(partner.per_minute),
            RateLimitItemPerDay(partner.per_day),
        )
        for limit in limits:
            if not self._counted.hit(limit, "open311", partner.name):
                reset = self._counted.get_window_stats(limit, "open311", partner.name).reset_time
                wait = max(1, math.ceil(reset - time.time()))
                raise Open311Error(
                    429,
                    f"이 키의 한도({limit.amount}건)를 넘었습니다. {wait}초 뒤에 보내 주세요. / "
                    f"Over the limit of this key ({limit.amount}); send it again in {wait} s.",
                    headers={"retry-after": str(wait)},
                )


async def partner_of(store: Store, key: str) -> Partner | None:
    """Whose key it is, or None."""
    if not key or len(key) > LONGEST_KEY or not key.isprintable():
        return None
    async with store.engine.connect() as conn:
        return await partner_with_key(conn, key)


async def posting_partner(store: Store, rates: PartnerRates, key: str, right: Right) -> Partner:
    """The partner that posts with `key`; raises the 403, or the 429 where it is over its limit."""
    partner = await partner_of(store, key)
    if partner is None:
        raise Open311Error(403, NO_KEY)
    if right not in partner.rights:
        raise Open311Error(403, NO_RIGHT)
    rates.count(partner)
    return partner
