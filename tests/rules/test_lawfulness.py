"""What the law asks of an act: each refusal says what to do, with its article."""

from collections.abc import Callable
from datetime import date

import pytest
from pydantic import JsonValue

from rules.case_facts import CaseFacts
from schema.codes import Action, CaseKind, EventKind, PetitionType, Role, State, TimerKind
from schema.commands import Refusal, RefusalCode
from schema.events import Actor, CaseEvent
from schema.grounds import DeclineGround
from tests.rules.clock_asking import at
from tests.rules.living_case import CITIZEN, OFFICER, LivingCase, assigned

HOUSING = "3130000.housing"
ROADS = "3130000.roads"
FILED = "2026-06-08 10:00"  # a Monday, under the decree of 2026-05-06
GRIEVANCE = "HB04"
HEAD = Actor(role=Role.DEPARTMENT_HEAD, department=HOUSING, account="head")
FIRST_LINE = Actor(role=Role.FIRST_LINE, account="desk")
INSPECTOR = Actor(role=Role.INSPECTOR, account="inspector", department="3130000.audit")


def grievance(when: str = FILED, **more: object) -> LivingCase:
    """A grievance (고충민원) with a department: seven working days."""
    return assigned(when, HOUSING, item=GRIEVANCE, **more)


def statutory(when: str = FILED) -> LivingCase:
    """A statutory petition (법정민원), by the facts: the sample city's taxonomy has none."""
    case = grievance(when)
    case.facts = case.facts.model_copy(update={"petition_type": PetitionType.STATUTORY})
    return case


def done(found: CaseEvent | Refusal) -> CaseEvent:
    """The event; fails with the refusal's words."""
    assert isinstance(found, CaseEvent), found
    return found


def no(found: CaseEvent | Refusal, article: str = "") -> Refusal:
    """The refusal, which has both languages and quotes `article`."""
    assert isinstance(found, Refusal), found
    assert found.message_ko
    assert found.message_en
    assert article in (found.article or "")
    return found


def ask(case: LivingCase, when: str, **more: JsonValue) -> CaseEvent | Refusal:
    """Request a supplement of ten days."""
    detail: dict[str, JsonValue] = {"text": "도면", "days": 10}
    return case.act(Action.REQUEST_SUPPLEMENT, when, **detail | more)


def extend(case: LivingCase, when: str, **more: JsonValue) -> CaseEvent | Refusal:
    """Extend by three days because others must cooperate."""
    detail: dict[str, JsonValue] = {"days": 3, "reason_code": "cooperation", "reason": "협조"}
    return case.act(Action.EXTEND, when, **detail | more)


