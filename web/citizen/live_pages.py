"""The stream of a petitioner's page: it says that the case has moved, to whoever has its key."""

from collections.abc import Iterable
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from schema.codes import EventKind, Visibility
from storage.live import Change, Length, length_of_log
from storage.store import Store
from web.citizen.access import key_in_cookie, opens
from web.live import Interest, LiveResponse
from web.site import SiteHere, address_of

router = APIRouter(include_in_schema=False)
MOVES = frozenset({EventKind.MERGED, EventKind.UNMERGED})
"""After these the page shows another case's events too, or no longer."""


@dataclass(frozen=True)
class WatchedCase:
    """One petition, and the case that it was merged into."""

    store: Store
    number: str
    merged_into: str | None

    @property
    def interest(self) -> Interest:
        """What the petitioner may read of both."""
        both = {self.number, self.merged_into} - {None}
        return Interest(cases=frozenset(map(str, both)), eyes=Visibility.PETITIONER)

    async def mark(self) -> str:
        """How many events each has; of a petition that waits in the journal, none."""
        async with self.store.engine.connect() as conn:
            return seen_of(await length_of_log(conn, self.number))

    async def has_moved(self, seen: str) -> bool:
        """True where either has more events, or they were parted."""
        return await self.mark() != seen

    def is_outdated(self, changes: Iterable[Change]) -> bool:
        """True where it was merged or parted."""
        return any(change.kind in MOVES and change.case == self.number for change in changes)


def seen_of(length: Length | None) -> str:
    """What a page made of logs so long has seen."""
    if length is None:
        return "0"
    return f"{length.seq}" if length.root_seq is None else f"{length.seq}.{length.root_seq}"


@router.get("/cases/{number}/live")
async def follow(request: Request, site: SiteHere, number: str, seen: str = "") -> Response:
    """Server-sent events of one case; a wrong key and no such case are the same 404."""
    if not await opens(site, number, key_in_cookie(request)):
        return Response(status_code=404)
    async with site.store.engine.connect() as conn:
        length = await length_of_log(conn, number)
    watched = WatchedCase(site.store, number, length.merged_into if length else None)
    return LiveResponse(
        site.live,
        watched,
        address=address_of(request),
        seen=request.headers.get("last-event-id") or seen,
    )
