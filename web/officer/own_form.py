"""The check that a posted form came from the session's own page."""

from fastapi import HTTPException

from web.sign_in import Staff


def check_own(staff: Staff, csrf: str) -> None:
    """Raises HTTPException 403 for a form that this session's page did not make."""
    if not staff.own(csrf):
        raise HTTPException(403)
