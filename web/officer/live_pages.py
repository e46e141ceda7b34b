"""The stream of the staff's pages: queue, case, board. It says what moved, and where."""

from collections.abc import Iterable
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from rules.rights import Right, departments_for
from storage.live import Change, happened_since
from storage.store import Store
from web.live import Interest, Live, LiveResponse
from web.sign_in import Staff, StaffInApi, not_your_role
from web.site import SiteHere, address_of

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class WatchedDepartments:
    """The cases of some departments; None means all."""

    store: Store
    live: Live
    departments: tuple[str, ...] | None

    @property
    def interest(self) -> Interest:
        """What staff may read of them."""
        if self.departments is None:
            return Interest(everything=True)
        return Interest(departments=frozenset(self.departments))

    async def mark(self) -> str:
        """The newest change that this process has spread."""
        return str(self.live.position)

    async def has_moved(self, seen: str) -> bool:
        """True where one of the cases moved since; of a mark that is none, yes."""
        if not seen.isdigit() or len(seen) > 18:
            return True
        async with self.store.engine.connect() as conn:
            return await happened_since(conn, int(seen), self.departments)

    def is_outdated(self, changes: Iterable[Change]) -> bool:
        """Never: who asks stays who asks."""
        return False


def departments_of(staff: Staff) -> tuple[str, ...] | None:
    """The departments whose cases `staff` may follow; None means all."""
    return departments_for(staff.duties, Right.READ)


@router.get("/staff/live")
async def follow(
    request: Request,
    site: SiteHere,
    staff: StaffInApi,
    seen: str = "",
    department: str | None = None,
) -> Response:
    """Server-sent events of the cases that the account may see, or of one department's; `seen` is
    the position (`storage.live.newest_position`) at which the page was read."""
    departments = departments_of(staff)
    if department not in (None, "", "all"):
        if departments is not None and department not in departments:
            raise not_your_role()
        departments = (str(department),)
    watched = WatchedDepartments(site.store, site.live, departments)
    return LiveResponse(
        site.live,
        watched,
        address=address_of(request),
        seen=request.headers.get("last-event-id") or seen,
    )
