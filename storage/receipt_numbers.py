"""Receipt numbers, from one sequence of the database, allotted to each process in blocks."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.numbers import receipt_number

SEOUL = ZoneInfo("Asia/Seoul")
BLOCK = 20
"""Ordinals a process takes at once; equal to the sequence's increment. A lost block is a gap."""


class ReceiptNumbers:
    """The numbers of one process. Ordinals are never given twice; gaps mean nothing."""

    def __init__(self) -> None:
        self._next = 0
        self._end = 0

    async def allot(self, conn: AsyncConnection, arrived_at: datetime) -> str:
        """A number for a petition that arrived at `arrived_at`; its day is Seoul's."""
        if self._next >= self._end:
            first = await conn.scalar(text("SELECT nextval('receipt_ordinal')"))
            if self._next >= self._end:
                self._next, self._end = first, first + BLOCK
        ordinal = self._next
        self._next += 1
        return receipt_number(arrived_at.astimezone(SEOUL).date(), ordinal)
