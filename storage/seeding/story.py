"""What happens to a case of the made-up city, from receipt to its closing."""

from datetime import datetime, time, timedelta
from functools import lru_cache
from random import Random

from rules.escalation import close_at
from rules.organisation import FIRST_LINE, agency_of, districts, duty_department, is_department
from rules.packs import SEOUL
from rules.routing import owner
from rules.taxonomy import leaf
from schema.codes import Action, CaseKind, Channel, Role, State
from schema.events import Actor
from schema.grounds import ClosedFor
from storage.seeding import shares, words
from storage.seeding.life import CITIZEN, SYSTEM, Life, officer_of

MORNING, EVENING = time(9), time(18)
DESK = Actor(role=Role.FIRST_LINE, department=FIRST_LINE, account="first-line.1")
LONGEST_LATE = timedelta(days=30)
UNKNOWN_PERIOD = timedelta(days=3)
UNTOUCHED = timedelta(hours=3)
"""No ladder reminds of what arrived less long ago."""
NO_RUNG_BEFORE = 0.5
"""The share of the period before which no ladder of the sample city speaks."""


def tell(life: Life, item: str, district: str) -> None:
    """The whole story of `life`, as far as it has come."""
    _take_in(life, item, district)
    if life.channel is Channel.SMS_120 and life.rng.random() < shares.ON_CALL:
        _answer(life, life.log[0].at, Actor(role=Role.CHANNEL))
    else:
        _work(life, item)
    if life.facts.state is State.ANSWERED:
        _after(life)
    if life.open:
        life.climb(life.town.until)


@lru_cache(maxsize=10_000)
def owner_of(item: str, district: str, month: str) -> str:
    """The department that has `item` in `district` in `month` (2026-03)."""
    day = datetime.fromisoformat(f"{month}-01").date()
    return owner(item, district, on_date=day)


def _take_in(life: Life, item: str, district: str) -> None:
    at = life.log[0].at
    received = life.town.book.receipt_instant(at, life.town.calendar)
    department = owner_of(item, district, f"{at:%Y-%m}")
    life.act(
        Action.RECEIVE,
        at,
        SYSTEM,
        received_at=received.isoformat(),
        item=item,
        district=district,
        duty_department=duty_department(agency_of(department)),
    )
    if department != FIRST_LINE:
        life.act(Action.DISTRIBUTE, at, SYSTEM, department=department)


def _work(life: Life, item: str) -> None:
    rng = life.rng
    received = life.facts.received_at or life.log[0].at
    if life.facts.department == FIRST_LINE:
        life.act(Action.START, _at_desk(received + _hours(rng, 0.2, 0.8)), DESK)
    elif rng.random() < shares.TRANSFERRED:
        _transfer(life, item, received)
    if rng.random() < shares.WITHDRAWN:
        life.act(Action.WITHDRAW, received + _hours(rng, 0.5, 20), CITIZEN)
        return
    received = life.facts.received_at or received
    done = _done_at(life)
    start = min(_at_desk(received + _hours(rng, 0.2, 3)), done)
    if start > received + UNTOUCHED:
        life.climb(start)
    life.act(Action.START, start, officer_of(life))
    if rng.random() < shares.SUPPLEMENTED:
        done = _supplement(life, start, done)
    if rng.random() < shares.EXTENDED:
        done = _extend(life, done)
    if _far_gone(life, done):
        life.climb(done)
    _answer(life, done, officer_of(life))


def _far_gone(life: Life, at: datetime) -> bool:
    """Whether so much of the period is used at `at` that a ladder may have begun."""
    due, begun = life.due_at, life.log[0].at
    return due is None or at > begun + (due - begun) * NO_RUNG_BEFORE


def _transfer(life: Life, item: str, received: datetime) -> None:
    rng, own = life.rng, str(life.facts.department)
    agency, _, slug = own.partition(".")
    target = f"{agency}.civil-affairs"
    if rng.random() < shares.TO_ANOTHER_AGENCY:
        other = rng.choice([row.org_code for row in districts().values()])
        target = f"{other}.{slug}"
    day = received.astimezone(SEOUL).date()
    if target == own or not is_department(target, on_date=day):
        return
    at = received + _hours(rng, 0.3, 2)
    life.act_in_words(Action.TRANSFER, at, officer_of(life), words.REASONS[0], department=target)


