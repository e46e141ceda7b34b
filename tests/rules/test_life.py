"""The clocks of a live case: what its log says has happened, and which deadlines follow."""

from datetime import datetime

import pytest
from pydantic import JsonValue

from rules.calendar import OutageWindow
from rules.case_facts import CaseFacts
from rules.lawfulness import Law
from rules.life import facts_after
from schema.codes import Action, CaseKind, EventKind, PetitionType, Role, State, TimerKind
from schema.commands import Refusal
from schema.events import Actor, CaseEvent
from schema.grounds import ClosedFor
from tests.rules.clock_asking import at
from tests.rules.living_case import CITIZEN, SYSTEM, LivingCase, assigned, book

HOUSING = "3130000.housing"
ROADS = "3130000.roads"
ELSEWHERE = "3220000.roads"
FIRST_LINE_DESK = "6110000.first-line"
FILED = "2026-06-08 10:00"  # a Monday; seven working days end on Tuesday 16 June
DUE = at("2026-06-16 23:59:59")
GRIEVANCE = "HB04"
DESK = Actor(role=Role.FIRST_LINE, account="desk")
HEAD = Actor(role=Role.DEPARTMENT_HEAD, department=HOUSING, account="head")


def grievance(when: str = FILED) -> LivingCase:
    """A grievance (고충민원) with a department."""
    return assigned(when, HOUSING, item=GRIEVANCE)


def done(found: CaseEvent | Refusal) -> CaseEvent:
    """The event; fails with the refusal's words."""
    assert isinstance(found, CaseEvent), found
    return found


def legal_due(case: LivingCase) -> datetime | None:
    """The legal deadline that the case has now."""
    return case.clocks.legal_due_at


def law(case: LivingCase) -> Law:
    """The law that the case is judged by."""
    return book().law(case.calendar)


class TestWhatDoesNotCount:
    """불산입: 법 §19, 영 §20."""

    def test_overlapping_exclusions_are_one(self) -> None:
        """Wednesday to Friday out, and Thursday to Monday: four working days, not six."""
        case = grievance()
        done(case.act(Action.START_INVESTIGATION, "2026-06-10 09:00"))
        done(
            case.act(
                Action.START_EXCLUSION,
                "2026-06-11 09:00",
                exclusion_ground="examination",
                reason="소음 측정",
            )
        )
        done(case.act(Action.END_INVESTIGATION, "2026-06-12 15:00"))
        assert legal_due(case) is None
        done(case.act(Action.END_EXCLUSION, "2026-06-15 15:00"))
        assert legal_due(case) == at("2026-06-22 23:59:59")

    def test_an_extension_is_appended_and_a_later_pause_moves_both(self) -> None:
        """Reading A15: base with pauses, then the extension; a pause after it shifts again."""
        case = grievance()
        done(
            case.act(
                Action.EXTEND, "2026-06-09 10:00", days=3, reason_code="cooperation", reason="협조"
            )
        )
        assert legal_due(case) == at("2026-06-19 23:59:59")
        done(
            case.act(
                Action.REQUEST_SUPPLEMENT, "2026-06-15 10:00", text="x", days=5, found_later=True
            )
        )
        assert legal_due(case) is None
        done(case.act(Action.SUPPLEMENT, "2026-06-16 10:00", CITIZEN, text="y"))
        assert legal_due(case) == at("2026-06-23 23:59:59")

    def test_a_whole_day_without_the_system_is_left_out_of_every_open_case(self) -> None:
        """영 §20 2호: the outage is the calendar's, so no case's log has to say it."""
        case = grievance()
        window = OutageWindow(start=at("2026-06-10 08:00"), end=at("2026-06-10 19:00"))
        case.calendar = case.calendar.model_copy(update={"outages": (window,)})
        assert legal_due(case) == at("2026-06-17 23:59:59")

    def test_a_pause_after_the_deadline_does_not_undo_that_it_was_missed(self) -> None:
        """P09: what is late stays late."""
        case = grievance()
        done(case.act(Action.START_INVESTIGATION, "2026-06-18 10:00"))
        assert legal_due(case) == DUE

    def test_who_was_extended_twice_still_gives_the_petitioner_more_time(self) -> None:
        """영 §24② counts the petitioner's own extensions, not those of the office."""
        case = grievance()
        for consent in (False, True):
            done(
                case.act(
                    Action.EXTEND,
                    "2026-06-09 10:00",
                    days=3,
                    reason_code="cooperation",
                    reason="협조",
                    consent=consent,
                )
            )
        done(
            case.act(
                Action.REQUEST_SUPPLEMENT, "2026-06-10 10:00", text="x", days=5, found_later=True
            )
        )
        for _ in range(2):
            done(case.act(Action.EXTEND_SUPPLEMENT, "2026-06-12 10:00", CITIZEN, days=5))
        third = case.act(Action.EXTEND_SUPPLEMENT, "2026-06-12 10:00", CITIZEN, days=5)
        assert isinstance(third, Refusal)
        assert third.article == "민원처리법 시행령 §24②"


