"""Whether the person who looks at a case may take back what was just done to it."""

from uuid import UUID

from rules.undoing import Undoing, undoing_of
from storage.undoing import was_told
from web.opened import OpenedCase
from web.sign_in import Staff
from web.site import Site


async def undoing_for(
    site: Site, staff: Staff, opened: OpenedCase, act: str | None
) -> Undoing | None:
    """What would take back the person's act `act`; None where nothing may."""
    if act is None or opened.case is None:
        return None
    found = undoing_of(
        opened.events,
        act,
        account=staff.account.login,
        kind=opened.case.kind,
        at=site.now(),
    )
    if found is None or not found.untold:
        return found
    async with site.store.engine.connect() as conn:
        return None if await was_told(conn, event_id(opened, act)) else found


def event_id(opened: OpenedCase, act: str) -> UUID:
    """The event that the act `act` made."""
    return next(event.id for event in opened.events if event.request_id == act)
