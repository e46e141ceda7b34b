"""How the system itself runs: lags, quarantine, timers, heartbeat, the rules in force."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request, Response

from rules.figures import gauges
from rules.packs import pack_for
from storage.figures import one_snapshot
from storage.system_readings import Readings, Waiting, read_system
from web.manager.asking import read_asked
from web.manager.frame import board_page
from web.manager.saying import Saying
from web.sign_in import StaffHere
from web.site import SiteHere, wording_of
from web.wording import Wording

router = APIRouter(prefix="/staff/board", include_in_schema=False)

IntakeLag = Callable[[], Awaitable[int | None]]
"""Records behind, of the broker; None where it does not answer."""


@dataclass(frozen=True)
class Reading:
    """One reading in words."""

    name: str
    says: str
    source: str
    value: str
    detail: str


@router.get("/system")
async def show(request: Request, site: SiteHere, staff: StaffHere) -> Response:
    """The readings as they are now; the broker is asked apart, and may be away."""
    saying = Saying(wording_of(request))
    now = site.now()
    lag: IntakeLag | None = request.app.state.intake_lag
    behind = await lag() if lag is not None else None
    async with one_snapshot(site.store.engine) as conn:
        found = await read_system(conn, now)
    return board_page(
        request,
        "staff/board_system.html",
        staff=staff,
        asked=read_asked(request, staff, now),
        saying=saying,
        now=now,
        readings=readings(saying, found, behind, now),
    )


def readings(saying: Saying, found: Readings, behind: int | None, now: datetime) -> list[Reading]:
    """Each reading of the data, in its order."""
    said = _said(saying.w, found, behind, now)
    return [
        Reading(saying.pick(one.names), saying.pick(one.says), one.source, *said[one.code])
        for one in gauges()
    ]


def _said(
    w: Wording, found: Readings, behind: int | None, now: datetime
) -> dict[str, tuple[str, str]]:
    waiting = {
        code: _waiting(w, getattr(found, code), now)
        for code in ("journal_waiting", "quarantine", "outbox_age", "timer_lag", "exceptions")
    }
    beat = (w.t("board.never"), "")
    if found.heartbeat is not None:
        beat = (w.t("board.ago", span=w.span(now - found.heartbeat)), w.when(found.heartbeat))
    lag = found.message_lag
    message = w.t("board.never") if lag is None else w.t("board.seconds", n=f"{lag:,.1f}")
    rules = w.t("board.rules", calendar=found.calendar or 0, pack=pack_for(now).name)
    return {
        **waiting,
        "intake_lag": (f"{behind:,}" if behind is not None else w.t("board.no_answer"), ""),
        "message_lag": (message, ""),
        "heartbeat": beat,
        "rules_in_force": (
            rules,
            w.t("board.recomputing", n=found.recomputing) if found.recomputing else "",
        ),
    }


def _waiting(w: Wording, waiting: Waiting, now: datetime) -> tuple[str, str]:
    if waiting.since is None:
        return f"{waiting.n:,}", ""
    return f"{waiting.n:,}", w.t("board.oldest", span=w.span(now - waiting.since))
