"""«저도요» (same here): a petition that is filed as one more report of a public case.

It is a petition of its own, with number, key and page. In the transaction that registers it the
petitioner's wish to be merged is stored as a command like any other: taking the case in carries it
out, and whatever dies before that, housekeeping sends it again. Where the rules refuse it (the case
was answered meanwhile, the item is another) the petition simply goes on by itself.
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from schema.codes import Action, Role
from schema.events import Actor
from schema.submission import Submission
from storage.commands import keep_command
from storage.store import Store

SAME_HERE = "same-here"
"""The request id of the wish: a petition has one."""


async def wish_to_join(
    conn: AsyncConnection, store: Store, submission: Submission, number: str
) -> None:
    """Store the wish that comes with `submission`, if one does."""
    if submission.same_as is None or submission.same_as == number:
        return
    await keep_command(
        conn,
        store,
        number=number,
        request_id=SAME_HERE,
        action=Action.MERGE,
        actor=Actor(role=Role.CITIZEN),
        at=submission.submitted_at,
        body={"into": submission.same_as},
    )