class TestSupplement:
    """보완: 법 §22, 영 §24·§25, 규칙 §9."""

    def test_who_cannot_be_reached_is_not_asked(self) -> None:
        """Nobody would answer; the case is worked on with what there is."""
        case = grievance()
        case.reachable = False
        no(ask(case, "2026-06-08 11:00"), "§22①")

    def test_after_eight_working_hours_only_what_was_found_later(self) -> None:
        """규칙 §9①: on Monday 10:00 plus eight working hours is Tuesday 10:00."""
        no(ask(grievance(), "2026-06-09 10:01"), "§9①")
        done(ask(grievance(), "2026-06-09 10:00"))
        done(ask(grievance(), "2026-06-09 10:01", found_later=True))

    def test_again_once_within_ten_days_and_when_the_first_period_has_passed(self) -> None:
        """영 §24③."""
        case = grievance()
        done(ask(case, "2026-06-08 11:00"))
        again: dict[str, JsonValue] = {"text": "도면", "days": 10}
        no(case.act(Action.REQUEST_SUPPLEMENT_AGAIN, "2026-06-18 12:00", **again), "§24③")
        too_long = {**again, "days": 11}
        no(case.act(Action.REQUEST_SUPPLEMENT_AGAIN, "2026-06-19 09:00", **too_long), "§24③")
        done(case.act(Action.REQUEST_SUPPLEMENT_AGAIN, "2026-06-19 09:00", **again))
        no(case.act(Action.REQUEST_SUPPLEMENT_AGAIN, "2026-06-30 09:00", **again), "§24③")

    def test_the_citizen_may_ask_for_more_time_twice(self) -> None:
        """영 §24②: and before the period has passed."""
        case = grievance()
        done(ask(case, "2026-06-08 11:00"))
        for _ in range(2):
            done(case.act(Action.EXTEND_SUPPLEMENT, "2026-06-15 09:00", CITIZEN, days=5))
        no(case.act(Action.EXTEND_SUPPLEMENT, "2026-06-15 09:00", CITIZEN, days=5), "§24②")

    def test_more_time_is_asked_for_in_time(self) -> None:
        """After the period it is too late."""
        case = grievance()
        done(ask(case, "2026-06-08 11:00"))
        no(case.act(Action.EXTEND_SUPPLEMENT, "2026-06-22 09:00", CITIZEN, days=5), "§24②")

    def test_it_is_returned_only_after_the_second_period(self) -> None:
        """영 §25①, reading A19; the reason is told."""
        case = grievance()
        done(ask(case, "2026-06-08 11:00"))
        back: dict[str, JsonValue] = {"return_ground": "not_supplemented", "reason": "미보완"}
        no(case.act(Action.CLOSE_UNSUPPLEMENTED, "2026-06-22 09:00", **back), "§24③")
        done(case.act(Action.REQUEST_SUPPLEMENT_AGAIN, "2026-06-22 09:00", text="도면", days=5))
        no(case.act(Action.CLOSE_UNSUPPLEMENTED, "2026-06-26 09:00", **back), "§25")
        done(case.act(Action.CLOSE_UNSUPPLEMENTED, "2026-06-30 09:00", **back))
        assert case.facts.state is State.CLOSED

    def test_what_came_back_undeliverable_twice_is_closed(self) -> None:
        """영 §25②: the second request has gone out, and came back too."""
        case = grievance()
        done(ask(case, "2026-06-08 11:00"))
        back: dict[str, JsonValue] = {"return_ground": "undeliverable", "reason": "반송"}
        no(case.act(Action.CLOSE_UNSUPPLEMENTED, "2026-06-10 09:00", **back))
        done(case.act(Action.REQUEST_SUPPLEMENT_AGAIN, "2026-06-22 09:00", text="도면", days=5))
        done(case.act(Action.CLOSE_UNSUPPLEMENTED, "2026-06-23 09:00", **back))

    def test_the_clock_stands_while_it_is_awaited_and_goes_on_after(self) -> None:
        """영 §20 1호: days of dispatch and arrival included: two working days more here."""
        case = grievance()
        assert case.clocks.legal_due_at == at("2026-06-16 23:59:59")
        done(ask(case, "2026-06-09 09:30"))
        assert case.clocks.legal_due_at is None
        done(case.act(Action.SUPPLEMENT, "2026-06-10 15:00", CITIZEN, text="여기 있습니다"))
        assert case.clocks.legal_due_at == at("2026-06-18 23:59:59")
        assert case.facts.state is State.PROCESSING


