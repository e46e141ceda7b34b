"""What every page of the board carries: who looks, what was asked, where else to go."""

from datetime import datetime

from fastapi import Request, Response

from rules.figures import Group
from rules.rights import Right
from storage.figures import Step
from web.manager.asking import NARROWED, Asked
from web.manager.choices import choices
from web.manager.saying import Saying
from web.sign_in import Staff
from web.site import page

PACE = 3_000
"""Milliseconds between two looks at a board that moves all the time: within five seconds."""


def board_page(
    request: Request,
    template: str,
    *,
    staff: Staff,
    asked: Asked,
    saying: Saying,
    now: datetime,
    **context: object,
) -> Response:
    """The page `template` of the board."""
    return page(
        request,
        template,
        status=200,
        account=staff.account,
        staff=staff,
        asked=asked,
        saying=saying,
        now=now,
        period=saying.period(asked),
        before=saying.stretch(asked.step, asked.before.since, asked.before.until),
        steps=tuple(Step),
        groups=tuple(Group),
        narrowed=NARROWED,
        choices=choices(asked, saying),
        sees_people=staff.may(Right.PEOPLE),
        pace=PACE,
        **context,
    )