def _done_at(life: Life) -> datetime:
    """When the answer is given: within the period, or some time after it."""
    rng, begun = life.rng, life.facts.held_since or life.log[0].at
    due = life.due_at or begun + UNKNOWN_PERIOD
    period = max(due - begun, timedelta(minutes=20))
    if rng.random() < shares.LATE:
        return due + min(period * rng.expovariate(2.0), LONGEST_LATE) + timedelta(minutes=3)
    used = min(max(rng.betavariate(1.4, 2.2), 0.03), 0.97)
    planned = begun + period * used
    worked = _at_desk(planned)
    return worked if worked < due else planned


def _at_desk(at: datetime) -> datetime:
    """`at`, or the next morning where nobody is at the desk then."""
    here = at.astimezone(SEOUL)
    if MORNING <= here.time() < EVENING:
        return at
    day = here.date() + timedelta(days=here.time() >= EVENING)
    return datetime.combine(day, MORNING, SEOUL).astimezone(at.tzinfo) + timedelta(
        minutes=here.minute, seconds=here.second
    )


def _supplement(life: Life, start: datetime, done: datetime) -> datetime:
    rng, officer = life.rng, officer_of(life)
    question = rng.choice(words.QUESTIONS)
    asked = life.act_in_words(
        Action.REQUEST_SUPPLEMENT, start + _hours(rng, 0.1, 0.5), officer, question, days=5
    )
    if not asked:
        return done
    back = life.log[-1].at + _hours(rng, 2, 70)
    life.act_in_words(Action.SUPPLEMENT, back, CITIZEN, rng.choice(words.SUPPLEMENTS))
    return max(done, back + _hours(rng, 1, 20))


def _extend(life: Life, done: datetime) -> datetime:
    due = life.due_at
    if due is None or life.facts.kind is not CaseKind.PETITION:
        return done
    at = due - (due - life.log[-1].at) / 5
    if at >= done:
        at = life.log[-1].at
    reason = "cooperation"
    extended = life.act_in_words(
        Action.EXTEND, at, officer_of(life), words.REASONS[1], days=1, reason_code=reason
    )
    return max(done, due + _hours(life.rng, 0.5, 6)) if extended else done


def _answer(life: Life, at: datetime, actor: Actor) -> None:
    rng = life.rng
    if actor.role is Role.CHANNEL:
        life.act_in_words(Action.ANSWER, at, actor, rng.choice(words.ANSWERS), on_call=True)
        return
    if rng.random() < shares.REFUSED:
        remedy = "이의신청 안내"
        if life.act_in_words(Action.REFUSE, at, actor, words.REFUSALS[0], remedy=remedy):
            return
    said = rng.choice(words.ANSWERS)
    if life.act_in_words(Action.ANSWER, at, actor, said) or at > life.town.until:
        return
    if life.act_in_words(Action.SUBMIT_ANSWER, at, actor, said):
        head = Actor(
            role=Role.DEPARTMENT_HEAD,
            department=actor.department,
            account=f"{actor.department}.head"[:60],
        )
        life.act(Action.APPROVE_ANSWER, at + _hours(rng, 0.1, 1), head)


def _after(life: Life) -> None:
    """Once it was answered: asked again, rated, closed."""
    rng, answered = life.rng, life.log[-1].at
    if rng.random() < shares.ASKED_AGAIN:
        again = answered + _hours(rng, 3, 90)
        if life.act_in_words(Action.ASK_AGAIN, again, CITIZEN, words.AGAIN[0]):
            _answer(life, _at_desk(again + _hours(rng, 2, 40)), officer_of(life))
    if life.facts.state is not State.ANSWERED:
        return
    if rng.random() < shares.RATED:
        grade = rng.choices((1, 2, 3, 4, 5), shares.GRADES)[0]
        life.act(Action.RATE, life.log[-1].at + _hours(rng, 0.2, 60), CITIZEN, grade=grade)
    closes = close_at(life.facts, life.town.book.escalation)
    if closes is not None:
        life.act(Action.CLOSE, closes, SYSTEM, ground=ClosedFor.ANSWERED)


def first_kind(item: str) -> CaseKind:
    """The kind that a case about `item` is filed as."""
    return leaf(item).kind


def _hours(rng: Random, least: float, most: float) -> timedelta:
    return timedelta(seconds=round(3600 * rng.uniform(least, most)))