class TestExtension:
    """기간의 연장: 영 §21."""

    @pytest.mark.parametrize(
        ("reason", "article"),
        [
            ("overload", "§21②"),
            ("late_assignment", "§21②"),
            ("absence", "§21②"),
            ("unavoidable", "§21①"),
        ],
    )
    def test_an_unlawful_reason_is_refused_with_the_article(
        self, reason: str, article: str
    ) -> None:
        """For receipts from 2026-05-06: what §21② forbids, and what is none of the four of ①."""
        no(extend(grievance(), "2026-06-10 10:00", reason_code=reason), article)

    def test_no_consent_makes_an_unlawful_reason_lawful(self) -> None:
        """The reason is looked at first, the second time too."""
        case = grievance()
        done(extend(case, "2026-06-10 10:00"))
        no(extend(case, "2026-06-11 10:00", reason_code="overload"), "§21②")

    @pytest.mark.parametrize(
        "reason", ["cooperation", "fact_finding", "force_majeure", "comparable"]
    )
    def test_a_lawful_reason_gives_the_days(self, reason: str) -> None:
        """Appended after the deadline that stands, and a new term."""
        case = grievance()
        done(extend(case, "2026-06-10 10:00", reason_code=reason))
        assert case.clocks.legal_due_at == at("2026-06-19 23:59:59")
        assert case.facts.term == 2

    def test_before_2026_05_06_any_reason_was_lawful(self) -> None:
        """부칙 §4: the receipt decides (reading A17)."""
        done(extend(grievance("2026-04-06 10:00"), "2026-04-08 10:00", reason_code="overload"))

    def test_a_second_one_needs_the_petitioners_consent(self) -> None:
        """영 §21① 단서; a third is refused."""
        case = grievance()
        done(extend(case, "2026-06-10 10:00"))
        no(extend(case, "2026-06-11 10:00"), "§21①")
        done(case.act(Action.CONSENT, "2026-06-11 11:00", CITIZEN))
        done(extend(case, "2026-06-11 12:00"))
        no(extend(case, "2026-06-11 13:00", consent=True), "§21")

    def test_it_is_not_longer_than_the_period_nor_later_than_the_deadline(self) -> None:
        """«그 민원의 처리기간의 범위에서», while it runs."""
        no(extend(grievance(), "2026-06-10 10:00", days=8), "§21①")
        no(extend(grievance(), "2026-06-17 00:00", days=3), "§21①")

    def test_an_extension_stands_when_the_item_changes(self) -> None:
        """P10: what was granted is not judged again; the clock is recomputed from the receipt."""
        case = grievance()
        done(extend(case, "2026-06-10 10:00", days=7))
        done(case.act(Action.RECLASSIFY, "2026-06-11 10:00", item="SF01", reason="재분류"))
        assert case.facts.extensions == 1