class TestWhoeverHasIt:
    """이송, 재분류: 법 §16, 영 §13."""

    def test_a_new_item_counts_from_the_first_receipt_and_keeps_the_pauses(self) -> None:
        """P10: two days of supplement stay left out of the fourteen of a suggestion."""
        case = grievance()
        done(case.act(Action.REQUEST_SUPPLEMENT, "2026-06-08 11:00", text="x", days=5))
        done(case.act(Action.SUPPLEMENT, "2026-06-09 10:00", CITIZEN, text="y"))
        assert legal_due(case) == at("2026-06-18 23:59:59")
        done(case.act(Action.RECLASSIFY, "2026-06-12 10:00", item="AD03", reason="건의"))
        assert case.facts.petition_type is PetitionType.SUGGESTION
        assert legal_due(case) == at("2026-06-29 23:59:59")

    def test_back_to_the_first_line_desk_is_no_receipt_by_another_agency(self) -> None:
        """P11: the agency keeps its clock, whoever of it has the case afterwards."""
        case = grievance()
        done(case.act(Action.TRANSFER, "2026-06-10 10:00", department=FIRST_LINE_DESK, reason="x"))
        assert (case.facts.state, case.facts.agency) == (State.RECEIVED, "3130000")
        assert (case.facts.term, legal_due(case)) == (1, DUE)
        timers = {clock.timer for clock in case.clocks.clocks}
        assert TimerKind.DISTRIBUTION in timers
        done(case.act(Action.DISTRIBUTE, "2026-06-10 11:00", DESK, department=ROADS))
        assert (case.facts.term, legal_due(case)) == (1, DUE)

    def test_each_department_has_its_own_limits_and_the_citizen_one_clock(self) -> None:
        """P11: three working hours to take it up or pass it on, anew for each (영 §13②)."""
        case = grievance()
        done(case.act(Action.TRANSFER, "2026-06-08 11:00", department=ROADS, reason="소관"))
        limits = {clock.timer: clock for clock in case.clocks.clocks}
        assert limits[TimerKind.ACCEPTANCE].due_at == at("2026-06-08 15:00")
        assert limits[TimerKind.ACCEPTANCE].term == 3
        assert limits[TimerKind.LEGAL].due_at == DUE

    def test_what_an_earlier_agency_left_out_is_not_the_next_ones(self) -> None:
        """Reading A7: a new term from the new receipt, with nothing carried over."""
        case = grievance()
        done(case.act(Action.START_INVESTIGATION, "2026-06-09 10:00"))
        done(case.act(Action.TRANSFER, "2026-06-10 10:00", department=ELSEWHERE, reason="소재지"))
        assert legal_due(case) == at("2026-06-18 23:59:59")
        assert case.facts.investigation is None
        done(case.act(Action.START_INVESTIGATION, "2026-06-11 10:00"))

    def test_the_consent_to_an_extension_is_not_carried_to_another_agency(self) -> None:
        """Its extensions are its own: the first needs no consent."""
        case = grievance()
        extension: dict[str, JsonValue] = {
            "days": 3,
            "reason_code": "cooperation",
            "reason": "협조",
        }
        done(case.act(Action.EXTEND, "2026-06-09 10:00", **extension))
        done(case.act(Action.CONSENT, "2026-06-09 11:00", CITIZEN))
        done(case.act(Action.TRANSFER, "2026-06-10 10:00", department=ELSEWHERE, reason="소재지"))
        done(case.act(Action.EXTEND, "2026-06-11 10:00", **extension))
        again = case.act(Action.EXTEND, "2026-06-11 11:00", **extension)
        assert isinstance(again, Refusal)


