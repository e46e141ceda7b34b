"""How often one telephone may be named in new petitions: else anybody's could be flooded with
receipts and answers. Exact, whichever process took the petition; who names none is not counted."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.forms import FieldFault, FormRefusedError
from schema.phones import domestic_phone
from storage.store import Store
from storage.tables import cases, petitioner

MOST_PETITIONS = 20
WITHIN = timedelta(hours=1)

TOO_MANY = FieldFault(
    field="contact.phone",
    message_ko=f"이 전화번호로는 한 시간에 {MOST_PETITIONS}건까지 신청할 수 있습니다. "
    "전화번호를 빼고 보내거나, 잠시 뒤에 다시 신청해 주세요.",
    message_en=f"With one telephone number up to {MOST_PETITIONS} petitions an hour are taken. "
    "Leave the number out, or try again later.",
)


async def refuse_a_flooded_phone(
    conn: AsyncConnection, store: Store, phone: str | None, at: datetime
) -> None:
    """Raises FormRefusedError where MOST_PETITIONS were registered for `phone` in the hour
    before `at`. The petition itself may be sent without the number: 접수 is not refused (법 §9)."""
    dialled = domestic_phone(phone)
    if dialled is None:
        return
    registered = await conn.scalar(
        select(func.count())
        .select_from(petitioner.join(cases, cases.c.number == petitioner.c.case_number))
        .where(
            petitioner.c.phone_hash == store.keyring.phone_hash(dialled),
            cases.c.submitted_at > at - WITHIN,
        )
    )
    if (registered or 0) >= MOST_PETITIONS:
        raise FormRefusedError(TOO_MANY)