class TestWaysOut:
    """Nobody is sent away without an answer or a lawful reason."""

    def test_the_nine_grounds_are_not_for_statutory_petitions(self) -> None:
        """법 §21: the ground is one of nine, and told."""
        assert len(DeclineGround) == 9
        ground: dict[str, JsonValue] = {"decline_ground": "private_matter", "reason": "사인 간"}
        no(statutory().act(Action.DECLINE, "2026-06-09 10:00", **ground), "§21")
        no(grievance().act(Action.DECLINE, "2026-06-09 10:00", reason="그냥"))
        wrong = {**ground, "decline_ground": "too_much_work"}
        refused = no(grievance().act(Action.DECLINE, "2026-06-09 10:00", **wrong))
        assert refused.code is RefusalCode.WRONG_FIELD
        event = done(grievance().act(Action.DECLINE, "2026-06-09 10:00", **ground))
        assert (event.state, event.detail["decline_ground"]) == (State.DECLINED, "private_matter")

    def test_repeated_only_after_two_answers_and_never_a_statutory_one(self) -> None:
        """법 §23①: the judgement is a person's, recorded with the earlier cases."""
        answered = grievance()
        done(answered.act(Action.ANSWER, "2026-06-09 10:00", text="답"))
        close: dict[str, JsonValue] = {"earlier": "A, B", "reason": "같은 내용"}
        case = grievance()
        case.named = {"A": answered.facts, "B": grievance().facts}
        no(case.act(Action.CLOSE_REPEATED, "2026-06-10 10:00", **close), "§23")
        case.named = {"A": answered.facts, "B": answered.facts}
        event = done(case.act(Action.CLOSE_REPEATED, "2026-06-10 10:00", **close))
        assert event.detail["ground"] == "repeated"
        of_law = statutory()
        of_law.named = case.named
        no(of_law.act(Action.CLOSE_REPEATED, "2026-06-10 10:00", **close), "§23")

    def test_a_petition_of_many_is_closed_only_after_the_committee(self) -> None:
        """영 §26: five households and five signatures make it one."""
        case = grievance()
        few = case.act(Action.DESIGNATE_GROUP, "2026-06-09 10:00", households=4, signatures=9)
        no(few, "§2 6호")
        done(case.act(Action.DESIGNATE_GROUP, "2026-06-09 10:00", households=5, signatures=5))
        before: CaseFacts = case.facts.model_copy(update={"answers": 1})
        case.named = {"A": before, "B": before}
        close: dict[str, JsonValue] = {"earlier": "A, B", "reason": "같은 내용"}
        no(case.act(Action.CLOSE_REPEATED, "2026-06-10 10:00", **close), "§26")
        meeting: dict[str, JsonValue] = {"held_on": str(date(2026, 6, 10)), "text": "종결 의결"}
        done(case.act(Action.DELIBERATE, "2026-06-10 11:00", HEAD, **meeting))
        done(case.act(Action.CLOSE_REPEATED, "2026-06-10 12:00", **close))

    def test_a_repeated_grievance_goes_to_the_audit_department(self) -> None:
        """영 §17②: of the same agency; the clock runs on."""
        case = grievance()
        due = case.clocks.legal_due_at
        again: dict[str, JsonValue] = {"earlier": "A", "reason": "같은 고충"}
        no(case.act(Action.SEND_TO_AUDIT, "2026-06-09 10:00", **again), "§17②")
        case.named = {"A": case.facts.model_copy(update={"answers": 1})}
        done(case.act(Action.SEND_TO_AUDIT, "2026-06-09 10:00", **again))
        assert (case.facts.department, case.clocks.legal_due_at) == ("3130000.audit", due)

    def test_a_refusal_names_reasons_and_remedy(self) -> None:
        """법 §27③."""
        no(grievance().act(Action.REFUSE, "2026-06-09 10:00", text="안 됩니다"))
        done(grievance().act(Action.REFUSE, "2026-06-09 10:00", text="불가", remedy="행정심판"))

    def test_an_answer_is_approved_where_the_rule_asks_it(self) -> None:
        """결재: the officer submits, the head approves; what goes out is what was submitted."""
        case = statutory()
        no(case.act(Action.ANSWER, "2026-06-09 10:00", text="허가합니다"))
        done(case.act(Action.SUBMIT_ANSWER, "2026-06-09 10:00", text="초안"))
        done(case.act(Action.RETURN_ANSWER, "2026-06-09 11:00", HEAD, text="고쳐 주세요"))
        no(case.act(Action.APPROVE_ANSWER, "2026-06-09 11:30", HEAD))
        done(case.act(Action.SUBMIT_ANSWER, "2026-06-09 12:00", text="고친 초안"))
        event = done(case.act(Action.APPROVE_ANSWER, "2026-06-09 13:00", HEAD))
        assert (event.state, event.detail["text"]) == (State.ANSWERED, "고친 초안")