class TestAnsweredAgain:
    """추가답변: 법 §26."""

    def test_the_second_answer_has_its_own_term_and_the_first_stays(self) -> None:
        """P13: nothing that stood between the answers is a pause, and the first answer stands."""
        case = grievance()
        done(case.act(Action.ANSWER, "2026-06-10 10:00", text="답"))
        done(case.act(Action.ASK_AGAIN, "2026-06-20 10:00", CITIZEN, text="부족"))
        assert case.facts.term == 2
        assert legal_due(case) == at("2026-06-30 23:59:59")
        answered = [event.at for event in case.log if event.kind is EventKind.ANSWERED]
        assert answered == [at("2026-06-10 10:00")]

    def test_a_supplement_of_the_second_answer_leads_back_to_it(self) -> None:
        """The state says that an answer is owed again, and the clock stands meanwhile."""
        case = grievance()
        done(case.act(Action.ANSWER, "2026-06-10 10:00", text="답"))
        done(case.act(Action.ASK_AGAIN, "2026-06-15 10:00", CITIZEN, text="부족"))
        asked = case.act(
            Action.REQUEST_SUPPLEMENT, "2026-06-16 10:00", text="x", days=5, found_later=True
        )
        done(asked)
        assert legal_due(case) is None
        done(case.act(Action.SUPPLEMENT, "2026-06-17 10:00", CITIZEN, text="y"))
        assert case.facts.state is State.REANSWER
        assert legal_due(case) == at("2026-06-25 23:59:59")

    def test_an_opinion_that_is_asked_again_has_its_target_again(self) -> None:
        """It has no legal clock: without the target nobody would be reminded of it."""
        case = assigned(FILED, HOUSING, kind=CaseKind.OPINION)
        done(case.act(Action.ANSWER, "2026-06-08 15:00", text="답"))
        done(case.act(Action.ASK_AGAIN, "2026-06-10 10:00", CITIZEN, text="부족"))
        (clock,) = [one for one in case.clocks.clocks if one.timer is TimerKind.TARGET]
        assert (clock.term, clock.due_at) == (2, at("2026-06-11 10:00"))

    def test_a_part_that_was_awaited_is_over_with_the_answer(self) -> None:
        """Nobody is reminded, in the second term, of what the first answer did without."""
        case = grievance()
        done(
            case.act(Action.JOIN_DEPARTMENT, "2026-06-09 10:00", department=ROADS, days=2, text="x")
        )
        done(case.act(Action.ANSWER, "2026-06-10 10:00", text="답"))
        done(case.act(Action.ASK_AGAIN, "2026-06-15 10:00", CITIZEN, text="부족"))
        assert TimerKind.COOPERATION not in {clock.timer for clock in case.clocks.clocks}


def merged_into(root: LivingCase, case: LivingCase, when: str) -> None:
    """Merge `case` into `root`, as the record does it: an event on each."""
    case.named = {"ROOT": root.facts}
    done(case.act(Action.MERGE, when, into="ROOT"))
    done(root.act(Action.TAKE_REPORTER, when, SYSTEM, reporter="CASE"))


