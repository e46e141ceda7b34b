"""`minwon partner`: who may file over Open311."""

from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import ValidationError

from cli.state import CliError
from settings import Settings
from storage.partners import (
    Partner,
    PartnerError,
    Right,
    add_partner,
    all_partners,
    new_key,
    revoke_partner,
)
from worker import Composition


async def run_add(
    settings: Settings, name: str, title: str, rights: str, limits: Mapping[str, int]
) -> int:
    """Add the partner and print its key, once."""
    fields = {"name": name, "title": title or name, "rights": rights.split(","), **limits}
    try:
        partner = Partner.model_validate(fields)
    except ValidationError as error:
        raise CliError(_sentence(error)) from None
    made, key = Composition(settings, "partner"), new_key()
    try:
        async with made.store.engine.begin() as conn:
            await add_partner(conn, partner, key)
    except PartnerError as error:
        raise CliError(str(error)) from None
    finally:
        await made.store.close()
    print(f"{partner.name} {key}")
    return 0


async def run_list(settings: Settings) -> int:
    """Print the partners, a line each."""
    made = Composition(settings, "partner")
    async with made.store.engine.connect() as conn:
        found = await all_partners(conn)
    await made.store.close()
    for one in found:
        state = f"revoked {one.revoked_at:%Y-%m-%d}" if one.revoked_at else "active"
        limits = f"{one.per_minute}/min {one.per_day}/day"
        print(f"{one.name:30} {state:18} {','.join(one.rights):12} {limits:20} {one.title}")
    return 0


async def run_revoke(settings: Settings, name: str) -> int:
    """Revoke the partner's key."""
    made = Composition(settings, "partner")
    async with made.store.engine.begin() as conn:
        there = await revoke_partner(conn, name, datetime.now(UTC))
    await made.store.close()
    if not there:
        raise CliError(f"There is no active partner {name}; `minwon partner list` shows them.")
    return 0


def _sentence(error: ValidationError) -> str:
    """The first fault, with what may stand there."""
    field = str(error.errors()[0]["loc"][0])
    allowed = {
        "name": "2 to 30 small letters, digits and hyphens, such as fixmystreet",
        "title": "1 to 100 characters",
        "rights": f"{' or '.join(Right)}, or both with a comma",
        "per_minute": "a number from 1 to 10000",
        "per_day": "a number from 1 to 1000000",
    }
    return f"The {field} is wrong: give {allowed[field]}."