class TestAfterwards:
    """추가답변, 이의신청, 시정 요구."""

    def answered(self) -> LivingCase:
        """An answered grievance."""
        case = grievance()
        done(case.act(Action.ANSWER, "2026-06-09 10:00", text="답"))
        return case

    def test_one_may_ask_again_once_and_a_new_term_begins(self) -> None:
        """P13: the first answer stays in the log, the clock is that of the new asking."""
        case = self.answered()
        done(case.act(Action.ASK_AGAIN, "2026-06-10 20:00", CITIZEN, text="부족합니다"))
        assert case.facts.state is State.REANSWER
        assert case.clocks.legal_due_at == at("2026-06-19 23:59:59")
        done(case.act(Action.ANSWER, "2026-06-12 10:00", text="다시 답"))
        assert [event.kind for event in case.log].count(EventKind.ANSWERED) == 2
        no(case.act(Action.ASK_AGAIN, "2026-06-12 11:00", CITIZEN, text="또"), "§26")

    @pytest.mark.parametrize(
        ("case", "last_day", "too_late", "article"),
        [
            (statutory, "2026-08-10 23:00", "2026-08-11 00:00", "§35"),
            (grievance, "2026-07-09 23:00", "2026-07-10 00:00", "§36"),
        ],
    )
    def test_a_refusal_may_be_objected_to_in_time(
        self, case: Callable[[], LivingCase], last_day: str, too_late: str, article: str
    ) -> None:
        """Sixty days for a statutory petition, thirty for any other disposition (민법)."""
        for when, lawful in ((last_day, True), (too_late, False)):
            refused = case()
            done(refused.act(Action.REFUSE, "2026-06-09 10:00", HEAD, text="불가", remedy="심판"))
            found = refused.act(Action.OBJECT, when, CITIZEN, text="이의 있습니다")
            done(found) if lawful else no(found, article)
            no(refused.act(Action.OBJECT, when, CITIZEN, text="또"), article)

    def test_an_answer_that_disposes_of_nothing_is_not_objected_to(self) -> None:
        """One asks again instead."""
        no(self.answered().act(Action.OBJECT, "2026-06-10 10:00", CITIZEN, text="이의"), "§35")

    def test_a_demand_of_correction_waits_for_its_answer(self) -> None:
        """영 §18: one of three grounds; the inspector answers; each demand has its clock."""
        case = grievance()
        demand: dict[str, JsonValue] = {"correction_ground": "period_exceeded", "text": "늦음"}
        no(case.act(Action.ANSWER_DEMAND, "2026-06-09 10:00", INSPECTOR, text="없음"), "§18②")
        done(case.act(Action.DEMAND_CORRECTION, "2026-06-09 10:00", CITIZEN, **demand))
        timers = {clock.timer: clock.due_at for clock in case.clocks.clocks}
        assert timers[TimerKind.CORRECTION_DEMAND] == at("2026-06-10 10:00")
        done(case.act(Action.ANSWER_DEMAND, "2026-06-09 12:00", INSPECTOR, text="바로잡음"))
        assert TimerKind.CORRECTION_DEMAND not in {clock.timer for clock in case.clocks.clocks}


