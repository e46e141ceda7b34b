"""The first thing on a petitioner's page: where the case is, who has it, until when."""

from dataclasses import dataclass
from datetime import datetime

from schema.codes import EventKind, State, TimerKind
from storage.cases import Case
from storage.staff import find_account
from web.citizen.case_view import AskedFor, answered_at
from web.clocks import ClockPanel
from web.opened import OpenedCase
from web.site import Site
from web.wording import Wording


@dataclass(frozen=True)
class Now:
    """`where` in plain words; `who` with `phone`; `until` under the name `until_label`, `left` how
    long that is; `late` once it has passed. `then` is the next limit that is the petitioner's."""

    where: str
    who: str | None
    officer: str | None
    phone: str | None
    until_label: str | None
    until: datetime | None
    left: str | None
    late: bool
    then: str | None


@dataclass(frozen=True)
class Missing:
    """Why the words of the petition are not shown, as names of texts; all False where they are."""

    erased: bool
    removed: bool


def missing_of(opened: OpenedCase) -> Missing:
    """Erased with its key; removed by its author where it was written."""
    removed = any(event.kind is EventKind.REMOVED_AT_SOURCE for event in opened.events)
    return Missing(erased=not opened.texts, removed=removed)


async def officer_of(site: Site, case: Case) -> str | None:
    """The name of the officer who has the case (영 §31: told to its petitioner)."""
    if case.officer is None:
        return None
    async with site.store.engine.connect() as conn:
        account = await find_account(conn, case.officer)
    return account.name if account else None


async def now_of(
    opened: OpenedCase,
    site: Site,
    wording: Wording,
    *,
    panel: ClockPanel,
    asked: AskedFor | None,
    objection_until: datetime | None,
) -> Now:
    """How the case stands for its petitioner. A merged one stands as the case it belongs to."""
    case, around = opened.case, opened.around
    assert case is not None
    assert around is not None
    handled = around.root if case.state is State.MERGED and around.root else case
    label, until = _until(opened, handled, asked)
    now = site.now()
    waits = label in ("due", "supplement")
    return Now(
        where=wording.t(f"now.{case.state}"),
        who=wording.department(handled.department) if handled.department else None,
        officer=await officer_of(site, handled),
        phone=wording.phone(handled.department),
        until_label=wording.t(f"until.{label}") if label else None,
        until=until,
        left=wording.left(until, now) if until and waits else None,
        late=bool(until and waits and until < now),
        then=_then(case, wording, panel, objection_until),
    )


def _until(
    opened: OpenedCase, handled: Case, asked: AskedFor | None
) -> tuple[str | None, datetime | None]:
    """The instant that matters now, and what it is."""
    case, answered = opened.case, answered_at(opened)
    assert case is not None
    if asked is not None and asked.until is not None:
        return "supplement", asked.until
    if answered is not None and case.state is not State.REANSWER:
        return "answered", answered
    if case.ended_at is not None and case.state is not State.MERGED:
        return "ended", case.ended_at
    due = handled.due_at()
    return ("due", due) if due else ("none", None)


def _then(
    case: Case, wording: Wording, panel: ClockPanel, objection_until: datetime | None
) -> str | None:
    """Until when the petitioner may still say something."""
    closes = next((c.due_at for c in panel.running if c.timer is TimerKind.SATISFACTION), None)
    said = [
        wording.t("then.ask_again", at=wording.when(closes))
        if closes and case.state is State.ANSWERED
        else None,
        wording.t("then.object", at=wording.when(objection_until)) if objection_until else None,
    ]
    return " ".join(part for part in said if part) or None
