"""Absences as a form sends them and as a page shows them: of oneself, and of one's people."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from schema.audit import AuditKind, AuditNote
from schema.model import Frozen
from storage.audit import note
from storage.duties import Absence, AbsenceError, absences_of, end_absence, set_absence
from storage.people import names_of
from web.sign_in import Staff
from web.site import Site
from web.wording import SEOUL


class AbsenceForm(Frozen):
    """From when to when, in Seoul's time as a browser's field gives it; who stands in."""

    csrf: str = ""
    starts: str = Field(default="", max_length=20)
    ends: str = Field(default="", max_length=20)
    deputy: str = Field(default="", max_length=60)


@dataclass(frozen=True)
class AbsencesShown:
    """The absences of a person and those in which it stands in, with everybody's names."""

    own: tuple[Absence, ...]
    instead: tuple[Absence, ...]
    names: dict[str, str]


def _instant(text: str) -> datetime:
    """The instant of a field `datetime-local`. Raises AbsenceError for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise AbsenceError("when") from None
    if found.tzinfo is not None:
        raise AbsenceError("when")
    return found.replace(tzinfo=SEOUL)


async def enter_absence(site: Site, staff: Staff, login: str, form: AbsenceForm) -> None:
    """Store that `login` is away. Raises AbsenceError with the text that says why not."""
    starts_at, ends_at = _instant(form.starts), _instant(form.ends)
    deputy = form.deputy.strip().lower() or None
    if ends_at <= site.now():
        raise AbsenceError("past")
    async with site.store.engine.begin() as conn:
        number = await set_absence(
            conn,
            login,
            deputy=deputy,
            starts_at=starts_at,
            ends_at=ends_at,
            set_by=staff.account.login,
        )
        entry = AuditNote(
            kind=AuditKind.ABSENCE_SET,
            doer=staff.doer(),
            person=login,
            detail={
                "absence": number,
                "deputy": deputy,
                "starts_at": starts_at.isoformat(),
                "ends_at": ends_at.isoformat(),
            },
        )
        await note(conn, entry)


async def leave_absence(site: Site, staff: Staff, login: str, number: int) -> bool:
    """End an absence of `login` now; False where there is none to end."""
    async with site.store.engine.begin() as conn:
        ended = await end_absence(conn, number, login=login, at=site.now())
        if ended:
            entry = AuditNote(
                kind=AuditKind.ABSENCE_ENDED,
                doer=staff.doer(),
                person=login,
                detail={"absence": number},
            )
            await note(conn, entry)
    return ended


async def absences_shown(site: Site, login: str) -> AbsencesShown:
    """What a page shows of the absences of `login`."""
    async with site.store.engine.connect() as conn:
        found = await absences_of(conn, login, site.now())
        logins = {one for absence in found for one in (absence.login, absence.deputy) if one}
        names = await names_of(conn, logins)
    return AbsencesShown(
        own=tuple(one for one in found if one.login == login),
        instead=tuple(one for one in found if one.deputy == login),
        names=names,
    )