class TestOthersAct:
    """직권보정, 전환, 조사, 협조."""

    def test_a_correction_needs_consent_and_the_decree_of_2026(self) -> None:
        """영 §6⑤, 부칙 §2."""
        no(grievance().act(Action.CORRECT, "2026-06-09 10:00", text="오기", consent=False), "§6⑤")
        done(grievance().act(Action.CORRECT, "2026-06-09 10:00", text="오기", consent=True))
        old = grievance("2026-04-06 10:00")
        no(old.act(Action.CORRECT, "2026-04-07 10:00", text="오기", consent=True), "§6⑤")

    def test_a_message_from_a_network_is_made_a_petition_when_its_writer_is_known(self) -> None:
        """영 §2①: the legal clock begins with the conversion."""
        case = assigned(FILED, HOUSING, kind=CaseKind.OPINION)
        assert case.clocks.legal_due_at is None
        case.reachable = False
        no(case.act(Action.CONVERT, "2026-06-09 10:00", item=GRIEVANCE), "§2①")
        case.reachable = True
        done(case.act(Action.CONVERT, "2026-06-09 10:00", item=GRIEVANCE))
        assert case.clocks.legal_due_at == at("2026-06-17 23:59:59")
        no(case.act(Action.CONVERT, "2026-06-09 11:00", item=GRIEVANCE), "§2①")

    def test_a_field_investigation_does_not_count_up_to_its_cap(self) -> None:
        """영 §17④⑤: fourteen working days, once seven more; only for grievances."""
        case = grievance()
        done(case.act(Action.START_INVESTIGATION, "2026-06-09 09:00"))
        no(case.act(Action.START_INVESTIGATION, "2026-06-09 10:00"), "§17④")
        capped = case.clocks.legal_due_at
        assert capped == at("2026-07-06 23:59:59")
        done(case.act(Action.EXTEND_INVESTIGATION, "2026-06-20 09:00", reason="분량"))
        no(case.act(Action.EXTEND_INVESTIGATION, "2026-06-20 09:00", reason="또"), "§17④")
        assert case.clocks.legal_due_at == at("2026-07-15 23:59:59")
        done(case.act(Action.END_INVESTIGATION, "2026-06-10 18:00"))
        assert case.clocks.legal_due_at == at("2026-06-18 23:59:59")

    def test_another_department_gives_its_part_and_no_more(self) -> None:
        """법 §20: the responsible one answers; the joined one has its own clock."""
        case = grievance()
        asked: dict[str, JsonValue] = {"department": ROADS, "days": 2, "text": "도로 부분"}
        done(case.act(Action.JOIN_DEPARTMENT, "2026-06-09 10:00", **asked))
        joined = Actor(role=Role.OFFICER, department=ROADS, account="roads")
        refused = no(case.act(Action.ANSWER, "2026-06-09 11:00", joined, text="답"))
        assert refused.code is RefusalCode.NOT_YOUR_DEPARTMENT
        (clock,) = [one for one in case.clocks.clocks if one.timer == "cooperation"]
        assert (clock.whom, clock.due_at) == (ROADS, at("2026-06-11 18:00"))
        done(case.act(Action.COOPERATE, "2026-06-10 11:00", joined, text="우리 부분"))
        assert case.facts.joined == ()

    def test_ping_pong_and_the_third_transfer_go_to_the_first_line_desk(self) -> None:
        """With the history; the agency's clock stays as it is."""
        case = grievance()
        due = case.clocks.legal_due_at
        done(case.act(Action.TRANSFER, "2026-06-08 11:00", department=ROADS, reason="소관"))
        event = done(
            case.act(Action.TRANSFER, "2026-06-08 12:30", department=HOUSING, reason="아님")
        )
        assert (case.facts.department, case.facts.state) == ("6110000.first-line", State.RECEIVED)
        assert event.detail["contested"] == "returned"
        assert event.detail["history"] == ["6110000.first-line", HOUSING, ROADS]
        assert case.clocks.legal_due_at == due
        third = grievance()
        for department in (ROADS, "3130000.parking"):
            done(third.act(Action.TRANSFER, "2026-06-08 11:00", department=department, reason="x"))
        event = done(
            third.act(Action.TRANSFER, "2026-06-08 13:30", department="3130000.parks", reason="x")
        )
        assert event.detail["contested"] == "third_transfer"

    def test_another_agency_begins_a_new_term_at_its_receipt(self) -> None:
        """법 §16, reading A7; the first routing to any agency is no transfer."""
        case = grievance()
        assert case.facts.term == 1
        elsewhere: dict[str, JsonValue] = {"department": "3220000.roads", "reason": "소재지"}
        done(case.act(Action.TRANSFER, "2026-06-10 19:00", **elsewhere))
        assert (case.facts.term, case.facts.state) == (2, State.TRANSFERRED)
        assert case.clocks.legal_due_at == at("2026-06-19 23:59:59")


@pytest.mark.parametrize(
    ("actor", "root_item", "published", "allowed"),
    [
        (CITIZEN, "RD05", True, True),
        (CITIZEN, "RD05", False, False),
        (CITIZEN, "RD01", True, False),
        (OFFICER, "RD01", False, True),
    ],
)
def test_a_petitioner_joins_only_what_everybody_sees_to_be_the_same(
    actor: Actor, root_item: str, published: bool, allowed: bool
) -> None:
    """«저도요» needs no judgement; what does is an officer's."""
    case = assigned("2026-06-08 10:00", ROADS, item="RD05")
    root = assigned("2026-06-08 09:00", ROADS, item=root_item)
    case.named, case.published = {"ROOT": root.facts}, frozenset({"ROOT"} if published else ())
    found = case.act(Action.MERGE, "2026-06-08 11:00", actor, into="ROOT")
    assert isinstance(found, CaseEvent) is allowed