class TestMerged:
    """병합: 영 §6⑦."""

    def test_the_earliest_of_all_deadlines_stands(self) -> None:
        """P15: the root counts for its reporters too, and a pause of it is theirs as well."""
        early, root = grievance(), grievance("2026-06-10 10:00")
        own = legal_due(root)
        merged_into(root, early, "2026-06-11 10:00")
        counted = book().clocks(root.facts, root.calendar, reporters=[early.facts])
        assert counted.legal_due_at == DUE
        assert legal_due(root) == own
        done(
            root.act(
                Action.REQUEST_SUPPLEMENT, "2026-06-12 10:00", text="x", days=5, found_later=True
            )
        )
        assert (
            book().clocks(root.facts, root.calendar, reporters=[early.facts]).legal_due_at is None
        )
        done(root.act(Action.SUPPLEMENT, "2026-06-12 15:00", CITIZEN, text="y"))
        counted = book().clocks(root.facts, root.calendar, reporters=[early.facts])
        assert counted.legal_due_at == at("2026-06-17 23:59:59")

    def test_a_merged_case_has_no_clock_and_gets_its_own_back(self) -> None:
        """P15: as if it had never stopped."""
        early, root = grievance(), grievance("2026-06-10 10:00")
        merged_into(root, early, "2026-06-11 10:00")
        assert book().moment(early.facts, early.clocks, early.calendar) is None
        done(early.act(Action.UNMERGE, "2026-06-12 10:00"))
        assert early.facts.state is State.ASSIGNED
        assert early.facts.ended_at is None
        assert legal_due(early) == DUE
        assert book().moment(early.facts, early.clocks, early.calendar) is not None

    def closed_with(self, result: EventKind) -> CaseFacts:
        """A reporter whose root was answered, or refused."""
        case = grievance()
        merged_into(grievance(), case, "2026-06-09 10:00")
        event = case.log[-1].model_copy(
            update={
                "seq": 99,
                "kind": EventKind.CLOSED,
                "state": State.CLOSED,
                "at": at("2026-06-15 10:00"),
                "detail": {"ground": ClosedFor.ANSWERED_WITH, "result": result, "text": "t"},
            }
        )
        return facts_after(case.facts, event)

    def test_it_ends_with_the_answer_and_has_been_answered(self) -> None:
        """Not on the day it was merged; and it counts among the earlier answers of 법 §23."""
        facts = self.closed_with(EventKind.ANSWERED)
        assert facts.ended_at == facts.answered_at == at("2026-06-15 10:00")
        assert facts.answers == 1
        assert facts.disposed_at is None

    @pytest.mark.parametrize("kind", [EventKind.REFUSED, EventKind.DECLINED])
    def test_the_decision_on_an_objection_is_not_objected_to_again(self, kind: EventKind) -> None:
        """What remains are the appeal and the court (행정기본법 §36④)."""
        case = grievance()
        refusal = case.log[-1].model_copy(update={"seq": 99, "kind": kind, "detail": {}})
        for days, disposed in ((None, refusal.at), (14, None)):
            facts = case.facts.model_copy(update={"objection_days": days})
            assert facts_after(facts, refusal).disposed_at == disposed

    def test_what_was_refused_with_another_may_be_objected_to(self) -> None:
        """A reporter has the remedies of the one whose case it was merged into."""
        facts = self.closed_with(EventKind.REFUSED)
        assert facts.disposed_at == at("2026-06-15 10:00")
        assert law(grievance()).objection_due(facts) == at("2026-07-15 23:59:59")


class TestDispositions:
    """처분: what may be objected to."""

    @pytest.mark.parametrize("ground", ["not_supplemented", "undeliverable"])
    def test_a_return_is_a_disposition_on_whatever_ground(self, ground: str) -> None:
        """영 §25①②: also where the request never arrived, and its addressee turns up."""
        case = grievance()
        done(case.act(Action.REQUEST_SUPPLEMENT, "2026-06-08 11:00", text="x", days=5))
        done(case.act(Action.REQUEST_SUPPLEMENT_AGAIN, "2026-06-16 09:00", text="x", days=5))
        back = case.act(
            Action.CLOSE_UNSUPPLEMENTED, "2026-06-23 09:00", return_ground=ground, reason="r"
        )
        done(back)
        done(case.act(Action.OBJECT, "2026-06-24 09:00", CITIZEN, text="이의"))

    def test_only_the_petitioner_withdraws(self) -> None:
        """The first-line desk writes down when and how it was told, or it is refused."""
        case = grievance()
        no = case.act(Action.WITHDRAW, "2026-06-09 10:00", DESK)
        assert isinstance(no, Refusal)
        assert no.article == "민원처리법 §22②"
        done(case.act(Action.WITHDRAW, "2026-06-09 10:00", DESK, reason="6/9 10시 전화로 취하"))
        done(grievance().act(Action.WITHDRAW, "2026-06-09 10:00", CITIZEN))
